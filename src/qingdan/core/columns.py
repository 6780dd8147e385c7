"""Columns of a listing: how one value of a record is found, shown, sorted and exported."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from qingdan.core import markup
from qingdan.core.looks import Look

KINDS = (
    "text",  # plain words
    "code",  # a number or document number: grey, tabular
    "title",  # the name of the record; with `sub` a second line
    "number",
    "money",  # integer fen; the unit stands in the head
    "date",
    "moment",
    "state",  # the lifecycle's field as a chip
    "due",  # a deadline badge
    "choice",  # a field with choices, shown by its label
    "flag",  # yes or nothing
)
_RIGHT = {"number", "money"}


@dataclass(frozen=True)
class Column:
    """`value` is a path (`community__name`; the key when left out) or a function of the record.

    `sort` is True for the path itself, or the paths to sort by. `link` True leads to the record's
    `get_absolute_url`, or is a function that gives the address. `fixed` columns cannot be taken off the page.
    """

    key: str
    label: Any
    value: str | Callable[[Any], Any] = ""
    kind: str = "text"
    sort: bool | str | tuple[str, ...] = False
    link: bool | Callable[[Any], str] = False
    sub: str | Callable[[Any], Any] = ""
    align: str = ""
    hidden: bool = False
    fixed: bool = False
    export: bool = True

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"column {self.key}: unknown kind {self.kind}")
        if not self.align and self.kind in _RIGHT:
            object.__setattr__(self, "align", "r")

    @property
    def path(self) -> str:
        return self.value if isinstance(self.value, str) and self.value else self.key

    @property
    def sort_paths(self) -> tuple[str, ...]:
        if isinstance(self.sort, tuple):
            return self.sort
        return (self.sort if isinstance(self.sort, str) else self.path,)

    def raw(self, record: Model) -> Any:
        return self.value(record) if callable(self.value) else follow(record, self.path)

    def cell(self, record: Model) -> "Cell":
        return Cell(self._html(record), self.align, self.kind, self.label)

    def _html(self, record: Model) -> SafeString | str:
        if self.kind == "state" and not callable(self.value):
            return self._linked(record, markup.state(record, self.path if self.value else ""))
        raw = self.raw(record)
        if self.kind == "due":
            return markup.due(raw)
        if raw is None or raw == "":
            return markup.NOTHING
        shown = self._shown(record, raw)
        if self.sub:
            below = self.sub(record) if callable(self.sub) else follow(record, self.sub)
            first = self._linked(record, shown)
            return format_html('{}<span class="q-sub">{}</span>', first, below) if below else first
        return self._linked(record, shown)

    def _shown(self, record: Model, raw: Any) -> Any:
        match self.kind:
            case "number":
                return markup.number(raw)
            case "money":
                return markup.money(raw)
            case "date":
                return f"{raw:%Y-%m-%d}"
            case "moment":
                return f"{timezone.localtime(raw) if timezone.is_aware(raw) else raw:%Y-%m-%d %H:%M}"
            case "choice":
                return self._display(record, raw)
            case "flag":
                return markup.chip(Look("done", "4"), self.label) if raw else markup.NOTHING
            case "state":
                return markup.chip(raw[0], raw[1]) if isinstance(raw, tuple) else raw
        return raw

    def _display(self, record: Model, raw: Any) -> Any:
        """The label of a choice, also across a relation (`contract__kind`)."""
        *way, last = self.path.split("__")
        owner = follow(record, "__".join(way)) if way else record
        label = getattr(owner, f"get_{last}_display", None)
        return label() if label else raw

    def _linked(self, record: Model, shown: Any) -> Any:
        if not self.link:
            return shown
        url = self.link(record) if callable(self.link) else markup.address_of(record)
        if not url:
            return shown
        return format_html(
            '<a{} href="{}">{}</a>', markup.TITLE_CLASS if self.kind in {"title", "state"} else "", url, shown
        )

    def plain(self, record: Model) -> str | int | dt.date | dt.datetime | None:
        """The value for a workbook: typed, money in fen, states and choices as words, None for an empty cell."""
        if self.kind == "state" and not callable(self.value):
            return markup.state_word(record, self.path if self.value else "")
        raw = self.raw(record)
        if raw is None or raw == "":
            return None
        match self.kind:
            case "money":
                return int(raw)
            case "number":
                return markup.plain(Decimal(str(raw)))
            case "date":
                return raw
            case "moment":
                return timezone.localtime(raw).replace(tzinfo=None) if timezone.is_aware(raw) else raw
            case "due":
                return markup.local_day(raw) if isinstance(raw, dt.datetime) else raw
            case "choice":
                return str(self._display(record, raw))
            case "state":
                return str(raw[1] if isinstance(raw, tuple) else raw)
            case "flag":
                return "✓" if raw else None
        return str(raw)


@dataclass(frozen=True)
class Cell:
    html: Any
    align: str
    kind: str
    label: Any


def follow(record: Any, path: str) -> Any:
    """The value at the end of `a__b__c`; None when a link on the way is empty. Methods are called."""
    for name in path.split("__"):
        if record is None:
            return None
        record = getattr(record, name)
        if callable(record):
            record = record()
    return record
