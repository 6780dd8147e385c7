"""Figures: numbers declared once, beside the data they count, and computed only from records.

    declare(Figure(
        key="activities.training", name=_("trainings held"), unit="场",
        records=trainings, measure=Count(),
        dimensions=(Dimension("topic", _("topic"), "topic", choices=topics),),
        definition=Definition(counts=_("…"), …),
    ))

A figure asked with a `Scope` (district, as-of date, year, place, dimensions) answers with a `Value`: the exact
number and the queryset of the records behind it. A `Reading` freezes that. Letters, dashboards, open data and
evaluations cite figures; none of them counts for itself.
"""

import datetime as dt
import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.db.models.functions import Substr
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now

from qingdan.core.actor import Actor
from qingdan.core.models import Reading


class FigureError(Exception):
    """A figure cannot be given. `str()` says what to do."""


class UnknownFigure(FigureError):
    pass


class BadScope(FigureError):
    pass


@dataclass(frozen=True)
class Scope:
    """What is asked: a district as known at the end of `as_of`, perhaps a year, a place and dimensions.

    `place` is a GB/T 2260 code (6, 9 or 12 digits); a street's code takes in its communities.
    """

    district: str
    as_of: dt.date
    year: int | None = None
    place: str = ""
    by: Mapping[str, str] = field(default_factory=dict)

    def on(self, as_of: dt.date) -> "Scope":
        return replace(self, as_of=as_of)


Row = Mapping[str, Any]


@dataclass(frozen=True)
class Count:
    """How many records."""

    def aggregates(self) -> dict[str, models.Aggregate]:
        return {"_value": models.Count("pk", distinct=True)}

    def exact(self, row: Row) -> Decimal:
        return Decimal(row["_value"] or 0)


@dataclass(frozen=True)
class Distinct:
    """How many different values of `path` among the records: persons counted once, however often they came."""

    path: str

    def aggregates(self) -> dict[str, models.Aggregate]:
        return {"_value": models.Count(self.path, distinct=True)}

    def exact(self, row: Row) -> Decimal:
        return Decimal(row["_value"] or 0)


@dataclass(frozen=True)
class Total:
    """The sum of `path`, times `scale` (0.01 turns fen into yuan)."""

    path: str
    scale: Decimal = Decimal(1)

    def aggregates(self) -> dict[str, models.Aggregate]:
        return {"_value": models.Sum(self.path)}

    def exact(self, row: Row) -> Decimal:
        return Decimal(row["_value"] or 0) * self.scale


@dataclass(frozen=True)
class Share:
    """A rate: how many in a hundred of the records meet a condition, rounded half up to two decimals.

    `meets` names a yes-or-no field or annotation of the records, all of which stand behind the rate: they are its
    denominator. Rates are neither added nor averaged; the rate of a whole is asked over all of its records.
    """

    meets: str

    def aggregates(self) -> dict[str, models.Aggregate]:
        met = models.Count("pk", distinct=True, filter=models.Q(**{self.meets: True}))
        return {"_value": met, "_whole": models.Count("pk", distinct=True)}

    def exact(self, row: Row) -> Decimal:
        if not row["_whole"]:
            return Decimal(0)
        return (Decimal(100 * row["_value"]) / row["_whole"]).quantize(Decimal("0.01"), ROUND_HALF_UP)


Measure = Count | Distinct | Total | Share
Choices = Callable[[str], list[tuple[str, Any]]]


@dataclass(frozen=True)
class Dimension:
    """A way to split a figure: `path` is the look-up on its records, `choices(district)` its values.

    `adds` False: its values may contain one another (budget lines), so no page shows their sum.
    """

    key: str
    label: Any
    path: str
    choices: Choices
    adds: bool = True

    def label_of(self, district: str, value: str) -> str:
        return str(dict(self.choices(district)).get(value, value))


@dataclass(frozen=True)
class Definition:
    """In words, for the reader of the number; empty parts are left out."""

    counts: Any
    excludes: Any = ""
    identity: Any = ""  # when two records are the same thing
    moment: Any = ""  # from which date on a record counts
    year: Any = ""  # which year it belongs to
    adding: Any = ""  # with what it must not be added

    def parts(self) -> list[tuple[str, str]]:
        rows = [
            (_now("What counts"), self.counts),
            (_now("What does not"), self.excludes),
            (_now("Counted once"), self.identity),
            (_now("From when"), self.moment),
            (_now("Which year"), self.year),
            (_now("Not to be added"), self.adding),
        ]
        return [(label, str(text)) for label, text in rows if text]

    def __str__(self) -> str:
        return "\n".join(f"{label}：{text}" for label, text in self.parts())


