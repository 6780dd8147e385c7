"""Pages of delivery: projects with their services, sessions, and the service ledger."""

from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from qingdan.calls.models import Project
from qingdan.contracts.models import Contract
from qingdan.core import access, clock, figures
from qingdan.core.columns import Column
from qingdan.core.filters import ChoiceFilter, PlaceFilter
from qingdan.core.form_pages import button_page
from qingdan.core.gate import page, public
from qingdan.core.listing import Button, Listing, View, register_rows, table
from qingdan.core.pieces import Fact, TraceStep
from qingdan.core.records import Step, name_verbs, record_context
from qingdan.delivery import acts, queries
from qingdan.delivery.models import Measure, Participant, ServiceRecord, ServiceSession
from qingdan.delivery.permits import may_confirm_services, may_enter_services
from qingdan.directory.models import Place, PlaceLevel
from qingdan.directory.pages.frame import actor_of
from qingdan.directory.permits import signed_in

name_verbs(
    {
        "delivery.enter": _("entered in the ledger"),
        "delivery.enrol": _("enrolled"),
        "delivery.confirm": _("confirmed"),
        "delivery.withdraw": _("taken out of the ledger"),
    }
)
IMPORT = Button(_("Import from Excel"), "service-records-import", may=may_enter_services, icon="upload")


def _streets(actor: Any) -> list[tuple[str, str]]:
    found = Place.objects.filter(
        level=PlaceLevel.STREET, district=getattr(actor, "district", settings.DISTRICT)
    )
    return list(found.order_by("code").values_list("code", "short_name"))


def _projects(actor: Any) -> list[tuple[str, str]]:
    return [(str(key), title) for key, title in Project.objects.order_by("number").values_list("pk", "title")]


SESSION_COLUMNS = (
    Column("held_on", _("held on"), kind="date", sort=True, link=True, fixed=True),
    Column("project", _("project"), value="project__title", sort="project__title"),
    Column("number", _("session number"), kind="number", sort=True),
    Column("place", _("place"), value="place__local_full_name", sort="place__code"),
    Column("topic", _("topic")),
    Column("confirmed_by", _("confirmed by")),
    Column("confirmed_at", _("confirmed at"), kind="moment", sort=True, hidden=True),
)
RECORD_COLUMNS = (
    Column("held_on", _("held on"), value="session__held_on", kind="date", sort=True, link=True, fixed=True),
    Column("project", _("project"), value="session__project__title", sort="session__project__title"),
    Column("place", _("place"), value="session__place__local_full_name", sort="session__place__code"),
    Column("measure", _("measure"), kind="choice", sort=True),
    Column(
        "participant", _("participant"), value=lambda record: record.participant and str(record.participant)
    ),
    Column("quantity", _("persons"), kind="number", sort=True),
    Column("basis", _("basis of the count")),
    Column("confirmed_at", _("confirmed at"), kind="moment", sort=True),
    Column("withdrawn_reason", _("reason of withdrawal"), hidden=True),
)
register_rows(ServiceSession, SESSION_COLUMNS)
register_rows(ServiceRecord, RECORD_COLUMNS[:8])
access.register(ServiceSession, queries.sessions, search=("topic", "project__title"), related=("project",))
access.register(ServiceRecord, queries.records)
access.register(Participant, queries.participants)

SESSIONS = Listing(
    key="service-sessions",
    title=_("Service sessions"),
    records=lambda actor: queries.sessions(actor).select_related("project", "place__parent"),
    columns=SESSION_COLUMNS,
    search=("topic", "project__title"),
    filters=(
        ChoiceFilter("project", _("project"), "project", _projects),
        PlaceFilter("street", _("street"), "place__code", _streets),
    ),
    views=(View("waiting", _("to be confirmed"), lambda actor: queries.waiting()),),
    order=("-held_on", "-pk"),
    buttons=(IMPORT,),
)
RECORDS = Listing(
    key="service-records",
    title=_("Service records"),
    note=_(
        "Served directly, benefiting indirectly and covered are different measures: they are never added up."
    ),
    records=lambda actor: queries.records(actor).select_related(
        "session__project", "session__place__parent", "participant__person"
    ),
    columns=RECORD_COLUMNS,
    views=(
        View(
            "waiting",
            _("to be confirmed"),
            lambda actor: Q(confirmed_at__isnull=True, withdrawn_at__isnull=True),
        ),
        View("withdrawn", _("withdrawn"), lambda actor: Q(withdrawn_at__isnull=False)),
    ),
    filters=(
        ChoiceFilter("measure", _("measure"), "measure", Measure),
        ChoiceFilter("project", _("project"), "session__project", _projects),
        PlaceFilter("street", _("street"), "session__place__code", _streets),
    ),
    order=("-session__held_on", "-pk"),
    buttons=(IMPORT,),
)


@public
def sessions(request: HttpRequest) -> HttpResponseBase:
    return SESSIONS.response(request)


@page(signed_in)
def records(request: HttpRequest) -> HttpResponseBase:
    return RECORDS.response(request)


@public
def session(request: HttpRequest, pk: int) -> HttpResponse:
    found = access.get_visible_or_404(ServiceSession, request.user, pk=pk)
    of_session = (
        access.visible(ServiceRecord, request.user)
        .filter(session=found)
        .select_related("session__project", "session__place__parent", "participant__person")
    )
    context = record_context(
        found,
        request.user,
        crumbs=[(_("Service sessions"), reverse("service-sessions"))],
        line=[found.held_on, found.place.local_full_name, found.topic],
        facts=[
            Fact(_("project"), found.project, url=found.project.get_absolute_url()),
            Fact(_("session number"), found.number, "number"),
            Fact(_("held on"), found.held_on, "date"),
            Fact(_("place"), found.place.local_full_name),
            Fact(_("topic"), found.topic),
            Fact(_("confirmed at"), found.confirmed_at, "moment"),
            Fact(_("confirmed by"), found.confirmed_by),
        ],
        steps=_steps(request, found),
        tables=[
            {"title": _("service records"), "table": table(of_session, RECORD_COLUMNS[3:7], request.GET)}
        ],
    )
    return render(request, "record_tables.html", context)


