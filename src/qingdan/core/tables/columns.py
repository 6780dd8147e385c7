"""Columns: what a cell may hold, and how a whole column of cells becomes values.

Reading works on a column of a batch at a time. Each kind has a fast way that holds when every cell is
plainly right; if it does not, the cells are read one by one and each wrong one gets its reason. Both ways
give the same values, which a test holds together.
"""

import datetime as dt
import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from qingdan.core import money

CELL_ERRORS = frozenset(
    ["#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"]
)
LONGEST_TEXT = 32_767  # what an Excel cell can hold
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_EXACT_INTEGER = 10**15  # Excel keeps fifteen digits


class Kind(StrEnum):
    """What a column holds; the Python value is given in brackets."""

    TEXT = "TEXT"  # str, trimmed
    CODE = "CODE"  # str, half-width, without blanks; never a number
    INTEGER = "INTEGER"  # int
    DECIMAL = "DECIMAL"  # Decimal with `places`
    MONEY = "MONEY"  # int fen; the cell is in yuan
    DATE = "DATE"  # date
    DATETIME = "DATETIME"  # aware datetime; written only
    BOOLEAN = "BOOLEAN"  # bool
    CHOICE = "CHOICE"  # the value behind a label


class CellError(Exception):
    """A cell that cannot be read; its text is the reason shown at the cell."""


Choices = Mapping[Any, Any] | Sequence[tuple[Any, Any]]


@dataclass(frozen=True)
class Column:
    """One column of a table, declared once for template, import and export.

    `label` heads the column (translatable), `aliases` are other heads that are understood. `choices` are
    (value, label) pairs or a callable giving them, asked once a run. `clean` is called with every distinct
    value and may change it or raise ValidationError. Bounds of MONEY are in fen.
    """

    name: str
    label: Any
    kind: Kind = Kind.TEXT
    required: bool = False
    max_length: int | None = None
    choices: Choices | Callable[[], Choices] | None = None
    places: int = 2
    minimum: Any = None
    maximum: Any = None
    unique: bool = False
    note: Any = ""
    example: Any = ""
    aliases: tuple[str, ...] = ()
    clean: Callable[[Any], Any] | None = None
    empty: Any = field(default=...)
    width: int | None = None

    def __post_init__(self) -> None:
        if (self.kind is Kind.CHOICE) != (self.choices is not None):
            raise ValueError(f"column {self.name}: choices belong to the kind CHOICE, and only there")
        if self.empty is ...:
            object.__setattr__(self, "empty", "" if self.kind in {Kind.TEXT, Kind.CODE} else None)

    def pairs(self) -> list[tuple[Any, str]]:
        """The choices as (value, label) pairs, labels in the active language."""
        choices = self.choices() if callable(self.choices) else self.choices
        if choices is None:
            return []
        items: Iterable[tuple[Any, Any]] = choices.items() if isinstance(choices, Mapping) else choices
        return [(value, str(label)) for value, label in items]


