"""The library of policy documents, one document with its clauses, one clause, two wordings side by side."""

import datetime as dt
from dataclasses import replace
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import access, clock, looks
from qingdan.core.columns import Column
from qingdan.core.filters import ChoiceFilter, YearFilter
from qingdan.core.gate import public
from qingdan.core.listing import Button, Listing, View, register_rows
from qingdan.core.pieces import Fact
from qingdan.core.records import Step, asks, name_verbs, record_context
from qingdan.core.search import excerpt, words
from qingdan.policies import periods, queries, reliance
from qingdan.policies.differences import SAME, compare
from qingdan.policies.models import (
    BEFORE_ISSUE,
    IN_FORCE,
    ClauseText,
    CommentPeriod,
    DocumentGroup,
    LegalityReview,
    NormativeDocument,
    Relation,
    RelationKind,
    Stage,
    Version,
)
from qingdan.policies.pages.crumbs import crumbs, crumbs_of
from qingdan.policies.pages.steps import further_steps, step_forms
from qingdan.policies.permits import may_keep

looks.declare(
    Stage,
    way={
        "PLANNED": "dash",
        "DRAFTING": 1,
        "COMMENT": 1,
        "LEGALITY_REVIEW": 2,
        "ESCALATED": 2,
        "DELIBERATION": 3,
        "ISSUED": 3,
        "FILED": 3,
    },
    done=["IN_FORCE", "AMENDED"],
    off={"EXPIRED": "cross", "REPEALED": "cross", "ABANDONED": "cross"},
)
name_verbs(
    {
        "policy.edit": _("details changed"),
        "policy.import": _("wording read in"),
        "policy.write": _("clause written"),
        "policy.drop_amendment": _("draft amendment thrown away"),
        "policy.waive_comment": _("public not asked"),
        "policy.comment": _("comment received"),
        "policy.answer_comment": _("comment answered"),
        "policy.decide": _("collective decision recorded"),
        "policy.extend_validity": _("valid for longer"),
        "policy.relate": _("relation entered"),
        "policy.unrelate": _("relation taken back"),
        "policy.rely": _("a record rests on it"),
        "policy.stop_relying": _("a record no longer rests on it"),
        "policy.open_clean_up": _("put on the clean-up list"),
        "policy.decide_clean_up": _("clean-up decided"),
    }
)


def _excerpt(record: Any) -> str:
    """Where the searched words stand in the clauses, when they do."""
    text = getattr(record, "found_text", None)
    if not text:
        return ""
    return f"{record.found_number} {excerpt(text, record.found_words)}".strip()


COLUMNS = (
    Column("number", _("document number"), kind="code", sort=True),
    Column("title", _("title"), kind="title", link=True, sort=True, fixed=True, sub=_excerpt),
    Column("group", _("document group"), kind="choice", sort=True),
    Column("stage", _("stage"), value="stage", kind="state", sort=True),
    Column("issuer", _("issuing agency"), value="issuer__short_name"),
    Column("begun_on", _("drafting begun on"), kind="date", sort=True, hidden=True),
    Column("issued_on", _("issued on"), kind="date", sort=True),
    Column("valid_until", _("valid until"), kind="date", sort=True),
)
register_rows(NormativeDocument, COLUMNS)
asks(NormativeDocument, step_forms())
access.register(LegalityReview, queries.legality_reviews)
access.register(CommentPeriod, queries.comment_periods)


def _search(found: QuerySet[Any], text: str) -> QuerySet[Any]:
    asked = words(text)
    if not asked:
        return found.none()
    anyone = Q()
    for word in asked:
        anyone |= Q(grams__has=word)
    clauses = ClauseText.objects.filter(anyone, version=OuterRef("current_id")).order_by("order")
    return queries.search(found, text).annotate(
        found_number=Subquery(clauses.values("number")[:1]),
        found_text=Subquery(clauses.values("text")[:1]),
        found_words=Value(text),
    )


access.register(
    NormativeDocument, queries.documents, search=_search, excerpt=lambda document, text: _excerpt(document)
)


def _near_end(actor: Any) -> Q:
    horizon = clock.today() + dt.timedelta(days=periods.EXPIRY_NOTICE_DAYS)
    return Q(stage__in=IN_FORCE, valid_until__lte=horizon)


