"""What time it is. One place to ask, so that a sample district can live on its own day.

A demo installation may set `QINGDAN_DEMO_TODAY` (for example 2018-09-12): deadlines, ages and
"as of today" then follow that day, while the journal and job times keep the real one.
"""

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.utils import timezone

_lived: ContextVar[dt.date | None] = ContextVar("day lived", default=None)


@contextmanager
def living_on(day: dt.date) -> Iterator[None]:
    """Acts within take place on `day`: for samples, and for tests that must not depend on the clock."""
    token = _lived.set(day)
    try:
        yield
    finally:
        _lived.reset(token)


def now() -> dt.datetime:
    """The district's moment, aware, in local time."""
    moment = timezone.localtime()
    if day := day_lived():
        return moment.replace(year=day.year, month=day.month, day=day.day)
    return moment


def today() -> dt.date:
    """The district's day."""
    return now().date()


def day_lived() -> dt.date | None:
    """The day that acts take place on when it is not today's, as in a sample; None elsewhere."""
    return _lived.get() or sample_day()


def sample_day() -> dt.date | None:
    """The fixed day of a demo installation, None elsewhere."""
    if not settings.DEMO:
        return None
    text = os.environ.get("QINGDAN_DEMO_TODAY", "")
    return dt.date.fromisoformat(text) if text else None


def end_of(day: dt.date) -> dt.datetime:
    """The first moment after `day`, local: `confirmed_at < end_of(as_of)` means "confirmed by that day"."""
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))


def at(day: dt.date, hour: int = 9, minute: int = 0) -> dt.datetime:
    """An aware local moment on `day`."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))
