"""Capacity is promised once, orders go their way, refusals keep their reasons."""

import datetime as dt
import html

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qingdan.core import clock, journal
from qingdan.core.actor import SystemActor
from qingdan.core.permits import Refused
from qingdan.directory.models import Account, Place, SocialOrganisation
from qingdan.lists import matching, matching_queries, queries
from qingdan.lists.acts import matches as acts
from qingdan.lists.acts import proposals, resources
from qingdan.lists.lifecycle.matches import MATCH
from qingdan.lists.lifecycle.resources import RESOURCE
from qingdan.lists.matching_forms import read_windows, windows_text
from qingdan.lists.models import (
    CoverFinding,
    Match,
    MatchState,
    NeedState,
    ProposalLine,
    ProposalState,
    Reservation,
    Resource,
    ResourceState,
    ResourceWindow,
    SocialNeed,
    Way,
)
from qingdan.lists.reasons import in_english, score_parts

pytestmark = pytest.mark.django_db
DISTRICT = "530111"
STAFF = SystemActor("test", DISTRICT)


@pytest.fixture(autouse=True)
def _no_index():
    matching.forget()
    yield
    matching.forget()


def place(code="530111001001"):
    levels = {6: "DISTRICT", 9: "STREET", 12: "COMMUNITY"}
    parent = place(code[:9]) if len(code) == 12 else place(code[:6]) if len(code) == 9 else None
    found, _new = Place.objects.get_or_create(
        district=DISTRICT,
        code=code,
        defaults={
            "name": f"示例{code}",
            "short_name": code[-3:],
            "level": levels[len(code)],
            "parent": parent,
        },
    )
    return found


def resource(capacity=50, **fields):
    number = Resource.objects.count() + 1
    return Resource.objects.create(
        **{
            "district": DISTRICT,
            "number": f"ZY-{number:04d}",
            "owner_kind": "SCHOOL",
            "owner_name": "示例小学",
            "kind": "VENUE",
            "title": "放学后教室",
            "text": "工作日放学后看护学生和作业辅导。",
            "category": "CHILDREN",
            "target": "CHILDREN",
            "area": place("530111001"),
            "capacity": capacity,
            "valid_from": dt.date(2000, 1, 1),
            "state": ResourceState.AVAILABLE,
            **fields,
        }
    )


def need(persons=30, **fields):
    number = SocialNeed.objects.count() + 1
    return SocialNeed.objects.create(
        **{
            "district": DISTRICT,
            "number": f"XQ-{number:04d}",
            "source": "COMMUNITY",
            "place": place(),
            "title": "放学后学生无人看护",
            "text": "放学后孩子没人接，希望有教室看护和作业辅导。",
            "category": "CHILDREN",
            "target": "CHILDREN",
            "persons": persons,
            "raised_on": dt.date(2018, 3, 1),
            "state": NeedState.PUBLISHED,
            **fields,
        }
    )


def holds_together(one):
    """The counters say what the reservations say."""
    one.refresh_from_db()
    held = one.reservations.filter(released_on__isnull=True, used_on__isnull=True)
    given_ = one.reservations.filter(used_on__isnull=False)
    assert one.reserved == (held.aggregate(n=Sum("persons"))["n"] or 0)
    assert one.used == (given_.aggregate(n=Sum("used_persons"))["n"] or 0)
    assert one.reserved + one.used <= one.capacity


# ── from order to rating ────────────────────────────────────────────────────


def test_an_order_goes_its_whole_way_and_frees_those_who_did_not_come():
    room = resource(50)
    match = acts.order(need=need(30), resource=room, actor=STAFF)
    room.refresh_from_db()
    assert (room.reserved, room.used, room.left) == (30, 0, 20)
    acts.dispatch(match=match, actor=STAFF)
    acts.take(match=match, actor=STAFF)
    acts.serve(match=match, persons=26, actor=STAFF)
    acts.rate(match=match, rating=4, text="按时来", actor=STAFF)
    room.refresh_from_db()
    assert (room.reserved, room.used, room.left, room.times_used) == (0, 26, 24, 1)
    assert (match.state, match.served, match.rating) == (MatchState.RATED, 26, 4)
    holds_together(room)
    verbs = [entry.verb for entry in journal.history(match)][::-1]
    assert verbs == [f"match.{verb}" for verb in ("begin", "order", "dispatch", "take", "serve", "rate")]