@dataclass(frozen=True)
class Figure:
    """A number: its key, words, unit, the query that defines it and the ways to split it.

    `records(scope)` returns what had happened and had been confirmed by `scope.as_of` in the district; year, place
    and dimensions are then applied here, by `year_path`, `place_path` and each dimension's path.
    """

    key: str
    name: Any
    unit: str
    records: Callable[[Scope], models.QuerySet[Any]]
    measure: Measure
    definition: Definition
    dimensions: tuple[Dimension, ...] = ()
    year_path: str = ""
    place_path: str = ""
    public: bool = True

    @property
    def room(self) -> str:
        return self.key.split(".")[0]

    @property
    def is_rate(self) -> bool:
        return isinstance(self.measure, Share)

    @property
    def adds_up(self) -> bool:
        """Whether values of parts may be added: not rates, and not what is counted once over all parts."""
        return not isinstance(self.measure, Share | Distinct) and all(one.adds for one in self.dimensions)

    def dimension(self, key: str) -> Dimension:
        for dimension in self.dimensions:
            if dimension.key == key:
                return dimension
        known = ", ".join(d.key for d in self.dimensions) or _now("none")
        raise BadScope(
            _now("Figure %(figure)s has no dimension “%(key)s”; it has: %(known)s.")
            % {"figure": self.key, "key": key, "known": known}
        )

    def select(self, scope: Scope) -> models.QuerySet[Any]:
        """The records behind the figure in this scope."""
        found = self.records(scope)
        if scope.year is not None:
            if not self.year_path:
                raise BadScope(_now("Figure %(figure)s is not kept by year.") % {"figure": self.key})
            found = found.filter(**{self.year_path: scope.year})
        if scope.place and scope.place != scope.district:
            if not self.place_path:
                raise BadScope(_now("Figure %(figure)s is not kept by place.") % {"figure": self.key})
            found = found.filter(**{f"{self.place_path}__startswith": scope.place})
        for key, value in scope.by.items():
            dimension = self.dimension(key)
            allowed = [choice for choice, _label in dimension.choices(scope.district)]
            if value not in allowed:
                raise BadScope(
                    _now("“%(value)s” is not a value of %(key)s in figure %(figure)s. Known: %(known)s.")
                    % {"value": value, "key": key, "figure": self.key, "known": "、".join(allowed[:12])}
                )
            found = found.filter(**{dimension.path: value})
        return found

    def read(self, scope: Scope) -> "Value":
        found = self.select(scope)
        answer = found.order_by().aggregate(
            **self.measure.aggregates(), _records=models.Count("pk", distinct=True)
        )
        return self._value(scope, answer, found)

    def _value(self, scope: Scope, row: Row, found: models.QuerySet[Any]) -> "Value":
        part, whole = (row["_value"], row["_whole"]) if self.is_rate else (None, None)
        return Value(self, scope, self.measure.exact(row), row["_records"], found, part, whole)

    def split(self, scope: Scope, path: str) -> dict[Any, Decimal]:
        """The figure for each value of `path` among its records, in one query."""
        rows = self.select(scope).order_by().values(path).annotate(**self.measure.aggregates()).order_by(path)
        return {row[path]: self.measure.exact(row) for row in rows}

    def split_by(self, scope: Scope, key: str) -> dict[str, Decimal]:
        return {str(value): number for value, number in self.split(scope, self.dimension(key).path).items()}

    def read_by(self, scope: Scope, key: str) -> dict[str, "Value"]:
        """The answer for each value of a dimension that has records, all of them in one query."""
        path = self.dimension(key).path
        whole = self.select(scope)
        rows = (
            whole.order_by()
            .values(path)
            .annotate(**self.measure.aggregates(), _records=models.Count("pk", distinct=True))
            .order_by(path)
        )
        return {
            str(row[path]): self._value(
                replace(scope, by={**scope.by, key: str(row[path])}), row, whole.filter(**{path: row[path]})
            )
            for row in rows
        }

    def split_by_street(self, scope: Scope) -> dict[str, Decimal]:
        """Value for each street code (the first nine digits of the place)."""
        if not self.place_path:
            raise BadScope(_now("Figure %(figure)s is not kept by place.") % {"figure": self.key})
        rows = (
            self.select(scope)
            .order_by()
            .annotate(_street=Substr(self.place_path, 1, 9))
            .values("_street")
            .annotate(**self.measure.aggregates())
        )
        return {str(row["_street"]): self.measure.exact(row) for row in rows}

    def link(self, scope: Scope) -> str:
        """The page that shows this value with its records."""
        query: dict[str, Any] = {"as_of": scope.as_of.isoformat()}
        if scope.year is not None:
            query["year"] = scope.year
        if scope.place:
            query["place"] = scope.place
        query.update({f"by.{key}": value for key, value in scope.by.items()})
        return f"{reverse('figure', args=[self.key])}?{urlencode(query)}"


