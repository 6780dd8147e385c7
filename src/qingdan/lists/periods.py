"""How long each step of a need may take: by the rule editions of its day, else by the defaults that stand here.

No law sets these periods; they are custom. A district with others enters them as an edition of periods with the
document they rest on (`policies.models.Period`, `qingdan load-rules`). A need is judged by the rules of the day on
which it was raised. The months until personal details are erased are the promise that the public form makes.
"""

import datetime as dt
from typing import Any

from qingdan.core import clock
from qingdan.core.calendar import add_working_days, working_days_between
from qingdan.policies import rules
from qingdan.policies.models import Period

COMMUNITY = Period.Kind.NEED_COMMUNITY
STREET = Period.Kind.NEED_STREET
PUBLISH = Period.Kind.NEED_PUBLISH
COMPLETE = Period.Kind.NEED_COMPLETE
PART = Period.Kind.NEED_PART
ERASE = Period.Kind.NEED_ERASE

DEFAULTS = {
    COMMUNITY: 3,  # working days: the community verifies
    STREET: 3,  # working days: the street verifies
    PUBLISH: 5,  # working days: the street or the bureau publishes
    COMPLETE: 10,  # working days: the reporter adds what was missing, else the need lapses
    PART: 5,  # working days: a merging can be undone
    ERASE: 6,  # months: personal details go after the end of the matter
}


def length(kind: Period.Kind, *, district: str, day: dt.date | None = None) -> int:
    """The length of a step by the rules of a day, by default of today; in the unit that stands at `DEFAULTS`."""
    return rules.length_on(district, kind, day or clock.today(), DEFAULTS[kind])


def deadline(kind: Period.Kind, need: Any) -> dt.date:
    """The day by which a step of a need that begins today has to be done."""
    return in_working_days(length(kind, district=need.district, day=need.raised_on))


def in_working_days(days: int, since: dt.date | None = None) -> dt.date:
    return add_working_days(since or clock.today(), days)


def left_on(day: dt.date, due: dt.date) -> int:
    """Working days that were left of a deadline on a day; negative when it had passed."""
    return working_days_between(day, due)


def erase_day(need: Any) -> dt.date:
    """The same day of the month, so many months later; the last day of a shorter month."""
    today = clock.today()
    months = length(ERASE, district=need.district, day=need.raised_on)
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    following = dt.date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(
        dt.date(year, month + 1, 1) + dt.timedelta(days=today.day - 1), following - dt.timedelta(days=1)
    )
