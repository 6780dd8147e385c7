"""Files too big for a request: checked and taken by jobs that survive being killed."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.utils import timezone

from qingdan.core import files, jobs
from qingdan.core.files_models import StoredFile
from qingdan.core.jobs_models import Job
from qingdan.core.permits import Permit
from qingdan.core.tables import Column, Kind, Table, background, insert_columns, kinds
from qingdan.core.tables.models import ImportRun

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 2_500


class Thing(models.Model):
    """A table that exists in these tests only; it does not refuse doubles, so that a double would be seen."""

    code = models.CharField(max_length=20)

    class Meta:
        app_label = "background_tests"

    def __str__(self):
        return self.code


class Killed(BaseException):
    """As the kill of the process: no handler of the program sees it."""


@pytest.fixture
def world(transactional_db, settings, tmp_path, monkeypatch, english):
    """A kind of its own, an upload of 2,500 rows of which two are wrong, and somebody who may take it."""
    settings.MEDIA_ROOT = tmp_path
    with connection.schema_editor() as editor:
        editor.create_model(Thing)
    world = SimpleNamespace(saved=0, dies_after=None, allowed=True, after=[])

    def save(batch, actor):
        insert_columns(Thing, {"code": batch["code"]})
        world.saved += 1
        if world.dies_after == world.saved:
            raise Killed

    table = Table(
        "things",
        "Things",
        [Column("code", "Code", Kind.CODE, required=True, unique=True), Column("n", "N", Kind.INTEGER)],
        save=save,
    )
    may = Permit("may", lambda actor, obj: world.allowed, "Not any more.")
    world.kind = kinds.Kind("things", "Things", lambda actor: table, may=may, after=world.after.append)
    monkeypatch.setitem(kinds._kinds, "things", world.kind)
    world.account = SimpleNamespace(pk=1, is_active=True, district="530111")
    manager = SimpleNamespace(get=lambda pk: world.account)
    monkeypatch.setattr(background, "get_user_model", lambda: SimpleNamespace(_default_manager=manager))
    lines = ["code,n", *(f"T{n},{'x' if n in (7, 1999) else n}" for n in range(ROWS))]
    world.upload = files.store(
        SimpleUploadedFile("things.csv", "\n".join(lines).encode()),
        actor="样本",
        district="530111",
        owner=background.owner_of(world.kind, world.account),
    )
    yield world
    with connection.schema_editor() as editor:
        editor.delete_model(Thing)


def start(world, name):
    job = background.start(name, world.kind, world.upload, account=world.account)
    job.refresh_from_db()
    return job


def test_a_check_keeps_what_it_found_and_writes_nothing(world):
    job = start(world, background.CHECK)
    report = background.report_of(job)
    assert (report.rows, report.taken, report.refused) == (ROWS, ROWS - 2, 2)
    assert [(problem.row, problem.column) for problem in report.problems] == [(9, "n"), (2001, "n")]
    assert (job.done, job.total) == (ROWS, ROWS)
    assert not Thing.objects.exists()
    assert background.job_of(world.upload) == job


@pytest.mark.parametrize("dies_after", [1, 2, 3])
def test_a_killed_import_goes_on_without_losing_or_doubling_a_row(world, dies_after):
    world.dies_after = dies_after
    job = start(world, background.TAKE)  # the queue of the tests runs it at once, and survives
    assert job.state == Job.State.RUNNING, "as a killed worker leaves it"
    jobs.tick()
    job.refresh_from_db()
    assert (job.state, "stopped" in job.error) == (Job.State.WAITING, True)
    Job.objects.filter(pk=job.pk).update(run_after=timezone.now())
    jobs.tick()
    job.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.DONE, 2)
    run = ImportRun.objects.get(table="things")
    assert (run.state, run.rows, run.taken, run.refused) == ("DONE", ROWS, ROWS - 2, 2)
    codes = list(Thing.objects.values_list("code", flat=True))
    assert len(codes) == ROWS - 2
    assert set(codes) == {f"T{n}" for n in range(ROWS)} - {"T7", "T1999"}
    assert world.after == ["530111"], "told once, when all was taken"


def test_who_lost_the_role_takes_nothing(world):
    world.allowed = False
    job = start(world, background.TAKE)
    assert (job.state, job.error) == (Job.State.FAILED, "Not any more.")
    world.allowed, world.account.is_active = True, False
    assert start(world, background.TAKE).state == Job.State.FAILED
    assert not Thing.objects.exists()


def test_uploads_are_kept_for_a_week(world):
    path = files.path_of(world.upload.sha256)
    assert background.forget_uploads() == {"files": 0}
    StoredFile.objects.update(created=timezone.now() - background.KEPT - dt.timedelta(minutes=1))
    assert background.forget_uploads() == {"files": 1}
    assert not path.exists()
    assert start_without_file(world).state == Job.State.FAILED


def start_without_file(world):
    return start(world, background.CHECK)