DOCUMENTS = Listing(
    key="policies",
    title=_("Policy documents"),
    records=lambda actor: queries.documents(actor).select_related("issuer"),
    columns=COLUMNS,
    search=_search,
    search_hint=_("Title, number or words of a clause"),
    filters=(
        ChoiceFilter("group", _("document group"), "group", DocumentGroup),
        ChoiceFilter("stage", _("stage"), "stage", Stage),
        YearFilter("year", _("year of issue"), "issued_on__year"),
    ),
    views=(
        View("in-force", _("in force"), lambda actor: Q(stage__in=IN_FORCE)),
        View("drafts", _("being made"), lambda actor: Q(stage__in=BEFORE_ISSUE)),
        View("comment", _("out for comment"), lambda actor: Q(stage=Stage.COMMENT)),
        View("ending", _("ending within 90 days"), _near_end),
    ),
    order=("-issued_on", "title"),
    buttons=(
        Button(_("Clean-up list"), "policies-clean-up-now", may=may_keep),
        Button(_("Enter an issued document"), "policy-take-over", may=may_keep),
        Button(_("Plan a document"), "policy-new", may=may_keep, icon="plus", primary=True),
    ),
    empty=_("No document is in the library yet."),
)

PUBLIC_DOCUMENTS = replace(DOCUMENTS, public=True)


@public
def documents(request: HttpRequest) -> HttpResponseBase:
    if request.GET.get("q") and "rows" not in request.GET:
        # What was found is shown under the title, so there must be room for it.
        query = request.GET.copy()
        query["rows"] = "two"
        request.GET = query  # type: ignore[assignment]  # a query that can be changed is one
    return (DOCUMENTS if request.user.is_authenticated else PUBLIC_DOCUMENTS).response(request)


# ── one document ────────────────────────────────────────────────────────────


def shown_version(
    document: NormativeDocument, actor: Any, number: str = ""
) -> tuple[Version | None, list[Version]]:
    """The wording that is asked for by number, or the present one, and all that this reader may open."""
    known = list(queries.versions(document, actor))
    if number:
        chosen = next((one for one in known if str(one.number) == number), None)
        if chosen is None:
            raise Http404(_now("There is no such record, or it is not open to you."))
        return chosen, known
    return next((one for one in known if one.pk == document.current_id), None), known


@public
def document(request: HttpRequest, pk: int) -> HttpResponse:
    actor = request.user
    found = access.get_visible_or_404(NormativeDocument, actor, pk=pk)
    version, known = shown_version(found, actor, request.GET.get("version", ""))
    inside = queries.is_inside(actor)
    rest = reliance.on(found, actor)
    resting = {one.clause_id for one in rest.shown}
    texts = list(version.texts.select_related("clause")) if version else []
    keeps = bool(may_keep(actor, found))
    may_write = keeps and found.stage in (Stage.PLANNED, Stage.DRAFTING, *IN_FORCE)
    period = access.visible(CommentPeriod, actor).filter(document=found).first()
    context = record_context(
        found,
        actor,
        crumbs=crumbs(),
        number=found.number,
        line=[found.get_group_display(), found.issuer, found.subject],
        facts=_facts(found),
        history=inside,
        version=version,
        versions=known,
        texts=[(text, found.pk, text.clause_id in resting) for text in texts],
        may_write=may_write,
        writable=may_write and version is not None and (found.is_draft or version.is_open),
        amendment=next((one for one in known if one.is_open and found.binds), None) if inside else None,
        rest=rest,
        relations=_relations(found, actor),
        reviews=list(
            access.visible(LegalityReview, actor)
            .filter(document=found)
            .select_related("reviewer", "escalated_to", "version")
        ),
        period=period,
        open_period=period if period and period.is_open_on(clock.today()) else None,
        further=further_steps(found, actor),
        keeps=keeps,
    )
    context["steps"], context["endings"] = _endings_apart(context["steps"])
    return render(request, "policies/document.html", context)


def _endings_apart(steps: list[Step]) -> tuple[list[Step], list[Step]]:
    """Giving up and repealing stand last, and are never the button that is put forward."""
    calm = [step for step in steps if step.verb not in ("abandon", "repeal")]
    endings = [replace(step, primary=False) for step in steps if step not in calm]
    if not any(step.primary for step in calm):
        first = next((place for place, step in enumerate(calm) if step.possible), None)
        if first is not None:
            calm[first] = replace(calm[first], primary=True)
    return calm, endings


