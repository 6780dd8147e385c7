"""Social organisations: the list, the record with its standing, and the forms around it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core import access, clock
from qingdan.core.gate import page, public
from qingdan.core.listing import (
    Button,
    ChoiceFilter,
    Column,
    FlagFilter,
    Listing,
    PlaceFilter,
    View,
    register_rows,
)
from qingdan.core.looks import Look
from qingdan.core.permits import Refused
from qingdan.core.pieces import Fact
from qingdan.core.records import asks, is_grave, record_context
from qingdan.directory import acts, queries
from qingdan.directory.forms import (
    ContactForm,
    CreditForm,
    EndForm,
    EndingForm,
    GradeForm,
    InspectionForm,
    NewOrganisationForm,
    OrganisationForm,
    RegistrationForm,
    StandingForm,
)
from qingdan.directory.lifecycle import ORGANISATION
from qingdan.directory.models import (
    CreditRecord,
    GradeLevel,
    OrganisationState,
    OrganisationType,
    RegistrationKind,
    ServiceField,
    SocialOrganisation,
    valid_on,
)
from qingdan.directory.pages.frame import actor_of, form_page, frame_of
from qingdan.directory.pages.places import street_choices
from qingdan.directory.permits import may_edit_contacts, may_keep_directory


@dataclass(frozen=True)
class WorkFilter(ChoiceFilter):
    """A field of work among several kept in one column."""

    def where(self, value: str) -> Q:
        return Q(field_codes__contains=f",{value},")


@dataclass(frozen=True)
class GradeFilter(ChoiceFilter):
    """The grade that holds today."""

    def where(self, value: str) -> Q:
        held = queries.OrganisationGrade.objects.valid_on(clock.today()).filter(level=value)
        return Q(pk__in=held.values("organisation_id"))


def _barred(actor: Any) -> Q:
    return Q(pk__in=CreditRecord.objects.filter(valid_on(clock.today())).values("organisation_id"))


def _records(actor: Any) -> QuerySet[SocialOrganisation]:
    return queries.with_standing(queries.organisations(actor), clock.today())


def _grade(one: Any) -> str:
    return one.standing_grades[0].level if one.standing_grades else ""


def _inspection(one: Any) -> str:
    latest = one.standing_inspections[0] if one.standing_inspections else None
    return f"{latest.year} {latest.get_result_display()}" if latest else ""


def _credit(one: Any) -> tuple[Look, Any] | None:
    if not one.standing_credit:
        return None
    return Look("stop", "cross"), one.standing_credit[0].get_kind_display()


_NAME = Column(
    "name", _("Name"), kind="title", link=True, sort=True, fixed=True, sub=lambda one: one.short_name
)
_TYPE = Column("org_type", _("Type"), kind="choice", sort=True)
_PLACE = Column(
    "place", _("Place"), value=lambda one: one.place and one.place.local_full_name, sort="place__code"
)

ORGANISATIONS = Listing(
    key="organisations",
    title=_("Social organisations"),
    note=_("Registered, filed and still being founded, with what is known of their standing"),
    records=_records,
    columns=(
        _NAME,
        Column("uscc", _("Unified social credit code"), kind="code", sort=True),
        _TYPE,
        Column("registration_kind", _("Registration"), kind="choice", sort=True, hidden=True),
        Column("state", _("State"), kind="state", sort=True),
        Column("grade", _("Grade"), value=_grade),
        Column("inspection", _("Annual inspection"), value=_inspection),
        Column("credit", _("Barred by"), value=_credit, kind="state"),
        _PLACE,
        Column("fields", _("Fields of work"), value=lambda one: "、".join(one.field_labels), hidden=True),
        Column("established_on", _("Established on"), kind="date", sort=True, hidden=True),
        Column("registration_authority", _("Registration authority"), hidden=True),
        Column("supervising_unit", _("Supervising unit"), hidden=True),
        Column("contact_post", _("Contact post"), hidden=True),
        Column("phone", _("Office telephone"), hidden=True),
        Column("is_hub", _("Hub organisation"), kind="flag", hidden=True),
    ),
    search=("name", "short_name", "uscc", "filing_number"),
    search_hint=_("Name or code"),
    filters=(
        ChoiceFilter("type", _("Type"), "org_type", choices=OrganisationType),
        ChoiceFilter("registration", _("Registration"), "registration_kind", choices=RegistrationKind),
        WorkFilter("field", _("Field of work"), "field_codes", choices=ServiceField),
        GradeFilter("grade", _("Grade"), "grades", choices=GradeLevel),
        PlaceFilter("place", _("Street"), "place__code", choices=street_choices),
        ChoiceFilter("state", _("State"), "state", choices=OrganisationState),
        FlagFilter("hub", _("Hub organisation"), "is_hub"),
    ),
    views=(
        View("on-record", _("on record"), lambda actor: Q(state=OrganisationState.ON_RECORD)),
        View("founding", _("being founded"), lambda actor: Q(registration_kind=RegistrationKind.NONE)),
        View("barred", _("barred today"), _barred),
    ),
    order=("name",),
    buttons=(
        Button(_("Import from Excel"), "organisations-import", may=may_keep_directory, icon="upload"),
        Button(
            _("Enter an organisation"), "organisation-new", may=may_keep_directory, icon="plus", primary=True
        ),
    ),
    empty=_("Enter organisations one by one or import them from Excel."),
)

PUBLIC = Listing(
    key="organisations",
    title=_("Social organisations"),
    note=_("Registered and filed organisations that serve the district"),
    records=_records,
    columns=(
        _NAME,
        _TYPE,
        Column("state", _("State"), kind="state"),
        Column("grade", _("Grade"), value=_grade),
        _PLACE,
        Column("fields", _("Fields of work"), value=lambda one: "、".join(one.field_labels)),
    ),
    search=("name", "short_name", "uscc"),
    search_hint=_("Name or code"),
    filters=ORGANISATIONS.filters[:1] + ORGANISATIONS.filters[2:5],
    order=("name",),
    public=True,
)
register_rows(SocialOrganisation, (_NAME, _TYPE, Column("state", _("State"), kind="state"), _PLACE))


@public
def organisations(request: HttpRequest) -> HttpResponseBase:
    """All organisations that the reader may see; strangers get fewer columns in the public frame."""
    return (ORGANISATIONS if request.user.is_authenticated else PUBLIC).response(request)


@public
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    actor = request.user
    one = access.get_visible_or_404(SocialOrganisation, actor, pk=pk)
    today = clock.today()
    grade, barred = one.grade_on(today), list(one.credit_records.valid_on(today))
    keeps, contacts = may_keep_directory(actor, one), may_edit_contacts(actor, one)
    add = []
    if keeps:
        add = [
            (_("Record a grade"), reverse("organisation-grade", args=[pk])),
            (_("Record an annual inspection"), reverse("organisation-inspection", args=[pk])),
            (_("Enter a credit record"), reverse("organisation-credit", args=[pk])),
        ]
        if one.registration_kind != RegistrationKind.REGISTERED:
            add.insert(0, (_("Enter its registration"), reverse("organisation-registration", args=[pk])))
    context = record_context(
        one,
        actor,
        title=one.name,
        number=one.uscc or one.filing_number,
        crumbs=[(_("Social organisations"), reverse("organisations"))],
        line=[
            one.get_org_type_display(),
            one.get_registration_kind_display(),
            _("grade %(level)s") % {"level": grade.level} if grade else "",
            _("hub organisation") if one.is_hub else "",
        ],
        facts=_facts(one, everything=actor.is_authenticated),
        history=actor.is_authenticated,
        barred=barred,
        warnings=acts.uscc_warnings(one) if keeps else [],
        grades=one.grades.all(),
        inspections=one.inspections.all(),
        credit=one.credit_records.all(),
        today=today,
        keeps=keeps,
        add=add,
        edit_url=_edit_url(one, keeps, contacts),
        frame=frame_of(request),
    )
    return render(request, "directory/organisation.html", context)


def _edit_url(one: SocialOrganisation, keeps: Any, contacts: Any) -> str:
    if keeps:
        return reverse("organisation-edit", args=[one.pk])
    return reverse("organisation-contacts", args=[one.pk]) if contacts else ""


def _facts(one: SocialOrganisation, *, everything: bool) -> list[Fact]:
    place = one.place
    facts = [
        Fact(_("Unified social credit code"), one.uscc, kind="code"),
        Fact(_("Filing number"), one.filing_number),
        Fact(_("Registration authority"), one.registration_authority),
        Fact(_("Supervising unit"), one.supervising_unit),
        Fact(_("Legal representative"), one.legal_representative),
        Fact(_("Established on"), one.established_on, kind="date"),
        Fact(_("Ended on"), one.ended_on, kind="date"),
        Fact(_("Business scope"), one.business_scope),
        Fact(_("Fields of work"), "、".join(one.field_labels)),
        Fact(_("Place"), place.full_name if place else "", url=place.get_absolute_url() if place else ""),
    ]
    if everything:
        facts += [
            Fact(_("Address"), one.address),
            Fact(_("Contact post"), one.contact_post),
            Fact(_("Office telephone"), one.phone),
        ]
    return facts


@page(may_keep_directory)
def organisation_new(request: HttpRequest) -> HttpResponse:
    form = NewOrganisationForm(request.POST or None, actor=actor_of(request))
    back = reverse("organisations")
    return form_page(
        request,
        form,
        lambda: acts.register_organisation(actor=actor_of(request), **form.given),
        title=_("Enter an organisation"),
        lead=_("Only a registered organisation has a unified social credit code and can sign contracts."),
        back=back,
        to=lambda made: made.get_absolute_url(),
        done=_("The organisation is entered."),
        crumbs=[(_("Social organisations"), back)],
        submit=_("Enter"),
    )


def _edit(request: HttpRequest, pk: int, form_class: Any, title: Any, permit: Any) -> HttpResponse:
    one = access.get_visible_or_404(SocialOrganisation, request.user, pk=pk)
    permit.require(request.user, one)
    initial = {name: getattr(one, name) for name in form_class.base_fields if name != "seen"}
    form = form_class(
        request.POST or None, actor=actor_of(request), initial={**initial, "seen": acts.version(one)}
    )
    # A registered organisation has a code, a filed one a filing number: only what applies is asked.
    registered = one.registration_kind == RegistrationKind.REGISTERED
    form.fields.pop("filing_number" if registered else "uscc", None)
    return form_page(
        request,
        form,
        lambda: acts.edit_organisation(
            actor=actor_of(request), organisation=one, seen=form.cleaned_data["seen"], **form.given
        ),
        title=title,
        back=one.get_absolute_url(),
        done=_("Saved."),
        crumbs=_crumbs(one),
    )


def _crumbs(one: SocialOrganisation) -> list[tuple[Any, str]]:
    return [(_("Social organisations"), reverse("organisations")), (one.name, one.get_absolute_url())]


@page(may_keep_directory)
def organisation_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, pk, OrganisationForm, _("Edit organisation"), may_keep_directory)


@page(may_edit_contacts)
def organisation_contacts(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, pk, ContactForm, _("Edit contact details"), may_edit_contacts)


def _add(request: HttpRequest, pk: int, form_class: Any, act: Any, title: Any, done: Any) -> HttpResponse:
    one = access.get_visible_or_404(SocialOrganisation, request.user, pk=pk)
    may_keep_directory.require(request.user, one)
    initial = {"org_type": one.org_type, "registration_authority": one.registration_authority}
    if form_class is InspectionForm:
        initial["year"] = str(clock.today().year - 1)
    form = form_class(request.POST or None, actor=actor_of(request), initial=initial)
    return form_page(
        request,
        form,
        lambda: act(actor=actor_of(request), organisation=one, **form.given),
        title=title,
        back=one.get_absolute_url(),
        done=done,
        crumbs=_crumbs(one),
    )


@page(may_keep_directory)
def organisation_grade(request: HttpRequest, pk: int) -> HttpResponse:
    return _add(request, pk, GradeForm, acts.record_grade, _("Record a grade"), _("The grade is recorded."))


@page(may_keep_directory)
def organisation_inspection(request: HttpRequest, pk: int) -> HttpResponse:
    return _add(
        request,
        pk,
        InspectionForm,
        acts.record_inspection,
        _("Record an annual inspection"),
        _("The inspection is recorded."),
    )


@page(may_keep_directory)
def organisation_credit(request: HttpRequest, pk: int) -> HttpResponse:
    return _add(
        request,
        pk,
        CreditForm,
        acts.record_credit,
        _("Enter a credit record"),
        _("The credit record is entered; the organisation is barred while it lasts."),
    )


@page(may_keep_directory)
def organisation_registration(request: HttpRequest, pk: int) -> HttpResponse:
    return _add(
        request,
        pk,
        RegistrationForm,
        acts.grant_registration,
        _("Enter its registration"),
        _("The organisation is registered."),
    )


def _standing_address(verb: str) -> Callable[[SocialOrganisation], str]:
    return lambda one: reverse("organisation-standing", args=[one.pk, verb])


_STANDINGS: dict[str, tuple[Any, Callable[..., None]]] = {
    "suspend": (StandingForm, acts.suspend),
    "resume": (StandingForm, acts.resume),
    "deregister": (EndingForm, acts.deregister),
    "revoke": (EndingForm, acts.revoke_registration),
}
asks(SocialOrganisation, {verb: _standing_address(verb) for verb in _STANDINGS})


@page(may_keep_directory)
def organisation_standing(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Suspend, resume or end: what the registrar decided, with its document."""
    if verb not in _STANDINGS:
        raise Http404
    one = access.get_visible_or_404(SocialOrganisation, request.user, pk=pk)
    move = ORGANISATION[verb]
    answer = ORGANISATION.may(verb, one, request.user)
    if not answer:
        raise Refused(answer.reason)
    form_class, act = _STANDINGS[verb]
    form = form_class(request.POST or None, actor=actor_of(request))
    return form_page(
        request,
        form,
        lambda: act(actor=actor_of(request), organisation=one, **form.given),
        title=move.label,
        lead=one.name,
        warns=move.warns,
        grave=is_grave(ORGANISATION, move),
        submit=move.label,
        back=one.get_absolute_url(),
        done=_("Saved."),
        crumbs=_crumbs(one),
    )


@page(may_keep_directory)
def credit_end(request: HttpRequest, pk: int) -> HttpResponse:
    record = access.get_visible_or_404(CreditRecord, request.user, pk=pk)
    form = EndForm(request.POST or None, actor=actor_of(request))
    one = record.organisation
    return form_page(
        request,
        form,
        lambda: acts.end_credit(actor=actor_of(request), record=record, **form.given),
        title=_("End a credit record"),
        lead=f"{record.get_kind_display()}：{record.reason}",
        back=one.get_absolute_url(),
        done=_("The credit record ends on that day."),
        crumbs=_crumbs(one),
    )
