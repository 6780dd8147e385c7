"""Pages of the four programmes."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core import access
from qingdan.core.columns import Column
from qingdan.core.gate import public
from qingdan.core.listing import Listing, register_rows
from qingdan.core.pieces import Fact
from qingdan.core.records import record_context
from qingdan.programmes import queries
from qingdan.programmes.models import Programme

COLUMNS = (
    Column("name", _("programme"), kind="title", link=True, sort=True, fixed=True),
    Column("addressed_to", _("addressed to")),
    Column("aim", _("aim")),
    Column("lead", _("lead agency"), value="lead__short_name"),
    Column("started_on", _("started on"), kind="date", sort=True),
)
register_rows(Programme, COLUMNS)
access.register(Programme, queries.programmes, search=("name", "aim"))

PROGRAMMES = Listing(
    key="programmes",
    title=_("Public-benefit innovation programmes"),
    records=lambda actor: queries.programmes(actor).select_related("lead"),
    columns=COLUMNS,
    order=("pk",),
)


@public
def programmes(request: HttpRequest) -> HttpResponseBase:
    return PROGRAMMES.response(request)


@public
def programme(request: HttpRequest, pk: int) -> HttpResponse:
    found = access.get_visible_or_404(Programme, request.user, pk=pk)
    context = record_context(
        found,
        request.user,
        crumbs=[(_("Public-benefit innovation programmes"), reverse("programmes"))],
        line=[found.get_kind_display(), found.addressed_to, found.lead],
        facts=[
            Fact(_("aim"), found.aim),
            Fact(_("addressed to"), found.addressed_to),
            Fact(_("lead agency"), found.lead),
            Fact(_("started on"), found.started_on, "date"),
            Fact(_("ended on"), found.ended_on, "date"),
            Fact(_("confirmed by"), found.confirmed_by),
        ],
    )
    return render(request, "record.html", context)
