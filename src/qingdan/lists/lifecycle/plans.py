"""The life of a purchase plan: computed, submitted with its reasons, chosen or set aside."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from qingdan.core.lifecycle import Lifecycle, Move, register
from qingdan.core.permits import Refused
from qingdan.lists import planning
from qingdan.lists.models import ItemState, PlanState, PurchaseItem, PurchasePlan
from qingdan.lists.models.words import enumerated
from qingdan.lists.permits.matching import may_decide_plans, may_plan


def _choose(plan: PurchasePlan, *, actor: Any, reason: str) -> dict[str, Any]:
    """What is chosen must come out again from its parameters; its items learn their budget line if there is one."""
    if not planning.is_reproducible(plan):
        raise Refused(_("Computed again, this plan gives another result. Set it aside and make a new one."))
    chosen = PurchaseItem.objects.select_for_update().filter(
        district=plan.district, year=plan.year, number__in=plan.result["chosen"], state=ItemState.REVIEWED
    )
    waiting = {item.number for item in chosen.order_by("pk")}
    if gone := sorted(set(plan.result["chosen"]) - waiting):
        raise Refused(
            _("These items no longer wait for money: %(items)s. Set this plan aside and make a new one.")
            % {"items": enumerated(gone)}
        )
    lines = list(plan.lines.all())
    if len(lines) == 1:
        chosen.filter(line__isnull=True).update(line=lines[0])
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
