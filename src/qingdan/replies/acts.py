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
from qingdan.documents.validating import validate
from qingdan.replies.intake import serial_of
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
from qingdan.replies.periods import latest_reply, reply_due, require_working_day, view_due
from qingdan.replies.permits import is_officer, may_receive


@dataclass(frozen=True)
class Point:
    """One point of a proposal as it is registered."""

    heading: str
    text: str = ""


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
    """Register a proposal. Without `due_on` the reply is due three months after it was received; without `serial` the
    number says it, where it does."""
    proposal = Proposal(
        district=actor.district,
        kind=kind,
        assembly=assembly,
        term=term,
        session=session,
        serial=serial or serial_of(number.strip(), term, session),
        number=number.strip(),
        title=title.strip(),
        proposers=proposers,
        cosigners=cosigners,
        text=text,
        received_on=received_on,
        due_on=due_on or reply_due(received_on),
        is_sample=is_sample,
    )
    may_receive.require(actor, proposal)
    _not_to_come(received_on)
    if due_on is not None:
        require_working_day(due_on)
    validate(proposal)
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
    locked = Proposal.objects.select_for_update().get(pk=proposal.pk)
    day = on or clock.today()
    if day < locked.received_on:
        raise Refused(_now("A proposal is assigned after it was received."))
    if view_due_on is not None:
        require_working_day(view_due_on)
        if not day <= view_due_on <= locked.due_on:
            raise Refused(
                _now("A view is due between the assignment and the reply, by %(due)s.")
                % {"due": locked.due_on.isoformat()}
            )
    roles = [
        (AssignmentRole.LEAD, lead),
        *((AssignmentRole.JOINT, agency) for agency in joint),
        *((AssignmentRole.SEPARATE, agency) for agency in separate),
    ]
    for role, agency in roles:
        due = view_due_on or view_due(day, locked.due_on)
        assignment = Assignment(
            district=locked.district,
            proposal=locked,
            role=role,
            agency=agency,
            assigned_on=day,
            due_on=due if role == AssignmentRole.JOINT else locked.due_on,
        )
        validate(assignment)
        assignment.save()
    locked.lead = lead
    locked.save(update_fields=["lead"])
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
    if locked.again_due_on is not None:
        raise Refused(_now("A second reply has no extension: the proposers are waiting already."))
    latest = latest_reply(locked.received_on)
    require_working_day(due_on)
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
def record_consultation(
    proposal: Proposal, *, actor: Actor, held_on: dt.date, place: str, participants: str, notes: str = ""
) -> ConsultationRecord:
    """Keep a talk with the proposers."""
    is_officer.require(actor, proposal)
    _not_to_come(held_on)
    record = ConsultationRecord(
        district=proposal.district,
        proposal=proposal,
        held_on=held_on,
        place=place,
        participants=participants,
        notes=notes,
    )
    validate(record)
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
    _not_to_come(received_on)
    if letter.dated_on is not None and received_on < letter.dated_on:
        raise Refused(
            _now("The letter is dated %(day)s: feedback to it comes later.")
            % {"day": letter.dated_on.isoformat()}
        )
    form = FeedbackForm(
        district=letter.district, letter=letter, result=result, received_on=received_on, remarks=remarks
    )
    validate(form)
    form.save()
    proposal = letter.proposal
    PROPOSAL.move(proposal, "receive_feedback", actor=actor)
    if result == Satisfaction.DISSATISFIED:
        PROPOSAL.move(proposal, "handle_again", actor=actor)
    return form


def close(proposal: Proposal, *, actor: Actor) -> Proposal:
    PROPOSAL.move(proposal, "close", actor=actor)
    return proposal


def _not_to_come(day: dt.date) -> None:
    if day > clock.today():
        raise Refused(_now("This day is still to come."))


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
    "object_to",
    "promise",
    "receive",
    "record_consultation",
    "record_feedback",
    "return_to_drafter",
    "settle_comment",
    "sign",
    "submit",
    "take_up",
    "withdraw",
]
