import importlib
import os
import socket
import stat
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, ProgrammingError
from django.utils.module_loading import autodiscover_modules

from qingdan.config import deployment, lifeline, serving, warming
from qingdan.config.cli import COMMANDS, qingdan, sentence
from qingdan.core import files, jobs, journal
from qingdan.core.actor import SystemActor
from qingdan.core.figures import UnknownFigure
from qingdan.core.models import JournalHead
from qingdan.core.permits import Refused
from qingdan.directory.models import Account
from qingdan.lists import matching


def call(*words):
    return CliRunner().invoke(qingdan, words)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_is_there_and_explains_itself(name):
    module, _needs_django, does = COMMANDS[name]
    command = getattr(importlib.import_module(module), name.replace("-", "_"))
    assert isinstance(command, click.Command)
    assert command.help
    assert does.endswith(".")


def test_the_table_of_contents_loads_no_room():
    code = (
        "import sys; from click.testing import CliRunner; from qingdan.config.cli import qingdan;"
        "out = CliRunner().invoke(qingdan, ['--help']).output; print(out);"
        "sys.exit(any(name.startswith(('django', 'numpy')) for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert all(f"  {name} " in done.stdout for name in COMMANDS)


# Libraries of arithmetic, workbooks and paper: loaded by the act that needs them, not by every start.
HEAVY = (
    "numpy scipy sklearn sparse_dot_topn rjieba ortools python_calamine openpyxl xlsxwriter "
    "typst docx lxml pypdf PIL"
)


def test_all_addresses_are_known_without_the_heavy_libraries(tmp_path):
    code = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'qingdan.config.settings';"
        "import django; django.setup(); import qingdan.config.urls;"
        f"print(*sorted(set({HEAVY!r}.split()) & set(sys.modules)))"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("QINGDAN_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=kept | {"QINGDAN_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == []


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            FileNotFoundError(2, "No such file or directory", "letter.txt"),
            "letter.txt: No such file or directory.",
        ),
        (Refused("Only the bureau may issue."), "Only the bureau may issue."),
        (UnknownFigure("There is no figure “x”."), "There is no figure “x”."),
        (ValidationError("A year has four digits."), "A year has four digits."),
        (
            OperationalError("no such table: core_reading"),
            "The database is not of this version (no such table: core_reading): run `qingdan migrate`.",
        ),
        (
            ProgrammingError('relation "x" does not exist\nLINE 1'),
            'The database is not of this version (relation "x" does not exist): run `qingdan migrate`.',
        ),
        (
            OperationalError("connection refused\nIs the server running?"),
            "The database does not answer (connection refused): check DATABASE_URL and QINGDAN_DATA.",
        ),
        (ZeroDivisionError("a fault of the program"), ""),
    ],
)
def test_an_error_is_one_sentence(error, said):
    assert sentence(error) == said


# ── serving ─────────────────────────────────────────────────────────────────


def test_a_port_in_use_is_said_on_one_line():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        answer = call("serve", "--port", str(port))
    assert answer.exit_code == 1
    assert answer.output == f"Error: Port {port} is in use: choose another with --port or PORT=…\n"


def test_an_unknown_host_is_said_on_one_line():
    answer = call("serve", "--host", "no.such.host.invalid")
    assert answer.exit_code == 1
    assert answer.output == "Error: There is no address “no.such.host.invalid”: choose another with --host.\n"


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False)],
)
def test_which_addresses_only_this_machine_reaches(host, local):
    assert serving.is_local(host) is local


def test_an_unsafe_installation_is_not_served_to_others(monkeypatch, db):
    monkeypatch.setattr(serving, "serve", lambda **_: pytest.fail("it was served"))
    answer = call("serve", "--host", "0.0.0.0", "--port", str(_free_port()))
    assert answer.exit_code == 1
    assert "Connections are not encrypted" in answer.output
    assert "Not served at 0.0.0.0" in answer.output


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


