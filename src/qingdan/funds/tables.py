"""Budget lines as an Excel table: entered from Excel, in force once a finance officer has approved them.

The table only adds lines. What a line is worth never changes by an import, so nothing bound to it can be overspent.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import clock
from qingdan.core.tables import Batch, Column, Kind, Table, kinds, save_each
from qingdan.funds import acts, queries
from qingdan.funds.models import BudgetLine, Fund
from qingdan.funds.permits import may_arrange_lines


def lines_table(actor: Any) -> Table:
    """The budget lines of the actor's district."""
    district = actor.district
    told: dict[tuple[str, int], int] = {}  # lines that came earlier in the file

    def check(batch: Batch) -> None:
        funds = dict(Fund.objects.filter(district=district).values_list("code", "name"))
        there = set(
            BudgetLine.objects.filter(district=district, withdrawn_at__isnull=True).values_list(
                "fund__code", "year"
            )
        )
        for index, row in enumerate(batch.dicts()):
            code, year = row["fund_code"], row["year"]
            if code not in funds and not row["fund_name"]:
                batch.refuse(index, _now("This fund is new; give its name."), "fund_name")
            elif code in funds and row["fund_name"] not in ("", funds[code]):
                words = _now("The fund of this code is called “%(name)s”.")
                batch.refuse(index, words % {"name": funds[code]}, "fund_name")
            if (code, year) in there:
                batch.refuse(
                    index, _now("This fund has a line of this year already; it is not changed here."), "year"
                )
            elif told.get((code, year), batch.numbers[index]) != batch.numbers[index]:
                words = _now("The same fund and year stand in row %(row)d already.")
                batch.refuse(index, words % {"row": told[code, year]}, "year")
            part_of = row["part_of"]
            if part_of == code:
                batch.refuse(index, _now("A line is no part of itself."), "part_of")
            elif part_of and (part_of, year) not in there and (part_of, year) not in told:
                batch.refuse(
                    index, _now("There is no line of this fund and year, and none in a row above."), "part_of"
                )
            if index not in batch.refused:
                told[code, year] = batch.numbers[index]

    def save(batch: Batch, by: Any) -> None:
        save_each(batch, lambda row: acts.arrange_line(actor=by, **row))

    return Table(
        "budget-lines",
        _("Budget lines"),
        (
            Column(
                "fund_code",
                _("code of the fund"),
                Kind.CODE,
                required=True,
                max_length=20,
                aliases=("资金代码",),
            ),
            Column("fund_name", _("fund"), max_length=80, note=_("Needed for a new fund.")),
            Column(
                "source",
                _("source of funds"),
                Kind.CHOICE,
                choices=Fund.Source.choices,
                empty=Fund.Source.BUDGET,
            ),
            Column("purpose", _("purpose"), max_length=200),
            Column(
                "year",
                _("budget year"),
                Kind.INTEGER,
                required=True,
                minimum=2000,
                maximum=clock.today().year + 2,
            ),
            Column("amount_fen", _("budget (yuan)"), Kind.MONEY, required=True, minimum=1),
            Column(
                "part_of",
                _("part of"),
                Kind.CODE,
                max_length=20,
                note=_("Code of the fund whose line of the same year this one is a part of."),
            ),
            Column("basis", _("basis"), max_length=200, example="（示例，请删去）区级预算批复"),
        ),
        check_batch=check,
        save=save,
        note=_(
            "One line a row. A line is in force, and money can be bound to it, once a finance officer has approved it."
        ),
    )


def line_rows(actor: Any) -> Iterator[tuple[Any, ...]]:
    """The lines that the actor may see and that were not withdrawn; the whole before its parts."""
    found = queries.lines(actor).filter(withdrawn_at__isnull=True).select_related("fund", "parent__fund")
    for one in sorted(found, key=lambda line: (-line.year, line.parent_id is not None, line.fund.code)):
        yield (
            one.fund.code,
            one.fund.name,
            one.fund.source,
            one.fund.purpose,
            one.year,
            one.amount_fen,
            one.parent.fund.code if one.parent else "",
            one.basis,
        )


LINES = kinds.add(
    kinds.Kind("budget-lines", _("Budget lines"), lines_table, rows=line_rows, may=may_arrange_lines)
)
