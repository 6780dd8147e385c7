"""The day and the people of the tests of this room."""

import datetime as dt

from qingdan.directory.models import Account

TODAY = dt.date(2018, 9, 12)


def account(role: str) -> Account:
    """The first of the sample who holds the role."""
    return next(one for one in Account.objects.order_by("pk") if one.holds(role))
