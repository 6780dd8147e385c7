"""Numbers about activities. Each kind of event is its own figure: a festival is not added to its parts."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from qingdan.activities.models import (
    Channel,
    Consultation,
    Event,
    EventKind,
    PartyBuildingRecord,
    Training,
    TrainingTopic,
)
from qingdan.core.figures import Count, Definition, Dimension, Distinct, Figure, Scope, declare


def _events(kind: EventKind) -> Callable[[Scope], QuerySet[Any]]:
    def records(scope: Scope) -> QuerySet[Any]:
        held = Event.objects.standing(scope.as_of).filter(district=scope.district, held_on__lte=scope.as_of)
        return held.filter(kind=kind)

    return records


CONFIRMED = _("From the day it is confirmed; a record withdrawn later counts until its withdrawal.")
EVENT_FIGURES = (
    ("activities.festivals", EventKind.FESTIVAL, _("public-benefit festivals"), "届", _("Festivals held.")),
    (
        "activities.publicity",
        EventKind.PUBLICITY,
        _("social-work publicity events"),
        "场",
        _("Publicity events of social work held, each day and place one event."),
    ),
    (
        "activities.service",
        EventKind.SERVICE,
        _("public-benefit service events"),
        "场",
        _("Service events held outside a project, each day and place one event."),
    ),
    (
        "activities.resource_fair",
        EventKind.RESOURCE_FAIR,
        _("resource-sharing fairs"),
        "场",
        _("Fairs held at which bodies offer resources to communities."),
    ),
    (
        "activities.party_events",
        EventKind.PARTY,
        _("party-member activities of social organisations"),
        "场",
        _("Activities held for party members in social organisations."),
    ),
)
for key, kind, name, unit, counts in EVENT_FIGURES:
    declare(
        Figure(
            key=key,
            name=name,
            unit=unit,
            records=_events(kind),
            measure=Count(),
            year_path="held_on__year",
            place_path="place__code",
            definition=Definition(
                counts=counts,
                excludes=_("Events planned and not held; sessions of bought services (see sessions held)."),
                moment=CONFIRMED,
                year=_("The year in which it was held."),
                adding=_("Other kinds of events: one may be part of another."),
            ),
        )
    )


def _trainings(scope: Scope) -> QuerySet[Any]:
    return Training.objects.standing(scope.as_of).filter(district=scope.district, held_on__lte=scope.as_of)


declare(
    Figure(
        key="activities.training",
        name=_("trainings held"),
        unit="场",
        records=_trainings,
        measure=Count(),
        dimensions=(Dimension("topic", _("topic"), "topic", lambda district: list(TrainingTopic.choices)),),
        year_path="held_on__year",
        place_path="place__code",
        definition=Definition(
            counts=_("Training sessions held, by topic."),
            excludes=_("Sessions announced and not held."),
            moment=CONFIRMED,
            year=_("The year in which it was held."),
        ),
    )
)


def _channels(scope: Scope) -> QuerySet[Any]:
    return Channel.objects.standing(scope.as_of).filter(
        Q(closed_on__isnull=True) | Q(closed_on__gt=scope.as_of),
        district=scope.district,
        opened_on__lte=scope.as_of,
    )


declare(
    Figure(
        key="activities.channels",
        name=_("information channels"),
        unit="个",
        records=_channels,
        measure=Count(),
        definition=Definition(
            counts=_("Channels open to the public on the day: public accounts, groups, sites."),
            excludes=_("Channels closed by then; internal chats."),
            moment=_("From opening until closing."),
        ),
    )
)


def _consultations(scope: Scope) -> QuerySet[Any]:
    return Consultation.objects.standing(scope.as_of).filter(
        district=scope.district, answered_on__lte=scope.as_of
    )


declare(
    Figure(
        key="activities.consultations",
        name=_("policy consultations"),
        unit="次",
        records=_consultations,
        measure=Count(),
        year_path="asked_on__year",
        definition=Definition(
            counts=_("Questions about policy that were answered, each question once."),
            excludes=_("Questions still open; calls that did not concern policy."),
            moment=CONFIRMED,
            year=_("The year in which it was asked."),
        ),
    )
)


def _helped(scope: Scope) -> QuerySet[Any]:
    return PartyBuildingRecord.objects.standing(scope.as_of).filter(
        district=scope.district, helped_on__lte=scope.as_of
    )


declare(
    Figure(
        key="activities.party_supported_organisations",
        name=_("organisations helped with party building"),
        unit="家",
        records=_helped,
        measure=Distinct("organisation"),
        year_path="helped_on__year",
        definition=Definition(
            counts=_("Community organisations that were helped with party building at least once."),
            identity=_("An organisation helped several times is counted once."),
            moment=CONFIRMED,
            year=_("The year of the help; over several years an organisation is still one."),
        ),
    )
)
