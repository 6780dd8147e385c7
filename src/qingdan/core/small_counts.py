"""Small counts of persons: below five they can point at somebody, so the public never reads the number.

Letters, the verification page and the pages of figures print “fewer than 5 persons” instead.
"""

from decimal import Decimal

from django.utils.translation import gettext as _now

SMALL = 5
PERSONS = frozenset({"人", "人次", "名", "位", "户"})


def is_small(value: Decimal, unit: str) -> bool:
    return unit in PERSONS and value < SMALL


def fewer(unit: str) -> str:
    return _now("fewer than %(limit)s %(unit)s") % {"limit": SMALL, "unit": unit}
