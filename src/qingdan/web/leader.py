"""One sheet for a leader: the figures of the year with their source, the money, and what is overdue."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _now

from qingdan.core import clock, figures, markup
from qingdan.core.figures import Figure, Scope, Value
from qingdan.directory.models import Account
from qingdan.funds import queries as funds
from qingdan.funds.models import BudgetLine
from qingdan.web import progress, workbench

# The shares of the classes of replies have a page of their own; here they would push what is late off the sheet.
LEFT_OUT = tuple(f"replies.class_{letter}_share" for letter in "abcd")
LATE = 6  # matters named one by one; the others are counted


@dataclass(frozen=True)
class Row:
    """A figure of two years; `now` is the year that is under way, or all years for one not kept by year."""

    figure: Figure
    before: Value | None
    now: Value

    @property
    def source(self) -> str:
        return str(self.now.queryset.model._meta.verbose_name_plural)


@dataclass(frozen=True)
class Money:
    """A budget line with what was signed and paid of it, in fen."""

    line: Any

    @property
    def share(self) -> int:
        """Hundredths of the budget that are paid."""
        return int(Decimal(self.line.paid_fen) / self.line.amount_fen * 100)


def rows() -> list[Row]:
    """Every figure whose parts add up and that has records in one of the two years, save `LEFT_OUT`."""
    today = clock.today()
    found = []
    for figure in figures.declared():
        if figure.key in LEFT_OUT or not all(one.adds for one in figure.dimensions):
            continue
        if not figure.year_path:
            value = figure.read(Scope(settings.DISTRICT, today))
            if value.records:
                found.append(Row(figure, None, value))
            continue
        before, now = (
            figure.read(Scope(settings.DISTRICT, today, year)) for year in (today.year - 1, today.year)
        )
        if before.records or now.records:
            found.append(Row(figure, before, now))
    return found


def money(actor: Account) -> list[Money]:
    """The budget lines of this year and the last, as the actor sees them."""
    year = clock.today().year
    lines = BudgetLine.objects.standing(clock.today()).filter(
        pk__in=funds.lines(actor).values("pk"), year__in=(year - 1, year)
    )
    return [Money(line) for line in funds.with_use(lines).order_by("-year", "fund__code")]


def context(actor: Account) -> dict[str, Any]:
    late = [one for one in workbench.waiting(actor) if markup.due_group(one.due) == "late"]
    streets = [row for row in progress.by_street(actor) if row.late]
    return {
        "as_of": clock.today(),
        "year": clock.today().year,
        "so_far": _now("%(year)d so far") % {"year": clock.today().year},
        "rows": rows(),
        "money": money(actor),
        "late": late[:LATE],
        "late_count": len(late),
        "streets": streets,
    }
