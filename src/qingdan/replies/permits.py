"""Who may do what with proposals and letters."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from qingdan.core.permits import Permit, permit
from qingdan.directory.permits import is_auditor, is_bureau

__all__ = ["is_author", "is_bureau", "may_draft", "may_edit", "may_issue", "may_sign", "sees_drafts"]


@permit(_("This belongs to another district."))
def of_same_district(actor: Any, obj: Any) -> bool:
    return obj is None or getattr(actor, "district", "") == obj.district


@permit(_("Only the drafter may do this."))
def is_author(actor: Any, letter: Any) -> bool:
    return letter is None or getattr(actor, "actor_key", "") == letter.drafter_key


is_officer: Permit = is_bureau & of_same_district

# Two people make a letter: whoever drafted it does not sign it.
may_sign: Permit = is_officer & (~is_author).because(
    _("The drafter cannot sign the letter: another officer of the bureau signs.")
)
may_draft: Permit = is_officer
may_edit: Permit = is_officer
may_issue: Permit = is_officer
sees_drafts: Permit = is_bureau
sees_issued: Permit = is_bureau | is_auditor
