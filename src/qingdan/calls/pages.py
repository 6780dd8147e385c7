"""Pages of venture rounds and the projects awarded in them."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.calls import queries
from qingdan.calls.models import Project, Round
from qingdan.core import access
from qingdan.core.columns import Column
from qingdan.core.filters import YearFilter
from qingdan.core.gate import public
from qingdan.core.listing import Listing, register_rows, table
from qingdan.core.pieces import Fact
from qingdan.core.records import record_context

ROUND_COLUMNS = (
    Column("name", _("venture round"), kind="title", link=True, fixed=True),
    Column("year", _("budget year"), kind="code", sort=True),
    Column("budget", _("budget (yuan)"), value="budget_line__amount_fen", kind="money"),
    Column("opened_on", _("opened on"), kind="date", sort=True),
    Column("closes_on", _("closes on"), kind="date", sort=True),
)
PROJECT_COLUMNS = (
    Column("number", _("number"), kind="code", sort=True),
    Column("title", _("project"), kind="title", link=True, fixed=True),
    Column("organisation", _("organisation"), value="organisation__name", sort="organisation__name"),
    Column("round", _("venture round"), value="round__name", sort="round__year"),
    Column("amount_fen", _("amount awarded (yuan)"), kind="money", sort=True),
    Column("awarded_on", _("awarded on"), kind="date", sort=True),
)
register_rows(Round, ROUND_COLUMNS)
register_rows(Project, PROJECT_COLUMNS)
access.register(Round, queries.rounds, search=("name",))
access.register(Project, queries.projects, search=("title", "number", "organisation__name"))

ROUNDS = Listing(
    key="calls",
    title=_("Calls and applications"),
    records=lambda actor: queries.rounds(actor).select_related("budget_line"),
    columns=ROUND_COLUMNS,
    filters=(YearFilter("year", _("budget year"), "year", back=12),),
    order=("-year", "-number"),
)
PROJECTS = Listing(
    key="projects",
    title=_("Projects"),
    records=lambda actor: queries.projects(actor).select_related("organisation", "round"),
    columns=PROJECT_COLUMNS,
    search=("title", "number", "organisation__name"),
    filters=(YearFilter("year", _("budget year"), "round__year", back=12),),
    order=("-round__year", "number"),
)


@public
def rounds(request: HttpRequest) -> HttpResponseBase:
    return ROUNDS.response(request)


@public
def projects(request: HttpRequest) -> HttpResponseBase:
    return PROJECTS.response(request)


@public
def round_(request: HttpRequest, pk: int) -> HttpResponse:
    found = access.get_visible_or_404(Round, request.user, pk=pk)
    awarded = (
        access.visible(Project, request.user).filter(round=found).select_related("organisation", "round")
    )
    context = record_context(
        found,
        request.user,
        crumbs=[(_("Calls and applications"), reverse("calls"))],
        line=[found.year, found.programme],
        facts=[
            Fact(_("budget line"), found.budget_line, url=found.budget_line.get_absolute_url()),
            Fact(_("budget (yuan)"), found.budget_line.amount_fen, "money"),
            Fact(_("opened on"), found.opened_on, "date"),
            Fact(_("closes on"), found.closes_on, "date"),
        ],
        tables=[{"title": _("projects"), "table": table(awarded, PROJECT_COLUMNS, request.GET)}],
    )
    return render(request, "record_tables.html", context)
