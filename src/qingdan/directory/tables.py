"""Excel, both ways: the organisations of the district."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import identifiers
from qingdan.core.actor import Actor
from qingdan.core.permits import Refused
from qingdan.core.tables import Batch, Column, Kind, Table
from qingdan.directory import acts, queries
from qingdan.directory.models import (
    OrganisationType,
    Place,
    RegistrationKind,
    ServiceField,
    SocialOrganisation,
)


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


def organisations_table(district: str) -> Table:
    """The table of the organisations of a district: rows already known by code (or name, if filed) are edited."""

    def check(batch: Batch) -> None:
        wanted = {code for code in batch["place"] if code}
        known = set(Place.objects.filter(district=district, code__in=wanted).values_list("code", flat=True))
        for index, code in enumerate(batch["place"]):
            if code and code not in known:
                batch.refuse(index, _now("There is no place with this code in the directory."), "place")

    def save(batch: Batch, actor: Actor) -> None:
        codes = {code for code in batch["place"] if code}
        places = {p.code: p for p in Place.objects.filter(district=district, code__in=codes)}
        for index, row in enumerate(batch.dicts()):
            row["place"] = places.get(row["place"])
            try:
                with transaction.atomic():
                    _enter(row, actor, district)
            except Refused as no:
                batch.refuse(index, no.reason)
            except ValidationError as fault:
                batch.refuse(index, acts.as_errors(fault))

    return Table(
        name="organisations",
        label=_("Social organisations"),
        note=_("One organisation a row. Known ones are changed to what the row says, new ones are entered."),
        columns=(
            Column("name", _("Name"), required=True, max_length=120, example="示例社会工作服务中心"),
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
            Column("fields", _("Fields of work"), clean=_fields, note=_("Several between 、"), empty=()),
            Column("business_scope", _("Business scope"), max_length=2000),
            Column("is_hub", _("Hub organisation"), Kind.BOOLEAN, empty=False),
        ),
        key=("name",),
        check_row=_check_row,
        check_batch=check,
        save=save,
    )


def _enter(row: dict[str, Any], actor: Actor, district: str) -> None:
    known = SocialOrganisation.objects.filter(district=district)
    one = (
        known.filter(uscc=row["uscc"]).first()
        if row["uscc"]
        else known.filter(name=row["name"], uscc="").first()
    )
    if one is None:
        acts.register_organisation(actor=actor, **row)
        return
    kind = row.pop("registration_kind")
    if kind != one.registration_kind:
        raise ValidationError(_("How an organisation is registered is changed on its own page."))
    acts.edit_organisation(actor=actor, organisation=one, **row)


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
