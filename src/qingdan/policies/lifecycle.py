"""The life of a normative document, from the plan to its end, and what each step needs."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import clock
from qingdan.core.actor import Actor
from qingdan.core.lifecycle import Lifecycle, Move, register
from qingdan.core.permits import Answer, No, Refused, Yes, permit
from qingdan.directory.models import Agency, AgencyKind
from qingdan.documents.numbering import NumberUsed, take
from qingdan.documents.numbers import DocumentNumber
from qingdan.policies import periods
from qingdan.policies.models import (
    BEFORE_ISSUE,
    IN_FORCE,
    CommentPeriod,
    LegalityReview,
    NormativeDocument,
    Relation,
    RelationKind,
    Stage,
    Version,
)
from qingdan.policies.permits import may_keep

# ── what a step needs ───────────────────────────────────────────────────────


@permit(_("Enter the wording first: the document has no clauses."))
def has_wording(actor: Any, document: NormativeDocument) -> bool:
    return document.current_id is not None


@permit(_("A draft amendment is being written; finish or drop it first."))
def has_no_open_amendment(actor: Any, document: NormativeDocument) -> bool:
    return not document.versions.filter(frozen_on__isnull=True).exists()


@permit(_("Write the amended wording first, then let it take effect."))
def has_amended_wording(actor: Any, document: NormativeDocument) -> bool:
    return document.versions.filter(frozen_on__isnull=True).exists()


@permit(_("Ask the public for comments first, or say why none are asked."))
def public_was_asked(actor: Any, document: NormativeDocument) -> bool:
    return bool(document.comment_waiver) or document.comment_periods.filter(closed_on__isnull=False).exists()


@permit(_("The comment period is not over."))
def comments_are_done(actor: Any, document: NormativeDocument) -> Answer:
    period = open_period(document)
    if period is None:
        return Yes()
    if clock.today() <= period.closes_on:
        return No(_now("Comments are open until %(day)s.") % {"day": period.closes_on.isoformat()})
    waiting = period.comments.filter(outcome="").count()
    if waiting:
        return No(
            _now("Answer every comment first, each with its reason; still unanswered: %(n)d.")
            % {"n": waiting}
        )
    return Yes()


@permit(_("The legal office has not passed this wording."))
def wording_was_passed(actor: Any, document: NormativeDocument) -> bool:
    return document.legality_reviews.filter(
        result=LegalityReview.Result.PASSED, version=document.current
    ).exists()


@permit(_("Record the collective decision first: which meeting, on which day."))
def was_decided(actor: Any, document: NormativeDocument) -> bool:
    return bool(document.decided_on and document.decided_by)


@permit(_("Name the agency that issues it."))
def has_issuer(actor: Any, document: NormativeDocument) -> bool:
    return document.issuer_id is not None


@permit(_("The day from which it is in force has not come."))
def its_day_has_come(actor: Any, document: NormativeDocument) -> Answer:
    if document.in_force_on and document.in_force_on > clock.today():
        return No(_now("It is in force from %(day)s.") % {"day": document.in_force_on.isoformat()})
    return Yes()


@permit(_("It has no last day of validity."))
def its_time_is_over(actor: Any, document: NormativeDocument) -> Answer:
    if document.valid_until is None:
        return No(_now("It has no last day of validity; repeal it instead."))
    if document.valid_until >= clock.today():
        return No(_now("It is valid until %(day)s.") % {"day": document.valid_until.isoformat()})
    return Yes()


def open_period(document: NormativeDocument) -> CommentPeriod | None:
    return document.comment_periods.filter(closed_on__isnull=True).first()


# ── what a step does ────────────────────────────────────────────────────────


def start(
    document: NormativeDocument, *, actor: Actor, reason: str, on: dt.date | None = None
) -> dict[str, Any]:
    document.begun_on = on or clock.today()
    return {"begun_on": document.begun_on}


def freeze(document: NormativeDocument, on: dt.date) -> Version:
    """Fix the wording that leaves the drafters' hands."""
    version = document.current
    assert version is not None  # the guard has seen to it
    if version.frozen_on is None:
        version.frozen_on = on
        version.save(update_fields=["frozen_on"])
    return version


