"""The life of a match: order, dispatch, take, serve, rate (点单—派单—接单—评单), and its ways out."""

from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import clock
from qingdan.core.actor import SystemActor
from qingdan.core.lifecycle import Lifecycle, Move, lifecycle_of, register
from qingdan.core.permits import Answer, No, Refused, Yes, permit
from qingdan.lists import capacity
from qingdan.lists.matching_queries import MATCHABLE, lacking
from qingdan.lists.models import HOLDING, LIVE, Match, MatchState, SocialNeed
from qingdan.lists.permits.matching import may_answer_orders, may_match

S = MatchState


@permit(_("This need is not verified, or it is settled already."))
def need_is_open(actor: Any, match: Match) -> bool:
    return match.need.state in MATCHABLE


@permit(_("Too little is left of this resource."))
def enough_is_left(actor: Any, match: Match) -> Answer:
    if match.resource.left >= match.persons:
        return Yes()
    return No(
        _now("%(left)d persons are left, %(asked)d are asked for.")
        % {"left": match.resource.left, "asked": match.persons}
    )


def is_answered(need: SocialNeed, *, without: Match | None = None) -> bool:
    """Whether an order stands for the need (other than `without`), or one of the ways covers it."""
    orders = need.matches.filter(state__in=LIVE)
    if without is not None:
        orders = orders.exclude(pk=without.pk)
    return orders.exists() or need.findings.filter(covers=True).exists()


def carry_need(need: SocialNeed, verb: str, actor: Any, reason: str = "") -> None:
    """Bring a need along where its own lifecycle has this move from its state.

    Whoever may decide about the match decides this with it: where an organisation takes an order, or a community
    orders, the need follows although they could not move it by itself. The journal names them all the same.
    """
    lifecycle = lifecycle_of(need)
    assert lifecycle is not None  # `lifecycle.needs` registers it
    mover = actor if lifecycle.may(verb, need, actor) else SystemActor(actor.actor_label, need.district)
    if lifecycle.may(verb, need, mover):
        lifecycle.move(need, verb, actor=mover, reason=reason)


def _locked_need(match: Match) -> SocialNeed:
    """The need, locked before the resource: what is decided about it rests on all its orders."""
    return SocialNeed.objects.select_for_update(of=("self",)).select_related("place").get(pk=match.need_id)


def _order(match: Match, *, actor: Any, reason: str, window: int | None = None) -> dict[str, Any]:
    match.need = need = _locked_need(match)
    need_is_open.require(actor, match)
    without = lacking(need)
    if need.persons and match.persons > without:
        raise Refused(
            _now(
                "%(asked)d persons are asked for, but only %(without)d of this need are still without an order. "
                "Order for these, or correct the number of persons of the need."
            )
            % {"asked": match.persons, "without": without}
        )
    match.ordered_on = clock.today()
    capacity.hold(match, on=match.ordered_on, window=window)
    carry_need(need, "match", actor)
    return {"persons": match.persons, "resource": match.resource_id}


def _refuse(match: Match, *, actor: Any, reason: str) -> None:
    match.why_not = reason.strip()[:300]
    match.ended_on = clock.today()


def _take(match: Match, *, actor: Any, reason: str) -> None:
    carry_need(match.need, "start", actor)


def _let_go(match: Match, *, actor: Any, reason: str) -> None:
    match.why_not = reason.strip()[:300]
    match.ended_on = clock.today()
    need = _locked_need(match)
    capacity.release(match, on=match.ended_on)
    if not is_answered(need, without=match):
        carry_need(need, "unmatch", actor, reason)


def _serve(match: Match, *, actor: Any, reason: str, persons: int | None = None) -> dict[str, Any]:
    served = match.persons if persons is None else persons
    capacity.give(match, persons=served, on=clock.today())
    match.served, match.ended_on = served, clock.today()
    return {"served": served}


def _rate(match: Match, *, actor: Any, reason: str, rating: int | None = None) -> dict[str, Any]:
    if rating not in range(1, 6):
        raise Refused(_("Rate from 1 to 5."))
    match.rating, match.rating_text = rating, reason.strip()[:300]
    return {"rating": rating}


MATCH = register(
    Lifecycle(
        "match",
        MatchState,
        Move(
            "order",
            S.SUGGESTED,
            S.ORDERED,
            by=may_match,
            when=need_is_open & enough_is_left,
            effect=_order,
            label=_("Order"),
        ),
        Move(
            "refuse",
            S.SUGGESTED,
            S.REFUSED,
            by=may_match,
            effect=_refuse,
            needs_reason=True,
            label=_("Not suitable"),
        ),
        Move("dispatch", S.ORDERED, S.DISPATCHED, by=may_match, label=_("Dispatch to the owner")),
        Move("take", S.DISPATCHED, S.TAKEN, by=may_answer_orders, effect=_take, label=_("Take the order")),
        Move(
            "decline",
            S.DISPATCHED,
            S.DECLINED,
            by=may_answer_orders,
            effect=_let_go,
            needs_reason=True,
            label=_("Decline the order"),
        ),
        Move("serve", S.TAKEN, S.SERVED, by=may_answer_orders, effect=_serve, label=_("Record as served")),
        Move("rate", S.SERVED, S.RATED, by=may_match, effect=_rate, label=_("Rate the order")),
        Move(
            "cancel",
            HOLDING,
            S.CANCELLED,
            by=may_match,
            effect=_let_go,
            needs_reason=True,
            label=_("Cancel the order"),
            warns=_("What was promised goes back to the resource."),
        ),
    ),
    Match,
)
