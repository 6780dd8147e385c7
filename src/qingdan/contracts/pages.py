"""Pages of contracts."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.contracts import queries
from qingdan.contracts.models import Contract, Instalment
from qingdan.core import access
from qingdan.core.columns import Column
from qingdan.core.filters import YearFilter
from qingdan.core.gate import page
from qingdan.core.listing import Listing, register_rows, table
from qingdan.core.pieces import Fact
from qingdan.core.records import name_verbs, record_context
from qingdan.directory.permits import signed_in

name_verbs({"contracts.sign": _("signed"), "contracts.pay_instalment": _("instalment paid")})

COLUMNS = (
    Column("number", _("number"), kind="title", link=True, sort=True, fixed=True),
    Column("project", _("project"), value="project__title", sort="project__title"),
    Column("organisation", _("organisation"), value="project__organisation__name"),
    Column("amount_fen", _("amount (yuan)"), value="commitment__amount_fen", kind="money", sort=True),
    Column("signed_on", _("signed on"), kind="date", sort=True),
    Column("ends_on", _("ends on"), kind="date", sort=True),
)
INSTALMENT_COLUMNS = (
    Column("order", _("order"), kind="number"),
    Column("trigger", _("due when"), kind="choice"),
    Column("percent", _("percent"), kind="number"),
    Column("amount_fen", _("amount (yuan)"), kind="money"),
    Column("paid_on", _("paid on"), value="payment__paid_on", kind="date"),
    Column("voucher", _("voucher"), value="payment__voucher", kind="code"),
)
register_rows(Contract, COLUMNS)
access.register(
    Contract,
    queries.contracts,
    search=("number", "project__title"),
    excerpt=lambda contract, text: contract.project.title,
    related=("project",),
)

CONTRACTS = Listing(
    key="contracts",
    title=_("Contracts"),
    records=lambda actor: queries.contracts(actor).select_related("project__organisation", "commitment"),
    columns=COLUMNS,
    search=("number", "project__title", "project__organisation__name"),
    filters=(YearFilter("year", _("year"), "signed_on__year", back=12),),
    order=("-signed_on", "number"),
)


@page(signed_in)
def contracts(request: HttpRequest) -> HttpResponseBase:
    return CONTRACTS.response(request)


@page(signed_in)
def contract(request: HttpRequest, number: str) -> HttpResponse:
    found = access.get_visible_or_404(Contract, request.user, number=number)
    project = found.project
    instalments = Instalment.objects.filter(contract=found).select_related("payment").order_by("order")
    context = record_context(
        found,
        request.user,
        crumbs=[(_("Contracts"), reverse("contracts"))],
        line=[project.title, project.organisation],
        facts=[
            Fact(_("project"), project.title, url=project.get_absolute_url()),
            Fact(_("organisation"), project.organisation.name),
            Fact(_("amount (yuan)"), found.commitment.amount_fen, "money"),
            Fact(
                _("budget line"), project.round.budget_line, url=project.round.budget_line.get_absolute_url()
            ),
            Fact(_("signed on"), found.signed_on, "date"),
            Fact(_("starts on"), found.starts_on, "date"),
            Fact(_("ends on"), found.ends_on, "date"),
        ],
        tables=[{"title": _("instalments"), "table": table(instalments, INSTALMENT_COLUMNS, request.GET)}],
    )
    return render(request, "record_tables.html", context)
