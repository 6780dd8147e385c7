"""Who enters services in the ledger, and who confirms them: never the same person."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from qingdan.core import journal
from qingdan.core.permits import permit
from qingdan.delivery.models import ServiceSession
from qingdan.directory.permits import is_bureau, is_community, is_organisation, is_street, is_system

ENTERED = "delivery.enter"


@permit(_("This belongs to another district."))
def _is_of_own_district(actor: Any, obj: Any) -> bool:
    return obj is None or obj.district == getattr(actor, "district", "")


@permit(_("This project is carried out by another organisation."))
def _is_own_project(actor: Any, session: ServiceSession | None) -> bool:
    return session is None or session.project.organisation_id == actor.organisation_id


@permit(_("This session was withdrawn; enter it under another number."))
def _is_not_withdrawn(actor: Any, session: ServiceSession | None) -> bool:
    return session is None or session.withdrawn_at is None


@permit(_("This session was held in another street or community."))
def _is_in_own_place(actor: Any, session: ServiceSession | None) -> bool:
    return session is None or actor.covers(session.place.code)


@permit(_("Somebody else confirms it: you entered lines of this session yourself."))
def _entered_by_others(actor: Any, session: ServiceSession | None) -> bool:
    if session is None:
        return True
    return not journal.history(session).filter(verb=ENTERED, actor_key=actor.actor_key).exists()


may_enter_services = (
    (
        (is_organisation & _is_own_project)
        | ((is_community | is_street) & _is_in_own_place)
        | is_bureau
        | is_system
    )
    & _is_of_own_district
    & _is_not_withdrawn
)
may_confirm_services = (
    (((is_community | is_street) & _is_in_own_place) | is_bureau | is_system)
    & _is_of_own_district
    & _entered_by_others
)
