"""A table as an Excel workbook, written row by row so that its size does not matter."""

import datetime as dt
import tempfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.http import FileResponse

from qingdan.core import clock

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = {
    "title": 38,
    "text": 20,
    "code": 26,
    "money": 15,
    "number": 11,
    "date": 12,
    "moment": 17,
    "due": 12,
}


def workbook_response(
    title: str, heads: Sequence[str], kinds: Sequence[str], rows: Iterable[Sequence[Any]]
) -> FileResponse:
    """One sheet with a frozen head and a filter; text stays text, whatever it begins with."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    with xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        formats = {
            "money": book.add_format({"num_format": "#,##0.00"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "due": book.add_format({"num_format": "yyyy-mm-dd"}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        }
        for n, kind in enumerate(kinds):
            sheet.set_column(n, n, _WIDTHS.get(kind, 16))
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, heads, bold)
        last = 0
        for last, row in enumerate(rows, start=1):
            for n, (value, kind) in enumerate(zip(row, kinds, strict=True)):
                style = formats.get(kind)
                match value:
                    case None:
                        continue
                    case bool() | str():
                        sheet.write_string(last, n, str(value))
                    case int() | Decimal() | float():
                        sheet.write_number(last, n, value, style)
                    case dt.datetime() | dt.date():
                        sheet.write_datetime(last, n, value, style)
                    case _:
                        sheet.write_string(last, n, str(value))
        if last:
            sheet.autofilter(0, 0, last, len(heads) - 1)
    file.seek(0)
    name = f"{title}-{clock.today():%Y%m%d}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


def _sheet_name(title: str) -> str:
    """Excel allows 31 characters and none of []:*?/\\ ."""
    return "".join(c for c in title if c not in "[]:*?/\\'")[:31] or "Sheet1"
