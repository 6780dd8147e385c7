"""The moves of a proposal, from receipt to the close, and of what a letter promised."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from qingdan.core.actor import Actor
from qingdan.core.lifecycle import Lifecycle, Move, register
from qingdan.core.permits import permit
from qingdan.replies.models import (
    AssignmentRole,
    Commitment,
    CommitmentState,
    LetterState,
    Proposal,
    ProposalState,
    Satisfaction,
)
from qingdan.replies.permits import is_officer


@permit(_("Name the lead agency first."))
def has_lead(actor: Any, proposal: Proposal) -> bool:
    return proposal.assignments.filter(role=AssignmentRole.LEAD).exists()


@permit(_("A letter has to be issued first."))
def has_issued_letter(actor: Any, proposal: Proposal) -> bool:
    return proposal.letters.filter(state=LetterState.ISSUED).exists()


def _last_feedback(proposal: Proposal) -> str:
    letter = proposal.letters.filter(state=LetterState.ISSUED).order_by("-version").first()
    form = letter.feedback.first() if letter else None
    return form.result if form else ""


@permit(_("Record the proposers' feedback to the last letter first."))
def has_feedback(actor: Any, proposal: Proposal) -> bool:
    return bool(_last_feedback(proposal))


@permit(_("The proposers were not satisfied: handle the proposal again and answer again."))
def proposers_are_content(actor: Any, proposal: Proposal) -> bool:
    return _last_feedback(proposal) in (Satisfaction.SATISFIED, Satisfaction.BASICALLY)


@permit(_("Only a reply that did not satisfy is handled again."))
def proposers_are_not_content(actor: Any, proposal: Proposal) -> bool:
    return _last_feedback(proposal) == Satisfaction.DISSATISFIED


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
            when=has_issued_letter,
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
