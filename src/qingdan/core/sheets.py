"""Tables going out as Excel workbooks, and the entry in the journal of who took which and how many rows.

Every workbook of records leaves through `take_out`, from a page or a command. A stranger takes out only what is
public and has no name, so that is not journalled.
"""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import IO, Any

from django.db import transaction
from django.http import FileResponse

from qingdan.core import clock, journal
from qingdan.core.actor import Actor
from qingdan.core.tables import Column, Kind, Table, export_rows
from qingdan.core.tables.models import TableExport

EXPORTED = "table.export"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_KINDS = {
    "money": Kind.MONEY,
    "number": Kind.DECIMAL,
    "date": Kind.DATE,
    "due": Kind.DATE,
    "moment": Kind.DATETIME,
}
_WIDTHS = {"title": 38, "code": 26}


def take_out(
    table: Table, rows: Iterable[tuple[Any, ...]], target: str | Path | IO[bytes], *, actor: Any
) -> int:
    """Write rows to a workbook and journal who took them; returns how many. Nothing is given out unjournalled."""
    count = export_rows(table, rows, target)
    if isinstance(actor, Actor) and getattr(actor, "is_authenticated", True):
        with transaction.atomic():
            made = TableExport.objects.create(
                district=actor.district,
                table=table.name,
                title=str(table.label)[:120],
                rows=count,
                actor=str(actor)[:100],
            )
            journal.record(
                actor=actor, verb=EXPORTED, subject=made, data={"table": table.name, "rows": count}
            )
    return count


def download(table: Table, what: str, write: Callable[[IO[bytes]], Any]) -> FileResponse:
    """A workbook about a table to download, named after the table, `what` it is, and the day."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    write(file)
    file.seek(0)
    name = "-".join(part for part in (str(table.label), what, f"{clock.today():%Y%m%d}") if part)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def workbook_response(
    title: str,
    heads: Sequence[str],
    kinds: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    actor: Any,
    name: str = "export",
) -> FileResponse:
    """One workbook to download; `kinds` as for the columns of a listing, money in fen, None for an empty cell.

    `name` is what the journal calls the table, beside its title.
    """
    columns = [
        Column(f"c{n}", head, _KINDS.get(kind, Kind.TEXT), places=0, width=_WIDTHS.get(kind))
        for n, (head, kind) in enumerate(zip(heads, kinds, strict=True))
    ]
    texts = [kind not in _KINDS for kind in kinds]
    filled = (
        tuple("" if value is None and text else value for value, text in zip(row, texts, strict=True))
        for row in rows
    )
    table = Table(name[:64], title, columns)
    return download(table, "", lambda file: take_out(table, filled, file, actor=actor))
