"""Accounts and roles. The system administrator makes accounts; two security administrators grant roles."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qingdan.core import clock, journal
from qingdan.core.actor import Actor, SystemActor
from qingdan.core.permits import Refused
from qingdan.directory.acts import changes as change
from qingdan.directory.lifecycle import GRANT
from qingdan.directory.models import (
    Account,
    Agency,
    GrantState,
    Language,
    Person,
    Place,
    RoleGrant,
    SocialOrganisation,
)
from qingdan.directory.permits import (
    is_system,
    keeps_administrators_apart,
    may_ask_for_grants,
    may_lock_accounts,
    may_make_accounts,
)
from qingdan.directory.roles import Role

SIGN_IN = "sign-in"


def create_account(
    *,
    actor: Actor,
    username: str,
    display_name: str,
    password: str | None = None,
    agency: Agency | None = None,
    organisation: SocialOrganisation | None = None,
    person: Person | None = None,
    language: str = Language.CHINESE,
    is_sample: bool = False,
) -> Account:
    """Make an account without any role. Without a password it cannot sign in until one is set.

    Raises ValidationError for a taken name or a weak password.
    """
    may_make_accounts.require(actor)
    account = Account(
        district=actor.district,
        username=Account.normalize_username(username),
        display_name=display_name,
        agency=agency,
        organisation=organisation,
        person=person,
        language=language,
        is_sample=is_sample,
    )
    if password is None:
        account.set_unusable_password()
    else:
        _check_password(password, account)
        account.set_password(password)
    change.add(account, actor=actor, verb="account.create", username=account.username)
    return account


def lock_account(*, actor: Actor, account: Account, reason: str) -> None:
    """Keep an account from signing in and from holding any role, at once; open sessions end with it."""
    may_lock_accounts.require(actor, account)
    _need_reason(reason)
    change.edit(account, {"is_active": False}, actor=actor, verb="account.lock", reason=reason)


def unlock_account(*, actor: Actor, account: Account, reason: str) -> None:
    may_lock_accounts.require(actor, account)
    _need_reason(reason)
    change.edit(account, {"is_active": True}, actor=actor, verb="account.unlock", reason=reason)


def set_password(*, actor: Actor, account: Account, password: str) -> None:
    """Give an account a new password: the system administrator for others, everyone for themselves."""
    if getattr(actor, "pk", None) != account.pk or not isinstance(actor, Account):
        may_make_accounts.require(actor, account)
    _check_password(password, account)
    with transaction.atomic():
        account.set_password(password)
        account.save(update_fields=["password"])
        journal.record(actor=actor, verb="account.password", subject=account)


def set_language(*, actor: Account, language: str) -> None:
    """Keep the language an account prefers. A preference, not a change of record: no journal entry."""
    if language in Language.values and language != actor.language:
        actor.language = language
        actor.save(update_fields=["language"])


def note_sign_in(*, account: Account) -> None:
    with transaction.atomic():
        journal.record(actor=account, verb="account.sign-in", subject=account)


def note_sign_out(*, account: Account) -> None:
    with transaction.atomic():
        journal.record(actor=account, verb="account.sign-out", subject=account)


def note_failed_sign_in(*, username: str, address: str, locked: bool = False) -> None:
    """Journal a failed sign-in on a known account; for unknown names django-axes keeps its own table."""
    account = Account.objects.filter(username=Account.normalize_username(username)).first()
    if account is None:
        return
    with transaction.atomic():
        journal.record(
            actor=SystemActor(SIGN_IN, account.district),
            verb="account.sign-in-locked" if locked else "account.sign-in-failed",
            subject=account,
            data={"address": address},
        )


# ── roles ───────────────────────────────────────────────────────────────────


def request_grant(
    *,
    actor: Account,
    account: Account,
    role: str,
    place: Place | None = None,
    organisation: SocialOrganisation | None = None,
    agency: Agency | None = None,
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    basis: str = "",
) -> RoleGrant:
    """Ask that an account be given a role. It is in force only once another security administrator approves.

    Raises `Refused` when it would join an administrator's role with another, ValidationError when a place or an
    organisation is missing.
    """
    grant = RoleGrant(
        district=account.district,
        account=account,
        role=role,
        place=place,
        organisation=organisation,
        agency=agency,
        valid_from=valid_from or clock.today(),
        valid_to=valid_to,
        basis=basis,
        granted_by=actor,
    )
    may_ask_for_grants.require(actor, grant)
    with transaction.atomic():
        # One request at a time for the human behind the account, so that two requests cannot pass each other.
        list(_accounts_of(account).select_for_update().values_list("pk", flat=True))
        keeps_administrators_apart.require(actor, grant)
        _check_grant(grant)
        GRANT.begin(grant, actor=actor, account=account.username, role=role, basis=basis)
    return grant


def approve_grant(*, actor: Account, grant: RoleGrant) -> None:
    GRANT.move(grant, "approve", actor=actor)
    grant.account.__dict__.pop("current_grants", None)


def decline_grant(*, actor: Account, grant: RoleGrant, reason: str) -> None:
    GRANT.move(grant, "decline", actor=actor, reason=reason)


def revoke_grant(*, actor: Account, grant: RoleGrant, reason: str) -> None:
    """End a role at once. One security administrator is enough: taking away never has to wait for a second."""
    GRANT.move(grant, "revoke", actor=actor, reason=reason)
    grant.account.__dict__.pop("current_grants", None)


def grant_role(*, actor: Account, approver: Account, **asked: Any) -> RoleGrant:
    """Ask and approve in one step, for loading samples: both people are held to the same permits."""
    with transaction.atomic():
        grant = request_grant(actor=actor, **asked)
        approve_grant(actor=approver, grant=grant)
    return grant


def found(
    *,
    actor: Actor,
    sys_admin: Account,
    sec_admins: Sequence[Account],
    audit_admin: Account,
    basis: str,
) -> list[RoleGrant]:
    """Appoint the first administrators of a district, once: nobody is there yet who could grant a role.

    One system administrator, at least two security administrators, one audit administrator, all different people.
    `basis` names the document that appoints them.
    """
    is_system.require(actor)
    if not basis.strip():
        raise Refused(_("Name the document that appoints the administrators."))
    if RoleGrant.objects.filter(district=actor.district, role=Role.SEC_ADMIN).exists():
        raise Refused(_("This district has its administrators: roles are granted by two of them."))
    appointed = [
        (sys_admin, Role.SYS_ADMIN),
        *((one, Role.SEC_ADMIN) for one in sec_admins),
        (audit_admin, Role.AUDIT_ADMIN),
    ]
    people = {f"person {a.person_id}" if a.person_id else f"account {a.pk}" for a, _role in appointed}
    if len(sec_admins) < 2 or len(people) < len(appointed):
        raise Refused(_("Name four or more different people: two of them security administrators."))
    grants = []
    with transaction.atomic():
        for account, role in appointed:
            grant = RoleGrant(
                district=actor.district,
                account=account,
                role=role,
                basis=basis,
                valid_from=clock.today(),
                state=GrantState.GRANTED,
                founding=True,
            )
            keeps_administrators_apart.require(actor, grant)
            _check_grant(grant)
            GRANT.begin(grant, actor=actor, account=account.username, role=role, basis=basis)
            account.__dict__.pop("current_grants", None)
            grants.append(grant)
    return grants


def _accounts_of(account: Account) -> Any:
    if account.person_id:
        return Account.objects.filter(person_id=account.person_id).order_by("pk")
    return Account.objects.filter(pk=account.pk)


def _check_grant(grant: RoleGrant) -> None:
    """Everything the database would refuse, as a message on the field where it belongs."""
    if grant.role == Role.STREET and (grant.place is None or grant.place.level != "STREET"):
        raise ValidationError({"place": _("Name the street for which the role is granted.")})
    if grant.role == Role.COMMUNITY and (grant.place is None or grant.place.level != "COMMUNITY"):
        raise ValidationError({"place": _("Name the community for which the role is granted.")})
    if grant.role == Role.ORGANISATION:
        if grant.organisation is None:
            raise ValidationError(
                {"organisation": _("Name the social organisation for which the role is granted.")}
            )
        if grant.account.organisation_id != grant.organisation.pk:
            raise ValidationError({"organisation": _("The account belongs to another organisation.")})
    for part in (grant.account, grant.place, grant.organisation, grant.agency):
        if part is not None and part.district != grant.district:
            raise ValidationError(_("Account, place and bodies must belong to the same district."))
    grant.full_clean()


def _check_password(password: str, account: Account) -> None:
    try:
        validate_password(password, account)
    except ValidationError as fault:
        raise ValidationError({"password": fault.messages}) from None


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(_("Give a reason: it is kept with the record and shown to those concerned."))
