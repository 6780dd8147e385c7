"""The public pages of needs: report one, get a receipt, follow it, support one that says the same."""

import datetime as dt
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import files, journal, throttle
from qingdan.core.gate import page, public
from qingdan.core.permits import Refused
from qingdan.directory import maps
from qingdan.directory.models import Account, Place
from qingdan.directory.permits import signed_in
from qingdan.lists import likeness, limits, periods, queries
from qingdan.lists.acts import needs as acts
from qingdan.lists.forms import PHOTO_BYTES, ReportForm, TrackForm, communities_of
from qingdan.lists.models import NeedReporter, NeedState, Notice, SocialNeed
from qingdan.lists.permits.needs import Visitor, may_register
from qingdan.lists.queries import CHECKED_STATES, PUBLIC_STATES

_MINE = "my-needs"
_SUPPORTED = "supported-needs"
TEXT_IS_OPEN = (*CHECKED_STATES, *PUBLIC_STATES)


def _actor(request: HttpRequest) -> Any:
    return request.user if request.user.is_authenticated else Visitor(settings.DISTRICT)


def _account(request: HttpRequest) -> Account | None:
    return request.user if isinstance(request.user, Account) else None


def _supporter(request: HttpRequest) -> str:
    return acts.supporter_key(account=_account(request), visitor=throttle.visitor_of(request))


def _remember(request: HttpRequest, key: str, number: str) -> None:
    known = [one for one in request.session.get(key, []) if one != number]
    request.session[key] = [*known, number][-50:]


def is_own(request: HttpRequest, need: SocialNeed) -> bool:
    """Whether this browser or this account reported the need."""
    account = _account(request)
    if account is not None and NeedReporter.objects.filter(need=need, account=account).exists():
        return True
    return need.number in request.session.get(_MINE, [])


# ── report ──────────────────────────────────────────────────────────────────


@public
def report(request: HttpRequest) -> HttpResponse:
    """Say what is needed: category, place, a few words. Everything typed stays when something is missing."""
    sent = request.method == "POST"
    form = ReportForm(
        request.POST if sent else None,
        request.FILES if sent else None,
        district=settings.DISTRICT,
        initial={"category": request.GET.get("category", "")},
    )
    if sent:
        if form.is_trap_shut:
            return render(request, "lists/report.html", _report_context(form), status=422)
        if need := _filed(request, form):
            _remember(request, _MINE, need.number)
            return redirect("need-receipt", number=need.number)
    return render(request, "lists/report.html", _report_context(form), status=422 if sent else 200)


def _report_context(form: ReportForm) -> dict[str, Any]:
    days = {
        name: periods.length(kind, district=settings.DISTRICT)
        for name, kind in (("community", periods.COMMUNITY), ("street", periods.STREET))
    }
    context = {"form": form, "days": days, "map": maps.drawing(settings.DISTRICT)}
    return context | {"photos_again": bool(form.files and form.files.getlist("photos"))}


def _filed(request: HttpRequest, form: ReportForm) -> SocialNeed | None:
    """The need that a form makes; None when something has to be corrected, which the form then says."""
    valid = form.is_valid()
    try:  # all that can be said about the text and the number is said at once
        acts.clean_text(form.data.get("text", ""))
    except ValidationError as fault:
        form.add_error("text", fault)
        valid = False
    try:
        phone = acts.clean_mobile(form.data.get("phone", ""))
    except ValidationError as fault:
        form.add_error("phone", fault)
        valid = False
    if not valid or form.place is None:
        return None
    try:
        limits.count_visit(request, "report")
        with transaction.atomic():
            need = acts.report(
                actor=_actor(request),
                place=form.place,
                category=form.cleaned_data["category"],
                text=form.cleaned_data["text"],
                person=acts.Person(
                    phone=phone,
                    consent=NeedReporter.Consent.TICKED if phone else NeedReporter.Consent.NONE,
                    account=_account(request),
                    visitor=throttle.visitor_of(request),
                ),
            )
            for photo in form.cleaned_data.get("photos") or []:
                files.store(
                    photo,
                    actor=Visitor(need.district).actor_label,
                    district=need.district,
                    owner=f"lists.socialneed:{need.pk}",
                    kinds=files.IMAGES,
                    max_size=PHOTO_BYTES,
                )
    except files.FileRefused as no:
        form.add_error("photos", no)
    except ValidationError as fault:
        for name, errors in getattr(fault, "error_dict", {NON_FIELD_ERRORS: fault.error_list}).items():
            form.add_error(name if name in form.fields else None, errors)
    except Refused as no:
        form.add_error(None, str(no.reason))
    else:
        return need
    return None


