"""Verbs of purchase plans: compute, compute anew, submit, choose, take back."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from qingdan.core import clock, journal, markup
from qingdan.core.actor import Actor
from qingdan.core.permits import Refused
from qingdan.engine import planning as engine
from qingdan.funds.models import BudgetLine
from qingdan.lists import planning
from qingdan.lists.lifecycle.items import free_of
from qingdan.lists.lifecycle.plans import PLAN
from qingdan.lists.models import PlanState, PurchasePlan
from qingdan.lists.models.words import enumerated
from qingdan.lists.permits.matching import may_plan


def say(error: engine.PlanningError) -> str:
    """Why there is no plan, in words."""
    details = error.details
    words = {
        "no-weight": _("Give at least one of the weights more than 0."),
        "weight-out-of-range": _("Weights lie between 0 and 10."),
        "must-and-never": _("These items are both required and excluded: %(items)s."),
        "unknown-items": _("These items are no candidates any more: %(items)s."),
        "must-costs-more": _("The required items cost %(cost)s yuan, more than the %(budget)s to be spent."),
    }.get(error.code, error.code)
    shown = {
        key: enumerated(value) if isinstance(value, list) else markup.money(value)
        for key, value in details.items()
    }
    return words % shown if details else words


def make_plan(
    *,
    actor: Actor,
    name: str,
    year: int,
    lines: Iterable[BudgetLine],
    budget_fen: int,
    weights: engine.Weights,
    must: Iterable[str] = (),
    never: Iterable[str] = (),
    focus: str = "",
) -> PurchasePlan:
    """Compute a plan and keep it with everything it was computed from."""
    chosen_lines = list(lines)
    with transaction.atomic():
        plan = PurchasePlan(
            district=actor.district,
            name=name.strip(),
            year=year,
            budget_fen=budget_fen,
            focus=focus.strip(),
            made_at=clock.now(),
            made_by=actor.actor_label,
        )
        may_plan.require(actor, plan)
        _refuse_more_than_is_free(chosen_lines, budget_fen)
        _compute(plan, weights, must, never)
        plan.full_clean(exclude=["problem", "result", "parameters"])
        PLAN.begin(plan, actor=actor, digest=plan.digest)
        plan.lines.set(chosen_lines)
    return plan


def compute_anew(
    *,
    plan: PurchasePlan,
    actor: Actor,
    budget_fen: int | None = None,
    weights: engine.Weights | None = None,
    must: Iterable[str] | None = None,
    never: Iterable[str] | None = None,
) -> PurchasePlan:
    """Compute a draft from today's records, with other parameters where they are given."""
    with transaction.atomic():
        locked = PurchasePlan.objects.select_for_update().get(pk=plan.pk)
        may_plan.require(actor, locked)
        if locked.state != PlanState.DRAFT:
            raise Refused(_("Only a draft is computed anew; make a new plan instead."))
        if budget_fen is not None:
            _refuse_more_than_is_free(list(locked.lines.all()), budget_fen)
            locked.budget_fen = budget_fen
        kept = locked.parameters
        _compute(
            locked,
            weights or engine.Weights(**kept["weights"]),
            kept["must"] if must is None else must,
            kept["never"] if never is None else never,
        )
        locked.made_at, locked.made_by = clock.now(), actor.actor_label
        locked.full_clean(exclude=["problem", "result", "parameters"])
        locked.save()
        journal.record(
            actor=actor, verb="purchase_plan.compute", subject=locked, data={"digest": locked.digest}
        )
    return locked


def _compute(plan: PurchasePlan, weights: engine.Weights, must: Iterable[str], never: Iterable[str]) -> None:
    try:
        problem = planning.build(
            district=plan.district,
            year=plan.year,
            budget_fen=plan.budget_fen,
            weights=weights,
            must=must,
            never=never,
        )
        if not problem.options:
            raise Refused(_("No item of %(year)s is reviewed and waiting for money.") % {"year": plan.year})
        plan.result = planning.solve(problem)
    except engine.PlanningError as error:
        raise Refused(say(error)) from error
    plan.problem = problem.as_json()
    plan.parameters = _parameters(problem)
    plan.digest = planning.digest_of(plan.problem, plan.result)


def _parameters(problem: engine.Problem) -> dict[str, Any]:
    weights = problem.weights
    return {
        "weights": {
            "urgency": weights.urgency,
            "persons": weights.persons,
            "support": weights.support,
            "streets": weights.streets,
            "groups": weights.groups,
        },
        "must": sorted(problem.must),
        "never": sorted(problem.never),
    }


def _refuse_more_than_is_free(lines: list[BudgetLine], budget_fen: int) -> None:
    if not lines:
        raise Refused(_("Choose the budget line that pays."))
    if not all(line.stands for line in lines):
        raise Refused(_("This budget line is not in force."))
    free = sum(free_of(line) for line in lines)
    if budget_fen > free:
        raise Refused(
            _("These lines have %(free)s yuan left, %(short)s fewer than the plan would spend.")
            % {"free": markup.money(max(0, free)), "short": markup.money(budget_fen - free)}
        )


def submit(*, plan: PurchasePlan, reason: str, actor: Actor) -> None:
    """Submit a draft for decision; the reason is kept beside the points."""
    PLAN.move(plan, "submit", actor=actor, reason=reason)


def choose(*, plan: PurchasePlan, reason: str, actor: Actor) -> None:
    """Choose a submitted plan. It must come out the same when it is computed again."""
    PLAN.move(plan, "choose", actor=actor, reason=reason)


def take_back(*, plan: PurchasePlan, reason: str, actor: Actor) -> None:
    """Put a chosen plan away whose items still wait for money, so that another may be chosen."""
    PLAN.move(plan, "take_back", actor=actor, reason=reason)


def set_aside(*, plan: PurchasePlan, reason: str, actor: Actor) -> None:
    """Put a plan away; it stays readable."""
    PLAN.move(plan, "set_aside", actor=actor, reason=reason)
