"""Numbers in tables whose unit stands elsewhere: in the head of the column (资金（万元）) or in a cell of the row.

A table is a run of lines with tabs or upright strokes between cells, as the .docx reader and most copied tables give.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from .units import BASE, UNIT

_CELL = re.compile(r"[^\t|]+")
_NUMERIC = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d+)?")
_SCALED = re.compile(rf"(?P<scale>[百千]?万|亿|千)?(?P<unit>{UNIT.pattern})")
_HEAD = re.compile(rf"(?P<name>[^（(]{{1,30}})[（(](?:单位[:：])?{_SCALED.pattern}[）)]")
_SCALES = {"万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8, "千": 1000}


@dataclass(frozen=True, slots=True)
class Cell:
    """A number in a table: where it ends, its worth in the base unit, and what its column or row counts."""

    end: int
    value: Decimal
    unit: str
    kind: str
    subject: str


def cells(text: str) -> dict[int, Cell]:
    """Offset → the number that stands there with its unit in another cell; nothing for a text without tables."""
    if "\t" not in text and "|" not in text:
        return {}
    found: dict[int, Cell] = {}
    heads: list[re.Match[str] | None] = []
    end = -1
    for line in text.split("\n"):
        start, end = end + 1, end + 1 + len(line)
        if "\t" not in line and "|" not in line:
            heads = []  # the table is over
            continue
        row = list(_row(text, start, end))
        if not any(_NUMERIC.fullmatch(printed) for _, printed in row):
            named = [_HEAD.fullmatch(printed) for _, printed in row]
            heads = named if any(named) else heads
            continue
        found.update(_in_row(row, heads if len(heads) == len(row) else []))
    return found


def _row(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """The cells of a line with their offsets, spaces at their ends taken off."""
    for cell in _CELL.finditer(text, start, end):
        printed = cell[0].strip(" \r")
        if printed or text[cell.end() : cell.end() + 1] == "\t":
            yield cell.start() + len(cell[0]) - len(cell[0].lstrip(" ")), printed


def _in_row(row: list[tuple[int, str]], heads: list[re.Match[str] | None]) -> Iterator[tuple[int, Cell]]:
    unit: re.Match[str] | None = None
    subject = ""
    for column, (start, printed) in enumerate(row):
        if _NUMERIC.fullmatch(printed):
            head = heads[column] if heads else None
            measure = unit or head
            if measure:
                base, kind = BASE[measure["unit"]]
                value = Decimal(printed.replace(",", "")) * _SCALES.get(measure["scale"] or "", 1)
                name = subject if unit else (head["name"] if head else "")
                yield start, Cell(start + len(printed), value, base, kind, name.strip())
        elif as_unit := _SCALED.fullmatch(printed):
            unit = as_unit
            subject = row[column - 1][1] if column else ""
        else:
            unit = None
