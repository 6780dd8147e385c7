"""Verifying a paper: the code it bears, and how often one may try. What its holder sees stands in `protection`.

The code is a keyed hash over district, number and text, taken at the issue and kept with the letter: nobody
guesses it (50 bits), and a later change of the key does not void what is printed.
"""

import base64
import datetime as dt

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac

from qingdan.core import throttle
from qingdan.replies.models import LetterState, ReplyLetter
from qingdan.replies.queries import with_figures

LENGTH = 10

# Crockford's alphabet: no I, L, O or U, so that a code read aloud or off paper is typed right.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FROM_BASE32 = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", _ALPHABET)
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": "", "—": "", "－": ""})


def code_of(letter: ReplyLetter, text_sm3: str) -> str:
    """The code of a letter that has just taken its number."""
    said = "\n".join([letter.district, str(letter.pk), letter.number, text_sm3])
    digest = salted_hmac("qingdan.replies.verification", said, algorithm="sha256").digest()
    return base64.b32encode(digest).decode().translate(_FROM_BASE32)[:LENGTH]


def spelt(code: str) -> str:
    """As printed, in two halves: 7K3MQ-9TX2B."""
    return f"{code[:5]}-{code[5:]}"


def site_address() -> str:
    """Where the public finds this installation: the first of `QINGDAN_ORIGINS`; empty while none is set."""
    return str(settings.CSRF_TRUSTED_ORIGINS[0]).rstrip("/") if settings.CSRF_TRUSTED_ORIGINS else ""


def verification_url(code: str) -> str:
    """The address of a letter's verification, for its QR code."""
    return site_address() + reverse("verified-letter", args=[code])


def read_code(typed: str) -> str:
    """What was typed or scanned as the code it means; small letters, O for 0 and hyphens are forgiven."""
    return typed.strip().upper().translate(_READ_AS)


_BRACKETS = str.maketrans(
    {**dict.fromkeys("[［【(（﹝", "〔"), **dict.fromkeys("]］】)）﹞", "〕"), " ": "", "\u3000": ""}
)


def read_number(typed: str) -> str:
    """A document number with whatever brackets the keyboard had."""
    return typed.translate(_BRACKETS)


def find_letter(code: str, number: str = "") -> ReplyLetter | None:
    """The issued letter of this code; with a number, only if it bears that number."""
    wanted = read_code(code)
    if len(wanted) != LENGTH or set(wanted) - set(_ALPHABET):
        return None
    issued = ReplyLetter.objects.filter(state=LetterState.ISSUED, code=wanted)
    letter = with_figures(issued).first()
    return letter if letter and (not number or letter.number == read_number(number)) else None


# ── trying codes ────────────────────────────────────────────────────────────

ACT = "wrong-code"
TRIES = 20
MINUTES = 10
PERIOD = dt.timedelta(minutes=MINUTES)


def may_try(request: HttpRequest) -> bool:
    """Whether this address has wrong codes left; counted over all processes of the server."""
    return throttle.count(_sender(request), ACT, within=PERIOD) < TRIES


def note_wrong(request: HttpRequest) -> None:
    """One wrong code more; it counts for ten minutes."""
    throttle.note(_sender(request), ACT)


def _sender(request: HttpRequest) -> str:
    return f"address:{throttle.address_of(request)}"
