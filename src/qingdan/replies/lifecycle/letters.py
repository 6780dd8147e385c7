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
from qingdan.replies.paper import seal_sm3
from qingdan.replies.permits import may_check, may_draft, may_edit, may_issue, may_sign
from qingdan.replies.rendering import LiveSources, digest, problems_to_issue, problems_to_submit, rendered
from qingdan.replies.text import ProblemReport, RenderedLetter, render
from qingdan.replies.text.render import body_data
from qingdan.replies.verification import code_of, verification_url


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


@permit(_("The office checks the letter first."))
def is_checked(actor: Any, letter: ReplyLetter) -> Answer:
    """The last check passed, and the text is still the one that was checked."""
    last = letter.checks.first()
    if last is None or not last.passed:
        return No(_("The office checks the letter first."))
    if last.text_sm3 != digest(rendered(letter)):
        return No(_("The text is not the one that was checked, because records changed: return the letter."))
    return Yes()


def note_check(letter: ReplyLetter, *, actor: Actor, reason: str) -> dict[str, Any]:
    """`acts.check` has kept the results; the move alone, without them, is refused."""
    last = letter.checks.first()
    if last is None or last.revision != letter.revision or not is_checked(actor, letter):
        raise Refused(_("Record the legality check and the secrecy check first."))
    return {"check": last.pk, "revision": last.revision, "text_sm3": last.text_sm3}


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
    """Freeze a reading for each citation and the text around them, take the number, set the seal on it all."""
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
    letter.agency_name = letter.agency.name
    letter.body = body_data(filled.blocks)
    letter.fixed = [fixed.as_data() for fixed in filled.fixed]
    letter.code = code_of(letter, digest(filled))
    letter.qr_url = verification_url(letter.code) if letter.show_qr else ""
    letter.issued_at = letter.sealed_at = timezone.now()
    letter.sealed_key, letter.sealed_by = actor.actor_key, actor.actor_label
    letter.sealed_sm3 = seal_sm3(letter, filled)
    answer_proposal(letter, actor=actor)
    return {
        "number": letter.number,
        "figures": len(filled.figures),
        "readings": readings,
        "text_sm3": digest(filled),
        "sealed_sm3": letter.sealed_sm3,
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
            label=_("Submit for checking"),
            by=may_draft,
            when=is_sound,
            effect=note_submission,
        ),
        Move(
            "return",
            (LetterState.SUBMITTED, LetterState.CHECKED, LetterState.SIGNED),
            LetterState.RETURNED,
            label=_("Return to the drafter"),
            by=may_edit,
            needs_reason=True,
            effect=unsign,
        ),
        Move(
            "check",
            LetterState.SUBMITTED,
            LetterState.CHECKED,
            label=_("Record the office check"),
            by=may_check,
            when=is_sound,
            effect=note_check,
        ),
        Move(
            "sign",
            LetterState.CHECKED,
            LetterState.SIGNED,
            label=_("Sign"),
            by=may_sign,
            when=is_sound & is_checked,
            effect=sign,
        ),
        Move(
            "issue",
            LetterState.SIGNED,
            LetterState.ISSUED,
            label=_("Number, seal and issue"),
            by=may_issue,
            when=proposal_is_in_handling & is_ready,
            effect=freeze_and_number,
            warns=_(
                "Its figures are frozen, it takes a document number and the seal, and nothing of it can change "
                "afterwards."
            ),
        ),
        Move(
            "withdraw",
            (
                LetterState.DRAFT,
                LetterState.RETURNED,
                LetterState.SUBMITTED,
                LetterState.CHECKED,
                LetterState.SIGNED,
            ),
            LetterState.WITHDRAWN,
            label=_("Withdraw the draft"),
            by=may_edit,
            needs_reason=True,
        ),
    ),
    ReplyLetter,
)