@public
def communities(request: HttpRequest) -> HttpResponse:
    """The communities of a street as options, for the second of the two boxes."""
    street = request.GET.get("street", "")
    found = communities_of(settings.DISTRICT, street) if street.isdigit() and len(street) == 9 else []
    return render(request, "lists/communities.html", {"communities": found, "chosen": ""})


@public
def alike(request: HttpRequest) -> HttpResponse:
    """Needs that say nearly what is being typed, with enough to judge; a part of the report page."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    community, street = request.POST.get("community", ""), request.POST.get("street", "")
    for_another = bool(may_register(request.user, None))
    if (
        for_another and (key := request.POST.get("place", "")).isdigit()
    ):  # the officers' form names the place by its key
        place = Place.objects.filter(district=settings.DISTRICT, pk=key).first()
        community = place.code if place else ""
    try:
        limits.count_visit(request, "look")
    except Refused:
        return HttpResponse(status=204)
    found = likeness.alike(
        district=settings.DISTRICT,
        text=request.POST.get("text", "")[:2_000],
        category=request.POST.get("category", ""),
        place=community if community.isdigit() else street,
    )
    supported = request.session.get(_SUPPORTED, [])
    context = {"alike": found, "supported": supported, "for_another": for_another and not street}
    return render(request, "lists/alike.html", context)


@public
def support(request: HttpRequest, number: str) -> HttpResponse:
    """“I need this too”: one person is counted once."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    need = _found(number)
    visible = need is not None and (need.state in TEXT_IS_OPEN or is_own(request, need))
    if need is None or not visible:
        return _not_found(request, number)
    error, new = "", False
    try:
        limits.count_visit(request, "support")
        code = request.POST.get("community", "")
        if "withdraw" in request.POST:
            acts.withdraw_support(need=need, supporter=_supporter(request))
            known = [one for one in request.session.get(_SUPPORTED, []) if one != need.number]
            request.session[_SUPPORTED] = known
            messages.success(request, _now("Taken back: you are no longer counted."))
            return redirect("need-tracked", number=need.number)
        new = acts.support(need=need, supporter=_supporter(request), place=_place(code))
        _remember(request, _SUPPORTED, need.number)
    except Refused as no:
        error = str(no.reason)
    if getattr(request, "htmx", None):
        need = acts.root_of(SocialNeed.objects.get(pk=need.pk))
        context = {"need": need, "new": new, "error": error}
        return render(request, "lists/supported.html", context)
    if error:
        messages.error(request, error)
    else:
        messages.success(
            request,
            _now("Counted. You need not write it again.") if new else _now("You are counted already."),
        )
    return redirect("need-tracked", number=need.number)


def _place(code: str) -> Place | None:
    if not (code.isdigit() and len(code) in (9, 12)):
        return None
    return Place.objects.filter(district=settings.DISTRICT, code=code).first()


# ── follow ──────────────────────────────────────────────────────────────────


def _found(number: str) -> SocialNeed | None:
    """A need by its number as people type it: any width, any case, with or without blanks."""
    text = unicodedata.normalize("NFKC", "".join(number.split())).upper().replace("—", "-")
    return (
        SocialNeed.objects.filter(district=settings.DISTRICT, number=text)
        .exclude(state=NeedState.DRAFT)
        .select_related("place__parent")
        .first()
    )


def _not_found(request: HttpRequest, number: str) -> HttpResponse:
    form = TrackForm({"number": number})
    form.is_valid()
    try:
        limits.count_visit(request, "guess")
        form.add_error("number", _("There is no need with this number. Compare it with your receipt."))
    except Refused as no:
        form.add_error("number", str(no.reason))
    return render(request, "lists/track_find.html", {"form": form}, status=404)


@dataclass(frozen=True)
class Stage:
    """A step of the way as residents read it: when it was done, or until when it has to be."""

    label: Any
    day: dt.date | None
    done: bool = False
    now: bool = False
    words: Any = ""


