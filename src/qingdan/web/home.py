"""What the front page shows. A part whose room has opened no door to strangers is left out."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.calls.models import Round
from qingdan.core import access, clock, figures, looks
from qingdan.core.figures import FigureError, Scope, Value
from qingdan.lists.models import ListEdition, ListKind, NeedState, PurchaseItem, Resource, SocialNeed
from qingdan.web import nav

SHOWN = 8
STRANGER = AnonymousUser()


@dataclass(frozen=True)
class Highlight:
    """A figure of the front page: which, for which year, split how."""

    key: str
    year: int | None = None
    by: tuple[tuple[str, str], ...] = ()
    label: Any = ""


# The figures that the front page leads with; where none has records, the first public figures that have stand in.
HIGHLIGHTS: tuple[Highlight, ...] = ()


@dataclass(frozen=True)
class Told:
    """A figure with its words, for the grid of the year."""

    label: str
    value: Value
    source: str


def context(request: HttpRequest) -> dict[str, Any]:
    today = clock.today()
    told = year_figures(today)
    return {
        "as_of": today,
        "told": told,
        "figure_count": sum(1 for figure in figures.declared() if figure.public),
        "report_url": nav.address_of("need-report"),
        "track_url": nav.address_of("need-track"),
        "flow": flow(),
        "needs": newest_needs(),
        "needs_url": nav.address_of("public-needs"),
        "lists": three_lists(),
        "calls": open_calls(today),
        "calls_url": nav.address_of("public-calls"),
    }


def year_figures(today: dt.date) -> list[Told]:
    told = [one for highlight in HIGHLIGHTS if (one := _told(highlight, today))]
    if told:
        return told
    found = []
    for figure in figures.declared():
        if len(found) == SHOWN:
            break
        if figure.public and (
            one := _told(Highlight(figure.key, today.year if figure.year_path else None), today)
        ):
            found.append(one)
    return found


def _told(highlight: Highlight, today: dt.date) -> Told | None:
    try:
        figure = figures.get(highlight.key)
        scope = Scope(settings.DISTRICT, today, highlight.year, by=dict(highlight.by))
        value = figure.read(scope)
    except FigureError:
        return None
    if not value.records:
        return None
    parts = [str(highlight.label or figure.name)]
    if not highlight.label:
        parts += [figure.dimension(key).label_of(settings.DISTRICT, chosen) for key, chosen in highlight.by]
        if highlight.year:
            parts.insert(0, str(highlight.year))
    source = str(value.queryset.model._meta.verbose_name)
    return Told(" · ".join(parts), value, source)


# ── needs ───────────────────────────────────────────────────────────────────

# States in the order of the way, several of them under one word where a resident need not tell them apart.
STAGES: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("to be verified"), (NeedState.SUBMITTED, NeedState.COMMUNITY_VERIFIED)),
    (_("published"), (NeedState.STREET_VERIFIED, NeedState.PUBLISHED)),
    (_("matched"), (NeedState.MATCHED,)),
    (_("in service"), (NeedState.IN_SERVICE,)),
    (_("done"), (NeedState.DONE, NeedState.RATED, NeedState.ARCHIVED)),
)
_STAGE_LOOKS = (("wait", "0"), ("way", "1"), ("way", "2"), ("way", "3"), ("done", "4"))


def flow() -> list[dict[str, Any]]:
    """How many needs stand at each stage; nothing while strangers see no needs."""
    url = nav.address_of("public-needs")
    rows = access.visible(SocialNeed, STRANGER).order_by().values_list("state").annotate(n=Count("pk"))
    counted: dict[str, int] = dict(rows)
    if not counted or not url:
        return []
    return [
        {
            "label": label,
            "count": sum(counted.get(state, 0) for state in states),
            "look": looks.Look(*look),
            "url": f"{url}?stage={number}",
        }
        for number, ((label, states), look) in enumerate(zip(STAGES, _STAGE_LOOKS, strict=True), start=1)
    ]


def newest_needs() -> QuerySet[SocialNeed]:
    return (
        access.visible(SocialNeed, STRANGER)
        .select_related("place", "place__parent")
        .order_by("-raised_on", "-pk")[:6]
    )


# ── the three lists ─────────────────────────────────────────────────────────


def three_lists() -> dict[str, Any] | None:
    """The lists as strangers see them today, with the latest edition; None while there is no page for them."""
    parts = (
        (
            ListKind.NEEDS,
            SocialNeed,
            "public-needs",
            "category",
            _now("raised by streets, communities, residents and local units"),
        ),
        (
            ListKind.RESOURCES,
            Resource,
            "public-resources",
            "kind",
            _now("offered by departments and professional bodies"),
        ),
        (
            ListKind.PURCHASE,
            PurchaseItem,
            "public-items",
            "category",
            _now("what existing resources cannot do and the government buys"),
        ),
    )
    columns = []
    for kind, model, url_name, split, words in parts:
        url = nav.address_of(url_name)
        if not url:
            continue
        rows = list(
            access.visible(model, STRANGER)
            .order_by()
            .values_list(split)
            .annotate(n=Count("pk"))
            .order_by("-n")
        )
        if not rows:
            continue
        names = dict(model._meta.get_field(split).flatchoices)  # type: ignore[union-attr]  # a field with choices
        columns.append(
            {
                "label": ListKind(kind).label,
                "url": url,
                "count": sum(n for _value, n in rows),
                "words": words,
                "rows": [
                    {"label": names.get(value, value), "count": n, "url": f"{url}?{split}={value}"}
                    for value, n in rows[:3]
                ],
            }
        )
    if not columns:
        return None
    edition = access.visible(ListEdition, STRANGER).order_by("-published_on", "-number").first()
    return {"columns": columns, "edition": edition}


def open_calls(today: dt.date) -> QuerySet[Round]:
    return (
        access.visible(Round, STRANGER)
        .filter(opened_on__lte=today, closes_on__gte=today)
        .order_by("closes_on")[:4]
    )
