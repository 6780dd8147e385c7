"""Pages of funds: budget lines with what is bound and paid."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import access
from qingdan.core.columns import Column
from qingdan.core.filters import YearFilter
from qingdan.core.form_pages import button_page
from qingdan.core.gate import page, public
from qingdan.core.listing import Button, Listing, View, register_rows, table
from qingdan.core.pieces import Fact
from qingdan.core.records import Step, name_verbs, record_context
from qingdan.directory.pages.frame import actor_of
from qingdan.funds import acts, queries
from qingdan.funds.models import BudgetLine, Commitment, Payment
from qingdan.funds.permits import may_approve_lines, may_arrange_lines
from qingdan.funds.queries import with_use

name_verbs(
    {
        "funds.open": _("fund opened"),
        "funds.arrange": _("line entered"),
        "funds.approve": _("line approved"),
        "funds.commit": _("committed"),
        "funds.pay": _("paid"),
        "funds.release": _("released"),
    }
)

NO_TOTAL = _("Whether lines are parts of one another is not on record, so no total is shown.")


LINE_COLUMNS = (
    Column("year", _("budget year"), kind="code", sort=True),
    Column("fund", _("fund"), value="fund__name", kind="title", link=True, sort="fund__code", fixed=True),
    Column("amount_fen", _("budget (yuan)"), kind="money", sort=True),
    Column("basis", _("basis")),
    Column("confirmed_at", _("approved on"), kind="moment", sort=True),
)
PAYMENT_COLUMNS = (
    Column("paid_on", _("paid on"), kind="date", sort=True),
    Column("voucher", _("voucher"), kind="code"),
    Column("payee", _("payee")),
    Column("purpose", _("purpose"), value="commitment__purpose"),
    Column("amount_fen", _("amount (yuan)"), kind="money", sort=True),
)
register_rows(BudgetLine, LINE_COLUMNS)
register_rows(Payment, PAYMENT_COLUMNS)
access.register(BudgetLine, queries.lines, search=("fund__name", "basis"), related=("fund",))
access.register(Commitment, queries.commitments, search=("purpose",))
access.register(Payment, queries.payments, search=("voucher", "payee"))

LINES = Listing(
    key="funds",
    title=_("Funds and payments"),
    note=NO_TOTAL,
    records=lambda actor: with_use(queries.lines(actor)),
    columns=(
        *LINE_COLUMNS[:3],
        Column("bound_fen", _("signed (yuan)"), kind="money", sort=True),
        Column("paid_fen", _("paid (yuan)"), kind="money", sort=True),
        *LINE_COLUMNS[3:],
    ),
    search=("fund__name", "basis"),
    filters=(YearFilter("year", _("budget year"), "year", back=12),),
    views=(
        View(
            "waiting",
            _("to be approved"),
            lambda actor: Q(confirmed_at__isnull=True, withdrawn_at__isnull=True),
        ),
    ),
    order=("-year", "fund__code"),
    buttons=(Button(_("Import from Excel"), "budget-lines-import", may=may_arrange_lines, icon="upload"),),
)


@public
def lines(request: HttpRequest) -> HttpResponseBase:
    return LINES.response(request)


@public
def line(request: HttpRequest, pk: int) -> HttpResponse:
    found = access.get_visible_or_404(BudgetLine, request.user, pk=pk)
    seen = with_use(BudgetLine.objects.filter(pk=found.pk)).get()
    paid = access.visible(Payment, request.user).filter(commitment__line=found).select_related("commitment")
    context = record_context(
        found,
        request.user,
        crumbs=[(_("Funds and payments"), reverse("funds"))],
        line=[found.fund.get_source_display(), found.basis],
        facts=[
            Fact(_("budget (yuan)"), seen.amount_fen, "money"),
            Fact(_("signed (yuan)"), seen.bound_fen, "money"),
            Fact(_("paid (yuan)"), seen.paid_fen, "money"),
            Fact(_("given to parts (yuan)"), seen.parts_fen or None, "money"),
            Fact(_("left (yuan)"), seen.amount_fen - seen.bound_fen - seen.parts_fen, "money"),
            Fact(_("source of funds"), found.fund.get_source_display()),
            Fact(_("purpose"), found.fund.purpose),
            Fact(_("basis"), found.basis),
            Fact(_("part of"), found.parent),
            Fact(_("approved on"), found.confirmed_at, "moment"),
        ],
        steps=_steps(request, found),
        tables=[{"title": _("payments"), "table": table(paid, PAYMENT_COLUMNS, request.GET)}],
    )
    return render(request, "record_tables.html", context)


def _steps(request: HttpRequest, line: BudgetLine) -> list[Step]:
    """A line that waits is approved by a finance officer who did not enter it."""
    answer = may_approve_lines(request.user, line)
    if line.confirmed_at or line.withdrawn_at or not may_arrange_lines(request.user, line):
        return []
    return [
        Step(
            verb="approve",
            label=_("Approve"),
            possible=bool(answer),
            reason=answer.reason,
            needs_reason=False,
            warns=_("From now on money can be bound to this line."),
            post=reverse("budget-line-approve", args=[line.pk]),
            primary=True,
        )
    ]


@page(may_approve_lines)
def approve(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = access.get_visible_or_404(BudgetLine, request.user, pk=pk)
    return button_page(
        request,
        lambda: acts.approve_line(line=found, actor=actor_of(request)),
        done=lambda line: _now("The line is in force."),
        back=found.get_absolute_url(),
    )
