"""Pages of the three lists and their editions."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
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
from qingdan.directory.models import Place, PlaceLevel
from qingdan.lists import queries
from qingdan.lists.models import (
    Category,
    ListEdition,
    ListKind,
    NeedSource,
    NeedState,
    OwnerKind,
    PurchaseItem,
    Resource,
    ResourceKind,
    SocialNeed,
    TargetGroup,
)

looks.declare(
    NeedState,
    wait={"SUBMITTED": 0, "COMMUNITY_VERIFIED": 1, "RETURNED": 0},
    way={"DRAFT": "dash", "STREET_VERIFIED": 1, "PUBLISHED": 1, "MATCHED": 2, "IN_SERVICE": 3},
    done=["DONE", "RATED", "ARCHIVED"],
    off={"MERGED": "arrow", "REJECTED": "cross"},
)


def streets(actor: Any) -> list[tuple[str, str]]:
    found = Place.objects.filter(level=PlaceLevel.STREET).valid_on(clock.today())
    if district := getattr(actor, "district", ""):
        found = found.filter(district=district)
    return list(found.order_by("code").values_list("code", "short_name"))


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
RESOURCE_COLUMNS = (
    Column("number", _("number"), kind="code", sort=True),
    Column("title", _("resource"), kind="title", link=True, sub="text", fixed=True),
    Column("kind", _("kind"), kind="choice", sort=True),
    Column("owner", _("owner"), value="owner_name", sort="owner_name"),
    Column("owner_kind", _("kind of owner"), kind="choice", sort=True),
    Column("category", _("category"), kind="choice", sort=True),
    Column("area", _("area served"), value="area__full_name", sort="area__code"),
    Column("capacity", _("capacity"), kind="number", sort=True),
)
ITEM_COLUMNS = (
    Column("number", _("number"), kind="code", sort=True),
    Column("title", _("purchase item"), kind="title", link=True, sub="content", fixed=True),
    Column("category", _("category"), kind="choice", sort=True),
    Column("target", _("target group"), kind="choice"),
    Column("persons", _("persons to be served"), kind="number", sort=True),
    Column("budget_fen", _("budget (yuan)"), kind="money", sort=True),
)
EDITION_COLUMNS = (
    Column("kind", _("list"), kind="choice", link=True, fixed=True),
    Column("year", _("year"), kind="code", sort=True),
    Column("number", _("edition"), kind="number"),
    Column("rows", _("rows"), value=lambda edition: len(edition.content), kind="number"),
    Column("published_on", _("published on"), kind="date", sort=True),
)
register_rows(SocialNeed, NEED_COLUMNS)
register_rows(Resource, RESOURCE_COLUMNS)
register_rows(PurchaseItem, ITEM_COLUMNS)
register_rows(ListEdition, EDITION_COLUMNS)
access.register(SocialNeed, queries.needs, search=("title", "number"))
access.register(Resource, queries.resources, search=("title", "number", "owner_name"))
access.register(PurchaseItem, queries.items, search=("title", "number"))
access.register(ListEdition, queries.editions)

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
RESOURCES = Listing(
    key="resources",
    title=_("Resources list"),
    records=lambda actor: queries.resources(actor).select_related("area__parent"),
    columns=RESOURCE_COLUMNS,
    search=("title", "text", "number", "owner_name"),
    filters=(
        ChoiceFilter("kind", _("kind"), "kind", ResourceKind),
        ChoiceFilter("owner_kind", _("kind of owner"), "owner_kind", OwnerKind),
        ChoiceFilter("category", _("category"), "category", Category),
        PlaceFilter("street", _("street"), "area__code", streets),
    ),
    order=("number",),
)
ITEMS = Listing(
    key="items",
    title=_("Purchase list"),
    records=queries.items,
    columns=ITEM_COLUMNS,
    search=("title", "content", "number"),
    filters=(
        ChoiceFilter("category", _("category"), "category", Category),
        ChoiceFilter("target", _("target group"), "target", TargetGroup),
    ),
    order=("number",),
)
EDITIONS = Listing(
    key="editions",
    title=_("Editions of the three lists"),
    records=queries.editions,
    columns=EDITION_COLUMNS,
    filters=(ChoiceFilter("kind", _("list"), "kind", ListKind),),
    order=("-published_on", "kind"),
)


@public
def needs(request: HttpRequest) -> HttpResponse:
    return NEEDS.response(request)


@public
def resources(request: HttpRequest) -> HttpResponse:
    return RESOURCES.response(request)


@public
def items(request: HttpRequest) -> HttpResponse:
    return ITEMS.response(request)


@public
def editions(request: HttpRequest) -> HttpResponse:
    return EDITIONS.response(request)


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


@public
def resource(request: HttpRequest, number: str) -> HttpResponse:
    found = access.get_visible_or_404(Resource, request.user, number=number)
    context = record_context(
        found,
        request.user,
        crumbs=[(_("Resources list"), reverse("resources"))],
        number=found.number,
        line=[found.owner_name, found.get_kind_display(), found.area.full_name],
        facts=[
            Fact(_("description"), found.text),
            Fact(_("kind"), found.get_kind_display()),
            Fact(_("owner"), found.owner_name),
            Fact(_("kind of owner"), found.get_owner_kind_display()),
            Fact(_("category"), found.get_category_display()),
            Fact(_("target group"), found.get_target_display()),
            Fact(_("area served"), found.area.full_name),
            Fact(_("capacity"), found.capacity, "number"),
            Fact(_("terms"), found.terms),
            Fact(_("valid from"), found.valid_from, "date"),
            Fact(_("valid until"), found.valid_until, "date"),
        ],
    )
    return render(request, "record.html", context)


@public
def item(request: HttpRequest, number: str) -> HttpResponse:
    found = access.get_visible_or_404(PurchaseItem, request.user, number=number)
    behind = (
        access.visible(SocialNeed, request.user).filter(purchase_items=found).select_related("place__parent")
    )
    context = record_context(
        found,
        request.user,
        crumbs=[(_("Purchase list"), reverse("items"))],
        number=found.number,
        line=[found.year, found.get_category_display(), found.get_target_display()],
        facts=[
            Fact(_("content and standard"), found.content),
            Fact(_("category"), found.get_category_display()),
            Fact(_("target group"), found.get_target_display()),
            Fact(_("persons to be served"), found.persons, "number"),
            Fact(_("budget (yuan)"), found.budget_fen, "money"),
        ],
        tables=[{"title": _("needs behind it"), "table": table(behind, NEED_COLUMNS[:7], request.GET)}],
    )
    return render(request, "record_tables.html", context)


HEADS = {
    "number": _("number"),
    "title": _("name"),
    "category": _("category"),
    "target": _("target group"),
    "persons": _("persons"),
    "owner_name": _("owner"),
    "kind": _("kind"),
    "capacity": _("capacity"),
    "budget_fen": _("budget (yuan)"),
}
WORDS = {"category": Category, "target": TargetGroup, "kind": ResourceKind}


@public
def edition(request: HttpRequest, pk: int) -> HttpResponse:
    """A list as it was published: its rows come from the edition, not from today's records."""
    found = access.get_visible_or_404(ListEdition, request.user, pk=pk)
    keys = list(found.content[0]) if found.content else []
    rows = [[_shown(key, row.get(key)) for key in keys] for row in found.content]
    context = record_context(
        found,
        request.user,
        crumbs=[(_("Editions of the three lists"), reverse("editions"))],
        line=[found.published_on, found.confirmed_by],
        frozen_heads=[HEADS.get(key, key) for key in keys],
        frozen_rows=rows,
    )
    return render(request, "lists/edition.html", context)


def _shown(key: str, value: Any) -> Any:
    if key in WORDS and value in WORDS[key].values:
        return WORDS[key](value).label
    if key == "budget_fen" and value is not None:
        return f"{value // 100:,}"
    return "" if value is None else value
