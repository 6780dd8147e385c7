"""Who may, in the words of roles. Rooms combine these with their own: `can_issue = is_bureau & ~is_author`."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from qingdan.core.permits import Answer, No, Permit, Yes
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
