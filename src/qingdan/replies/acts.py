"""What is done with proposals and letters. Each verb is one transaction with its entry in the journal."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _now

from qingdan.core import clock, journal
from qingdan.core.actor import Actor
from qingdan.core.permits import Refused
from qingdan.directory.models import Agency
from qingdan.replies.lifecycle import COMMITMENT, LETTER, PROPOSAL
from qingdan.replies.models import (
    Assignment,
    AssignmentRole,
    Commitment,
    ConsultationRecord,
    FeedbackForm,
    LetterComment,
    LetterRevision,
    LetterState,
    Proposal,
    ProposalPoint,
    ProposalState,
    ReplyLetter,
    Satisfaction,
)
from qingdan.replies.permits import is_officer, may_draft, may_edit
from qingdan.replies.rendering import problems_to_issue
from qingdan.replies.text import ProblemReport

# A reply is due three months after the proposal is handed over (代表法 2025; the Kunming rules are alike).
REPLY_MONTHS = 3
# What an edit may touch; the rest of a letter is written by moves.
EDITABLE = (
    "layout",
    "reply_class",
    "publication",
    "publication_reason",
    "title",
    "addressee",
    "source",
    "contact",
    "signature",
    "copies_to",
    "dated_on",
    "as_of",
    "number_prefix",
    "show_code",
)


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


# ── letters ─────────────────────────────────────────────────────────────────


@transaction.atomic
def draft(
    proposal: Proposal, *, actor: Actor, agency: Agency, is_sample: bool = False, **fields: Any
) -> ReplyLetter:
    """Begin the next version of the reply. Title, addressee and signature have the usual form unless given."""
    may_draft.require(actor, proposal)
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise TypeError(f"not fields of a draft: {sorted(unknown)}")
    locked = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if locked.state not in (ProposalState.ASSIGNED, ProposalState.IN_HANDLING) and not (
        locked.letters.filter(state=LetterState.ISSUED).exists()
    ):
        raise Refused(_now("Take the proposal up first: it is not in handling."))
    last = locked.letters.aggregate(last=models.Max("version"))["last"] or 0
    given = {
        "title": f"{agency.name}关于对{locked}的复函",
        "addressee": "尊敬的委员" if locked.noun == "提案" else "尊敬的代表",
        "signature": agency.name,
        "as_of": clock.today(),
    } | fields
    letter = ReplyLetter(
        district=locked.district,
        proposal=locked,
        version=last + 1,
        agency=agency,
        drafter_key=actor.actor_key,
        drafter=actor.actor_label,
        is_sample=is_sample,
        **given,
    )
    _validate(letter)
    LETTER.begin(letter, actor=actor, version=letter.version)
    _keep_revision(letter, actor, autosave=False)
    return letter


def correct(letter: ReplyLetter, *, actor: Actor) -> ReplyLetter:
    """Begin a new version of an issued letter, with its text, read as of today."""
    if not letter.is_issued:
        raise Refused(_now("A letter has to be issued first."))
    kept = {
        name: getattr(letter, name) for name in EDITABLE if name not in {"as_of", "dated_on", "number_prefix"}
    }
    return draft(letter.proposal, actor=actor, agency=letter.agency, is_sample=letter.is_sample, **kept)


@transaction.atomic
def edit(
    letter: ReplyLetter, *, actor: Actor, revision: int | None = None, autosave: bool = False, **fields: Any
) -> ReplyLetter:
    """Change an open letter. `revision` is the one the editor saw: a newer one refuses, so nothing is lost.

    Each revision is kept as a row; those saved by the page itself within one sitting follow into one row and
    one journal entry.
    """
    may_edit.require(actor, letter)
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise TypeError(f"not fields of a draft: {sorted(unknown)}")
    locked = ReplyLetter.objects.select_for_update().get(pk=letter.pk)
    if not locked.is_open:
        raise Refused(
            _now("The letter is “%(state)s”: only a draft or a returned letter is edited.")
            % {"state": locked.get_state_display()}
        )
    if revision is not None and revision != locked.revision:
        raise Refused(
            _now(
                "Not saved: %(who)s changed this letter at %(when)s. Your text is still here; compare first."
            )
            % {
                "who": locked.edited_by or locked.drafter,
                "when": timezone.localtime(locked.edited_at).strftime("%H:%M") if locked.edited_at else "",
            }
        )
    changed = [name for name, value in fields.items() if getattr(locked, name) != value]
    if not changed:
        if not autosave:  # what the page had saved by itself is now saved by hand
            locked.revisions.filter(number=locked.revision).update(autosaved=False)
        return letter
    for name in changed:
        setattr(locked, name, fields[name])
    locked.revision += 1
    locked.edited_at, locked.edited_by = timezone.now(), actor.actor_label
    _validate(locked)
    locked.save()
    if _keep_revision(locked, actor, autosave=autosave):
        journal.record(
            actor=actor,
            verb="letter.edit",
            subject=locked,
            data={"fields": sorted(changed), "revision": locked.revision},
        )
    letter.refresh_from_db()
    return letter


SITTING = dt.timedelta(minutes=15)


def _keep_revision(letter: ReplyLetter, actor: Actor, *, autosave: bool) -> bool:
    """Keep the letter as it stands now; False when it went into the row of the same sitting."""
    now = timezone.now()
    kept = {
        "number": letter.revision,
        "source": letter.source,
        "fields": {name: str(getattr(letter, name) or "") for name in EDITABLE if name != "source"},
        "autosaved": autosave,
        "saved_at": now,
        "saved_by": actor.actor_label,
    }
    last = letter.revisions.order_by("-number").first()
    if (
        last is not None
        and last.autosaved
        and last.saved_key == actor.actor_key
        and now - last.saved_at < SITTING
    ):
        for name, value in kept.items():
            setattr(last, name, value)
        last.save()
        return not autosave
    LetterRevision.objects.create(district=letter.district, letter=letter, saved_key=actor.actor_key, **kept)
    return True


@transaction.atomic
def comment(letter: ReplyLetter, *, actor: Actor, text: str, quote: str = "") -> LetterComment:
    """A remark on a letter that is not issued yet."""
    may_edit.require(actor, letter)
    if letter.is_issued or letter.state == LetterState.WITHDRAWN:
        raise Refused(_now("Comments are made before the issue."))
    made = LetterComment(
        district=letter.district,
        letter=letter,
        revision=letter.revision,
        quote=quote[:200],
        text=text,
        made_at=timezone.now(),
        made_key=actor.actor_key,
        made_by=actor.actor_label,
    )
    _validate(made)
    made.save()
    journal.record(actor=actor, verb="letter.comment", subject=letter, data={"comment": made.pk})
    return made


@transaction.atomic
def settle_comment(comment: LetterComment, *, actor: Actor) -> LetterComment:
    """Somebody has seen to a comment."""
    may_edit.require(actor, comment.letter)
    locked = LetterComment.objects.select_for_update().get(pk=comment.pk)
    if locked.settled_at is None:
        locked.settled_at, locked.settled_by = timezone.now(), actor.actor_label
        locked.save(update_fields=["settled_at", "settled_by"])
        journal.record(
            actor=actor, verb="letter.settle_comment", subject=locked.letter, data={"comment": locked.pk}
        )
    return locked


def submit(letter: ReplyLetter, *, actor: Actor) -> ReplyLetter:
    LETTER.move(letter, "submit", actor=actor)
    return letter


def return_to_drafter(letter: ReplyLetter, *, actor: Actor, reason: str) -> ReplyLetter:
    LETTER.move(letter, "return", actor=actor, reason=reason)
    return letter


def sign(letter: ReplyLetter, *, actor: Actor) -> ReplyLetter:
    LETTER.move(letter, "sign", actor=actor)
    return letter


def withdraw(letter: ReplyLetter, *, actor: Actor, reason: str) -> ReplyLetter:
    LETTER.move(letter, "withdraw", actor=actor, reason=reason)
    return letter


@transaction.atomic
def issue(
    letter: ReplyLetter, *, actor: Actor, dated_on: dt.date | None = None, serial: int | None = None
) -> ReplyLetter:
    """Issue a signed letter: freeze every figure, take the number, answer the proposal.

    `dated_on` dates the letter if it has no date yet; `serial` is a number the office has given, else the next
    free one is taken. Refused with all problems at once; nothing is changed then.
    """
    if dated_on is not None and letter.state == LetterState.SIGNED:
        ReplyLetter.objects.filter(pk=letter.pk, dated_on__isnull=True).update(dated_on=dated_on)
        letter.refresh_from_db()
    if letter.state == LetterState.SIGNED and serial is not None:
        report = ProblemReport(problems_to_issue(letter, serial=serial))
        if report:
            raise Refused(report)
    LETTER.move(letter, "issue", actor=actor, serial=serial)
    return letter


# ── commitments ─────────────────────────────────────────────────────────────


@transaction.atomic
def promise(letter: ReplyLetter, *, actor: Actor, text: str, due_on: dt.date) -> Commitment:
    """Keep in view what the letter promises."""
    is_officer.require(actor, letter)
    commitment = Commitment(district=letter.district, letter=letter, text=text, due_on=due_on)
    _validate(commitment)
    COMMITMENT.begin(commitment, actor=actor, letter=letter.pk)
    return commitment


def keep_promise(commitment: Commitment, *, actor: Actor, outcome: str) -> Commitment:
    COMMITMENT.move(commitment, "keep", actor=actor, reason=outcome)
    return commitment


def drop_promise(commitment: Commitment, *, actor: Actor, reason: str) -> Commitment:
    COMMITMENT.move(commitment, "drop", actor=actor, reason=reason)
    return commitment


def _validate(record: models.Model) -> None:
    """Refuse a record that its own rules do not allow, with their sentences."""
    try:
        record.full_clean()
    except ValidationError as error:
        raise Refused("；".join(error.messages)) from error


__all__ = [
    "Point",
    "assign",
    "close",
    "comment",
    "correct",
    "draft",
    "drop_promise",
    "edit",
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
