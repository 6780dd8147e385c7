"""Who may keep resources, match, plan, and publish the lists."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from qingdan.core.permits import permit
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
may_keep_resources = (is_system | (is_place_officer & _is_area_of_own_place)) & is_of_own_district
may_offer_resources = may_keep_resources | (is_organisation & _is_own_resource & is_of_own_district)
may_match = (is_system | (is_place_officer & _is_need_of_own_place)) & is_of_own_district
may_answer_orders = may_match | (is_organisation & _is_own_resource & is_of_own_district)
may_match_lists = (is_system | is_bureau | is_street) & is_of_own_district
may_keep_items = (is_system | is_bureau) & is_of_own_district
may_budget_items = (is_system | is_bureau | is_finance) & is_of_own_district
may_plan = (is_system | is_bureau | is_finance) & is_of_own_district
may_decide_plans = (is_system | is_bureau) & is_of_own_district
may_publish_lists = (is_system | is_bureau) & is_of_own_district
