"""The moves of a proposal, from receipt to the close, and of what a letter promised."""

from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import clock
from qingdan.core.actor import Actor
from qingdan.core.lifecycle import Lifecycle, Move, register
from qingdan.core.permits import Answer, No, Yes, permit
from qingdan.replies import periods
from qingdan.replies.models import (
    AssignmentRole,
    Commitment,
    CommitmentState,
    FeedbackForm,
    LetterState,
    Proposal,
    ProposalState,
    ReplyLetter,
    Satisfaction,
)
from qingdan.replies.permits import is_officer


@permit(_("Name the lead agency first."))
def has_lead(actor: Any, proposal: Proposal) -> bool:
    return proposal.assignments.filter(role=AssignmentRole.LEAD).exists()


@permit(_("A letter has to be issued first."))
def has_new_letter(actor: Any, proposal: Proposal) -> Answer:
    """A reply that the proposers have spoken on already is not recorded once more."""
    letter = _last_letter(proposal)
    if letter is None:
        return No(_now("A letter has to be issued first."))
    if letter.feedback.exists():
        return No(_now("The proposers were not satisfied with the last letter: issue a new one first."))
    return Yes()


def _last_letter(proposal: Proposal) -> ReplyLetter | None:
    return proposal.letters.filter(state=LetterState.ISSUED).order_by("-version").first()


def _last_feedback(proposal: Proposal) -> FeedbackForm | None:
    """What the proposers said last; a corrected letter that they were not asked about changes nothing of it."""
    return FeedbackForm.objects.filter(letter__proposal=proposal).order_by("letter__version").last()


@permit(_("Record the proposers' feedback to the last letter first."))
def has_feedback(actor: Any, proposal: Proposal) -> bool:
    letter = _last_letter(proposal)
    return letter is not None and letter.feedback.exists()


@permit(_("The proposers were not satisfied: handle the proposal again and answer again."))
def proposers_are_content(actor: Any, proposal: Proposal) -> bool:
    form = _last_feedback(proposal)
    return form is not None and form.result != Satisfaction.DISSATISFIED


@permit(_("Only a reply that did not satisfy is handled again."))
def proposers_are_not_content(actor: Any, proposal: Proposal) -> bool:
    form = _last_feedback(proposal)
    return form is not None and form.result == Satisfaction.DISSATISFIED


@permit(_("The time to object is over."))
def objection_is_in_time(actor: Any, proposal: Proposal) -> Answer:
    given = proposal.assignments.filter(role=AssignmentRole.LEAD).first()
    last = periods.objection_ends(given.assigned_on) if given else None
    if last is not None and clock.today() > last:
        return No(
            _now("“Not ours” had to be said by %(day)s, %(n)d working days after the assignment.")
            % {"day": last.isoformat(), "n": periods.OBJECTION_WORKING_DAYS}
        )
    return Yes()


def set_second_clock(proposal: Proposal, *, actor: Actor, reason: str) -> dict[str, Any]:
    """The second reply has its own clock; the first keeps its own, by which it is judged."""
    form = _last_feedback(proposal)
    assert form is not None  # the guard has seen to it
    proposal.again_due_on = periods.second_reply_due(form.received_on)
    return {"due_on": proposal.again_due_on}


def release_assignments(proposal: Proposal, *, actor: Actor, reason: str) -> dict[str, Any]:
    """The proposal goes back: whoever had it has it no longer; the journal keeps who it was."""
    held = [
        {"agency": assignment.agency.name, "role": assignment.role}
        for assignment in proposal.assignments.select_related("agency")
    ]
    proposal.assignments.all().delete()
    proposal.lead = None
    return {"released": held}


PROPOSAL = register(
    Lifecycle(
        "proposal",
        ProposalState,
        Move(
            "assign",
            ProposalState.RECEIVED,
            ProposalState.ASSIGNED,
            label=_("Assign"),
            by=is_officer,
            when=has_lead,
        ),
        Move(
            "object",
            ProposalState.ASSIGNED,
            ProposalState.RECEIVED,
            label=_("Object: not ours to handle"),
            by=is_officer,
            when=objection_is_in_time,
            needs_reason=True,
            effect=release_assignments,
        ),
        Move(
            "take_up",
            ProposalState.ASSIGNED,
            ProposalState.IN_HANDLING,
            label=_("Take up"),
            by=is_officer,
        ),
        Move(
            "reply",
            ProposalState.IN_HANDLING,
            ProposalState.REPLIED,
            label=_("Record the reply"),
            by=is_officer,
            when=has_new_letter,
        ),
        Move(
            "receive_feedback",
            ProposalState.REPLIED,
            ProposalState.FEEDBACK,
            label=_("Record feedback"),
            by=is_officer,
            when=has_feedback,
        ),
        Move(
            "handle_again",
            ProposalState.FEEDBACK,
            ProposalState.IN_HANDLING,
            label=_("Handle again"),
            by=is_officer,
            when=proposers_are_not_content,
            effect=set_second_clock,
        ),
        Move(
            "close",
            ProposalState.FEEDBACK,
            ProposalState.CLOSED,
            label=_("Close"),
            by=is_officer,
            when=proposers_are_content,
        ),
    ),
    Proposal,
)


def note_outcome(commitment: Commitment, *, actor: Actor, reason: str) -> dict[str, Any]:
    commitment.outcome = reason[:300]
    return {}


COMMITMENT = register(
    Lifecycle(
        "commitment",
        CommitmentState,
        Move(
            "keep",
            CommitmentState.OPEN,
            CommitmentState.KEPT,
            label=_("Kept"),
            by=is_officer,
            needs_reason=True,
            effect=note_outcome,
        ),
        Move(
            "drop",
            CommitmentState.OPEN,
            CommitmentState.DROPPED,
            label=_("Dropped"),
            by=is_officer,
            needs_reason=True,
            effect=note_outcome,
        ),
    ),
    Commitment,
)
