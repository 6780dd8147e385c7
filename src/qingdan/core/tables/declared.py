"""The declaration of a table, and what passes between the reader and the owner's `save`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils import translation

from qingdan.core.tables.columns import Column, plain


class TableFileError(Exception):
    """A file that cannot be read as this table at all; the text says what to do. Nothing was written."""


class Problem(NamedTuple):
    """Why a row was refused. `row` is the number that the spreadsheet shows, `column` a column's name,
    empty when the whole row is meant."""

    row: int
    column: str
    reason: str


class Batch:
    """Rows that passed every check so far, by columns: `batch["name"]` is a list with a value a row."""

    def __init__(self, numbers: list[int], columns: Mapping[str, list[Any]]) -> None:
        self.numbers = numbers
        self._columns = dict(columns)
        self.refused: dict[int, list[Problem]] = {}

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, name: str) -> list[Any]:
        return self._columns[name]

    def has(self, name: str) -> bool:
        return name in self._columns

    def rows(self, *names: str) -> Iterator[tuple[Any, ...]]:
        """The rows as tuples of the named columns, all columns when none is named."""
        return zip(*(self._columns[name] for name in names or self._columns), strict=True)

    def dicts(self) -> Iterator[dict[str, Any]]:
        names = list(self._columns)
        return (dict(zip(names, row, strict=True)) for row in self.rows())

    def refuse(self, index: int, reason: Any, column: str = "") -> None:
        """Refuse one row, by its index in the batch, with the reason its sender shall read."""
        if column and column not in self._columns:
            raise KeyError(column)
        self.refused.setdefault(index, []).append(Problem(self.numbers[index], column, str(reason)))

    def without(self, dropped: set[int]) -> "Batch":
        if not dropped:
            return self
        keep = [i for i in range(len(self)) if i not in dropped]
        return self.part(keep)

    def part(self, indexes: Sequence[int]) -> "Batch":
        return Batch(
            [self.numbers[i] for i in indexes],
            {name: [values[i] for i in indexes] for name, values in self._columns.items()},
        )


@dataclass(frozen=True)
class Table:
    """Columns declared once; template, dry run, import, error workbook and export follow.

    - `key`: names of columns whose values together may occur once in a file.
    - `check_row(row)`: rules across one row; raises ValidationError, with a dict to name columns. `row_reads` names
      the columns it reads, all when none is named: fewer objects a row.
    - `check_batch(batch)`: rules that ask the database, once a batch; calls `batch.refuse`. Writes nothing.
    - `save(batch, actor)`: writes the rows of a batch; runs inside the transaction of the batch. If it raises
      IntegrityError, ValidationError or Refused the batch is halved until the rows at fault stand alone.
    - `version`: raise it when columns change; the template carries it.
    """

    name: str
    label: Any
    columns: Sequence[Column]
    save: Callable[[Batch, Any], None] | None = None
    key: tuple[str, ...] = ()
    check_row: Callable[[dict[str, Any]], None] | None = None
    row_reads: tuple[str, ...] = ()
    check_batch: Callable[[Batch], None] | None = None
    version: int = 1
    note: Any = ""
    max_rows: int = 200_000
    _by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_name = {column.name: column for column in self.columns}
        if len(by_name) != len(self.columns) or not by_name:
            raise ValueError(f"table {self.name}: column names must be given and differ")
        if missing := set(self.key) - set(by_name):
            raise ValueError(f"table {self.name}: the key names no column: {sorted(missing)}")
        object.__setattr__(self, "_by_name", by_name)

    def __getitem__(self, name: str) -> Column:
        return self._by_name[name]

    def heads(self) -> dict[str, str]:
        """Every accepted head, in plain form, to the name of its column: labels in each language,
        names and aliases."""
        found: dict[str, str] = {}
        for language in ("zh-hans", "en"):
            with translation.override(language):
                for column in self.columns:
                    found.setdefault(plain(str(column.label)), column.name)
        for column in self.columns:  # what a template shows goes before what the program calls it
            for head in (column.name, *column.aliases):
                found.setdefault(plain(head), column.name)
        return found


def reasons(refused: ValidationError, known: Callable[[str], bool]) -> list[tuple[str, str]]:
    """A ValidationError as (column, reason) pairs."""
    if hasattr(refused, "error_dict"):
        return [
            (name if known(name) else "", " ".join(messages))
            for name, messages in refused.message_dict.items()
        ]
    return [("", " ".join(refused.messages))]