def plain(text: str) -> str:
    """For comparing heads and labels: half-width, no blanks, no case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


class ColumnReader:
    """Reads the cells of one column during one run."""

    def __init__(self, column: Column) -> None:
        self.column = column
        self._labels: dict[Any, Any] = {}
        if column.kind is Kind.CHOICE:
            for value, label in column.pairs():
                for key in (label, plain(label), value, plain(str(value))):
                    self._labels.setdefault(key, value)
            self._shown = [label for _value, label in column.pairs()]
        elif column.kind is Kind.BOOLEAN:
            self._labels = dict(_BOOLEANS)
        self._fast = getattr(self, f"_fast_{column.kind.lower()}", None)
        self._cell = getattr(self, f"_cell_{column.kind.lower()}", None)
        if self._cell is None:
            raise ValueError(f"column {column.name}: {column.kind} cannot be read")

    def read(self, cells: Sequence[Any]) -> tuple[list[Any], dict[int, str]]:
        """Values, and the reason for each cell that has none."""
        values = self._read_fast(cells)
        problems: dict[int, str] = {}
        if values is None:
            values = []
            for i, cell in enumerate(cells):
                try:
                    values.append(self._read_cell(cell))
                except CellError as problem:
                    values.append(None)
                    problems[i] = str(problem)
        if self.column.clean is not None:
            self._clean(values, problems)
        return values, problems

    def _read_fast(self, cells: Sequence[Any]) -> list[Any] | None:
        if self._fast is None:
            return None
        kind, column = self.column.kind, self.column
        blanks = "" in cells and kind not in {Kind.TEXT, Kind.CODE}
        if blanks and column.required:
            return None
        full = [cell for cell in cells if cell != ""] if blanks else cells
        if not full:
            return [column.empty] * len(cells)
        try:
            values: list[Any] | None = self._fast(full)
        except (TypeError, ValueError, KeyError, OverflowError):
            return None
        if values is None:
            return None
        if column.required and "" in values:
            return None
        low, high = column.minimum, column.maximum
        if (low is not None and min(values) < low) or (high is not None and max(values) > high):
            return None
        if blanks:
            rest = iter(values)
            values = [column.empty if cell == "" else next(rest) for cell in cells]
        return values

    def _read_cell(self, cell: Any) -> Any:
        column = self.column
        if isinstance(cell, str):
            if cell.strip() in CELL_ERRORS:
                raise CellError(_("The cell holds the error %(error)s.") % {"error": cell.strip()})
            if _CONTROL.search(cell):
                raise CellError(_("The text has invisible control characters; type it anew."))
            if not cell.strip():
                if column.required:
                    raise CellError(_("This cell must be filled in."))
                return column.empty
        assert self._cell is not None
        value = self._cell(cell)
        if column.minimum is not None and value < column.minimum:
            raise CellError(_("At least %(limit)s.") % {"limit": self._shown_limit(column.minimum)})
        if column.maximum is not None and value > column.maximum:
            raise CellError(_("At most %(limit)s.") % {"limit": self._shown_limit(column.maximum)})
        return value

    def _shown_limit(self, limit: Any) -> str:
        return money.format_yuan(limit) if self.column.kind is Kind.MONEY else str(limit)

    def _clean(self, values: list[Any], problems: dict[int, str]) -> None:
        assert self.column.clean is not None
        known: dict[Any, tuple[Any, str]] = {}
        for i, value in enumerate(values):
            if i in problems or value == self.column.empty:
                continue
            if value not in known:
                try:
                    known[value] = self.column.clean(value), ""
                except ValidationError as refused:
                    known[value] = None, " ".join(refused.messages)
            values[i], reason = known[value]
            if reason:
                problems[i] = reason

    # Fast ways: None, or an exception, when a cell is not plainly right.

    def _fast_text(self, cells: Sequence[Any]) -> list[Any] | None:
        if set(map(type, cells)) != {str}:
            return None
        values = list(map(str.strip, cells))
        joined = "".join(values)
        if not joined.isprintable() and _CONTROL.search(joined):
            return None
        if self.column.max_length is not None and max(map(len, values)) > self.column.max_length:
            return None
        if "#" in joined and not CELL_ERRORS.isdisjoint(values):
            return None
        return values

    def _fast_code(self, cells: Sequence[Any]) -> list[Any] | None:
        values = self._fast_text(cells)
        if values is None:
            return None
        joined = "".join(values)
        return values if joined.isascii() and joined.isprintable() and " " not in joined else None

    def _fast_integer(self, cells: Sequence[Any]) -> list[Any] | None:
        if not set(map(type, cells)) <= {int, float}:
            return None
        values = list(map(int, cells))
        return values if values == list(cells) and max(map(abs, values)) < _EXACT_INTEGER else None

    def _fast_money(self, cells: Sequence[Any]) -> list[Any] | None:
        if not set(map(type, cells)) <= {int, float}:
            return None
        values = [round(cell * 100) for cell in cells]
        # A double typed with two decimals is the nearest one to them; anything else goes cell by cell.
        exact = [value / 100 for value in values] == list(cells)
        return values if exact and max(map(abs, values)) <= money.MAX_FEN else None

    def _fast_date(self, cells: Sequence[Any]) -> list[Any] | None:
        kinds = set(map(type, cells))
        if kinds == {dt.date}:
            return list(cells)
        if kinds <= {dt.date, dt.datetime}:
            return [cell.date() if type(cell) is dt.datetime else cell for cell in cells]
        return None

    def _fast_choice(self, cells: Sequence[Any]) -> list[Any] | None:
        if bool in set(map(type, cells)):  # True would pass for the choice 1
            return None
        return [self._labels[cell] for cell in cells]

    def _fast_boolean(self, cells: Sequence[Any]) -> list[Any]:
        return [self._labels[cell] for cell in cells]

    # Cell by cell.

    def _cell_text(self, cell: Any) -> str:
        text = _as_text(cell).strip()
        limit = self.column.max_length
        if limit is not None and len(text) > limit:
            raise CellError(
                _("The text has %(length)d characters; at most %(limit)d are allowed.")
                % {"length": len(text), "limit": limit}
            )
        return text

    def _cell_code(self, cell: Any) -> str:
        if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= _EXACT_INTEGER:
            raise CellError(
                _("The spreadsheet has rounded this long number; format the cell as text and type it anew.")
            )
        text = unicodedata.normalize("NFKC", _as_text(cell))
        return self._cell_text("".join(text.split()))

    def _number(self, cell: Any) -> Decimal:
        if isinstance(cell, bool | dt.date | dt.time | dt.timedelta):
            raise CellError(_("A number belongs here, not “%(value)s”.") % {"value": _shorten(cell)})
        if isinstance(cell, int | float):
            # Fifteen significant digits are what the spreadsheet shows and means.
            return Decimal(f"{cell:.15g}") if isinstance(cell, float) else Decimal(cell)
        text = "".join(unicodedata.normalize("NFKC", cell).split())
        if (
            not re.fullmatch(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.[0-9]*)?", text)
            or len(text) > 40
        ):
            raise CellError(_("A number belongs here, not “%(value)s”.") % {"value": _shorten(cell)})
        try:
            return Decimal(text.replace(",", ""))
        except InvalidOperation:
            raise CellError(
                _("A number belongs here, not “%(value)s”.") % {"value": _shorten(cell)}
            ) from None

    def _cell_integer(self, cell: Any) -> int:
        number = self._number(cell)
        if not number.is_finite() or number != number.to_integral_value():
            raise CellError(_("A whole number belongs here, not “%(value)s”.") % {"value": _shorten(cell)})
        if abs(number) >= _EXACT_INTEGER:
            raise CellError(_("This number is too large."))
        return int(number)

    def _cell_decimal(self, cell: Any) -> Decimal:
        number = self._number(cell)
        places = self.column.places
        rounded = round(number, places) if number.is_finite() and abs(number) < _EXACT_INTEGER else None
        if rounded is None:
            raise CellError(_("This number is too large."))
        if rounded != number:
            raise CellError(_("At most %(places)d decimals are allowed.") % {"places": places})
        return rounded

    def _cell_money(self, cell: Any) -> int:
        try:
            return money.fen(cell if isinstance(cell, str) else self._number(cell))
        except money.MoneyError as refused:
            raise CellError(" ".join(refused.messages)) from None

    def _cell_date(self, cell: Any) -> dt.date:
        if isinstance(cell, dt.datetime):
            return cell.date()
        if isinstance(cell, dt.date):
            return cell
        if isinstance(cell, int | float) and not isinstance(cell, bool) and cell == int(cell):
            if 19000101 <= cell <= 99991231:
                cell = str(int(cell))
            elif 10_000 <= cell <= 100_000:
                day = dt.date(1899, 12, 30) + dt.timedelta(days=int(cell))
                raise CellError(
                    _("The number %(number)d may mean %(date)s; format the cell as a date.")
                    % {"number": int(cell), "date": day.isoformat()}
                )
        if not isinstance(cell, str):
            raise CellError(_("A date belongs here, such as 2018-06-29."))
        day_found = parse_date(cell)
        if day_found is None:
            raise CellError(_("“%(value)s” is no date; write it as 2018-06-29.") % {"value": _shorten(cell)})
        return day_found

    def _cell_boolean(self, cell: Any) -> bool:
        key = plain(cell) if isinstance(cell, str) else cell
        if key not in self._labels:
            raise CellError(_("Write yes or no."))
        return bool(self._labels[key])

    def _cell_choice(self, cell: Any) -> Any:
        text = _as_text(cell)
        for key in (text.strip(), plain(text)):
            if key in self._labels:
                return self._labels[key]
        near = difflib.get_close_matches(text.strip()[:100], self._shown, n=1, cutoff=0.5)
        if near:
            raise CellError(
                _("“%(value)s” is not in the list; did you mean “%(near)s”?")
                % {"value": _shorten(text), "near": near[0]}
            )
        some = "、".join(self._shown[:8]) + (" …" if len(self._shown) > 8 else "")
        raise CellError(
            _("“%(value)s” is not in the list; choose from %(some)s.")
            % {"value": _shorten(text), "some": some}
        )


_BOOLEANS: dict[Any, bool] = {True: True, False: False} | {
    key: value
    for keys, value in (("是 有 对 yes y true 1 √ ✓ ✔", True), ("否 无 不 no n false 0 × ✗ x", False))
    for text in keys.split()
    for key in (text, plain(text))
}


def _as_text(cell: Any) -> str:
    """A cell of another type where text is wanted, as the spreadsheet shows it."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell == int(cell) and abs(cell) < 1e21 else f"{cell:.15g}"
    return str(cell)


