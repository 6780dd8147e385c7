"""Who sees what of the three lists: what is published is public, what is under way is for those who handle it."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet, Sum

from qingdan.directory.reach import reach
from qingdan.directory.roles import Role
from qingdan.lists.models import (
    ListEdition,
    NeedReporter,
    NeedState,
    NeedSupport,
    PurchaseItem,
    Resource,
    SocialNeed,
)

PUBLIC_STATES = (
    NeedState.PUBLISHED,
    NeedState.MATCHED,
    NeedState.IN_SERVICE,
    NeedState.DONE,
    NeedState.RATED,
    NeedState.ARCHIVED,
)


# What everybody reads: a text found to name a person is gone from there at once, whatever its state.
OPEN_TO_ALL = Q(state__in=PUBLIC_STATES, is_personal=False)
# Checked at least once, so that the summary may be shown on the public form to whoever says the same.
CHECKED_STATES = (NeedState.COMMUNITY_VERIFIED, NeedState.STREET_VERIFIED, *PUBLIC_STATES[:3])
# Still open: new reports may say the same.
LIVE_STATES = (NeedState.SUBMITTED, NeedState.RETURNED, *CHECKED_STATES)


# In the journal's details of a revision after which a text counts as naming a person.
FOUND_PERSONAL = "found_personal"


def is_open_to_all(need: SocialNeed) -> bool:
    return need.state in PUBLIC_STATES and not need.is_personal


def needs(actor: Any) -> QuerySet[SocialNeed]:
    """Published needs for everybody, all of a place for its officers, one's own wherever they stand."""
    public = OPEN_TO_ALL
    mine = Q(filed_by=getattr(actor, "actor_key", None) or "-")
    if getattr(actor, "is_authenticated", False):
        reported = NeedReporter.objects.filter(account_id=actor.pk).values("need_id")
        public |= Q(pk__in=reported) | mine
    return reach(SocialNeed, actor, place="place__code", public=public).exclude(
        Q(state=NeedState.DRAFT) & ~mine
    )


def needs_dealt_with(actor: Any) -> QuerySet[SocialNeed]:
    """The needs that an actor sees for the sake of office, public or not."""
    return reach(SocialNeed, actor, place="place__code")


def family_of(need: SocialNeed) -> list[int]:
    """The keys of a need and of all that were merged into it, directly or through others."""
    found, front = [need.pk], [need.pk]
    while front:
        front = list(SocialNeed.objects.filter(merged_into__in=front).values_list("pk", flat=True))
        found += front
    return found


def persons_behind(needs: Iterable[int]) -> int:
    """Persons who reported or support these needs, each counted once, and those on their paper lists."""
    keys = list(needs)
    persons = NeedSupport.objects.filter(need__in=keys).values("supporter").distinct().count()
    on_paper = SocialNeed.objects.filter(pk__in=keys).aggregate(n=Sum("supporters_on_paper"))["n"]
    return persons + (on_paper or 0)


def resources(actor: Any) -> QuerySet[Resource]:
    """What is on offer is public; officers see all, owners their own."""
    return reach(
        Resource,
        actor,
        organisation="organisation_id",
        public=Q(state="AVAILABLE"),
        also=(Role.STREET, Role.COMMUNITY),
    )


def items(actor: Any) -> QuerySet[PurchaseItem]:
    """Published items are public, those under way are for officers."""
    return reach(
        PurchaseItem,
        actor,
        public=Q(state__in=PurchaseItem.PUBLIC),
        also=(Role.STREET, Role.COMMUNITY, Role.EVALUATOR),
    )


def editions(actor: Any) -> QuerySet[ListEdition]:
    return reach(ListEdition, actor, public=Q(confirmed_at__isnull=False))