def test_what_is_left_is_not_promised_twice():
    room = resource(50)
    acts.order(need=need(30), resource=room, actor=STAFF)
    with pytest.raises(Refused, match="20 persons are left, 21 are asked for"):
        acts.order(need=need(21), resource=room, actor=STAFF)
    assert Match.objects.count() == 1  # the refused order left nothing behind
    acts.order(need=need(20), resource=room, actor=STAFF)
    holds_together(room)


def test_the_database_itself_refuses_more_than_the_capacity():
    room = resource(10)
    with pytest.raises(IntegrityError), transaction.atomic():
        Resource.objects.filter(pk=room.pk).update(reserved=6, used=5)


@pytest.mark.parametrize("verb", ["decline", "cancel"])
def test_declined_and_cancelled_orders_give_the_capacity_back(verb):
    room = resource(30)
    match = acts.order(need=need(30), resource=room, actor=STAFF)
    acts.dispatch(match=match, actor=STAFF)
    with pytest.raises(Refused, match="reason"):
        getattr(acts, verb)(match=match, reason=" ", actor=STAFF)
    getattr(acts, verb)(match=match, reason="当天有考试", actor=STAFF)
    holds_together(room)
    assert room.left == 30
    assert match.why_not == "当天有考试"
    again = acts.order(need=match.need, resource=room, actor=STAFF)
    assert again.pk != match.pk


def test_more_served_than_ordered_is_refused():
    match = acts.order(need=need(10), resource=resource(50), actor=STAFF)
    acts.dispatch(match=match, actor=STAFF)
    acts.take(match=match, actor=STAFF)
    with pytest.raises(Refused, match="only 10 were ordered"):
        acts.serve(match=match, persons=11, actor=STAFF)


@pytest.mark.parametrize("state", ["DRAFT", "VERIFIED", "SUSPENDED", "WITHDRAWN"])
def test_only_available_resources_are_ordered(state):
    with pytest.raises(Refused, match="cannot be ordered"):
        acts.order(need=need(), resource=resource(state=state), actor=STAFF)


def test_a_resource_out_of_its_validity_is_not_ordered():
    over = resource(valid_until=dt.date(2001, 1, 1))
    with pytest.raises(Refused, match="not valid"):
        acts.order(need=need(), resource=over, actor=STAFF)


@pytest.mark.parametrize("state", ["SUBMITTED", "DONE", "REJECTED"])
def test_only_open_needs_get_a_resource(state):
    with pytest.raises(Refused, match="not verified"):
        acts.order(need=need(state=state), resource=resource(), actor=STAFF)


def test_a_refused_suggestion_keeps_its_reason_and_does_not_come_back():
    room, wish = resource(), need()
    assert [one.resource for one in matching.suggestions(wish)] == [room]
    acts.refuse(need=wish, resource=room, reason="只有白天时段", actor=STAFF)
    assert matching.suggestions(wish) == []
    with pytest.raises(Refused, match="只有白天时段"):
        acts.order(need=wish, resource=room, actor=STAFF)


def test_two_orders_of_one_pair_are_one():
    room, wish = resource(), need(10)
    first = acts.order(need=wish, resource=room, actor=STAFF)
    with pytest.raises(Refused, match="Not possible now"):
        acts.order(need=wish, resource=room, actor=STAFF)
    holds_together(room)
    assert list(Match.objects.all()) == [first]


# ── random histories ────────────────────────────────────────────────────────

