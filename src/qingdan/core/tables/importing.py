"""The resumable import: batches saved together with how far they reach.

Each batch is one transaction: the owner's rows, the problems and the checkpoint of the `ImportRun` appear
together or not at all. The run is known by district, table and digest of the file; running the same file
again goes on behind the checkpoint, and a finished file is not taken twice. Two processes on the same
file wait for each other at the run's row lock and skip what the other has done.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from qingdan.core.permits import Refused
from qingdan.core.tables.checking import BATCH, Checked, Checker
from qingdan.core.tables.declared import Batch, Table, TableFileError, reasons
from qingdan.core.tables.models import ImportProblem, ImportRun
from qingdan.core.tables.reading import open_source

Progress = Callable[[int, str], None]


def file_hash(path: str | Path) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def import_file(
    table: Table,
    path: str | Path,
    *,
    actor: Any,
    district: str,
    file_name: str = "",
    repeat: int = 0,
    batch_size: int = BATCH,
    progress: Progress | None = None,
) -> ImportRun:
    """Import a file and return its run; raises TableFileError before anything is written.

    A stopped run of the same file is continued, a finished one returned as it is; to take the same file
    again on purpose give another `repeat`. `progress` is called with the rows read so far.
    """
    if table.save is None:
        raise TypeError(f"table {table.name} declares no save")
    source = open_source(table, path)
    run, _made = ImportRun.objects.get_or_create(
        district=district,
        table=table.name,
        file_hash=file_hash(path),
        repeat=repeat,
        defaults={
            "file_name": (file_name or Path(path).name)[-255:],
            "actor": str(actor)[:100],
            "batch_size": batch_size,
        },
    )
    if run.state == ImportRun.State.DONE:
        return run
    checker = Checker(table, source)
    refused = frozenset(run.problems.values_list("row", flat=True))
    for checked in checker.batches(run.batch_size, until=run.next_row, refused=refused):
        _save_batch(table, run, checker, checked, actor)
        if progress is not None:
            progress(run.rows, run.file_name)
    with transaction.atomic():
        run = ImportRun.objects.select_for_update().get(pk=run.pk)
        if run.state != ImportRun.State.DONE:
            run.state = ImportRun.State.DONE
            run.notes = checker.notes()
            run.save()
    return run


def _save_batch(table: Table, run: ImportRun, checker: Checker, checked: Checked, actor: Any) -> None:
    with transaction.atomic():
        current = ImportRun.objects.select_for_update().get(pk=run.pk)
        if current.next_row >= checked.next_row:  # another process took this batch
            run.rows = current.rows
            return
        if current.next_row > checked.first_row:
            raise TableFileError(_("The import was continued with other settings; start it again."))
        _save_rows(table, checked, actor)
        checker.release(checked)
        current.next_row = checked.next_row
        current.rows += checked.rows
        current.taken += len(checked.good)
        current.refused += checked.refused
        current.save(update_fields=["next_row", "rows", "taken", "refused", "changed"])
        ImportProblem.objects.bulk_create(
            [
                ImportProblem(run=current, row=problem.row, column=problem.column, reason=problem.reason)
                for problem in checked.problems
            ],
            batch_size=2_000,
        )
    run.rows, run.next_row = current.rows, current.next_row


def _save_rows(table: Table, checked: Checked, actor: Any) -> None:
    """Save the batch; when it is refused, halve it until the rows at fault stand alone."""
    assert table.save is not None
    batch = checked.good
    parts = [list(range(len(batch)))] if len(batch) else []
    while parts:
        indexes = parts.pop()
        part = batch.part(indexes)
        try:
            with transaction.atomic():
                table.save(part, actor)
        except (IntegrityError, Refused, ValidationError) as error:
            if len(indexes) == 1:
                _refuse(table, batch, indexes[0], error)
            else:
                middle = len(indexes) // 2
                parts += [indexes[middle:], indexes[:middle]]
            continue
        for i, found in part.refused.items():
            for problem in found:
                batch.refuse(indexes[i], problem.reason, problem.column)


def _refuse(
    table: Table, batch: Batch, index: int, error: IntegrityError | Refused | ValidationError
) -> None:
    if isinstance(error, ValidationError):
        for name, reason in reasons(error, table._by_name.__contains__):
            batch.refuse(index, reason, name)
    elif isinstance(error, Refused):
        batch.refuse(index, error.reason)
    else:
        batch.refuse(index, _("The database refuses this row: it is there already or breaks a rule."))