def _facts(found: NormativeDocument) -> list[Fact]:
    return [
        Fact(_("document number"), found.number),
        Fact(_("document group"), found.get_group_display()),
        Fact(_("issuing agency"), found.issuer),
        Fact(_("co-drafting agencies"), "、".join(str(agency) for agency in found.co_drafters.all())),
        Fact(_("drafting begun on"), found.begun_on, "date"),
        Fact(_("why no public comment is asked"), found.comment_waiver),
        Fact(_("decided by"), f"{found.decided_by} {found.decided_on}" if found.decided_on else ""),
        Fact(_("issued on"), found.issued_on, "date"),
        Fact(_("in force from"), found.in_force_on, "date"),
        Fact(_("filed on"), f"{found.filed_on} {found.filed_with}".strip() if found.filed_on else ""),
        Fact(_("valid until"), found.valid_until, "date"),
        Fact(_("ended on"), found.ended_on, "date"),
        Fact(_("form in which it is cited"), found.citation),
    ]


_PASSIVE = {
    RelationKind.BASIS: _("basis of"),
    RelationKind.SUPPORTS: _("put into practice by"),
    RelationKind.AMENDS: _("amended by"),
    RelationKind.REPEALS: _("repealed by"),
}


def _relations(found: NormativeDocument, actor: Any) -> list[dict[str, Any]]:
    """Both ways, in the words of this document; other documents only as far as they are open to the reader."""
    seen = queries.documents(actor)
    rows: list[dict[str, Any]] = [
        {
            "pk": row.pk,
            "words": row.get_kind_display(),
            "name": row.target.citation if row.target else row.cited,
            "url": row.target.get_absolute_url() if row.target else "",
            "own": True,
        }
        for row in found.relations.filter(Q(target__isnull=True) | Q(target__in=seen)).select_related(
            "target"
        )
    ]
    backward = Relation.objects.filter(target=found, source__in=seen).select_related("source")
    return rows + [
        {
            "pk": row.pk,
            "words": _PASSIVE[RelationKind(row.kind)],
            "name": row.source.citation,
            "url": row.source.get_absolute_url(),
            "own": False,
        }
        for row in backward
    ]


# ── one clause, and two wordings ────────────────────────────────────────────


@public
def clause(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """The permanent address of a clause: how it reads now, how it read before, and what rests on it."""
    actor = request.user
    found = access.get_visible_or_404(NormativeDocument, actor, pk=pk)
    known = queries.versions(found, actor)
    one = found.clauses.filter(key=key, texts__version__in=known).distinct().first()
    if one is None:
        raise Http404(_now("There is no such record, or it is not open to you."))
    texts = list(
        one.texts.filter(version__in=known).select_related("version", "clause").order_by("-version__number")
    )
    now = next((text for text in texts if text.version_id == found.current_id), None)
    steps = []
    for place, text in enumerate(texts):
        before = texts[place + 1] if place + 1 < len(texts) else None
        difference = compare([before] if before else [], [text])[0]
        if before is None or difference.kind != SAME:
            steps.append({"text": text, "difference": difference, "first": before is None})
    rest = reliance.on(found, actor)
    inside = queries.is_inside(actor)
    latest = now or texts[0]
    context = {
        "document": found,
        "clause": one,
        "now": now,
        "latest": latest,
        "cited": f"{found.citation}{latest.full_number}",
        "steps": steps,
        "resting": rest.on_clause(one.pk),
        "keeps": inside and bool(may_keep(actor, found)),
        "items": [
            (text, found.pk, False)
            for text in (now.version.texts.select_related("clause") if now else ())
            if text.parent_number and text.parent_number == now.number  # type: ignore[union-attr]  # given above
        ],
        "crumbs": crumbs_of(found),
        "title": " ".join(part for part in (latest.full_number, latest.heading) if part) or found.title,
        "writable": inside
        and bool(may_keep(actor, found))
        and found.stage in (Stage.PLANNED, Stage.DRAFTING, *IN_FORCE),
    }
    return render(request, "policies/clause.html", context)


@public
def compare_versions(request: HttpRequest, pk: int) -> HttpResponse:
    """Two wordings side by side; without numbers the two newest."""
    actor = request.user
    found = access.get_visible_or_404(NormativeDocument, actor, pk=pk)
    known = list(queries.versions(found, actor))
    if not known:
        raise Http404(_now("There is no such record, or it is not open to you."))
    numbers = {str(one.number): one for one in known}
    after = numbers.get(request.GET.get("to", ""), known[0])
    before = numbers.get(request.GET.get("from", "")) or next(
        (one for one in known if one.number < after.number), after
    )
    differences = compare(before.texts.select_related("clause"), after.texts.select_related("clause"))
    changed = [one for one in differences if one.kind != SAME]
    context = {
        "document": found,
        "versions": known,
        "before": before,
        "after": after,
        "differences": differences if request.GET.get("all") else changed,
        "unchanged": len(differences) - len(changed),
        "all": bool(request.GET.get("all")),
        "crumbs": crumbs_of(found),
    }
    return render(request, "policies/compare.html", context)
