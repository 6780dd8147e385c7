"""Who may do what with proposals and letters."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from qingdan.core.permits import Permit, permit
from qingdan.directory.permits import is_auditor, is_bureau, is_system, role_permit
from qingdan.directory.roles import GOVERNMENT, Role

__all__ = [
    "handles_proposals",
    "is_author",
    "is_bureau",
    "may_check",
    "may_draft",
    "may_edit",
    "may_issue",
    "may_sign",
    "may_speak_for_agency",
    "sees_drafts",
]


@permit(_("This belongs to another district."))
def of_same_district(actor: Any, obj: Any) -> bool:
    return obj is None or getattr(actor, "district", "") == obj.district


@permit(_("Only the drafter may do this."))
def is_author(actor: Any, letter: Any) -> bool:
    return letter is None or getattr(actor, "actor_key", "") == letter.drafter_key


is_officer: Permit = is_bureau & of_same_district
may_receive: Permit = (is_bureau | is_system) & of_same_district


OFFICERS_OF_AGENCIES = _("Only an officer of an agency to which proposals are given may do this.")


@permit(OFFICERS_OF_AGENCIES)
def has_agency(actor: Any, obj: Any) -> bool:
    return getattr(actor, "agency_id", None) is not None


@permit(_("Only an officer of the agency it was assigned to may do this."))
def is_of_assigned_agency(actor: Any, assignment: Any) -> bool:
    return assignment is None or getattr(actor, "agency_id", None) == assignment.agency_id


# Whoever may be asked for a view; which proposals they see is the gate's matter.
handles_proposals: Permit = (
    role_permit("is_officer_of_agency", OFFICERS_OF_AGENCIES, *GOVERNMENT, Role.DEPARTMENT) & has_agency
)
# A view comes by the agency's own officer, or on paper, and then the bureau enters it.
may_speak_for_agency: Permit = is_officer | (handles_proposals & of_same_district & is_of_assigned_agency)


@permit(_("Only the checker may do this."))
def is_checker(actor: Any, letter: Any) -> bool:
    """Whoever made the last office check of the letter."""
    if letter is None:
        return True
    last = next(iter(letter.checks.all()), None)
    return last is not None and last.checked_key == getattr(actor, "actor_key", "")


# Three people make a letter, as on the sheet for outgoing papers (发文稿纸): drafter, checker, signer.
may_check: Permit = is_officer & (~is_author).because(
    _("The drafter cannot check the letter: another officer of the bureau does.")
)
may_sign: Permit = (
    is_officer
    & (~is_author).because(_("The drafter cannot sign the letter: another officer of the bureau signs."))
    & (~is_checker).because(_("The checker cannot sign the letter: another officer of the bureau signs."))
)
may_draft: Permit = is_officer
may_edit: Permit = is_officer
may_issue: Permit = is_officer & (~is_author).because(
    _("The drafter does not set the seal: another officer of the bureau numbers, seals and issues.")
)
sees_drafts: Permit = is_bureau
sees_issued: Permit = is_bureau | is_auditor
