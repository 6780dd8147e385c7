"""Which needs are open, met, or cannot be met without buying; who sees matches, proposals and plans."""

import datetime as dt
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Substr

from qingdan.directory.reach import reach
from qingdan.directory.roles import Role
from qingdan.lists.models import (
    LIVE,
    CoverFinding,
    Match,
    MatchProposal,
    MatchState,
    NeedState,
    PurchasePlan,
    SocialNeed,
    Way,
)

OPEN = (NeedState.STREET_VERIFIED, NeedState.PUBLISHED)
"""Verified needs for which nothing happens yet."""
MATCHABLE = (*OPEN, NeedState.MATCHED, NeedState.IN_SERVICE)
"""States in which a need can be given a resource, as its first or as a further one."""
MET = (NeedState.MATCHED, NeedState.IN_SERVICE, NeedState.DONE, NeedState.RATED, NeedState.ARCHIVED)


def open_needs(district: str) -> QuerySet[SocialNeed]:
    """Verified needs without a match that answers them."""
    answered = Match.objects.filter(need=OuterRef("pk"), state__in=LIVE)
    return SocialNeed.objects.filter(~Exists(answered), district=district, state__in=OPEN)


def lacking(need: SocialNeed, promised: int | None = None) -> int:
    """Persons of a need for whom nothing is ordered yet; one while a need does not say how many there are.

    `promised` are the persons of its live matches, when the caller has read them already.
    """
    if promised is None:
        live = Match.objects.filter(need=need, state__in=LIVE).aggregate(n=Sum("persons"))
        promised = live["n"] or 0
    return max(0, (need.persons or 1) - promised)


def unmet_needs(district: str) -> QuerySet[SocialNeed]:
    """Open needs for which self-help, volunteers and existing resources were all tried, and none covers them."""
    return _all_tried(open_needs(district))


def _all_tried(needs: QuerySet[SocialNeed], as_of: dt.date | None = None) -> QuerySet[SocialNeed]:
    found = CoverFinding.objects.filter(need=OuterRef("pk"), covers=False)
    if as_of is not None:
        found = found.filter(found_on__lte=as_of)
    for way in Way:
        needs = needs.filter(Exists(found.filter(way=way)))
    return needs


def unmet_on(district: str, as_of: dt.date) -> QuerySet[SocialNeed]:
    """Needs that had been found unmet by a day and had no order then.

    A match counts from its order until it was declined or cancelled; a need that was rejected, merged or returned
    since is left out.
    """
    ordered = Match.objects.filter(need=OuterRef("pk"), ordered_on__lte=as_of).filter(
        Q(state__in=LIVE) | Q(ended_on__gt=as_of)
    )
    needs = SocialNeed.objects.filter(district=district, raised_on__lte=as_of).exclude(
        state__in=[
            NeedState.DRAFT,
            NeedState.SUBMITTED,
            NeedState.COMMUNITY_VERIFIED,
            NeedState.RETURNED,
            NeedState.REJECTED,
            NeedState.MERGED,
        ]
    )
    return _all_tried(needs.filter(~Exists(ordered)), as_of)


def by_street_and_group(needs: QuerySet[SocialNeed]) -> dict[str, dict[str, int]]:
    """How many needs for each street code and target group, in one query."""
    rows = (
        needs.order_by()
        .annotate(street=Substr("place__code", 1, 9))
        .values_list("street", "target")
        .annotate(n=Count("pk", distinct=True))
    )
    table: dict[str, dict[str, int]] = {}
    for street, target, count in rows:
        table.setdefault(street, {})[target] = count
    return table


# ── who sees what ───────────────────────────────────────────────────────────


def matches(actor: Any) -> QuerySet[Match]:
    """Officers see those of their places; an organisation those dispatched to it."""
    found = reach(Match, actor, place="need__place__code", organisation="resource__organisation_id")
    if getattr(actor, "organisation_id", None) and not actor.holds(Role.BUREAU, Role.FINANCE, Role.AUDITOR):
        own = Q(resource__organisation_id=actor.organisation_id)
        return found.exclude(
            own & Q(state__in=[MatchState.SUGGESTED, MatchState.REFUSED, MatchState.ORDERED])
        )
    return found


def proposals(actor: Any) -> QuerySet[MatchProposal]:
    return reach(MatchProposal, actor, also=(Role.STREET,))


def plans(actor: Any) -> QuerySet[PurchasePlan]:
    return reach(PurchasePlan, actor)
