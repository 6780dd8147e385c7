"""Hold claims against figures: does the record bear out what the letter says?

Figures are plain objects, so that any room can hand over its own. Which figure a claim speaks of is
judged by its subject, project, year and unit, never by its value alone; then the values are compared
as the words of the claim allow (10余 is 10 up to, not including, 20).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Protocol

from .finding import Claim
from .units import INDIVISIBLE, same_measure

Outcome = Literal["agrees", "differs", "no record"]


class Figure(Protocol):
    """A number on record: `by` holds the labels of its dimensions, `year` is None when it has none, `place` is the
    code of the part of the district it is of, "" for the whole."""

    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def value(self) -> Decimal | int: ...
    @property
    def year(self) -> int | None: ...
    @property
    def place(self) -> str: ...
    @property
    def by(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """A figure that the claim may speak of, with how alike their subjects are (0 to 1)."""

    figure: Figure
    likeness: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the record says of one claim.

    `difference` is claimed minus recorded, from the nearer end of what the claim allows; 0 when it agrees,
    None without a record. `because` says in one line why. `candidates` come best first.
    """

    claim: Claim
    outcome: Outcome
    figure: Figure | None
    difference: Decimal | None
    because: str
    candidates: tuple[Candidate, ...] = ()


ENOUGH = 0.55
"""Likeness from which a figure is taken to be the one the claim speaks of."""
_CLOSE = 0.12  # figures this near the best are equally likely; the value may choose among them
_SHOWN = 5


def match_claims(
    claims: Sequence[Claim], figures: Sequence[Figure], places: Sequence[str] = ()
) -> list[Verdict]:
    """A verdict on each claim, in the order given; `places` are the codes of the places they speak of (places.py)."""
    words = [(figure, _figure_words(figure)) for figure in figures]
    yearly = {figure.key for figure in figures if figure.year}
    by_project = {figure.key for figure in figures if figure.by.get("project")}
    return [
        _verdict(
            claim,
            [
                (figure, names)
                for figure, names in words
                # A claim about a year, a project or a place is not held against the sum of all of them.
                if figure.place == place
                and not (claim.year and figure.year is None and figure.key in yearly)
                and not (claim.project and not figure.by.get("project") and figure.key in by_project)
            ],
        )
        for claim, place in zip(claims, places or [""] * len(claims), strict=True)
    ]


def _verdict(claim: Claim, words: Sequence[tuple[Figure, list[set[str]]]]) -> Verdict:
    candidates = sorted(
        (
            Candidate(figure, likeness)
            for figure, names in words
            if (likeness := _likeness(claim, figure, names)) > 0.3
        ),
        key=lambda candidate: -candidate.likeness,
    )
    top = tuple(candidates[:_SHOWN])
    if not top or top[0].likeness < ENOUGH:
        nearest = f", nearest is {top[0].figure.key}" if top else ""
        return Verdict(
            claim, "no record", None, None, f"no figure counts {claim.subject or claim.text}{nearest}", top
        )
    likely = [c for c in candidates if c.likeness >= max(ENOUGH, top[0].likeness - _CLOSE)]
    chosen = min(likely, key=lambda c: (_distance(claim, Decimal(c.figure.value)) != 0, -c.likeness)).figure
    difference = _distance(claim, Decimal(chosen.value))
    labels = "".join(f", {label}" for label in chosen.by.values())
    where = f"{chosen.name}{labels}" + (f", {chosen.year}" if chosen.year else "")
    low, high = bounds(claim)
    allowed = f"{low:,f}" if low == high else f"{_shown(low)} to {_shown(high)}"
    if difference == 0:
        return Verdict(
            claim, "agrees", chosen, difference, f"{where}: {chosen.value:,} lies in {allowed}", top
        )
    return Verdict(
        claim, "differs", chosen, difference, f"{where}: {chosen.value:,} on record, {allowed} claimed", top
    )


def _shown(side: Decimal) -> str:
    return "any number" if side.is_infinite() else f"{side:,f}"


