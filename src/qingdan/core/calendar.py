"""Working days: Monday to Friday, less the holidays and plus the make-up days of the holiday table.

The table is read once and kept until the next request, a change through the model, or a minute has
passed; after bulk changes call `forget()`. Years without a notice in the table fall back to the plain
week: `is_announced(year)` says whether a year is known, so that a page can say so.
"""

import datetime as dt
import json
import time
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.core.signals import request_started
from django.db import transaction
from django.db.models.signals import post_delete, post_save

from qingdan.core.calendar_models import Holiday

_DATA = Path(__file__).with_name("data") / "holidays.json"
_KEEP_SECONDS = 60
_MONDAY = dt.date(1, 1, 1).toordinal()  # 1 January of year 1 is a Monday


@dataclass(frozen=True)
class WorkingCalendar:
    """The arithmetic over a fixed set of days; pure, so that it can also be asked about the past."""

    holidays: frozenset[dt.date]
    make_up: frozenset[dt.date]

    @cached_property
    def _lost(self) -> list[int]:
        """Weekdays that are holidays, as sorted ordinals."""
        return sorted(d.toordinal() for d in self.holidays if d.weekday() < 5)

    @cached_property
    def _won(self) -> list[int]:
        """Weekend days that are worked, as sorted ordinals."""
        return sorted(d.toordinal() for d in self.make_up if d.weekday() >= 5)

    def is_announced(self, year: int) -> bool:
        """Whether the holidays of a year are known: at least its National Day must be."""
        return dt.date(year, 10, 1) in self.holidays

    def is_working_day(self, day: dt.date) -> bool:
        if day in self.make_up:
            return True
        return day.weekday() < 5 and day not in self.holidays

    def _count(self, ordinal: int) -> int:
        """Working days from the beginning of time up to and including a day."""
        weeks, rest = divmod(ordinal - _MONDAY + 1, 7)
        plain = weeks * 5 + min(rest, 5)
        return plain - bisect_right(self._lost, ordinal) + bisect_right(self._won, ordinal)

    def between(self, start: dt.date, end: dt.date) -> int:
        """Working days after `start` up to and including `end`; the other way round it is negative.

        Agrees with `add`: `between(day, add(day, n)) == n` for n ≥ 0; going back, the days counted are
        those from `end` up to the day before `start`.
        """
        if end < start:
            return self._count(end.toordinal() - 1) - self._count(start.toordinal() - 1)
        return self._count(end.toordinal()) - self._count(start.toordinal())

    def add(self, start: dt.date, n: int) -> dt.date:
        """The n-th working day after `start`, which itself does not count (the day of the event is not
        reckoned in periods: Civil Code, article 201).

        n = 0 gives `start`, or the next working day when it is none; n < 0 the n-th working day before.
        Raises OverflowError past the year 9999 or before the year 1.
        """
        first = start.toordinal()
        if n > 0:
            target = self._count(first) + n
        elif n == 0:
            target = self._count(first - 1) + 1
        else:
            target = self._count(first - 1) + n + 1
        return dt.date.fromordinal(self._find(target, first + n * 7 // 5))

    def _find(self, target: int, guess: int) -> int:
        """Smallest ordinal whose count reaches `target`: the count is monotone, so bisect around a guess."""
        low = high = guess
        step = 8
        while self._count(high) < target:
            high += step
            step *= 2
        step = 8
        while self._count(low) >= target:
            low -= step
            step *= 2
        found = low + bisect_left(range(low, high + 1), target, key=self._count)
        if not 1 <= found <= dt.date.max.toordinal():
            raise OverflowError("date out of range")
        return found


_kept: tuple[float, WorkingCalendar] | None = None


def working_calendar() -> WorkingCalendar:
    """The calendar of the holiday table as it stands."""
    global _kept
    if _kept is None or time.monotonic() - _kept[0] > _KEEP_SECONDS:
        days = list(Holiday.objects.values_list("date", "kind"))
        calendar = WorkingCalendar(
            frozenset(day for day, kind in days if kind == Holiday.Kind.HOLIDAY),
            frozenset(day for day, kind in days if kind == Holiday.Kind.MAKE_UP),
        )
        _kept = time.monotonic(), calendar
    return _kept[1]


def forget(**signal: object) -> None:
    """Read the holiday table anew at the next question."""
    global _kept
    _kept = None


def _changed(**signal: object) -> None:
    """Now, for this transaction, and when it ends: another thread may have read the old table meanwhile."""
    forget()
    transaction.on_commit(forget)


request_started.connect(forget, dispatch_uid="qingdan.core.calendar")
post_save.connect(_changed, sender=Holiday, dispatch_uid="qingdan.core.calendar.saved")
post_delete.connect(_changed, sender=Holiday, dispatch_uid="qingdan.core.calendar.deleted")


def is_working_day(day: dt.date) -> bool:
    return working_calendar().is_working_day(day)


def add_working_days(start: dt.date, n: int) -> dt.date:
    """See `WorkingCalendar.add`."""
    return working_calendar().add(start, n)


def working_days_between(start: dt.date, end: dt.date) -> int:
    """See `WorkingCalendar.between`."""
    return working_calendar().between(start, end)


def is_announced(year: int) -> bool:
    return working_calendar().is_announced(year)


def published_holidays() -> list[Holiday]:
    """The days of the data file, not saved."""
    found: list[Holiday] = []
    for notice in json.loads(_DATA.read_text(encoding="utf-8"))["years"]:
        for name, first, last in notice["holidays"]:
            day, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
            while day <= end:
                found.append(Holiday(date=day, kind=Holiday.Kind.HOLIDAY, name=name, source=notice["source"]))
                day += dt.timedelta(days=1)
        for name, day in notice["make_up"]:
            found.append(
                Holiday(
                    date=dt.date.fromisoformat(day),
                    kind=Holiday.Kind.MAKE_UP,
                    name=name,
                    source=notice["source"],
                )
            )
    return found


def load_published_holidays() -> int:
    """Add the days of the data file that the table does not hold yet; days edited by hand stay.

    Returns how many were added.
    """
    with transaction.atomic():
        present = set(Holiday.objects.values_list("date", flat=True))
        missing = [day for day in published_holidays() if day.date not in present]
        Holiday.objects.bulk_create(missing, ignore_conflicts=True)
        transaction.on_commit(forget)
    forget()
    return len(missing)
