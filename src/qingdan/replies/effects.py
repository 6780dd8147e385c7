"""What happens to a record besides its change of state, inside the transaction of the move."""

from typing import Any

from django.utils import timezone

from qingdan.core.actor import Actor
from qingdan.core.models import Reading
from qingdan.core.permits import Refused
from qingdan.documents.numbering import NumberUsed, take
from qingdan.replies.models import Commitment, LetterFigure, Proposal, ReplyLetter
from qingdan.replies.rendering import LiveSources, digest, rendered
from qingdan.replies.text import render
from qingdan.replies.text.render import body_data


def release_assignments(proposal: Proposal, *, actor: Actor, reason: str) -> dict[str, Any]:
    """The proposal goes back: whoever had it has it no longer; the journal keeps who it was."""
    held = [
        {"agency": assignment.agency.name, "role": assignment.role}
        for assignment in proposal.assignments.select_related("agency")
    ]
    proposal.assignments.all().delete()
    proposal.lead = None
    return {"released": held}


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
    filled = render(letter.source, LiveSources(letter.district, letter.as_of, letter.proposal))
    readings: dict[tuple[Any, ...], Reading] = {}
    for figure, value in zip(filled.figures, filled.values, strict=True):
        asked = (figure.key, figure.year, figure.place, *sorted(figure.by.items()))
        if asked not in readings:  # a number named twice in a letter is one reading
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
    letter.issued_at = timezone.now()
    return {
        "number": letter.number,
        "figures": len(filled.figures),
        "readings": len(readings),
        "text_sm3": digest(filled),
        "fixed": letter.fixed,
    }


def note_outcome(commitment: Commitment, *, actor: Actor, reason: str) -> dict[str, Any]:
    commitment.outcome = reason[:300]
    return {}
