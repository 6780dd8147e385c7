"""Verbs of the ledger. Each locks the row above it, so that two clerks cannot spend the same yuan."""

import datetime as dt
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from qingdan.core import clock, journal
from qingdan.core.actor import Actor
from qingdan.core.permits import Refused
from qingdan.funds.models import BudgetLine, Commitment, Fund, Payment
from qingdan.funds.permits import ARRANGED, may_approve_lines, may_arrange_lines


def yuan(fen: int) -> str:
    return f"{Decimal(fen) / 100:,.2f}"


def free_fen(line: BudgetLine) -> int:
    """What of a line is neither bound nor given to lines that are parts of it, in fen."""
    bound = line.commitments.aggregate(total=Sum(F("amount_fen") - F("released_fen")))["total"] or 0
    parts = line.parts.filter(withdrawn_at__isnull=True).aggregate(total=Sum("amount_fen"))["total"] or 0
    return line.amount_fen - int(bound) - int(parts)


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


@transaction.atomic
def arrange_line(
    *,
    actor: Actor,
    fund_code: str,
    year: int,
    amount_fen: int,
    fund_name: str = "",
    source: str = Fund.Source.BUDGET,
    purpose: str = "",
    part_of: str = "",
    basis: str = "",
) -> BudgetLine:
    """Enter a line for a fund, given by its code and made when new; it is in force once approved.

    `part_of` is the code of the fund whose line of the same year it is a part of. Raises `Refused` when the whole has
    less left, ValidationError for values that do not fit.
    """
    may_arrange_lines.require(actor)
    whole = None
    if part_of:
        whole = (
            BudgetLine.objects.select_for_update()
            .filter(district=actor.district, fund__code=part_of, year=year, withdrawn_at__isnull=True)
            .first()
        )
        if whole is None:
            raise ValidationError({"part_of": _("There is no line of this fund and year.")})
        _refuse_shortfall(amount_fen, free_fen(whole))
    found = Fund.objects.filter(district=actor.district, code=fund_code).first()
    if found is None:
        found = Fund(district=actor.district, code=fund_code, name=fund_name, source=source, purpose=purpose)
        found.full_clean()
        found.save(force_insert=True)
        journal.record(actor=actor, verb="funds.open", subject=found)
    line = BudgetLine(
        district=actor.district, fund=found, year=year, amount_fen=amount_fen, parent=whole, basis=basis
    )
    line.full_clean()
    line.save(force_insert=True)
    journal.record(actor=actor, verb=ARRANGED, subject=line, data={"fen": amount_fen})
    return line


@transaction.atomic
def approve_line(*, line: BudgetLine, actor: Actor) -> BudgetLine:
    """Put a line in force. Raises `Refused` for whoever entered it, for a line that is in force or withdrawn, and for a
    part of a line that is not in force."""
    locked = BudgetLine.objects.select_for_update().get(pk=line.pk)
    may_approve_lines.require(actor, locked)
    if locked.confirmed_at or locked.withdrawn_at:
        raise Refused(_("This line was approved or withdrawn already."))
    if locked.parent is not None and not locked.parent.stands:
        raise Refused(_("Approve “%(line)s” first: this line is a part of it.") % {"line": locked.parent})
    locked.confirmed_at, locked.confirmed_by = clock.now(), actor.actor_label[:80]
    locked.save(update_fields=["confirmed_at", "confirmed_by"])
    journal.record(actor=actor, verb="funds.approve", subject=locked, data={"fen": locked.amount_fen})
    return locked


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