_STAGES: tuple[tuple[Any, tuple[str, ...], Any], ...] = (
    (_("Received"), (NeedState.SUBMITTED,), None),
    (_("Checked by the community"), (NeedState.COMMUNITY_VERIFIED,), periods.COMMUNITY),
    (_("Checked by the street"), (NeedState.STREET_VERIFIED,), periods.STREET),
    (_("Being met"), (NeedState.DONE,), None),
    (_("Your rating"), (NeedState.RATED,), None),
)
_RANK = {
    NeedState.SUBMITTED: 0,
    NeedState.RETURNED: 0,
    NeedState.COMMUNITY_VERIFIED: 1,
    NeedState.STREET_VERIFIED: 2,
    NeedState.PUBLISHED: 2,
    NeedState.MATCHED: 2,
    NeedState.IN_SERVICE: 2,
    NeedState.DONE: 3,
    NeedState.RATED: 4,
    NeedState.ARCHIVED: 4,
}


def stages(need: SocialNeed, reached: dict[str, dt.date]) -> list[Stage]:
    """The five steps of the receipt, with the days on which they were or must be done."""
    rank = _RANK.get(NeedState(need.state), -1)
    # while details are missing, the clock is the reporter's: the community's begins when they have come
    due_on = None if need.state == NeedState.RETURNED else need.due_on
    found = []
    for n, (label, states, period) in enumerate(_STAGES):
        day = next((reached[state] for state in states if state in reached), None)
        if n == 0:
            day = day or need.raised_on
        due = None
        if n > rank and period:
            due = due_on if n == rank + 1 else None
            if due is None and rank == 0 and n == 2 and due_on:
                due = periods.in_working_days(
                    periods.length(period, district=need.district, day=need.raised_on), due_on
                )
        words: Any = ""
        if n > rank and not due:
            words = _("the date will be said here") if n < 4 else _("when it is done")
        found.append(Stage(label, day if n <= rank else due, n <= rank, n == max(rank, 0), words))
    return found


# What a resident reads for each state that was reached.
_TOLD = {
    NeedState.SUBMITTED: _("Passed on to %(place)s, which checks it"),
    NeedState.COMMUNITY_VERIFIED: _("The community has checked it and passed it on to the street"),
    NeedState.STREET_VERIFIED: _("The street has checked it"),
    NeedState.PUBLISHED: _("It stands in the published list; a way to meet it is looked for"),
    NeedState.MATCHED: _("A way to meet it was found"),
    NeedState.IN_SERVICE: _("The service has begun"),
    NeedState.DONE: _("It is done; please rate it"),
    NeedState.RATED: _("It was rated"),
    NeedState.ARCHIVED: _("The matter is closed"),
    NeedState.MERGED: _("Others said the same: it goes on under another number, and you are counted there"),
    NeedState.RETURNED: _("A few details are missing"),
    NeedState.REJECTED: _("It is not taken up"),
    NeedState.EXPIRED: _("It lapsed"),
}

_PARTED = _("It goes on by itself again, under this number")


def told(state: str, need: SocialNeed) -> str:
    """A state in a sentence for residents."""
    return str(_TOLD.get(NeedState(state), "")) % {"place": need.place.local_full_name}


@dataclass(frozen=True)
class Told:
    day: dt.date
    words: str
    reason: str = ""


def _story(need: SocialNeed, *, reasons: bool) -> tuple[list[Told], dict[str, dt.date]]:
    """What happened, newest first, without names; and the day on which each state was reached."""
    entries: Iterable[Any] = [one for one in journal.history(need) if one.after and one.after != one.before]
    story: list[Told] = []
    reached: dict[str, dt.date] = {}
    for entry in entries:
        if entry.after in NeedState.values:
            day = journal.day_of(entry)
            words = _PARTED if entry.before == NeedState.MERGED else told(entry.after, need)
            story.append(Told(day, str(words), entry.reason if reasons else ""))
            reached.setdefault(entry.after, day)
    return story, reached


