"""A plain table as PDF: lists and registers, printed as they stand. Official letters are `documents.pdf`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from qingdan.documents.fonts import FontSet

TEMPLATE = Path(__file__).with_name("table.typ")


@dataclass(frozen=True, slots=True)
class PrintColumn:
    """A column: its head, its share of the width, and whether it stands to the right."""

    head: str
    width: float = 1.0
    right: bool = False


@dataclass(frozen=True, slots=True)
class PrintTable:
    """A table with the words above and below it; all cells are text already."""

    title: str
    line: str
    columns: Sequence[PrintColumn]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()
    foot: str = ""
    landscape: bool = True


def render_table(table: PrintTable, fonts: FontSet, *, day: date) -> bytes:
    """The table as a tagged PDF, heads repeated on every page. The same table gives the same bytes."""
    import typst

    data = {
        "title": table.title,
        "line": table.line,
        "columns": [{"head": c.head, "width": c.width, "right": c.right} for c in table.columns],
        "rows": [list(row) for row in table.rows],
        "notes": list(table.notes),
        "foot": table.foot,
        "landscape": table.landscape,
        "date": {"year": day.year, "month": day.month, "day": day.day},
        "fonts": {
            "text": [fonts.song.family, *fonts.fallback],
            "head": [fonts.hei.family, *fonts.fallback],
            "title": [fonts.title.family, *fonts.fallback],
        },
    }
    compiled = typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        font_paths=fonts.source,
        sys_inputs={"table": json.dumps(data, ensure_ascii=False)},
        format="pdf",
        timestamp=datetime(day.year, day.month, day.day, tzinfo=UTC),
    )
    if not isinstance(compiled, bytes):
        raise TypeError("typst gave no PDF")
    return compiled
