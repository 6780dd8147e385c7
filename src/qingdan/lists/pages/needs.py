"""The list of needs, one need, and the forms of the officers who deal with them."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from qingdan.core import access, clock, files, looks, traces
from qingdan.core.bulk import Bulk
from qingdan.core.columns import Column
from qingdan.core.files_models import StoredFile
from qingdan.core.filters import ChoiceFilter, PeriodFilter, PlaceFilter
from qingdan.core.gate import page, public
from qingdan.core.listing import Button, Listing, View, register_rows, table
from qingdan.core.permits import Answer, No, Permit, Refused
from qingdan.core.pieces import Fact
from qingdan.core.records import Step, asks, name_verbs, next_steps, record_context, timeline
from qingdan.core.search import excerpt, holding
from qingdan.directory.permits import is_bureau, is_community, is_street, signed_in
from qingdan.lists import likeness, periods, queries
from qingdan.lists.acts import needs as acts
from qingdan.lists.forms import MergeForm, RegisterForm, ReviseForm
from qingdan.lists.lifecycle.needs import MERGEABLE, NEED
from qingdan.lists.models import (
    Category,
    Match,
    MatchState,
    NeedPair,
    NeedReporter,
    NeedSource,
    NeedState,
    NeedSupport,
    PurchaseItem,
    SocialNeed,
    Verdict,
)
from qingdan.lists.pages.common import streets
from qingdan.lists.pages.items import ITEM_COLUMNS
from qingdan.lists.pages.matching import ORDER_COLUMNS, matching_context
from qingdan.lists.permits.needs import (
    may_import,
    may_merge,
    may_register,
    may_revise,
    may_see_reporter,
)
from qingdan.lists.reasons import score_parts

looks.declare(
    NeedState,
    wait={"SUBMITTED": 0, "COMMUNITY_VERIFIED": 1, "RETURNED": 0},
    way={"DRAFT": "dash", "STREET_VERIFIED": 1, "PUBLISHED": 1, "MATCHED": 2, "IN_SERVICE": 3},
    done=["DONE", "RATED", "ARCHIVED"],
    off={"MERGED": "arrow", "REJECTED": "cross", "EXPIRED": "cross"},
)
name_verbs(
    {
        "need.revise": _("text revised"),
        "need.reveal": _("details of the reporter viewed"),
        "need.different": _("found to be another matter"),
        "need.erase": _("personal details erased"),
    }
)

NEED_COLUMNS = (
    Column("number", _("number"), kind="code", sort=True),
    Column("title", _("need"), kind="title", link=True, sub="masked_text", fixed=True),
    Column("category", _("category"), kind="choice", sort=True),
    Column("place", _("street and community"), value="place__local_full_name", sort="place__code"),
    Column("source", _("source"), kind="choice"),
    Column("supporters", _("supporters"), kind="number", sort=True),
    Column("state", _("state"), kind="state", sort=True),
    Column("due_on", _("due"), kind="due", sort=True),
    Column("raised_on", _("raised on"), kind="date", sort=True, hidden=True),
    Column("channel", _("channel"), kind="choice", hidden=True),
    Column("target", _("target group"), kind="choice", hidden=True),
    Column("persons", _("persons expected"), kind="number", hidden=True),
    Column("urgency", _("urgency"), kind="number", sort=True, hidden=True),
    Column("wanted", _("wanted way"), kind="choice", hidden=True),
)
NEED_ITEM_COLUMNS = tuple(
    column for column in ITEM_COLUMNS if column.key in ("number", "title", "persons", "budget_fen", "state")
)
register_rows(SocialNeed, NEED_COLUMNS)
access.register(
    SocialNeed,
    queries.needs,
    search=holding("grams"),
    excerpt=lambda need, text: excerpt(need.masked_text, text),
)
asks(
    SocialNeed,
    {
        "merge": lambda need: reverse("need-merge", args=[need.number]),
        "match": lambda need: reverse("need-matching", args=[need.number]),
    },
)

TO_VERIFY = (NeedState.SUBMITTED, NeedState.COMMUNITY_VERIFIED)


def _alike(actor: Any) -> Q:
    open_pairs = NeedPair.objects.filter(verdict=Verdict.OPEN)
    return Q(state__in=queries.LIVE_STATES) & (
        Q(pk__in=open_pairs.values("first")) | Q(pk__in=open_pairs.values("second"))
    )


def _records(actor: Any) -> QuerySet[SocialNeed]:
    return queries.needs(actor).select_related("place__parent")


# The way in the words of the front page: 1 to be verified … 5 done.
STAGE_STATES = {
    "1": TO_VERIFY,
    "2": (NeedState.STREET_VERIFIED, NeedState.PUBLISHED),
    "3": (NeedState.MATCHED,),
    "4": (NeedState.IN_SERVICE,),
    "5": (NeedState.DONE, NeedState.RATED, NeedState.ARCHIVED),
}


class StageFilter(ChoiceFilter):
    """Several states under one word."""

    def where(self, value: str) -> Q:
        return Q(state__in=STAGE_STATES[value])


def _for_many(verb: str, to: Permit) -> Bulk:
    """A move for ticked needs; those in another state are counted together, not state by state."""
    move = NEED[verb]
    bulk = Bulk.of_move(NEED, verb, to=to)

    def may(actor: Any, found: SocialNeed) -> Answer:
        if found.state not in move.sources:
            return No(_("not what these wait for"))
        return NEED.may(verb, found, actor)

    return replace(bulk, may=may)


FILTERS = (
    PlaceFilter("street", _("street"), "place__code", streets),
    ChoiceFilter("category", _("category"), "category", Category),
    ChoiceFilter("state", _("state"), "state", NeedState),
    ChoiceFilter("source", _("source"), "source", NeedSource),
    PeriodFilter("raised", _("raised on"), "raised_on"),
    StageFilter(
        "stage",
        _("How far"),
        "state",
        (
            ("1", _("to be verified")),
            ("2", _("published")),
            ("3", _("matched")),
            ("4", _("in service")),
            ("5", _("done")),
        ),
    ),
)
NEEDS = Listing(
    key="needs",
    title=_("Social needs list"),
    records=_records,
    columns=NEED_COLUMNS,
    search=holding("grams"),
    search_hint=_("Need, description or number"),
    views=(
        View("to-verify", _("to be verified"), lambda actor: Q(state__in=TO_VERIFY)),
        View("late", _("overdue"), lambda actor: Q(due_on__lt=clock.today())),
        View("unclaimed", _("published, not matched"), lambda actor: Q(state=NeedState.PUBLISHED)),
        View("alike", _("possibly the same"), _alike),
        View("done", _("done"), lambda actor: Q(state__in=[NeedState.DONE, NeedState.RATED])),
    ),
    filters=FILTERS,
    order=("-raised_on", "-pk"),
    bulk=(
        _for_many("verify", is_community),
        _for_many("confirm", is_street),
        _for_many("publish", is_street | is_bureau),
    ),
    buttons=(
        Button(_("Import"), "needs-import", may=may_import, icon="upload"),
        Button(_("Compare like needs"), "needs-alike", may=may_register),
        Button(_("Register a need"), "need-new", may=may_register, icon="plus", primary=True),
        Button(_("Report a need"), "need-report", may=~may_register),
    ),
    empty=_("Register the first need, or import the list of a community from Excel."),
)


# For strangers: what is published, without the words of the office.
OPEN_NEEDS = replace(
    NEEDS,
    note=_("Published needs; who reported them is never shown"),
    columns=tuple(column for column in NEED_COLUMNS if column.key not in ("due_on", "channel")),
    views=tuple(view for view in NEEDS.views if view.key in ("unclaimed", "done")),
    bulk=(),
    buttons=(Button(_("Report a need"), "need-report", primary=True),),
    empty=_("Nothing is published yet. Report the first need."),
)


@public
def needs(request: HttpRequest) -> HttpResponseBase:
    """The list, as the reader's place in the house allows."""
    return (NEEDS if request.user.is_authenticated else OPEN_NEEDS).response(request)