PARENT = """
import sys, time
from qingdan.config import serving
serving.WORK = (sys.executable, "-c", {child!r})
with serving.jobs_worker():
    time.sleep(120)
"""
CHILD = """
import os, time
from qingdan.config import lifeline
lifeline.hold()
print(os.getpid(), flush=True)
time.sleep(120)
"""


def test_the_jobs_worker_ends_with_a_server_that_was_killed(tmp_path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QINGDAN_")}
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT.format(child=CHILD)],
        stdout=subprocess.PIPE,
        env=kept | {"QINGDAN_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "qingdan.config.settings"},
    )
    worker = int(parent.stdout.readline())
    os.kill(worker, 0)  # it is there
    parent.kill()
    parent.wait()
    assert parent.stdout.read() == b""  # ends when nobody is left to write: the worker is gone


def test_ctrl_c_reaches_the_server_and_not_its_children():
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import os; from qingdan.config.lifeline import hold; hold(); print(os.getpgrp())",
        ],
        env=os.environ | {lifeline.PARENT: str(os.getpid())},
        capture_output=True,
        check=True,
    )
    assert int(said.stdout) != os.getpgrp()


STOPPED = """
import sys
from qingdan.config import lifeline, serving
lifeline.GRACE = 0.1
serving.WORK = (sys.executable, "-c", {child!r})
with serving.jobs_worker():
    sys.stdin.readline()
"""
DEAF = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(os.getpid(), flush=True)
time.sleep(120)
"""


def test_a_long_job_does_not_keep_the_server_from_stopping(tmp_path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QINGDAN_")}
    parent = subprocess.Popen(
        [sys.executable, "-c", STOPPED.format(child=DEAF)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=kept | {"QINGDAN_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "qingdan.config.settings"},
    )
    assert int(parent.stdout.readline())  # the job has begun
    parent.communicate(b"stop\n", timeout=25)  # ends when worker and server are gone
    assert parent.returncode == 0


# ── checking and proving ────────────────────────────────────────────────────


def texts(check):
    return [message.msg for message in check()]


def test_a_safe_environment_has_nothing_to_say(settings):
    settings.DEBUG, settings.DEMO, settings.HTTPS, settings.ALLOWED_HOSTS = (
        False,
        False,
        True,
        ["qingdan.example"],
    )
    assert texts(deployment.environment) == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DEBUG", True, "Debugging is on, which shows the program's insides."),
        ("DEMO", True, "This is a sample installation: its passwords are known."),
        ("HTTPS", False, "Connections are not encrypted."),
        ("ALLOWED_HOSTS", ["*"], "Every host name is answered."),
        ("ALLOWED_HOSTS", ["localhost"], "Only this machine is answered."),
    ],
)
def test_what_is_unsafe_is_said(settings, name, value, said):
    settings.DEBUG, settings.DEMO, settings.HTTPS, settings.ALLOWED_HOSTS = (
        False,
        False,
        True,
        ["qingdan.example"],
    )
    setattr(settings, name, value)
    assert texts(deployment.environment) == [said]


SAFE = {
    "AUTH_PASSWORD_VALIDATORS": [
        {
            "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
            "OPTIONS": {"min_length": 10},
        }
    ],
    "AXES_ENABLED": True,
    "DEMO": False,
}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DEBUG", False, []),
        ("AUTH_PASSWORD_VALIDATORS", [], ["Passwords shorter than 8 characters are taken."]),
        ("SESSION_COOKIE_AGE", 14 * 86400, ["A session outlasts a working day."]),
        ("SESSION_COOKIE_HTTPONLY", False, ["Scripts can read the session's cookie."]),
        ("AXES_FAILURE_LIMIT", 1000, ["Passwords can be tried without end."]),
        ("AXES_ENABLED", False, ["Passwords can be tried without end."]),
    ],
)
def test_weak_sign_in_is_said(db, settings, name, value, said):
    for key, safe in SAFE.items():
        setattr(settings, key, safe)
    setattr(settings, name, value)
    assert texts(deployment.accounts) == said


def test_open_sample_accounts_are_said(db, settings):
    Account.objects.create_user("bureau", district="530111", is_sample=True)
    for key, safe in SAFE.items():
        setattr(settings, key, safe)
    assert texts(deployment.accounts) == ["1 sample accounts with a known password are open."]


def test_pages_answer_with_the_headers_that_protect(db, settings):
    assert texts(deployment.headers) == []
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.startswith("csp.")]
    assert texts(deployment.headers) == ["Pages come without Content-Security-Policy: default-src 'self'."]


def test_keys_that_others_can_read_are_named(settings, tmp_path):
    settings.DATA = tmp_path
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o700)
    (keys / "secret_key").touch(mode=0o600)
    assert texts(deployment.data_directory) == []
    (keys / "secret_key").chmod(stat.S_IRUSR | stat.S_IROTH)
    assert texts(deployment.data_directory) == [f"Others on this machine can read {keys / 'secret_key'}."]


@pytest.fixture
def chain(db):
    from django.db import transaction

    subject = JournalHead(district="000000", sequence=0, hash="")  # any record will do; it is not saved
    with transaction.atomic():
        for number in range(3):
            journal.record(
                actor=SystemActor("test", "000000"), verb="test.act", subject=subject, data={"number": number}
            )


def test_a_whole_journal_is_proved_and_anchored(chain):
    answer = call("verify-journal", "--anchor")
    assert answer.exit_code == 0
    head = JournalHead.objects.get(district="000000")
    assert f"000000: 3 entries, whole; anchored head {head.hash}" in answer.output
    assert journal.read_anchors("000000") == {3: head.hash}


def test_faults_come_one_a_line(chain):
    JournalHead.objects.filter(district="000000").update(hash="0" * 64)
    answer = call("verify-journal")
    assert answer.exit_code == 1
    lines = answer.output.splitlines()
    assert "000000 3: the head does not match the last entry: the tail was cut or the head altered" in lines
    assert lines[-1] == "Error: The journal is not whole: 1 faults."


def test_an_unknown_district_is_not_called_whole(chain):
    answer = call("verify-journal", "--district", "999999")
    assert answer.exit_code == 1
    assert "There is no journal of district 999999." in answer.output


@pytest.mark.django_db
def test_stored_files_are_proved_and_faults_come_one_a_line(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    whole, altered, missing = (
        files.store(
            SimpleUploadedFile(f"{name}.csv", f"编号,名称\n{name}".encode()),
            actor="样本",
            district="530111",
            owner="core.sample:1",
        )
        for name in "abc"
    )
    answer = call("verify-files")
    assert (answer.exit_code, answer.output.splitlines()[-1]) == (
        0,
        "All stored files are there and unaltered.",
    )
    files.path_of(altered.sha256).write_bytes(b"x")
    files.path_of(missing.sha256).unlink()
    answer = call("verify-files")
    assert answer.exit_code == 1
    assert answer.output.splitlines()[-3:] == [
        f"{altered.pk} b.csv (core.sample:1): missing or altered",
        f"{missing.pk} c.csv (core.sample:1): missing or altered",
        "Error: 2 stored files are missing or altered: take them from a backup.",
    ]
    assert files.is_intact(whole)


def test_what_is_to_be_forgotten_is_scheduled():
    autodiscover_modules("acts", "jobs")  # as the worker does
    assert {"lists.daily", "tables.forget", "jobs.prune"} <= set(jobs._plans)


@pytest.mark.django_db
def test_a_web_process_prepares_suggestions_and_outlives_a_failure(monkeypatch, caplog):
    closed = []
    monkeypatch.setattr(warming.connections, "close_all", lambda: closed.append(True))
    asked = []
    monkeypatch.setattr(matching, "index_of", asked.append)
    warming.warm()
    assert asked == [settings.DISTRICT]

    def fail(_district):
        raise OperationalError("no such table")

    monkeypatch.setattr(matching, "index_of", fail)
    warming.warm()
    assert "the first will take longer" in caplog.text
    assert len(closed) == 2  # a thread leaves no connection behind
