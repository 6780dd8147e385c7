"""The moves of a letter, and what its signing and issue do to it."""

from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from qingdan.core.actor import Actor
from qingdan.core.lifecycle import Lifecycle, Move, register
from qingdan.core.models import Reading
from qingdan.core.permits import Answer, No, Refused, Yes, permit
from qingdan.documents.numbering import NumberUsed, take
from qingdan.replies.lifecycle.proposals import PROPOSAL
from qingdan.replies.models import LetterFigure, LetterState, ProposalState, ReplyLetter
from qingdan.replies.permits import may_draft, may_edit, may_issue, may_sign
from qingdan.replies.rendering import LiveSources, digest, problems_to_issue, problems_to_submit, rendered
from qingdan.replies.text import ProblemReport, RenderedLetter, render
from qingdan.replies.text.render import body_data
from qingdan.replies.verification import code_of


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


def note_submission(letter: ReplyLetter, *, actor: Actor, reason: str) -> dict[str, Any]:
    letter.submitted_at = timezone.now()
    return {"revision": letter.revision}


def sign(letter: ReplyLetter, *, actor: Actor, reason: str) -> dict[str, Any]:
    letter.signer = actor.actor_label[:60]
    letter.signed_at = timezone.now()
    letter.signed_text = digest(rendered(letter))
    return {"revision": letter.revision, "text_sm3": letter.signed_text}


def unsign(letter: ReplyLetter, *, actor: Actor, reason: str) -> dict[str, Any]:
    """A returned letter has to be signed again."""
    withdrawn = letter.signer
    letter.signer, letter.signed_at, letter.submitted_at, letter.signed_text = "", None, None, ""
    return {"signature_withdrawn": withdrawn} if withdrawn else {}


def freeze_and_number(
    letter: ReplyLetter, *, actor: Actor, reason: str, serial: int | None = None
) -> dict[str, Any]:
    """Freeze a reading for each citation and the text around them, then take the number."""
    assert letter.dated_on is not None  # the guard has seen to it
    with translation.override(settings.LANGUAGE_CODE):  # a letter's readings are in the district's language
        filled, readings = _freeze(letter, actor)
    prefix = letter.number_prefix or letter.agency.document_prefix
    try:
        number = take(
            district=letter.district,
            prefix=prefix,
            year=letter.dated_on.year,
            subject=letter.title,
            serial=serial,
        )
    except NumberUsed as used:
        raise Refused(str(used)) from used
    letter.number_prefix, letter.number_year, letter.number_serial = number.code, number.year, number.serial
    letter.number = str(number)
    letter.body = body_data(filled.blocks)
    letter.fixed = [fixed.as_data() for fixed in filled.fixed]
    letter.code = code_of(letter, digest(filled))
    letter.issued_at = timezone.now()
    answer_proposal(letter, actor=actor)
    return {
        "number": letter.number,
        "figures": len(filled.figures),
        "readings": readings,
        "text_sm3": digest(filled),
        "fixed": letter.fixed,
    }


def _freeze(letter: ReplyLetter, actor: Actor) -> tuple[RenderedLetter, int]:
    """A reading for each citation; a number named twice in a letter is one reading."""
    filled = render(letter.source, LiveSources(letter.district, letter.as_of, letter.proposal))
    readings: dict[tuple[Any, ...], Reading] = {}
    for figure, value in zip(filled.figures, filled.values, strict=True):
        asked = (figure.key, figure.year, figure.place, *sorted(figure.by.items()))
        if asked not in readings:
            readings[asked] = value.freeze(actor=actor)
        LetterFigure.objects.create(
            district=letter.district,
            letter=letter,
            position=figure.position,
            printed=figure.printed,
            approx=figure.approx,
            labels=list(figure.labels),
            offset=figure.offset,
            reading=readings[asked],
        )
    return filled, len(readings)


def answer_proposal(letter: ReplyLetter, *, actor: Actor) -> None:
    """With the letter issued, a proposal in handling is answered."""
    proposal = letter.proposal
    if proposal.state == ProposalState.IN_HANDLING:
        letter.save()
        PROPOSAL.move(proposal, "reply", actor=actor)


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
            effect=note_submission,
        ),
        Move(
            "return",
            (LetterState.SUBMITTED, LetterState.SIGNED),
            LetterState.RETURNED,
            label=_("Return to the drafter"),
            by=may_edit,
            needs_reason=True,
            effect=unsign,
        ),
        Move(
            "sign",
            LetterState.SUBMITTED,
            LetterState.SIGNED,
            label=_("Sign"),
            by=may_sign,
            when=is_sound,
            effect=sign,
        ),
        Move(
            "issue",
            LetterState.SIGNED,
            LetterState.ISSUED,
            label=_("Issue"),
            by=may_issue,
            when=proposal_is_in_handling & is_ready,
            effect=freeze_and_number,
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
