"""Pages of editions."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core import access
from qingdan.core.columns import Column
from qingdan.core.filters import ChoiceFilter
from qingdan.core.gate import public
from qingdan.core.listing import Listing, register_rows
from qingdan.core.records import record_context
from qingdan.lists import queries
from qingdan.lists.models import (
    Category,
    ListEdition,
    ListKind,
    ResourceKind,
    TargetGroup,
)

EDITION_COLUMNS = (
    Column("kind", _("list"), kind="choice", link=True, fixed=True),
    Column("year", _("year"), kind="code", sort=True),
    Column("number", _("edition"), kind="number"),
    Column("rows", _("rows"), value=lambda edition: len(edition.content), kind="number"),
    Column("published_on", _("published on"), kind="date", sort=True),
)
register_rows(ListEdition, EDITION_COLUMNS)
access.register(ListEdition, queries.editions)

EDITIONS = Listing(
    key="editions",
    title=_("Editions of the three lists"),
    records=queries.editions,
    columns=EDITION_COLUMNS,
    filters=(ChoiceFilter("kind", _("list"), "kind", ListKind),),
    order=("-published_on", "kind"),
)


@public
def editions(request: HttpRequest) -> HttpResponseBase:
    return EDITIONS.response(request)


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
