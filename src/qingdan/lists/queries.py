"""Who sees what of the three lists: what is published is public, what is under way is for those who handle it."""

from typing import Any

from django.db.models import Q, QuerySet

from qingdan.directory.reach import reach
from qingdan.directory.roles import Role
from qingdan.lists.models import ListEdition, NeedState, PurchaseItem, Resource, SocialNeed

PUBLIC_STATES = (
    NeedState.PUBLISHED,
    NeedState.MATCHED,
    NeedState.IN_SERVICE,
    NeedState.DONE,
    NeedState.RATED,
    NeedState.ARCHIVED,
)


def needs(actor: Any) -> QuerySet[SocialNeed]:
    return reach(SocialNeed, actor, place="place__code", public=Q(state__in=PUBLIC_STATES))


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
