"""A year of proposals on one page, for screen and for one sheet of A4; and what the reply classes mean."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import clock, figures
from qingdan.core.figures import Figure, Scope, Value
from qingdan.core.form_pages import form_page
from qingdan.core.gate import page
from qingdan.directory.pages.frame import actor_of
from qingdan.directory.permits import OFFICERS_OF_AGENCIES, handles_proposals, is_bureau
from qingdan.replies import forms, handling, queries
from qingdan.replies.figures import RATES
from qingdan.replies.models import CommitmentState, ProposalKind, ReplyClassMeaning
from qingdan.replies.permits import sees_issued
from qingdan.replies.proposal_pages import PROPOSALS

BEFORE = 3  # earlier years beside the chosen one
BY_UNIT = RATES[:4]
LISTED = 8  # of each list: the page is one sheet; the whole list is a click away


@dataclass(frozen=True)
class Cell:
    """A rate of one scope; None when no proposal stands behind it."""

    exact: Decimal | None
    url: str


@dataclass(frozen=True)
class RateRow:
    figure: Figure
    now: Value
    earlier: tuple[Cell, ...]


@page((sees_issued | handles_proposals).because(OFFICERS_OF_AGENCIES))
def proposals_year(request: HttpRequest) -> HttpResponse:
    """Rates with how many of how many, earlier years beside; by agency; what is late, what is promised."""
    today = clock.today()
    district = settings.DISTRICT
    kind = request.GET.get("kind", "")
    by = {"kind": kind} if kind in ProposalKind.values else {}
    received = figures.get("replies.received")
    known = received.split(Scope(district, today), received.year_path)
    years = sorted((int(year) for year in known), reverse=True)
    asked = request.GET.get("year", "")
    chosen = int(asked) if asked.isascii() and asked.isdigit() and int(asked[:5]) in years else None
    year = chosen or (years[0] if years else today.year)
    scope = Scope(district, today, year, by=by)
    earlier = [one for one in reversed(years) if one < year][-BEFORE:]
    meanings = list(queries.class_meanings(district, year))
    rates = [_row(figures.get(key), scope, earlier) for key in RATES]
    late, waiting = _unanswered(request.user, year, kind if by else "", today)
    promises = queries.commitments_visible_to(request.user).filter(
        state=CommitmentState.OPEN, letter__district=district
    )
    context = {
        "title": _now("Proposals and suggestions of %(year)d") % {"year": year},
        "year": year,
        "years": years,
        "earlier": earlier,
        "kinds": ProposalKind.choices,
        "kind": kind if by else "",
        "today": today,
        "received": received.read(scope),
        "answered": figures.get("replies.answered").read(scope),
        "rates": [row for row in rates if not _is_unused(row, {one.reply_class for one in meanings})],
        "meanings": meanings,
        "units": _by_unit(scope),
        "unit_heads": [figures.get(key) for key in BY_UNIT],
        "late": late,
        "open_count": len(late) + len(waiting),
        "waiting": waiting,
        "promises": promises.select_related("letter__proposal").order_by("due_on")[:LISTED],
        "promise_count": promises.count(),
        "promises_late": promises.filter(due_on__lt=today).count(),
        "crumbs": [(PROPOSALS.title, reverse("proposals"))],
    }
    return render(request, "replies/year.html", context)


def _row(figure: Figure, scope: Scope, earlier: list[int]) -> RateRow:
    known = figure.split(Scope(scope.district, scope.as_of, by=scope.by), figure.year_path)
    cells = tuple(
        Cell(known.get(year), figure.link(Scope(scope.district, scope.as_of, year, by=scope.by)))
        for year in earlier
    )
    return RateRow(figure, figure.read(scope), cells)


def _is_unused(row: RateRow, meant: set[str]) -> bool:
    """A class that has no meaning in the year and no reply is left out."""
    _prefix, _dot, rest = row.figure.key.partition(".class_")
    return bool(rest and meant) and rest[0].upper() not in meant and not row.now.part


def _by_unit(scope: Scope) -> list[dict[str, Any]]:
    """A row for each lead agency of the year: how many it received, and its rates."""
    received = figures.get("replies.received")
    counts = received.split_by(scope, "unit")
    rates = [(figures.get(key), figures.get(key).split_by(scope, "unit")) for key in BY_UNIT]
    rows = []
    for code, label in received.dimension("unit").choices(scope.district):
        if code not in counts:
            continue
        within = Scope(scope.district, scope.as_of, scope.year, by={**scope.by, "unit": code})
        rows.append(
            {
                "label": label,
                "received": Cell(counts[code], received.link(within)),
                "rates": [Cell(values.get(code), figure.link(within)) for figure, values in rates],
            }
        )
    return rows


def _unanswered(actor: Any, year: int, kind: str, today: Any) -> tuple[list[Any], list[Any]]:
    """What is late, of every year; and of the chosen year what still has time."""
    found = queries.proposals_visible_to(actor).annotate(due_by=queries.CLOCK)
    found = found.filter(district=settings.DISTRICT).exclude(state__in=queries.ANSWERED)
    if kind:
        found = found.filter(kind=kind)
    rows = list(found.filter(Q(due_by__lt=today) | Q(received_on__year=year)).order_by("due_by", "number"))
    return [one for one in rows if one.clock < today], [one for one in rows if one.clock >= today]


@page((sees_issued | handles_proposals).because(OFFICERS_OF_AGENCIES))
def reply_classes(request: HttpRequest) -> HttpResponse:
    """What the classes mean, year by year; the bureau enters a year's below."""
    if request.method == "POST":
        is_bureau.require(request.user)
    form = forms.ClassesForm(request.POST or None, initial=_latest(clock.today().year))
    return form_page(
        request,
        form,
        lambda: handling.set_classes(actor=actor_of(request), **form.given),
        title=_("What the reply classes mean"),
        back=reverse("reply-classes"),
        done=_("The classes are entered; they hold from that year on."),
        template="replies/classes.html",
        crumbs=[(PROPOSALS.title, reverse("proposals"))],
        rows=ReplyClassMeaning.objects.filter(district=settings.DISTRICT),
        may=bool(is_bureau(request.user)),
    )


def _latest(year: int) -> dict[str, Any]:
    """This year's classes, to be kept or changed."""
    initial: dict[str, Any] = {"year": year}
    for row in queries.class_meanings(settings.DISTRICT, year):
        initial |= {
            f"meaning_{row.reply_class}": row.meaning,
            f"taken_up_{row.reply_class}": row.taken_up,
            "basis": row.basis,
        }
    return initial