def ask_public(
    document: NormativeDocument,
    *,
    actor: Actor,
    reason: str,
    opens_on: dt.date | None = None,
    closes_on: dt.date | None = None,
    note: str = "",
) -> dict[str, Any]:
    """Open a comment period on the present wording; without an end it lasts the shortest time allowed."""
    first = opens_on or clock.today()
    last = closes_on or periods.earliest_close(first)
    if not periods.comment_is_long_enough(first, last):
        raise Refused(
            _now("Give the public at least %(n)d working days: until %(day)s or later.")
            % {"n": periods.COMMENT_WORKING_DAYS, "day": periods.earliest_close(first).isoformat()}
        )
    version = freeze(document, first)
    document.comment_waiver = ""
    CommentPeriod.objects.create(
        district=document.district,
        document=document,
        version=version,
        opens_on=first,
        closes_on=last,
        note=note,
    )
    return {"version": version.number, "opens_on": first, "closes_on": last}


def close_comments(
    document: NormativeDocument, *, actor: Actor, reason: str, summary: str = ""
) -> dict[str, Any]:
    period = open_period(document)
    if period is None:
        return {}
    period.closed_on, period.summary = clock.today(), summary or reason
    period.save(update_fields=["closed_on", "summary"])
    outcomes = period.comments.values_list("outcome", flat=True)
    return {"comments": len(outcomes), "taken_up": sum(outcome != "NOT_ADOPTED" for outcome in outcomes)}


def ask_legal_office(
    document: NormativeDocument,
    *,
    actor: Actor,
    reason: str,
    reviewer: Agency | None = None,
    on: dt.date | None = None,
    working_days: int = periods.REVIEW_WORKING_DAYS,
) -> dict[str, Any]:
    """Send the present wording to the legal office: to `reviewer`, or to the district's own."""
    office = (
        reviewer
        or Agency.objects.filter(
            district=document.district, kind=AgencyKind.LEGAL_OFFICE, is_active=True
        ).first()
    )
    if office is None:
        raise Refused(_now("The directory has no legal office: enter it under agencies first."))
    day = on or clock.today()
    try:
        due = periods.review_due(day, working_days)
    except ValueError:
        raise Refused(_now("A legality review takes 5 to 15 working days.")) from None
    LegalityReview.objects.create(
        district=document.district,
        document=document,
        version=freeze(document, day),
        submitted_on=day,
        due_on=due,
        reviewer=office,
    )
    return {"reviewer": office.name, "due_on": due}


def _answer(
    document: NormativeDocument,
    result: str,
    opinion: str,
    on: dt.date | None,
    escalated_to: Agency | None = None,
) -> LegalityReview:
    review: LegalityReview | None = document.legality_reviews.filter(result="").first()
    if review is None:  # a document of the time before this system came without its review
        raise Refused(_now("No legality review is awaited for this document."))
    day = on or clock.today()
    if review.submitted_on and day < review.submitted_on:
        raise Refused(_now("The answer cannot be older than the question."))
    review.result, review.reviewed_on, review.opinion = result, day, opinion.strip()
    review.escalated_to = escalated_to
    review.save()
    return review


def record_pass(
    document: NormativeDocument, *, actor: Actor, reason: str, opinion: str = "", on: dt.date | None = None
) -> dict[str, Any]:
    review = _answer(document, LegalityReview.Result.PASSED, opinion or reason, on)
    return {"reviewed_on": review.reviewed_on}


def record_return(
    document: NormativeDocument, *, actor: Actor, reason: str, on: dt.date | None = None
) -> dict[str, Any]:
    review = _answer(document, LegalityReview.Result.TO_REVISE, reason, on)
    return {"reviewed_on": review.reviewed_on}


def pass_to_city(
    document: NormativeDocument,
    *,
    actor: Actor,
    reason: str,
    escalated_to: Agency | None = None,
    on: dt.date | None = None,
) -> dict[str, Any]:
    """The matter is beyond the district's authority: the city is asked (to `escalated_to`, or the city's bureau)."""
    city = (
        escalated_to
        or Agency.objects.filter(district=document.district, kind=AgencyKind.CITY, is_active=True).first()
    )
    if city is None:
        raise Refused(_now("The directory has no city department: enter it under agencies first."))
    review = _answer(document, LegalityReview.Result.OUT_OF_AUTHORITY, reason, on, city)
    return {"reviewed_on": review.reviewed_on, "escalated_to": city.name}


def undo_decision(document: NormativeDocument, *, actor: Actor, reason: str) -> dict[str, Any]:
    """A draft that goes back is decided upon anew."""
    was, document.decided_on, document.decided_by = document.decided_on, None, ""
    return {"decision_dropped": was} if was else {}


