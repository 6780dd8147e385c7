"""Limits of senders: counted in the database, by address or browser, forgotten after a day."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from qingdan.core import throttle
from qingdan.core.permits import Refused
from qingdan.core.throttle_models import SenderMark

pytestmark = pytest.mark.django_db


def test_beyond_the_most_it_refuses_and_says_for_how_long() -> None:
    for _n in range(3):
        throttle.allow("address:203.0.113.9", "comment", 3)
    with pytest.raises(Refused, match="in 60 minutes"):
        throttle.allow("address:203.0.113.9", "comment", 3)
    throttle.allow("address:203.0.113.9", "look", 3)
    throttle.allow("address:203.0.113.10", "comment", 3)
    assert throttle.count("address:203.0.113.9", "comment") == 3


def test_what_is_longer_ago_does_not_count_and_goes_after_a_day() -> None:
    throttle.note("address:203.0.113.9", "comment")
    SenderMark.objects.update(at=timezone.now() - dt.timedelta(minutes=30))
    assert throttle.count("address:203.0.113.9", "comment", within=dt.timedelta(minutes=10)) == 0
    assert throttle.count("address:203.0.113.9", "comment") == 1
    assert throttle.forget_old() == 0
    SenderMark.objects.update(at=timezone.now() - dt.timedelta(hours=25))
    assert throttle.forget_old() == 1


def test_no_address_is_kept() -> None:
    throttle.note("address:127.0.0.1", "comment")
    assert not SenderMark.objects.filter(key__contains="127").exists()


def test_the_address_of_a_proxy_of_our_own_is_not_the_senders(rf: Any) -> None:
    request = rf.get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="6.6.6.6, 203.0.113.9")
    assert throttle.address_of(request) == "203.0.113.9"
    request = rf.get("/", REMOTE_ADDR="198.51.100.4", HTTP_X_FORWARDED_FOR="203.0.113.9")
    assert throttle.address_of(request) == "198.51.100.4"


@pytest.mark.parametrize(
    ("named", "sender"),
    [
        ("6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("2001:db8::9, ::1", "2001:db8::9"),
        ("203.0.113.9, unknown", "127.0.0.1"),  # nothing to the left of what nobody can read is believed
        ("", "127.0.0.1"),
        ("10.0.0.2", "10.0.0.2"),  # our own proxies only: one of them asks
    ],
)
def test_behind_several_proxies_the_outermost_is_asked(
    rf: Any, settings: Any, named: str, sender: str
) -> None:
    settings.PROXIES = ("127.0.0.1", "::1", "10.0.0.2")
    assert throttle.address_of(rf.get("/", HTTP_X_FORWARDED_FOR=named)) == sender
