"""Run a command with a PostgreSQL server to test against.

    .venv/bin/python scripts/postgres.py make test ARGS="-m 'not browser'"

A server that answers at 127.0.0.1:5432 without a password is used; else a private one is started from the
machine's own programs (a cluster in a temporary directory, on a free port, gone afterwards; root hands it to the
user `postgres`, because PostgreSQL refuses root). The command finds it in QINGDAN_TEST_DATABASE_URL.
Exit status: the command's, or 77 when there is neither a server nor a program to start one.
"""

import contextlib
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

OLDEST = 15
NONE = 77  # the customary status of a test that could not be run


def answers(port: int) -> bool:
    try:
        with psycopg.connect(host="127.0.0.1", port=port, user="postgres", connect_timeout=3) as connection:
            return connection.info.server_version >= OLDEST * 10_000
    except psycopg.Error:
        return False


def programs() -> Path | None:
    """The folder with the newest initdb of the machine."""
    found = [Path(path).parent for path in [shutil.which("initdb")] if path]
    for root in ("/usr/lib/postgresql", "/usr/pgsql-*", "/opt/homebrew/opt", "/usr/local/opt"):
        found += [path.parent for path in Path("/").glob(f"{root[1:]}/**/bin/initdb")]
    return max((path for path in found if version(path) >= OLDEST), key=version, default=None)


def version(folder: Path) -> int:
    said = subprocess.run(
        [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=False
    )
    number = re.search(r"(\d+)", said.stdout)
    return int(number[1]) if number else 0


@contextlib.contextmanager
def private(folder: Path) -> Iterator[int]:
    """A server of our own; yields its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    as_user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
    # Everything in the cluster can be made again, so it need not survive a power cut.
    settings = (
        "fsync=off synchronous_commit=off full_page_writes=off autovacuum=off listen_addresses=127.0.0.1"
    )
    with tempfile.TemporaryDirectory(prefix="qingdan-postgres-") as place:
        if as_user:
            owner = pwd.getpwnam("postgres")
            os.chown(place, owner.pw_uid, owner.pw_gid)
        cluster = Path(place) / "cluster"

        def call(*command: str) -> None:
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=place, **as_user)

        call(
            str(folder / "initdb"),
            f"--pgdata={cluster}",
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        )
        options = " ".join(
            f"-c {setting}" for setting in [*settings.split(), f"unix_socket_directories={place}"]
        )
        control = (str(folder / "pg_ctl"), f"--pgdata={cluster}", "--wait")
        call(*control, f"--log={place}/log", f"--options=-p {port} {options}", "start")
        try:
            yield port
        finally:
            call(*control, "--mode=immediate", "stop")


def main(command: list[str]) -> int:
    if not command:
        sys.stderr.write("usage: postgres.py COMMAND …\n")
        return 2
    with contextlib.ExitStack() as stack:
        port, folder = 5432, None
        if not answers(port):
            folder = programs()
            if folder is None:
                sys.stderr.write(f"No PostgreSQL {OLDEST} or newer on this machine.\n")
                return NONE
            port = stack.enter_context(private(folder))
        url = f"postgres://postgres@127.0.0.1:{port}/qingdan"
        sys.stderr.write(f"PostgreSQL at port {port}{f', started from {folder}' if folder else ''}\n")
        return subprocess.run(
            command, env=os.environ | {"QINGDAN_TEST_DATABASE_URL": url}, check=False
        ).returncode
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
