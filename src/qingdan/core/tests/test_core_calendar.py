import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingdan.core import calendar
from qingdan.core.calendar_models import Holiday

D = dt.date
ANNOUNCED = [2017, 2018, 2019, 2024, 2025, 2026]
KNOWN = calendar.published_holidays()
CALENDAR = calendar.WorkingCalendar(
    frozenset(h.date for h in KNOWN if h.kind == "HOLIDAY"),
    frozenset(h.date for h in KNOWN if h.kind == "MAKE_UP"),
)
days = st.dates(D(2016, 6, 1), D(2027, 6, 1))


@pytest.fixture(autouse=True)
def _fresh():
    calendar.forget()
    yield
    calendar.forget()


@given(days)
def test_a_day_is_worked_or_not(day):
    usual = day.weekday() < 5
    expected = (usual or day in CALENDAR.make_up) and day not in CALENDAR.holidays
    assert CALENDAR.is_working_day(day) == expected


@given(days, st.integers(-300, 300))
def test_adding_agrees_with_counting_day_by_day(start, n):
    day, left, step = start, abs(n), dt.timedelta(days=1 if n >= 0 else -1)
    if n == 0:
        while not CALENDAR.is_working_day(day):
            day += step
    while left:
        day += step
        left -= CALENDAR.is_working_day(day)
    assert CALENDAR.add(start, n) == day


@given(days, days)
def test_counting_agrees_with_counting_day_by_day(start, end):
    low, high = min(start, end), max(start, end)
    span = [low + dt.timedelta(days=i) for i in range((high - low).days + 1)]
    counted = span[1:] if end >= start else span[:-1]
    sign = 1 if end >= start else -1
    assert CALENDAR.between(start, end) == sign * sum(map(CALENDAR.is_working_day, counted))


@given(days, st.integers(-500, 500).filter(bool))
def test_counting_undoes_adding(start, n):
    assert CALENDAR.between(start, CALENDAR.add(start, n)) == n


@given(days, days, days)
def test_counts_add_up(a, b, c):
    a, b, c = sorted([a, b, c])
    assert CALENDAR.between(a, b) + CALENDAR.between(b, c) == CALENDAR.between(a, c)


def test_the_edges_of_time():
    with pytest.raises(OverflowError):
        CALENDAR.add(D.max, 1)
    with pytest.raises(OverflowError):
        CALENDAR.add(D.min, -1)
    assert CALENDAR.add(D(9999, 12, 30), 1) == D(9999, 12, 31)


def test_the_week_of_the_letter():
    # 29 June 2018 was a Friday in a plain week.
    assert CALENDAR.add(D(2018, 6, 29), 1) == D(2018, 7, 2)
    assert CALENDAR.add(D(2018, 9, 30), 1) == D(2018, 10, 8)  # a worked Sunday, then the National Day week
    assert CALENDAR.add(D(2018, 6, 30), 0) == D(2018, 7, 2)
    assert CALENDAR.add(D(2018, 9, 30), 0) == D(2018, 9, 30)


def test_the_data_file_holds_together():
    dates = [h.date for h in KNOWN]
    assert len(dates) == len(set(dates))
    for h in KNOWN:
        assert h.source.startswith("国办发明电〔")
        if h.kind == "MAKE_UP":
            assert h.date.weekday() >= 5, h
    for year in ANNOUNCED:
        assert CALENDAR.is_announced(year)
        # Every weekday made free beyond the statutory days was worked on a weekend: 11 statutory days
        # until 2024, 13 since 2025 (those that fall on weekends are moved or joined, never more).
        statutory = 13 if year >= 2025 else 11
        lost = sum(h.date.weekday() < 5 and h.kind == "HOLIDAY" for h in KNOWN if h.date.year == year)
        won = sum(h.kind == "MAKE_UP" for h in KNOWN if h.date.year == year)
        assert statutory - 2 <= lost - won <= statutory, (year, lost, won)
    assert not CALENDAR.is_announced(2020)


@pytest.mark.django_db
def test_loading_keeps_what_was_edited_by_hand():
    Holiday.objects.create(date=D(2018, 10, 1), kind="HOLIDAY", name="示例", source="示例")
    assert calendar.load_published_holidays() == len(KNOWN) - 1
    assert calendar.load_published_holidays() == 0
    assert Holiday.objects.get(date=D(2018, 10, 1)).name == "示例"


@pytest.mark.django_db
def test_an_edited_day_counts_at_once(django_assert_num_queries):
    day = D(2030, 5, 6)  # a Monday of a year without notice
    assert calendar.is_working_day(day)
    assert not calendar.is_announced(2030)
    holiday = Holiday.objects.create(date=day, kind="HOLIDAY", name="示例", source="示例")
    assert not calendar.is_working_day(day)
    with django_assert_num_queries(0):
        assert calendar.add_working_days(D(2030, 5, 3), 1) == D(2030, 5, 7)
        assert calendar.working_days_between(D(2030, 5, 3), D(2030, 5, 7)) == 1
    holiday.delete()
    assert calendar.is_working_day(day)


@pytest.mark.django_db
def test_a_new_request_reads_the_table_anew(client, django_assert_num_queries):
    calendar.working_calendar()
    calendar.forget()
    Holiday.objects.bulk_create([Holiday(date=D(2030, 5, 6), kind="HOLIDAY", name="示例", source="示例")])
    client.get("/no-such-page")
    assert not calendar.is_working_day(D(2030, 5, 6))
