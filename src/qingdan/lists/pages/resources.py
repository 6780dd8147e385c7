"""Pages of resources."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core import access
from qingdan.core.columns import Column
from qingdan.core.filters import ChoiceFilter, PlaceFilter
from qingdan.core.gate import public
from qingdan.core.listing import Listing, register_rows
from qingdan.core.pieces import Fact
from qingdan.core.records import record_context
from qingdan.lists import queries
from qingdan.lists.models import (
    Category,
    OwnerKind,
    Resource,
    ResourceKind,
)
from qingdan.lists.pages.common import streets

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
register_rows(Resource, RESOURCE_COLUMNS)
access.register(Resource, queries.resources, search=("title", "number", "owner_name"))

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


@public
def resources(request: HttpRequest) -> HttpResponseBase:
    return RESOURCES.response(request)


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
