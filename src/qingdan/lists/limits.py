"""Limits of the public pages about needs: how often one browser and one address may send."""

from django.http import HttpRequest

from qingdan.core import throttle

# act -> (most an hour from one browser, most an hour from one address: a whole office may share it)
MOST = {
    "report": (6, 40),
    "support": (30, 200),
    "look": (600, 3_000),
    "system": (600, 600),
    "guess": (30, 30),
}


def count_visit(request: HttpRequest, act: str) -> None:
    """Note one act of this browser and address; raises `Refused` when there were too many in the last hour."""
    browser, address = MOST[act]
    throttle.allow(f"browser:{throttle.visitor_of(request)}", act, browser)
    throttle.allow(f"address:{throttle.address_of(request)}", act, address)
