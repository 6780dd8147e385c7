"""What an order means for its need: never more than are lacking, never a need open while an order stands."""

import datetime as dt

import pytest
from django.test import Client

from qingdan.core.actor import SystemActor
from qingdan.core.permits import Refused
from qingdan.directory.models import Account, Place
from qingdan.lists import matching
from qingdan.lists.acts import matches as acts
from qingdan.lists.acts import proposals
from qingdan.lists.lifecycle.needs import NEED
from qingdan.lists.models import Match, MatchState, NeedState, ProposalState, Resource, SocialNeed
from qingdan.lists.tests.two_streets import COMMUNITY, DISTRICT, STREET, need_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_index", "on_the_day")]
STAFF = SystemActor("test", DISTRICT)


@pytest.fixture
def need(places: dict[str, Place]) -> SocialNeed:
    return need_in(NeedState.PUBLISHED, places[COMMUNITY], persons=30)


def resource(area: Place, capacity: int = 50) -> Resource:
    return Resource.objects.create(
        district=DISTRICT,
        number=f"ZY-{Resource.objects.count() + 1:04d}",
        owner_kind="SCHOOL",
        owner_name="示例食堂",
        kind="SERVICE",
        title="老年食堂送餐",
        text="为做饭困难的高龄老人每天送餐上门。",
        category="ELDERLY",
        target="ELDERLY",
        area=area,
        capacity=capacity,
        valid_from=dt.date(2018, 1, 1),
        state="AVAILABLE",
    )


def test_no_more_is_ordered_than_persons_are_lacking(
    need: SocialNeed,
    places: dict[str, Place],
) -> None:
    """Two officers with the same page before them do not promise places to the same persons twice."""
    one, other = resource(places[STREET]), resource(places[STREET])
    acts.order(need=need, resource=one, actor=STAFF, persons=20)
    with pytest.raises(Refused, match="only 10"):
        acts.order(need=need, resource=other, actor=STAFF, persons=30)
    other.refresh_from_db()
    assert other.reserved == 0
    acts.order(need=need, resource=other, actor=STAFF)
    other.refresh_from_db()
    assert other.reserved == 10


def test_a_match_is_not_taken_back_while_an_order_stands(
    need: SocialNeed,
    places: dict[str, Place],
    cast: dict[str, Account],
) -> None:
    match = acts.order(need=need, resource=resource(places[STREET]), actor=STAFF)
    need.refresh_from_db()
    with pytest.raises(Refused, match="cancel the order first"):
        NEED.move(need, "unmatch", actor=cast["street"], reason="样例")
    acts.cancel(match=match, reason="样例", actor=cast["street"])
    need.refresh_from_db()
    assert need.state == NeedState.PUBLISHED


def test_a_need_that_volunteers_cover_stays_answered_when_its_order_is_cancelled(
    need: SocialNeed,
    places: dict[str, Place],
) -> None:
    match = acts.order(need=need, resource=resource(places[STREET]), actor=STAFF)
    acts.find(need=need, way="VOLUNTEER", covers=True, note="志愿队每天送", actor=STAFF)
    acts.cancel(match=match, reason="志愿队送", actor=STAFF)
    need.refresh_from_db()
    assert need.state == NeedState.MATCHED


def test_a_proposal_does_not_order_twice_for_a_need(
    need: SocialNeed,
    places: dict[str, Place],
) -> None:
    SocialNeed.objects.filter(pk=need.pk).update(persons=None)
    need.refresh_from_db()
    first = resource(places[STREET])
    proposal = proposals.propose(needs=[need], actor=STAFF, least=30)
    assert proposal.lines.get().resource == first
    acts.order(need=need, resource=resource(places[STREET]), actor=STAFF)
    with pytest.raises(Refused, match="has an order since"):
        proposals.adopt(proposal=proposal, actor=STAFF)
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.OPEN


def test_a_resource_whose_order_was_cancelled_is_proposed_again(
    need: SocialNeed,
    places: dict[str, Place],
) -> None:
    match = acts.order(need=need, resource=resource(places[STREET]), actor=STAFF)
    acts.cancel(match=match, reason="时间改了", actor=STAFF)
    assert [one.resource for one in matching.suggestions(need)] == [match.resource]
    assert matching.plan_list([need], least=30).lines[0].resource == match.resource_id
    assert Match.objects.get().state == MatchState.CANCELLED


def test_an_officer_says_for_how_many_where_the_need_does_not(
    need: SocialNeed,
    places: dict[str, Place],
    cast: dict[str, Account],
    client: Client,
) -> None:
    SocialNeed.objects.filter(pk=need.pk).update(persons=None)
    offered = resource(places[STREET])
    client.force_login(cast["street"])
    page = client.get(f"/needs/{need.number}/").content.decode()
    assert 'type="number"' in page
    assert 'max="50"' in page
    client.post(
        f"/needs/{need.number}/matching/decide/", {"resource": offered.pk, "persons": 6, "do": "order"}
    )
    assert Match.objects.get().persons == 6


def test_a_closed_need_is_not_told_that_no_resource_fits(
    need: SocialNeed, places: dict[str, Place], cast: dict[str, Account], client: Client
) -> None:
    client.force_login(cast["street"])
    address = f"/needs/{need.number}/matching/"
    assert "No resource on offer fits" in client.get(address).content.decode()
    for verb in ("match", "start", "finish"):
        NEED.move(need, verb, actor=STAFF, reason="示例")
    page = client.get(address).content.decode()
    assert "waits for no resource now" in page
    assert "No resource on offer fits" not in page
