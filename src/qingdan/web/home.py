"""What the front page shows. A part whose room has opened no door to strangers is left out."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _now

from qingdan.calls.models import Round
from qingdan.core import access, clock, figures, markup
from qingdan.core.figures import Figure, FigureError, Scope, Value
from qingdan.core.small_counts import is_small
from qingdan.lists.models import ListEdition, ListKind, PurchaseItem, Resource, SocialNeed
from qingdan.replies import queries as replies
from qingdan.replies.models import ReplyLetter
from qingdan.web import nav
from qingdan.web.progress import STAGES

SHOWN = 8
STRANGER = AnonymousUser()


@dataclass(frozen=True)
class Highlight:
    """A figure of the front page: whole, or one for each value of a dimension, for its newest years.

    What was told once is not told again by a later figure: a project that serves no persons by name shows its
    sessions, the others the persons served.
    """

    key: str
    split: str = ""
    years: int = 1


HIGHLIGHTS = (
    Highlight("funds.budget", "line", years=2),
    Highlight("delivery.direct_persons", "project"),
    Highlight("delivery.sessions", "project"),
    Highlight("activities.service"),
    Highlight("activities.training"),
)


@dataclass(frozen=True)
class Told:
    """A figure with its words, for the grid of the year."""

    label: str
    value: Value
    source: str


def context(request: HttpRequest) -> dict[str, Any]:
    today = clock.today()
    return {
        "as_of": today,
        "told": year_figures(today),
        "figure_count": sum(1 for figure in figures.declared() if figure.public),
        "report_url": nav.address_of("need-report"),
        "track_url": nav.address_of("need-track"),
        "flow": flow(),
        "needs": newest_needs(),
        "needs_url": nav.address_of("needs"),
        "lists": three_lists(),
        "calls": open_calls(today),
        "calls_url": nav.address_of("calls"),
        "replies": published_replies(),
        "replies_url": nav.address_of("public-replies"),
    }


def year_figures(today: dt.date) -> list[Told]:
    """Eight figures that have records; a figure whose room is not installed is left out."""
    told: list[Told] = []
    known: set[tuple[str, str, int | None]] = set()
    for highlight in HIGHLIGHTS:
        try:
            figure = figures.get(highlight.key)
        except FigureError:
            continue
        for year in newest_years(figure, today, highlight.years):
            for parts, value in _values(figure, highlight.split, Scope(settings.DISTRICT, today, year)):
                once = {(key, code, year) for key, code in value.scope.by.items()}
                if once & known:
                    continue
                known |= once
                if len(told) == SHOWN:
                    return told
                if value.records and not is_small(value.exact, figure.unit):
                    told.append(Told(_name(parts, year), value, str(value.queryset.model._meta.verbose_name)))
    return told


def newest_years(figure: Figure, today: dt.date, count: int) -> Sequence[int | None]:
    """The newest years that have records, or None alone for a figure that is not kept by year."""
    if not figure.year_path:
        return [None]
    known = figure.split(Scope(settings.DISTRICT, today), figure.year_path)
    return sorted((int(year) for year in known if year), reverse=True)[:count]


def _values(figure: Figure, split: str, scope: Scope) -> list[tuple[list[str], Value]]:
    """What the figure answers, for each value of the dimension if it is split, with the parts of its name."""
    if not split:
        return [([str(figure.name)], figure.read(scope))]
    dimension = figure.dimension(split)
    known = {str(code): str(label) for code, label in dimension.choices(scope.district)}
    further = [str(figure.name)] if dimension.adds else []  # the name of a fund says enough
    values = figure.read_by(scope, split)
    return [
        ([known[code], *further], values[code]) for code in known if code in values and values[code].exact
    ]


def _name(parts: list[str], year: int | None) -> str:
    name = _now("%(what)s: %(figure)s") % {"what": parts[0], "figure": parts[1]} if parts[1:] else parts[0]
    return _now("%(name)s, %(year)d") % {"name": name, "year": year} if year else name


# ── needs ───────────────────────────────────────────────────────────────────


def flow() -> list[dict[str, Any]]:
    """How many needs stand at each stage, as far as strangers see them; stages without any are left out."""
    url = nav.address_of("needs")
    rows = access.visible(SocialNeed, STRANGER).order_by().values_list("state").annotate(n=Count("pk"))
    counted: dict[str, int] = dict(rows) if url else {}
    stages = [
        {
            "label": label,
            "count": sum(counted.get(s, 0) for s in states),
            "look": look,
            "url": f"{url}?{query}",
        }
        for label, states, look, query in STAGES
    ]
    return [stage for stage in stages if stage["count"]]


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
            "needs",
            "category",
            _now("raised by streets, communities, residents and local units"),
        ),
        (
            ListKind.RESOURCES,
            Resource,
            "resources",
            "kind",
            _now("offered by departments and professional bodies"),
        ),
        (
            ListKind.PURCHASE,
            PurchaseItem,
            "items",
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


def published_replies() -> list[ReplyLetter]:
    """The newest letters that strangers may read, as far as there is a page for them."""
    found = replies.letters_visible_to(STRANGER).order_by("-dated_on", "-pk")[:4]
    return [letter for letter in found if markup.address_of(letter)]
