"""What this room does by itself once a day, and what takes too long for a page."""

import datetime as dt
from typing import Any

from django.urls import reverse

from qingdan.core import jobs, throttle
from qingdan.core.actor import SystemActor
from qingdan.core.permits import Refused
from qingdan.directory.models import Account, Place, PlaceLevel
from qingdan.funds.models import BudgetLine
from qingdan.lists import likeness
from qingdan.lists.acts import needs, plans, proposals
from qingdan.lists.models import MatchProposal, PurchasePlan, SocialNeed

IN_REQUEST = 300
"""As many needs or candidates are worked through while the page waits; more are a job with a page of its own."""


@jobs.schedule("lists.daily", daily_at=dt.time(4, 10))
@jobs.job("lists.daily")
def daily() -> dict[str, Any]:
    """Needs lapse, personal details are erased, likeness is found anew, old marks go."""
    done: dict[str, Any] = {"marks": throttle.forget_old()}
    districts = Place.objects.filter(level=PlaceLevel.DISTRICT).values_list("code", flat=True).distinct()
    for district in districts:
        actor = SystemActor("schedule", district)
        done[district] = {
            "lapsed": needs.lapse(actor=actor),
            "erased": needs.erase_personal_details(actor=actor),
            "pairs": likeness.suggest_all(district),
        }
    return done


@jobs.job("lists.propose")
def propose(*, account: int, needs: list[int], least: int, ticket: str) -> dict[str, Any]:
    """A whole-list proposal over many needs; answers the address of its page.

    `ticket` marks the proposal, so that a job that was cut off after its work does not do it twice.
    """
    actor = Account.objects.get(pk=account)
    made = MatchProposal.objects.filter(district=actor.district, ticket=ticket).first()
    if made is None:
        chosen = SocialNeed.objects.filter(district=actor.district, pk__in=needs).select_related("place")
        seen = 0

        def tell(more: int) -> None:
            nonlocal seen
            seen += more
            jobs.progress(seen, 2 * len(needs))  # each need is read once and searched for once

        try:
            made = proposals.propose(
                needs=chosen.order_by("number"),
                actor=actor,
                least=least,
                ticket=ticket,
                progress=tell,
            )
        except Refused as no:
            raise jobs.JobError(str(no.reason)) from no
    return {"url": made.get_absolute_url()}


@jobs.job("lists.plan")
def plan(
    *,
    account: int,
    name: str,
    focus: str,
    year: int,
    lines: list[int],
    budget_fen: int,
    weights: dict[str, int],
) -> dict[str, Any]:
    """A purchase plan over many candidates; answers its address.

    Its name, which the form has found free, keeps it from being made twice when the job is cut off after its work.
    """
    from qingdan.engine.planning import Weights  # its arithmetic is loaded where it is used

    actor = Account.objects.get(pk=account)
    made = PurchasePlan.objects.filter(district=actor.district, year=year, name=name.strip()).first()
    if made is None:
        try:
            made = plans.make_plan(
                actor=actor,
                name=name,
                focus=focus,
                year=year,
                lines=BudgetLine.objects.filter(district=actor.district, pk__in=lines),
                budget_fen=budget_fen,
                weights=Weights(**weights),
            )
        except Refused as no:
            raise jobs.JobError(str(no.reason)) from no
    return {"url": f"{reverse('planning')}?plan={made.pk}"}
