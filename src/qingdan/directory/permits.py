"""Who may, in the words of roles. Rooms combine these with their own: `can_issue = is_bureau & ~is_author`."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from qingdan.core.actor import SystemActor
from qingdan.core.clock import today
from qingdan.core.permits import Answer, No, Permit, Yes, permit
from qingdan.directory import queries
from qingdan.directory.roles import ADMINISTRATORS, GOVERNMENT, Role

SIGN_IN_FIRST = _("Sign in first.")


def _is_signed_in(actor: Any) -> bool:
    return bool(getattr(actor, "is_authenticated", False)) and hasattr(actor, "holds")


def role_permit(name: str, why_not: Any, *roles: str) -> Permit:
    """A permit for whoever holds one of `roles` today; strangers are told to sign in."""

    def test(actor: Any, obj: Any) -> Answer:
        if not _is_signed_in(actor):
            return No(SIGN_IN_FIRST)
        return Yes() if actor.holds(*roles) else No(why_not)

    return Permit(name, test, why_not)


signed_in = Permit("signed_in", lambda actor, obj: _is_signed_in(actor), SIGN_IN_FIRST)
is_resident = role_permit("is_resident", _("Only a resident may do this."), Role.RESIDENT)
is_community = role_permit("is_community", _("Only a community officer may do this."), Role.COMMUNITY)
is_street = role_permit("is_street", _("Only a street officer may do this."), Role.STREET)
is_bureau = role_permit("is_bureau", _("Only the civil affairs bureau may do this."), Role.BUREAU)
is_finance = role_permit("is_finance", _("Only a finance officer may do this."), Role.FINANCE)
is_department = role_permit(
    "is_department", _("Only an officer of another department may do this."), Role.DEPARTMENT
)
is_organisation = role_permit(
    "is_organisation", _("Only a social organisation may do this."), Role.ORGANISATION
)
is_expert = role_permit("is_expert", _("Only a review expert may do this."), Role.EXPERT)
is_evaluator = role_permit("is_evaluator", _("Only a third-party evaluator may do this."), Role.EVALUATOR)
is_auditor = role_permit("is_auditor", _("Only an auditor may do this."), Role.AUDITOR)
is_sys_admin = role_permit("is_sys_admin", _("Only the system administrator may do this."), Role.SYS_ADMIN)
is_sec_admin = role_permit("is_sec_admin", _("Only the security administrator may do this."), Role.SEC_ADMIN)
is_audit_admin = role_permit(
    "is_audit_admin", _("Only the audit administrator may do this."), Role.AUDIT_ADMIN
)
is_staff_of_government = role_permit(
    "is_staff_of_government",
    _("Only an officer of a community, a street, the bureau or finance may do this."),
    *GOVERNMENT,
)
is_administrator = role_permit(
    "is_administrator", _("Only one of the three administrators may do this."), *ADMINISTRATORS
)


def _system(actor: Any, obj: Any) -> Answer:
    if isinstance(actor, SystemActor):
        return Yes()
    return No(_("Only the system may do this.")) if _is_signed_in(actor) else No(SIGN_IN_FIRST)


# The system itself acts in commands and schedules; no request ever carries such an actor.
is_system = Permit("is_system", _system, SIGN_IN_FIRST)


# Conditions on an object, asked only after one of the permits above has said yes.


@permit(_("You may only act for your own district."))
def _is_of_same_district(actor: Any, obj: Any) -> bool:
    return obj is None or getattr(actor, "district", None) == obj.district


# ── places, agencies, organisations ──

may_keep_directory = (is_bureau | is_system) & _is_of_same_district
may_keep_agencies = (is_bureau | is_sys_admin | is_system) & _is_of_same_district


@permit(_("Only the organisation itself or the bureau may change these details."))
def _is_own_organisation(actor: Any, obj: Any) -> bool:
    return obj is None or actor.organisation_id == obj.pk


may_edit_contacts = may_keep_directory | (is_organisation & _is_own_organisation)

# ── people ──

may_see_people = role_permit(
    "may_see_people",
    _("Only officers of the bureau, a street or a community see personal records."),
    "COMMUNITY",
    "STREET",
    "BUREAU",
)


@permit(_("This person belongs to another place."))
def _is_person_of_own_place(actor: Any, obj: Any) -> bool:
    return obj is None or actor.holds(Role.BUREAU) or bool(obj.community and actor.covers(obj.community.code))


may_keep_people = is_system | (may_see_people & _is_of_same_district & _is_person_of_own_place)


@permit(_("The number of a child under 14 is shown to the bureau only."))
def _is_no_child_or_bureau(actor: Any, obj: Any) -> bool:
    return obj is None or not obj.is_child_on(today()) or actor.holds(Role.BUREAU)


may_reveal_resident_id = (
    may_see_people & _is_of_same_district & _is_person_of_own_place & _is_no_child_or_bureau
)

# ── accounts and roles ──

may_see_accounts = is_administrator
may_make_accounts = (is_sys_admin | is_system) & _is_of_same_district


@permit(_("You cannot do this to your own account."))
def _is_not_oneself(actor: Any, obj: Any) -> bool:
    return obj is None or obj.pk != getattr(actor, "pk", None)


may_lock_accounts = may_make_accounts & _is_not_oneself


@permit(_("Nobody grants a role to their own account."))
def _is_not_the_grantee(actor: Any, obj: Any) -> bool:
    if obj is None:
        return True
    mine = {getattr(actor, "pk", None)}
    if actor.person_id and obj.account.person_id == actor.person_id:
        return False
    return obj.account_id not in mine


@permit(_("Another security administrator must decide this: a grant needs two people."))
def _is_another_than_who_asked(actor: Any, obj: Any) -> bool:
    if obj is None or obj.granted_by is None:
        return True
    if actor.person_id and obj.granted_by.person_id == actor.person_id:
        return False
    return bool(obj.granted_by_id != actor.pk)


may_ask_for_grants = is_sec_admin & _is_of_same_district & _is_not_the_grantee
may_decide_grants = may_ask_for_grants & _is_another_than_who_asked

ADMINISTRATOR_ALONE = _(
    "This account holds, or is asked to hold, another role. An administrator holds nothing else."
)
ALREADY_ADMINISTRATOR = _("This account belongs to one of the three administrators, who hold no other role.")


@permit(ADMINISTRATOR_ALONE)
def keeps_administrators_apart(actor: Any, obj: Any) -> Answer:
    """Whether the grant `obj` leaves the three administrators apart from each other and from all other roles."""
    others = queries.live_grants(obj.account, today())
    roles = set(others.exclude(pk=obj.pk).values_list("role", flat=True))
    if obj.role in ADMINISTRATORS:
        return No(ADMINISTRATOR_ALONE) if roles else Yes()
    return No(ALREADY_ADMINISTRATOR) if roles & ADMINISTRATORS else Yes()


@permit(_("Two security administrators must remain, or no role could be granted any more."))
def leaves_two_sec_admins(actor: Any, obj: Any) -> bool:
    if obj.role != Role.SEC_ADMIN:
        return True
    held = type(obj).objects.filter(
        district=obj.district, role=Role.SEC_ADMIN, state="GRANTED", account__is_active=True
    )
    return bool(held.valid_on(today()).exclude(pk=obj.pk).count() >= 2)