def number_and_issue(
    document: NormativeDocument,
    *,
    actor: Actor,
    reason: str,
    on: dt.date | None = None,
    number: str = "",
    in_force_on: dt.date | None = None,
    valid_until: dt.date | None = None,
) -> dict[str, Any]:
    """Give it its number: the next one of the issuer's register, or the one that another office has given."""
    day = on or clock.today()
    first = in_force_on or day
    if document.begun_on and day < document.begun_on:
        raise Refused(_now("It cannot be issued before its drafting began."))
    if document.decided_on and day < document.decided_on:
        raise Refused(_now("It cannot be issued before it was decided."))
    if day > clock.today():
        raise Refused(_now("It is issued on its day, not before."))
    if first < day:
        raise Refused(_now("It cannot be in force before it is issued."))
    last = valid_until or periods.usual_end(document, first)
    if last < first:
        raise Refused(_now("Its last day cannot lie before its first."))
    document.number = str(_number(document, number, day.year))
    document.issued_on, document.in_force_on, document.valid_until = day, first, last
    version = freeze(document, day)
    version.effective_on = first
    version.save(update_fields=["effective_on"])
    return {"number": document.number, "issued_on": day, "in_force_on": first, "valid_until": last}


def _number(document: NormativeDocument, given: str, year: int) -> DocumentNumber:
    issuer = document.issuer
    assert issuer is not None  # the guard has seen to it
    try:
        wanted = DocumentNumber.parse(given) if given.strip() else None
    except ValueError as fault:
        raise Refused(str(fault)) from None
    if wanted is not None and wanted.year != year:
        raise Refused(_now("The year of the number is not the year of issue."))
    prefix = wanted.code if wanted else issuer.document_prefix
    if not prefix:
        raise Refused(
            _now("%(agency)s has no prefix of its own in the directory: give the number.")
            % {"agency": issuer.short_name}
        )
    try:
        return take(
            district=document.district,
            prefix=prefix,
            year=year,
            subject=document.title,
            serial=wanted.serial if wanted else None,
        )
    except NumberUsed as used:
        raise Refused(str(used)) from used


def note_filing(
    document: NormativeDocument,
    *,
    actor: Actor,
    reason: str,
    on: dt.date | None = None,
    filed_with: str = "",
) -> dict[str, Any]:
    day = on or clock.today()
    if document.issued_on and day < document.issued_on:
        raise Refused(_now("It cannot be filed before it is issued."))
    if day > clock.today():
        raise Refused(_now("It is filed on its day, not before."))
    document.filed_on, document.filed_with = day, filed_with.strip()
    return {"filed_on": day, "filed_with": document.filed_with}


def take_amended_wording(
    document: NormativeDocument,
    *,
    actor: Actor,
    reason: str,
    on: dt.date | None = None,
    by: NormativeDocument | None = None,
    valid_until: dt.date | None = None,
) -> dict[str, Any]:
    """The amended wording becomes law on a day; `by` is the document that amends."""
    day = on or clock.today()
    if document.in_force_on and day < document.in_force_on:
        raise Refused(_now("It cannot be amended before it is in force."))
    if day > clock.today():
        raise Refused(_now("Let the amendment take effect on its day, not before."))
    _relate(by, RelationKind.AMENDS, document)
    version = document.versions.get(frozen_on__isnull=True)
    version.frozen_on = version.effective_on = day
    version.save(update_fields=["frozen_on", "effective_on"])
    document.current = version
    if valid_until:
        if valid_until < day:
            raise Refused(_now("Its last day cannot lie before its first."))
        document.valid_until = valid_until
    return {"version": version.number, "effective_on": day}


def end_with_its_time(document: NormativeDocument, *, actor: Actor, reason: str) -> dict[str, Any]:
    assert document.valid_until is not None  # the guard has seen to it
    document.ended_on = document.valid_until + dt.timedelta(days=1)
    return {"ended_on": document.ended_on}


def end_by_repeal(
    document: NormativeDocument,
    *,
    actor: Actor,
    reason: str,
    on: dt.date | None = None,
    by: NormativeDocument | None = None,
) -> dict[str, Any]:
    day = on or clock.today()
    if document.issued_on and day < document.issued_on:
        raise Refused(_now("It cannot be repealed before it is issued."))
    if day > clock.today():
        raise Refused(_now("It is repealed on its day, not before."))
    _relate(by, RelationKind.REPEALS, document)
    document.ended_on = day
    return {"ended_on": day, "by": by.citation if by else ""}


def _relate(by: NormativeDocument | None, kind: str, document: NormativeDocument) -> None:
    if by is None:
        return
    if by.pk == document.pk:
        raise Refused(_now("A document does not stand in relation to itself."))
    if by.district != document.district:
        raise Refused(_now("This belongs to another district."))
    if by.is_draft:
        raise Refused(_now("“%(title)s” is not issued yet.") % {"title": by.title})
    Relation.objects.get_or_create(district=document.district, source=by, kind=kind, target=document)