@public
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """What somebody who has just reported a need is given; others are led to the tracking page."""
    need = _found(number)
    if need is None:
        return _not_found(request, number)
    if not is_own(request, need):
        return redirect("need-tracked", number=need.number)
    _words, _reached = _story(need, reasons=False)
    reporter = NeedReporter.objects.filter(need=need).first()
    context = {
        "need": need,
        "address": request.build_absolute_uri(reverse("need-tracked", args=[need.number])),
        "stages": stages(need, {}),
        "left_phone": bool(reporter and reporter.phone_index),
        "like": likeness.pairs_of(need, SocialNeed.objects.filter(district=need.district)).exists(),
    }
    return render(request, "lists/receipt.html", context)


@public
def track_find(request: HttpRequest) -> HttpResponse:
    """Ask for the number."""
    given = request.GET.get("number")
    if given:
        need = _found(given)
        return _not_found(request, given) if need is None else redirect("need-tracked", number=need.number)
    mine = SocialNeed.objects.filter(
        district=settings.DISTRICT, number__in=request.session.get(_MINE, [])
    ).order_by("-pk")
    return render(request, "lists/track_find.html", {"form": TrackForm(), "mine": mine})


@public
def track(request: HttpRequest, number: str) -> HttpResponse:
    """Where a need stands, for whoever holds its number.

    The text is shown once the community has checked it, and always to the one who wrote it; reasons are for the
    reporter alone, because they may say more than a stranger should read.
    """
    need = _found(number)
    if need is None:
        return _not_found(request, number)
    own = is_own(request, need)
    error = ""
    if request.method == "POST":
        error = _told_by_reporter(request, need, own)
        if not error:
            return redirect("need-tracked", number=need.number)
    root = acts.root_of(need)
    story, reached = _story(need, reasons=own)
    if root.pk != need.pk:
        more, _days = _story(root, reasons=False)
        story = [one for one in more if story and one.day >= story[0].day] + story
    context = {
        "need": need,
        "root": root,
        "own": own,
        "error": error,
        "typed": request.POST.get("text", need.text),
        "open_text": own or (need.state in TEXT_IS_OPEN and not need.is_personal),
        "stages": stages(root, reached if root.pk == need.pk else _story(root, reasons=False)[1]),
        "story": story,
        "stopped": need.state in (NeedState.REJECTED, NeedState.EXPIRED),
        "returned": need.state == NeedState.RETURNED,
        "can_rate": own and need.state == NeedState.DONE,
        "supported": need.number in request.session.get(_SUPPORTED, []),
        "can_support": not own and root.state in TEXT_IS_OPEN and root.state in CHECKED_STATES,
        "is_public": queries.is_open_to_all(root),
    }
    return render(request, "lists/track.html", context, status=422 if error else 200)


def _told_by_reporter(request: HttpRequest, need: SocialNeed, own: bool) -> str:
    """More details or a rating from the reporter; answers what is wrong, or nothing."""
    if not own:
        return _now("Only the person who reported it can do this, with the phone that was used.")
    try:
        if "rating" in request.POST or need.state == NeedState.DONE:  # nothing chosen is a rating, too
            value = request.POST.get("rating", "")
            acts.rate(actor=_actor(request), need=need, rating=int(value) if value.isdigit() else 0, own=True)
            messages.success(request, _now("Thank you for rating it."))
        else:
            acts.complete_by_number(need=need, text=request.POST.get("text", ""))
            messages.success(request, _now("Thank you: it is with the community again."))
    except ValidationError as fault:
        return " ".join(fault.messages)
    except Refused as no:
        return str(no.reason)
    return ""


@page(signed_in)
def my_needs(request: HttpRequest) -> HttpResponse:
    """What a signed-in resident reported, and what they were told about it."""
    account = _account(request)
    notices = list(Notice.objects.filter(account=account).select_related("need__place__parent")[:50])
    fresh = {notice.pk for notice in notices if notice.seen_at is None}
    if fresh and account is not None:
        acts.see_notices(account)
    needs = SocialNeed.objects.filter(reporter__account=account).select_related("place__parent")
    context = {
        "needs": needs.order_by("-pk")[:100],
        "notices": [
            {"notice": notice, "words": told(notice.state, notice.need), "new": notice.pk in fresh}
            for notice in notices
        ],
        "report_url": reverse("need-report"),
    }
    return render(request, "lists/my_needs.html", context)
