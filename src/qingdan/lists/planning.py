"""Planning under a budget: from records to the engine's problem and back."""

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from qingdan.core.journal import sm3
from qingdan.engine import planning as engine
from qingdan.lists.matching_queries import MET, OPEN, unmet_needs
from qingdan.lists.models import ItemState, PurchaseItem, PurchasePlan, SocialNeed

CANDIDATES = (ItemState.REVIEWED,)


def candidates(district: str, year: int) -> Any:
    """Items that a plan may choose from: reviewed, and no money set aside yet."""
    return PurchaseItem.objects.filter(district=district, year=year, state__in=CANDIDATES).order_by("number")


def build(
    *,
    district: str,
    year: int,
    budget_fen: int,
    weights: engine.Weights,
    must: Iterable[str] = (),
    never: Iterable[str] = (),
) -> engine.Problem:
    """The problem as the records stand now. Raises PlanningError."""
    items = list(candidates(district, year))
    wanted = set(
        PurchaseItem.needs.through.objects.filter(purchaseitem__in=items).values_list(
            "socialneed_id", flat=True
        )
    )
    needs = {need.pk: need for need in unmet_needs(district).filter(pk__in=wanted).select_related("place")}
    behind: dict[int, list[str]] = {}
    for item_id, need_id in PurchaseItem.needs.through.objects.filter(purchaseitem__in=items).values_list(
        "purchaseitem_id", "socialneed_id"
    ):
        if need_id in needs:
            behind.setdefault(item_id, []).append(needs[need_id].number)
    streets, groups = shares(district)
    return engine.Problem(
        budget=budget_fen,
        options=tuple(
            engine.PurchaseOption(
                item.number, item.budget_fen, tuple(sorted(behind.get(item.pk, []))), item.persons or 0
            )
            for item in items
        ),
        needs=tuple(
            engine.Need(
                need.number,
                need.urgency,
                need.persons or 0,
                need.supporters,
                need.place.code[:9],
                need.target,
            )
            for need in sorted(needs.values(), key=lambda need: need.number)
        ),
        streets=streets,
        groups=groups,
        weights=weights,
        must=frozenset(must),
        never=frozenset(never),
    )


def shares(district: str) -> tuple[tuple[engine.Share, ...], tuple[engine.Share, ...]]:
    """Needs met of needs verified, by street and by target group, before any plan."""
    met: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    total: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    rows = SocialNeed.objects.filter(district=district, state__in=(*OPEN, *MET))
    for code, target, state in rows.values_list("place__code", "target", "state"):
        for which, key in enumerate((code[:9], target)):
            total[which][key] += 1
            met[which][key] += state in MET
    streets, groups = (
        tuple(engine.Share(key, met[which][key], total[which][key]) for key in sorted(total[which]))
        for which in (0, 1)
    )
    return streets, groups


def solve(problem: engine.Problem) -> dict[str, Any]:
    """The plan as plain data."""
    found = engine.plan(problem)
    return {"chosen": list(found.chosen), "cost": found.cost, "points": found.points, "exact": found.exact}


def digest_of(problem: dict[str, Any], result: dict[str, Any]) -> str:
    """SM3 over problem and result in a canonical form."""
    text = json.dumps([problem, result], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sm3(text.encode())


def problem_of(plan: PurchasePlan) -> engine.Problem:
    """The problem that a plan keeps."""
    return engine.Problem.from_json(plan.problem)


def is_reproducible(plan: PurchasePlan) -> bool:
    """Whether the kept problem gives the kept result again, and neither was altered."""
    return digest_of(plan.problem, plan.result) == plan.digest and solve(problem_of(plan)) == plan.result
