"""Capacity is promised once, orders go their way, refusals keep their reasons."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qingdan.core import clock, journal
from qingdan.core.permits import Refused
from qingdan.lists import matching, matching_queries
from qingdan.lists.acts import matches as acts
from qingdan.lists.acts import resources
from qingdan.lists.lifecycle.matches import MATCH
from qingdan.lists.lifecycle.resources import RESOURCE
from qingdan.lists.matching_forms import read_windows, windows_text
from qingdan.lists.models import Match, MatchState, Resource, ResourceState, ResourceWindow, Way
from qingdan.lists.tests.cast import DISTRICT, STAFF, fields, holds_together, need, resource, windows_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_index", "on_the_day")]


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


def test_a_resource_is_entered_verified_offered_suspended_and_withdrawn():
    made = resources.enter_resource(
        actor=STAFF,
        windows=[(1, dt.time(16, 30), dt.time(18, 30)), (3, dt.time(16, 30), dt.time(18, 30))],
        **fields(),
    )
    assert made.number == f"ZY-530111001-{clock.today().year}-0001"
    assert made.window_words == "Monday、Wednesday 16:30–18:30"
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
    room = resource(50)
    acts.order(need=need(30), resource=room, actor=STAFF)
    with pytest.raises(ValidationError, match="30 persons are promised"):
        resources.change_resource(resource=room, actor=STAFF, capacity=29)
    resources.change_resource(resource=room, actor=STAFF, capacity=30)
    room.refresh_from_db()
    assert room.left == 0


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
