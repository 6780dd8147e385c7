"""Who may report, verify, publish and merge needs, and who sees the person behind one."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from qingdan.core import clock
from qingdan.core.permits import Answer, No, Permit, Yes, anyone, permit
from qingdan.directory.models import PlaceLevel
from qingdan.directory.permits import (
    is_bureau,
    is_community,
    is_staff_of_government,
    is_street,
    is_system,
    role_permit,
)
from qingdan.directory.roles import Role
from qingdan.lists.models import HOLDING, ItemState, NeedMerge, NeedState


@dataclass(frozen=True)
class Visitor:
    """Somebody on the public pages who has not signed in. The journal keeps no trace of who it was."""

    district: str
    actor_key: str = "visitor"
    actor_label: str = "居民（公开页面）"


@permit(_("This need belongs to another place."))
def _is_of_own_place(actor: Any, need: Any) -> bool:
    return need is None or (need.district == actor.district and actor.covers(need.place.code))


@permit(_("This need belongs to another district."))
def _is_of_own_district(actor: Any, need: Any) -> bool:
    return need is None or need.district == getattr(actor, "district", "")


@permit(_("The community verifies this need first."))
def _is_of_the_street_itself(actor: Any, need: Any) -> bool:
    return need is None or need.place.level != PlaceLevel.COMMUNITY


_here = _is_of_own_district
may_report: Permit = anyone
may_register = role_permit(
    "may_register",
    _("Only officers of a community, a street or the bureau register needs for others."),
    Role.COMMUNITY,
    Role.STREET,
    Role.BUREAU,
)
may_verify = (
    (is_community & _is_of_own_place)
    | (is_street & _is_of_own_place & _is_of_the_street_itself)
    | (is_system & _here)
)
may_confirm = (is_street & _is_of_own_place) | (is_system & _here)
may_publish = may_confirm | (is_bureau & _here)
may_run = may_publish
may_rate = (is_community & _is_of_own_place) | may_confirm
may_import = may_register | is_system
may_keep_systems = is_bureau


@permit(_("Only the community or the street that verifies it now may do this."))
def may_turn_back(actor: Any, need: Any) -> Answer:
    """Whoever has to verify the need now may also return or reject it."""
    if need is None:
        return is_staff_of_government(actor, None)
    if need.state == NeedState.SUBMITTED:
        first = may_verify(actor, need)
        return first if first else may_confirm(actor, need)
    return may_confirm(actor, need)


may_merge = (is_community & _is_of_own_place) | may_confirm


@permit(_("Only the community and the street of the place see who reported it."))
def may_see_reporter(actor: Any, need: Any) -> bool:
    """Personal details stay with the place: not the bureau, not finance, not the auditors."""
    return bool(
        getattr(actor, "is_authenticated", False)
        and hasattr(actor, "holds")
        and actor.holds(Role.COMMUNITY, Role.STREET)
        and need.district == actor.district
        and any(
            need.place.code.startswith(grant.place.code)
            for grant in actor.current_grants
            if grant.place is not None and grant.role in (Role.COMMUNITY, Role.STREET)
        )
    )


@permit(_("Only the person who reported it may do this."))
def is_reporter(actor: Any, need: Any) -> bool:
    reporter = getattr(need, "reporter", None)
    return bool(reporter and reporter.account_id and reporter.account_id == getattr(actor, "pk", None))


@permit(_("Only its author submits a draft."))
def is_author(actor: Any, need: Any) -> bool:
    return bool(need.filed_by and need.filed_by == getattr(actor, "actor_key", ""))


may_complete = may_merge  # the reporter does it on the tracking page
may_revise = may_merge | (is_bureau & _here)


# ── readiness ──


@permit(_("The text still names or points to a person: revise it first."))
def is_publishable(actor: Any, need: Any) -> bool:
    return not need.is_personal


@permit(_("Not rated yet; the community can ask the resident."))
def is_rated(actor: Any, need: Any) -> bool:
    return need.rating is not None


@permit(
    _("A contract was signed for it: a need under contract can only be changed or ended with the contract.")
)
def is_not_contracted(actor: Any, need: Any) -> bool:
    return not need.purchase_items.filter(state__in=[ItemState.CONTRACTED, ItemState.RUNNING]).exists()


@permit(_("An order stands for it: cancel the order first, then its need is open again."))
def has_no_order(actor: Any, need: Any) -> bool:
    return not need.matches.filter(state__in=HOLDING).exists()


def standing_merge(need: Any) -> NeedMerge | None:
    return NeedMerge.objects.filter(need=need, undone_on__isnull=True).first()


def was(state: str) -> Permit:
    """Whether the need was in this state before it was merged."""

    def test(actor: Any, need: Any) -> Answer:
        merge = standing_merge(need)
        return Yes() if merge and merge.state_before == state else No(_("It was in another state before."))

    return Permit(f"was_{state.lower()}", test, "")


@permit(_("The time to part them has passed."))
def can_still_part(actor: Any, need: Any) -> bool:
    merge = standing_merge(need)
    return bool(merge and clock.today() <= merge.undo_until)
