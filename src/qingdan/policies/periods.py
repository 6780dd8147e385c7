"""The periods of making a normative document. Practice differs by province: those not fixed by a text say so.

Working days are counted by the holiday table; plain days are calendar days.
"""

import datetime as dt

from qingdan.core.calendar import add_working_days, working_days_between
from qingdan.policies.models import NormativeDocument

# Public comment: at least this many working days (customary; the province's own figure was not found).
COMMENT_WORKING_DAYS = 7
# Legality review: usually not less than 5 and not more than 15 working days (国办发〔2018〕115号).
REVIEW_WORKING_DAYS_AT_LEAST = 5
REVIEW_WORKING_DAYS = 15
# Filing with the people's congress standing committee: days after publication (Yunnan).
FILING_DAYS = 15
# A document ends after this many years unless it says otherwise, one “for trial” or “provisional” earlier.
VALID_YEARS = 5
TRIAL_VALID_YEARS = 2
# From this many days before the end the office is asked what shall become of it.
EXPIRY_NOTICE_DAYS = 90
_TRIAL = ("暂行", "试行")


def earliest_close(opens_on: dt.date) -> dt.date:
    """The first day on which a comment period that opens on a day may end."""
    return add_working_days(opens_on, COMMENT_WORKING_DAYS)


def comment_is_long_enough(opens_on: dt.date, closes_on: dt.date) -> bool:
    return working_days_between(opens_on, closes_on) >= COMMENT_WORKING_DAYS


def review_due(submitted_on: dt.date, working_days: int = REVIEW_WORKING_DAYS) -> dt.date:
    """By when the legal office answers. Raises ValueError outside 5–15 working days."""
    if not REVIEW_WORKING_DAYS_AT_LEAST <= working_days <= REVIEW_WORKING_DAYS:
        raise ValueError("a legality review takes 5 to 15 working days")
    return add_working_days(submitted_on, working_days)


def filing_due(issued_on: dt.date) -> dt.date:
    return issued_on + dt.timedelta(days=FILING_DAYS)


def _last_day(first: dt.date, years: int) -> dt.date:
    """The day before the anniversary."""
    try:
        anniversary = first.replace(year=first.year + years)
    except ValueError:  # 29 February
        anniversary = dt.date(first.year + years, 3, 1)
    return anniversary - dt.timedelta(days=1)


def usual_end(document: NormativeDocument, in_force_on: dt.date) -> dt.date:
    """The last day on which a document is valid when it does not say so itself."""
    trial = any(word in document.title for word in _TRIAL)
    return _last_day(in_force_on, TRIAL_VALID_YEARS if trial else VALID_YEARS)


def latest_extension(valid_until: dt.date) -> dt.date:
    """How far the validity of a document can be extended at once."""
    return _last_day(valid_until + dt.timedelta(days=1), VALID_YEARS)
