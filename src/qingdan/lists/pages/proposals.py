"""Pages of whole-list proposals: make, change by hand, adopt."""

import uuid
from functools import reduce
from operator import or_
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import access, looks
from qingdan.core import jobs as core_jobs
from qingdan.core.columns import Column
from qingdan.core.gate import page
from qingdan.core.jobs_models import Job
from qingdan.core.listing import Button, Listing, register_rows
from qingdan.core.permits import Refused
from qingdan.core.records import name_verbs, record_context
from qingdan.directory.pages.frame import form_page
from qingdan.directory.permits import is_auditor
from qingdan.lists import jobs, matching_queries
from qingdan.lists.acts import proposals as acts
from qingdan.lists.matching_forms import ProposalForm
from qingdan.lists.models import MatchProposal, ProposalState, Resource
from qingdan.lists.pages import running
from qingdan.lists.pages.common import streets
from qingdan.lists.permits.matching import may_match_lists

looks.declare(ProposalState, wait={"OPEN": 1}, done=["ADOPTED"], off={"DISCARDED": "cross"})
name_verbs({"proposal_of_matches.change": _("line changed by hand")})
sees_proposals = may_match_lists | is_auditor

COLUMNS = (
    Column("made_on", _("proposed on"), kind="date", sort=True, fixed=True, link=True),
    Column("made_by", _("made by")),
    Column("least", _("least score"), kind="number"),
    Column("lines", _("needs"), value=lambda one: one.lines.count(), kind="number"),
    Column("state", _("state"), kind="state", sort=True),
)
register_rows(MatchProposal, COLUMNS)
access.register(MatchProposal, matching_queries.proposals)

PROPOSALS = Listing(
    key="match-proposals",
    title=_("Proposals of matches"),
    note=_("Resources for a whole list of needs at once, within their capacities"),
    records=matching_queries.proposals,
    columns=COLUMNS,
    order=("-made_on", "-pk"),
    buttons=(Button(_("New proposal"), "match-proposal-new", may=may_match_lists, primary=True),),
    empty=_(
        "Make a proposal: the open needs of a street or category are given to resources with capacity left."
    ),
)


@page(sees_proposals)
def proposals(request: HttpRequest) -> HttpResponseBase:
    return PROPOSALS.response(request)


@page(may_match_lists)
def new(request: HttpRequest) -> HttpResponseBase:
    actor: Any = request.user
    mine = [(code, name) for code, name in streets(actor) if actor.covers(code)]
    form = ProposalForm(request.POST or None, streets=mine)

    def act() -> MatchProposal | Job:
        needs = matching_queries.open_needs(actor.district).select_related("place").order_by("number")
        if not actor.holds("BUREAU"):
            own = (Q(place__code__startswith=code) for code in actor.place_codes)
            needs = needs.filter(reduce(or_, own, Q(pk=None)))
        if street := form.cleaned_data["street"]:
            needs = needs.filter(place__code__startswith=street)
        if category := form.cleaned_data["category"]:
            needs = needs.filter(category=category)
        least = form.cleaned_data["least"]
        keys = list(needs.values_list("pk", flat=True)[: acts.LARGEST + 1])
        if jobs.IN_REQUEST < len(keys) <= acts.LARGEST:
            return core_jobs.enqueue(
                "lists.propose",
                actor=actor.actor_label,
                district=actor.district,
                account=actor.pk,
                needs=keys,
                least=least,
                ticket=uuid.uuid4().hex,
            )
        return acts.propose(needs=needs, actor=actor, least=least)

    return form_page(
        request,
        form,
        act,
        title=_("New proposal"),
        lead=_(
            "Every open need without an order is looked at. Nothing is promised before you adopt the proposal."
        ),
        submit=_("Propose"),
        back=reverse("match-proposals"),
        crumbs=[(_("Proposals of matches"), reverse("match-proposals"))],
        to=running.page_of,
        done=running.said(_("Proposed. Look through the lines, change what does not fit, then adopt."), form),
    )


@page(sees_proposals)
def proposal(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = access.get_visible_or_404(MatchProposal, request.user, pk=pk)
    lines = list(
        found.lines.select_related("need__place__parent", "resource__area__parent").order_by(
            "need__place__code", "pk"
        )
    )
    wanted = {one["resource"] for line in lines for one in line.others} | {line.resource_id for line in lines}
    resources = Resource.objects.in_bulk([key for key in wanted if key])
    asked: dict[int, int] = {}
    for line in lines:
        if line.resource_id:
            asked[line.resource_id] = asked.get(line.resource_id, 0) + line.persons
    is_open = found.state == ProposalState.OPEN and bool(may_match_lists(request.user, found))
    over = [
        (resources[key], count)
        for key, count in sorted(asked.items())
        if is_open and count > resources[key].left
    ]
    context = record_context(
        found,
        request.user,
        crumbs=[(_("Proposals of matches"), reverse("match-proposals"))],
        number=str(found.pk),
        line=[found.made_on, found.made_by, _now("from %(n)d points on") % {"n": found.least}],
        given=[
            (
                line,
                [
                    (resources[one["resource"]], one["score"])
                    for one in line.others
                    if one["resource"] in resources
                ],
            )
            for line in lines
            if line.resource_id
        ],
        left_out=[
            (
                line,
                [
                    (resources[one["resource"]], one["score"])
                    for one in line.others
                    if one["resource"] in resources
                ],
            )
            for line in lines
            if not line.resource_id
        ],
        is_open=is_open,
        over=over,
        # lines changed by hand are no longer what was computed
        share=round(100 * found.value / found.bound, 1)
        if found.bound and not any(line.by_hand for line in lines)
        else None,
    )
    return render(request, "lists/proposal.html", context)


@page(may_match_lists)
def change(request: HttpRequest, pk: int, line: int) -> HttpResponseBase:
    """Give a line another of its suggestions, or none."""
    found = access.get_visible_or_404(MatchProposal, request.user, pk=pk)
    one = found.lines.select_related("proposal", "need__place").filter(pk=line).first()
    actor: Any = request.user
    if request.method == "POST" and one is not None:
        key = request.POST.get("resource", "")
        resource = (
            Resource.objects.filter(district=found.district, pk=key).first()
            if key.isascii() and key.isdigit()
            else None
        )
        try:
            acts.change_line(line=one, resource=resource, actor=actor)
        except Refused as no:
            messages.error(request, str(no.reason))
    return redirect(f"{found.get_absolute_url()}#line-{line}")
