"""Rule editions: loading those that come with the project, and asking what held on a day."""

import datetime as dt
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from qingdan.core import journal
from qingdan.core.actor import Actor
from qingdan.core.permits import Refused
from qingdan.directory.models import Place
from qingdan.directory.permits import is_bureau, is_finance, is_system
from qingdan.policies.models.rules import NegativeListItem, Period, ServiceCatalogEntry, Threshold
from qingdan.policies.rule_files import read_rules

SHIPPED = Path(__file__).parent / "data" / "rules.json"
may_keep_rules = is_bureau | is_finance | is_system


def load_rules(*, district: str, actor: Actor, file: Path = SHIPPED) -> int:
    """Add the editions of a file, by default the shipped ones, that the district does not have yet.

    What is there stays as it is. Answers the rows added; raises `rule_files.RuleFileError` for a file that is not
    right, and then adds nothing.
    """
    may_keep_rules.require(actor)
    data = read_rules(file)
    with transaction.atomic():
        added = sum(_load_catalogue(district, edition) for edition in data["catalogue"])
        added += sum(_load_negative(district, edition) for edition in data["negative"])
        for row in data["periods"]:
            _period, new = Period.objects.get_or_create(
                district=district,
                edition=row["edition"],
                kind=row["kind"],
                defaults=_rule(row)
                | {"length": row["length"], "confirmed": row["confirmed"], "note": row.get("note", "")},
            )
            added += new
        for row in data["thresholds"]:
            fields = _rule(row) | {"confirmed": row["confirmed"], "note": row.get("note", "")}
            yuan = row["yuan"]
            _line, new = Threshold.objects.get_or_create(
                district=district,
                edition=row["edition"],
                kind=row["kind"],
                defaults=fields | {"amount_fen": None if yuan is None else yuan * 100},
            )
            added += new
        home = Place.objects.filter(code=district).order_by("pk").first()
        if added and home is not None:
            journal.record(
                actor=actor,
                verb="policies.load_rules",
                subject=home,
                district=district,
                data={"rows": added, "file": file.name},
            )
    return added


def _rule(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "valid_from": dt.date.fromisoformat(row["valid_from"]),
        "valid_to": dt.date.fromisoformat(row["valid_to"]) if row.get("valid_to") else None,
        "document": row["document"],
        "clause": row.get("clause", ""),
    }


def _load_catalogue(district: str, edition: dict[str, Any]) -> int:
    if ServiceCatalogEntry.objects.filter(district=district, edition=edition["edition"]).exists():
        return 0
    made: dict[str, ServiceCatalogEntry] = {}
    for row in edition["entries"]:
        parent = made.get(row["parent"])
        made[row["code"]] = ServiceCatalogEntry.objects.create(
            district=district,
            edition=edition["edition"],
            code=row["code"],
            name=row["name"],
            parent=parent,
            level=parent.level + 1 if parent else 1,
            confirmed=row["confirmed"],
            note="" if row["confirmed"] else edition.get("note", ""),
            **_rule(edition),
        )
    return len(made)


def _load_negative(district: str, edition: dict[str, Any]) -> int:
    if NegativeListItem.objects.filter(district=district, edition=edition["edition"]).exists():
        return 0
    rows = [
        NegativeListItem(
            district=district,
            edition=edition["edition"],
            code=row["code"],
            order=row["order"],
            name=row["name"],
            signs=row["signs"],
            confirmed=row["confirmed"],
            **_rule(edition),
        )
        for row in edition["items"]
    ]
    return len(NegativeListItem.objects.bulk_create(rows))


def set_threshold(
    *, threshold: Threshold, amount_fen: int, document: str, confirmed: bool, actor: Actor
) -> Threshold:
    """Fill in a line that was not found. A confirmed line is not changed: a new edition is entered instead."""
    (is_bureau | is_finance).require(actor)
    with transaction.atomic():
        locked = Threshold.objects.select_for_update().get(pk=threshold.pk)
        if locked.amount_fen is not None and locked.confirmed:
            raise Refused(_("This line is confirmed; enter a new edition instead of changing it."))
        before = locked.amount_fen
        locked.amount_fen, locked.document, locked.confirmed = amount_fen, document, confirmed
        locked.full_clean()
        locked.save()
        journal.record(
            actor=actor,
            verb="policies.set_threshold",
            subject=locked,
            data={"before": before, "after": amount_fen, "confirmed": confirmed},
        )
    return locked


# ── what held on a day ──────────────────────────────────────────────────────


def day_of(year: int, today: dt.date) -> dt.date:
    """The day by whose rules a year's purchases are judged: today within the year, else the nearest day of it."""
    return min(max(today, dt.date(year, 1, 1)), dt.date(year, 12, 31))


def entries_on(district: str, day: dt.date) -> Any:
    """The directory of that day."""
    return ServiceCatalogEntry.objects.filter(district=district).valid_on(day).order_by("code")


def negative_on(district: str, day: dt.date) -> Any:
    """What could not be bought on that day."""
    return NegativeListItem.objects.filter(district=district).valid_on(day).order_by("order")


def thresholds_on(district: str, day: dt.date) -> dict[str, Threshold]:
    """The lines of that day by kind; of several editions the latest."""
    found = Threshold.objects.filter(district=district).valid_on(day).order_by("valid_from")
    return {line.kind: line for line in found}


def length_on(district: str, kind: str, day: dt.date, default: int) -> int:
    """How long a step may take by the rules of that day, in the unit that its kind names; else the default."""
    found = Period.objects.filter(district=district, kind=kind).valid_on(day).order_by("-valid_from")
    return found.values_list("length", flat=True).first() or default
