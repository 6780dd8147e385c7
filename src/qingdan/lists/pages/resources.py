"""Pages of resources: list, record, forms, Excel."""

from typing import Any

from django.db.models import F, Q
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core import access, clock, looks
from qingdan.core.bulk import Bulk
from qingdan.core.columns import Column
from qingdan.core.filters import ChoiceFilter, PlaceFilter
from qingdan.core.gate import page, public
from qingdan.core.listing import Button, Listing, View, register_rows, table
from qingdan.core.pieces import Fact
from qingdan.core.records import name_verbs, record_context
from qingdan.directory.pages.frame import form_page
from qingdan.lists import queries
from qingdan.lists.acts import resources as acts
from qingdan.lists.lifecycle.resources import RESOURCE
from qingdan.lists.matching_forms import ResourceForm, windows_text
from qingdan.lists.models import Category, Match, OwnerKind, Resource, ResourceKind, ResourceState
from qingdan.lists.pages.common import streets
from qingdan.lists.permits.matching import is_place_officer, may_offer_resources

looks.declare(
    ResourceState,
    wait={"VERIFIED": 1},
    way={"DRAFT": "dash"},
    done=["AVAILABLE"],
    stop={"SUSPENDED": "cross"},
    off={"WITHDRAWN": "cross"},
)
name_verbs({"resource.change": _("details changed")})

RESOURCE_COLUMNS = (
    Column("number", _("number"), kind="code", sort=True),
    Column("title", _("resource"), kind="title", link=True, sub="text", fixed=True),
    Column("kind", _("kind"), kind="choice", sort=True),
    Column("owner", _("owner"), value="owner_name", sort="owner_name"),
    Column("owner_kind", _("kind of owner"), kind="choice", sort=True, hidden=True),
    Column("category", _("category"), kind="choice", sort=True),
    Column("area", _("area served"), value="area__local_full_name", sort="area__code"),
    Column("windows", _("time windows"), value="window_words", hidden=True),
    Column("capacity", _("capacity"), kind="number", sort=True),
    Column("left", _("left"), value="left", kind="number", sort=("left_over",)),
    Column("state", _("state"), kind="state", sort=True),
)
register_rows(Resource, tuple(c for c in RESOURCE_COLUMNS if c.key not in ("left", "windows")))
access.register(Resource, queries.resources, search=("title", "number", "owner_name"))


def _records(actor: Any) -> Any:
    return (
        queries.resources(actor)
        .select_related("area__parent")
        .prefetch_related("windows")
        .annotate(left_over=F("capacity") - F("reserved") - F("used"))
    )


_FILTERS = (
    ChoiceFilter("kind", _("kind"), "kind", ResourceKind),
    ChoiceFilter("owner_kind", _("kind of owner"), "owner_kind", OwnerKind),
    ChoiceFilter("category", _("category"), "category", Category),
    PlaceFilter("street", _("street"), "area__code", streets),
)
RESOURCES = Listing(
    key="resources",
    title=_("Resources list"),
    note=_("Left: capacity less what is promised and what was given"),
    records=_records,
    columns=RESOURCE_COLUMNS,
    search=("title", "text", "number", "owner_name"),
    filters=_FILTERS,
    views=(
        View("to-verify", _("to be verified"), lambda actor: Q(state__in=["DRAFT", "VERIFIED"])),
        View("free", _("with capacity left"), lambda actor: Q(state="AVAILABLE", left_over__gt=0)),
        View("full", _("used up"), lambda actor: Q(state="AVAILABLE", left_over=0)),
        View("unused", _("never used"), lambda actor: Q(state="AVAILABLE", times_used=0, reserved=0)),
        View("ending", _("over"), lambda actor: Q(valid_until__lt=clock.today())),
    ),
    order=("number",),
    bulk=(
        Bulk.of_move(RESOURCE, "verify", to=is_place_officer),
        Bulk.of_move(RESOURCE, "offer", to=is_place_officer),
        Bulk.of_move(RESOURCE, "suspend", to=is_place_officer),
    ),
    buttons=(
        Button(_("Import from Excel"), "resources-import", may=is_place_officer, icon="upload"),
        Button(_("Enter a resource"), "resource-new", may=may_offer_resources, icon="plus", primary=True),
    ),
    empty=_("Enter what departments and bodies can give, or import their list."),
)
PUBLIC_RESOURCES = Listing(
    key="public-resources",
    title=_("Resources list"),
    records=lambda actor: _records(None),
    columns=tuple(c for c in RESOURCE_COLUMNS if c.key not in ("state",)),
    search=("title", "text", "number", "owner_name"),
    filters=_FILTERS,
    order=("number",),
    public=True,
)


