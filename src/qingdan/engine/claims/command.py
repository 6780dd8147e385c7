"""What `qingdan claims FILE` does without a database: the claims of a letter as a table or as JSON."""

import json
import sys
import unicodedata
from collections.abc import Sequence
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from .finding import Claim, find_claims
from .reading import Document, Unreadable, read_document


def list_claims(file: Path, as_json: bool) -> None:
    """Print what the letter claims."""
    document = read(file)
    found = find_claims(document.text)
    if as_json:
        rows = [
            claim.as_json()
            | {"paragraph": document.paragraph_at(claim.start), "page": document.page_at(claim.start)}
            for claim in found
        ]
        click.echo(json.dumps({"claims": rows}, ensure_ascii=False, indent=2))
        return
    for line in table(document, found):
        click.echo(line)


_PAGES_WITHOUT_BAR = 40  # about a second of reading


def read(file: Path) -> Document:
    """Read the file; a long PDF shows its progress on standard error. ClickException when unreadable."""
    with ExitStack() as open_bars:
        bars: list[Any] = []

        def progress(done: int, total: int) -> None:
            if not bars and total > _PAGES_WITHOUT_BAR:
                bar = click.progressbar(length=total, label="页 pages", file=sys.stderr)
                bars.append(open_bars.enter_context(bar))
            for bar in bars:
                bar.update(1)

        try:
            return read_document(file, progress)
        except Unreadable as error:
            raise click.ClickException(str(error)) from error


_SIGNS = {"none": "", "over": "↑ 以上", "about": "≈ 约", "under": "↓ 以下"}


def table(document: Document, found: list[Claim]) -> list[str]:
    """An aligned table of the claims, with the count below."""
    rows = [("#", "位置", "原文", "数值", "约数", "对象")]
    for number, claim in enumerate(found, 1):
        subject = (
            f"{claim.subject}（{claim.project}）"
            if claim.project and claim.project != claim.subject
            else claim.subject
        )
        sides = claim.value if isinstance(claim.value, tuple) else (claim.value,)
        rows.append(
            (
                str(number),
                place(document, claim),
                claim.text.replace("\n", ""),
                amount(sides, claim.unit),
                _SIGNS[claim.approx],
                subject,
            )
        )
    return [*aligned(rows), "", f"共 {len(found)} 个数量 / {len(found)} quantities"]


def place(document: Document, claim: Claim) -> str:
    """Where a claim stands: its page, or its paragraph where there are no pages."""
    page = document.page_at(claim.start)
    return f"第{page}页" if page else f"第{document.paragraph_at(claim.start)}段"


def amount(value: Decimal | Sequence[Decimal], unit: str) -> str:
    """1,500,000 元; a range as 30–50 人."""
    sides = (value,) if isinstance(value, Decimal) else value
    return f"{'–'.join(f'{side.normalize():,f}' for side in sides)} {unit}"


def aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Rows as lines with even columns; wide characters count as two."""
    widths = [max(width(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def width(cell: str) -> int:
    """Columns that a text takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in cell)
