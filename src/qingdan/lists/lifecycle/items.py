"""The life of a purchase item, from proposal to close (domain: 购买服务项目清单)."""

from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import markup
from qingdan.core.lifecycle import Lifecycle, Move, register
from qingdan.core.permits import Answer, No, Yes, permit
from qingdan.funds.acts import free_fen
from qingdan.funds.models import BudgetLine
from qingdan.lists import checks
from qingdan.lists.models import ItemState, PurchaseItem
from qingdan.lists.permits.matching import may_budget_items, may_keep_items

S = ItemState
BUDGETED = (S.BUDGETED, S.PUBLISHED, S.IN_PROCUREMENT)
"""States in which an item has money set aside that no contract binds yet."""


def free_of(line: BudgetLine, *, without: PurchaseItem | None = None) -> int:
    """What of a budget line is neither bound by commitments nor set aside for items, in fen."""
    items = PurchaseItem.objects.filter(line=line, state__in=BUDGETED)
    if without is not None:
        items = items.exclude(pk=without.pk)
    return free_fen(line) - int(items.aggregate(total=Sum("budget_fen"))["total"] or 0)


@permit(_("A check is not settled."))
def passes_checks(actor: Any, item: PurchaseItem) -> Answer:
    obstacle = checks.first_obstacle(item)
    return Yes() if obstacle is None else No(obstacle.text)


@permit(_("No need behind this item is unmet."))
def is_still_needed(actor: Any, item: PurchaseItem) -> Answer:
    found = checks.needs_behind(item)
    return No(found.text) if found.stops else Yes()


@permit(_("Choose the budget line first."))
def money_is_there(actor: Any, item: PurchaseItem) -> Answer:
    if item.line is None:
        return No(money_is_there.why_not)
    if not item.line.stands:
        return No(_("This budget line is not in force."))
    free = free_of(item.line, without=item)
    if free < item.budget_fen:
        return No(
            _now("%(line)s has %(free)s yuan left, %(short)s too few.")
            % {
                "line": item.line,
                "free": markup.money(max(0, free)),
                "short": markup.money(item.budget_fen - free),
            }
        )
    return Yes()


@permit(_("Say how it is to be bought, from when to when, and by which targets it is judged."))
def is_complete(actor: Any, item: PurchaseItem) -> bool:
    return bool(item.method and item.starts_on and item.ends_on and item.targets.strip())


def _lock_line(item: PurchaseItem, *, actor: Any, reason: str) -> dict[str, Any]:
    """Two items that want the last money of a line wait for each other here; then the money is counted again."""
    assert item.line is not None  # `money_is_there` has said so
    item.line = BudgetLine.objects.select_for_update().get(pk=item.line.pk)
    money_is_there.require(actor, item)
    return {"fen": item.budget_fen, "line": item.line_id}


ITEM = register(
    Lifecycle(
        "purchase_item",
        ItemState,
        Move(
            "review",
            S.PROPOSED,
            S.REVIEWED,
            by=may_keep_items,
            when=passes_checks,
            label=_("Confirm after review"),
        ),
        Move(
            "send_back",
            S.REVIEWED,
            S.PROPOSED,
            by=may_keep_items,
            needs_reason=True,
            label=_("Send back to be changed"),
        ),
        Move(
            "budget",
            S.REVIEWED,
            S.BUDGETED,
            by=may_budget_items,
            when=is_still_needed & money_is_there,
            effect=_lock_line,
            label=_("Set the money aside"),
        ),
        Move(
            "publish",
            S.BUDGETED,
            S.PUBLISHED,
            by=may_keep_items,
            when=is_complete,
            label=_("Put on the purchase list"),
        ),
        Move("procure", S.PUBLISHED, S.IN_PROCUREMENT, by=may_keep_items, label=_("Begin to procure")),
        Move(
            "contract",
            S.IN_PROCUREMENT,
            S.CONTRACTED,
            by=may_keep_items,
            label=_("Record the contract"),
            warns=_(
                "What was set aside for this item is free again: from now on the contract in the ledger binds the "
                "money."
            ),
        ),
        Move("run", S.CONTRACTED, S.RUNNING, by=may_keep_items, label=_("Record the start of service")),
        Move("close", S.RUNNING, S.CLOSED, by=may_keep_items, label=_("Close")),
        Move(
            "carry_over",
            BUDGETED,
            S.CARRIED_OVER,
            by=may_keep_items,
            needs_reason=True,
            label=_("Carry over to next year"),
        ),
        Move(
            "cancel",
            (S.PROPOSED, S.REVIEWED, *BUDGETED),
            S.CANCELLED,
            by=may_keep_items,
            needs_reason=True,
            label=_("Cancel"),
            warns=_("A cancelled item cannot be taken up again."),
        ),
    ),
    PurchaseItem,
)
