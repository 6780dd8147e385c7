"""What each actor may see. One gate for pages, API, exports, search and files alike.

`visible_to(actor, Model)` answers for every noun of this room and for the journal; for whom no rule speaks it
answers with nothing. A stranger (`AnonymousUser`) sees what is public.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.models import Prefetch, Q, QuerySet

from qingdan.core.actor import SystemActor
from qingdan.core.clock import today
from qingdan.core.models import JournalEntry
from qingdan.directory.models import (
    Account,
    Agency,
    AnnualInspection,
    CreditRecord,
    OrganisationGrade,
    Person,
    Place,
    RegistrationKind,
    RoleGrant,
    SocialOrganisation,
)
from qingdan.directory.roles import ADMINISTRATORS, PLACE_BOUND, Role

Gate = Callable[[Any], QuerySet[Any]]

# Who sees organisations that are still being founded, too.
_INSIDE = (
    Role.COMMUNITY,
    Role.STREET,
    Role.BUREAU,
    Role.FINANCE,
    Role.AUDITOR,
    Role.EXPERT,
    Role.EVALUATOR,
)


def _is_system(actor: Any) -> bool:
    return isinstance(actor, SystemActor)


def _holds(actor: Any, *roles: str) -> bool:
    return hasattr(actor, "holds") and bool(actor.holds(*roles))


def _of_district(model: type[models.Model], actor: Any) -> QuerySet[Any]:
    """All of a kind in the actor's district; a stranger has none, so public records of every district show."""
    found = model._default_manager.all()
    district = getattr(actor, "district", "")
    return found.filter(district=district) if district else found


def places(actor: Any) -> QuerySet[Place]:
    """Places are public."""
    return _of_district(Place, actor)


def agencies(actor: Any) -> QuerySet[Agency]:
    """Public bodies are public."""
    return _of_district(Agency, actor)


def _public_or_own(actor: Any, path: str = "") -> Q:
    """Organisations that are public (registered or filed), and one's own."""
    public = Q(**{f"{path}registration_kind__in": [RegistrationKind.REGISTERED, RegistrationKind.FILED]})
    own = getattr(actor, "organisation_id", None)
    return public | Q(**{f"{path}pk": own}) if own and _holds(actor, Role.ORGANISATION) else public


def organisations(actor: Any) -> QuerySet[SocialOrganisation]:
    """Everyone sees registered and filed organisations; officers and reviewers also those being founded."""
    found = _of_district(SocialOrganisation, actor)
    if _is_system(actor) or _holds(actor, *_INSIDE):
        return found
    return found.filter(_public_or_own(actor))


def _of_organisations(model: type[models.Model]) -> Gate:
    def gate(actor: Any) -> QuerySet[Any]:
        """Grades, inspections and credit records are public with their organisation."""
        found = _of_district(model, actor)
        if _is_system(actor) or _holds(actor, *_INSIDE):
            return found
        return found.filter(_public_or_own(actor, "organisation__"))

    return gate


grades = _of_organisations(OrganisationGrade)
inspections = _of_organisations(AnnualInspection)
credit_records = _of_organisations(CreditRecord)


def people(actor: Any) -> QuerySet[Person]:
    """The bureau sees the district's people, a street or community officer those of the place, others themselves."""
    found = _of_district(Person, actor)
    if _is_system(actor) or _holds(actor, Role.BUREAU):
        return found
    condition = Q(pk__in=[])
    for grant in getattr(actor, "current_grants", []):
        if grant.role in PLACE_BOUND and grant.place is not None:
            condition |= Q(community__code__startswith=grant.place.code)
    if getattr(actor, "person_id", None) and not _holds(actor, *ADMINISTRATORS):
        condition |= Q(pk=actor.person_id)
    return found.filter(condition)


def accounts(actor: Any) -> QuerySet[Account]:
    """The three administrators see all accounts of the district, everyone else their own."""
    if _is_system(actor) or _holds(actor, *ADMINISTRATORS):
        return _of_district(Account, actor)
    return Account.objects.filter(pk=actor.pk) if isinstance(actor, Account) else Account.objects.none()


def grants(actor: Any) -> QuerySet[RoleGrant]:
    """As with accounts."""
    if _is_system(actor) or _holds(actor, *ADMINISTRATORS):
        return _of_district(RoleGrant, actor)
    if isinstance(actor, Account):
        return RoleGrant.objects.filter(account_id=actor.pk)
    return RoleGrant.objects.none()


def journal(actor: Any) -> QuerySet[JournalEntry]:
    """The journal as a whole is the audit administrator's; a record's own history is shown with the record."""
    if _is_system(actor) or _holds(actor, Role.AUDIT_ADMIN):
        return _of_district(JournalEntry, actor)
    return JournalEntry.objects.none()


GATES: dict[type[models.Model], Gate] = {
    Place: places,
    Agency: agencies,
    SocialOrganisation: organisations,
    OrganisationGrade: grades,
    AnnualInspection: inspections,
    CreditRecord: credit_records,
    Person: people,
    Account: accounts,
    RoleGrant: grants,
    JournalEntry: journal,
}


def visible_to(actor: Any, model: type[models.Model]) -> QuerySet[Any]:
    """The records of `model` that `actor` may see."""
    return GATES[model](actor)


# ── look-ups that other rooms need ──────────────────────────────────────────


def streets(district: str, day: dt.date | None = None) -> QuerySet[Place]:
    """The district's streets as they stood on a day, today if none is given."""
    found: QuerySet[Place] = Place.objects.filter(district=district, level="STREET").valid_on(day or today())
    return found


def communities(district: str, day: dt.date | None = None, street: str = "") -> QuerySet[Place]:
    """The district's communities as they stood on a day, perhaps of one street (nine digits)."""
    found: QuerySet[Place] = Place.objects.filter(
        district=district, level="COMMUNITY", code__startswith=street
    )
    return found.valid_on(day or today())  # type: ignore[attr-defined]  # the manager's query set has it


def with_standing(found: QuerySet[SocialOrganisation], day: dt.date) -> QuerySet[SocialOrganisation]:
    """Organisations with what a list shows of their standing on a day, in three more queries at most.

    Sets `standing_grades` (in force), `standing_credit` (in force) and `standing_inspections` (latest first).
    """
    return found.select_related("place", "place__parent").prefetch_related(
        Prefetch("grades", OrganisationGrade.objects.valid_on(day), to_attr="standing_grades"),
        Prefetch("credit_records", CreditRecord.objects.valid_on(day), to_attr="standing_credit"),
        Prefetch("inspections", AnnualInspection.objects.order_by("-year"), to_attr="standing_inspections"),
    )


def live_grants(account: Account, day: dt.date) -> QuerySet[RoleGrant]:
    """Grants asked for or in force for the human behind an account, and not over by `day`.

    Accounts that name the same person count together: a second account is no second pair of hands.
    """
    mine = Q(account=account)
    if account.person_id:
        mine |= Q(account__person_id=account.person_id)
    found: QuerySet[RoleGrant] = RoleGrant.objects.filter(mine, state__in=["REQUESTED", "GRANTED"])
    return found.exclude(valid_to__lt=day)
