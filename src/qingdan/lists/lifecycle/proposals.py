"""The life of a whole-list proposal: open to changes, then adopted as a whole or discarded."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import clock
from qingdan.core.lifecycle import Lifecycle, Move, register
from qingdan.core.permits import Refused
from qingdan.lists.lifecycle.matches import MATCH
from qingdan.lists.models import (
    LIVE,
    CoverFinding,
    LeftOut,
    Match,
    MatchProposal,
    MatchState,
    ProposalLine,
    ProposalState,
    Resource,
    SocialNeed,
    Way,
)
from qingdan.lists.permits.matching import may_match_lists


def _adopt(proposal: MatchProposal, *, actor: Any, reason: str) -> dict[str, Any]:
    """Order every line; rows are locked in one order of keys, so that two adoptions cannot wait for each other.

    What was left out for want of a resource is kept as a finding. A line that is refused stops the whole adoption.
    """
    lines = list(proposal.lines.select_related("need__place", "resource__area").order_by("resource_id", "pk"))
    given = [line for line in lines if line.resource is not None]
    _lock([line.need_id for line in given], [line.resource_id for line in given if line.resource_id])
    answered = set(
        Match.objects.filter(need__in=[line.need_id for line in given], state__in=LIVE).values_list(
            "need_id", flat=True
        )
    )
    for line in given:
        match = Match.objects.filter(
            district=proposal.district, need=line.need, resource=line.resource, state=MatchState.SUGGESTED
        ).first() or Match(
            district=proposal.district,
            need=line.need,
            resource=line.resource,
            persons=line.persons,
            score=line.score,
            parts=line.parts,
        )
        try:
            if line.need_id in answered:
                raise Refused(_("It has an order since the proposal was made; give this line no resource."))
            if match.pk is None:
                MATCH.begin(match, actor=actor, proposal=proposal.pk)
            MATCH.move(match, "order", actor=actor)
        except Refused as no:
            raise Refused(
                _now("Nothing was adopted. %(need)s: %(reason)s Change this line and adopt again.")
                % {"need": line.need.number, "reason": no.reason}
            ) from no
    without = [line for line in lines if line.resource is None and line.left_out != LeftOut.BY_HAND]
    known = set(
        CoverFinding.objects.filter(
            need__in=[line.need_id for line in without], way=Way.RESOURCE
        ).values_list("need_id", flat=True)
    )
    CoverFinding.objects.bulk_create(
        CoverFinding(
            district=proposal.district,
            need=line.need,
            way=Way.RESOURCE,
            covers=False,
            note=_why(line, proposal.least),
            found_on=clock.today(),
            found_by=actor.actor_label,
        )
        for line in without
        if line.need_id not in known
    )
    return {"ordered": len(given), "left out": len(lines) - len(given)}


def _why(line: ProposalLine, least: int) -> str:
    """Why a need got nothing, in the district's language, with the score from which suggestions counted."""
    with translation.override(settings.LANGUAGE_CODE):
        words = _now("%(why)s (suggestions from %(least)d points on)")
        return words % {"why": line.get_left_out_display(), "least": least}


def _lock(needs: Iterable[int], resources: Iterable[int]) -> None:
    for rows in (SocialNeed.objects.filter(pk__in=needs), Resource.objects.filter(pk__in=resources)):
        list(rows.select_for_update().order_by("pk").values_list("pk"))


PROPOSAL = register(
    Lifecycle(
        "proposal_of_matches",
        ProposalState,
        Move(
            "adopt",
            ProposalState.OPEN,
            ProposalState.ADOPTED,
            by=may_match_lists,
            effect=_adopt,
            label=_("Adopt all lines"),
            warns=_(
                "Every line with a resource becomes an order and its capacity is promised: all of them, or none."
            ),
        ),
        Move(
            "discard",
            ProposalState.OPEN,
            ProposalState.DISCARDED,
            by=may_match_lists,
            label=_("Discard"),
            needs_reason=True,
        ),
    ),
    MatchProposal,
)
