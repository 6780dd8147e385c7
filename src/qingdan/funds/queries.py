"""Who sees what of the money: budgets are public, commitments and payments are for officers and auditors."""

from typing import Any

from django.db.models import Q, QuerySet

from qingdan.directory.reach import reach
from qingdan.funds.models import BudgetLine, Commitment, Payment


def lines(actor: Any) -> QuerySet[BudgetLine]:
    return reach(BudgetLine, actor, public=Q(confirmed_at__isnull=False))


def commitments(actor: Any) -> QuerySet[Commitment]:
    return reach(Commitment, actor)


def payments(actor: Any) -> QuerySet[Payment]:
    return reach(Payment, actor)
