"""The moves of proposals, letters and commitments."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from qingdan.core.lifecycle import Lifecycle, Move, register
from qingdan.core.permits import Answer, No, Yes, permit
from qingdan.replies import effects
from qingdan.replies.models import (
    AssignmentRole,
    Commitment,
    CommitmentState,
    LetterState,
    Proposal,
    ProposalState,
    ReplyLetter,
    Satisfaction,
)
from qingdan.replies.permits import is_officer, may_draft, may_edit, may_issue, may_sign
from qingdan.replies.rendering import problems_to_issue, problems_to_submit
from qingdan.replies.text import ProblemReport


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
            effect=effects.release_assignments,
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


@permit(_("The letter is not ready."))
def is_sound(actor: Any, letter: ReplyLetter) -> Answer:
    report = ProblemReport(problems_to_submit(letter))
    return No(report) if report else Yes()


@permit(_("The letter is not ready."))
def is_ready(actor: Any, letter: ReplyLetter) -> Answer:
    report = ProblemReport(problems_to_issue(letter))
    return No(report) if report else Yes()


@permit(_("Take the proposal up first: it is not in handling."))
def proposal_is_in_handling(actor: Any, letter: ReplyLetter) -> bool:
    return letter.proposal.state in (
        ProposalState.IN_HANDLING,
        ProposalState.REPLIED,
        ProposalState.FEEDBACK,
        ProposalState.CLOSED,
    )


LETTER = register(
    Lifecycle(
        "letter",
        LetterState,
        Move(
            "submit",
            (LetterState.DRAFT, LetterState.RETURNED),
            LetterState.SUBMITTED,
            label=_("Submit for signing"),
            by=may_draft,
            when=is_sound,
            effect=effects.note_submission,
        ),
        Move(
            "return",
            (LetterState.SUBMITTED, LetterState.SIGNED),
            LetterState.RETURNED,
            label=_("Return to the drafter"),
            by=may_edit,
            needs_reason=True,
            effect=effects.unsign,
        ),
        Move(
            "sign",
            LetterState.SUBMITTED,
            LetterState.SIGNED,
            label=_("Sign"),
            by=may_sign,
            when=is_sound,
            effect=effects.sign,
        ),
        Move(
            "issue",
            LetterState.SIGNED,
            LetterState.ISSUED,
            label=_("Issue"),
            by=may_issue,
            when=proposal_is_in_handling & is_ready,
            effect=effects.freeze_and_number,
            warns=_(
                "Its figures are frozen, it takes a document number, and nothing of it can change afterwards."
            ),
        ),
        Move(
            "withdraw",
            (LetterState.DRAFT, LetterState.RETURNED, LetterState.SUBMITTED, LetterState.SIGNED),
            LetterState.WITHDRAWN,
            label=_("Withdraw the draft"),
            by=may_edit,
            needs_reason=True,
        ),
    ),
    ReplyLetter,
)

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
            effect=effects.note_outcome,
        ),
        Move(
            "drop",
            CommitmentState.OPEN,
            CommitmentState.DROPPED,
            label=_("Dropped"),
            by=is_officer,
            needs_reason=True,
            effect=effects.note_outcome,
        ),
    ),
    Commitment,
)
