"""Limits of the public pages: how often one sender may send. Counted in the database, so that it holds over
all processes; nothing but a keyed digest of the sender is kept, and that for a day."""

import datetime as dt
import secrets

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from qingdan.core.permits import Refused
from qingdan.core.pii import blind_index
from qingdan.lists.models import FilingMark

HOUR = dt.timedelta(hours=1)
# act -> (most an hour from one browser, most an hour from one address: a whole office may share it)
MOST = {
    "report": (6, 40),
    "support": (30, 200),
    "look": (600, 3_000),
    "system": (600, 600),
    "guess": (30, 30),
}
_SESSION = "qingdan-visitor"


def address_of(request: HttpRequest) -> str:
    """The address of the sender; behind a proxy of our own (`QINGDAN_PROXIES`) the one that it names."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    named = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    return named[-1] if address in settings.PROXIES and named else address


def visitor_of(request: HttpRequest) -> str:
    """A random mark of this browser, kept in its session."""
    if _SESSION not in request.session:
        request.session[_SESSION] = secrets.token_urlsafe(16)
    return str(request.session[_SESSION])


def count_visit(request: HttpRequest, act: str) -> None:
    """Note one act of this browser and address; raises `Refused` when there were too many in the last hour."""
    browser, address = MOST[act]
    mark(f"browser:{visitor_of(request)}", act, browser)
    mark(f"address:{address_of(request)}", act, address)


def mark(sender: str, act: str, most: int) -> None:
    """Note one act of a sender; raises `Refused` beyond `most` in an hour."""
    now = timezone.now()
    key = blind_index(sender, "lists.filingmark")
    if FilingMark.objects.filter(key=key, act=act, at__gt=now - HOUR).count() >= most:
        raise Refused(_("That was a lot in a short time. Please go on in an hour, or ask your community."))
    FilingMark.objects.create(key=key, act=act, at=now)


def forget_old_marks() -> int:
    """Delete the marks of yesterday and before; answers how many."""
    return FilingMark.objects.filter(at__lt=timezone.now() - dt.timedelta(days=1)).delete()[0]
