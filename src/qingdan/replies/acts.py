"""What is done with proposals and letters. Each verb is one transaction with its entry in the journal."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _now

from qingdan.core import clock, journal
from qingdan.core.actor import Actor
from qingdan.core.permits import Refused
from qingdan.directory.models import Agency
from qingdan.replies.letter_acts import (
    check,
    comment,
    correct,
    draft,
    drop_promise,
    edit,
    explain_difference,
    issue,
    keep_promise,
    promise,
    return_to_drafter,
    settle_comment,
    sign,
    submit,
    withdraw,
)
from qingdan.replies.letter_acts import validate as _validate
from qingdan.replies.lifecycle import PROPOSAL
from qingdan.replies.models import (
    Assignment,
    AssignmentRole,
    ConsultationRecord,
    FeedbackForm,
    Proposal,
    ProposalPoint,
    ProposalState,
    ReplyLetter,
    Satisfaction,
)
from qingdan.replies.permits import is_officer

# A reply is due three months after the proposal is handed over (代表法 2025; the Kunming rules are alike).
REPLY_MONTHS = 3


@dataclass(frozen=True)
class Point:
    """One point of a proposal as it is registered."""

    heading: str
    text: str = ""


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day some months later, or the last day of that month."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return dt.date(year, month, last)
        except ValueError:
            continue
    raise AssertionError("a month has at least 28 days")


# ── proposals ───────────────────────────────────────────────────────────────


@transaction.atomic
def receive(
    *,
    actor: Actor,
    kind: str,
    assembly: str,
    term: int,
    session: int,
    number: str,
    title: str,
    proposers: str,
    received_on: dt.date,
    due_on: dt.date | None = None,
    serial: int | None = None,
    cosigners: str = "",
    text: str = "",
    points: Sequence[Point] = (),
    is_sample: bool = False,
) -> Proposal:
    """Register a proposal. Without `due_on` the reply is due three months after it was received."""
    proposal = Proposal(
        district=actor.district,
        kind=kind,
        assembly=assembly,
        term=term,
        session=session,
        serial=serial,
        number=number.strip(),
        title=title.strip(),
        proposers=proposers,
        cosigners=cosigners,
        text=text,
        received_on=received_on,
        due_on=due_on or months_after(received_on, REPLY_MONTHS),
        is_sample=is_sample,
    )
    is_officer.require(actor, proposal)
    _validate(proposal)
    PROPOSAL.begin(proposal, actor=actor, points=[point.heading for point in points])
    ProposalPoint.objects.bulk_create(
        ProposalPoint(
            district=proposal.district, proposal=proposal, order=order, heading=point.heading, text=point.text
        )
        for order, point in enumerate(points, start=1)
    )
    return proposal


@transaction.atomic
def assign(
    proposal: Proposal,
    *,
    actor: Actor,
    lead: Agency,
    joint: Sequence[Agency] = (),
    separate: Sequence[Agency] = (),
    on: dt.date | None = None,
    view_due_on: dt.date | None = None,
) -> Proposal:
    """Hand the proposal to its agencies. Joint agencies give their view within a month, or by `view_due_on`."""
    is_officer.require(actor, proposal)
    day = on or clock.today()
    roles = [
        (AssignmentRole.LEAD, lead),
        *((AssignmentRole.JOINT, agency) for agency in joint),
        *((AssignmentRole.SEPARATE, agency) for agency in separate),
    ]
    for role, agency in roles:
        due = view_due_on or min(months_after(day, 1), proposal.due_on)
        assignment = Assignment(
            district=proposal.district,
            proposal=proposal,
            role=role,
            agency=agency,
            assigned_on=day,
            due_on=due if role == AssignmentRole.JOINT else proposal.due_on,
        )
        _validate(assignment)
        assignment.save()
    proposal.lead = lead
    proposal.save(update_fields=["lead"])
    PROPOSAL.move(proposal, "assign", actor=actor)
    return proposal


def object_to(proposal: Proposal, *, actor: Actor, reason: str) -> Proposal:
    """Say that the matter is not ours; it goes back to be assigned anew."""
    PROPOSAL.move(proposal, "object", actor=actor, reason=reason)
    return proposal


def take_up(proposal: Proposal, *, actor: Actor) -> Proposal:
    PROPOSAL.move(proposal, "take_up", actor=actor)
    return proposal


@transaction.atomic
def extend(proposal: Proposal, *, actor: Actor, due_on: dt.date, reason: str) -> Proposal:
    """Give more time, with a reason that the proposers are told; never more than six months in all."""
    is_officer.require(actor, proposal)
    locked = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if locked.state in (ProposalState.REPLIED, ProposalState.FEEDBACK, ProposalState.CLOSED):
        raise Refused(_now("The proposal has been answered: its clock has stopped."))
    if not reason.strip():
        raise Refused(_now("Give a reason: it is kept with the record and shown to those concerned."))
    latest = months_after(locked.received_on, 6)
    if not locked.due_on < due_on <= latest:
        raise Refused(
            _now("The new date must lie after %(due)s and not after %(latest)s, six months from receipt.")
            % {"due": locked.due_on.isoformat(), "latest": latest.isoformat()}
        )
    before, locked.due_on, locked.due_reason = locked.due_on, due_on, reason.strip()[:200]
    locked.save(update_fields=["due_on", "due_reason"])
    journal.record(
        actor=actor,
        verb="proposal.extend",
        subject=locked,
        reason=reason,
        data={"due_on": due_on, "was": before},
    )
    proposal.refresh_from_db()
    return proposal


@transaction.atomic
def record_view(assignment: Assignment, *, actor: Actor, view: str, on: dt.date) -> Assignment:
    """Keep the view of a joint agency."""
    is_officer.require(actor, assignment)
    if assignment.role != AssignmentRole.JOINT:
        raise Refused(_now("Only a joint agency gives its view to the lead agency."))
    assignment.view, assignment.view_on = view, on
    assignment.save(update_fields=["view", "view_on"])
    journal.record(
        actor=actor,
        verb="proposal.record_view",
        subject=assignment.proposal,
        data={"agency": assignment.agency.name, "on": on},
    )
    return assignment


@transaction.atomic
def record_consultation(
    proposal: Proposal, *, actor: Actor, held_on: dt.date, place: str, participants: str, notes: str = ""
) -> ConsultationRecord:
    """Keep a talk with the proposers."""
    is_officer.require(actor, proposal)
    record = ConsultationRecord(
        district=proposal.district,
        proposal=proposal,
        held_on=held_on,
        place=place,
        participants=participants,
        notes=notes,
    )
    _validate(record)
    record.save()
    journal.record(
        actor=actor, verb="proposal.consult", subject=proposal, data={"held_on": held_on, "place": place}
    )
    return record


@transaction.atomic
def record_feedback(
    letter: ReplyLetter, *, actor: Actor, result: str, received_on: dt.date, remarks: str = ""
) -> FeedbackForm:
    """Keep what the proposers said; the proposal moves to feedback, and back into handling if they say no."""
    is_officer.require(actor, letter)
    if not letter.is_issued:
        raise Refused(_now("A letter has to be issued first."))
    form = FeedbackForm(
        district=letter.district, letter=letter, result=result, received_on=received_on, remarks=remarks
    )
    _validate(form)
    form.save()
    proposal = letter.proposal
    PROPOSAL.move(proposal, "receive_feedback", actor=actor)
    if result == Satisfaction.DISSATISFIED:
        PROPOSAL.move(proposal, "handle_again", actor=actor)
    return form


def close(proposal: Proposal, *, actor: Actor) -> Proposal:
    PROPOSAL.move(proposal, "close", actor=actor)
    return proposal


__all__ = [
    "Point",
    "assign",
    "check",
    "close",
    "comment",
    "correct",
    "draft",
    "drop_promise",
    "edit",
    "explain_difference",
    "extend",
    "issue",
    "keep_promise",
    "months_after",
    "object_to",
    "promise",
    "receive",
    "record_consultation",
    "record_feedback",
    "record_view",
    "return_to_drafter",
    "settle_comment",
    "sign",
    "submit",
    "take_up",
    "withdraw",
]
