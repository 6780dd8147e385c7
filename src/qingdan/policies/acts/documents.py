"""The life of a document: planned, written, asked about, reviewed, issued, ended."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _now

from qingdan.core import clock, journal
from qingdan.core.actor import Actor
from qingdan.core.permits import Refused
from qingdan.directory.models import Agency
from qingdan.documents.validating import validate
from qingdan.policies import periods
from qingdan.policies.lifecycle import POLICY, note_filing
from qingdan.policies.models import BEFORE_ISSUE, IN_FORCE, NormativeDocument, Stage
from qingdan.policies.permits import may_keep

# What an edit may touch; the rest is written by moves. Title and subject of an issued document stay as printed.
EDITABLE = ("title", "group", "subject", "issuer")


def locked(document: NormativeDocument) -> NormativeDocument:
    return NormativeDocument.objects.select_for_update().get(pk=document.pk)


@transaction.atomic
def plan(
    *,
    actor: Actor,
    title: str,
    group: str,
    issuer: Agency | None = None,
    subject: str = "",
    co_drafters: Sequence[Agency] = (),
) -> NormativeDocument:
    """Put a document on the plan; drafting begins with `start`."""
    document = NormativeDocument(
        district=actor.district, title=title.strip(), group=group, issuer=issuer, subject=subject.strip()
    )
    may_keep.require(actor, document)
    validate(document)
    same = NormativeDocument.objects.filter(
        district=document.district, title=document.title, stage__in=BEFORE_ISSUE
    )
    if same.exists():
        raise Refused(_now("A draft with this title is under way already: work on that one."))
    check_agencies(document, co_drafters)
    POLICY.begin(document, actor=actor)
    document.co_drafters.set(co_drafters)
    return document


def check_agencies(document: NormativeDocument, co_drafters: Sequence[Agency]) -> None:
    """Raise `Refused` unless issuer and co-drafters are different agencies of the document's district."""
    if any(agency.district != document.district for agency in [*co_drafters, document.issuer] if agency):
        raise Refused(_now("This belongs to another district."))
    if document.issuer in co_drafters:
        raise Refused(_now("The agency that issues it is not a co-drafter as well."))


@transaction.atomic
def edit(
    document: NormativeDocument,
    *,
    actor: Actor,
    co_drafters: Sequence[Agency] | None = None,
    **fields: Any,
) -> NormativeDocument:
    """Change what is known of a draft: title, group, subject, issuer, co-drafters."""
    may_keep.require(actor, document)
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise TypeError(f"not fields of a draft: {sorted(unknown)}")
    current = locked(document)
    if not current.is_draft:
        raise Refused(_now("An issued document stays as it was printed; amend it instead."))
    changed = {
        name: [str(getattr(current, name) or ""), str(value or "")]
        for name, value in fields.items()
        if getattr(current, name) != value
    }
    for name, value in fields.items():
        setattr(current, name, value)
    validate(current)
    before = list(current.co_drafters.all())
    check_agencies(current, before if co_drafters is None else co_drafters)
    if co_drafters is not None and set(before) != set(co_drafters):
        changed["co_drafters"] = [str(len(before)), str(len(co_drafters))]
        current.co_drafters.set(co_drafters)
    if changed:
        current.save()
        journal.record(actor=actor, verb="policy.edit", subject=current, data=changed)
    document.refresh_from_db()
    return document


def start(document: NormativeDocument, *, actor: Actor, on: dt.date | None = None) -> NormativeDocument:
    POLICY.move(document, "start", actor=actor, on=on)
    return document


# ── the public, the legal office, the city ──────────────────────────────────


def consult(
    document: NormativeDocument,
    *,
    actor: Actor,
    opens_on: dt.date | None = None,
    closes_on: dt.date | None = None,
    note: str = "",
) -> NormativeDocument:
    """Put the present wording before the public for at least seven working days."""
    POLICY.move(document, "consult", actor=actor, opens_on=opens_on, closes_on=closes_on, note=note)
    return document


def close_comments(document: NormativeDocument, *, actor: Actor, summary: str = "") -> NormativeDocument:
    POLICY.move(document, "close_comments", actor=actor, summary=summary)
    return document


@transaction.atomic
def waive_comment(document: NormativeDocument, *, actor: Actor, reason: str) -> NormativeDocument:
    """Say why the public is not asked: secrecy, or an urgency that the law names."""
    may_keep.require(actor, document)
    current = locked(document)
    if current.stage not in (Stage.PLANNED, Stage.DRAFTING):
        raise Refused(
            _now("Not possible now: the record is “%(state)s”.") % {"state": current.get_stage_display()}
        )
    if not reason.strip():
        raise Refused(_now("Give a reason: it is kept with the record and shown to those concerned."))
    current.comment_waiver = reason.strip()[:200]
    current.save(update_fields=["comment_waiver"])
    journal.record(actor=actor, verb="policy.waive_comment", subject=current, reason=reason)
    document.refresh_from_db()
    return document


def submit_review(
    document: NormativeDocument,
    *,
    actor: Actor,
    reviewer: Agency | None = None,
    on: dt.date | None = None,
    working_days: int = periods.REVIEW_WORKING_DAYS,
) -> NormativeDocument:
    """Send the present wording to the legal office, which answers within 5 to 15 working days."""
    POLICY.move(document, "submit_review", actor=actor, reviewer=reviewer, on=on, working_days=working_days)
    return document


def pass_review(
    document: NormativeDocument, *, actor: Actor, opinion: str = "", on: dt.date | None = None
) -> NormativeDocument:
    POLICY.move(document, "pass_review", actor=actor, opinion=opinion, on=on)
    return document


def return_review(
    document: NormativeDocument, *, actor: Actor, reason: str, on: dt.date | None = None
) -> NormativeDocument:
    POLICY.move(document, "return_review", actor=actor, reason=reason, on=on)
    return document