# ── one need ────────────────────────────────────────────────────────────────


def _handles(actor: Any, need: SocialNeed) -> bool:
    """Whether this person deals with the need, and so sees names, reasons and what may be the same."""
    return bool(may_revise(actor, need))


def _files(actor: Any, need: SocialNeed) -> bool:
    """Whether this person wrote the need down, as its reporter or for somebody."""
    return bool(need.filed_by and need.filed_by == getattr(actor, "actor_key", ""))


@public
def need(request: HttpRequest, number: str) -> HttpResponse:
    found = access.get_visible_or_404(SocialNeed, request.user, number=number)
    actor = request.user
    handles = _handles(actor, found)
    sees_person = bool(may_see_reporter(actor, found))
    items_of = access.visible(PurchaseItem, actor).filter(needs=found)
    orders = access.visible(Match, actor).filter(need=found).exclude(state=MatchState.REFUSED)
    orders = orders.select_related("resource", "need__place__parent").order_by("pk")
    pairs = likeness.pairs_of(found, queries.needs(actor)) if handles else ()
    context = record_context(
        found,
        actor,
        crumbs=[(_("Social needs list"), reverse("needs"))],
        number=found.number,
        line=[
            found.get_category_display(),
            found.place.local_full_name,
            found.get_source_display(),
            _now("raised on %(day)s") % {"day": found.raised_on},
            ngettext("%(n)d supporter", "%(n)d supporters", found.supporters) % {"n": found.supporters},
        ],
        need_facts=[
            fact
            for fact in (
                Fact(_("target group"), _target_words(found)),
                Fact(_("urgency"), found.urgency, "number"),
                Fact(_("wanted way"), found.get_wanted_display()),
                Fact(_("channel"), found.get_channel_display()),
                Fact(_("valid until"), found.valid_until, "date"),
                Fact(_("rating"), f"{found.rating} / 5" if found.rating else None),
                Fact(_("due"), found.due_on, "due") if found.due_on else Fact(_("due"), None),
            )
            if fact.value not in (None, "")
        ],
        trace=traces.of(found, actor),
        history=False,
        tables=[
            {"title": title, "table": table(records, columns, request.GET)}
            for title, records, columns in (
                (_("Orders"), orders, ORDER_COLUMNS),
                (_("purchase items"), items_of, NEED_ITEM_COLUMNS),
            )
            if records.exists()
        ],
        need=found,
        words=found.text if sees_person or _files(actor, found) else found.masked_text,
        handles=handles,
        revise_url=reverse("need-revise", args=[found.number]) if handles else "",
        places=supporters_by_place(found),
        merged=[(one, _parting(one, actor)) for one in found.merged_needs.order_by("number")]
        if handles
        else (),
        pairs=[_like(pair, found, actor) for pair in pairs],
        reporter=NeedReporter.objects.filter(need=found).first() if sees_person else None,
        photos=StoredFile.objects.filter(owner=f"lists.socialneed:{found.pk}") if sees_person else (),
        **matching_context(found, actor, 3),
    )
    # Strangers read what happened without the names of officers and without their reasons.
    entries = timeline(found, 50)
    context["story"] = [(one.day, one) for one in entries if handles or one.entry.after != one.entry.before]
    return render(request, "lists/need.html", context)


