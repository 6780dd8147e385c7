"""Numbers about money."""

from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from qingdan.core.figures import Definition, Dimension, Figure, Scope, Total, declare
from qingdan.funds.models import BudgetLine, Fund

YUAN = Decimal("0.01")  # amounts are kept in fen


def _fund_codes(district: str) -> list[tuple[str, object]]:
    return list(Fund.objects.filter(district=district).order_by("code").values_list("code", "name"))


def _lines(scope: Scope) -> QuerySet[BudgetLine]:
    return BudgetLine.objects.filter(district=scope.district).standing(scope.as_of)


declare(
    Figure(
        key="funds.budget",
        name=_("budget arranged"),
        unit="元",
        records=_lines,
        measure=Total("amount_fen", YUAN),
        dimensions=(Dimension("line", _("fund"), "fund__code", _fund_codes, adds=False),),
        year_path="year",
        definition=Definition(
            counts=_("The sum approved for a fund in a budget year."),
            excludes=_("Money asked for and not approved; carry-over from earlier years."),
            moment=_(
                "From the day of approval; a change in the year withdraws the old line and approves a new one."
            ),
            year=_("The budget year, not the year of spending."),
            adding=_("Lines that may be parts of one another: only where the budget says they are not."),
        ),
    )
)