def escalate(
    document: NormativeDocument,
    *,
    actor: Actor,
    reason: str,
    escalated_to: Agency | None = None,
    on: dt.date | None = None,
) -> NormativeDocument:
    """The legal office finds it out of the district's authority; the city is asked."""
    POLICY.move(document, "escalate", actor=actor, reason=reason, escalated_to=escalated_to, on=on)
    return document


def take_back(document: NormativeDocument, *, actor: Actor, reason: str) -> NormativeDocument:
    POLICY.move(document, "take_back", actor=actor, reason=reason)
    return document


# ── decision and issue ──────────────────────────────────────────────────────


@transaction.atomic
def decide(
    document: NormativeDocument, *, actor: Actor, decided_by: str, on: dt.date | None = None
) -> NormativeDocument:
    """Record the collective decision: the meeting and its day."""
    may_keep.require(actor, document)
    current = locked(document)
    if current.stage != Stage.DELIBERATION:
        raise Refused(
            _now("Not possible now: the record is “%(state)s”.") % {"state": current.get_stage_display()}
        )
    day = on or clock.today()
    if not decided_by.strip():
        raise Refused(_now("Name the meeting that decided."))
    if day > clock.today():
        raise Refused(_now("A decision is recorded when it is made, not before."))
    current.decided_on, current.decided_by = day, decided_by.strip()[:120]
    current.save(update_fields=["decided_on", "decided_by"])
    journal.record(
        actor=actor,
        verb="policy.decide",
        subject=current,
        data={"decided_on": day, "decided_by": current.decided_by},
    )
    document.refresh_from_db()
    return document


def send_back(document: NormativeDocument, *, actor: Actor, reason: str) -> NormativeDocument:
    POLICY.move(document, "send_back", actor=actor, reason=reason)
    return document


def issue(
    document: NormativeDocument,
    *,
    actor: Actor,
    on: dt.date | None = None,
    number: str = "",
    in_force_on: dt.date | None = None,
    valid_until: dt.date | None = None,
) -> NormativeDocument:
    """Issue it under the next number of its issuer, or under `number` as another office gave it."""
    POLICY.move(
        document,
        "issue",
        actor=actor,
        on=on,
        number=number,
        in_force_on=in_force_on,
        valid_until=valid_until,
    )
    return document


@transaction.atomic
def file(
    document: NormativeDocument, *, actor: Actor, on: dt.date | None = None, filed_with: str = ""
) -> NormativeDocument:
    """Record the filing report; a document that is in force already keeps its stage."""
    if document.stage == Stage.ISSUED:
        POLICY.move(document, "file", actor=actor, on=on, filed_with=filed_with)
        return document
    may_keep.require(actor, document)
    current = locked(document)
    if current.filed_on or current.stage not in IN_FORCE:
        raise Refused(_now("Only an issued document that is not filed yet is filed."))
    note_filing(current, actor=actor, reason="", on=on, filed_with=filed_with)
    current.save(update_fields=["filed_on", "filed_with"])
    journal.record(
        actor=actor,
        verb="policy.file",
        subject=current,
        before=current.stage,
        after=current.stage,
        data={"filed_on": current.filed_on, "filed_with": current.filed_with},
    )
    document.refresh_from_db()
    return document


def enter_into_force(document: NormativeDocument, *, actor: Actor) -> NormativeDocument:
    POLICY.move(document, "enter_into_force", actor=actor)
    return document


# ── change and end ──────────────────────────────────────────────────────────


def amend(
    document: NormativeDocument,
    *,
    actor: Actor,
    on: dt.date | None = None,
    by: NormativeDocument | None = None,
    valid_until: dt.date | None = None,
) -> NormativeDocument:
    """Let the amended wording, written beforehand, take effect."""
    POLICY.move(document, "amend", actor=actor, on=on, by=by, valid_until=valid_until)
    return document


@transaction.atomic
def extend_validity(
    document: NormativeDocument, *, actor: Actor, valid_until: dt.date, reason: str
) -> NormativeDocument:
    """Let it be valid longer, after it was assessed; not longer than five more years."""
    may_keep.require(actor, document)
    current = locked(document)
    if not current.binds:
        raise Refused(
            _now("Not possible now: the record is “%(state)s”.") % {"state": current.get_stage_display()}
        )
    if not reason.strip():
        raise Refused(_now("Give a reason: it is kept with the record and shown to those concerned."))
    before = current.valid_until
    latest = periods.latest_extension(before or clock.today())
    if not (before or clock.today()) < valid_until <= latest:
        raise Refused(
            _now("The new last day must lie after %(before)s and not after %(latest)s.")
            % {"before": (before or clock.today()).isoformat(), "latest": latest.isoformat()}
        )
    current.valid_until = valid_until
    current.save(update_fields=["valid_until"])
    journal.record(
        actor=actor,
        verb="policy.extend_validity",
        subject=current,
        reason=reason,
        data={"valid_until": valid_until, "was": before},
    )
    document.refresh_from_db()
    return document


def expire(document: NormativeDocument, *, actor: Actor) -> NormativeDocument:
    POLICY.move(document, "expire", actor=actor)
    return document


def repeal(
    document: NormativeDocument,
    *,
    actor: Actor,
    reason: str,
    on: dt.date | None = None,
    by: NormativeDocument | None = None,
) -> NormativeDocument:
    """End it before its time; `by` is the document that repeals it."""
    POLICY.move(document, "repeal", actor=actor, reason=reason, on=on, by=by)
    return document


def abandon(document: NormativeDocument, *, actor: Actor, reason: str) -> NormativeDocument:
    POLICY.move(document, "abandon", actor=actor, reason=reason)
    return document
