"""Checking and importing big files outside the request: jobs with progress, continued after a killed worker.

The import resumes from the checkpoint of its `ImportRun`, so running the job again takes no row twice. What came of a
check is kept with its job; what came of an import with its run.
"""

import datetime as dt
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone, translation
from django.utils.translation import gettext as _now

from qingdan.core import files, jobs
from qingdan.core.files_models import StoredFile
from qingdan.core.permits import Refused
from qingdan.core.tables.checking import Report, dry_run
from qingdan.core.tables.declared import Problem, TableFileError
from qingdan.core.tables.importing import import_file
from qingdan.core.tables.kinds import Kind, known
from qingdan.core.tables.reading import open_source

CHECK, TAKE = "tables.check", "tables.take"
BIG = 2_000
"""From so many rows on a file is dealt with outside the request."""
BATCH = 1_000
"""Rows in a batch there: between two batches others may write, and progress is seen."""
KEPT = dt.timedelta(days=7)
KEPT_PROBLEMS = 2_000
OWNER = "tables.upload"


def owner_of(kind: Kind, account: Any) -> str:
    """Whose an upload is: nobody else finds it."""
    return f"{OWNER}:{kind.name}-{account.pk}"


def start(name: str, kind: Kind, upload: StoredFile, *, account: Any) -> jobs.Job:
    """Have an upload checked or taken in the background."""
    return jobs.enqueue(
        name,
        actor=account,
        district=upload.district,
        table=kind.name,
        upload=upload.pk,
        account=account.pk,
        language=translation.get_language() or "",
    )


def job_of(upload: StoredFile) -> jobs.Job | None:
    """The latest job about an upload."""
    return (
        jobs.Job.objects.filter(kind__in=[CHECK, TAKE], arguments__upload=upload.pk).order_by("-pk").first()
    )


def report_of(job: jobs.Job) -> Report:
    """What a finished check found; of the problems the first ones."""
    found = dict(job.result or {})
    return Report(**{**found, "problems": [Problem(*problem) for problem in found["problems"]]})


def take(kind: Kind, upload: StoredFile, *, actor: Any, batch_size: int = BATCH) -> Any:
    """Import an upload, or go on where that stopped; answers the `ImportRun`. Raises TableFileError."""
    table, path = kind.table(actor), files.path_of(upload.sha256)
    total = open_source(table, path).count if jobs.is_running() else 0
    run = import_file(
        table,
        path,
        actor=actor,
        district=upload.district,
        file_name=upload.name,
        batch_size=batch_size,
        progress=lambda rows, _name: jobs.progress(rows, total),
    )
    if kind.after is not None:
        kind.after(upload.district)
    return run


@jobs.job(CHECK)
def check_upload(*, table: str, upload: int, account: int, language: str) -> dict[str, Any]:
    one, stored, actor = _found(table, upload, account)
    with translation.override(language):
        try:
            path = files.path_of(stored.sha256)
            report = dry_run(one.table(actor), path, shown=KEPT_PROBLEMS, progress=jobs.progress)
        except TableFileError as fault:
            raise jobs.JobError(str(fault)) from None
    return {
        "rows": report.rows,
        "taken": report.taken,
        "refused": report.refused,
        "notes": report.notes,
        "problems": [list(problem) for problem in report.problems],
    }


@jobs.job(TAKE)
def take_upload(*, table: str, upload: int, account: int, language: str) -> dict[str, Any]:
    one, stored, actor = _found(table, upload, account)
    with translation.override(language):
        try:
            run = take(one, stored, actor=actor)
        except TableFileError as fault:
            raise jobs.JobError(str(fault)) from None
    return {"run": run.pk, "taken": run.taken, "refused": run.refused}


def _found(table: str, upload: int, account: int) -> tuple[Kind, StoredFile, Any]:
    """What the job is about. The permit is asked again: the person may have lost the role since."""
    one, stored = known()[table], StoredFile.objects.filter(pk=upload).first()
    if stored is None:
        raise jobs.JobError(_now("This upload is no longer kept; send the file again."))
    actor = get_user_model()._default_manager.get(pk=account)
    if not actor.is_active:
        raise jobs.JobError(_now("The account is locked; nothing was taken."))
    try:
        one.may.require(actor)
    except Refused as no:
        raise jobs.JobError(str(no.reason)) from None
    return one, stored, actor


@jobs.schedule("tables.forget", daily_at=dt.time(3, 40))
@jobs.job("tables.forget")
def forget_uploads() -> dict[str, int]:
    """Uploads may hold personal data: none stays longer than a week."""
    old = StoredFile.objects.filter(owner__startswith=f"{OWNER}:", created__lt=timezone.now() - KEPT)
    found = list(old)
    for upload in found:
        files.discard(upload)
    return {"files": len(found)}
