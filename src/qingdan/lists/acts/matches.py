"""Verbs of matches: suggestions become decisions, and what was tried in vain is kept."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from qingdan.core import clock, journal
from qingdan.core.actor import Actor
from qingdan.core.permits import Refused
from qingdan.lists import matching_queries
from qingdan.lists.lifecycle.matches import MATCH, carry_need, is_answered
from qingdan.lists.models import CoverFinding, Match, MatchState, NeedState, Resource, SocialNeed, Way
from qingdan.lists.permits.matching import may_match


def suggest(
    *,
    need: SocialNeed,
    resource: Resource,
    actor: Actor,
    persons: int | None = None,
    score: Any = None,
    parts: list[dict[str, Any]] | None = None,
) -> Match:
    """Enter a match as a suggestion, with the score of the day. An open one for the same pair is returned as it is.

    Raises Refused when the pair was already found unsuitable.
    """
    may_match.require(actor, need)
    with transaction.atomic():
        SocialNeed.objects.select_for_update().get(pk=need.pk)
        Resource.objects.select_for_update().get(pk=resource.pk)
        former = (
            Match.objects.filter(district=need.district, need=need, resource=resource)
            .exclude(state__in=[MatchState.DECLINED, MatchState.CANCELLED])
            .first()
        )
        if former is not None:
            if former.state == MatchState.REFUSED:
                raise Refused(
                    _("This resource was found unsuitable for the need: %(reason)s")
                    % {"reason": former.why_not}
                )
            return former
        match = Match(
            district=need.district,
            need=need,
            resource=resource,
            persons=persons or matching_queries.lacking(need) or need.persons or 1,
            score=score,
            parts=parts or [],
        )
        match.full_clean(exclude=["parts"])
        MATCH.begin(match, actor=actor, score=str(score))
    return match


def order(
    *,
    need: SocialNeed,
    resource: Resource,
    actor: Actor,
    persons: int | None = None,
    score: Any = None,
    parts: list[dict[str, Any]] | None = None,
    dispatch: bool = False,
    window: int | None = None,
) -> Match:
    """Order a resource for a need (点单) and promise its capacity, in one transaction; with `dispatch` the order is
    passed to the owner at once (派单). `window` is the key of a time window, where windows have their own room."""
    with transaction.atomic():
        match = suggest(need=need, resource=resource, actor=actor, persons=persons, score=score, parts=parts)
        MATCH.move(match, "order", actor=actor, window=window)
        if dispatch:
            MATCH.move(match, "dispatch", actor=actor)
    return match


def refuse(*, need: SocialNeed, resource: Resource, reason: str, actor: Actor, **details: Any) -> Match:
    """Say that a suggestion does not fit, with the reason; it is kept and not suggested again."""
    with transaction.atomic():
        match = suggest(need=need, resource=resource, actor=actor, **details)
        MATCH.move(match, "refuse", actor=actor, reason=reason)
    return match


def dispatch(*, match: Match, actor: Actor) -> None:
    """Pass an order to the resource's owner (派单)."""
    MATCH.move(match, "dispatch", actor=actor)


def take(*, match: Match, actor: Actor) -> None:
    """The owner takes the order (接单), or staff records that he did."""
    MATCH.move(match, "take", actor=actor)


def decline(*, match: Match, reason: str, actor: Actor) -> None:
    """The owner declines; the capacity is free again."""
    MATCH.move(match, "decline", actor=actor, reason=reason)


def serve(*, match: Match, persons: int | None = None, actor: Actor) -> None:
    """Record that the service was given, to so many persons; the rest of the promise is free again."""
    MATCH.move(match, "serve", actor=actor, persons=persons)


def rate(*, match: Match, rating: int, text: str = "", actor: Actor) -> None:
    """Rate the service from 1 to 5 (评单)."""
    MATCH.move(match, "rate", actor=actor, reason=text, rating=rating)


def cancel(*, match: Match, reason: str, actor: Actor) -> None:
    """Call off an order; the capacity is free again."""
    MATCH.move(match, "cancel", actor=actor, reason=reason)


def find(*, need: SocialNeed, way: str, covers: bool, note: str, actor: Actor) -> CoverFinding:
    """Record whether self-help, volunteers or existing resources cover a need; a later finding replaces the former.

    A published need that is covered counts as matched from then on, until neither a way nor an order covers it.
    """
    may_match.require(actor, need)
    if not note.strip():
        raise Refused(_("Say what was found: it is what the purchase will rest on."))
    with transaction.atomic():
        SocialNeed.objects.select_for_update().get(pk=need.pk)
        finding, _new = CoverFinding.objects.update_or_create(
            district=need.district,
            need=need,
            way=Way(way),
            defaults={
                "covers": covers,
                "note": note.strip()[:200],
                "found_on": clock.today(),
                "found_by": actor.actor_label,
            },
        )
        journal.record(
            actor=actor,
            verb="need.find",
            subject=need,
            data={"way": way, "covers": covers, "note": finding.note},
        )
        need.refresh_from_db()
        if covers:
            carry_need(need, "match", actor)
        elif need.state == NeedState.MATCHED and not is_answered(need):
            carry_need(need, "unmatch", actor, finding.note)
    return finding
