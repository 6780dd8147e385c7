"""Social organisations: entering, editing, ending, and the records of their standing."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qingdan.core import clock, identifiers, journal
from qingdan.core.actor import Actor
from qingdan.core.permits import Refused
from qingdan.directory.acts import changes as change
from qingdan.directory.lifecycle import ORGANISATION
from qingdan.directory.models import (
    AnnualInspection,
    CreditRecord,
    OrganisationGrade,
    OrganisationType,
    RegistrationKind,
    SocialOrganisation,
)
from qingdan.directory.permits import may_edit_contacts, may_keep_directory

CONTACT_FIELDS = frozenset({"address", "contact_post", "phone"})
ORGANISATION_FIELDS = CONTACT_FIELDS | {
    "name",
    "short_name",
    "uscc",
    "org_type",
    "filing_number",
    "registration_authority",
    "supervising_unit",
    "supervisor",
    "legal_representative",
    "business_scope",
    "established_on",
    "place",
    "fields",
    "is_hub",
}
_TYPE_OF_CODE = {
    identifiers.UsccKind.ASSOCIATION: OrganisationType.ASSOCIATION,
    identifiers.UsccKind.SERVICE_INSTITUTION: OrganisationType.SERVICE_INSTITUTION,
    identifiers.UsccKind.FOUNDATION: OrganisationType.FOUNDATION,
}
GRADE_YEARS = 5  # 社会组织评估管理办法: a grade holds for five years


def checked_uscc(text: str, org_type: str = "") -> str:
    """The code in its normal form, empty for an empty text. Raises ValidationError for `uscc` or `org_type`.

    A code beginning with 51, 52 or 53 says what kind its bearer is; a type that contradicts it is refused.
    """
    if not text.strip():
        return ""
    try:
        read = identifiers.parse_uscc(text)
    except ValidationError as fault:
        raise ValidationError({"uscc": fault.messages}) from None
    told = _TYPE_OF_CODE.get(read.kind)
    if org_type and told and told != org_type:
        raise ValidationError(
            {
                "org_type": _("The unified social credit code is that of another type: %(type)s.")
                % {"type": told.label}
            }
        )
    return read.code


def uscc_warnings(organisation: SocialOrganisation) -> list[Promise]:
    """What is unusual about its code though valid: another area, another department."""
    if not organisation.uscc:
        return []
    return identifiers.parse_uscc(organisation.uscc).warnings(district=organisation.district)


def register_organisation(
    *,
    actor: Actor,
    name: str,
    org_type: str,
    registration_kind: str = RegistrationKind.REGISTERED,
    uscc: str = "",
    **fields: Any,
) -> SocialOrganisation:
    """Enter an organisation in the directory. Raises ValidationError for values that do not fit."""
    may_keep_directory.require(actor)
    organisation = SocialOrganisation(
        district=actor.district,
        name=" ".join(name.split()),
        org_type=org_type,
        registration_kind=registration_kind,
        uscc=checked_uscc(uscc, org_type),
    )
    for field, value in _only(fields).items():
        setattr(organisation, field, value)
    organisation.full_clean()
    ORGANISATION.begin(organisation, actor=actor)
    return organisation


def register_organisations(rows: Sequence[dict[str, Any]], *, actor: Actor) -> None:
    """`register_organisation` for many whose codes and places were checked: written at once, one journal entry each.

    Raises ValidationError for a value that does not fit, IntegrityError for a code that is there already.
    """
    may_keep_directory.require(actor)
    made = []
    for row in rows:
        organisation = SocialOrganisation(district=actor.district, **row)
        organisation.name = " ".join(organisation.name.split())
        organisation.clean_fields(exclude=["place", "supervisor"])  # looked up before, all at once
        made.append(organisation)
    ORGANISATION.begin_all(made, actor=actor)


def edit_organisation(
    *, actor: Actor, organisation: SocialOrganisation, reason: str = "", seen: str = "", **fields: Any
) -> list[str]:
    """Change what is known of an organisation; returns the names of the changed fields.

    The bureau edits everything; the organisation itself its address, contact post and telephone. How it is
    registered and its state change through `grant_registration` and the lifecycle.
    """
    if set(fields) <= CONTACT_FIELDS:
        may_edit_contacts.require(actor, organisation)
    else:
        may_keep_directory.require(actor, organisation)
    changes = _only(fields)
    if "uscc" in changes or "org_type" in changes:
        changes = changes | {
            "uscc": checked_uscc(
                changes.get("uscc", organisation.uscc), changes.get("org_type", organisation.org_type)
            )
        }
    return change.edit(organisation, changes, actor=actor, verb="organisation.edit", reason=reason, seen=seen)


def grant_registration(
    *,
    actor: Actor,
    organisation: SocialOrganisation,
    uscc: str,
    org_type: str,
    established_on: dt.date,
    registration_authority: str = "",
) -> SocialOrganisation:
    """Turn a filed or planned group into a registered organisation with its own code: the aim of incubation."""
    may_keep_directory.require(actor, organisation)
    if organisation.registration_kind == RegistrationKind.REGISTERED:
        raise Refused(_("It is registered already."))
    if not uscc.strip():
        raise ValidationError({"uscc": _("Give the unified social credit code of the certificate.")})
    change.edit(
        organisation,
        {
            "uscc": checked_uscc(uscc, org_type),
            "org_type": org_type,
            "registration_kind": RegistrationKind.REGISTERED,
            "established_on": established_on,
            "registration_authority": registration_authority or organisation.registration_authority,
        },
        actor=actor,
        verb="organisation.registered",
    )
    return organisation


def suspend(*, actor: Actor, organisation: SocialOrganisation, reason: str, document: str = "") -> None:
    ORGANISATION.move(organisation, "suspend", actor=actor, reason=reason, document=document)


def resume(*, actor: Actor, organisation: SocialOrganisation, reason: str, document: str = "") -> None:
    ORGANISATION.move(organisation, "resume", actor=actor, reason=reason, document=document)


def deregister(
    *,
    actor: Actor,
    organisation: SocialOrganisation,
    reason: str,
    on: dt.date | None = None,
    document: str = "",
) -> None:
    """It has wound itself up (注销). `on` is the day of the registrar's decision, today if none is given."""
    ORGANISATION.move(organisation, "deregister", actor=actor, reason=reason, on=on, document=document)


