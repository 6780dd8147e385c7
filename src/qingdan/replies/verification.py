"""Verifying a paper: the code it bears, and what its holder may see of the figures behind it.

The code is a keyed hash over district, number and text, taken at the issue and kept with the letter: nobody
guesses it (50 bits), and a later change of the key does not void what is printed.

Small cells: a count of persons below five can point at somebody. On the public page it is shown as “少于5”,
wherever it stands (as printed, as frozen, as of today); whether it agrees is still said.
"""

import base64
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _now

from qingdan.core import figures, throttle
from qingdan.core.figures import Agreement, plain
from qingdan.replies.models import LetterFigure, LetterState, ReplyLetter
from qingdan.replies.queries import with_figures
from qingdan.replies.rendering import agreements

LENGTH = 10
SMALL = 5
PERSONS = frozenset({"人", "人次", "名", "位", "户"})

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


# ── what the holder sees ────────────────────────────────────────────────────


@dataclass(frozen=True)
class Shown:
    """One figure on the public page, small cells protected."""

    figure: LetterFigure
    agreement: Agreement

    @property
    def small(self) -> bool:
        """Whether what is printed or what is counted today is a small cell."""
        reading = self.figure.reading
        return is_small(reading.value, reading.unit) or (
            self.agreement.now is not None and is_small(self.agreement.now, reading.unit)
        )

    @property
    def printed(self) -> str:
        reading = self.figure.reading
        return fewer(reading.unit) if is_small(reading.value, reading.unit) else self.figure.printed

    @property
    def frozen(self) -> str:
        return protected(self.figure.reading.value, self.figure.reading.unit)

    @property
    def now(self) -> str:
        """Today's value; empty when the figure is no longer counted."""
        return "" if self.agreement.now is None else protected(self.agreement.now, self.figure.reading.unit)

    @property
    def definition(self) -> list[tuple[Any, str]]:
        parts = (line.partition("：") for line in self.figure.reading.definition.splitlines())
        return [(label, words) for label, _colon, words in parts]


def is_small(value: Decimal, unit: str) -> bool:
    return unit in PERSONS and value < SMALL


def fewer(unit: str) -> str:
    return _now("fewer than %(limit)s %(unit)s") % {"limit": SMALL, "unit": unit}


def protected(value: Decimal, unit: str) -> str:
    """A value with its unit, or “fewer than 5” when it counts so few persons."""
    return fewer(unit) if is_small(value, unit) else f"{plain(value)} {unit}"


def shown_figures(letter: ReplyLetter, today: Any) -> list[Shown]:
    """The letter's public figures held against today's records; those that are not public are left out."""
    held = agreements(letter, today)
    return [
        Shown(figure, held[figure.position])
        for figure in letter.figures.all()
        if _is_public(figure.reading.figure)
    ]


def _is_public(key: str) -> bool:
    try:
        return figures.get(key).public
    except figures.UnknownFigure:
        return False
