"""Rates of proposals: what they count, from which day on, what a reading keeps, and where they are shown."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from qingdan.core import clock, figures
from qingdan.core.figures import Scope
from qingdan.core.testing import assert_constant_queries
from qingdan.directory.models import Account, Agency
from qingdan.documents.style import check_style
from qingdan.replies import acts, handling
from qingdan.replies.figures import RATES
from qingdan.replies.handling import ClassMeaning
from qingdan.replies.models import Proposal, ReplyLetter
from qingdan.replies.rendering import LiveSources
from qingdan.replies.text import render
from qingdan.replies.tracing import trace

D = "530111"
DAY = dt.date(2018, 9, 12)
pytestmark = pytest.mark.django_db


def rate(key: str, year: int | None = None, as_of: dt.date = DAY, **by: str) -> tuple[int | None, int | None]:
    value = figures.get(f"replies.{key}").read(Scope(D, as_of, year, by=by))
    return value.part, value.whole


# ── by hand ─────────────────────────────────────────────────────────────────


def test_a_late_answer_and_a_missing_one_lower_the_rate(
    proposal: Proposal, issued: ReplyLetter, drafter: Account
) -> None:
    """The reply of 29 June is in time until the due day passed without; one never answered counts from then."""
    Proposal.objects.filter(pk=proposal.pk).update(due_on=dt.date(2018, 6, 28))
    assert rate("in_time_rate", as_of=dt.date(2018, 6, 27)) == (0, 0)
    assert rate("in_time_rate", as_of=dt.date(2018, 6, 28)) == (0, 1)
    assert rate("in_time_rate") == (0, 1)
    Proposal.objects.filter(pk=proposal.pk).update(due_on=dt.date(2018, 6, 29))
    assert rate("in_time_rate") == (1, 1)
    with clock.living_on(DAY):
        acts.receive(
            actor=drafter,
            kind="NPC",
            assembly="官渡区",
            term=16,
            session=2,
            number="1",
            title="没有答复的建议",
            proposers="样本代表",
            received_on=dt.date(2018, 6, 11),
        )
    assert rate("in_time_rate", as_of=dt.date(2018, 9, 10)) == (1, 1)
    assert rate("in_time_rate", as_of=dt.date(2018, 9, 11)) == (1, 2)
    assert rate("in_time_rate", as_of=dt.date(2018, 9, 11), kind="NPC") == (0, 1)


def test_a_talk_after_the_reply_is_none_before_it(
    proposal: Proposal, issued: ReplyLetter, drafter: Account
) -> None:
    given = {"place": "样本", "participants": "样本"}
    with clock.living_on(DAY):
        acts.record_consultation(proposal, actor=drafter, held_on=dt.date(2018, 7, 3), **given)
        assert rate("consulted_rate") == (0, 1)
        acts.record_consultation(proposal, actor=drafter, held_on=dt.date(2018, 5, 3), **given)
        acts.record_consultation(proposal, actor=drafter, held_on=dt.date(2018, 5, 4), **given)
    assert rate("consulted_rate") == (1, 1)


def test_without_a_meaning_of_the_classes_nothing_is_taken_up(issued: ReplyLetter) -> None:
    assert rate("taken_up_rate") == (0, 0)
    assert rate("class_a_share") == (1, 1)


def test_a_class_that_its_year_does_not_know_has_no_meaning(issued: ReplyLetter, drafter: Account) -> None:
    """The classes of a year are those of the latest year that has any, all of them together."""
    with clock.living_on(DAY):
        handling.set_classes(
            actor=drafter,
            year=2016,
            meanings={"A": ClassMeaning("样本甲", True), "B": ClassMeaning("样本乙", True)},
        )
        assert rate("taken_up_rate") == (1, 1)
        handling.set_classes(actor=drafter, year=2018, meanings={"B": ClassMeaning("样本乙", True)})
    assert rate("taken_up_rate") == (0, 0)


def test_the_page_of_the_year_asks_the_same_for_more_proposals(
    client: Client, drafter: Account, bureau: Agency, draft: Callable[..., ReplyLetter]
) -> None:
    def grow() -> None:
        number = str(Proposal.objects.count() + 1)
        made = acts.receive(
            actor=drafter,
            kind="NPC",
            assembly="官渡区",
            term=16,
            session=2,
            number=number,
            title="样本建议",
            proposers="样本代表",
            received_on=dt.date(2018, 4, 2),
        )
        acts.assign(made, actor=drafter, lead=bureau, on=dt.date(2018, 4, 3))

    client.force_login(drafter)
    grow()
    with clock.living_on(DAY):
        assert_constant_queries(lambda: client.get(reverse("proposals-year")), grow)


# ── over the sample ─────────────────────────────────────────────────────────


def test_rates_of_the_sample_year_by_year(sample: None) -> None:
    assert {year: rate("in_time_rate", year) for year in (2016, 2017, 2018)} == {
        2016: (2, 3),
        2017: (4, 4),
        2018: (3, 3),
    }
    assert rate("satisfied_rate", 2018) == (1, 2)
    assert rate("satisfied_rate", 2018, as_of=dt.date(2018, 8, 29)) == (1, 1)
    assert rate("taken_up_rate", 2017) == (3, 4)
    assert rate("consulted_rate", 2017, unit="bureau") == (2, 3)


def test_the_second_feedback_takes_the_place_of_the_first(sample: None) -> None:
    assert rate("satisfied_rate", 2016, as_of=dt.date(2016, 7, 31)) == (1, 2)
    assert rate("satisfied_rate", 2016) == (3, 3)


def test_classes_make_up_the_whole(sample: None) -> None:
    parts = [rate(f"class_{letter}_share", 2017)[0] or 0 for letter in "abcd"]
    assert sum(parts) == rate("class_a_share", 2017)[1] == 4


def test_a_reading_keeps_how_many_of_how_many(sample: None) -> None:
    actor = Account.objects.get(username="bureau")
    reading = figures.get("replies.in_time_rate").read(Scope(D, DAY, 2016)).freeze(actor=actor)
    assert (reading.value, reading.part, reading.whole) == (Decimal("66.67"), 2, 3)
    assert (reading.records, len(reading.record_ids)) == (3, 3)
    count = figures.get("replies.answered").read(Scope(D, DAY, 2016)).freeze(actor=actor)
    assert (count.value, count.part, count.whole) == (3, None, None)


def test_a_rate_is_asked_over_all_and_never_added(sample: None) -> None:
    asked = figures.get("replies.in_time_rate")
    years = asked.split(Scope(D, DAY), asked.year_path)
    whole = asked.read(Scope(D, DAY))
    assert not asked.adds_up
    assert (whole.part, whole.whole) == (9, 10)
    assert whole.exact == 90 != sum(years.values()) / len(years)


def test_a_letter_cites_rates(sample: None) -> None:
    proposal = Proposal.objects.get(number="92137")
    filled = render(
        "2017年办复率{{replies.in_time_rate year=2017}}，2016年{{replies.in_time_rate year=2016}}。",
        LiveSources(D, DAY, proposal),
    )
    assert filled.text == "2017年办复率100%，2016年66.67%。"
    assert not filled.problems


@pytest.mark.parametrize(
    ("text", "outcome", "key"),
    [
        ("2017年提案办理满意率100%。", "agrees", "replies.satisfied_rate"),
        ("2018年满意率100%。", "differs", "replies.satisfied_rate"),
        ("2017年面商率75%。", "agrees", "replies.consulted_rate"),
        ("2016年办复率100%。", "differs", "replies.in_time_rate"),
        ("2017年采纳率75%。", "agrees", "replies.taken_up_rate"),
        ("2017年政协提案办复率100%。", "agrees", "replies.in_time_rate"),
    ],
)
def test_the_claims_check_finds_rates(sample: None, text: str, outcome: str, key: str) -> None:
    [traced] = trace(text, D, DAY)
    assert traced.record is not None
    assert (traced.outcome, traced.record.key) == (outcome, key)


def test_a_rate_is_held_against_that_of_a_part_only_when_the_part_is_named(sample: None) -> None:
    """In 2016 every suggestion was answered in time, and not every proposal."""
    [whole] = trace("2016年办复率100%。", D, DAY)
    [named] = trace("2016年人大代表建议办复率100%。", D, DAY)
    assert whole.record is not None
    assert named.record is not None
    assert (whole.outcome, dict(whole.record.scope.by)) == ("differs", {})
    assert (named.outcome, dict(named.record.scope.by)) == ("agrees", {"kind": "NPC"})


# ── style ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "2018年办复率90%，面商率80%，合计170%。",
        "三年满意率分别为90%、95%、100%，平均满意率95%。",
        "办复率、面商率平均为92.5%。",
    ],
)
def test_adding_or_averaging_rates_is_remarked(text: str) -> None:
    assert [one.code for one in check_style(text) if one.code == "rate_sum"] == ["rate_sum"]


@pytest.mark.parametrize(
    "text",
    [
        "办复率100%，满意率98%。",
        "共答复提案12件，办复率100%。",
        "平均每场30人，满意率98%。",
        "总体满意率98%。",
        "平均年龄下降10%。",
    ],
)
def test_rates_side_by_side_are_fine(text: str) -> None:
    assert "rate_sum" not in [one.code for one in check_style(text)]


# ── the page of the year ────────────────────────────────────────────────────


def test_the_year_on_one_page(sample: None, client: Client) -> None:
    with clock.living_on(DAY):
        for name, status in (("bureau", 200), ("auditor", 200), ("department", 200), ("resident", 403)):
            client.force_login(Account.objects.get(username=name))
            assert client.get(reverse("proposals-year")).status_code == status
        client.force_login(Account.objects.get(username="director"))
        page = client.get(reverse("proposals-year"), {"year": 2018})
        row = next(row for row in page.context["rates"] if row.figure.key == "replies.satisfied_rate")
        assert (row.now.part, row.now.whole) == (1, 2)
        assert [cell.exact for cell in row.earlier] == [100, 100]
        assert "1 / 2" in page.content.decode()
        only = client.get(reverse("proposals-year"), {"year": 2017, "kind": "NPC"})
        assert only.context["received"].exact == 2
        assert client.get(reverse("proposals-year"), {"year": "x", "kind": "?"}).status_code == 200
        for key in RATES:
            assert client.get(reverse("figure", args=[key]), {"year": 2016}).status_code == 200
