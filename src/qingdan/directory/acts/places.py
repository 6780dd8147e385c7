"""Places and agencies."""

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qingdan.core import journal
from qingdan.core.actor import Actor
from qingdan.core.permits import Refused
from qingdan.directory.acts import changes as change
from qingdan.directory.models import CODE_LENGTH, Agency, Place, PlaceLevel
from qingdan.directory.permits import may_keep_agencies, may_keep_directory

DATA = Path(__file__).resolve().parent.parent / "data"
PLACE_FIELDS = frozenset({"name", "short_name", "english_name", "valid_from", "valid_to", "source"})
AGENCY_FIELDS = frozenset(
    {
        "name",
        "short_name",
        "kind",
        "place",
        "document_prefix",
        "contact_post",
        "phone",
        "address",
        "is_active",
    }
)


def add_place(*, actor: Actor, code: str, name: str, **fields: Any) -> Place:
    """Enter a street or community under the place that its code begins with. Raises ValidationError."""
    may_keep_directory.require(actor)
    levels = {length: level for level, length in CODE_LENGTH.items()}
    level = levels.get(len(code))
    if level is None or not code.startswith(actor.district):
        raise ValidationError(
            {"code": _("Give the 9 digits of a street or the 12 of a community of this district.")}
        )
    parent = None
    if level != PlaceLevel.DISTRICT:
        parent = Place.objects.filter(district=actor.district, code=code[:-3]).first()
        if parent is None:
            raise ValidationError(
                {"code": _("Enter the place above it first: its code is the same less 3 digits.")}
            )
    place = Place(
        district=actor.district,
        code=code,
        name=name,
        level=level,
        parent=parent,
        **{"short_name": name, **fields},
    )
    change.add(place, actor=actor, verb="place.add")
    return place


def edit_place(*, actor: Actor, place: Place, reason: str = "", seen: str = "", **fields: Any) -> list[str]:
    """Change a place's names or validity; its code never changes. Returns the names of the changed fields."""
    may_keep_directory.require(actor, place)
    return change.edit(
        place, _only(fields, PLACE_FIELDS), actor=actor, verb="place.edit", reason=reason, seen=seen
    )


@dataclass(frozen=True)
class Loaded:
    """What a load did: places entered, and those that were there already and were left as they are."""

    added: int
    kept: int


def load_places(
    *, actor: Actor, district: str = "530111", path: Path | None = None, samples: bool = True
) -> Loaded:
    """Enter the places of a district from a file of this room (or `path`); places already known stay as they are.

    `samples` also enters the sample communities. One journal entry, on the district, says what was entered.
    """
    may_keep_directory.require(actor)
    file = path or DATA / f"places-{district}.json"
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))["places"]
    except FileNotFoundError:
        raise Refused(_("There is no list of places for this district; enter them one by one.")) from None
    known = {place.code: place for place in Place.objects.filter(district=district)}
    wanted = [row for row in rows if samples or not row.get("is_sample")]
    new: list[str] = []
    with transaction.atomic():
        for level in PlaceLevel.values:  # from above, so that every place finds the one it belongs to
            batch = [_place(district, row, known) for row in wanted if row["level"] == level]
            batch = [place for place in batch if place.code not in known]
            for place in Place.objects.bulk_create(batch):
                known[place.code] = place
                new.append(place.code)
        if new:
            journal.record(actor=actor, verb="place.load", subject=known[district], data={"codes": new})
    return Loaded(added=len(new), kept=len(wanted) - len(new))


def _place(district: str, row: dict[str, Any], known: dict[str, Place]) -> Place:
    dates = {name: _day(row.get(name)) for name in ("valid_from", "valid_to")}
    parent = None if row["level"] == PlaceLevel.DISTRICT else known[row["code"][:-3]]
    place = Place(district=district, parent=parent, **{**row, **dates})
    place.clean_fields(exclude=["parent"])
    return place


def add_agency(*, actor: Actor, code: str, name: str, kind: str, **fields: Any) -> Agency:
    """Enter a public body. Raises ValidationError."""
    may_keep_agencies.require(actor)
    agency = Agency(
        district=actor.district, code=code, name=name, kind=kind, **{"short_name": name, **fields}
    )
    change.add(agency, actor=actor, verb="agency.add")
    return agency


def edit_agency(
    *, actor: Actor, agency: Agency, reason: str = "", seen: str = "", **fields: Any
) -> list[str]:
    """Change what is known of a public body; its code stays. Returns the names of the changed fields."""
    may_keep_agencies.require(actor, agency)
    return change.edit(
        agency, _only(fields, AGENCY_FIELDS), actor=actor, verb="agency.edit", reason=reason, seen=seen
    )


def _only(fields: dict[str, Any], allowed: frozenset[str]) -> dict[str, Any]:
    if strange := sorted(set(fields) - allowed):
        raise TypeError(f"not to be edited here: {', '.join(strange)}")
    return fields


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
