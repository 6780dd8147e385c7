"""What is suggested for one need with its reasons, and what is proposed for whole lists within the capacities."""

import pytest
from django.utils import translation

from qingdan.core.permits import Refused
from qingdan.core.testing import assert_constant_queries
from qingdan.lists import matching, matching_queries
from qingdan.lists.acts import matches as acts
from qingdan.lists.acts import proposals
from qingdan.lists.lifecycle.resources import RESOURCE
from qingdan.lists.models import CoverFinding, MatchState, ProposalLine, ProposalState, Way
from qingdan.lists.reasons import in_english, score_parts
from qingdan.lists.tests.cast import STAFF, holds_together, need, resource, windows_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_index", "on_the_day")]


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


def test_words_of_staff_are_taken_up_without_a_new_start(tmp_path, monkeypatch):
    monkeypatch.setenv("QINGDAN_DATA", str(tmp_path))
    wish = need(30, title="摸着石头下楼", text="摸着石头下楼")
    resource(50, title="楼道照明维修", text="楼道照明维修")
    (before,) = matching.suggestions(wish, least=1)
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "own.txt").write_text("[治理]\n楼道照明 摸着石头下楼\n", encoding="utf-8")
    (after,) = matching.suggestions(wish, least=1)
    content = [next(part.points for part in one.parts if part.code == "content") for one in (before, after)]
    assert content[1] > content[0] + 10


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
    room, hall = resource(200), resource(30, title="放学后大教室")
    windows_of(room, 30)
    first, second = need(25), need(25)
    proposal = proposals.propose(needs=[first, second], actor=STAFF, least=40)
    assert set(proposal.lines.values_list("resource", flat=True)) == {room.pk, hall.pk}
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


def test_what_was_left_out_is_kept_with_the_score_that_was_asked_for():
    """Whoever asks for a high score finds little that fits: the finding says from where on it was looked for."""
    resource(50)
    left = need(20)
    proposal = proposals.propose(needs=[left], actor=STAFF, least=100)
    with translation.override("zh-hans"):
        proposals.adopt(proposal=proposal, actor=STAFF)
    note = CoverFinding.objects.get(need=left).note
    assert note.endswith("(suggestions from 100 points on)")  # the district's language, not the officer's
