"""How states, deadlines and numbers look."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import models
from django.utils import timezone, translation

from qingdan.core import clock, looks, markup
from qingdan.core.lifecycle import Lifecycle, Move
from qingdan.core.looks import Look

WEDNESDAY = dt.date(2018, 9, 12)


class Stage(models.TextChoices):
    DRAFT = "DRAFT", "draft"
    SENT = "SENT", "sent"
    CHECKED = "CHECKED", "checked"
    CLOSED = "CLOSED", "closed"


@pytest.fixture
def on_wednesday(monkeypatch: pytest.MonkeyPatch) -> None:
    """The moment is Wednesday noon; Monday to Friday are worked."""
    noon = timezone.make_aware(dt.datetime(2018, 9, 12, 12, 0))
    monkeypatch.setattr(clock, "now", lambda: noon)

    def weekdays(start: dt.date, end: dt.date) -> int:
        sign = 1 if end >= start else -1
        first, last = min(start, end), max(start, end)
        days = (
            first + dt.timedelta(days=n)
            for n in range(1 if sign > 0 else 0, (last - first).days + (sign > 0))
        )
        return sign * sum(day.weekday() < 5 for day in days)

    monkeypatch.setattr(markup, "working_days_between", weekdays)


def test_declared_looks_win_and_unknown_states_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "_declared", {})
    looks.declare(Stage, wait={"SENT": 1}, done=["CLOSED"])
    assert looks.look_of(Stage, "SENT") == Look("wait", "1")
    assert looks.look_of(Stage, "CLOSED") == Look("done", "4")
    with pytest.raises(ValueError, match="no state"):
        looks.declare(Stage, wait=["LOST"])
    with pytest.raises(ValueError, match="unknown look"):
        Look("blue", "1")


def test_looks_follow_the_lifecycle_when_nothing_is_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    way = Lifecycle(
        "stage",
        Stage,
        Move("send", "DRAFT", "SENT", label=""),
        Move("check", "SENT", "CHECKED", label=""),
        Move("close", "CHECKED", "CLOSED", label=""),
    )
    monkeypatch.setattr(looks, "_derived_cache", {})
    monkeypatch.setattr(looks, "registered", lambda: [("x.stage", way)])
    seen = [looks.look_of(Stage, value) for value in Stage.values]
    assert seen[0] == Look("way", "dash")
    assert seen[-1] == Look("done", "4")
    assert int(seen[1].glyph) < int(seen[2].glyph)


@pytest.mark.usefixtures("on_wednesday")
@pytest.mark.parametrize(
    ("due", "group", "words"),
    [
        (dt.date(2018, 9, 10), "late", "2 working days late"),
        (dt.date(2018, 9, 11), "late", "1 working day late"),
        (WEDNESDAY, "today", "today"),
        (dt.datetime(2018, 9, 12, 17, 0), "today", "today before 17:00"),
        (dt.datetime(2018, 9, 12, 11, 0), "late", "overdue"),
        (dt.date(2018, 9, 17), "soon", "3 working days left"),
        (dt.date(2018, 9, 18), "calm", "4 working days left"),
    ],
)
def test_a_deadline_says_working_days_first(due: dt.date, group: str, words: str) -> None:
    if isinstance(due, dt.datetime):
        due = timezone.make_aware(due)
    assert markup.due_group(due) == group
    html = markup.due(due)
    assert f'class="q-due {group}"' in html
    assert f"<b>{words}</b>" in html


def test_no_deadline_is_a_dash() -> None:
    assert markup.due(None) == markup.NOTHING


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (3866, "3,866"),
        (-1234567, "-1,234,567"),
        (Decimal("1500000.00"), "1,500,000"),
        ("0.50", "0.5"),
        (None, ""),
    ],
)
def test_numbers_have_separators_and_no_idle_zeros(value: object, shown: str) -> None:
    assert markup.number(value) == shown


@pytest.mark.parametrize(
    ("fen", "cents", "shown"),
    [
        (18000000, False, "180,000"),
        (18000000, True, "180,000.00"),
        (-105, False, "-1.05"),
        (5, False, "0.05"),
        (None, True, ""),
    ],
)
def test_money_is_yuan(fen: int | None, cents: bool, shown: str) -> None:
    assert markup.money(fen, cents=cents) == shown


def test_dates_dots_and_units_follow_the_language() -> None:
    day = dt.date(2018, 6, 29)
    with translation.override("zh-hans"):
        assert (markup.day(day), markup.day(day, short=True)) == ("2018年6月29日", "6月29日")
        assert markup.dots(["关上", "", "双桥", None]) == "关上·双桥"
        assert markup.unit("人") == "人"
    with translation.override("en"):
        assert (markup.day(day), markup.day(day, short=True)) == ("29 June 2018", "29 Jun")
        assert markup.dots(["Guanshang", "Shuangqiao"]) == "Guanshang · Shuangqiao"
        assert markup.unit("人") == "persons"
        assert [markup.unit("项", n) for n in (0, 1, 2)] == ["items", "item", "items"]
        assert markup.unit("辆") == "辆"


def test_what_people_type_is_escaped() -> None:
    assert "&lt;b&gt;" in markup.chip(Look("wait", "0"), "<b>")


def test_a_record_without_a_page_has_no_address() -> None:
    pageless: Any = SimpleNamespace()
    assert markup.address_of(pageless) == ""
