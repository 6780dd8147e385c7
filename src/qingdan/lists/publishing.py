"""What an edition holds, and how two editions differ."""

import datetime as dt
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from qingdan.core.journal import sm3
from qingdan.core.models import JournalEntry
from qingdan.lists.models import (
    ListEdition,
    ListKind,
    PurchaseItem,
    Resource,
    ResourceState,
    SocialNeed,
)
from qingdan.lists.queries import FOUND_PERSONAL, OPEN_TO_ALL

Row = dict[str, Any]


def _needs(district: str, year: int) -> list[Row]:
    found = (
        SocialNeed.objects.filter(OPEN_TO_ALL, district=district, raised_on__year__lte=year)
        .select_related("place__parent")
        .order_by("number")
    )
    return [
        {
            "number": need.number,
            "title": need.title,
            "category": need.category,
            "target": need.target,
            "place": need.place.full_name,
            "persons": need.persons,
        }
        for need in found
    ]


def _resources(district: str, year: int) -> list[Row]:
    found = (
        Resource.objects.filter(
            district=district, state=ResourceState.AVAILABLE, valid_from__lte=dt.date(year, 12, 31)
        )
        .exclude(valid_until__lt=dt.date(year, 1, 1))
        .select_related("area__parent")
        .prefetch_related("windows")
        .order_by("number")
    )
    return [
        {
            "number": resource.number,
            "title": resource.title,
            "owner_name": resource.owner_name,
            "kind": resource.kind,
            "area": resource.area.full_name,
            "capacity": resource.capacity,
            "windows": [[w.weekday, f"{w.starts:%H:%M}", f"{w.ends:%H:%M}"] for w in resource.windows.all()],
            "terms": resource.terms,
        }
        for resource in found
    ]


def _items(district: str, year: int) -> list[Row]:
    found = (
        PurchaseItem.objects.filter(district=district, year=year, state__in=PurchaseItem.PUBLIC)
        .select_related("entry")
        .order_by("number")
    )
    return [
        {
            "number": item.number,
            "title": item.title,
            "target": item.target,
            "persons": item.persons,
            "entry": str(item.entry or ""),
            "method": item.method,
            "budget_fen": item.budget_fen,
        }
        for item in found
    ]


_CONTENT: dict[str, Callable[[str, int], list[Row]]] = {
    ListKind.NEEDS: _needs,
    ListKind.RESOURCES: _resources,
    ListKind.PURCHASE: _items,
}


def content_of(kind: str, district: str, year: int) -> list[Row]:
    """The public rows of a list as they stand now."""
    return _CONTENT[kind](district, year)


def digest_of(rows: list[Row]) -> str:
    """SM3 over the rows in a canonical form."""
    return sm3(json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())


def withheld(edition: ListEdition) -> set[str]:
    """Numbers of frozen needs whose name is no longer for the public.

    A need may be found to name a person after it was frozen. The frozen row stays as it is, so that its digest holds;
    but while the need is marked so, and for good where its name was changed afterwards, the frozen name is shown only
    to those who deal with the need.
    """
    if edition.kind != ListKind.NEEDS:
        return set()
    frozen = {row["number"]: row["title"] for row in edition.content}
    found: set[str] = set()
    renamed: dict[str, str] = {}
    needs = SocialNeed.objects.filter(district=edition.district)
    for pk, number, title, personal in needs.values_list("pk", "number", "title", "is_personal"):
        if number in frozen and personal:
            found.add(number)
        elif number in frozen and frozen[number] != title:
            renamed[str(pk)] = number
    entries = JournalEntry.objects.filter(
        subject_type=SocialNeed._meta.label_lower, subject_id__in=renamed, verb="need.revise"
    )
    if edition.confirmed_at is not None:
        entries = entries.filter(at__gt=edition.confirmed_at)
    found.update(
        renamed[pk] for pk, said in entries.values_list("subject_id", "data") if said.get(FOUND_PERSONAL)
    )
    return found


def open_rows(edition: ListEdition, hidden: Collection[str], instead: str) -> list[Row]:
    """The rows of an edition as everybody may read them: `instead` stands for the names that are withheld."""
    return [row | {"title": instead} if row["number"] in hidden else row for row in edition.content]


@dataclass(frozen=True)
class Changed:
    """A row that stands in both editions with other values: (column, before, after)."""

    number: str
    title: str
    fields: tuple[tuple[str, Any, Any], ...]


@dataclass(frozen=True)
class Differences:
    """What an edition has that the one before had not, and the other way round; rows are known by their number."""

    added: tuple[Row, ...]
    removed: tuple[Row, ...]
    changed: tuple[Changed, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def differences(before: list[Row], after: list[Row]) -> Differences:
    """Rows added, removed and changed. Columns that only one edition has are no change of a row."""
    old, new = ({row["number"]: row for row in rows} for rows in (before, after))
    changed = []
    for number in sorted(old.keys() & new.keys()):
        was, now = old[number], new[number]
        fields = tuple((key, was[key], now[key]) for key in now if key in was and was[key] != now[key])
        if fields:
            changed.append(Changed(number, str(now.get("title", "")), fields))
    return Differences(
        tuple(new[number] for number in sorted(new.keys() - old.keys())),
        tuple(old[number] for number in sorted(old.keys() - new.keys())),
        tuple(changed),
    )


def edition_before(edition: ListEdition) -> ListEdition | None:
    """The edition of the same list that was published before this one."""
    return (
        ListEdition.objects.filter(district=edition.district, kind=edition.kind, confirmed_at__isnull=False)
        .filter(year__lte=edition.year)
        .exclude(year=edition.year, number__gte=edition.number)
        .order_by("-year", "-number")
        .first()
    )
