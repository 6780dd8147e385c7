"""Documents that were issued before this system: taken over as they are, with number, days and wording."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _now

from qingdan.core import clock
from qingdan.core.actor import Actor
from qingdan.core.permits import Refused
from qingdan.directory.models import Agency
from qingdan.documents.numbering import NumberUsed, take
from qingdan.documents.numbers import DocumentNumber
from qingdan.documents.validating import validate
from qingdan.policies import periods
from qingdan.policies.acts.documents import check_agencies
from qingdan.policies.acts.wording import first_wording
from qingdan.policies.lifecycle import POLICY
from qingdan.policies.models import NormativeDocument, Stage
from qingdan.policies.permits import may_keep


@transaction.atomic
def take_over(
    *,
    actor: Actor,
    title: str,
    number: str,
    group: str,
    issuer: Agency,
    issued_on: dt.date,
    in_force_on: dt.date | None = None,
    valid_until: dt.date | None = None,
    subject: str = "",
    text: str = "",
    co_drafters: Sequence[Agency] = (),
    begun_on: dt.date | None = None,
    filed_on: dt.date | None = None,
    filed_with: str = "",
) -> NormativeDocument:
    """Enter a document that is in force already; its number is put into the register so that it is not given again."""
    try:
        printed = DocumentNumber.parse(number)
    except ValueError as fault:
        raise Refused(str(fault)) from None
    if printed.year != issued_on.year:
        raise Refused(_now("The year of the number is not the year of issue."))
    first = in_force_on or issued_on
    if issued_on > clock.today() or first > clock.today():
        raise Refused(_now("Only a document that is in force already is taken over; others are issued."))
    if valid_until is not None and valid_until < first:
        raise Refused(_now("Its last day cannot lie before its first."))
    document = NormativeDocument(
        district=actor.district,
        title=title.strip(),
        number=str(printed),
        group=group,
        subject=subject.strip(),
        stage=Stage.IN_FORCE,
        issuer=issuer,
        begun_on=begun_on,
        issued_on=issued_on,
        in_force_on=first,
        filed_on=filed_on,
        filed_with=filed_with,
    )
    may_keep.require(actor, document)
    document.valid_until = valid_until or periods.usual_end(document, first)
    validate(document)
    check_agencies(document, co_drafters)
    try:
        take(
            district=document.district,
            prefix=printed.code,
            year=printed.year,
            subject=document.title,
            serial=printed.serial,
        )
    except NumberUsed as used:
        raise Refused(str(used)) from used
    POLICY.begin(document, actor=actor, taken_over=True, number=document.number)
    document.co_drafters.set(co_drafters)
    if text.strip():
        first_wording(document, text=text, on=issued_on)
    return document