def _like(pair: NeedPair, found: SocialNeed, actor: Any) -> dict[str, Any]:
    """A need that may say the same, why, and which of the two would go into which if this person may decide it."""
    other = pair.second if pair.first_id == found.pk else pair.first
    goes, stays = likeness.which_goes(found, other)
    decides = bool(may_merge(actor, found)) and bool(may_merge(actor, other))
    return {
        "pair": pair,
        "other": other,
        "parts": score_parts(pair.because),
        "decides": decides,
        "goes": goes if decides and goes.state in MERGEABLE else None,
        "stays": stays,
    }


def _parting(merged: SocialNeed, actor: Any) -> Step | None:
    """The step that parts a merged need again, possible or with its reason."""
    return next((step for step in next_steps(merged, actor) if step.verb.startswith("part_to_")), None)


def _target_words(found: SocialNeed) -> str:
    words = str(found.get_target_display())
    if found.persons:
        words += " · " + ngettext("about %(n)d person", "about %(n)d persons", found.persons) % {
            "n": found.persons
        }
    return words


def supporters_by_place(found: SocialNeed) -> list[tuple[Any, int]]:
    """How many persons stand behind a need, by community; the largest three, then the rest."""
    rows = list(
        NeedSupport.objects.filter(need__in=queries.family_of(found))
        .values_list("place__name")
        .annotate(n=Count("supporter", distinct=True))
        .order_by("-n")
    )
    shown = [(name or _("not said"), n) for name, n in rows[:3]]
    if rest := sum(n for _name, n in rows[3:]):
        shown.append((_("other communities"), rest))
    if paper := found.supporters - sum(n for _name, n in shown):
        shown.append((_("on paper lists"), paper))
    return shown


@page(signed_in)
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Name and number of the reporter in full, once, for the officer who asks; the journal keeps that it was asked."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    found = access.get_visible_or_404(SocialNeed, request.user, number=number)
    shown = acts.reveal_reporter(actor=request.user, need=found)
    response = render(request, "lists/reporter.html", {"need": found, "shown": shown})
    response["Cache-Control"] = "no-store"
    return response


