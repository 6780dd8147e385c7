"""The life of a need: who may do what in which state, deadlines, mergings and the count of supporters."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from qingdan.core import clock, journal
from qingdan.core.actor import SystemActor
from qingdan.core.permits import Refused
from qingdan.directory.models import Account, Place
from qingdan.lists import periods
from qingdan.lists.acts import needs as acts
from qingdan.lists.lifecycle.needs import NEED
from qingdan.lists.models import (
    NeedPair,
    NeedReporter,
    NeedState,
    NeedSupport,
    Notice,
    SocialNeed,
    Verdict,
)
from qingdan.lists.tests.two_streets import (
    COMMUNITY,
    DISTRICT,
    OTHER,
    STREET,
    TODAY,
    build_places,
    need_in,
    report,
)
from qingdan.policies.models import Period

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]
# verb -> who of the cast may do it from the states named; nobody else may, from nowhere else.
EXPECTED: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "complete": (("RETURNED",), {"community", "street"}),
    "verify": (("SUBMITTED",), {"community"}),
    "confirm": (("COMMUNITY_VERIFIED",), {"street"}),
    "publish": (("STREET_VERIFIED",), {"street", "bureau"}),
    "match": (("PUBLISHED",), {"street", "bureau"}),
    "unmatch": (("MATCHED", "IN_SERVICE"), {"street", "bureau"}),
    "start": (("MATCHED",), {"street", "bureau"}),
    "finish": (("IN_SERVICE",), {"street", "bureau"}),
    "rate": (("DONE",), {"community", "street"}),
    "archive": (("DONE", "RATED"), {"street", "bureau"}),
    "merge": (
        ("SUBMITTED", "COMMUNITY_VERIFIED", "STREET_VERIFIED", "PUBLISHED", "RETURNED"),
        {"community", "street"},
    ),
    "part_to_submitted": (("MERGED",), {"community", "street"}),
    "reopen": (("REJECTED", "EXPIRED"), {"street"}),
    "lapse": (("RETURNED", "PUBLISHED"), set()),
    "submit": (("DRAFT",), set()),
}


def test_each_move_is_open_to_its_people_in_its_states_only(
    cast: dict[str, Account], places: dict[str, Place]
) -> None:
    for state in NeedState.values:
        need = need_in(state, places[COMMUNITY], rating=5)
        for verb, (states, people) in EXPECTED.items():
            for who, actor in cast.items():
                may = bool(NEED.may(verb, need, actor))
                assert may == (state in states and who in people), (verb, state, who)


def test_returning_and_rejecting_belong_to_whoever_verifies_now(
    cast: dict[str, Account], places: dict[str, Place]
) -> None:
    allowed = {"SUBMITTED": {"community", "street"}, "COMMUNITY_VERIFIED": {"street"}}
    for state in NeedState.values:
        need = need_in(state, places[COMMUNITY])
        for who, actor in cast.items():
            assert bool(NEED.may("return", need, actor)) == (who in allowed.get(state, set())), (state, who)
            rejecting = {**allowed, "STREET_VERIFIED": {"street"}}
            assert bool(NEED.may("reject", need, actor)) == (who in rejecting.get(state, set())), (state, who)


def test_the_way_sets_deadlines_in_working_days_and_writes_the_journal(
    cast: dict[str, Account], places: dict[str, Place]
) -> None:
    need = report(places[COMMUNITY])
    assert need.state == NeedState.SUBMITTED
    assert need.due_on == dt.date(2018, 9, 17)
    NEED.move(need, "verify", actor=cast["community"])
    assert need.due_on == dt.date(2018, 9, 17)
    with clock.living_on(dt.date(2018, 9, 14)):
        NEED.move(need, "confirm", actor=cast["street"])
        assert need.due_on == dt.date(2018, 9, 21)
    NEED.move(need, "publish", actor=cast["bureau"])
    assert need.due_on is None
    verbs = [entry.verb for entry in journal.history(need)]
    assert verbs == ["need.publish", "need.confirm", "need.verify", "need.begin"]


def test_a_need_of_the_street_itself_is_verified_by_the_street(
    cast: dict[str, Account], places: dict[str, Place]
) -> None:
    need = report(places[STREET])
    assert NEED.may("verify", need, cast["street"])
    assert not NEED.may("verify", need, cast["community"])


def test_a_text_that_names_a_person_is_not_published_before_it_is_revised(
    cast: dict[str, Account], places: dict[str, Place]
) -> None:
    need = report(places[COMMUNITY], "请联系我奶奶，电话 138 0000 0001，她一个人住，晚上没人照看。")
    assert need.is_personal
    NEED.move(need, "verify", actor=cast["community"])
    NEED.move(need, "confirm", actor=cast["street"])
    with pytest.raises(Refused, match="revise it first"):
        NEED.move(need, "publish", actor=cast["street"])
    acts.revise(
        actor=cast["street"],
        need=need,
        title="独居老人夜间问候",
        text="独居老人夜间没有人照看，希望问候。",
        is_personal=False,
    )
    NEED.move(need, "publish", actor=cast["street"])
    reporter: Any = NeedReporter.objects.get(need=need)
    assert "138 0000 0001" in reporter.words.reveal()  # the resident's own words are kept, apart


def test_reporting_says_all_that_is_wrong_at_once(places: dict[str, Place]) -> None:
    with pytest.raises(ValidationError) as fault:
        report(places[DISTRICT], "没人管", person=acts.Person(phone="138 0000 000"))
    assert set(fault.value.error_dict) == {"text", "phone", "place"}
    with pytest.raises(ValidationError) as fault:
        report(places[COMMUNITY], person=acts.Person(phone="13800000001"))
    assert set(fault.value.error_dict) == {"consent"}
    assert SocialNeed.objects.count() == 0


def test_numbers_run_on_within_a_street_and_year(places: dict[str, Place]) -> None:
    numbers = [report(places[code]).number for code in (COMMUNITY, STREET, OTHER)]
    assert numbers == ["XQ-530111001-2018-0001", "XQ-530111001-2018-0002", "XQ-530111002-2018-0001"]


def test_officers_register_for_their_own_place_only(
    cast: dict[str, Account], places: dict[str, Place]
) -> None:
    made = report(places[COMMUNITY], actor=cast["community"], channel="VISIT", verified=True)
    assert made.state == NeedState.COMMUNITY_VERIFIED
    for who in ("other_community", "resident", "finance"):
        with pytest.raises(Refused):
            report(places[COMMUNITY], actor=cast[who], channel="VISIT")


def test_a_returned_need_comes_back_or_lapses(cast: dict[str, Account], places: dict[str, Place]) -> None:
    first = report(places[COMMUNITY], person=acts.Person(account=cast["resident"]))
    second = report(places[COMMUNITY], "另一件事：楼道里没有灯，老人晚上出门不方便。")
    for need in (first, second):
        with pytest.raises(Refused, match="Give a reason"):
            NEED.move(need, "return", actor=cast["community"])
        NEED.move(need, "return", actor=cast["community"], reason="请写明几号楼")
    assert first.due_on == periods.deadline(periods.COMPLETE, first)
    acts.revise(actor=cast["resident"], need=first, resubmit=True, text="三号楼高龄老人做饭困难，希望送餐。")
    assert first.state == NeedState.SUBMITTED
    with clock.living_on(dt.date(2018, 10, 31)):
        assert acts.lapse(actor=SystemActor("schedule", DISTRICT)) == 1
    second.refresh_from_db()
    assert second.state == NeedState.EXPIRED
    notices = list(Notice.objects.filter(account=cast["resident"]).values_list("state", flat=True))
    assert notices == ["SUBMITTED", "RETURNED"]


def test_personal_details_are_erased_when_the_promised_time_has_passed(
    cast: dict[str, Account], places: dict[str, Place]
) -> None:
    need = report(places[COMMUNITY], person=acts.Person(phone="13800000001", consent="TICKED"))
    NEED.move(need, "reject", actor=cast["community"], reason="不属于公共服务")
    system = SystemActor("schedule", DISTRICT)
    with clock.living_on(dt.date(2019, 3, 12)):
        assert acts.erase_personal_details(actor=system) == 0
    with clock.living_on(dt.date(2019, 3, 13)):
        assert acts.erase_personal_details(actor=system) == 1
    assert not NeedReporter.objects.exists()
    assert SocialNeed.objects.filter(pk=need.pk).exists()


def test_a_need_is_judged_by_the_periods_of_the_day_on_which_it_was_raised(
    cast: dict[str, Account], places: dict[str, Place]
) -> None:
    def edition(year: int, days: int) -> None:
        Period.objects.create(
            district=DISTRICT,
            edition=str(year),
            kind=periods.STREET,
            length=days,
            valid_from=dt.date(year, 1, 1),
            valid_to=dt.date(year, 12, 31),
            document="样例文件",
        )

    edition(2017, 1)
    edition(2019, 10)
    before, now = need_in("SUBMITTED", places[COMMUNITY]), need_in("SUBMITTED", places[COMMUNITY])
    SocialNeed.objects.filter(pk=before.pk).update(raised_on=dt.date(2017, 12, 29))
    with clock.living_on(dt.date(2019, 3, 4)):
        for need in (before, now):
            need.refresh_from_db()
            NEED.move(need, "verify", actor=cast["community"])
        later = report(places[COMMUNITY])
        NEED.move(later, "verify", actor=cast["community"])
    assert before.due_on == dt.date(2019, 3, 5)  # one day, by the edition of 2017
    assert now.due_on == dt.date(2019, 3, 7)  # three days, the default, for nothing was entered for 2018
    assert later.due_on == dt.date(2019, 3, 18)  # ten days, by the edition of 2019


@pytest.mark.django_db
def test_the_month_of_erasure_knows_short_months() -> None:
    for day, expected in ((dt.date(2018, 8, 31), dt.date(2019, 2, 28)), (TODAY, dt.date(2019, 3, 12))):
        with clock.living_on(day):
            assert periods.erase_day(SocialNeed(district=DISTRICT, raised_on=TODAY)) == expected


# ── support, merging, parting ──


def test_a_person_supports_once_however_they_come(cast: dict[str, Account], places: dict[str, Place]) -> None:
    need = report(places[COMMUNITY], person=acts.Person(phone="13800000001", consent="TICKED"))
    assert need.supporters == 1
    by_phone = acts.supporter_key(phone="13800000001")
    assert not acts.support(need=need, supporter=by_phone)
    mine = acts.supporter_key(account=cast["resident"], visitor="x")
    assert acts.support(need=need, supporter=mine)
    assert not acts.support(need=need, supporter=mine)
    need.refresh_from_db()
    assert need.supporters == 2
    assert acts.withdraw_support(need=need, supporter=mine)
    need.refresh_from_db()
    assert need.supporters == 1
    with pytest.raises(Refused):
        acts.support(need=need, supporter="")


def asked(need: SocialNeed) -> set[str]:
    """The numbers of the needs about which officers are asked whether they say the same as this one."""
    pairs = NeedPair.objects.filter(verdict=Verdict.OPEN).select_related("first", "second")
    both = [{pair.first.number, pair.second.number} for pair in pairs]
    return set().union(*(two - {need.number} for two in both if need.number in two))


def test_a_draft_is_compared_when_it_is_submitted(cast: dict[str, Account], places: dict[str, Place]) -> None:
    first = report(places[COMMUNITY])
    draft = report(places[COMMUNITY], actor=cast["community"], draft=True)
    assert asked(draft) == set()
    NEED.move(draft, "submit", actor=cast["community"])
    assert asked(draft) == {first.number}


def test_new_words_are_compared_anew(cast: dict[str, Account], places: dict[str, Place]) -> None:
    lamps = "小区广场晚上没有路灯，跳舞的居民看不清路。"
    first = report(places[COMMUNITY])
    second = report(places[COMMUNITY], text=lamps)
    assert asked(second) == set()
    acts.revise(actor=cast["community"], need=second, title=first.title, text=first.text)
    assert asked(second) == {first.number}
    acts.revise(actor=cast["community"], need=second, title="广场没有路灯", text=lamps)
    assert asked(second) == set()
    NEED.move(second, "return", actor=cast["community"], reason="请说明")
    acts.revise(actor=cast["community"], need=second, resubmit=True, title=first.title, text=first.text)
    assert asked(second) == {first.number}


def test_merging_adds_up_once_per_person_and_is_undone_exactly(
    cast: dict[str, Account], places: dict[str, Place]
) -> None:
    stays = report(places[COMMUNITY], person=acts.Person(visitor="a"), supporters_on_paper=0)
    goes = report(places[COMMUNITY], person=acts.Person(account=cast["resident"]))
    pair = NeedPair.objects.get(first=stays, second=goes)
    both = acts.supporter_key(visitor="both")
    for need in (stays, goes):
        acts.support(need=need, supporter=both)
    stays.refresh_from_db(), goes.refresh_from_db()
    assert (stays.supporters, goes.supporters) == (2, 2)
    before = goes.due_on
    acts.merge(actor=cast["community"], need=goes, survivor=stays, reason="同一件事")
    pair.refresh_from_db()
    assert (stays.supporters, goes.state, pair.verdict) == (3, NeedState.MERGED, Verdict.SAME)
    # Support given to the merged number goes where the matter goes on; the reporter is told of its progress.
    assert acts.support(need=goes, supporter=acts.supporter_key(visitor="late"))
    stays.refresh_from_db()
    assert stays.supporters == 4
    NEED.move(stays, "verify", actor=cast["community"])
    told = list(Notice.objects.filter(account=cast["resident"]).values_list("need__number", "state"))
    assert set(told) == {(goes.number, "MERGED"), (goes.number, "COMMUNITY_VERIFIED")}
    acts.part(actor=cast["community"], need=goes, reason="其实是两件事")
    stays.refresh_from_db()
    assert (goes.state, goes.due_on, goes.supporters, stays.supporters) == ("SUBMITTED", before, 2, 3)
    pair.refresh_from_db()
    assert (pair.verdict, pair.decided_by) == (Verdict.DIFFERENT, cast["community"].actor_label)


def test_parting_is_possible_for_five_working_days_and_gives_the_days_back(
    cast: dict[str, Account], places: dict[str, Place]
) -> None:
    stays, goes = report(places[COMMUNITY]), report(places[COMMUNITY])
    acts.merge(actor=cast["community"], need=goes, survivor=stays, reason="同一件事")
    with clock.living_on(dt.date(2018, 9, 20)), pytest.raises(Refused, match="passed"):
        acts.part(actor=cast["community"], need=goes, reason="太晚")
    with clock.living_on(dt.date(2018, 9, 19)):
        acts.part(actor=cast["community"], need=goes, reason="还来得及")
        assert goes.due_on == periods.in_working_days(3)  # three working days were left when it was merged


def test_what_cannot_be_merged(cast: dict[str, Account], places: dict[str, Place]) -> None:
    need, far = report(places[COMMUNITY]), report(places[OTHER])
    closed = need_in(NeedState.REJECTED, places[COMMUNITY])
    for other, words in ((need, "itself"), (far, "one street"), (closed, "closed")):
        with pytest.raises(Refused, match=words):
            acts.merge(actor=cast["street"], need=need, survivor=other, reason="同一件事")
    with pytest.raises(Refused, match="Choose the need"):
        NEED.move(need, "merge", actor=cast["street"], reason="同一件事")
    with pytest.raises(Refused):
        acts.merge(actor=cast["other_street"], need=need, survivor=report(places[COMMUNITY]), reason="x")
    need.refresh_from_db()
    assert need.state == NeedState.SUBMITTED


class Support(RuleBasedStateMachine):
    """Any order of supporting, merging and parting: a need that stands alone counts each person behind it once."""

    def __init__(self) -> None:
        super().__init__()
        self.around = transaction.atomic()
        self.around.__enter__()
        self.clock = clock.living_on(TODAY)
        self.clock.__enter__()
        place = build_places()[COMMUNITY]
        self.actor = SystemActor("test", DISTRICT)
        self.needs = [need_in(NeedState.SUBMITTED, place) for _ in range(4)]
        self.behind: dict[int, set[int]] = {need.pk: set() for need in self.needs}
        self.into: dict[int, int] = {}

    def family(self, pk: int) -> set[int]:
        found = {pk}
        while more := {child for child, parent in self.into.items() if parent in found} - found:
            found |= more
        return found

    def root(self, pk: int) -> int:
        while pk in self.into:
            pk = self.into[pk]
        return pk

    @rule(n=st.integers(0, 3), person=st.integers(0, 5))
    def support(self, n: int, person: int) -> None:
        need = SocialNeed.objects.get(pk=self.needs[n].pk)
        root = self.root(need.pk)
        known = any(person in self.behind[pk] for pk in self.family(root))
        new = acts.support(need=need, supporter=acts.supporter_key(visitor=str(person)))
        assert new != known
        if new:
            self.behind[root].add(person)

    @rule(n=st.integers(0, 3), m=st.integers(0, 3))
    def merge(self, n: int, m: int) -> None:
        need = SocialNeed.objects.get(pk=self.needs[n].pk)
        survivor = SocialNeed.objects.get(pk=self.needs[m].pk)
        possible = n != m and need.pk not in self.into and survivor.pk not in self.into
        try:
            acts.merge(actor=self.actor, need=need, survivor=survivor, reason="样例")
        except Refused:
            assert not possible
        else:
            assert possible
            self.into[need.pk] = survivor.pk

    @rule(n=st.integers(0, 3))
    def part(self, n: int) -> None:
        need = SocialNeed.objects.get(pk=self.needs[n].pk)
        if need.pk in self.into:
            acts.part(actor=self.actor, need=need, reason="样例")
            del self.into[need.pk]
            assert need.state == NeedState.SUBMITTED
        else:
            with pytest.raises(Refused):
                acts.part(actor=self.actor, need=need, reason="样例")

    @invariant()
    def counts_agree(self) -> None:
        for need in SocialNeed.objects.filter(pk__in=self.behind):
            if need.pk not in self.into:
                people = set().union(*(self.behind[pk] for pk in self.family(need.pk)))
                assert need.supporters == len(people)
        assert NeedSupport.objects.count() == sum(map(len, self.behind.values()))

    def teardown(self) -> None:
        self.clock.__exit__(None, None, None)
        transaction.set_rollback(True)
        self.around.__exit__(None, None, None)


def test_supporters_add_up_in_any_order() -> None:
    run_state_machine_as_test(
        Support, settings=hypothesis_settings(max_examples=12, stateful_step_count=14, deadline=None)
    )
