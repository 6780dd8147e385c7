"""`qingdan import` and `qingdan export`: tables of every room from the command line."""

import sys
from pathlib import Path
from typing import Any

import click

from qingdan.core.actor import SystemActor


def _kind(name: str) -> Any:
    from qingdan.core.tables import kinds

    found = kinds.known()
    if name not in found:
        raise click.ClickException(f"There is no kind “{name}”. Known: {', '.join(found) or 'none'}.")
    return found[name]


def _actor() -> SystemActor:
    from django.conf import settings

    return SystemActor("command", settings.DISTRICT)


@click.command("import")
@click.argument("kind")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check every row and write nothing.")
@click.option(
    "--errors",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the refused rows go (default: FILE-errors.xlsx beside FILE).",
)
@click.option("--again", is_flag=True, help="Take a file once more that was imported already.")
def import_(kind: str, file: Path, dry_run: bool, errors: Path | None, again: bool) -> None:
    """Import a workbook. Good rows are taken, the others go to a workbook with the reason at each cell.

    Exit status 0 only when every row was taken.
    """
    from qingdan.core.tables import TableFileError
    from qingdan.core.tables import dry_run as check
    from qingdan.core.tables.importing import file_hash, import_file
    from qingdan.core.tables.models import ImportRun

    table = _kind(kind).table(_actor())
    target = errors or file.with_name(f"{file.stem}-errors.xlsx")
    try:
        if dry_run:
            report = check(table, file, shown=200_000)
            _say(report, "can be taken")
            _write_errors(table, file, report.problems, target)
            sys.exit(1 if report.refused else 0)
        district = _actor().district
        before = ImportRun.objects.filter(
            district=district, table=table.name, file_hash=file_hash(file), state=ImportRun.State.DONE
        ).count()
        if before and not again:
            raise click.ClickException(
                "This file was imported already; nothing was taken. Use --again to take it once more."
            )
        run = import_file(table, file, actor=_actor(), district=district, repeat=before, progress=_progress)
    except TableFileError as fault:
        raise click.ClickException(str(fault)) from fault
    _say(run, "taken")
    problems = [_problem(one) for one in run.problems.all()]
    _write_errors(table, file, problems, target)
    sys.exit(1 if run.refused else 0)


def _progress(rows: int, name: str) -> None:
    """How many rows were read so far; how many there are is only known at the end."""
    if sys.stderr.isatty():
        print(f"\r{name}: {rows} rows", end="", file=sys.stderr, flush=True)


def _problem(stored: Any) -> Any:
    from qingdan.core.tables import Problem

    return Problem(stored.row, stored.column, stored.reason)


def _say(outcome: Any, verb: str) -> None:
    print(f"{outcome.rows} rows read, {outcome.taken} {verb}, {outcome.refused} refused.")
    for note in outcome.notes:
        print(note)


def _write_errors(table: Any, file: Path, problems: list[Any], target: Path) -> None:
    from qingdan.core.tables import write_errors

    if problems:
        rows = write_errors(table, file, problems, target)
        print(f"{target}: {rows} rows to correct.")


@click.command()
@click.argument("kind")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The workbook to write."
)
def export(kind: str, out: Path) -> None:
    """Write all records of a kind to a workbook, in the columns in which they are imported."""
    from qingdan.core.tables import export_rows

    found = _kind(kind)
    if found.rows is None:
        raise click.ClickException(f"Records of the kind “{kind}” are imported only.")
    if not out.parent.is_dir():
        raise click.ClickException(f"{out.parent} is no folder: make it first, or choose another.")
    rows = export_rows(found.table(_actor()), found.rows(_actor()), out)
    print(f"{out}: {rows} rows.")


globals()["import"] = import_  # the table of commands asks by the command's name, which is a keyword here
