"""The yearly clean-up: a list of all that is in force, and a verdict on each."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _now

from qingdan.core import clock, journal
from qingdan.core.actor import Actor
from qingdan.core.permits import Refused
from qingdan.policies.models import IN_FORCE, CleanUpItem, NormativeDocument, Stage, Verdict
from qingdan.policies.permits import may_keep


@transaction.atomic
def open_clean_up(*, actor: Actor, year: int) -> list[CleanUpItem]:
    """Put every document that is issued and not ended on the year's list; a second call adds what has come since."""
    may_keep.require(actor, None)
    if not 1990 <= year <= clock.today().year:
        raise Refused(_now("The list of a year is opened in that year, or later."))
    district = actor.district or settings.DISTRICT
    listed = CleanUpItem.objects.filter(district=district, year=year).values("document_id")
    due = NormativeDocument.objects.filter(
        district=district, stage__in=(Stage.ISSUED, Stage.FILED, *IN_FORCE), issued_on__year__lte=year
    ).exclude(pk__in=listed)
    made = CleanUpItem.objects.bulk_create(
        CleanUpItem(district=district, year=year, document=document) for document in due.order_by("issued_on")
    )
    for item in made:
        journal.record(actor=actor, verb="policy.open_clean_up", subject=item.document, data={"year": year})
    return made


@transaction.atomic
def decide_clean_up(item: CleanUpItem, *, actor: Actor, verdict: str, reason: str) -> CleanUpItem:
    """Say what shall become of a document, and why. The verdict itself changes nothing: a move does."""
    may_keep.require(actor, item)
    if verdict not in Verdict.values:
        raise Refused(_now("Say what shall become of the document."))
    if not reason.strip():
        raise Refused(_now("Give a reason: it is kept with the record and shown to those concerned."))
    current = CleanUpItem.objects.select_for_update().select_related("document").get(pk=item.pk)
    if verdict == Verdict.LAPSE and current.document.valid_until is None:
        raise Refused(_now("It has no last day of validity; repeal it instead."))
    was = {"verdict": current.verdict, "reason": current.reason} if current.verdict else {}
    current.verdict, current.reason = verdict, reason.strip()[:300]
    current.decided_on, current.decided_by = clock.today(), actor.actor_label[:120]
    current.save()
    journal.record(
        actor=actor,
        verb="policy.decide_clean_up",
        subject=current.document,
        reason=reason,
        data={"year": current.year, "verdict": verdict} | ({"was": was} if was else {}),
    )
    item.refresh_from_db()
    return item
