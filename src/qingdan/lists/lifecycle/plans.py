"""The life of a purchase plan: computed, submitted with its reasons, chosen or set aside.

One plan of a year is in force at a time. A chosen plan stays in force while one of its items still waits for money;
when all have theirs it is carried out, and a further plan may be chosen for money that came in later.
"""

from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import journal
from qingdan.core.lifecycle import Lifecycle, Move, register
from qingdan.core.permits import Answer, No, Refused, Yes, permit
from qingdan.lists import planning
from qingdan.lists.models import ItemState, PlanState, PurchaseItem, PurchasePlan
from qingdan.lists.models.words import enumerated
from qingdan.lists.numbers import hold_numbers
from qingdan.lists.permits.matching import may_decide_plans, may_plan


def _others(plan: PurchasePlan, state: str) -> Any:
    """The other plans of the year in a state, oldest first."""
    plans = PurchasePlan.objects.filter(district=plan.district, year=plan.year, state=state)
    return plans.exclude(pk=plan.pk).order_by("pk")


def _waiting(plan: PurchasePlan) -> Any:
    """The items it chose that still wait for money."""
    return PurchaseItem.objects.filter(
        district=plan.district, year=plan.year, number__in=plan.result["chosen"], state=ItemState.REVIEWED
    )


@permit(_("This plan buys nothing: give it more money, or exclude less."))
def buys_something(actor: Any, plan: PurchasePlan) -> bool:
    return bool(plan.result["chosen"])


@permit(_("Another plan of this year waits for its decision."))
def no_other_is_submitted(actor: Any, plan: PurchasePlan) -> Answer:
    other = _others(plan, PlanState.SUBMITTED).first()
    if other is None:
        return Yes()
    return No(
        _now("“%(other)s” of %(year)s waits for its decision. Choose it or set it aside first.")
        % {"other": other, "year": plan.year}
    )


@permit(_("Another plan of this year is in force."))
def no_other_is_in_force(actor: Any, plan: PurchasePlan) -> Answer:
    for other in _others(plan, PlanState.CHOSEN):
        waiting = _waiting(other).order_by("number").values_list("number", flat=True)
        if waiting:
            return No(
                _now(
                    "“%(other)s” is chosen for %(year)s, and of its items these still wait for money: %(items)s. "
                    "Set the money aside for them, or take back that choice first."
                )
                % {"other": other, "year": plan.year, "items": enumerated(waiting)}
            )
    return Yes()


@permit(_("None of its items waits for money any more: the plan is carried out."))
def is_not_carried_out(actor: Any, plan: PurchasePlan) -> bool:
    return bool(_waiting(plan).exists())


def _submit(plan: PurchasePlan, *, actor: Any, reason: str) -> None:
    """Plans of a district are submitted and chosen one at a time: what others do meanwhile is looked at again."""
    hold_numbers(plan.district)
    no_other_is_submitted.require(actor, plan)


def _choose(plan: PurchasePlan, *, actor: Any, reason: str) -> dict[str, Any]:
    """What is chosen must come out again from its parameters; its items learn their budget line if there is one."""
    hold_numbers(plan.district)
    no_other_is_in_force.require(actor, plan)
    if not planning.is_reproducible(plan):
        raise Refused(_("Computed again, this plan gives another result. Set it aside and make a new one."))
    chosen = _waiting(plan).select_for_update()
    waiting = {item.number for item in chosen.order_by("pk")}
    if gone := sorted(set(plan.result["chosen"]) - waiting):
        raise Refused(
            _("These items no longer wait for money: %(items)s. Set this plan aside and make a new one.")
            % {"items": enumerated(gone)}
        )
    lines, given = list(plan.lines.all()), []
    if len(lines) == 1:
        without = chosen.filter(line__isnull=True)
        given = sorted(without.values_list("number", flat=True))
        without.update(line=lines[0])
    return {"digest": plan.digest, "chosen": plan.result["chosen"], "given_line": given}


def _take_back(plan: PurchasePlan, *, actor: Any, reason: str) -> dict[str, Any]:
    """Items that still wait lose the budget line that this choice gave them, so that another plan may give its own."""
    entry = journal.history(plan).filter(verb="purchase_plan.choose").first()
    given = entry.data.get("given_line", []) if entry else []
    free = _waiting(plan).filter(number__in=given, line__in=plan.lines.all())
    numbers = sorted(free.values_list("number", flat=True))
    free.update(line=None)
    return {"lost_line": numbers}


PLAN = register(
    Lifecycle(
        "purchase_plan",
        PlanState,
        Move(
            "submit",
            PlanState.DRAFT,
            PlanState.SUBMITTED,
            by=may_plan,
            when=buys_something & no_other_is_submitted,
            effect=_submit,
            needs_reason=True,
            label=_("Submit for decision"),
        ),
        Move(
            "choose",
            PlanState.SUBMITTED,
            PlanState.CHOSEN,
            by=may_decide_plans,
            when=no_other_is_in_force,
            effect=_choose,
            needs_reason=True,
            label=_("Choose this plan"),
        ),
        Move(
            "take_back",
            PlanState.CHOSEN,
            PlanState.SET_ASIDE,
            by=may_decide_plans,
            when=is_not_carried_out,
            effect=_take_back,
            needs_reason=True,
            label=_("Take back the choice"),
            warns=_(
                "Its items that still wait for money become free for another plan; the others keep theirs."
            ),
        ),
        Move(
            "set_aside",
            (PlanState.DRAFT, PlanState.SUBMITTED),
            PlanState.SET_ASIDE,
            by=may_plan,
            needs_reason=True,
            label=_("Set aside"),
        ),
    ),
    PurchasePlan,
)