def give_up(document: NormativeDocument, *, actor: Actor, reason: str) -> dict[str, Any]:
    today = clock.today()
    document.ended_on = today
    period = open_period(document)
    if period is not None:
        period.closed_on, period.summary = today, reason
        period.save(update_fields=["closed_on", "summary"])
    return {"ended_on": today}


# ── the table ───────────────────────────────────────────────────────────────

POLICY = register(
    Lifecycle(
        "policy",
        Stage,
        Move(
            "start",
            Stage.PLANNED,
            Stage.DRAFTING,
            label=_("Begin drafting"),
            by=may_keep,
            effect=start,
        ),
        Move(
            "consult",
            Stage.DRAFTING,
            Stage.COMMENT,
            label=_("Ask the public"),
            by=may_keep,
            when=has_wording,
            effect=ask_public,
            warns=_("The draft can be read by everybody and cannot be changed until the period is closed."),
        ),
        Move(
            "close_comments",
            Stage.COMMENT,
            Stage.DRAFTING,
            label=_("Close the comments"),
            by=may_keep,
            when=comments_are_done,
            effect=close_comments,
        ),
        Move(
            "submit_review",
            Stage.DRAFTING,
            Stage.LEGALITY_REVIEW,
            label=_("Send to the legal office"),
            by=may_keep,
            when=has_wording & public_was_asked,
            effect=ask_legal_office,
        ),
        Move(
            "pass_review",
            Stage.LEGALITY_REVIEW,
            Stage.DELIBERATION,
            label=_("The legal office passes it"),
            by=may_keep,
            effect=record_pass,
        ),
        Move(
            "return_review",
            Stage.LEGALITY_REVIEW,
            Stage.DRAFTING,
            label=_("The legal office wants it revised"),
            by=may_keep,
            needs_reason=True,
            effect=record_return,
        ),
        Move(
            "escalate",
            Stage.LEGALITY_REVIEW,
            Stage.ESCALATED,
            label=_("Out of the district's authority: pass to the city"),
            by=may_keep,
            needs_reason=True,
            effect=pass_to_city,
        ),
        Move(
            "take_back",
            Stage.ESCALATED,
            Stage.DRAFTING,
            label=_("The city leaves it to the district"),
            by=may_keep,
            needs_reason=True,
        ),
        Move(
            "send_back",
            Stage.DELIBERATION,
            Stage.DRAFTING,
            label=_("Back to the drafters"),
            by=may_keep,
            needs_reason=True,
            effect=undo_decision,
        ),
        Move(
            "issue",
            Stage.DELIBERATION,
            Stage.ISSUED,
            label=_("Issue"),
            by=may_keep,
            when=wording_was_passed & was_decided & has_issuer,
            effect=number_and_issue,
            warns=_("It takes a document number and becomes public; its wording is fixed."),
        ),
        Move(
            "file",
            Stage.ISSUED,
            Stage.FILED,
            label=_("Record the filing"),
            by=may_keep,
            effect=note_filing,
        ),
        Move(
            "enter_into_force",
            (Stage.ISSUED, Stage.FILED),
            Stage.IN_FORCE,
            label=_("Put into force"),
            by=may_keep,
            when=its_day_has_come,
        ),
        Move(
            "amend",
            IN_FORCE,
            Stage.AMENDED,
            label=_("Let the amended wording take effect"),
            by=may_keep,
            when=has_amended_wording,
            effect=take_amended_wording,
            warns=_("The amended wording becomes the one shown; the earlier ones stay readable."),
        ),
        Move(
            "expire",
            IN_FORCE,
            Stage.EXPIRED,
            label=_("Record that its time is over"),
            by=may_keep,
            when=its_time_is_over,
            effect=end_with_its_time,
            warns=_("What rests on it must be examined again."),
        ),
        Move(
            "repeal",
            (Stage.ISSUED, Stage.FILED, *IN_FORCE),
            Stage.REPEALED,
            label=_("Repeal"),
            by=may_keep,
            when=has_no_open_amendment,
            needs_reason=True,
            effect=end_by_repeal,
            warns=_("What rests on it must be examined again."),
        ),
        Move(
            "abandon",
            BEFORE_ISSUE,
            Stage.ABANDONED,
            label=_("Give up the draft"),
            by=may_keep,
            needs_reason=True,
            effect=give_up,
        ),
        field_name="stage",
    ),
    NormativeDocument,
)
