"""How long the steps of a proposal may take, each with its source.

Periods in months end on the day of the same number; a last day that is no working day moves to the next one (Civil
Code, article 203).
"""

import datetime as dt

from django.utils.translation import gettext as _now

from qingdan.core.calendar import add_working_days, is_working_day
from qingdan.core.permits import Refused

# A reply is due three months after the hand-over, in hard cases six (代表法 2025; the Kunming rules are alike).
REPLY_MONTHS = 3
LATEST_MONTHS = 6
# A joint agency gives its view to the lead within a month (rules of a city, 2008).
VIEW_MONTHS = 1
# “Not ours to handle” is said within a week (national office); cities give from 3 working days to 10 days.
OBJECTION_WORKING_DAYS = 5
# A reply that did not satisfy is handled again and answered within a month (customary).
AGAIN_MONTHS = 1


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day some months later, or the last day of that month."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return dt.date(year, month, last)
        except ValueError:
            continue
    raise AssertionError("a month has at least 28 days")


def ends_on(day: dt.date) -> dt.date:
    """The day itself, or the next working day when it is none."""
    return add_working_days(day, 0)


def reply_due(received_on: dt.date) -> dt.date:
    return ends_on(months_after(received_on, REPLY_MONTHS))


def latest_reply(received_on: dt.date) -> dt.date:
    """The last day to which a reply can be put off."""
    return ends_on(months_after(received_on, LATEST_MONTHS))


def view_due(assigned_on: dt.date, reply_due_on: dt.date) -> dt.date:
    """By when a joint agency gives its view; never after the reply itself is due."""
    return min(ends_on(months_after(assigned_on, VIEW_MONTHS)), reply_due_on)


def objection_ends(assigned_on: dt.date) -> dt.date:
    return add_working_days(assigned_on, OBJECTION_WORKING_DAYS)


def second_reply_due(feedback_on: dt.date) -> dt.date:
    return ends_on(months_after(feedback_on, AGAIN_MONTHS))


def require_working_day(day: dt.date) -> None:
    """Raise `Refused` when a day that somebody names as the end of a period is no working day."""
    if not is_working_day(day):
        raise Refused(
            _now("%(day)s is no working day; the next one is %(next)s.")
            % {"day": day.isoformat(), "next": ends_on(day).isoformat()}
        )
