"""What waits for officers and residents in this room."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy

from qingdan.core import clock
from qingdan.core.pieces import Waiting
from qingdan.directory.roles import Role
from qingdan.lists import likeness, matching_queries, queries
from qingdan.lists.models import (
    ItemState,
    Match,
    MatchState,
    NeedState,
    Notice,
    PlanState,
    PurchaseItem,
    PurchasePlan,
    Resource,
    ResourceState,
    SocialNeed,
)
from qingdan.lists.permits.matching import (
    may_answer_orders,
    may_budget_items,
    may_decide_plans,
    may_keep_items,
    may_keep_resources,
    may_match,
)
from qingdan.lists.permits.needs import may_confirm, may_publish, may_verify

MOST = 100  # the most pressing; the list holds the others
SINGLY = 5  # as many matters of one kind stand one by one; more of them are one line that leads to their list

_ASKED = (
    (NeedState.SUBMITTED, may_verify, _("Verify")),
    (NeedState.COMMUNITY_VERIFIED, may_confirm, _("Verify for the street")),
    (NeedState.STREET_VERIFIED, may_publish, _("Publish")),
)


def waiting_for(actor: Any) -> list[Waiting]:
    """Needs, orders, resources, items and plans that wait for this person; what a resident is told or asked."""
    found: list[Waiting] = []
    if actor.holds(Role.COMMUNITY, Role.STREET, Role.BUREAU):
        found += _to_handle(actor)
        found += _late_elsewhere(actor)
    if actor.holds(Role.COMMUNITY, Role.STREET, Role.BUREAU, Role.ORGANISATION):
        found += _orders(actor)
        found += _resources(actor)
    if actor.holds(Role.BUREAU, Role.FINANCE):
        found += _to_buy(actor)
    found += _own(actor)
    return found


def _to_handle(actor: Any) -> list[Waiting]:
    states = [state for state, _permit, _verb in _ASKED]
    needs = queries.needs(actor).filter(state__in=states).select_related("place__parent")
    found: list[Waiting] = []
    for need in needs.order_by("due_on", "pk")[: 4 * MOST]:
        for state, permit, verb in _ASKED:
            if need.state == state and permit(actor, need) and len(found) < MOST:
                found.append(
                    Waiting(
                        due=need.due_on,
                        title=need.title,
                        verb=verb,
                        url=need.get_absolute_url(),
                        sub=f"{need.number} · {need.get_category_display()} · "
                        + ngettext("%(n)d supporter", "%(n)d supporters", need.supporters)
                        % {"n": need.supporters},
                        room=need.place.name,
                    )
                )
    if actor.holds(Role.COMMUNITY, Role.STREET):
        groups = likeness.groups(likeness.open_pairs(queries.needs(actor))[:200])
        if groups:
            found.append(
                Waiting(
                    due=None,
                    title=ngettext(
                        "%(n)d group of needs may say the same",
                        "%(n)d groups of needs may say the same",
                        len(groups),
                    )
                    % {"n": len(groups)},
                    verb=_("Compare"),
                    url=reverse("needs-alike"),
                    room=_("Needs"),
                )
            )
    return found


def _late_elsewhere(actor: Any) -> list[Waiting]:
    """Overdue needs that others have to verify: the street hears of its communities, the bureau of all streets."""
    if not actor.holds(Role.STREET, Role.BUREAU):
        return []
    late = queries.needs(actor).filter(
        due_on__lt=clock.today(), state__in=[NeedState.SUBMITTED, NeedState.COMMUNITY_VERIFIED]
    )
    others = [
        need.due_on
        for need in late.select_related("place")
        if not (may_verify if need.state == NeedState.SUBMITTED else may_confirm)(actor, need)
        and actor.covers(need.place.code)
    ]
    if not others:
        return []
    return [
        Waiting(
            due=min(day for day in others if day),
            title=ngettext(
                "%(n)d need is overdue with its community or street",
                "%(n)d needs are overdue with their communities or streets",
                len(others),
            )
            % {"n": len(others)},
            verb=_("Look after them"),
            url=reverse("needs") + "?view=late",
            room=_("Needs"),
        )
    ]


def _some(
    records: QuerySet[Any],
    *,
    verb: Any,
    row: Callable[[Any], Waiting],
    many: Any,
    url: str,
    room: Any,
    may: Callable[[Any], Any] = lambda record: True,
) -> list[Waiting]:
    """One by one while there are few, else one line with their number."""
    found = [record for record in records[: 4 * MOST] if may(record)]
    if len(found) <= SINGLY:
        return [row(record) for record in found]
    return [Waiting(due=None, title=many % {"n": len(found)}, verb=verb, url=url, room=room)]


# State of an order, who may go on with it, the verb, the view of the list, and the words for many.
_ORDERS: tuple[tuple[str, Any, Any, str, Any], ...] = (
    (
        MatchState.ORDERED,
        may_match,
        _("Dispatch to the owner"),
        "to-dispatch",
        ngettext_lazy("%(n)d order is to be dispatched", "%(n)d orders are to be dispatched", "n"),
    ),
    (
        MatchState.DISPATCHED,
        may_answer_orders,
        _("Take or decline"),
        "to-take",
        ngettext_lazy("%(n)d order waits for an answer", "%(n)d orders wait for an answer", "n"),
    ),
    (
        MatchState.TAKEN,
        may_answer_orders,
        _("Record as served"),
        "serving",
        ngettext_lazy("%(n)d order is in service", "%(n)d orders are in service", "n"),
    ),
    (
        MatchState.SERVED,
        may_match,
        _("Rate the order"),
        "to-rate",
        ngettext_lazy("%(n)d order is to be rated", "%(n)d orders are to be rated", "n"),
    ),
)


def _orders(actor: Any) -> list[Waiting]:
    """Orders to dispatch and to rate for officers; orders to answer and to serve for the owner, or for the officers
    where the owner has no account here."""
    officer = actor.holds(Role.COMMUNITY, Role.STREET, Role.BUREAU)
    matches = matching_queries.matches(actor).select_related("need__place__parent", "resource")
    found: list[Waiting] = []
    for state, permit, verb, view, words in _ORDERS:
        mine = matches.filter(state=state).order_by("ordered_on", "pk")
        if state in (MatchState.DISPATCHED, MatchState.TAKEN) and officer:
            mine = mine.filter(resource__organisation__isnull=True)

        def row(match: Match, verb: Any = verb) -> Waiting:
            return Waiting(
                due=None,
                title=f"{match.need.title} ← {match.resource.title}",
                verb=verb,
                url=match.get_absolute_url(),
                sub=f"{match.need.number} · {match.resource.owner_name} · "
                + ngettext("%(n)d person", "%(n)d persons", match.persons) % {"n": match.persons},
                room=match.need.place.name,
            )

        found += _some(
            mine,
            verb=verb,
            row=row,
            many=words,
            url=f"{reverse('matches')}?view={view}",
            room=_("Orders"),
            may=partial(permit, actor),
        )
    return found


def _resources(actor: Any) -> list[Waiting]:
    """Resources to verify and to put on the list."""
    waiting = queries.resources(actor).filter(state__in=[ResourceState.DRAFT, ResourceState.VERIFIED])

    def row(resource: Resource) -> Waiting:
        return Waiting(
            due=None,
            title=resource.title,
            verb=_("Verify the resource") if resource.state == ResourceState.DRAFT else _("Put on the list"),
            url=resource.get_absolute_url(),
            sub=f"{resource.number} · {resource.owner_name}",
            room=_("Resources"),
        )

    return _some(
        waiting.select_related("area").order_by("pk"),
        verb=_("Verify"),
        row=row,
        many=lambda n: (
            ngettext(
                "%(n)d resource is to be verified or listed",
                "%(n)d resources are to be verified or listed",
                n,
            )
            % {"n": n}
        ),
        url=reverse("resources") + "?view=to-verify",
        room=_("Resources"),
        may=lambda resource: may_keep_resources(actor, resource),
    )


def _to_buy(actor: Any) -> list[Waiting]:
    """Purchase items whose next step is this officer's, and plans that wait for a decision."""
    items = queries.items(actor)
    found: list[Waiting] = []
    steps: tuple[tuple[Any, Any, Any, str, Any], ...] = (
        (
            Q(state=ItemState.PROPOSED),
            may_keep_items,
            _("Review"),
            "view=to-review",
            ngettext_lazy(
                "%(n)d purchase item is to be reviewed", "%(n)d purchase items are to be reviewed", "n"
            ),
        ),
        (
            Q(state=ItemState.REVIEWED, line__isnull=False),
            may_budget_items,
            _("Set the money aside"),
            "view=candidates",
            ngettext_lazy(
                "%(n)d chosen purchase item waits for its money",
                "%(n)d chosen purchase items wait for their money",
                "n",
            ),
        ),
        (
            Q(state=ItemState.BUDGETED),
            may_keep_items,
            _("Put on the purchase list"),
            "state=BUDGETED",
            ngettext_lazy(
                "%(n)d purchase item is to be put on the list",
                "%(n)d purchase items are to be put on the list",
                "n",
            ),
        ),
    )
    for which, permit, verb, query, words in steps:

        def row(item: PurchaseItem, verb: Any = verb) -> Waiting:
            return Waiting(
                due=None,
                title=item.title,
                verb=verb,
                url=item.get_absolute_url(),
                sub=f"{item.number} · {item.get_category_display()}",
                room=_("Purchase items"),
            )

        found += _some(
            items.filter(which).order_by("number"),
            verb=verb,
            row=row,
            many=words,
            url=f"{reverse('items')}?{query}",
            room=_("Purchase items"),
            may=partial(permit, actor),
        )
    for plan in PurchasePlan.objects.filter(district=actor.district, state=PlanState.SUBMITTED):
        if may_decide_plans(actor, plan):
            found.append(
                Waiting(
                    due=None,
                    title=plan.name,
                    verb=_("Choose or set aside"),
                    url=plan.get_absolute_url(),
                    sub=str(plan.year),
                    room=_("Matching and planning"),
                )
            )
    return found


def _own(actor: Any) -> list[Waiting]:
    """What the person's own needs ask of them, and news about them."""
    found = [
        Waiting(
            due=need.due_on,
            title=need.title,
            verb=_("Add details") if need.state == NeedState.RETURNED else _("Rate"),
            url=reverse("need-tracked", args=[need.number]),
            sub=need.number,
        )
        for need in SocialNeed.objects.filter(
            reporter__account_id=actor.pk, state__in=[NeedState.RETURNED, NeedState.DONE]
        )[:20]
    ]
    news = Notice.objects.filter(account_id=actor.pk, seen_at__isnull=True).count()
    if news:
        found.append(
            Waiting(
                due=None,
                title=ngettext("%(n)d notice about my needs", "%(n)d notices about my needs", news)
                % {"n": news},
                verb=_("Read"),
                url=reverse("my-needs"),
            )
        )
    return found