@page(signed_in)
def photo(request: HttpRequest, number: str, pk: int) -> FileResponse:
    """A photo of a need, for the community and the street."""
    found = access.get_visible_or_404(SocialNeed, request.user, number=number)
    stored = StoredFile.objects.filter(pk=pk, owner=f"lists.socialneed:{found.pk}").first()
    if stored is None:
        raise Http404
    return files.response_for(request.user, stored)


def _photo_gate(actor: Any, key: str) -> bool:
    found = queries.needs(actor).filter(pk=key if key.isdigit() else 0).select_related("place").first()
    return found is not None and bool(may_see_reporter(actor, found))


files.register_owner("lists.socialneed", _photo_gate)


# ── forms of the officers ───────────────────────────────────────────────────


def _objected(form: Any, act: Any) -> Any:
    """Carry out the act of a valid form; what it objects to appears at its field, and the answer is None."""
    try:
        return act()
    except ValidationError as fault:
        if not hasattr(fault, "error_dict"):
            form.add_error("text" if "text" in form.fields else None, fault)
        else:
            for name, errors in fault.error_dict.items():
                known = name if name != NON_FIELD_ERRORS and name in form.fields else None
                form.add_error(known, errors)
    except Refused as no:
        form.add_error(None, str(no.reason))
    return None


@page(may_register)
def register(request: HttpRequest) -> HttpResponse:
    """A need registered for a resident, a place or a unit."""
    sent = request.method == "POST"
    form = RegisterForm(request.POST if sent else None, actor=request.user)
    if sent and form.is_valid():
        given = form.cleaned_data
        person = acts.Person(name=given["name"], phone=given["phone"], consent=given["consent"])
        fields = ("place", "source", "channel", "category", "target", "title", "text")
        made = _objected(
            form,
            lambda: acts.report(
                actor=request.user,
                **{name: given[name] for name in fields},
                persons=given["persons"],
                urgency=given["urgency"],
                wanted=given["wanted"],
                valid_until=given["valid_until"],
                supporters_on_paper=given["supporters_on_paper"] or 0,
                person=person,
                draft="draft" in request.POST,
                verified=given["verified"],
            ),
        )
        if made is not None:
            messages.success(request, _now("Registered as %(number)s.") % {"number": made.number})
            return redirect("need", number=made.number)
    context = {
        "form": form,
        "title": _("Register a need"),
        "lead": _("For a resident who came, called or was visited, or for a place or a unit."),
        "back": reverse("needs"),
        "crumbs": [(_("Social needs list"), reverse("needs"))],
        "submit": _("Register"),
        "draft": "need-new",
    }
    return render(request, "lists/register.html", context, status=422 if sent else 200)


@page(signed_in)
def revise(request: HttpRequest, number: str) -> HttpResponse:
    """The publishable summary, made right by those who deal with the need."""
    found = access.get_visible_or_404(SocialNeed, request.user, number=number)
    resubmit = found.state == NeedState.RETURNED
    may_revise.require(request.user, found)
    sent = request.method == "POST"
    instance = SocialNeed.objects.get(pk=found.pk)
    if not may_see_reporter(request.user, found):
        instance.text = instance.masked_text
    form = ReviseForm(request.POST if sent else None, instance=instance)
    if sent and form.is_valid():
        changes = {name: form.cleaned_data[name] for name in ReviseForm.Meta.fields}
        done = _objected(
            form,
            lambda: acts.revise(
                actor=request.user,
                need=found,
                reason=form.cleaned_data["reason"],
                resubmit=resubmit and "resubmit" in request.POST,
                **changes,
            ),
        )
        if done is not None:
            messages.success(request, _now("Saved."))
            return redirect("need", number=found.number)
    context = {
        "form": form,
        "title": _("Revise the need"),
        "lead": _("What stands here is published. The resident's own words are kept apart."),
        "back": reverse("need", args=[found.number]),
        "crumbs": [
            (_("Social needs list"), reverse("needs")),
            (found.number, reverse("need", args=[found.number])),
        ],
        "resubmit": resubmit,
    }
    return render(request, "lists/revise.html", context, status=422 if sent else 200)


# ── duplicates ──────────────────────────────────────────────────────────────


