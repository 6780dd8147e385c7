"""What is checked before an item may be bought: directory, negative list, thresholds, splitting.

By the rules in force in the item's year (政府采购法第二十八条 forbids splitting a job to stay below a line; a job may
be divided among organisations where the area served requires it, so the warning takes a stated reason).
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from qingdan.core import clock, markup
from qingdan.lists.matching_queries import unmet_needs
from qingdan.lists.models import ItemState, Method, PurchaseItem
from qingdan.lists.models.words import enumerated
from qingdan.policies import rules
from qingdan.policies.models.rules import NegativeListItem, ServiceCatalogEntry, Threshold

STOP, WARN, NOTE, GOOD = "stop", "warn", "note", "good"
BELOW_LIMIT_METHODS = (Method.DIRECT_COMMISSION, Method.OWN_PURCHASE, Method.VENTURE_GRANT)
NOT_COUNTED = (ItemState.CANCELLED, ItemState.CARRIED_OVER)


@dataclass(frozen=True)
class Finding:
    """One check: its kind, whether it stops the item, what was found, and the rule it rests on."""

    check: str
    level: str
    text: Any
    rule: Any = ""

    @property
    def stops(self) -> bool:
        return self.level in (STOP, WARN)


def check_item(item: PurchaseItem) -> list[Finding]:
    """Every check of an item; what stops or warns must be settled before the item is reviewed."""
    day = rules.day_of(item.year, clock.today())
    return [
        *_directory(item, day),
        *_negative(item, list(rules.negative_on(item.district, day))),
        *_thresholds(item, rules.thresholds_on(item.district, day)),
        needs_behind(item),
    ]


def first_obstacle(item: PurchaseItem) -> Finding | None:
    """The first finding that keeps an item from being reviewed."""
    return next((finding for finding in check_item(item) if finding.stops), None)


def unconfirmed(rule: Any) -> str:
    """The document of a rule, with the warning when nobody has confirmed it."""
    words = str(rule.basis)
    return words if rule.confirmed else _("%(document)s (not confirmed)") % {"document": words}


def _directory(item: PurchaseItem, day: Any) -> list[Finding]:
    entry: ServiceCatalogEntry | None = item.entry
    if entry is None:
        words = _("Choose the entry of the guiding directory: only what stands in it is bought.")
        return [Finding("directory", STOP, words)]
    if not entry.is_valid_on(day):
        return [
            Finding(
                "directory",
                STOP,
                _("“%(entry)s” is of an edition that does not hold in %(year)s.")
                % {"entry": entry, "year": item.year},
                unconfirmed(entry),
            )
        ]
    if entry.level == 1:
        return [
            Finding("directory", STOP, _("Choose an entry of the second or third level."), unconfirmed(entry))
        ]
    return [
        Finding("directory", GOOD, _("In the directory: %(entry)s") % {"entry": entry}, unconfirmed(entry))
    ]


def _negative(item: PurchaseItem, barred: list[NegativeListItem]) -> list[Finding]:
    text = f"{item.title}\n{item.content}"
    found = []
    for one in barred:
        signs = [sign for sign in one.signs if sign and sign in text]
        if not signs:
            continue
        words = _("“%(signs)s” points to the negative list: %(name)s") % {
            "signs": "”“".join(signs),
            "name": one.name,
        }
        if item.why_allowed.strip():
            words += " " + _("Reason given: %(reason)s") % {"reason": item.why_allowed}
        found.append(Finding("negative", NOTE if item.why_allowed.strip() else STOP, words, unconfirmed(one)))
    if not barred:
        return [Finding("negative", NOTE, _("No negative list is entered for this year."))]
    return found or [
        Finding(
            "negative",
            GOOD,
            _("No word of it points to the negative list (%(n)d entries).") % {"n": len(barred)},
            unconfirmed(barred[0]),
        )
    ]


def same_job(item: PurchaseItem) -> Any:
    """Items of the same buyer, entry and year that add up with this one; itself not among them.

    An entry and its parts are the same, and so is a buyer that nobody has stated yet: neither a finer entry nor an
    empty field takes an item out of the sum.
    """
    entry = item.entry
    if entry is None:
        return PurchaseItem.objects.none()
    same_entry = Q(entry=entry) | Q(entry__parent=entry)
    if entry.level > 2:
        same_entry |= Q(entry=entry.parent_id)
    same_buyer = Q(buyer=item.buyer_id) | Q(buyer=None) if item.buyer_id else Q()
    return (
        PurchaseItem.objects.filter(same_entry, same_buyer, district=item.district, year=item.year)
        .exclude(state__in=NOT_COUNTED)
        .exclude(pk=item.pk)
    )


def _thresholds(item: PurchaseItem, lines: dict[str, Threshold]) -> list[Finding]:
    others = same_job(item)
    together = item.budget_fen + int(others.aggregate(total=Sum("budget_fen"))["total"] or 0)
    count = others.count() + 1
    sums = _("%(n)d items of this buyer, entry and year: %(sum)s yuan in all") % {
        "n": count,
        "sum": markup.money(together),
    }
    found = []
    limit, tender = lines.get(Threshold.Kind.BELOW_LIMIT), lines.get(Threshold.Kind.OPEN_TENDER)
    for line in (limit, tender):
        if line is None or line.amount_fen is None:
            continue
        if item.budget_fen < line.amount_fen <= together:
            words = _("%(sums)s, over the line of %(line)s yuan (%(name)s) that each alone stays below.") % {
                "sums": sums,
                "line": markup.money(line.amount_fen),
                "name": line.get_kind_display(),
            }
            if item.why_apart.strip():
                words += " " + _("Reason given: %(reason)s") % {"reason": item.why_apart}
            found.append(
                Finding("splitting", NOTE if item.why_apart.strip() else WARN, words, unconfirmed(line))
            )
    for line, forbidden, words in (
        (
            limit,
            BELOW_LIMIT_METHODS,
            _("From %(line)s yuan on this method is not open: choose a statutory one."),
        ),
        (
            tender,
            tuple(method for method in Method if method != Method.OPEN_TENDER),
            _(
                "From %(line)s yuan on an open tender is due, unless another method was approved before the start."
            ),
        ),
    ):
        if line is None or line.amount_fen is None or item.budget_fen < line.amount_fen:
            continue
        if item.method in forbidden:
            level = STOP if line is limit else WARN if not item.why_apart.strip() else NOTE
            found.append(
                Finding("method", level, words % {"line": markup.money(line.amount_fen)}, unconfirmed(line))
            )
    unknown = [line for line in (limit, tender) if line is not None and line.amount_fen is None]
    if unknown or (limit is None and tender is None):
        found.append(
            Finding(
                "splitting",
                NOTE,
                _(
                    "%(sums)s. Not judged: the thresholds of %(year)s are not entered. Until finance has them "
                    "entered under “Purchase rules”, compare this sum with the lines in force yourself."
                )
                % {"sums": sums, "year": item.year},
                unconfirmed(unknown[0]) if unknown else "",
            )
        )
    return found or [Finding("splitting", GOOD, _("%(sums)s: below the lines.") % {"sums": sums})]


def needs_behind(item: PurchaseItem) -> Finding:
    """Before the money is set aside, what is to be bought must still be missing."""
    behind = dict(item.needs.order_by("number").values_list("pk", "number"))
    if not behind:
        return Finding("needs", STOP, _("No need stands behind this item; link those it answers."))
    if item.state in (ItemState.PROPOSED, ItemState.REVIEWED):
        unmet = set(unmet_needs(item.district).filter(pk__in=behind).values_list("pk", flat=True))
        others = enumerated(number for pk, number in behind.items() if pk not in unmet)
        if not unmet:
            words = _("None of the needs behind it is unmet any more, so there is nothing to buy: %(needs)s.")
            return Finding("needs", STOP, words % {"needs": others})
        if others:
            words = _("%(n)d of %(all)d needs behind it are still unmet. These are not: %(needs)s.")
            words %= {"n": len(unmet), "all": len(behind), "needs": others}
            return Finding("needs", NOTE, words)
    return Finding("needs", GOOD, _("%(n)d needs stand behind it.") % {"n": len(behind)})
