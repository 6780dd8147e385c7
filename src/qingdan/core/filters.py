"""Conditions of a listing: what a person may ask for, checked, in words, and as a query."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import clock

Choices = Callable[[Any], list[tuple[str, Any]]]  # actor -> [(value, label)]


@dataclass(frozen=True)
class Condition:
    """One condition that holds now: its parameter, its words, its query."""

    key: str
    words: str
    where: Q


def text_condition(text: str) -> Condition:
    return Condition("q", _now("search “%(text)s”") % {"text": text}, Q())


@dataclass(frozen=True)
class Filter:
    """A choice among known values; `read` answers None to a value that it does not know."""

    key: str
    label: Any
    path: str

    def options(self, actor: Any) -> list[tuple[str, Any]]:
        raise NotImplementedError  # an abstract method: each kind of filter knows its values

    def where(self, value: str) -> Q:
        return Q(**{self.path: value})

    def read(self, value: str, actor: Any) -> Condition | None:
        label = {str(key): label for key, label in self.options(actor)}.get(value)
        if label is None:
            return None
        words = _now("%(what)s: %(which)s") % {"what": self.label, "which": label}
        return Condition(self.key, words, self.where(value))

    def control(self, value: str, actor: Any) -> dict[str, Any]:
        """What the form shows: the label, and the options with the chosen one marked."""
        options = [
            {"value": str(key), "label": label, "chosen": str(key) == value}
            for key, label in self.options(actor)
        ]
        return {"key": self.key, "label": self.label, "options": options}


@dataclass(frozen=True)
class ChoiceFilter(Filter):
    """`choices` is a TextChoices class, a list of pairs, or a function of the actor."""

    choices: Any = ()

    def options(self, actor: Any) -> list[tuple[str, Any]]:
        if hasattr(self.choices, "choices"):
            return list(self.choices.choices)
        return list(self.choices(actor) if callable(self.choices) else self.choices)


@dataclass(frozen=True)
class PlaceFilter(ChoiceFilter):
    """A place takes in what lies within it: `path` leads to a place code, compared by its beginning."""

    def where(self, value: str) -> Q:
        return Q(**{f"{self.path}__startswith": value})


@dataclass(frozen=True)
class YearFilter(Filter):
    """Years back from the present one, newest first; `path` leads to a year (`year`, `date__year`)."""

    back: int = 6

    def options(self, actor: Any) -> list[tuple[str, Any]]:
        year = clock.today().year
        return [(str(y), str(y)) for y in range(year + 1, year - self.back, -1)]

    def where(self, value: str) -> Q:
        return Q(**{self.path: int(value)})


@dataclass(frozen=True)
class FlagFilter(Filter):
    """Yes or no about one thing."""

    def options(self, actor: Any) -> list[tuple[str, Any]]:
        return [("yes", _("yes")), ("no", _("no"))]

    def where(self, value: str) -> Q:
        return Q(**{self.path: value == "yes"})


@dataclass(frozen=True)
class PeriodFilter(Filter):
    """How long ago, by the district's calendar; `path` leads to a date, or to a moment with `moments` True."""

    moments: bool = False

    def options(self, actor: Any) -> list[tuple[str, Any]]:
        return [
            ("7", _("last 7 days")),
            ("30", _("last 30 days")),
            ("month", _("this month")),
            ("year", _("this year")),
        ]

    def where(self, value: str) -> Q:
        today = clock.today()
        first = {
            "7": today - dt.timedelta(days=6),
            "30": today - dt.timedelta(days=29),
            "month": today.replace(day=1),
            "year": today.replace(month=1, day=1),
        }[value]
        if self.moments:
            return Q(**{f"{self.path}__gte": clock.at(first, 0), f"{self.path}__lt": clock.end_of(today)})
        return Q(**{f"{self.path}__gte": first, f"{self.path}__lte": today})