def revoke_registration(
    *,
    actor: Actor,
    organisation: SocialOrganisation,
    reason: str,
    on: dt.date | None = None,
    document: str = "",
) -> None:
    """The registrar has revoked its registration (撤销登记)."""
    ORGANISATION.move(organisation, "revoke", actor=actor, reason=reason, on=on, document=document)


# ── standing ────────────────────────────────────────────────────────────────


def record_grade(
    *,
    actor: Actor,
    organisation: SocialOrganisation,
    level: str,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    document: str = "",
) -> OrganisationGrade:
    """Enter the result of a grade assessment; without a last day it holds for five years.

    A grade still running on `valid_from` ends the day before: one grade at a time.
    """
    may_keep_directory.require(actor, organisation)
    last = valid_to or _years_later(valid_from, GRADE_YEARS) - dt.timedelta(days=1)
    grade = OrganisationGrade(
        district=organisation.district,
        organisation=organisation,
        level=level,
        valid_from=valid_from,
        valid_to=last,
        document=document,
    )
    with transaction.atomic():
        running = organisation.grades.select_for_update().filter(valid_from__lt=valid_from)
        for earlier in running.filter(valid_to__gte=valid_from):
            change.edit(
                earlier, {"valid_to": valid_from - dt.timedelta(days=1)}, actor=actor, verb="grade.replaced"
            )
        change.add(grade, actor=actor, verb="grade.record", level=level)
        journal.record(
            actor=actor,
            verb="organisation.grade",
            subject=organisation,
            data={"level": level, "valid_from": valid_from, "valid_to": last, "document": document},
        )
    return grade


def record_inspection(
    *, actor: Actor, organisation: SocialOrganisation, year: int, result: str, document: str = ""
) -> AnnualInspection:
    """Enter the result of the annual inspection for a year; a second one for the same year is refused."""
    may_keep_directory.require(actor, organisation)
    inspection = AnnualInspection(
        district=organisation.district,
        organisation=organisation,
        year=year,
        result=result,
        document=document,
    )
    if year > clock.today().year:
        raise ValidationError({"year": _("This year has not come yet.")})
    with transaction.atomic():
        change.add(inspection, actor=actor, verb="inspection.record", result=result)
        journal.record(
            actor=actor,
            verb="organisation.inspection",
            subject=organisation,
            data={"year": year, "result": result, "document": document},
        )
    return inspection


def record_credit(
    *,
    actor: Actor,
    organisation: SocialOrganisation,
    kind: str,
    reason: str,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    document: str = "",
) -> CreditRecord:
    """Enter an organisation in the abnormal or serious list, or a penalty; while it lasts it is barred."""
    may_keep_directory.require(actor, organisation)
    record = CreditRecord(
        district=organisation.district,
        organisation=organisation,
        kind=kind,
        reason=reason,
        valid_from=valid_from,
        valid_to=valid_to,
        document=document,
    )
    with transaction.atomic():
        change.add(record, actor=actor, verb="credit.record", kind=kind)
        journal.record(
            actor=actor,
            verb="organisation.credit",
            subject=organisation,
            reason=reason,
            data={"kind": kind, "valid_from": valid_from, "document": document},
        )
    return record


def end_credit(*, actor: Actor, record: CreditRecord, last_day: dt.date, reason: str) -> CreditRecord:
    """Take an organisation off a list: the entry stays readable and ends on `last_day`."""
    may_keep_directory.require(actor, record)
    if not reason.strip():
        raise Refused(_("Give a reason: it is kept with the record and shown to those concerned."))
    with transaction.atomic():
        change.edit(record, {"valid_to": last_day}, actor=actor, verb="credit.end", reason=reason)
        journal.record(
            actor=actor,
            verb="organisation.credit-ended",
            subject=record.organisation,
            reason=reason,
            data={"kind": record.kind, "valid_to": last_day},
        )
    return record


def _only(fields: dict[str, Any]) -> dict[str, Any]:
    if strange := sorted(set(fields) - ORGANISATION_FIELDS):
        raise TypeError(f"not to be edited here: {', '.join(strange)}")
    return fields


def _years_later(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, month=3, day=1)
