"""Pages of activities: one overview, five lists, one record page for each kind."""

from typing import Any

from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.activities import queries
from qingdan.activities.models import (
    Channel,
    Consultation,
    Event,
    EventKind,
    PartyBuildingRecord,
    Training,
    TrainingTopic,
)
from qingdan.core import access, clock, figures
from qingdan.core.columns import Column
from qingdan.core.filters import ChoiceFilter, YearFilter
from qingdan.core.gate import page, public
from qingdan.core.listing import Listing, register_rows
from qingdan.core.pieces import Fact
from qingdan.core.records import record_context
from qingdan.directory.permits import signed_in

CONFIRMED = Column("confirmed_at", _("confirmed at"), kind="moment", sort=True, hidden=True)
EVENT_COLUMNS = (
    Column("held_on", _("held on"), kind="date", sort=True),
    Column("title", _("event"), kind="title", link=True, fixed=True),
    Column("kind", _("kind"), kind="choice", sort=True),
    Column("place", _("place"), value="place__local_full_name", sort="place__code"),
    Column("organisation", _("carried out by"), value="organisation__name"),
    Column("attendance", _("attendance (person-times)"), kind="number", sort=True),
    CONFIRMED,
)
TRAINING_COLUMNS = (
    Column("held_on", _("held on"), kind="date", sort=True),
    Column("title", _("training"), kind="title", link=True, fixed=True),
    Column("topic", _("topic"), kind="choice", sort=True),
    Column("hours", _("hours"), kind="number"),
    Column("attendance", _("attendance (person-times)"), kind="number", sort=True),
    CONFIRMED,
)
CHANNEL_COLUMNS = (
    Column("name", _("information channel"), kind="title", link=True, fixed=True),
    Column("kind", _("kind"), kind="choice"),
    Column("opened_on", _("opened on"), kind="date", sort=True),
    Column("closed_on", _("closed on"), kind="date"),
)
CONSULTATION_COLUMNS = (
    Column("asked_on", _("asked on"), kind="date", sort=True),
    Column("question", _("question"), kind="title", link=True, fixed=True),
    Column("way", _("way"), kind="choice"),
    Column("organisation", _("asked by"), value="organisation__name"),
    Column("answered_on", _("answered on"), kind="date", sort=True),
)
PARTY_COLUMNS = (
    Column("helped_on", _("helped on"), kind="date", sort=True),
    Column(
        "organisation",
        _("organisation"),
        value="organisation__name",
        kind="title",
        link=True,
        sort="organisation__name",
        fixed=True,
    ),
    Column("kind", _("kind"), kind="choice"),
    Column("note", _("note")),
)
register_rows(Event, EVENT_COLUMNS)
register_rows(Training, TRAINING_COLUMNS)
register_rows(Channel, CHANNEL_COLUMNS)
register_rows(Consultation, CONSULTATION_COLUMNS)
register_rows(PartyBuildingRecord, PARTY_COLUMNS)
access.register(Event, queries.events, search=("title",))
access.register(Training, queries.trainings, search=("title",))
access.register(Channel, queries.channels, search=("name",))
access.register(Consultation, queries.consultations, search=("question",))
access.register(
    PartyBuildingRecord, queries.party_building, search=("organisation__name",), related=("organisation",)
)

EVENTS = Listing(
    key="events",
    title=_("Events"),
    records=lambda actor: queries.events(actor).select_related("place__parent", "organisation"),
    columns=EVENT_COLUMNS,
    search=("title",),
    filters=(
        ChoiceFilter("kind", _("kind"), "kind", EventKind),
        YearFilter("year", _("year"), "held_on__year"),
    ),
    order=("-held_on",),
)
TRAININGS = Listing(
    key="trainings",
    title=_("Trainings"),
    records=queries.trainings,
    columns=TRAINING_COLUMNS,
    search=("title",),
    filters=(
        ChoiceFilter("topic", _("topic"), "topic", TrainingTopic),
        YearFilter("year", _("year"), "held_on__year"),
    ),
    order=("-held_on",),
)
CHANNELS = Listing(
    key="channels",
    title=_("Information channels"),
    records=queries.channels,
    columns=CHANNEL_COLUMNS,
    search=("name",),
    order=("opened_on",),
)
CONSULTATIONS = Listing(
    key="consultations",
    title=_("Policy consultations"),
    records=lambda actor: queries.consultations(actor).select_related("organisation"),
    columns=CONSULTATION_COLUMNS,
    search=("question", "organisation__name"),
    filters=(
        ChoiceFilter("way", _("way"), "way", Consultation.Way),
        YearFilter("year", _("year"), "asked_on__year"),
    ),
    order=("-asked_on",),
)
PARTY_BUILDING = Listing(
    key="party-building",
    title=_("Party building in organisations"),
    records=lambda actor: queries.party_building(actor).select_related("organisation"),
    columns=PARTY_COLUMNS,
    search=("organisation__name",),
    filters=(ChoiceFilter("kind", _("kind"), "kind", PartyBuildingRecord.Kind),),
    order=("-helped_on",),
)


