"""What waits for officers and residents in this room."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from qingdan.core.pieces import Waiting
from qingdan.directory.roles import Role
from qingdan.lists import likeness, queries
from qingdan.lists.models import NeedState, Notice, SocialNeed
from qingdan.lists.permits.needs import may_confirm, may_publish, may_verify

MOST = 100  # the most pressing; the list holds the others

_ASKED = (
    (NeedState.SUBMITTED, may_verify, _("Verify")),
    (NeedState.COMMUNITY_VERIFIED, may_confirm, _("Verify for the street")),
    (NeedState.STREET_VERIFIED, may_publish, _("Publish")),
)


def waiting_for(actor: Any) -> list[Waiting]:
    """Needs to be verified or published by this officer, pairs to compare, and what a resident is told or asked."""
    found: list[Waiting] = []
    if actor.holds(Role.COMMUNITY, Role.STREET, Role.BUREAU):
        found += _to_handle(actor)
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