STEP = st.tuples(
    st.sampled_from(["order", "dispatch", "take", "serve", "decline", "cancel", "rate"]),
    st.integers(0, 5),
    st.integers(0, 40),
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(capacity=st.integers(0, 60), steps=st.lists(STEP, max_size=25))
def test_no_history_of_orders_passes_the_capacity(db, capacity, steps):
    with transaction.atomic():
        room = resource(capacity)
        made = []
        for verb, which, number in steps:
            try:
                if verb == "order":
                    made.append(acts.order(need=need(number + 1), resource=room, actor=STAFF))
                elif made:
                    details = {
                        "serve": {"persons": number},
                        "rate": {"reason": "", "rating": 3},
                        "decline": {"reason": "示例"},
                        "cancel": {"reason": "示例"},
                    }.get(verb, {})
                    MATCH.move(made[which % len(made)], verb, actor=STAFF, **details)
            except Refused:
                pass
            holds_together(room)
        transaction.set_rollback(True)


# ── resources ───────────────────────────────────────────────────────────────


def fields(**more):
    return {
        "owner_kind": "SCHOOL",
        "owner_name": "示例小学",
        "kind": "VENUE",
        "title": "示例教室",
        "category": "CHILDREN",
        "target": "CHILDREN",
        "area": place("530111001"),
        "capacity": 20,
        "valid_from": dt.date(2018, 1, 1),
        **more,
    }


def test_a_resource_is_entered_verified_offered_suspended_and_withdrawn():
    made = resources.enter_resource(
        actor=STAFF,
        windows=[(1, dt.time(16, 30), dt.time(18, 30)), (3, dt.time(16, 30), dt.time(18, 30))],
        **fields(),
    )
    assert made.number == f"ZY-530111001-{clock.today().year}-0001"
    assert made.window_words == "Monday, Wednesday 16:30–18:30"
    for verb in ("verify", "offer"):
        RESOURCE.move(made, verb, actor=STAFF)
    assert (made.state, made.verified_by) == (ResourceState.AVAILABLE, "test")
    match = acts.order(need=need(5), resource=made, actor=STAFF)
    RESOURCE.move(made, "suspend", actor=STAFF, reason="装修")
    with pytest.raises(Refused, match="promised"):
        RESOURCE.move(made, "withdraw", actor=STAFF, reason="不再提供")
    acts.cancel(match=match, reason="装修", actor=STAFF)
    RESOURCE.move(made, "withdraw", actor=STAFF, reason="不再提供")
    with pytest.raises(Refused, match="withdrawn"):
        resources.change_resource(resource=made, actor=STAFF, capacity=30)


def test_the_capacity_cannot_fall_below_what_is_promised():
    from django.core.exceptions import ValidationError

    room = resource(50)
    acts.order(need=need(30), resource=room, actor=STAFF)
    with pytest.raises(ValidationError, match="30 persons are promised"):
        resources.change_resource(resource=room, actor=STAFF, capacity=29)
    resources.change_resource(resource=room, actor=STAFF, capacity=30)
    room.refresh_from_db()
    assert room.left == 0


def windows_of(room, *places):
    return [
        ResourceWindow.objects.create(
            district=DISTRICT,
            resource=room,
            weekday=day,
            starts=dt.time(16, 30),
            ends=dt.time(18, 30),
            places=many,
        )
        for day, many in enumerate(places, start=1)
    ]


def test_a_time_window_is_promised_once_and_full_ones_are_passed_over():
    room = resource(200)
    monday, tuesday = windows_of(room, 30, 20)
    first = acts.order(need=need(20), resource=room, actor=STAFF)
    second = acts.order(need=need(15), resource=room, actor=STAFF)  # Monday has room for ten only
    assert [one.reservations.get().window for one in (first, second)] == [monday, tuesday]
    with pytest.raises(Refused, match="the most is 10"):
        acts.order(need=need(12), resource=room, actor=STAFF)
    with pytest.raises(Refused, match="No time window"):
        acts.order(need=need(10), resource=room, actor=STAFF, window=tuesday.pk)
    acts.dispatch(match=first, actor=STAFF)
    acts.take(match=first, actor=STAFF)
    acts.serve(match=first, actor=STAFF)  # who was served makes room again
    assert acts.order(need=need(30), resource=room, actor=STAFF).reservations.get().window == monday
    holds_together(room)


def test_a_window_with_promises_is_neither_removed_nor_made_too_small():
    from django.core.exceptions import ValidationError

    room = resource(200)
    windows_of(room, 30, 20)
    acts.order(need=need(20), resource=room, actor=STAFF)
    at = dt.time(16, 30), dt.time(18, 30)
    for stated in ([(2, *at, 20)], [(1, *at, 19), (2, *at, 20)]):
        with pytest.raises(ValidationError, match="20 persons are promised"):
            resources.change_resource(resource=room, actor=STAFF, windows=stated)
    resources.change_resource(resource=room, actor=STAFF, windows=[(1, *at, 25), (3, *at)])
    assert [(one.weekday, one.places) for one in room.windows.all()] == [(1, 25), (3, None)]
    assert room.reservations.get().window.weekday == 1


def test_places_of_windows_are_read_and_written_as_people_state_them():
    text = "周一、周三 16:30-18:30 40人\n周六 09:00-11:00"
    given_ = read_windows(text)
    assert [(one.weekday, one.places) for one in given_] == [(1, 40), (3, 40), (6, None)]
    assert windows_text([ResourceWindow(**one._asdict()) for one in given_]) == text
    assert read_windows("Mon 9:00-11:00 12 persons")[0].places == 12
    with pytest.raises(ValueError, match="16:30"):
        read_windows("周一 16:30-18:30 0人")


# ── suggestions ─────────────────────────────────────────────────────────────


def test_the_index_follows_every_change_of_the_list():
    wish, room = need(30), resource(50)
    assert [one.resource for one in matching.suggestions(wish)] == [room]
    other = resource(60, title="放学后看护教室二")
    assert {one.resource for one in matching.suggestions(wish)} == {room, other}
    RESOURCE.move(other, "suspend", actor=STAFF, reason="示例")
    assert [one.resource for one in matching.suggestions(wish)] == [room]
    acts.order(need=need(40), resource=room, actor=STAFF)
    (only,) = matching.suggestions(wish)
    assert only.left == 10
    assert next(part for part in only.parts if part.code == "capacity").points < 10
    acts.order(need=need(10), resource=room, actor=STAFF)
    assert matching.suggestions(wish) == []  # used up


def test_a_score_adds_up_and_every_part_has_its_reason():
    resource(50)
    (one,) = matching.suggestions(need(30))
    assert float(one.score) == pytest.approx(sum(part.points for part in one.parts))
    assert all(part.reason for part in one.parts)
    assert not any("一" <= c <= "鿿" for c in in_english("同一街道"))


@pytest.mark.parametrize(
    ("code", "reason", "words"),
    [
        ("wish", "都要看护", "both want: 看护"),
        ("wish", "一方要，另一方不要", "one wants it, the other does not"),
        ("wish", "要做的不是一件事", "different things are wanted"),
        (
            "target",
            "一方没写对象，从文字看不一致",
            "one side does not state the target group; the words differ",
        ),
        ("target", "留守儿童，对方写儿童，相近", "left-behind children, the other says children: near"),
        ("category", "儿童青少年，一致", "children and youth: the same"),
        (
            "time",
            "要工作日 16:30–18:30 点，部分时段可用",
            "wanted: weekdays 16:30–18:30 h, partly available",
        ),
        ("time", "时段不同：每天；周末", "different times: every day; weekends"),
        ("place", "不在同一街道，多半是另一件事", "in another street, so most likely another matter"),
    ],
)
def test_reasons_of_the_engine_stand_in_english(code, reason, words):
    (part,) = score_parts([{"code": code, "points": 1, "maximum": 2, "reason": reason}])
    assert part.because == words


def test_a_suggestion_needs_as_many_queries_for_many_resources():
    from qingdan.core.testing import assert_constant_queries

    wish = need(30)
    resource(50)

    def grow():
        for n in range(12):
            resource(50, title=f"放学后教室{n}")
        matching.suggestions(wish)  # the index is built once

    assert assert_constant_queries(lambda: matching.suggestions(wish), grow) <= 6


def test_only_those_still_without_a_resource_count():
    wish, room, hall = need(40), resource(30), resource(12, title="放学后大教室")
    acts.order(need=wish, resource=room, actor=STAFF, persons=30, dispatch=True)
    assert wish.matches.get().state == MatchState.DISPATCHED
    assert matching_queries.lacking(wish) == 10
    (only,) = matching.suggestions(wish)
    assert only.resource == hall
    assert next(part.points for part in only.parts if part.code == "capacity") == 10  # 12 for 10
    acts.order(need=wish, resource=hall, actor=STAFF, persons=10)
    assert matching_queries.lacking(wish) == 0
    assert matching.suggestions(wish) == []


# ── whole lists ─────────────────────────────────────────────────────────────


def test_a_proposal_keeps_within_capacities_and_says_what_it_left_out():
    room = resource(50)
    big, small, odd = need(45), need(30), need(8, title="临街商铺噪声", text="夜市吵", category="GOVERNANCE")
    huge = need(500)
    proposal = proposals.propose(needs=[big, small, odd, huge], actor=STAFF, least=40)
    lines = {line.need: line for line in proposal.lines.all()}
    assert lines[big].resource == room
    assert lines[small].left_out == "crowded-out"
    assert lines[odd].left_out == "no-suggestion"
    assert lines[huge].left_out == "too-big"
    room.refresh_from_db()
    assert room.reserved == 0  # nothing is promised before it is adopted
    proposals.adopt(proposal=proposal, actor=STAFF)
    holds_together(room)
    assert room.reserved == 45
    assert set(CoverFinding.objects.values_list("need", "way")) == {
        (one.pk, Way.RESOURCE) for one in (small, odd, huge)
    }


def test_a_proposal_gives_no_more_to_a_time_window_than_finds_room_and_can_be_adopted():
    room = resource(200)
    windows_of(room, 30, 20)
    wishes = [need(20), need(20), need(10), need(15)]
    too_many = need(35)
    proposal = proposals.propose(needs=[*wishes, too_many], actor=STAFF, least=40)
    given = proposal.lines.filter(resource=room)
    assert sum(line.persons for line in given) in range(35, 51)
    assert proposal.lines.get(need=too_many).left_out == "crowded-out"
    proposals.adopt(proposal=proposal, actor=STAFF)
    holds_together(room)
    assert room.reserved == sum(line.persons for line in given)


def test_what_one_window_cannot_take_goes_to_the_next_resource():
    room, hall = resource(200), resource(60, title="放学后大教室")
    windows_of(room, 30)
    first, second = need(25), need(25)
    proposal = proposals.propose(needs=[first, second], actor=STAFF, least=40)
    assert set(proposal.lines.values_list("resource", flat=True)) == {room.pk, hall.pk} or set(
        proposal.lines.values_list("resource", flat=True)
    ) == {hall.pk}
    proposals.adopt(proposal=proposal, actor=STAFF)
    holds_together(room)
    holds_together(hall)


def test_adopting_is_all_or_nothing():
    room = resource(50)
    first, second = need(20), need(25)
    proposal = proposals.propose(needs=[first, second], actor=STAFF, least=40)
    assert proposal.lines.filter(resource=room).count() == 2
    acts.order(need=need(10), resource=room, actor=STAFF)  # somebody was quicker
    with pytest.raises(Refused, match="Nothing was adopted"):
        proposals.adopt(proposal=proposal, actor=STAFF)
    holds_together(room)
    assert room.reserved == 10
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.OPEN
    line = proposal.lines.get(need=second)
    proposals.change_line(line=line, resource=None, actor=STAFF)
    proposals.adopt(proposal=proposal, actor=STAFF)
    holds_together(room)
    assert room.reserved == 30
    assert not CoverFinding.objects.filter(need=second).exists()  # taken out by hand proves nothing
    with pytest.raises(Refused, match="settled"):
        proposals.change_line(line=ProposalLine.objects.get(need=first), resource=None, actor=STAFF)


# ── unmet ───────────────────────────────────────────────────────────────────


def test_a_need_is_unmet_when_all_three_ways_were_tried_in_vain():
    wish = need()
    for way in (Way.SELF, Way.VOLUNTEER):
        acts.find(need=wish, way=way, covers=False, note="试过", actor=STAFF)
    assert wish not in matching_queries.unmet_needs(DISTRICT)
    acts.find(need=wish, way=Way.RESOURCE, covers=True, note="有一间教室", actor=STAFF)
    assert wish not in matching_queries.unmet_needs(DISTRICT)
    acts.find(need=wish, way=Way.RESOURCE, covers=False, note="教室借走了", actor=STAFF)
    assert list(matching_queries.unmet_needs(DISTRICT)) == [wish]
    assert matching_queries.by_street_and_group(matching_queries.unmet_needs(DISTRICT)) == {
        "530111001": {"CHILDREN": 1}
    }
    today = clock.today()
    assert list(matching_queries.unmet_on(DISTRICT, today)) == [wish]
    assert not matching_queries.unmet_on(DISTRICT, today - dt.timedelta(days=1)).exists()
    acts.order(need=wish, resource=resource(), actor=STAFF)
    assert not matching_queries.unmet_needs(DISTRICT).exists()
    assert not matching_queries.unmet_on(DISTRICT, today).exists()


# ── who sees and who may ────────────────────────────────────────────────────


def account(username):
    return Account.objects.get(username=username)


def test_an_organisation_enters_a_resource_of_its_own_for_any_place(sample, client):
    actor = account("organisation")
    client.force_login(actor)
    given = fields() | {
        "owner_kind": "PROFESSIONAL_ORG",
        "valid_from": "2018-01-01",
        "cost_fen": "0",
        "windows": "",
    }
    given |= {"area": place("530111002").pk, "organisation": actor.organisation_id}
    page = client.get("/resources/new/").content.decode()
    assert f'<option value="{actor.organisation_id}" selected>' in page
    assert client.post("/resources/new/", given).status_code == 302
    assert (
        Resource.objects.get(title=given["title"], organisation=actor.organisation).area_id == given["area"]
    )
    other = SocialOrganisation.objects.exclude(pk=actor.organisation_id).first()
    assert client.post("/resources/new/", given | {"organisation": other.pk}).status_code == 422


def test_an_organisation_answers_for_its_own_resource_only(sample):
    actor = account("organisation")
    mine = Match.objects.filter(state="DISPATCHED", resource__organisation=actor.organisation).first()
    theirs = (
        Match.objects.filter(state="DISPATCHED").exclude(resource__organisation=actor.organisation).first()
    )
    visible = set(matching_queries.matches(actor).values_list("pk", flat=True))
    assert theirs.pk not in visible
    with pytest.raises(Refused, match="another organisation"):
        acts.take(match=theirs, actor=actor)
    if mine is None:
        mine = Match.objects.filter(state="ORDERED", resource__organisation=actor.organisation).first()
        mine = mine or acts.order(
            need=need(2, place=theirs.need.place),
            resource=resource(organisation=actor.organisation),
            actor=STAFF,
        )
        assert mine.pk not in visible  # not before it is dispatched
        acts.dispatch(match=mine, actor=STAFF)
    assert matching_queries.matches(actor).filter(pk=mine.pk).exists()
    acts.take(match=mine, actor=actor)
    assert mine.state == MatchState.TAKEN


def test_the_need_goes_along_with_its_order_whoever_decides_about_it(sample):
    owner, street = account("organisation"), account("street")
    wish = SocialNeed.objects.filter(
        state="PUBLISHED", place__code__startswith="530111001", matches__isnull=True
    ).first()
    room = resource(500, organisation=owner.organisation)
    match = acts.order(need=wish, resource=room, actor=account("community"), dispatch=True, persons=2)
    wish.refresh_from_db()
    assert wish.state == NeedState.MATCHED
    acts.take(match=match, actor=owner)
    wish.refresh_from_db()
    assert wish.state == NeedState.IN_SERVICE
    assert journal.history(wish)[0].actor_label == owner.actor_label
    acts.cancel(match=match, actor=street, reason="示例：教室停用")
    wish.refresh_from_db()
    assert wish.state == NeedState.PUBLISHED


def test_street_officers_match_their_own_street_only(sample):
    actor = account("street")
    elsewhere = (
        SocialNeed.objects.filter(state="PUBLISHED").exclude(place__code__startswith="530111001").first()
    )
    with pytest.raises(Refused, match="another street"):
        acts.find(need=elsewhere, way=Way.SELF, covers=False, note="试过", actor=actor)
    assert not matching_queries.matches(actor).exclude(need__place__code__startswith="530111001").exists()


def test_drafts_of_resources_are_for_officers(sample):
    hidden = resource(state=ResourceState.DRAFT)
    assert not queries.resources(None).filter(pk=hidden.pk).exists()
    assert not queries.resources(account("resident")).filter(pk=hidden.pk).exists()
    assert queries.resources(account("street")).filter(pk=hidden.pk).exists()


def test_the_sample_keeps_its_promises(sample):
    for one in Resource.objects.filter(reservations__isnull=False).distinct():
        holds_together(one)
    assert Reservation.objects.count() == Match.objects.filter(ordered_on__isnull=False).count() > 50
    assert Match.objects.filter(state=MatchState.REFUSED).exclude(why_not="").exists()
    assert matching_queries.unmet_needs(DISTRICT).count() == 58


def test_the_page_of_a_need_suggests_orders_and_keeps_refusals(sample, client):
    from django.urls import reverse

    from qingdan.core.testing import assert_constant_queries

    client.force_login(account("street"), "django.contrib.auth.backends.ModelBackend")
    wish = need(30, place=place("530111001001"), number="XQ-530111001-2018-9001")
    rooms = [resource(50, title=f"放学后看护教室{n}") for n in range(2)]
    page = reverse("need", args=[wish.number])

    def suggested():
        return [one.resource for one in client.get(page).context["suggestions"]]

    def grow():
        for n in range(12):
            resource(20 + n, title=f"课后看护{n}")

    assert set(rooms) <= set(suggested())
    assert assert_constant_queries(lambda: client.get(page), grow) <= 60
    decide = reverse("need-decide", args=[wish.number])
    refused = client.post(
        decide, {"resource": rooms[0].pk, "do": "refuse", "reason": "教室在三楼，没有电梯", "from-need": "1"}
    )
    assert refused["Location"] == page
    assert Match.objects.get(need=wish, resource=rooms[0]).why_not == "教室在三楼，没有电梯"
    assert rooms[0] not in suggested()
    client.post(decide, {"resource": rooms[1].pk, "do": "dispatch", "persons": "30", "from-need": "1"})
    assert Match.objects.get(need=wish, resource=rooms[1]).state == MatchState.DISPATCHED
    wish.refresh_from_db()
    assert wish.state == NeedState.MATCHED
    answer = client.get(page)
    assert answer.context["suggestions"] == []
    assert answer.context["lacking"] == 0
    # Those who may not decide are shown none.
    client.force_login(account("finance"), "django.contrib.auth.backends.ModelBackend")
    assert not client.get(page).context["can_match"]


def test_orders_items_and_overdue_needs_wait_on_the_workbench(sample, english):
    from qingdan.lists.models import PurchaseItem
    from qingdan.lists.waiting import SINGLY, waiting_for

    owner = account("organisation")

    def said(who):
        return [(str(one.verb), str(one.title)) for one in waiting_for(account(who))]

    room = resource(500, organisation=owner.organisation, title="示例教室")
    match = acts.order(need=need(2, title="示例需求甲"), resource=room, actor=STAFF)
    title = "示例需求甲 ← 示例教室"
    assert title not in dict(map(reversed, said("organisation")))  # not before it is dispatched
    acts.dispatch(match=match, actor=STAFF)
    for act, verb in ((acts.take, "Take or decline"), (acts.serve, "Record as served")):
        assert (verb, title) in said("organisation")
        assert title not in dict(map(reversed, said("street")))  # the owner has an account of its own
        act(match=match, actor=owner)
    to_rate = Match.objects.filter(state=MatchState.SERVED, need__place__code__startswith="530111001").count()
    expected = title if to_rate <= SINGLY else f"{to_rate} orders are to be rated"
    assert ("Rate the order", expected) in said("street")
    PurchaseItem.objects.filter(state="PROPOSED").update(title="示例项目")
    assert ("Review", "示例项目") in said("bureau")
    assert not any(verb == "Review" for verb, _title in said("finance"))
    with clock.living_on(clock.today() + dt.timedelta(days=60)):
        late = [title for verb, title in said("bureau") if verb == "Look after them"]
    assert len(late) == 1


@pytest.fixture
def in_2018():
    with clock.living_on(dt.date(2018, 9, 12)):
        yield


def test_a_long_list_is_proposed_in_the_background_and_its_page_leads_to_it(
    sample, in_2018, client, monkeypatch
):
    from django.urls import reverse

    from qingdan.core import jobs as core_jobs
    from qingdan.core.jobs_models import Job
    from qingdan.lists import jobs
    from qingdan.lists.models import MatchProposal

    monkeypatch.setattr(jobs, "IN_REQUEST", 5)
    client.force_login(account("bureau"), "django.contrib.auth.backends.ModelBackend")
    before = MatchProposal.objects.count()
    answer = client.post(reverse("match-proposal-new"), {"street": "", "category": "", "least": "50"})
    job = Job.objects.get(kind="lists.propose")
    page = reverse("lists-running", args=[job.pk])
    assert answer["Location"] == page
    assert MatchProposal.objects.count() == before
    assert "http-equiv" in client.get(page).content.decode()
    client.force_login(account("street"), "django.contrib.auth.backends.ModelBackend")
    assert client.get(page).status_code == 404  # it belongs to whoever started it
    core_jobs.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.percent) == ("DONE", 100)
    made = MatchProposal.objects.latest("pk")
    assert made.lines.count() == len(job.arguments["needs"])
    assert jobs.propose(**job.arguments) == job.result  # cut off after its work, it does not do it twice
    assert MatchProposal.objects.count() == before + 1
    client.force_login(account("bureau"), "django.contrib.auth.backends.ModelBackend")
    assert client.get(page)["Location"] == made.get_absolute_url()