@page(signed_in)
def merge(request: HttpRequest, number: str) -> HttpResponse:
    """Merge this need into another: first what will happen, then the reason."""
    found = access.get_visible_or_404(SocialNeed, request.user, number=number)
    may_merge.require(request.user, found)
    sent = request.method == "POST"
    form = MergeForm(request.POST if sent else None, initial={"number": request.GET.get("into", "")})
    other = _other(request, form, found) if sent or request.GET.get("into") else None
    if sent and form.is_valid() and other is not None:
        done = _merge_all(request, other, [found], form.cleaned_data["reason"])
        if done:
            return redirect("need", number=other.number)
    context = {
        "form": form,
        "need": found,
        "other": other,
        "title": _("Merge into another need"),
        "back": reverse("need", args=[found.number]),
        "crumbs": [
            (_("Social needs list"), reverse("needs")),
            (found.number, reverse("need", args=[found.number])),
        ],
        "days": periods.length(periods.PART, district=found.district, day=found.raised_on),
        "near": [
            pair.second if pair.first_id == found.pk else pair.first
            for pair in likeness.pairs_of(found, queries.needs(request.user))[:5]
        ],
    }
    return render(request, "lists/merge.html", context, status=422 if sent else 200)


def _other(request: HttpRequest, form: MergeForm, found: SocialNeed) -> SocialNeed | None:
    number = (form.data.get("number") or form.initial.get("number") or "").strip()
    other = queries.needs(request.user).filter(number=number).select_related("place__parent").first()
    if other is None and form.is_bound:
        form.is_valid()
        form.add_error("number", _("There is no need with this number that you deal with."))
    return other


def _merge_all(request: HttpRequest, survivor: SocialNeed, others: list[SocialNeed], reason: str) -> int:
    """Merge several into one; each refusal is said, the others go on."""
    done = 0
    for other in others:
        try:
            acts.merge(actor=request.user, need=other, survivor=survivor, reason=reason)
        except Refused as no:
            messages.error(
                request, _now("%(number)s: %(reason)s") % {"number": other.number, "reason": no.reason}
            )
        else:
            done += 1
    if done:
        survivor.refresh_from_db()
        messages.success(
            request,
            ngettext(
                "%(n)d need merged into %(number)s, which now has %(supporters)d supporters. It can be undone.",
                "%(n)d needs merged into %(number)s, which now has %(supporters)d supporters. It can be undone.",
                done,
            )
            % {"n": done, "number": survivor.number, "supporters": survivor.supporters},
        )
    return done


@page(may_register)
def alike(request: HttpRequest) -> HttpResponse:
    """Groups of needs that may say the same, with the reasons, for all who file needs for others.

    The community and the street merge them or part them for good; the bureau sees what they have to decide.
    """
    seen = queries.needs(request.user)
    if request.method == "POST":
        if pk := request.POST.get("different", ""):
            pair = likeness.open_pairs(seen).filter(pk=pk if pk.isdigit() else 0).first()
            if pair is not None:
                acts.decide_different(actor=request.user, pair=pair)
                messages.success(request, _now("They stay apart and are not suggested again."))
            if asked_from := request.POST.get("from-need", ""):
                return redirect("need", number=asked_from)
        else:
            _merge_ticked(request, seen)
        return redirect("needs-alike")
    groups = likeness.groups(likeness.open_pairs(seen)[:200])
    shown = [
        {
            "group": group,
            "mergeable": MERGEABLE,
            "needs": [(need, need in mine) for need in group.needs],
            "may": len(mine) > 1,
            "first": mine[0] if mine else None,
            "pairs": [
                (pair, score_parts(pair.because), pair.first in mine and pair.second in mine)
                for pair in group.pairs[:6]
            ],
            "more": max(0, len(group.pairs) - 6),
        }
        for group in groups[:20]
        for mine in [[need for need in group.needs if may_merge(request.user, need)]]
    ]
    context = {"groups": shown, "count": len(groups), "crumbs": [(_("Social needs list"), reverse("needs"))]}
    return render(request, "lists/alike_groups.html", context)


def _merge_ticked(request: HttpRequest, seen: QuerySet[SocialNeed]) -> None:
    def numbered(keys: list[str]) -> list[SocialNeed]:
        return list(seen.filter(pk__in=[key for key in keys if key.isdigit()]).select_related("place"))

    survivor = next(iter(numbered([request.POST.get("survivor", "")])), None)
    others = [one for one in numbered(request.POST.getlist("needs")) if survivor and one.pk != survivor.pk]
    reason = request.POST.get("reason", "").strip()
    if survivor is None or not others:
        messages.error(request, _now("Tick the needs to be merged and choose the one that stays."))
    elif not reason:
        messages.error(request, _now("Give a reason: it is kept with the needs and told to the reporters."))
    else:
        _merge_all(request, survivor, others, reason)
