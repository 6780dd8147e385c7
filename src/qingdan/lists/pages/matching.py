"""Pages of matching: suggestions for a need with their explained score, matches from order to rating."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from qingdan.core import access, looks
from qingdan.core.columns import Column
from qingdan.core.filters import ChoiceFilter, PeriodFilter, PlaceFilter
from qingdan.core.gate import page
from qingdan.core.listing import Listing, View, register_rows
from qingdan.core.permits import Refused
from qingdan.core.pieces import Fact, ScorePart
from qingdan.core.records import asks, name_verbs, record_context
from qingdan.directory.pages.frame import form_page
from qingdan.directory.permits import is_auditor, is_finance, is_organisation
from qingdan.lists import capacity, matching, matching_queries
from qingdan.lists.acts import matches as acts
from qingdan.lists.models import Category, Match, MatchState, Resource, ResourceWindow, SocialNeed, Way
from qingdan.lists.pages.common import streets
from qingdan.lists.permits.matching import is_place_officer, may_match
from qingdan.lists.reasons import score_parts

looks.declare(
    MatchState,
    wait={"DISPATCHED": 1},
    way={"SUGGESTED": "dash", "ORDERED": 1, "TAKEN": 2, "SERVED": 3},
    done=["RATED"],
    stop={"REFUSED": "cross", "DECLINED": "cross"},
    off={"CANCELLED": "cross"},
)
name_verbs({"need.find": _("finding entered")})
sees_matches = is_place_officer | is_finance | is_auditor | is_organisation


@dataclass(frozen=True)
class Shown:
    """A suggestion as the page shows it."""

    resource: Resource
    score: Decimal
    parts: list[ScorePart]
    left: int
    persons: int  # for how many it would be ordered: those still lacking, or as many as are left
    windows: tuple[
        tuple[ResourceWindow, int], ...
    ] = ()  # time windows with room of their own, and what is left


def suggestions_for(need: SocialNeed, actor: Any, k: int = 5) -> list[Shown]:
    """Suggestions for the page of a need; nothing for those who may not decide about it."""
    if not can_be_matched(need, actor):
        return []
    lacking = matching_queries.lacking(need)
    found = matching.suggestions(need, k)
    rooms = capacity.room_in_windows(one.resource.pk for one in found)
    shown = []
    for one in found:
        windows = [pair for pair in rooms.get(one.resource.pk, []) if pair[1]]
        if one.resource.pk in rooms and not windows:
            continue  # all its windows are full
        most = max((room for _window, room in windows), default=one.left)
        persons = min(lacking, one.left, most)
        parts = score_parts(one.kept_parts)
        shown.append(Shown(one.resource, one.score, parts, one.left, persons, tuple(windows)))
    return shown


def can_be_matched(need: SocialNeed, actor: Any) -> bool:
    """Whether this person may give the need a resource, and the need still waits for one."""
    return bool(may_match(actor, need)) and need.state in matching_queries.MATCHABLE


def matching_context(need: SocialNeed, actor: Any, k: int = 5) -> dict[str, Any]:
    """What `lists/need_suggestions.html` shows, on the page of a need and on that of its matching."""
    can_match = can_be_matched(need, actor)
    return {
        "can_match": can_match,
        "suggestions": suggestions_for(need, actor, k),
        "lacking": matching_queries.lacking(need) if can_match else None,
    }


@page(is_place_officer)
def need_matching(request: HttpRequest, number: str) -> HttpResponseBase:
    """What could answer a need, what was decided, and what was tried without buying."""
    need = access.get_visible_or_404(SocialNeed, request.user, number=number)
    decided = list(
        access.visible(Match, request.user)
        .filter(need=need)
        .select_related("resource__area__parent")
        .order_by("-pk")
    )
    findings = {finding.way: finding for finding in need.findings.all()}
    may = may_match(request.user, need)
    context = {
        "need": need,
        "title": need.title,
        "crumbs": [(_("Social needs list"), reverse("needs")), (need.number, need.get_absolute_url())],
        **matching_context(need, request.user, 10),
        "decided": [(match, score_parts(match.parts)) for match in decided],
        "ways": [(way, findings.get(way.value)) for way in Way],
        "may": may,
        "unmet": matching_queries.unmet_needs(need.district).filter(pk=need.pk).exists(),
    }
    return render(request, "lists/need_matching.html", context)


@page(is_place_officer)
def decide(request: HttpRequest, number: str) -> HttpResponseBase:
    """Order a suggested resource, at once dispatch it, or say why it does not fit.

    The score is computed anew, never taken from the page.
    """
    need = access.get_visible_or_404(SocialNeed, request.user, number=number)
    back = reverse("need" if "from-need" in request.POST else "need-matching", args=[need.number])
    if request.method != "POST":
        return redirect(back)
    resource = access.get_visible_or_404(Resource, request.user, pk=request.POST.get("resource"))
    known = next((one for one in matching.suggestions(need, k=20) if one.resource.pk == resource.pk), None)
    details: dict[str, Any] = {"score": known.score, "parts": known.kept_parts} if known else {}
    actor: Any = request.user
    try:
        if request.POST.get("do") == "refuse":
            reason = request.POST.get("reason", "")
            acts.refuse(need=need, resource=resource, reason=reason, actor=actor, **details)
            messages.success(request, _now("Kept with its reason; it will not be suggested again."))
        else:
            persons = request.POST.get("persons", "")
            asked = int(persons) if persons.isascii() and persons.isdigit() and len(persons) < 8 else None
            asked = asked or min(matching_queries.lacking(need), resource.left) or None
            dispatch = request.POST.get("do") == "dispatch"
            window = request.POST.get("window", "")
            match = acts.order(
                need=need,
                resource=resource,
                actor=actor,
                persons=asked,
                dispatch=dispatch,
                window=int(window) if window.isascii() and window.isdigit() else None,
                **details,
            )
            if dispatch:
                words = ngettext(
                    "Ordered for %(n)d person and dispatched to %(owner)s.",
                    "Ordered for %(n)d persons and dispatched to %(owner)s.",
                    match.persons,
                )
            else:
                words = ngettext(
                    "Ordered for %(n)d person. Dispatch it to the owner next.",
                    "Ordered for %(n)d persons. Dispatch it to the owner next.",
                    match.persons,
                )
            messages.success(request, words % {"n": match.persons, "owner": resource.owner_name})
    except Refused as no:
        messages.error(request, str(no.reason))
    return redirect(back)


@page(is_place_officer)
def find(request: HttpRequest, number: str) -> HttpResponseBase:
    """Record what one of the three ways gave."""
    need = access.get_visible_or_404(SocialNeed, request.user, number=number)
    back = reverse("need-matching", args=[need.number])
    way = request.POST.get("way", "")
    if request.method == "POST" and way in Way.values:
        actor: Any = request.user
        try:
            acts.find(
                need=need,
                way=way,
                covers=request.POST.get("covers") == "yes",
                note=request.POST.get("note", ""),
                actor=actor,
            )
        except Refused as no:
            messages.error(request, str(no.reason))
        else:
            messages.success(request, _now("Kept."))
    return redirect(back)


# ── matches ─────────────────────────────────────────────────────────────────

MATCH_COLUMNS = (
    Column("need", _("need"), value="need__title", kind="title", link=True, sub="need__number", fixed=True),
    Column("resource", _("resource"), value="resource__title"),
    Column("owner", _("owner"), value="resource__owner_name"),
    Column("place", _("street and community"), value="need__place__full_name", sort="need__place__code"),
    Column("persons", _("persons"), kind="number", sort=True),
    Column("score", _("score"), kind="number", sort=True),
    Column("ordered_on", _("ordered on"), kind="date", sort=True),
    Column("state", _("state"), kind="state", sort=True),
    Column("rating", _("mark given"), kind="number", sort=True),
    Column("why_not", _("reason"), hidden=True),
)
ORDER_COLUMNS = (
    Column(
        "resource",
        _("resource"),
        value="resource__title",
        kind="title",
        link=True,
        sub="resource__owner_name",
    ),
    *(
        column
        for column in MATCH_COLUMNS
        if column.key in ("persons", "score", "ordered_on", "state", "rating")
    ),
)
"""The orders of one need, on its page."""
register_rows(Match, MATCH_COLUMNS)
access.register(
    Match,
    matching_queries.matches,
    search=("need__title", "need__number", "resource__title"),
    related=("need", "resource"),
)
asks(
    Match,
    {
        "serve": lambda match: reverse("match-serve", args=[match.pk]),
        "rate": lambda match: reverse("match-rate", args=[match.pk]),
    },
)

MATCHES = Listing(
    key="matches",
    title=_("Orders"),
    note=_("Order, dispatch, take, serve, rate"),
    records=lambda actor: matching_queries.matches(actor).select_related("need__place__parent", "resource"),
    columns=MATCH_COLUMNS,
    search=("need__title", "need__number", "resource__title", "resource__owner_name"),
    filters=(
        PlaceFilter("street", _("street"), "need__place__code", streets),
        ChoiceFilter("category", _("category"), "need__category", Category),
        ChoiceFilter("state", _("state"), "state", MatchState),
        PeriodFilter("ordered", _("ordered on"), "ordered_on"),
    ),
    views=(
        View("to-dispatch", _("to be dispatched"), lambda actor: Q(state=MatchState.ORDERED)),
        View("to-take", _("waiting for the owner"), lambda actor: Q(state=MatchState.DISPATCHED)),
        View("serving", _("in service"), lambda actor: Q(state=MatchState.TAKEN)),
        View("to-rate", _("to be rated"), lambda actor: Q(state=MatchState.SERVED)),
        View("refused", _("not suitable"), lambda actor: Q(state=MatchState.REFUSED)),
    ),
    order=("-ordered_on", "-pk"),
    empty=_("Open a need and order one of the suggested resources."),
)


@page(sees_matches)
def match_list(request: HttpRequest) -> HttpResponseBase:
    return MATCHES.response(request)


def _window_of(found: Match) -> str:
    held = found.reservations.filter(window__isnull=False).select_related("window").last()
    return str(held.window) if held else ""


@page(sees_matches)
def match(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = access.get_visible_or_404(Match, request.user, pk=pk)
    need, resource = found.need, found.resource
    context = record_context(
        found,
        request.user,
        title=need.title,
        crumbs=[(_("Orders"), reverse("matches"))],
        number=f"{found.pk}",
        line=[need.place.local_full_name, resource.title, resource.owner_name],
        facts=[
            Fact(_("need"), need.title, url=need.get_absolute_url()),
            Fact(_("resource"), resource.title, url=resource.get_absolute_url()),
            Fact(_("time windows"), resource.window_words),
            Fact(_("time window promised"), _window_of(found)),
            Fact(_("terms"), resource.terms),
            Fact(_("persons"), found.persons, "number"),
            Fact(_("persons served"), found.served, "number"),
            Fact(_("ordered on"), found.ordered_on, "date"),
            Fact(_("reason"), found.why_not),
            Fact(_("mark given"), found.rating, "number"),
            Fact(_("comment on the service"), found.rating_text),
        ],
        score=found.score,
        parts=score_parts(found.parts),
    )
    return render(request, "lists/match.html", context)


class ServeForm(forms.Form):
    """How many were served."""

    persons = forms.IntegerField(label=_("persons served"), min_value=0)


class RateForm(forms.Form):
    """A mark and a sentence."""

    rating = forms.TypedChoiceField(
        label=_("mark given"),
        coerce=int,
        choices=[
            (5, _("5 very good")),
            (4, _("4 good")),
            (3, _("3 fair")),
            (2, _("2 poor")),
            (1, _("1 very poor")),
        ],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("comment on the service"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@page(sees_matches)
def serve(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = access.get_visible_or_404(Match, request.user, pk=pk)
    form = ServeForm(request.POST or None, initial={"persons": found.persons})
    actor: Any = request.user
    return form_page(
        request,
        form,
        lambda: acts.serve(match=found, persons=form.cleaned_data["persons"], actor=actor),
        title=_("Record as served"),
        lead=found.need.title,
        back=found.get_absolute_url(),
        done=_("Recorded. Persons who did not come are free capacity again."),
    )


@page(is_place_officer)
def rate(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = access.get_visible_or_404(Match, request.user, pk=pk)
    form = RateForm(request.POST or None)
    actor: Any = request.user
    return form_page(
        request,
        form,
        lambda: acts.rate(
            match=found, rating=form.cleaned_data["rating"], text=form.cleaned_data["text"], actor=actor
        ),
        title=_("Rate the service"),
        lead=found.need.title,
        back=found.get_absolute_url(),
        done=_("Rated."),
    )
