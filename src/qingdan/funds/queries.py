"""Who sees what of the money: budgets are public, commitments and payments are for officers and auditors."""

from typing import Any

from django.db.models import BigIntegerField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from qingdan.directory.reach import reach
from qingdan.funds.models import BudgetLine, Commitment, Payment


def lines(actor: Any) -> QuerySet[BudgetLine]:
    return reach(BudgetLine, actor, public=Q(confirmed_at__isnull=False))


def commitments(actor: Any) -> QuerySet[Commitment]:
    return reach(Commitment, actor)


def payments(actor: Any) -> QuerySet[Payment]:
    return reach(Payment, actor)


def with_use(lines: QuerySet[BudgetLine]) -> QuerySet[Any]:
    """Each line with `bound_fen`, `paid_fen` and `parts_fen` (given to lines that are parts of it), in one query."""
    bound = Commitment.objects.filter(line=OuterRef("pk")).order_by().values("line")
    paid = Payment.objects.filter(commitment__line=OuterRef("pk")).order_by().values("commitment__line")
    parts = BudgetLine.objects.filter(parent=OuterRef("pk"), withdrawn_at__isnull=True).order_by()
    whole = BigIntegerField()
    return lines.select_related("fund").annotate(
        bound_fen=Coalesce(
            Subquery(bound.annotate(s=Sum(F("amount_fen") - F("released_fen"))).values("s")),
            0,
            output_field=whole,
        ),
        paid_fen=Coalesce(Subquery(paid.annotate(s=Sum("amount_fen")).values("s")), 0, output_field=whole),
        parts_fen=Coalesce(
            Subquery(parts.values("parent").annotate(s=Sum("amount_fen")).values("s")), 0, output_field=whole
        ),
    )
