"""A table on a page as an Excel workbook, through `core.tables`: written row by row, text always text."""

import tempfile
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import FileResponse

from qingdan.core import clock
from qingdan.core.tables import Column, Kind, Table, export_rows

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_KINDS = {
    "money": Kind.MONEY,
    "number": Kind.DECIMAL,
    "date": Kind.DATE,
    "due": Kind.DATE,
    "moment": Kind.DATETIME,
}
_WIDTHS = {"title": 38, "code": 26}


def workbook_response(
    title: str, heads: Sequence[str], kinds: Sequence[str], rows: Iterable[Sequence[Any]]
) -> FileResponse:
    """One workbook to download; `kinds` as for the columns of a listing, money in fen, None for an empty cell."""
    columns = [
        Column(f"c{n}", head, _KINDS.get(kind, Kind.TEXT), places=0, width=_WIDTHS.get(kind))
        for n, (head, kind) in enumerate(zip(heads, kinds, strict=True))
    ]
    texts = [kind not in _KINDS for kind in kinds]
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    export_rows(
        Table("export", title, columns),
        (
            tuple("" if value is None and text else value for value, text in zip(row, texts, strict=True))
            for row in rows
        ),
        file,
    )
    file.seek(0)
    return FileResponse(
        file, as_attachment=True, filename=f"{title}-{clock.today():%Y%m%d}.xlsx", content_type=XLSX
    )
