"""Verbs of editions: draft one, publish it. What is published is frozen; changes make the next edition."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from qingdan.core import clock, journal
from qingdan.core.actor import Actor
from qingdan.core.permits import Refused
from qingdan.lists import publishing
from qingdan.lists.models import ListEdition, ListKind
from qingdan.lists.permits.matching import may_publish_lists


def draft_edition(*, kind: str, year: int, actor: Actor) -> ListEdition:
    """Prepare the next edition of a list, or refresh its draft from today's records. A draft counts for nothing."""
    with transaction.atomic():
        known = ListEdition.objects.select_for_update().filter(district=actor.district, kind=kind, year=year)
        edition = known.filter(confirmed_at__isnull=True).first()
        if edition is None:
            last = known.aggregate(last=Max("number"))["last"] or 0
            edition = ListEdition(district=actor.district, kind=ListKind(kind), year=year, number=last + 1)
        may_publish_lists.require(actor, edition)
        edition.published_on = clock.today()
        edition.content = publishing.content_of(kind, actor.district, year)
        edition.digest = publishing.digest_of(edition.content)
        edition.save()
        journal.record(
            actor=actor, verb="edition.draft", subject=edition, data={"rows": len(edition.content)}
        )
    return edition


def publish_edition(*, edition: ListEdition, actor: Actor) -> ListEdition:
    """Freeze a draft, with today's rows, as the next edition. Refused when nothing changed since the one before."""
    with transaction.atomic():
        locked = ListEdition.objects.select_for_update().get(pk=edition.pk)
        may_publish_lists.require(actor, locked)
        if locked.confirmed_at is not None:
            raise Refused(_("This edition is published; changes make the next edition."))
        locked.content = publishing.content_of(locked.kind, locked.district, locked.year)
        if not locked.content:
            raise Refused(_("This list has no public row, so there is nothing to publish."))
        before = publishing.edition_before(locked)
        if before is not None and not publishing.differences(before.content, locked.content):
            raise Refused(_("Nothing changed since edition %(number)s.") % {"number": before.number})
        locked.digest = publishing.digest_of(locked.content)
        locked.published_on = clock.today()
        locked.confirmed_at, locked.confirmed_by = timezone.now(), actor.actor_label
        locked.save()
        journal.record(
            actor=actor,
            verb="edition.publish",
            subject=locked,
            data={"rows": len(locked.content), "digest": locked.digest},
        )
    return locked
