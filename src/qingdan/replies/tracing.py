"""The claims of a text held against the figures of the district, as known on a day."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations
from typing import Any

from django.db.models.functions import Substr
from django.utils import translation

from qingdan.core import figures
from qingdan.core.figures import Dimension, Figure, Scope
from qingdan.directory.models import Place, PlaceLevel
from qingdan.engine.claims import Claim, Verdict, find_claims, match_claims, places_of
from qingdan.engine.claims.matching import Outcome
from qingdan.engine.claims.places import SEVERAL

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
    def place(self) -> str:
        """The code of the street or community it is of; "" for the whole district."""
        return self.scope.place

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
            "place": self.place or None,
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


_KEYS = ("figure", "name", "by", "labels", "year", "place", "value", "unit", "link")


def trace(text: str, district: str, as_of: dt.date, claims: Sequence[Claim] | None = None) -> list[Traced]:
    """Each claim of a text against the figures of the district, in the order of the text."""
    found = find_claims(text) if claims is None else claims
    whole, names = _place_names(district, as_of)
    places = places_of(text, [claim.start for claim in found], names, whole)
    named = set(places)
    values = recorded_values(
        district, as_of, {code: name for name, code in names.items() if code in named - {SEVERAL}}
    )
    return [_traced(verdict) for verdict in match_claims(found, values, places)]


def _place_names(district: str, as_of: dt.date) -> tuple[str, dict[str, str]]:
    """The district's own name, and its streets and communities: name → code; of a name that two bear, SEVERAL."""
    whole, names = "", {}
    for code, name, level in (
        Place.objects.filter(district=district).valid_on(as_of).values_list("code", "name", "level")
    ):
        if level == PlaceLevel.DISTRICT:
            whole = name
        else:
            names[name] = SEVERAL if name in names else code
    return whole, names


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


def recorded_values(district: str, as_of: dt.date, places: Mapping[str, str] | None = None) -> list[Recorded]:
    """Every declared figure of the district as known at the end of `as_of`: over all years and for each year,
    without dimensions and for each value of one or several of them; of `places` (code → name) the same again for
    each. Left out are values without records, and
    sums over a dimension whose values may contain one another."""
    with translation.override(LANGUAGE):
        return [
            one
            for figure in figures.declared()
            for one in _values(figure, Scope(district, as_of), places or {})
        ]


def _values(figure: Figure, scope: Scope, places: Mapping[str, str]) -> Iterator[Recorded]:
    lengths = sorted({len(code) for code in places}) if figure.place_path else []
    for size in range(len(figure.dimensions) + 1):
        for dimensions in combinations(figure.dimensions, size):
            if any(not one.adds and one not in dimensions for one in figure.dimensions):
                continue
            for by_year in (False, True) if figure.year_path else (False,):
                yield from _split(figure, scope, dimensions, by_year=by_year)
                for length in lengths:
                    of = {code: name for code, name in places.items() if len(code) == length}
                    yield from _split(figure, scope, dimensions, by_year=by_year, places=of)


def _split(
    figure: Figure,
    scope: Scope,
    dimensions: Sequence[Dimension],
    *,
    by_year: bool,
    places: Mapping[str, str] | None = None,
) -> Iterator[Recorded]:
    """The figure for each combination that has records, in one query; `places` have codes of one length."""
    if not dimensions and not by_year and not places:
        value = figure.read(scope)
        if value.records:
            yield Recorded(figure.key, str(figure.name), figure.unit, value.exact, None, {}, scope)
        return
    choices = [{value: str(label) for value, label in one.choices(scope.district)} for one in dimensions]
    paths = [
        *([figure.year_path] if by_year else []),
        *(["_place"] if places else []),
        *(one.path for one in dimensions),
    ]
    found = figure.select(scope).order_by()
    if places:  # a street's code begins those of its communities
        found = found.annotate(_place=Substr(figure.place_path, 1, len(next(iter(places)))))
    rows = found.values(*paths).annotate(**figure.measure.aggregates()).order_by(*paths)
    for row in rows:
        keys = [row[path] for path in paths]
        year = int(keys.pop(0)) if by_year and keys[0] is not None else None
        place = str(keys.pop(0)) if places else ""
        if (
            (by_year and year is None)
            or (places and place not in places)
            or any(key not in known for key, known in zip(keys, choices, strict=True))
        ):
            continue
        of = dict(zip((one.key for one in dimensions), map(str, keys), strict=True))
        yield Recorded(
            figure.key,
            str(figure.name),
            figure.unit,
            figure.measure.exact(row),
            year,
            {
                **({"place": places[place]} if places else {}),
                **{one: known[of[one]] for one, known in zip(of, choices, strict=True)},
            },
            Scope(scope.district, scope.as_of, year, place, of),
        )