@public
def overview(request: HttpRequest) -> HttpResponse:
    """What the programmes set in motion, each number a door to its records."""
    district = getattr(request.user, "district", "") or settings.DISTRICT
    scope = figures.Scope(district, clock.today())
    keys: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("activities.festivals", "events", {"kind": EventKind.FESTIVAL}),
        ("activities.publicity", "events", {"kind": EventKind.PUBLICITY}),
        ("activities.service", "events", {"kind": EventKind.SERVICE}),
        ("activities.resource_fair", "events", {"kind": EventKind.RESOURCE_FAIR}),
        ("activities.training", "trainings", {}),
        ("activities.channels", "channels", {}),
        ("activities.consultations", "consultations", {}),
        ("activities.party_supported_organisations", "party-building", {}),
        ("activities.party_events", "events", {"kind": EventKind.PARTY}),
    )
    rows = []
    for key, url, query in keys:
        figure = figures.get(key)
        address = reverse(url) + ("?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else "")
        rows.append({"figure": figure, "value": figure.read(scope), "url": address})
    return render(request, "activities/overview.html", {"rows": rows, "as_of": scope.as_of})


@public
def events(request: HttpRequest) -> HttpResponseBase:
    return EVENTS.response(request)


@public
def trainings(request: HttpRequest) -> HttpResponseBase:
    return TRAININGS.response(request)


@public
def channels(request: HttpRequest) -> HttpResponseBase:
    return CHANNELS.response(request)


@page(signed_in)
def consultations(request: HttpRequest) -> HttpResponseBase:
    return CONSULTATIONS.response(request)


@page(signed_in)
def party_building(request: HttpRequest) -> HttpResponseBase:
    return PARTY_BUILDING.response(request)


def _record(request: HttpRequest, model: type[Model], pk: int, listing: Listing) -> HttpResponse:
    """All five kinds are plain facts: the columns of their list, and who confirmed them when."""
    found: Any = access.get_visible_or_404(model, request.user, pk=pk)
    facts = [
        Fact(column.label, column.cell(found).html) for column in listing.columns if column is not CONFIRMED
    ]
    facts += [
        Fact(_("part of"), getattr(found, "parent", None)),
        Fact(_("confirmed at"), found.confirmed_at, "moment"),
        Fact(_("confirmed by"), found.confirmed_by),
        Fact(_("withdrawn at"), found.withdrawn_at, "moment"),
        Fact(_("reason of withdrawal"), found.withdrawn_reason),
    ]
    context = record_context(
        found,
        request.user,
        crumbs=[(_("Activities"), reverse("activities")), (listing.title, reverse(listing.key))],
        facts=facts,
    )
    return render(request, "record.html", context)


@public
def event(request: HttpRequest, pk: int) -> HttpResponse:
    return _record(request, Event, pk, EVENTS)


@public
def training(request: HttpRequest, pk: int) -> HttpResponse:
    return _record(request, Training, pk, TRAININGS)


@public
def channel(request: HttpRequest, pk: int) -> HttpResponse:
    return _record(request, Channel, pk, CHANNELS)


@page(signed_in)
def consultation(request: HttpRequest, pk: int) -> HttpResponse:
    return _record(request, Consultation, pk, CONSULTATIONS)


@page(signed_in)
def party_building_record(request: HttpRequest, pk: int) -> HttpResponse:
    return _record(request, PartyBuildingRecord, pk, PARTY_BUILDING)
