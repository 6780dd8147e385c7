"""Pages of purchase items: list, record with its checks, made from unmet needs."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core import access, looks
from qingdan.core.columns import Column
from qingdan.core.filters import ChoiceFilter, YearFilter
from qingdan.core.gate import page, public
from qingdan.core.listing import Button, Listing, View, register_rows, table
from qingdan.core.looks import Look
from qingdan.core.pieces import Fact
from qingdan.core.records import name_verbs, record_context
from qingdan.directory.pages.frame import form_page
from qingdan.lists import checks, matching, matching_queries, queries
from qingdan.lists.acts import items as acts
from qingdan.lists.matching_forms import ItemForm
from qingdan.lists.models import Category, ItemState, PurchaseItem, Resource, SocialNeed, TargetGroup
from qingdan.lists.pages.common import streets
from qingdan.lists.permits.matching import may_keep_items

NEEDS_LOOKED_AT = 20  # needs of an item for which near resources are looked up

looks.declare(
    ItemState,
    wait={"PROPOSED": 0},
    way={"REVIEWED": 1, "BUDGETED": 1, "PUBLISHED": 2, "IN_PROCUREMENT": 2, "CONTRACTED": 3, "RUNNING": 3},
    done=["CLOSED"],
    off={"CANCELLED": "cross", "CARRIED_OVER": "arrow"},
)
name_verbs({"purchase_item.change": _("details changed")})

ITEM_COLUMNS = (
    Column("number", _("number"), kind="code", sort=True),
    Column("title", _("purchase item"), kind="title", link=True, sub="content", fixed=True),
    Column("category", _("category"), kind="choice", sort=True),
    Column("target", _("target group"), kind="choice"),
    Column("persons", _("persons to be served"), kind="number", sort=True),
    Column("budget_fen", _("budget (yuan)"), kind="money", sort=True),
    Column("state", _("state"), kind="state", sort=True),
)
BEHIND_COLUMNS = (
    Column("number", _("number"), kind="code"),
    Column("title", _("need"), kind="title", link=True),
    Column("place", _("street and community"), value="place__local_full_name"),
    Column("supporters", _("supporters"), kind="number"),
    Column("state", _("state"), kind="state"),
)
USED_COLUMNS = (
    Column("number", _("number"), kind="code"),
    Column("title", _("resource"), kind="title", link=True),
    Column("owner", _("owner"), value="owner_name"),
    Column("capacity", _("capacity"), kind="number"),
)
SAME_COLUMNS = (
    Column("number", _("number"), kind="code"),
    Column("title", _("purchase item"), kind="title", link=True),
    Column("budget_fen", _("budget (yuan)"), kind="money"),
    Column("state", _("state"), kind="state"),
)
register_rows(PurchaseItem, ITEM_COLUMNS)
access.register(PurchaseItem, queries.items, search=("title", "number"))

_FILTERS = (
    YearFilter("year", _("year"), "year"),
    ChoiceFilter("category", _("category"), "category", Category),
    ChoiceFilter("target", _("target group"), "target", TargetGroup),
    ChoiceFilter("state", _("state"), "state", ItemState),
)


def _in(*states: str) -> Any:
    return lambda actor: Q(state__in=states)


ITEMS = Listing(
    key="items",
    title=_("Purchase list"),
    records=queries.items,
    columns=ITEM_COLUMNS,
    search=("title", "content", "number"),
    filters=_FILTERS,
    views=(
        View("to-review", _("to be reviewed"), _in("PROPOSED")),
        View("candidates", _("waiting for money"), _in("REVIEWED")),
        View("published", _("published"), _in(*PurchaseItem.PUBLIC)),
    ),
    order=("-year", "number"),
    buttons=(
        Button(_("Import from Excel"), "purchase-items-import", may=may_keep_items, icon="upload"),
        Button(_("Make a purchase item"), "item-choose", may=may_keep_items, icon="plus", primary=True),
    ),
    empty=_("Items are made from unmet needs: choose some of one kind and make an item of them."),
)
PUBLIC_ITEMS = Listing(
    key="public-items",
    title=_("Purchase list"),
    records=lambda actor: queries.items(None),
    columns=ITEM_COLUMNS,
    search=("title", "content", "number"),
    filters=_FILTERS[:3],
    order=("-year", "number"),
    public=True,
)


@public
def items(request: HttpRequest) -> HttpResponseBase:
    return ITEMS.response(request)


@public
def public_items(request: HttpRequest) -> HttpResponseBase:
    return PUBLIC_ITEMS.response(request)


_LOOKS = {
    checks.STOP: Look("stop", "cross"),
    checks.WARN: Look("wait", "differ"),
    checks.NOTE: Look("way", "1"),
    checks.GOOD: Look("done", "4"),
}
CHECK_WORDS = {
    "directory": _("guiding directory"),
    "negative": _("negative list"),
    "splitting": _("splitting"),
    "method": _("proposed method"),
    "needs": _("needs"),
}


@public
def item(request: HttpRequest, number: str) -> HttpResponseBase:
    found = access.get_visible_or_404(PurchaseItem, request.user, number=number)
    actor = request.user
    behind = access.visible(SocialNeed, actor).filter(purchase_items=found).select_related("place__parent")
    used = access.visible(Resource, actor).filter(purchase_items=found)
    inside = (
        bool(actor.is_authenticated) and hasattr(actor, "holds") and found.state not in PurchaseItem.PUBLIC
    )
    keeper = bool(may_keep_items(actor, found))
    parts = [
        {"title": _("needs behind it"), "table": table(behind, BEHIND_COLUMNS, request.GET)},
        {
            "title": _("resources it builds on"),
            "table": table(used, USED_COLUMNS, request.GET, parameter="resources"),
        },
    ]
    if keeper:
        same: QuerySet[PurchaseItem] = checks.same_job(found)
        if same.exists():
            parts.append(
                {
                    "title": _("Same buyer, entry and year"),
                    "table": table(same, SAME_COLUMNS, request.GET, parameter="same"),
                }
            )
    context = record_context(
        found,
        actor,
        crumbs=[(_("Purchase list"), reverse("items"))],
        number=found.number,
        line=[found.year, found.get_category_display(), found.get_target_display()],
        facts=[
            Fact(_("content and standard"), found.content),
            Fact(_("entry of the directory"), found.entry),
            Fact(_("persons to be served"), found.persons, "number"),
            Fact(_("budget (yuan)"), found.budget_fen, "money"),
            Fact(_("budget line"), found.line),
            Fact(_("buyer"), found.buyer),
            Fact(_("proposed method"), found.get_method_display()),
            Fact(_("period"), f"{found.starts_on} – {found.ends_on}" if found.starts_on else ""),
            Fact(_("performance targets"), found.targets),
            Fact(_("conditions for suppliers"), found.supplier_conditions),
            Fact(_("why these are separate jobs"), found.why_apart),
            Fact(_("why the negative list does not apply"), found.why_allowed),
        ],
        tables=parts,
        checked=[
            (CHECK_WORDS[one.check], _LOOKS[one.level], one)
            for one in checks.check_item(found)
            if keeper or inside
        ]
        if keeper or inside
        else [],
        change_url=reverse("item-change", args=[found.number])
        if keeper and found.state in (ItemState.PROPOSED, ItemState.REVIEWED, ItemState.BUDGETED)
        else "",
    )
    return render(request, "lists/item.html", context)


# ── made from unmet needs ───────────────────────────────────────────────────


@page(may_keep_items)
def choose(request: HttpRequest) -> HttpResponseBase:
    """Which unmet needs belong together: by category, ticked, then the item is described."""
    actor: Any = request.user
    category = request.GET.get("category", "")
    street = request.GET.get("street", "")
    needs = (
        matching_queries.unmet_needs(actor.district)
        .select_related("place__parent")
        .prefetch_related("findings", "purchase_items")
        .order_by("category", "place__code", "number")
    )
    if category in Category.values:
        needs = needs.filter(category=category)
    if street.isascii() and street.isdigit():
        needs = needs.filter(place__code__startswith=street)
    groups: dict[str, list[SocialNeed]] = {}
    for need in needs:
        groups.setdefault(str(need.get_category_display()), []).append(need)
    context = {
        "title": _("Make a purchase item"),
        "crumbs": [(_("Purchase list"), reverse("items"))],
        "groups": groups,
        "categories": Category.choices,
        "streets": streets(actor),
        "category": category,
        "street": street,
    }
    return render(request, "lists/item_choose.html", context)


@page(may_keep_items)
def new(request: HttpRequest) -> HttpResponseBase:
    """Describe the item for the needs ticked before; what they have in common is filled in."""
    actor: Any = request.user
    keys = [key for key in request.GET.getlist("needs") if key.isascii() and key.isdigit()]
    needs = list(
        matching_queries.unmet_needs(actor.district)
        .filter(pk__in=keys)
        .select_related("place__parent")
        .order_by("pk")
    )
    year = acts.this_year()
    initial: dict[str, Any] = {}
    if needs:
        initial = {
            "title": needs[0].title,
            "category": _common([need.category for need in needs]),
            "target": _common([need.target for need in needs]),
            "persons": sum(need.persons or 0 for need in needs),
            "buyer": actor.agency_id,
        }
    form = ItemForm(
        request.POST or None, actor=actor, year=year, initial=initial, resources=_resources_near(actor, needs)
    )
    return form_page(
        request,
        form,
        lambda: acts.make_item(needs=needs, actor=actor, year=year, **form.cleaned_data),
        title=_("Make a purchase item"),
        lead=_(
            "For the needs below. Everything but the entry, the budget and the content can be completed later."
        ),
        back=reverse("item-choose"),
        crumbs=[(_("Purchase list"), reverse("items")), (_("Unmet needs"), reverse("item-choose"))],
        to=lambda made: made.get_absolute_url(),
        done=_("Proposed. Look at the checks, then have it reviewed."),
        template="lists/item_form.html",
        needs=needs,
    )


def _resources_near(actor: Any, needs: list[SocialNeed], kept: Iterable[int] = ()) -> QuerySet[Resource]:
    """What stands on the list near to these needs, and what the item builds on already."""
    found = {one.resource.pk for need in needs[:NEEDS_LOOKED_AT] for one in matching.suggestions(need, 3)}
    rows = access.visible(Resource, actor).filter(pk__in=found | set(kept))
    return rows.select_related("area__parent").order_by("number")


def _common(values: list[str]) -> str:
    return values[0] if len(set(values)) == 1 else ""


@page(may_keep_items)
def change(request: HttpRequest, number: str) -> HttpResponseBase:
    actor: Any = request.user
    found = access.get_visible_or_404(PurchaseItem, actor, number=number)
    given = {
        name: getattr(found, name) for name in acts.FIELDS if name not in ("year", "entry", "buyer", "line")
    }
    given |= {"entry": found.entry_id, "buyer": found.buyer_id, "line": found.line_id}
    behind = found.needs.select_related("place__parent").order_by("number")
    choices: dict[str, Any] = {}
    if found.state == ItemState.PROPOSED:
        kept = list(found.resources.values_list("pk", flat=True))
        given |= {"resources": kept, "needs": [need.pk for need in behind]}
        choices = {"resources": _resources_near(actor, list(behind), kept), "needs": behind}
    form = ItemForm(request.POST or None, actor=actor, year=found.year, initial=given, **choices)
    return form_page(
        request,
        form,
        lambda: acts.change_item(item=found, actor=actor, **form.cleaned_data),
        title=found.title,
        back=found.get_absolute_url(),
        crumbs=[(_("Purchase list"), reverse("items")), (found.number, found.get_absolute_url())],
        done=_("Changed."),
        template="lists/item_form.html",
        needs=() if choices else list(behind),
    )
