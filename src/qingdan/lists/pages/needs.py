"""Pages of needs."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core import access, clock, looks
from qingdan.core.columns import Column
from qingdan.core.filters import ChoiceFilter, PeriodFilter, PlaceFilter
from qingdan.core.gate import public
from qingdan.core.listing import Listing, View, register_rows, table
from qingdan.core.pieces import Fact
from qingdan.core.records import record_context
from qingdan.lists import queries
from qingdan.lists.models import (
    Category,
    NeedSource,
    NeedState,
    PurchaseItem,
    SocialNeed,
    TargetGroup,
)
from qingdan.lists.pages.common import streets
from qingdan.lists.pages.items import ITEM_COLUMNS

looks.declare(
    NeedState,
    wait={"SUBMITTED": 0, "COMMUNITY_VERIFIED": 1, "RETURNED": 0},
    way={"DRAFT": "dash", "STREET_VERIFIED": 1, "PUBLISHED": 1, "MATCHED": 2, "IN_SERVICE": 3},
    done=["DONE", "RATED", "ARCHIVED"],
    off={"MERGED": "arrow", "REJECTED": "cross"},
)


NEED_COLUMNS = (
    Column("number", _("number"), kind="code", sort=True),
    Column("title", _("need"), kind="title", link=True, sub="text", fixed=True),
    Column("category", _("category"), kind="choice", sort=True),
    Column("place", _("street and community"), value="place__full_name", sort="place__code"),
    Column("source", _("source"), kind="choice"),
    Column("supporters", _("supporters"), kind="number", sort=True),
    Column("state", _("state"), kind="state", sort=True),
    Column("due_on", _("due"), kind="due", sort=True),
    Column("raised_on", _("raised on"), kind="date", sort=True, hidden=True),
)
register_rows(SocialNeed, NEED_COLUMNS)
access.register(SocialNeed, queries.needs, search=("title", "number"))

NEEDS = Listing(
    key="needs",
    title=_("Social needs list"),
    records=lambda actor: queries.needs(actor).select_related("place__parent"),
    columns=NEED_COLUMNS,
    search=("title", "text", "number"),
    search_hint=_("Need, description or number"),
    views=(
        View(
            "to-verify",
            _("to be verified"),
            lambda actor: Q(state__in=[NeedState.SUBMITTED, NeedState.COMMUNITY_VERIFIED]),
        ),
        View("late", _("overdue"), lambda actor: Q(due_on__lt=clock.today())),
        View("unclaimed", _("published, not matched"), lambda actor: Q(state=NeedState.PUBLISHED)),
        View("done", _("done"), lambda actor: Q(state__in=[NeedState.DONE, NeedState.RATED])),
    ),
    filters=(
        PlaceFilter("street", _("street"), "place__code", streets),
        ChoiceFilter("category", _("category"), "category", Category),
        ChoiceFilter("state", _("state"), "state", NeedState),
        ChoiceFilter("source", _("source"), "source", NeedSource),
        ChoiceFilter("target", _("target group"), "target", TargetGroup),
        PeriodFilter("raised", _("raised on"), "raised_on"),
    ),
    order=("-raised_on", "-pk"),
)


@public
def needs(request: HttpRequest) -> HttpResponseBase:
    return NEEDS.response(request)


@public
def need(request: HttpRequest, number: str) -> HttpResponse:
    found = access.get_visible_or_404(SocialNeed, request.user, number=number)
    items_of = access.visible(PurchaseItem, request.user).filter(needs=found)
    context = record_context(
        found,
        request.user,
        crumbs=[(_("Social needs list"), reverse("needs"))],
        number=found.number,
        line=[found.place.full_name, found.get_source_display(), found.get_category_display()],
        facts=[
            Fact(_("state"), found.get_state_display()),
            Fact(_("description"), found.text),
            Fact(_("category"), found.get_category_display()),
            Fact(_("target group"), found.get_target_display()),
            Fact(_("persons expected"), found.persons, "number"),
            Fact(_("urgency"), found.urgency, "number"),
            Fact(_("supporters"), found.supporters, "number"),
            Fact(_("source"), found.get_source_display()),
            Fact(_("raised on"), found.raised_on, "date"),
            Fact(_("due"), found.due_on, "due") if found.due_on else Fact(_("due"), None),
        ],
        tables=[{"title": _("purchase items"), "table": table(items_of, ITEM_COLUMNS, request.GET)}],
    )
    return render(request, "record_tables.html", context)
