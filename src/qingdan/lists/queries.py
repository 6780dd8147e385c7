"""Who sees what of the three lists: what is published is public, what is under way is for those who handle it."""

from typing import Any

from django.db.models import Q, QuerySet

from qingdan.directory.reach import ALL, reach
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
    return reach(Resource, actor, public=ALL)


def items(actor: Any) -> QuerySet[PurchaseItem]:
    return reach(PurchaseItem, actor, public=ALL)


def editions(actor: Any) -> QuerySet[ListEdition]:
    return reach(ListEdition, actor, public=Q(confirmed_at__isnull=False))
