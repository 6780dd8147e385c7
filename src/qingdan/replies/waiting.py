"""What waits: for an agency the views it owes; for the bureau proposals, agencies that declined, letters."""

from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core.markup import dots
from qingdan.core.pieces import Waiting
from qingdan.replies.models import Commitment, CommitmentState, LetterState, ProposalState, ReplyLetter
from qingdan.replies.permits import is_author, may_check, may_issue, may_sign, sees_drafts
from qingdan.replies.queries import (
    declined_unheeded,
    letters_visible_to,
    proposals_visible_to,
    views_awaited,
    waiting,
)

# Before the reply a proposal is assigned and taken up; once answered, the proposers are asked.
_VERBS = {ProposalState.RECEIVED: _("Assign"), ProposalState.ASSIGNED: _("Take up")}

_PERMITS = {
    LetterState.RETURNED: is_author,
    LetterState.SUBMITTED: may_check,
    LetterState.CHECKED: may_sign,
    LetterState.SIGNED: may_issue,
}


def waiting_for(actor: Any) -> list[Waiting]:
    """For the workbench: views that an agency owes, and what the bureau has to answer, sign and keep."""
    office = _("Proposals")
    owed = [
        Waiting(
            due=one.due_on,
            title=one.proposal.title,
            sub=str(one.proposal),
            verb=_("Give the view of your agency"),
            url=one.proposal.get_absolute_url(),
            room=office,
        )
        for one in views_awaited(actor).select_related("proposal")
    ]
    if not sees_drafts(actor):
        return owed
    found = owed + [
        Waiting(
            due=proposal.clock,
            title=proposal.title,
            sub=str(proposal),
            verb=_VERBS.get(ProposalState(proposal.state), _("Reply")),
            url=proposal.get_absolute_url(),
            room=office,
        )
        for proposal in waiting(proposals_visible_to(actor).filter(district=actor.district))
    ]
    found += [
        Waiting(
            due=one.proposal.clock,
            title=one.proposal.title,
            sub=dots((str(one.agency), _now("not theirs"), one.decline_reason)),
            verb=_("Bring in another agency"),
            url=one.proposal.get_absolute_url(),
            room=office,
        )
        for one in declined_unheeded(actor.district).select_related("proposal", "agency")
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
        due=letter.proposal.clock,
        title=letter.title,
        sub=letter.drafter,
        verb=verbs[LetterState(letter.state)],
        url=letter.get_absolute_url(),
        room=office,
    )
