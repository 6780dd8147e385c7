"""Verbs of delivery."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from qingdan.core import journal
from qingdan.core.actor import Actor
from qingdan.core.permits import Refused
from qingdan.delivery.models import Participant, ServiceRecord


def withdraw_participant(*, participant: Participant, moment: dt.datetime, reason: str, actor: Actor) -> int:
    """Take a participant entered by mistake out of the ledger from `moment` on; figures of earlier days stand.

    Returns how many service records were withdrawn. Raises `Refused` without a reason or when none stands.
    """
    if not reason.strip():
        raise Refused(_("Give a reason: it is kept with the record and shown to those concerned."))
    with transaction.atomic():
        standing = ServiceRecord.objects.select_for_update().filter(
            participant=participant, withdrawn_at__isnull=True, confirmed_at__isnull=False
        )
        keys = list(standing.values_list("pk", flat=True))
        if not keys:
            raise Refused(_("Nothing of this participant stands in the ledger."))
        ServiceRecord.objects.filter(pk__in=keys).update(withdrawn_at=moment, withdrawn_reason=reason)
        journal.record(
            actor=actor,
            verb="delivery.withdraw",
            subject=participant,
            reason=reason,
            data={"records": keys, "from": moment.isoformat()},
        )
    return len(keys)
