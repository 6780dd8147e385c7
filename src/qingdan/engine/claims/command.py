"""`qingdan claims FILE`: what a letter claims, as a table or as JSON."""

import json
import sys
import unicodedata
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from .finding import Claim, find_claims
from .reading import Document, Unreadable, read_document


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def claims(file: Path, as_json: bool) -> None:
    """Every quantity that a letter (.txt, .docx, .pdf) claims. 读出公文中的每一个数量。"""
    try:
        document = _read(file)
    except Unreadable as error:
        raise click.ClickException(str(error)) from error
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


def _read(file: Path) -> Document:
    """Read the file; a long PDF shows its progress on standard error."""
    with ExitStack() as open_bars:
        bars: list[Any] = []

        def progress(done: int, total: int) -> None:
            if not bars and total > _PAGES_WITHOUT_BAR:
                bar = click.progressbar(length=total, label="页 pages", file=sys.stderr)
                bars.append(open_bars.enter_context(bar))
            for bar in bars:
                bar.update(1)

        return read_document(file, progress)


_SIGNS = {"none": "", "over": "↑ 以上", "about": "≈ 约", "under": "↓ 以下"}


def table(document: Document, found: list[Claim]) -> list[str]:
    """An aligned table of the claims, wide characters counted as two columns, with the count below."""
    rows = [("#", "位置", "原文", "数值", "约数", "对象")]
    for number, claim in enumerate(found, 1):
        page = document.page_at(claim.start)
        place = f"第{page}页" if page else f"第{document.paragraph_at(claim.start)}段"
        subject = (
            f"{claim.subject}（{claim.project}）"
            if claim.project and claim.project != claim.subject
            else claim.subject
        )
        rows.append(
            (str(number), place, claim.text.replace("\n", ""), _amount(claim), _SIGNS[claim.approx], subject)
        )
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
    return [*lines, "", f"共 {len(found)} 个数量 / {len(found)} quantities"]


def _amount(claim: Claim) -> str:
    sides = claim.value if isinstance(claim.value, tuple) else (claim.value,)
    amount = "–".join(f"{side.normalize():,f}" for side in sides)
    return f"{amount} {claim.unit}"


def _width(cell: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in cell)
