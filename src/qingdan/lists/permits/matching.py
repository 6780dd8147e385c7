"""Who may keep resources, match, plan, and publish the lists."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from qingdan.core.permits import Answer, Permit, permit
from qingdan.directory.permits import (
    is_bureau,
    is_community,
    is_finance,
    is_organisation,
    is_street,
    is_system,
)


@permit(_("This belongs to another district."))
def is_of_own_district(actor: Any, obj: Any) -> bool:
    return obj is None or getattr(actor, "district", None) == obj.district


def _covers(actor: Any, code: str) -> bool:
    return bool(hasattr(actor, "covers") and actor.covers(code))


@permit(_("The area of this resource lies outside your street or community."))
def _is_area_of_own_place(actor: Any, obj: Any) -> bool:
    return obj is None or _covers(actor, obj.area.code)


@permit(_("This need belongs to another street or community."))
def _is_need_of_own_place(actor: Any, obj: Any) -> bool:
    need = getattr(obj, "need", obj)
    return need is None or _covers(actor, need.place.code)


@permit(_("This resource belongs to another organisation."))
def _is_own_resource(actor: Any, obj: Any) -> bool:
    resource = getattr(obj, "resource", obj)
    return resource is None or (
        actor.organisation_id is not None and actor.organisation_id == resource.organisation_id
    )


is_place_officer = is_bureau | is_street | is_community
may_keep_resources = ((is_place_officer & _is_area_of_own_place) | is_system) & is_of_own_district
may_match = ((is_place_officer & _is_need_of_own_place) | is_system) & is_of_own_district


def _or_owner(permit_of_officers: Permit, name: str) -> Permit:
    """Officers, or the organisation that owns the resource; each is told the reason that concerns it."""
    owner = is_organisation & _is_own_resource & is_of_own_district

    def test(actor: Any, obj: Any) -> Answer:
        answer = permit_of_officers(actor, obj)
        return owner(actor, obj) if not answer and is_organisation(actor, None) else answer

    return Permit(name, test, permit_of_officers.why_not)


may_offer_resources = _or_owner(may_keep_resources, "may_offer_resources")
may_answer_orders = _or_owner(may_match, "may_answer_orders")
may_match_lists = (is_bureau | is_street | is_system) & is_of_own_district
may_keep_items = (is_bureau | is_system) & is_of_own_district
may_budget_items = (is_bureau | is_finance | is_system) & is_of_own_district
may_plan = (is_bureau | is_finance | is_system) & is_of_own_district
may_decide_plans = (is_bureau | is_system) & is_of_own_district
may_publish_lists = (is_bureau | is_system) & is_of_own_district
