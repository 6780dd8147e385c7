"""Places and agencies: lists, records, forms."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core import access, clock
from qingdan.core.filters import Filter
from qingdan.core.gate import page, public
from qingdan.core.listing import Button, ChoiceFilter, Column, Listing, PlaceFilter, View
from qingdan.core.pieces import Fact
from qingdan.core.records import record_context
from qingdan.directory import acts, queries
from qingdan.directory.forms import AgencyForm, NewAgencyForm, NewPlaceForm, PlaceForm
from qingdan.directory.models import Agency, AgencyKind, Place, PlaceLevel, valid_on
from qingdan.directory.pages.frame import actor_of, form_page, frame_of
from qingdan.directory.permits import may_keep_agencies, may_keep_directory


@dataclass(frozen=True)
class ValidFilter(Filter):
    """What was valid at the end of a year."""

    first: int = 2018

    def options(self, actor: Any) -> list[tuple[str, Any]]:
        return [(str(year), str(year)) for year in range(clock.today().year, self.first - 1, -1)]

    def where(self, value: str) -> Q:
        return valid_on(dt.date(int(value), 12, 31))


def street_choices(actor: Any) -> list[tuple[str, str]]:
    """Today's streets of the actor's district."""
    found = queries.places(actor).filter(valid_on(clock.today()), level=PlaceLevel.STREET).order_by("code")
    return [(place.code, place.local_name) for place in found]


def _places(actor: Any) -> QuerySet[Place]:
    return queries.places(actor).select_related("parent").annotate(within=Count("parts", distinct=True))


PLACES = Listing(
    key="places",
    title=_("Places"),
    note=_("Streets and communities with their statistical codes; what holds on a day is asked by its date"),
    records=_places,
    columns=(
        Column("code", _("Code"), kind="code", sort=True, fixed=True),
        Column("name", _("Name"), kind="title", value="local_name", link=True, sort="name", fixed=True),
        Column("english_name", _("English name"), hidden=True),
        Column("level", _("Level"), kind="choice"),
        Column(
            "parent",
            _("Part of"),
            value=lambda place: place.parent and place.parent.local_name,
            sort="parent__code",
        ),
        Column("within", _("Places within"), kind="number", sort=True),
        Column("valid_from", _("Valid from"), kind="date", sort=True),
        Column("valid_to", _("Valid to"), kind="date", sort=True),
        Column("is_sample", _("sample"), kind="flag"),
        Column("source", _("Source"), hidden=True),
    ),
    search=("code", "name", "short_name", "english_name"),
    search_hint=_("Code or name"),
    filters=(
        ChoiceFilter("level", _("Level"), "level", choices=PlaceLevel),
        PlaceFilter("street", _("Street"), "code", choices=street_choices),
        ValidFilter("year", _("Valid at the end of"), "valid_from"),
    ),
    views=(
        View("now", _("valid today"), lambda actor: valid_on(clock.today())),
        View("streets", _("streets"), lambda actor: Q(level=PlaceLevel.STREET)),
    ),
    order=("code",),
    buttons=(Button(_("Enter a place"), "place-new", may=may_keep_directory, icon="plus", primary=True),),
    empty=_("Enter the district and its streets first."),
)


@public
def places(request: HttpRequest) -> HttpResponseBase:
    return PLACES.response(request, frame=frame_of(request))


@public
def place(request: HttpRequest, code: str) -> HttpResponse:
    record = access.get_visible_or_404(Place, request.user, code=code)
    parts = queries.places(request.user).filter(parent=record).order_by("code")
    agencies = queries.agencies(request.user).filter(place=record)
    organisations = queries.organisations(request.user).filter(place__code__startswith=record.code)
    above = record.parent
    context = record_context(
        record,
        request.user,
        title=record.local_name,
        number=record.code,
        crumbs=[
            (_("Places"), reverse("places")),
            *([(above.local_name, above.get_absolute_url())] if above else []),
        ],
        line=[record.get_level_display(), _("sample") if record.is_sample else "", *_validity(record)],
        facts=[
            Fact(_("Name"), record.name),
            Fact(_("English name"), record.english_name),
            Fact(
                _("Part of"), above.full_name if above else "", url=above.get_absolute_url() if above else ""
            ),
            Fact(_("Valid from"), record.valid_from, kind="date"),
            Fact(_("Valid to"), record.valid_to, kind="date"),
            Fact(_("Source"), record.source),
            Fact(
                _("Social organisations"),
                organisations.count(),
                kind="number",
                url=f"{reverse('organisations')}?place={record.code}"
                if record.street_code
                else reverse("organisations"),
            ),
        ],
        history=request.user.is_authenticated,
        parts=parts,
        agencies=agencies,
        may_edit=may_keep_directory(request.user, record),
        frame=frame_of(request),
    )
    return render(request, "directory/place.html", context)


def _validity(record: Place) -> list[Any]:
    today = clock.today()
    if record.is_valid_on(today):
        return [_("valid today")]
    return [_("not valid today")]


@page(may_keep_directory)
def place_new(request: HttpRequest) -> HttpResponse:
    form = NewPlaceForm(request.POST or None, actor=actor_of(request))
    back = reverse("places")
    return form_page(
        request,
        form,
        lambda: acts.add_place(actor=actor_of(request), **_named(form.given)),
        title=_("Enter a place"),
        lead=_("Its code says what it lies in: 9 digits for a street, 12 for a community."),
        back=back,
        to=lambda made: made.get_absolute_url(),
        done=_("The place is entered."),
        crumbs=[(_("Places"), back)],
    )


def _named(given: dict[str, Any]) -> dict[str, Any]:
    """Without a short name the name serves."""
    return {**given, "short_name": given["short_name"] or given["name"]}


@page(may_keep_directory)
def place_edit(request: HttpRequest, code: str) -> HttpResponse:
    record = access.get_visible_or_404(Place, request.user, code=code)
    initial = {name: getattr(record, name) for name in PlaceForm.base_fields if name != "seen"}
    form = PlaceForm(
        request.POST or None, actor=actor_of(request), initial={**initial, "seen": acts.version(record)}
    )
    back = record.get_absolute_url()
    return form_page(
        request,
        form,
        lambda: acts.edit_place(
            actor=actor_of(request), place=record, seen=form.cleaned_data["seen"], **form.given
        ),
        title=_("Edit place"),
        back=back,
        done=_("Saved."),
        crumbs=[(_("Places"), reverse("places")), (record.local_name, back)],
    )


# ── agencies ────────────────────────────────────────────────────────────────

AGENCIES = Listing(
    key="agencies",
    title=_("Agencies"),
    note=_("Public bodies that write, buy, pay or are consulted"),
    records=lambda actor: queries.agencies(actor).select_related("place"),
    columns=(
        Column("name", _("Name"), kind="title", link=True, sort=True, fixed=True),
        Column("code", _("Agency code"), kind="code", hidden=True),
        Column("short_name", _("Short name")),
        Column("kind", _("Kind"), kind="choice", sort=True),
        Column("place", _("Place"), value="place__local_name"),
        Column("document_prefix", _("Prefix of its documents")),
        Column("contact_post", _("Contact post"), hidden=True),
        Column("phone", _("Office telephone")),
        Column("is_active", _("in being"), kind="flag"),
    ),
    search=("name", "short_name", "code", "document_prefix"),
    filters=(ChoiceFilter("kind", _("Kind"), "kind", choices=AgencyKind),),
    order=("kind", "code"),
    buttons=(Button(_("Enter an agency"), "agency-new", may=may_keep_agencies, icon="plus", primary=True),),
    empty=_("Enter the civil affairs bureau first."),
)


@public
def agencies(request: HttpRequest) -> HttpResponseBase:
    return AGENCIES.response(request, frame=frame_of(request))


@public
def agency(request: HttpRequest, code: str) -> HttpResponse:
    record = access.get_visible_or_404(Agency, request.user, code=code)
    place = record.place
    context = record_context(
        record,
        request.user,
        title=record.name,
        crumbs=[(_("Agencies"), reverse("agencies"))],
        line=[record.get_kind_display(), "" if record.is_active else _("no longer in being")],
        facts=[
            Fact(_("Short name"), record.short_name),
            Fact(_("Place"), place.full_name if place else "", url=place.get_absolute_url() if place else ""),
            Fact(_("Prefix of its documents"), record.document_prefix),
            Fact(_("Contact post"), record.contact_post),
            Fact(_("Office telephone"), record.phone),
            Fact(_("Address"), record.address),
        ],
        history=request.user.is_authenticated,
        edit_url=reverse("agency-edit", args=[record.code])
        if may_keep_agencies(request.user, record)
        else "",
        frame=frame_of(request),
    )
    return render(request, "directory/record.html", context)


@page(may_keep_agencies)
def agency_new(request: HttpRequest) -> HttpResponse:
    form = NewAgencyForm(request.POST or None, actor=actor_of(request))
    back = reverse("agencies")
    return form_page(
        request,
        form,
        lambda: acts.add_agency(actor=actor_of(request), **_named(form.given)),
        title=_("Enter an agency"),
        back=back,
        to=lambda made: made.get_absolute_url(),
        done=_("The agency is entered."),
        crumbs=[(_("Agencies"), back)],
    )


@page(may_keep_agencies)
def agency_edit(request: HttpRequest, code: str) -> HttpResponse:
    record = access.get_visible_or_404(Agency, request.user, code=code)
    initial = {name: getattr(record, name) for name in AgencyForm.base_fields if name != "seen"}
    form = AgencyForm(
        request.POST or None, actor=actor_of(request), initial={**initial, "seen": acts.version(record)}
    )
    back = record.get_absolute_url()
    return form_page(
        request,
        form,
        lambda: acts.edit_agency(
            actor=actor_of(request), agency=record, seen=form.cleaned_data["seen"], **form.given
        ),
        title=_("Edit agency"),
        back=back,
        done=_("Saved."),
        crumbs=[(_("Agencies"), reverse("agencies")), (record.name, back)],
    )
