"""Excel, both ways: the organisations of the district."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import identifiers
from qingdan.core.actor import Actor
from qingdan.core.permits import Refused
from qingdan.core.tables import Batch, Column, Kind, Table, kinds, known_values
from qingdan.core.tables.declared import reasons
from qingdan.directory import acts, queries
from qingdan.directory.models import (
    OrganisationType,
    Place,
    RegistrationKind,
    ServiceField,
    SocialOrganisation,
)
from qingdan.directory.permits import may_keep_directory


def _uscc(text: str) -> str:
    return identifiers.parse_uscc(text).code


def _fields(text: str) -> tuple[str, ...]:
    """Labels in either language or codes, between commas of any kind."""
    known = {str(label): code for code, label in ServiceField.choices} | {
        code: code for code in ServiceField.values
    }
    found = []
    for part in text.replace("，", "、").replace(",", "、").replace(";", "、").split("、"):
        if not part.strip():
            continue
        code = known.get(part.strip())
        if code is None:
            raise ValidationError(
                _now("“%(part)s” is no field of work. Known: %(known)s.")
                % {"part": part.strip()[:20], "known": "、".join(str(label) for label in ServiceField.labels)}
            )
        found.append(code)
    return tuple(found)


def _check_row(row: dict[str, Any]) -> None:
    registered = row["registration_kind"] == RegistrationKind.REGISTERED
    if registered and not row["uscc"]:
        raise ValidationError({"uscc": _("A registered organisation has a unified social credit code.")})
    if not registered and row["uscc"]:
        raise ValidationError({"uscc": _("A filed or planned organisation has no code; leave it empty.")})
    if row["uscc"]:
        acts.checked_uscc(row["uscc"], row["org_type"])


def organisations_table(actor: Any) -> Table:
    """The table of the organisations of a district: rows already known by code (or name, if filed) are edited."""
    district = actor.district

    def check(batch: Batch) -> None:
        places = _places(district, batch)
        known = _known(district, batch)
        for index, row in enumerate(batch.dicts()):
            if row["place"] and row["place"] not in places:
                batch.refuse(index, _now("There is no place with this code in the directory."), "place")
            one = known.get(_key(row))
            if one is not None and one.registration_kind != row["registration_kind"]:
                batch.refuse(
                    index,
                    _now("How an organisation is registered is changed on its own page."),
                    "registration_kind",
                )

    def save(batch: Batch, by: Actor) -> None:
        _save(batch, by, district)

    return Table(
        name="organisations",
        label=_("Social organisations"),
        note=_("One organisation a row. Known ones are changed to what the row says, new ones are entered."),
        columns=(
            Column(
                "name",
                _("Name"),
                required=True,
                max_length=120,
                clean=lambda text: " ".join(text.split()),
                example="示例社会工作服务中心",
            ),
            Column("org_type", _("Type"), Kind.CHOICE, required=True, choices=OrganisationType.choices),
            Column(
                "registration_kind",
                _("Registration"),
                Kind.CHOICE,
                required=True,
                choices=RegistrationKind.choices,
            ),
            Column(
                "uscc",
                _("Unified social credit code"),
                Kind.CODE,
                unique=True,
                clean=_uscc,
                note=_("18 characters; only registered organisations have one."),
            ),
            Column("filing_number", _("Filing number"), max_length=40),
            Column("registration_authority", _("Registration authority"), max_length=80),
            Column("supervising_unit", _("Supervising unit"), max_length=80),
            Column("legal_representative", _("Legal representative"), max_length=60),
            Column("established_on", _("Established on"), Kind.DATE),
            Column(
                "place",
                _("Place code"),
                Kind.CODE,
                max_length=12,
                note=_("9 digits for a street, 12 for a community."),
            ),
            Column("address", _("Address"), max_length=160),
            Column(
                "contact_post",
                _("Contact post"),
                max_length=60,
                note=_("The post, not the name of a person."),
            ),
            Column("phone", _("Office telephone"), Kind.CODE, max_length=40),
            Column(
                "fields",
                _("Fields of work"),
                clean=_fields,
                note=_("If several, put “、” or a comma between them."),
                empty=(),
            ),
            Column("business_scope", _("Business scope"), max_length=2000),
            Column("is_hub", _("Hub organisation"), Kind.BOOLEAN, empty=False),
        ),
        key=("name",),
        check_row=_check_row,
        check_batch=check,
        save=save,
    )


def _key(row: dict[str, Any]) -> tuple[str, str]:
    """What a row's organisation is known by: its code, or its name when it has none."""
    return (row["uscc"], "") if row["uscc"] else ("", row["name"])


def _known(district: str, batch: Batch) -> dict[tuple[str, str], SocialOrganisation]:
    there = SocialOrganisation.objects.filter(district=district)
    codes = known_values(there, "uscc", filter(None, batch["uscc"]))
    names = known_values(there.filter(uscc=""), "name", batch["name"])
    found = there.filter(Q(uscc__in=codes) | Q(uscc="", name__in=names)).select_related("place")
    return {(one.uscc, "" if one.uscc else one.name): one for one in found}


def _places(district: str, batch: Batch) -> dict[str, Place]:
    codes = {code for code in batch["place"] if code}
    return {place.code: place for place in Place.objects.filter(district=district, code__in=codes)}


def _save(batch: Batch, actor: Actor, district: str) -> None:
    """New organisations together, each with its journal entry; a known one by its own act if its row says otherwise."""
    places, known = _places(district, batch), _known(district, batch)
    new: list[dict[str, Any]] = []
    for index, row in enumerate(batch.dicts()):
        row["place"] = places.get(row["place"])
        one = known.get(_key(row))
        if one is None:
            new.append(row)
            continue
        row.pop("registration_kind")
        changes = {name: value for name, value in row.items() if value != _present(one, name)}
        try:
            with transaction.atomic():
                if changes:
                    acts.edit_organisation(actor=actor, organisation=one, **changes)
        except Refused as no:
            batch.refuse(index, no.reason)
        except ValidationError as fault:
            for name, reason in reasons(fault, batch.has):
                batch.refuse(index, reason, name)
    acts.register_organisations(new, actor=actor)


def _present(one: SocialOrganisation, name: str) -> Any:
    return tuple(one.fields) if name == "fields" else getattr(one, name)


def organisation_rows(actor: Any) -> Iterator[tuple[Any, ...]]:
    """The organisations that the actor may see, in the order of the table's columns."""
    for one in queries.organisations(actor).select_related("place").order_by("name").iterator(500):
        yield (
            one.name,
            one.org_type,
            one.registration_kind,
            one.uscc,
            one.filing_number,
            one.registration_authority,
            one.supervising_unit,
            one.legal_representative,
            one.established_on,
            one.place.code if one.place else "",
            one.address,
            one.contact_post,
            one.phone,
            "、".join(one.field_labels),
            one.business_scope,
            one.is_hub,
        )


ORGANISATIONS = kinds.add(
    kinds.Kind(
        "organisations",
        _("Social organisations"),
        organisations_table,
        rows=organisation_rows,
        may=may_keep_directory,
    )
)