def _steps(request: HttpRequest, session: ServiceSession) -> list[Step]:
    if not (may_confirm_services(request.user, None) or may_enter_services(request.user, None)):
        return []
    if not ServiceSession.objects.filter(queries.waiting(), pk=session.pk).exists():
        return []
    answer = may_confirm_services(request.user, session)
    return [
        Step(
            verb="confirm",
            label=_("Confirm"),
            possible=bool(answer),
            reason=answer.reason,
            needs_reason=False,
            warns=_("The session and its lines count in every figure from now on."),
            post=reverse("service-session-confirm", args=[session.pk]),
            primary=True,
        )
    ]


@page(may_confirm_services)
def confirm(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = access.get_visible_or_404(ServiceSession, request.user, pk=pk)
    return button_page(
        request,
        lambda: acts.confirm_session(session=found, actor=actor_of(request)),
        done=lambda lines: (
            ngettext("Confirmed, with %(n)d line.", "Confirmed, with %(n)d lines.", lines) % {"n": lines}
        ),
        back=found.get_absolute_url(),
    )


@page(signed_in)
def record(request: HttpRequest, pk: int) -> HttpResponse:
    found = access.get_visible_or_404(ServiceRecord, request.user, pk=pk)
    context = record_context(
        found,
        request.user,
        crumbs=[(_("Service records"), reverse("service-records"))],
        line=[found.session.held_on, found.session.place.local_full_name],
        facts=[
            Fact(_("project"), found.session.project, url=found.session.project.get_absolute_url()),
            Fact(_("service session"), found.session, url=found.session.get_absolute_url()),
            Fact(_("measure"), found.get_measure_display()),
            Fact(_("participant"), found.participant),
            Fact(_("persons"), found.quantity, "number"),
            Fact(_("basis of the count"), found.basis),
            Fact(_("confirmed at"), found.confirmed_at, "moment"),
            Fact(_("confirmed by"), found.confirmed_by),
            Fact(_("withdrawn at"), found.withdrawn_at, "moment"),
            Fact(_("reason of withdrawal"), found.withdrawn_reason),
        ],
    )
    return render(request, "record.html", context)


# A project's page lives here, not with the calls: what its reader comes for is what was delivered.


@public
def project(request: HttpRequest, number: str) -> HttpResponse:
    found = access.get_visible_or_404(Project, request.user, number=number)
    held = (
        access.visible(ServiceSession, request.user)
        .filter(project=found)
        .select_related("project", "place__parent")
    )
    values = [value for value in _reach_of(found) if value.records]
    context = record_context(
        found,
        request.user,
        crumbs=[(_("Projects"), reverse("projects"))],
        number=found.number,
        line=[found.organisation, found.round],
        trace=_trace(request, found, values),
        facts=[
            Fact(_("organisation"), found.organisation.name),
            Fact(_("venture round"), found.round, url=found.round.get_absolute_url()),
            Fact(_("amount awarded (yuan)"), found.amount_fen, "money"),
            Fact(_("awarded on"), found.awarded_on, "date"),
            Fact(_("summary"), found.summary),
        ],
        values=values,
        as_of=clock.today(),
        tables=[
            {
                "title": _("Service sessions"),
                "table": table(held, SESSION_COLUMNS[:6], request.GET),
                "more": f"{reverse('service-sessions')}?project={found.pk}",
            }
        ],
    )
    return render(request, "delivery/project.html", context)


def _reach_of(project: Project) -> list[figures.Value]:
    """The four measures of a project, each its own figure."""
    scope = figures.Scope(project.district, clock.today(), project.round.year, by={"project": project.title})
    keys = ("direct_persons", "indirect_persons", "covered_persons", "sessions")
    return [figures.get(f"delivery.{key}").read(scope) for key in keys]


def _trace(request: HttpRequest, project: Project, values: list[figures.Value]) -> list[TraceStep]:
    """From the call to the services: the stages that this project has records of."""
    line = project.round.budget_line
    steps = [
        TraceStep(
            _("Budget"), f"{line.amount_fen // 1_000_000}万元", line.get_absolute_url(), (line.year,), "done"
        ),
        TraceStep(
            _("Call"),
            project.round.name,
            project.round.get_absolute_url(),
            (project.round.opened_on,),
            "done",
        ),
        TraceStep(_("Award"), f"{project.amount_fen / 1_000_000:g}万元", "", (project.awarded_on,), "here"),
    ]
    contracts = access.visible(Contract, request.user).filter(project=project)
    for contract in contracts.annotate(paid=Count("instalments__payment"), parts=Count("instalments")):
        steps.append(
            TraceStep(
                _("Contract"), contract.number, contract.get_absolute_url(), (contract.signed_on,), "done"
            )
        )
        steps.append(
            TraceStep(
                _("Payments"),
                f"{contract.paid}/{contract.parts}",
                contract.get_absolute_url(),
                (),
                "done" if contract.paid == contract.parts else "run",
            )
        )
    if values:
        first = values[0]
        steps.append(
            TraceStep(
                _("Services"), f"{figures.plain(first.exact)}{first.figure.unit}", first.link, (), "run"
            )
        )
    return steps