@dataclass(frozen=True)
class Value:
    """A figure's answer: the exact number and the records behind it; of a rate also how many of how many."""

    figure: Figure
    scope: Scope
    exact: Decimal
    records: int
    queryset: models.QuerySet[Any] = field(repr=False)
    part: int | None = None
    whole: int | None = None

    @property
    def link(self) -> str:
        return self.figure.link(self.scope)

    def freeze(self, *, actor: Actor) -> Reading:
        """Keep this answer as a Reading, with the keys of every record behind it."""
        if not self.records:
            raise FigureError(
                _now("Figure %(figure)s has no records in this scope, so it cannot be cited.")
                % {"figure": self.figure.key}
            )
        keys = list(self.queryset.order_by("pk").values_list("pk", flat=True).distinct())
        return Reading.objects.create(
            district=self.scope.district,
            figure=self.figure.key,
            name=str(self.figure.name),
            unit=self.figure.unit,
            definition=str(self.figure.definition),
            year=self.scope.year,
            place=self.scope.place,
            by=dict(self.scope.by),
            as_of=self.scope.as_of,
            value=self.exact,
            part=self.part,
            whole=self.whole,
            record_type=self.queryset.model._meta.label_lower,
            record_ids=keys,
            records=self.records,
            read_at=timezone.now(),
            read_by=actor.actor_label,
        )


# ── printing ────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Printed:
    """A value as words on paper. `approx` is none, over, about or under."""

    text: str
    approx: str = "none"


def print_value(
    exact: Decimal, unit: str, *, step: int | None = None, scale: int = 1, bare: bool = False
) -> Printed:
    """A number as an official letter writes it.

    `step` prints a lower bound: 12 with step 10 is “10余场”, 26317 with step 1000 “26000余人”; a number that is
    itself a multiple of the step is printed as it is. `scale` 10000 prints 1500000 元 as “150万元” and refuses a
    number that would need more than two decimals. `bare` leaves the unit to the sentence.
    """
    approx = "none"
    if step:
        floor = (exact / step).to_integral_value(rounding=ROUND_FLOOR) * step
        if floor == 0 and exact:
            raise FigureError(
                _now("%(value)s is below the step %(step)s, so it cannot be printed as “over”.")
                % {"value": plain(exact), "step": step}
            )
        if floor != exact:
            exact, approx = floor, "over"
    words = {1: "", 10_000: "万", 100_000_000: "亿"}
    if scale not in words:
        raise FigureError(_now("The scale must be 1, 10000 or 100000000."))
    number = exact / scale
    if number != number.quantize(Decimal("0.01")):
        raise FigureError(
            _now("%(value)s cannot be printed in %(unit)s without losing digits.")
            % {"value": plain(exact), "unit": words[scale] + unit}
        )
    over = "余" if approx == "over" else ""
    return Printed(f"{plain(number)}{words[scale]}{over}{'' if bare else unit}", approx)


def plain(number: Decimal) -> str:
    """Digits without exponent, trailing zeros or separators: 1500000, 0.5."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# ── readings ────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Agreement:
    """A reading held against the records of another day."""

    reading: Reading
    now: Decimal | None  # None when the figure is no longer declared
    as_of: dt.date

    @property
    def agrees(self) -> bool:
        return self.now is not None and self.now == self.reading.value

    @property
    def difference(self) -> Decimal | None:
        return None if self.now is None else self.now - self.reading.value


def scope_of(reading: Reading, as_of: dt.date | None = None) -> Scope:
    return Scope(reading.district, as_of or reading.as_of, reading.year, reading.place, reading.by)


def agreement(reading: Reading, as_of: dt.date) -> Agreement:
    """Does the reading still agree, counted again as known at `as_of`?"""
    try:
        value = get(reading.figure).read(scope_of(reading, as_of)).exact
    except FigureError:
        return Agreement(reading, None, as_of)
    return Agreement(reading, value, as_of)


# ── the registry ────────────────────────────────────────────────────────────

_declared: dict[str, Figure] = {}


def declare(figure: Figure) -> Figure:
    if figure.key in _declared:
        raise ValueError(f"figure {figure.key} is declared twice")
    _declared[figure.key] = figure
    return figure


def get(key: str) -> Figure:
    try:
        return _declared[key]
    except KeyError:
        near = difflib.get_close_matches(key, _declared, n=3)
        hint = _now(" Did you mean: %(near)s?") % {"near": ", ".join(near)} if near else ""
        raise UnknownFigure(_now("There is no figure “%(key)s”.") % {"key": key} + hint) from None


def declared() -> list[Figure]:
    return [_declared[key] for key in sorted(_declared)]