def _shorten(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 40 else text[:39] + "…"


_CHINESE = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "元": 1}
_WESTERN_DATE = re.compile(
    r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?(?:T?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
_CHINESE_DATE = re.compile(
    "([〇零一二三四五六七八九]{4})年([元一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)


@lru_cache(maxsize=20_000)
def parse_date(text: str) -> dt.date | None:
    """A date as people write it: 2018-06-29, 2018/6/29, 2018.6.29, 20180629, 2018年6月29日,
    二〇一八年六月二十九日; None when it is none, or leaves out the day."""
    compact = "".join(unicodedata.normalize("NFKC", text).split()) if len(text) < 60 else ""
    if match := _WESTERN_DATE.fullmatch(compact):
        parts = [int(group) for group in match.groups()]
    elif re.fullmatch(r"[0-9]{8}", compact):
        parts = [int(compact[:4]), int(compact[4:6]), int(compact[6:])]
    elif match := _CHINESE_DATE.fullmatch(compact):
        year, month, day = match.groups()
        parts = [int("".join(str(_CHINESE[c]) for c in year)), _small_chinese(month), _small_chinese(day)]
    else:
        return None
    try:
        return dt.date(*parts)
    except ValueError:
        return None


def _small_chinese(text: str) -> int:
    """一 … 三十一; 0 for anything else."""
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _CHINESE.get(text, 0)
    return (_CHINESE.get(tens, 0) if tens else 1) * 10 + (_CHINESE.get(ones, 0) if ones else 0)
