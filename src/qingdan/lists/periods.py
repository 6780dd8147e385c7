"""How long each step of a need may take. Working days by the holiday table, unless it says months.

A district with other periods changes them here; no law sets them. The month of erasure is the promise that the
public form makes.
"""

import datetime as dt

from qingdan.core import clock
from qingdan.core.calendar import add_working_days, working_days_between

COMMUNITY = 3  # the community verifies
STREET = 3  # the street verifies
PUBLISH = 5  # the street or the bureau publishes
COMPLETE = 10  # the reporter adds what was missing, else the need lapses
PART = 5  # a merging can be undone
ERASE_MONTHS = 6  # personal details go after the end of the matter


def deadline(days: int) -> dt.date:
    """The day by which a step that begins today has to be done."""
    return add_working_days(clock.today(), days)


def after(day: dt.date, days: int) -> dt.date:
    """The deadline of a step that begins on a day to come."""
    return add_working_days(day, days)


def left_on(day: dt.date, due: dt.date) -> int:
    """Working days that were left of a deadline on a day; negative when it had passed."""
    return working_days_between(day, due)


def erase_day() -> dt.date:
    """The same day of the month, `ERASE_MONTHS` later; the last day of a shorter month."""
    today = clock.today()
    year, month = divmod(today.year * 12 + today.month - 1 + ERASE_MONTHS, 12)
    following = dt.date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(
        dt.date(year, month + 1, 1) + dt.timedelta(days=today.day - 1), following - dt.timedelta(days=1)
    )