def _likeness(claim: Claim, figure: Figure, names: list[set[str]]) -> float:
    if not same_measure(claim.unit, figure.unit):
        return 0.0
    if claim.change and not _OF_CHANGE.search(figure.name):
        return 0.0  # 床位增加12张 says nothing of how many there are
    if claim.year and figure.year and claim.year != figure.year:
        return 0.0
    # Rates of parts are many and often alike: one is meant only where its part is named.
    if figure.unit == "%" and any(label not in claim.context for label in figure.by.values()):
        return 0.0
    project = figure.by.get("project", "")
    if project and claim.project and _alike(_pairs(project), _pairs(claim.project)) < 0.8:
        return 0.0
    if project and not claim.project and project not in claim.context:
        return 0.0
    said = [_pairs(claim.subject)]
    if claim.kind == "share" and "的" in claim.subject:  # 委员对办理结果的满意率
        said.append(_pairs(claim.subject.rpartition("的")[2]))
    subject = max((_alike(one, name) for one in said for name in names), default=0.0)
    if project and claim.subject == claim.project:
        return 0.7  # 项目13场: nothing but the project and the unit is said
    if project:
        return 0.5 + 0.5 * subject
    return subject


_OF_CHANGE = re.compile("[增减升降涨]")


def _figure_words(figure: Figure) -> list[set[str]]:
    bare = re.sub(r"（[^）]*）|\([^)]*\)", "", figure.name)
    labels = [label for dimension, label in figure.by.items() if dimension != "project"]
    return [_pairs(words) for words in (bare, figure.name, *(f"{label}{bare}" for label in labels)) if words]


def _pairs(words: str) -> set[str]:
    chars = re.sub(r"[^\u4e00-\u9fffA-Za-z0-9]", "", words)
    return {chars[at : at + 2] for at in range(len(chars) - 1)} or {chars}


def _alike(one: set[str], other: set[str]) -> float:
    """Shared pairs of characters: mean of the share of the smaller side and of both sides together."""
    shared = len(one & other)
    if not shared:
        return 0.0
    return (shared / min(len(one), len(other)) + 2 * shared / (len(one) + len(other))) / 2


_OPEN_ABOVE = re.compile("以上|至少|最少|起码|不.{0,2}(?:少于|低于|小于|下)")
_CLOSED_BELOW = re.compile("以下|以内|之内|至多|最多|不.{0,2}(?:超过|高于|多于|大于|超出|突破)")
_NEARLY = re.compile("近|接近")


def bounds(claim: Claim) -> tuple[Decimal, Decimal]:
    """The least and the greatest whole record that bears the claim out, as its words are commonly meant.

    余, 多, 超过, 逾: from the number to just under its next step (26000余人: 26000 to 26999; of a share at least 5).
    以上, 至少: no upper end. 不足, 不到: one step below, up to just under. 以下, 不超过: from 0.
    近: one step below, up to the number. 约, 左右: half a step or 5 %, whichever is more, to each side.
    """
    if isinstance(claim.value, tuple):
        return claim.value
    value = claim.value
    step = max(_step(value), Decimal(5)) if claim.kind == "share" else _step(value)
    just_under = Decimal(1) if claim.kind in INDIVISIBLE else Decimal("0.01")
    if claim.approx == "over":
        return value, Decimal("Infinity") if _OPEN_ABOVE.search(claim.text) else value + step - just_under
    if claim.approx == "under":
        return (Decimal(0), value) if _CLOSED_BELOW.search(claim.text) else (value - step, value - just_under)
    if claim.approx == "about":
        if _NEARLY.search(claim.text):
            return value - step, value
        slack = max(step / 2, value / 20)
        return value - slack, value + slack
    if "." in claim.text and (claim.kind in ("share", "measure") or re.search("[万亿]", claim.text)):
        grain = _grain(claim.text, value) / 2  # 1.5万人 says the figure to the nearest thousand
        return value - grain, value + grain - min(just_under / 100, Decimal("0.0001"))
    return value, value


def _step(value: Decimal) -> Decimal:
    """The worth of the last digit that is not zero: 26000 → 1000, 10 → 10, 5440 → 10."""
    return Decimal(1).scaleb(int(value.normalize().as_tuple().exponent))


def _grain(text: str, value: Decimal) -> Decimal:
    decimals = re.search(r"\.(\d+)", text)
    scale = Decimal(10) ** (8 if "亿" in text else 4 if "万" in text else 0)
    return scale.scaleb(-len(decimals[1])) if decimals else _step(value)


def _distance(claim: Claim, record: Decimal) -> Decimal:
    """Claimed minus recorded, from the nearer end of what is allowed; 0 inside it."""
    low, high = bounds(claim)
    if low <= record <= high:
        return Decimal(0)
    if claim.approx == "none" and not isinstance(claim.value, tuple):
        return claim.value - record
    return low - record if record < low else high - record
