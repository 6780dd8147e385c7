"""`qingdan claims FILE`: the engine's reader, and with --trace the records of the district beside it.

Without --trace nothing of Django is started; hence the imports inside.
"""

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qingdan.engine.claims.command import aligned, amount, list_claims, place, read

if TYPE_CHECKING:
    from qingdan.engine.claims import Document
    from qingdan.replies.tracing import Traced


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--trace", "traced", is_flag=True, help="Hold each quantity against the district's figures.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="With --trace: as known on this day; else the letter's own date, else today.",
)
def claims(file: Path, as_json: bool, traced: bool, as_of: dt.datetime | None) -> None:
    """Every quantity that a letter (.txt, .docx, .pdf) claims. 读出公文中的每一个数量，并可与本区数据核对。"""
    if not traced:
        if as_of:
            raise click.UsageError("--as-of goes with --trace: add --trace / 请同时加 --trace")
        list_claims(file, as_json)
        return
    document = read(file)
    from qingdan.config.cli import set_up_django

    set_up_django()
    from django.conf import settings

    from qingdan.core import clock
    from qingdan.replies import tracing

    day = as_of.date() if as_of else tracing.letter_day(document.text) or clock.today()
    found = tracing.trace(document.text, settings.DISTRICT, day)
    if as_json:
        click.echo(json.dumps(_data(document, found, day), ensure_ascii=False, indent=2))
        return
    for line in _table(document, found, day):
        click.echo(line)


def _data(document: "Document", found: "list[Traced]", day: dt.date) -> dict[str, Any]:
    rows = [
        one.claim.as_json()
        | {
            "paragraph": document.paragraph_at(one.claim.start),
            "page": document.page_at(one.claim.start),
            "trace": one.as_data(),
        }
        for one in found
    ]
    return {"as_of": day.isoformat(), "claims": rows}


_SIGNS = {"agrees": "✓ 一致", "differs": "✗ 不一致", "no record": "? 无记录"}


def _table(document: "Document", found: "list[Traced]", day: dt.date) -> list[str]:
    """One line a claim: as printed, the outcome, the value on record, the figure it was held against."""
    rows = [("#", "位置", "原文", "结果", "记录", "相差", "指标")]
    for number, one in enumerate(found, 1):
        claim, record = one.claim, one.record
        if record is None:
            near = one.candidates[0][0] if one.candidates else None
            about = f"{claim.subject or claim.text}；最接近：{near.words}" if near else claim.subject
        else:
            about = record.words
        rows.append(
            (
                str(number),
                place(document, claim),
                claim.text.replace("\n", ""),
                _SIGNS[one.outcome],
                amount(record.value, record.unit) if record else "",
                f"{one.difference.normalize():+,f}" if one.difference else "",
                about,
            )
        )
    said = {outcome: sum(one.outcome == outcome for one in found) for outcome in _SIGNS}
    return [
        *aligned(rows),
        "",
        f"截至 {day:%Y-%m-%d} 的记录：共 {len(found)} 个数量，{said['agrees']} 个一致，{said['differs']} 个不一致，"
        f"{said['no record']} 个无记录",
        f"As known on {day:%Y-%m-%d}: {len(found)} quantities, {said['agrees']} agree, {said['differs']} differ, "
        f"{said['no record']} without a record",
    ]
