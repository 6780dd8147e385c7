"""The unmet list: what neither self-help, volunteers nor resources can cover, by street and target group."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from qingdan.core import access
from qingdan.core.columns import Column
from qingdan.core.filters import ChoiceFilter, PlaceFilter
from qingdan.core.gate import page
from qingdan.core.listing import Button, Listing
from qingdan.directory.permits import is_auditor, is_staff_of_government
from qingdan.lists import matching_queries
from qingdan.lists.models import Category, PurchaseItem, SocialNeed, TargetGroup
from qingdan.lists.models.words import enumerated, strung
from qingdan.lists.pages.common import streets
from qingdan.lists.permits.matching import may_keep_items, may_match_lists

sees_unmet = is_staff_of_government | is_auditor


def _findings(need: SocialNeed) -> str:
    return strung(finding.as_words() for finding in need.findings.all())


def _visible(actor: Any) -> QuerySet[SocialNeed]:
    seen = access.visible(SocialNeed, actor).values("pk")
    return matching_queries.unmet_needs(actor.district).filter(pk__in=seen)


def _records(actor: Any) -> QuerySet[SocialNeed]:
    return (
        _visible(actor)
        .select_related("place__parent")
        .prefetch_related("findings", Prefetch("purchase_items", PurchaseItem.objects.order_by("number")))
    )


def _item_of(need: SocialNeed) -> str:
    return enumerated(item.number for item in need.purchase_items.all())


COLUMNS = (
    Column("number", _("number"), kind="code", sort=True),
    Column("title", _("need"), kind="title", link=True, sub=_findings, fixed=True),
    Column("place", _("street and community"), value="place__local_full_name", sort="place__code"),
    Column("target", _("target group"), kind="choice", sort=True),
    Column("persons", _("persons expected"), kind="number", sort=True),
    Column("urgency", _("urgency"), kind="number", sort=True),
    Column("supporters", _("supporters"), kind="number", sort=True),
    Column("items", _("purchase item"), value=_item_of),
)


UNMET = Listing(
    key="unmet",
    title=_("Unmet needs"),
    note=_("Self-help, volunteers and resources were tried; none covers them"),
    records=_records,
    columns=COLUMNS,
    search=("title", "text", "number"),
    filters=(
        PlaceFilter("street", _("street"), "place__code", streets),
        ChoiceFilter("category", _("category"), "category", Category),
        ChoiceFilter("target", _("target group"), "target", TargetGroup),
    ),
    order=("-urgency", "-supporters", "pk"),
    buttons=(
        Button(_("New proposal"), "match-proposal-new", may=may_match_lists),
        Button(_("Make a purchase item"), "item-choose", may=may_keep_items, primary=True),
    ),
    empty=_("Every verified need is answered, or has ways that were not tried yet."),
    template="lists/unmet.html",
)


@page(sees_unmet)
def unmet(request: HttpRequest) -> HttpResponseBase:
    """The list, and above it how many by street and target group; every number leads to its needs."""
    actor: Any = request.user
    counts = matching_queries.by_street_and_group(_visible(actor))
    names = dict(streets(actor))
    groups = [
        (value, label) for value, label in TargetGroup.choices if any(value in row for row in counts.values())
    ]
    rows = [
        {
            "code": code,
            "name": names.get(code, code),
            "cells": [(value, counts[code].get(value, 0)) for value, _label in groups],
            "total": sum(counts[code].values()),
        }
        for code in sorted(counts)
    ]
    sums = [(value, sum(row.get(value, 0) for row in counts.values())) for value, _label in groups]
    return UNMET.response(
        request, cross={"groups": groups, "rows": rows, "sums": sums, "total": sum(n for _v, n in sums)}
    )