@public
def resources(request: HttpRequest) -> HttpResponseBase:
    return RESOURCES.response(request)


@public
def public_resources(request: HttpRequest) -> HttpResponseBase:
    return PUBLIC_RESOURCES.response(request)


USE_COLUMNS = (
    Column("need", _("need"), value="need__title", kind="title", link=True, sub="need__number"),
    Column("place", _("street and community"), value="need__place__full_name"),
    Column("persons", _("persons"), kind="number"),
    Column("served", _("persons served"), kind="number"),
    Column("ordered_on", _("ordered on"), kind="date"),
    Column("state", _("state"), kind="state"),
    Column("rating", _("mark given"), kind="number"),
)


@public
def resource(request: HttpRequest, number: str) -> HttpResponseBase:
    found = access.get_visible_or_404(Resource, request.user, number=number)
    uses = (
        access.visible(Match, request.user)
        .filter(resource=found)
        .select_related("need__place__parent")
        .order_by("-ordered_on", "-pk")
    )
    may_change = bool(may_offer_resources(request.user, found)) and found.state != ResourceState.WITHDRAWN
    context = record_context(
        found,
        request.user,
        crumbs=[(_("Resources list"), reverse("resources"))],
        number=found.number,
        line=[found.owner_name, found.get_kind_display(), found.area.full_name],
        facts=[
            Fact(_("description"), found.text),
            Fact(_("kind of resource"), found.get_kind_display()),
            Fact(_("kind of owner"), found.get_owner_kind_display()),
            Fact(_("category"), found.get_category_display()),
            Fact(_("target group"), found.get_target_display()),
            Fact(_("area served"), found.area.full_name),
            Fact(_("time windows"), found.window_words),
            Fact(_("terms"), found.terms),
            Fact(_("cost per person (yuan)"), found.cost_fen, "money")
            if found.cost_fen
            else Fact(_("cost"), _("free of charge")),
            Fact(_("note on cost"), found.cost_note),
            Fact(_("contact post"), found.contact_post),
            Fact(_("valid from"), found.valid_from, "date"),
            Fact(_("valid until"), found.valid_until, "date"),
            Fact(_("verified by"), f"{found.verified_by} {found.verified_on or ''}".strip()),
        ],
        tables=[{"title": _("What it is used for"), "table": table(uses, USE_COLUMNS, request.GET)}]
        if uses or request.user.is_authenticated
        else [],
        change_url=reverse("resource-change", args=[found.number]) if may_change else "",
        counts=[
            (_("capacity"), found.capacity),
            (_("promised"), found.reserved),
            (_("given"), found.used),
            (_("left"), found.left),
        ],
    )
    return render(request, "lists/resource.html", context)


# ── forms ───────────────────────────────────────────────────────────────────


@page(may_offer_resources)
def new(request: HttpRequest) -> HttpResponseBase:
    actor: Any = request.user
    form = ResourceForm(request.POST or None, actor=actor, initial={"valid_from": clock.today()})
    return form_page(
        request,
        form,
        lambda: acts.enter_resource(actor=actor, **form.cleaned_data),
        title=_("Enter a resource"),
        lead=_("It comes in as a draft and is verified before it is put on the list."),
        back=reverse("resources"),
        crumbs=[(_("Resources list"), reverse("resources"))],
        to=lambda made: made.get_absolute_url(),
        done=_("Entered as a draft."),
        draft="resource-new",
    )


@page(may_offer_resources)
def change(request: HttpRequest, number: str) -> HttpResponseBase:
    actor: Any = request.user
    found = access.get_visible_or_404(Resource, actor, number=number)
    may_offer_resources.require(actor, found)
    names = set(acts.FIELDS) - {"organisation", "area"}
    given: dict[str, Any] = {name: getattr(found, name) for name in names}
    given |= {"organisation": found.organisation_id, "area": found.area_id}
    given["windows"] = windows_text(list(found.windows.all()))
    form = ResourceForm(request.POST or None, actor=actor, initial=given)
    return form_page(
        request,
        form,
        lambda: acts.change_resource(resource=found, actor=actor, **form.cleaned_data),
        title=found.title,
        back=found.get_absolute_url(),
        crumbs=[(_("Resources list"), reverse("resources")), (found.number, found.get_absolute_url())],
        done=_("Changed."),
    )
