"""Pages of policy documents."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core import access, looks
from qingdan.core.columns import Column
from qingdan.core.filters import ChoiceFilter, YearFilter
from qingdan.core.gate import public
from qingdan.core.listing import Listing, register_rows
from qingdan.core.pieces import Fact
from qingdan.core.records import record_context
from qingdan.policies import queries
from qingdan.policies.models import DocumentGroup, NormativeDocument, Stage

looks.declare(
    Stage,
    way={
        "PLANNED": "dash",
        "DRAFTING": 1,
        "COMMENT": 1,
        "LEGALITY_REVIEW": 2,
        "ESCALATED": 2,
        "DELIBERATION": 3,
        "ISSUED": 3,
        "FILED": 3,
    },
    done=["IN_FORCE"],
    off={"AMENDED": "arrow", "EXPIRED": "cross", "REPEALED": "cross", "ABANDONED": "cross"},
)

COLUMNS = (
    Column("number", _("document number"), kind="code", sort=True),
    Column("title", _("title"), kind="title", link=True, sort=True, fixed=True),
    Column("group", _("group"), kind="choice", sort=True),
    Column("stage", _("stage"), value="stage", kind="state", sort=True),
    Column("issuer", _("issuing agency"), value="issuer__short_name"),
    Column("begun_on", _("drafting begun on"), kind="date", sort=True),
    Column("issued_on", _("issued on"), kind="date", sort=True),
)
register_rows(NormativeDocument, COLUMNS)
access.register(NormativeDocument, queries.documents, search=("title", "number"))
access.register(queries.LegalityReview, queries.legality_reviews)

DOCUMENTS = Listing(
    key="policies",
    title=_("Policy documents"),
    records=lambda actor: queries.documents(actor).select_related("issuer"),
    columns=COLUMNS,
    search=("title", "number"),
    search_hint=_("Title or number"),
    filters=(
        ChoiceFilter("group", _("group"), "group", DocumentGroup),
        ChoiceFilter("stage", _("stage"), "stage", Stage),
        YearFilter("year", _("year"), "issued_on__year"),
    ),
    order=("-issued_on", "title"),
)


@public
def documents(request: HttpRequest) -> HttpResponseBase:
    return DOCUMENTS.response(request)


@public
def document(request: HttpRequest, pk: int) -> HttpResponse:
    found = access.get_visible_or_404(NormativeDocument, request.user, pk=pk)
    reviews = access.visible(queries.LegalityReview, request.user).filter(document=found)
    context = record_context(
        found,
        request.user,
        crumbs=[(_("Policy documents"), reverse("policies"))],
        number=found.number,
        line=[found.get_group_display(), found.get_stage_display(), found.issuer],
        facts=[
            Fact(_("document number"), found.number),
            Fact(_("group"), found.get_group_display()),
            Fact(_("stage"), found.get_stage_display()),
            Fact(_("issuing agency"), found.issuer),
            Fact(_("co-drafting agencies"), "、".join(str(agency) for agency in found.co_drafters.all())),
            Fact(_("drafting begun on"), found.begun_on, "date"),
            Fact(_("issued on"), found.issued_on, "date"),
            Fact(_("valid until"), found.valid_until, "date"),
            Fact(_("form in which it is cited"), found.citation),
            *(
                Fact(
                    _("legality review"),
                    f"{review.reviewed_on} {review.reviewer}：{review.get_result_display()}"
                    + (f"（→ {review.escalated_to}）" if review.escalated_to else ""),
                )
                for review in reviews.select_related("reviewer", "escalated_to")
            ),
        ],
    )
    return render(request, "record.html", context)
