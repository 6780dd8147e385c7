"""What waits for the bureau's officers: proposals to answer, letters to correct, check, sign and issue."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from qingdan.core.pieces import Waiting
from qingdan.replies.models import Commitment, CommitmentState, LetterState, ReplyLetter
from qingdan.replies.permits import is_author, may_check, may_issue, may_sign, sees_drafts
from qingdan.replies.queries import letters_visible_to, proposals_visible_to, waiting

_PERMITS = {
    LetterState.RETURNED: is_author,
    LetterState.SUBMITTED: may_check,
    LetterState.CHECKED: may_sign,
    LetterState.SIGNED: may_issue,
}


def waiting_for(actor: Any) -> list[Waiting]:
    """For the workbench; nothing for others than the bureau."""
    if not sees_drafts(actor):
        return []
    office = _("Proposals")
    found = [
        Waiting(
            due=proposal.due_on,
            title=proposal.title,
            sub=str(proposal),
            verb=_("Reply"),
            url=proposal.get_absolute_url(),
            room=office,
        )
        for proposal in waiting(proposals_visible_to(actor))
    ]
    found += [_letter(letter, actor, office) for letter in _letters(actor)]
    promises = Commitment.objects.filter(district=actor.district, state=CommitmentState.OPEN)
    found += [
        Waiting(
            due=promise.due_on,
            title=promise.text,
            sub=promise.letter.number,
            verb=_("Keep the promise"),
            url=promise.letter.proposal.get_absolute_url(),
            room=office,
        )
        for promise in promises.select_related("letter__proposal")
    ]
    return found


def _letters(actor: Any) -> list[ReplyLetter]:
    """Those on which this person can act: the own ones to correct, those of others to check, sign and issue."""
    letters = letters_visible_to(actor).filter(district=actor.district, state__in=_PERMITS)
    return [
        letter
        for letter in letters.select_related("proposal").prefetch_related("checks")
        if _PERMITS[LetterState(letter.state)](actor, letter)
    ]


def _letter(letter: ReplyLetter, actor: Any, office: Any) -> Waiting:
    verbs = {
        LetterState.SUBMITTED: _("Check"),
        LetterState.CHECKED: _("Sign"),
        LetterState.RETURNED: _("Correct"),
        LetterState.SIGNED: _("Issue"),
    }
    return Waiting(
        due=letter.proposal.due_on,
        title=letter.title,
        sub=letter.drafter,
        verb=verbs[LetterState(letter.state)],
        url=letter.get_absolute_url(),
        room=office,
    )
