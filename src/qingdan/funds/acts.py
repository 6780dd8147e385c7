"""Verbs of the ledger. Each locks the row above it, so that two clerks cannot spend the same yuan."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from qingdan.core import journal
from qingdan.core.actor import Actor
from qingdan.core.permits import Refused
from qingdan.funds.models import BudgetLine, Commitment, Payment


def yuan(fen: int) -> str:
    return f"{Decimal(fen) / 100:,.2f}"


def free_fen(line: BudgetLine) -> int:
    """What of a line is not yet bound, in fen."""
    bound = line.commitments.aggregate(total=Sum(F("amount_fen") - F("released_fen")))["total"] or 0
    return line.amount_fen - int(bound)


def unpaid_fen(commitment: Commitment) -> int:
    """What of a commitment is neither paid nor released, in fen."""
    paid = commitment.payments.aggregate(total=Sum("amount_fen"))["total"] or 0
    return commitment.bound_fen - int(paid)


def _refuse_shortfall(asked: int, available: int) -> None:
    if asked > available:
        raise Refused(
            _("Not enough left: this needs %(asked)s yuan, %(available)s is available, %(short)s is missing.")
            % {"asked": yuan(asked), "available": yuan(available), "short": yuan(asked - available)}
        )


def commit(
    *, line: BudgetLine, amount_fen: int, purpose: str, committed_on: dt.date, actor: Actor
) -> Commitment:
    """Bind money of a line. Raises `Refused` when less is free, or the line does not stand."""
    with transaction.atomic():
        locked = BudgetLine.objects.select_for_update().get(pk=line.pk)
        if not locked.stands:
            raise Refused(_("This budget line is not in force."))
        _refuse_shortfall(amount_fen, free_fen(locked))
        made = Commitment.objects.create(
            district=locked.district,
            line=locked,
            amount_fen=amount_fen,
            purpose=purpose,
            committed_on=committed_on,
        )
        journal.record(
            actor=actor, verb="funds.commit", subject=made, data={"fen": amount_fen, "line": locked.pk}
        )
    return made


def pay(
    *, commitment: Commitment, amount_fen: int, paid_on: dt.date, payee: str, voucher: str, actor: Actor
) -> Payment:
    """Pay out of a commitment. Raises `Refused` when less is left in it."""
    with transaction.atomic():
        locked = Commitment.objects.select_for_update().get(pk=commitment.pk)
        _refuse_shortfall(amount_fen, unpaid_fen(locked))
        made = Payment.objects.create(
            district=locked.district,
            commitment=locked,
            amount_fen=amount_fen,
            paid_on=paid_on,
            payee=payee,
            voucher=voucher,
        )
        journal.record(actor=actor, verb="funds.pay", subject=made, data={"fen": amount_fen})
    return made


def release(*, commitment: Commitment, amount_fen: int, reason: str, actor: Actor) -> Commitment:
    """Give unpaid money of a commitment back to its line."""
    with transaction.atomic():
        locked = Commitment.objects.select_for_update().get(pk=commitment.pk)
        _refuse_shortfall(amount_fen, unpaid_fen(locked))
        locked.released_fen += amount_fen
        locked.save(update_fields=["released_fen"])
        journal.record(
            actor=actor, verb="funds.release", subject=locked, reason=reason, data={"fen": amount_fen}
        )
    return locked
