"""Small things that rooms hand to pages. They carry words and links, never markup."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone


@dataclass(frozen=True)
class Waiting:
    """One matter that waits for a person: until when, what, and the verb that is asked of him.

    `due` is a day, a moment when the hour counts, or None when nothing presses.
    """

    due: dt.date | dt.datetime | None
    title: Any
    verb: Any
    url: str
    sub: Any = ""
    room: Any = ""  # who asks, or which desk handles it: the last column of the workbench

    @property
    def day(self) -> dt.date | None:
        if isinstance(self.due, dt.datetime):
            return local_day(self.due)
        return self.due


@dataclass(frozen=True)
class TraceStep:
    """One stage of the way from a need to a letter.

    `state` is one of done, run (under way), here (the record that is open), next (still to come), bad (differs).
    `facts` are at most two short texts, seven characters or so each.
    """

    stage: Any
    value: Any = ""
    url: str = ""
    facts: tuple[Any, ...] = ()
    state: str = "next"


@dataclass(frozen=True)
class ScorePart:
    """One part of a score with its reason in words: points out of a maximum, never a bare percentage."""

    label: Any
    points: int
    maximum: int
    because: Any = ""

    @property
    def width(self) -> int:
        """Length of the bar in hundredths of the maximum."""
        return max(0, min(100, round(100 * self.points / self.maximum))) if self.maximum else 0


@dataclass(frozen=True)
class Fact:
    """A label and what is known; `kind` as for the columns of a listing."""

    label: Any
    value: Any
    kind: str = "text"
    url: str = ""


def local_day(moment: dt.datetime) -> dt.date:
    """The district's calendar day of an aware moment (a naive one is taken as local)."""
    return timezone.localtime(moment).date() if timezone.is_aware(moment) else moment.date()
