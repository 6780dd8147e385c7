"""The life of a purchase plan: computed, submitted with its reasons, chosen or set aside."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from qingdan.core.lifecycle import Lifecycle, Move, register
from qingdan.core.permits import Refused
from qingdan.lists import planning
from qingdan.lists.models import ItemState, PlanState, PurchaseItem, PurchasePlan
from qingdan.lists.permits.matching import may_decide_plans, may_plan


def _choose(plan: PurchasePlan, *, actor: Any, reason: str) -> dict[str, Any]:
    """What is chosen must come out again from its parameters; its items learn their budget line if there is one."""
    if not planning.is_reproducible(plan):
        raise Refused(
            _("Computed again, this plan gives another result. Compute it anew before it is chosen.")
        )
    lines = list(plan.lines.all())
    if len(lines) == 1:
        PurchaseItem.objects.filter(
            district=plan.district,
            year=plan.year,
            number__in=plan.result["chosen"],
            state=ItemState.REVIEWED,
            line__isnull=True,
        ).update(line=lines[0])
    return {"digest": plan.digest, "chosen": plan.result["chosen"]}


PLAN = register(
    Lifecycle(
        "purchase_plan",
        PlanState,
        Move(
            "submit",
            PlanState.DRAFT,
            PlanState.SUBMITTED,
            by=may_plan,
            needs_reason=True,
            label=_("Submit for decision"),
        ),
        Move(
            "choose",
            PlanState.SUBMITTED,
            PlanState.CHOSEN,
            by=may_decide_plans,
            effect=_choose,
            needs_reason=True,
            label=_("Choose this plan"),
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
