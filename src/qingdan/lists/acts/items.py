"""Verbs of purchase items: made from unmet needs, changed until they are reviewed."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from qingdan.core import clock, journal
from qingdan.core.actor import Actor
from qingdan.core.permits import Refused
from qingdan.lists.lifecycle.items import ITEM
from qingdan.lists.matching_queries import open_needs
from qingdan.lists.models import ItemState, PurchaseItem, Resource, SocialNeed
from qingdan.lists.models.words import enumerated
from qingdan.lists.numbers import hold_numbers
from qingdan.lists.permits.matching import may_keep_items

FIELDS = frozenset(
    [
        "year",
        "title",
        "content",
        "category",
        "target",
        "persons",
        "budget_fen",
        "entry",
        "buyer",
        "line",
        "method",
        "starts_on",
        "ends_on",
        "targets",
        "supplier_conditions",
        "why_apart",
        "why_allowed",
    ]
)
AFTER_REVIEW = frozenset(["line", "method", "starts_on", "ends_on", "targets", "supplier_conditions"])
"""What may still be completed once an item is reviewed."""


def next_number(district: str, year: int) -> str:
    """XM-2018-001, the next of the year. Runs inside a transaction."""
    hold_numbers(district)
    taken = PurchaseItem.objects.filter(district=district, number__startswith=f"XM-{year}-")
    serials = (number.rsplit("-", 1)[1] for number in taken.values_list("number", flat=True))
    return f"XM-{year}-{max((int(serial) for serial in serials if serial.isdigit()), default=0) + 1:03d}"


def make_item(
    *, needs: Iterable[SocialNeed], resources: Iterable[Resource] = (), actor: Actor, **fields: Any
) -> PurchaseItem:
    """Propose an item for a group of needs that nothing else covers. Raises Refused for a need that has its answer."""
    if strange := set(fields) - FIELDS:
        raise TypeError(f"unknown fields: {sorted(strange)}")
    chosen = list(needs)
    if not chosen:
        raise Refused(_("Choose at least one need: an item without needs is not bought."))
    item = PurchaseItem(district=actor.district, **fields)
    may_keep_items.require(actor, item)
    with transaction.atomic():
        _refuse_answered(actor.district, chosen)
        item.number = next_number(actor.district, item.year)
        item.full_clean()
        ITEM.begin(item, actor=actor, needs=[need.number for need in chosen])
        item.needs.set(chosen)
        item.resources.set(resources)
    return item


def change_item(
    *,
    item: PurchaseItem,
    actor: Actor,
    needs: Iterable[SocialNeed] | None = None,
    resources: Iterable[Resource] | None = None,
    **fields: Any,
) -> PurchaseItem:
    """Change a proposed item; a reviewed one only in what completes it. Published items are changed by a new one."""
    if strange := set(fields) - FIELDS:
        raise TypeError(f"unknown fields: {sorted(strange)}")
    with transaction.atomic():
        locked = PurchaseItem.objects.select_for_update().get(pk=item.pk)
        may_keep_items.require(actor, locked)
        changed = {name: value for name, value in fields.items() if getattr(locked, name) != value}
        if locked.state in (ItemState.REVIEWED, ItemState.BUDGETED):
            if fixed := set(changed) - AFTER_REVIEW:
                raise Refused(
                    _("This item is reviewed; send it back before you change: %(fields)s.")
                    % {
                        "fields": enumerated(
                            str(getattr(PurchaseItem._meta.get_field(name), "verbose_name", name))
                            for name in sorted(fixed)
                        )
                    }
                )
            if locked.state == ItemState.BUDGETED and "line" in changed:
                raise Refused(
                    _("Its money is set aside on this line; carry the item over or cancel it first.")
                )
        elif locked.state != ItemState.PROPOSED:
            raise Refused(_("A published item is not changed any more; cancel it and make a new one."))
        for name, value in changed.items():
            setattr(locked, name, value)
        locked.full_clean()
        locked.save()
        links = _link(locked, needs, resources) if locked.state == ItemState.PROPOSED else []
        journal.record(
            actor=actor,
            verb="purchase_item.change",
            subject=locked,
            data={"fields": sorted([*changed, *links])},
        )
    return locked


def _link(
    item: PurchaseItem, needs: Iterable[SocialNeed] | None, resources: Iterable[Resource] | None
) -> list[str]:
    """Set what stands behind a proposed item and what it builds on; answers which of the two changed."""
    changed = []
    if needs is not None:
        chosen, before = list(needs), set(item.needs.values_list("pk", flat=True))
        if not chosen:
            raise Refused(_("Choose at least one need: an item without needs is not bought."))
        _refuse_answered(item.district, [need for need in chosen if need.pk not in before])
        item.needs.set(chosen)
        changed += ["needs"] if {need.pk for need in chosen} != before else []
    if resources is not None:
        wanted, before = list(resources), set(item.resources.values_list("pk", flat=True))
        item.resources.set(wanted)
        changed += ["resources"] if {one.pk for one in wanted} != before else []
    return changed


def _refuse_answered(district: str, needs: list[SocialNeed]) -> None:
    keys = [need.pk for need in needs]
    still_open = set(open_needs(district).filter(pk__in=keys).values_list("pk", flat=True))
    answered = [need.number for need in needs if need.pk not in still_open]
    if answered:
        raise Refused(
            _("These needs are answered, closed or not verified, so nothing is bought for them: %(needs)s.")
            % {"needs": enumerated(answered[:5])}
        )


def this_year() -> int:
    """The budget year of today."""
    return clock.today().year
