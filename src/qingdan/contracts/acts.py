"""Verbs of contracts: sign on a project, pay an instalment."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from qingdan.calls.models import Project
from qingdan.contracts.models import Contract, Instalment
from qingdan.core import journal, money
from qingdan.core.actor import Actor
from qingdan.core.permits import Refused
from qingdan.funds import acts as ledger
from qingdan.funds.models import Payment

Split = Sequence[tuple[Decimal, str]]  # percent, trigger


def sign(
    *,
    project: Project,
    number: str,
    signed_on: dt.date,
    starts_on: dt.date,
    ends_on: dt.date,
    split: Split,
    actor: Actor,
) -> Contract:
    """Sign a contract over the project's award: binds the money and sets up the instalments.

    `split` must add to 100; each part is rounded down to the fen and the last takes the remainder. Raises `Refused`
    when the split does not add up or the budget line has less left.
    """
    if sum(percent for percent, _trigger in split) != 100:
        raise Refused(_("The instalments must add up to 100 percent."))
    with transaction.atomic():
        commitment = ledger.commit(
            line=project.round.budget_line,
            amount_fen=project.amount_fen,
            purpose=f"{number} {project.title}",
            committed_on=signed_on,
            actor=actor,
        )
        contract = Contract.objects.create(
            district=project.district,
            number=number,
            project=project,
            commitment=commitment,
            signed_on=signed_on,
            starts_on=starts_on,
            ends_on=ends_on,
        )
        parts = money.split(project.amount_fen, [percent for percent, _trigger in split])
        for order, ((percent, trigger), part) in enumerate(zip(split, parts, strict=True), start=1):
            Instalment.objects.create(
                district=project.district,
                contract=contract,
                order=order,
                percent=percent,
                amount_fen=part,
                trigger=trigger,
            )
        journal.record(actor=actor, verb="contracts.sign", subject=contract, data={"fen": project.amount_fen})
    return contract


def pay_instalment(*, instalment: Instalment, paid_on: dt.date, voucher: str, actor: Actor) -> Payment:
    """Pay one instalment out of the contract's commitment. Raises `Refused` when it is already paid."""
    with transaction.atomic():
        locked = Instalment.objects.select_for_update().get(pk=instalment.pk)
        if locked.payment_id is not None:
            raise Refused(_("This instalment is already paid."))
        contract = Contract.objects.select_related("commitment", "project__organisation").get(
            pk=locked.contract_id
        )
        locked.payment = ledger.pay(
            commitment=contract.commitment,
            amount_fen=locked.amount_fen,
            paid_on=paid_on,
            payee=contract.project.organisation.name,
            voucher=voucher,
            actor=actor,
        )
        locked.save(update_fields=["payment"])
        journal.record(actor=actor, verb="contracts.pay_instalment", subject=locked)
    return locked.payment
