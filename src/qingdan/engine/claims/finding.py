"""Find every quantity that a Chinese official text claims, and leave every other numeral alone.

A claim is a number with a unit of quantity (10余场, 150万元, 九成以上, 三分之二). A date, an ordinal, a
document number, a clause number, a rank, a deadline, an age or a set phrase is none.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from .judging import counts, qualified
from .numerals import normalise
from .quantities import Quantity, quantities
from .subjects import Sentences
from .terms import Closed

Value = Decimal | tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Claim:
    """One quantity claimed by a text.

    `text` is what is printed, qualifiers such as 约 and 以上 included, and starts `start` characters
    into the document. `value` is in the base unit (150万元 is 1500000 元; shares are in %, 三成 is 30 %),
    or a pair (low, high) for a range. `approx` is none, over, about or under. `subject` is the noun
    phrase counted, as well as it can be told; `project` the quoted name it stands under, `year` the
    last year named before it in the same sentence, `context` the sentence; `change` says that it tells by
    how much something rose or fell (增加12个, 下降3%), not how much there is.
    """

    text: str
    start: int
    value: Value
    unit: str
    approx: str
    subject: str
    context: str
    kind: str
    project: str = ""
    year: int | None = None
    sentence: int = 0
    change: bool = False

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    def as_json(self) -> dict[str, object]:
        """Plain JSON values: whole numbers as int, others as float, a range as [low, high]."""
        value = [_plain(side) for side in self.value] if isinstance(self.value, tuple) else _plain(self.value)
        return {
            "text": self.text,
            "start": self.start,
            "value": value,
            "unit": self.unit,
            "approx": self.approx,
            "subject": self.subject,
            "context": self.context,
            "kind": self.kind,
            "project": self.project,
            "year": self.year,
            "sentence": self.sentence,
            "change": self.change,
        }


_CHANGED = re.compile(
    "(?:增加|增长|增幅|提高|提升|上升|上涨|涨幅|下降|降低|降幅|减少|回落|缩短|压减|增产|减产|增收|减收|增|减|降|涨|升|净增)"
    r"[了约近达为]?\s?$"
)


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def find_claims(text: str) -> list[Claim]:
    """Every quantity claimed in `text`, in order; offsets count characters of `text` as given."""
    plain = normalise(text)
    closed = Closed(plain)
    sentences = Sentences(text)
    claims: list[Claim] = []
    previous: Quantity | None = None
    taken = 0
    for quantity in quantities(plain, closed):
        if quantity.start < taken or not counts(plain, quantity, previous):
            continue
        start, end, approx = qualified(plain, quantity, taken)
        if start < taken:
            start = taken
        previous, taken = quantity, end
        low, high = _plainly(quantity.low), _plainly(quantity.high)
        value: Value = low if low == high else (low, high)
        about = sentences.about(start, end, quantity.unit, quantity.kind)
        claims.append(
            Claim(
                text=text[start:end],
                start=start,
                value=value,
                unit=quantity.unit,
                approx=approx,
                kind=quantity.kind,
                subject=quantity.subject or about.subject,
                context=about.context,
                project=about.project,
                year=about.year,
                sentence=about.number,
                change=bool(_CHANGED.search(plain, max(0, start - 6), start)),
            )
        )
    return claims


def _plainly(value: Decimal) -> Decimal:
    """Without exponent or trailing zeros, so that 1.5万 reads 15000 and not 15000.0."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
