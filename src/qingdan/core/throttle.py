"""How often one sender may do a thing. Counted in the database, so that it holds over all processes; nothing but
a keyed digest of the sender is kept, and that for a day.

    throttle.allow(f"address:{throttle.address_of(request)}", "comment", most=20)      # notes it, or refuses

    if throttle.count(sender, "wrong-code", within=TEN_MINUTES) >= 20: ...             # or in two steps, where only
    throttle.note(sender, "wrong-code")                                                # some attempts count
"""

import datetime as dt
import ipaddress
import secrets

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _now

from qingdan.core.permits import Refused
from qingdan.core.pii import blind_index
from qingdan.core.throttle_models import SenderMark

HOUR = dt.timedelta(hours=1)
KEPT = dt.timedelta(days=1)
_SESSION = "qingdan-visitor"


def address_of(request: HttpRequest) -> str:
    """The address of the sender; behind proxies of our own (`QINGDAN_PROXIES`) the one that the outermost names."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    named = request.headers.get("X-Forwarded-For", "").split(",")
    while address in settings.PROXIES and named:
        said = named.pop().strip()
        if not _is_address(said):
            break
        address = said
    return address


def visitor_of(request: HttpRequest) -> str:
    """A random mark of this browser, kept in its session."""
    if _SESSION not in request.session:
        request.session[_SESSION] = secrets.token_urlsafe(16)
    return str(request.session[_SESSION])


def count(sender: str, act: str, *, within: dt.timedelta = HOUR) -> int:
    """How often this sender was noted for the act in the last `within` (at most a day)."""
    since = timezone.now() - within
    return SenderMark.objects.filter(key=_key(sender), act=act, at__gt=since).count()


def note(sender: str, act: str) -> None:
    """Note one act (at most 16 letters) of a sender."""
    SenderMark.objects.create(key=_key(sender), act=act, at=timezone.now())


def allow(sender: str, act: str, most: int, *, within: dt.timedelta = HOUR) -> None:
    """Note one act of a sender; raises `Refused` when there were `most` in the last `within` already.

    Requests of one moment may pass together, so that a few more than `most` can get through.
    """
    if count(sender, act, within=within) >= most:
        raise Refused(
            _now("That was a lot in a short time. Please go on in %(minutes)s minutes.")
            % {"minutes": int(within.total_seconds() // 60)}
        )
    note(sender, act)


def forget_old() -> int:
    """Delete the marks of yesterday and before; answers how many."""
    return SenderMark.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _key(sender: str) -> str:
    return blind_index(sender, "core.sendermark")
