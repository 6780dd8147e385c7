"""Pages of purchase items."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core import access
from qingdan.core.columns import Column
from qingdan.core.filters import ChoiceFilter
from qingdan.core.gate import public
from qingdan.core.listing import Listing, register_rows, table
from qingdan.core.pieces import Fact
from qingdan.core.records import record_context
from qingdan.lists import queries
from qingdan.lists.models import (
    Category,
    PurchaseItem,
    SocialNeed,
    TargetGroup,
)

ITEM_COLUMNS = (
    Column("number", _("number"), kind="code", sort=True),
    Column("title", _("purchase item"), kind="title", link=True, sub="content", fixed=True),
    Column("category", _("category"), kind="choice", sort=True),
    Column("target", _("target group"), kind="choice"),
    Column("persons", _("persons to be served"), kind="number", sort=True),
    Column("budget_fen", _("budget (yuan)"), kind="money", sort=True),
)
BEHIND_COLUMNS = (
    Column("number", _("number"), kind="code"),
    Column("title", _("need"), kind="title", link=True),
    Column("place", _("street and community"), value="place__full_name"),
    Column("supporters", _("supporters"), kind="number"),
    Column("state", _("state"), kind="state"),
)
register_rows(PurchaseItem, ITEM_COLUMNS)
access.register(PurchaseItem, queries.items, search=("title", "number"))

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


@public
def items(request: HttpRequest) -> HttpResponseBase:
    return ITEMS.response(request)


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
        tables=[{"title": _("needs behind it"), "table": table(behind, BEHIND_COLUMNS, request.GET)}],
    )
    return render(request, "record_tables.html", context)
