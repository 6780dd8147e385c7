"""Who may do what with policy documents."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from qingdan.core.permits import Permit, anyone, permit
from qingdan.directory.permits import is_bureau, is_staff_of_government, is_system

__all__ = ["may_comment", "may_keep", "sees_drafts"]


@permit(_("This belongs to another district."))
def of_same_district(actor: Any, obj: Any) -> bool:
    return obj is None or getattr(actor, "district", "") == obj.district


# The bureau drafts, records what other offices answer, and issues. The system acts for samples and schedules.
may_keep: Permit = (is_bureau | is_system).because(_("Only the civil affairs bureau may do this.")) & (
    of_same_district
)
may_comment: Permit = anyone
sees_drafts: Permit = is_staff_of_government
