"""The claims of a text held against the figures of the district, as known on a day."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations
from typing import Any

from django.utils import translation

from qingdan.core import figures
from qingdan.core.figures import Dimension, Figure, Scope
from qingdan.engine.claims import Claim, Verdict, find_claims, match_claims
from qingdan.engine.claims.matching import Outcome

LANGUAGE = "zh-hans"  # the claims are Chinese, and so are the names held against them


@dataclass(frozen=True)
class Recorded:
    """One value on record, as the engine's matcher wants it; `scope` leads back to its records."""

    key: str
    name: str
    unit: str
    value: Decimal
    year: int | None
    by: Mapping[str, str]  # dimension → label, as a letter would say it
    scope: Scope = field(repr=False)

    @property
    def words(self) -> str:
        """The figure in words: 安排资金 · 公益创投资金 · 2018."""
        return " · ".join([self.name, *self.by.values(), *([str(self.year)] if self.year else [])])

    @property
    def link(self) -> str:
        """The page that shows the records behind the value."""
        return figures.get(self.key).link(self.scope)

    def as_data(self) -> dict[str, Any]:
        return {
            "figure": self.key,
            "name": self.name,
            "by": dict(self.scope.by),
            "labels": list(self.by.values()),
            "year": self.year,
            "value": _plain(self.value),
            "unit": self.unit,
            "link": self.link,
        }


@dataclass(frozen=True)
class Traced:
    """What the records say of one claim. `difference` is claimed minus recorded, None without a record."""

    claim: Claim
    outcome: Outcome
    record: Recorded | None
    difference: Decimal | None
    candidates: tuple[tuple[Recorded, float], ...]  # with how alike the subjects are, 0 to 1

    def as_data(self) -> dict[str, Any]:
        """`trace` of the JSON answer: every key is always there."""
        found = self.record.as_data() if self.record else dict.fromkeys(_KEYS)
        candidates = [one.as_data() | {"likeness": round(likeness, 3)} for one, likeness in self.candidates]
        difference = None if self.difference is None else _plain(self.difference)
        return {"outcome": self.outcome, **found, "difference": difference, "candidates": candidates}


_KEYS = ("figure", "name", "by", "labels", "year", "value", "unit", "link")


def trace(text: str, district: str, as_of: dt.date, claims: Sequence[Claim] | None = None) -> list[Traced]:
    """Each claim of a text against the figures of the district, in the order of the text."""
    found = find_claims(text) if claims is None else claims
    return [_traced(verdict) for verdict in match_claims(found, recorded_values(district, as_of))]


def _traced(verdict: Verdict) -> Traced:
    record = verdict.figure
    candidates = tuple(
        (one.figure, one.likeness) for one in verdict.candidates if isinstance(one.figure, Recorded)
    )
    return Traced(
        verdict.claim,
        verdict.outcome,
        record if isinstance(record, Recorded) else None,
        verdict.difference,
        candidates,
    )


def letter_day(text: str) -> dt.date | None:
    """The day a letter bears: the last one in its text written 2018年6月29日 or 二〇一八年六月二十九日."""
    days = [day for found in _DAY.finditer(text) if (day := _day(*found.groups()))]
    return days[-1] if days else None


_DAY = re.compile(
    r"([12]\d{3}|[一二][零〇○一二三四五六七八九]{3})\s?年\s?"
    r"(\d{1,2}|[一二三四五六七八九十]{1,3})\s?月\s?(\d{1,2}|[一二三四五六七八九十]{1,3})\s?日"
)
_DIGITS = str.maketrans("零〇○一二三四五六七八九", "000123456789")


def _day(year: str, month: str, day: str) -> dt.date | None:
    try:
        return dt.date(int(year.translate(_DIGITS)), _below_hundred(month), _below_hundred(day))
    except ValueError:
        return None


def _below_hundred(numeral: str) -> int:
    if "十" not in numeral:
        return int(numeral.translate(_DIGITS))
    tens, _ten, ones = numeral.translate(_DIGITS).partition("十")
    return int(tens or 1) * 10 + int(ones or 0)


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def recorded_values(district: str, as_of: dt.date) -> list[Recorded]:
    """Every declared figure of the district as known at the end of `as_of`: over all years and for each year,
    without dimensions and for each value of one or several of them. Left out are values without records, and
    sums over a dimension whose values may contain one another."""
    with translation.override(LANGUAGE):
        return [one for figure in figures.declared() for one in _values(figure, Scope(district, as_of))]


def _values(figure: Figure, scope: Scope) -> Iterator[Recorded]:
    for size in range(len(figure.dimensions) + 1):
        for dimensions in combinations(figure.dimensions, size):
            if any(not one.adds and one not in dimensions for one in figure.dimensions):
                continue
            yield from _split(figure, scope, dimensions, by_year=False)
            if figure.year_path:
                yield from _split(figure, scope, dimensions, by_year=True)


def _split(
    figure: Figure, scope: Scope, dimensions: Sequence[Dimension], *, by_year: bool
) -> Iterator[Recorded]:
    """The figure for each combination that has records, in one query."""
    if not dimensions and not by_year:
        value = figure.read(scope)
        if value.records:
            yield Recorded(figure.key, str(figure.name), figure.unit, value.exact, None, {}, scope)
        return
    choices = [{value: str(label) for value, label in one.choices(scope.district)} for one in dimensions]
    paths = [*([figure.year_path] if by_year else []), *(one.path for one in dimensions)]
    rows = (
        figure.select(scope)
        .order_by()
        .values_list(*paths)
        .annotate(_value=figure.measure.expression())
        .order_by(*paths)
    )
    for *keys, raw in rows:
        year = int(keys.pop(0)) if by_year and keys[0] is not None else None
        if (by_year and year is None) or any(
            key not in known for key, known in zip(keys, choices, strict=True)
        ):
            continue
        of = dict(zip((one.key for one in dimensions), map(str, keys), strict=True))
        yield Recorded(
            figure.key,
            str(figure.name),
            figure.unit,
            figure.measure.exact(raw),
            year,
            {one: known[of[one]] for one, known in zip(of, choices, strict=True)},
            Scope(scope.district, scope.as_of, year, "", of),
        )
