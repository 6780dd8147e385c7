"""Events, trainings and channels are public; consultations and party building are for officers."""

from typing import Any

from django.db.models import Q, QuerySet

from qingdan.activities.models import Channel, Consultation, Event, PartyBuildingRecord, Training
from qingdan.directory.reach import reach
from qingdan.directory.roles import Role

CONFIRMED = Q(confirmed_at__isnull=False, withdrawn_at__isnull=True)
OFFICERS = (Role.STREET, Role.COMMUNITY, Role.EVALUATOR)


def events(actor: Any) -> QuerySet[Event]:
    return reach(Event, actor, place="place__code", organisation="organisation", public=CONFIRMED)


def trainings(actor: Any) -> QuerySet[Training]:
    return reach(Training, actor, place="place__code", public=CONFIRMED)


def channels(actor: Any) -> QuerySet[Channel]:
    return reach(Channel, actor, public=CONFIRMED)


def consultations(actor: Any) -> QuerySet[Consultation]:
    return reach(Consultation, actor, organisation="organisation", also=OFFICERS)


def party_building(actor: Any) -> QuerySet[PartyBuildingRecord]:
    return reach(PartyBuildingRecord, actor, organisation="organisation", also=OFFICERS)
