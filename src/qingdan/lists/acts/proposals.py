"""Verbs of whole-list proposals: make one, change it by hand, adopt it."""

from collections.abc import Callable, Iterable
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from qingdan.core import clock, journal
from qingdan.core.actor import Actor
from qingdan.core.permits import Refused
from qingdan.lists import matching
from qingdan.lists.lifecycle.proposals import PROPOSAL
from qingdan.lists.models import LeftOut, MatchProposal, ProposalLine, ProposalState, Resource, SocialNeed
from qingdan.lists.permits.matching import may_match_lists

LARGEST = 5_000


def propose(
    *,
    needs: Iterable[SocialNeed],
    actor: Actor,
    least: int = 50,
    ticket: str = "",
    progress: Callable[[int], None] | None = None,
) -> MatchProposal:
    """Give the resources on offer to a list of needs, within what is left of them; nothing is promised yet.

    `progress` is told how many needs were looked at since it was last told; `ticket` marks what a job made.
    """
    may_match_lists.require(actor)
    chosen = list(needs)[: LARGEST + 1]
    if not chosen:
        raise Refused(_("There is no open need without a resource, so there is nothing to propose."))
    if len(chosen) > LARGEST:
        raise Refused(_("More than %(most)d needs; choose a street or a category.") % {"most": LARGEST})
    if not 1 <= least <= 100:
        raise Refused(_("The least score lies between 1 and 100."))
    plan = matching.plan_list(chosen, least=least, progress=progress)
    with transaction.atomic():
        proposal = MatchProposal(
            district=actor.district,
            made_on=clock.today(),
            made_by=actor.actor_label,
            least=least,
            ticket=ticket,
            value=plan.value,
            bound=plan.bound,
        )
        PROPOSAL.begin(proposal, actor=actor, needs=len(chosen))
        ProposalLine.objects.bulk_create(
            ProposalLine(
                district=actor.district,
                proposal=proposal,
                need=line.need,
                resource_id=line.resource,
                persons=line.persons,
                score=line.score,
                parts=line.parts,
                left_out=line.left_out,
                others=line.others,
            )
            for line in plan.lines
        )
    return proposal


def change_line(*, line: ProposalLine, resource: Resource | None, actor: Actor) -> ProposalLine:
    """Give a need of an open proposal another resource, or none. Capacity is checked when the whole is adopted."""
    may_match_lists.require(actor, line)
    with transaction.atomic():
        proposal = MatchProposal.objects.select_for_update().get(pk=line.proposal_id)
        if proposal.state != ProposalState.OPEN:
            raise Refused(_("This proposal is settled and cannot be changed any more."))
        score = None
        if resource is not None:
            known = [one["score"] for one in line.others if one["resource"] == resource.pk]
            score = Decimal(str(known[0])) if known else None
        line.resource, line.score, line.parts = resource, score, []
        line.left_out = "" if resource is not None else LeftOut.BY_HAND
        line.by_hand = True
        line.save()
        journal.record(
            actor=actor,
            verb="proposal_of_matches.change",
            subject=proposal,
            data={"need": line.need_id, "resource": resource.pk if resource else None},
        )
    return line


def adopt(*, proposal: MatchProposal, actor: Actor) -> None:
    """Order every line with a resource, all or none, and keep why the others got none."""
    PROPOSAL.move(proposal, "adopt", actor=actor)


def discard(*, proposal: MatchProposal, reason: str, actor: Actor) -> None:
    """Put a proposal away."""
    PROPOSAL.move(proposal, "discard", actor=actor, reason=reason)
