"""People: entered by the officers of their place; a resident number is seen whole only for a stated reason."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qingdan.core import clock, identifiers, journal
from qingdan.core.actor import Actor
from qingdan.core.permits import Refused
from qingdan.directory.acts import changes as change
from qingdan.directory.models import Person, Place, PlaceLevel
from qingdan.directory.permits import may_keep_people, may_reveal_resident_id

PERSON_FIELDS = frozenset({"name", "birth_date", "sex", "community"})


def register_person(
    *,
    actor: Actor,
    name: str,
    community: Place | None = None,
    resident_id: str = "",
    birth_date: dt.date | None = None,
    sex: str = "",
) -> Person:
    """Enter a person. A resident number known in the district is refused: the person is there already.

    Raises ValidationError for values that do not fit; `Refused` outside one's own place.
    """
    person = Person(
        district=actor.district, name=_clean_name(name), birth_date=birth_date, sex=sex, community=community
    )
    may_keep_people.require(actor, person)
    _set_number(person, resident_id)
    change.add(person, actor=actor, verb="person.register")
    return person


def find_or_register_person(
    *, actor: Actor, name: str, resident_id: str, community: Place | None = None
) -> Person:
    """The person of a resident number, entered when unknown: for rooms that enrol those they serve.

    Whether the actor may enrol is the room's question. A known number under another name raises ValidationError.
    """
    found: Person | None = (
        Person.objects.filter(district=actor.district).with_resident_id(resident_id).first()
    )
    if found is None:
        inside = community if community is not None and community.level == PlaceLevel.COMMUNITY else None
        found = Person(district=actor.district, name=_clean_name(name), community=inside)
        _set_number(found, resident_id)
        change.add(found, actor=actor, verb="person.register")
    elif found.name != _clean_name(name):
        raise ValidationError(
            {"name": _("The directory knows this resident number under another name; check both.")}
        )
    return found


def edit_person(
    *, actor: Actor, person: Person, resident_id: str | None = None, seen: str = "", **fields: Any
) -> list[str]:
    """Change what is known of a person; `resident_id` None leaves the number as it is.

    Moving a person to another community takes an officer who answers for both.
    """
    may_keep_people.require(actor, person)
    if strange := sorted(set(fields) - PERSON_FIELDS):
        raise TypeError(f"not to be edited here: {', '.join(strange)}")
    changes = dict(fields)
    if "name" in changes:
        changes["name"] = _clean_name(changes["name"])
    after = Person(
        pk=person.pk, district=person.district, community=changes.get("community", person.community)
    )
    may_keep_people.require(actor, after)
    if resident_id is not None:
        after.birth_date = changes.get("birth_date", person.birth_date)
        _set_number(after, resident_id)
        changes["resident_id"] = after.resident_id
        if after.resident_id:
            changes |= {"birth_date": after.birth_date, "sex": after.sex}
    return change.edit(person, changes, actor=actor, verb="person.edit", seen=seen, private=True)


def reveal_resident_id(person: Person, actor: Actor, reason: str) -> str:
    """The whole resident number, for a stated reason; the view is written to the journal before it is given.

    A child's number (under 14) is shown to the bureau only (未成年人网络保护条例 art. 36: least privilege).
    """
    may_reveal_resident_id.require(actor, person)
    if not reason.strip():
        raise Refused(_("Say why you need the whole number: the reason is kept in the journal."))
    if not person.resident_id:
        raise Refused(_("No resident number is known for this person."))
    with transaction.atomic():
        journal.record(actor=actor, verb="person.reveal-resident-id", subject=person, reason=reason.strip())
    return person.sealed_resident_id.reveal()


def _clean_name(name: str) -> str:
    try:
        return identifiers.clean_name(name)
    except ValidationError as fault:
        raise ValidationError({"name": fault.messages}) from None


def _set_number(person: Person, text: str) -> None:
    try:
        person.set_resident_id(text, today=clock.today())
    except ValidationError as fault:
        raise ValidationError({"resident_id": fault.messages}) from None
    if person.resident_id:
        same = Person.objects.filter(district=person.district).with_resident_id(text)
        if same.exclude(pk=person.pk).exists():
            raise ValidationError(
                {"resident_id": _("A person with this resident number is in the directory already.")}
            )