def test_a_plan_that_cannot_be_made_in_the_background_says_why(sample, in_2018, client, monkeypatch):
    from django.urls import reverse

    from qingdan.core import jobs as core_jobs
    from qingdan.core.jobs_models import Job
    from qingdan.funds.models import BudgetLine
    from qingdan.lists import jobs
    from qingdan.lists.models import PurchasePlan

    monkeypatch.setattr(jobs, "IN_REQUEST", 3)
    client.force_login(account("bureau"), "django.contrib.auth.backends.ModelBackend")
    line = BudgetLine.objects.get(pk=PurchasePlan.objects.first().lines.first().pk)
    weights = dict.fromkeys(("urgency", "persons", "support", "streets", "groups"), "2")
    given = {"name": "方案丙", "focus": "", "lines": [line.pk], **weights}
    for name, money in (("方案丙", "300000"), ("方案丁", "900000000")):
        answer = client.post(reverse("plan-new"), {**given, "name": name, "budget_fen": money})
        assert answer.status_code == 302, answer.context["form"].errors
        job = Job.objects.filter(kind="lists.plan").latest("pk")
        core_jobs.run_job(job.pk)
        page = client.get(reverse("lists-running", args=[job.pk]))
        if name == "方案丙":
            assert page["Location"].endswith(f"?plan={PurchasePlan.objects.get(name=name).pk}")
        else:
            job.refresh_from_db()
            assert job.state == "FAILED"
            assert job.error in html.unescape(page.content.decode())
            assert not PurchasePlan.objects.filter(name=name).exists()
