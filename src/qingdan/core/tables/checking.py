"""From the cells of a source to batches of checked rows, and the dry run built on that."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import repeat
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qingdan.core.tables.columns import ColumnReader
from qingdan.core.tables.declared import Batch, Problem, Table, reasons
from qingdan.core.tables.reading import Source, open_source

BATCH = 10_000
SHOWN_PROBLEMS = 100


@dataclass
class Checked:
    """One batch after the checks."""

    first_row: int
    next_row: int
    rows: int  # rows that hold anything
    good: Batch
    problems: list[Problem] = field(default_factory=list)

    @property
    def refused(self) -> int:
        return len({problem.row for problem in self.problems})


class Checker:
    """Checks the rows of a source batch by batch; remembers keys across batches."""

    def __init__(self, table: Table, source: Source) -> None:
        self.table, self.source = table, source
        self.readers = {
            name: ColumnReader(table[name])
            for name in (c.name for c in table.columns)
            if name in source.positions
        }
        uniques: list[tuple[str, ...]] = [(column.name,) for column in table.columns if column.unique]
        if table.key:
            uniques.append(tuple(table.key))
        self._seen: dict[tuple[str, ...], dict[Any, int]] = {names: {} for names in uniques}
        self._example = {
            name: str(table[name].example) for name in self.readers if str(table[name].example) != ""
        }
        self.examples_skipped = 0
        self._first = min(source.positions.values(), default=0)

    def batches(
        self, size: int = BATCH, *, until: int = 0, refused: frozenset[int] = frozenset()
    ) -> Iterator[Checked]:
        """Every batch in file order. Rows before `until` were dealt with by an earlier run: only their
        keys are remembered, and `refused` names those among them that were not taken."""
        for first_row, rows in self.source.chunks(size):
            if first_row + len(rows) <= until:
                self._remember(first_row, rows, refused)
            else:
                yield self._check(first_row, rows)

    def _filled(self, first_row: int, rows: list[list[Any]]) -> tuple[list[int], list[list[Any]]]:
        """Row numbers and rows, without empty rows and the example of the template."""
        if first_row - self.source.first_row >= 3:
            firsts = list(map(itemgetter(self._first), rows))
            if set(map(type, firsts)) == {str} and all(map(str.strip, firsts)):  # nearly always
                return list(range(first_row, first_row + len(rows))), rows
        numbers: list[int] = []
        filled: list[list[Any]] = []
        for number, row in enumerate(rows, start=first_row):
            if number - self.source.first_row < 3 and row.count("") != len(row) and self._is_example(row):
                self.examples_skipped += 1
                continue
            if all(isinstance(cell, str) and not cell.strip() for cell in row):
                continue
            numbers.append(number)
            filled.append(row)
        return numbers, filled

    def _is_example(self, row: list[Any]) -> bool:
        positions = self.source.positions
        return bool(self._example) and all(
            str(row[positions[name]]).removesuffix(".0") == text for name, text in self._example.items()
        )

    def _read(
        self, rows: list[list[Any]], names: list[str]
    ) -> tuple[dict[str, list[Any]], dict[str, dict[int, str]]]:
        cells = list(zip(*rows, strict=True)) or [()] * self.source.width
        columns: dict[str, list[Any]] = {}
        wrong: dict[str, dict[int, str]] = {}
        for name in names:
            columns[name], wrong[name] = self.readers[name].read(cells[self.source.positions[name]])
        return columns, wrong

    def _remember(self, first_row: int, rows: list[list[Any]], refused: frozenset[int]) -> None:
        numbers, filled = self._filled(first_row, rows)
        names = sorted({name for group in self._seen for name in group if name in self.readers})
        if not names or not filled:
            return
        columns, _wrong = self._read(filled, names)
        taken = [i for i, number in enumerate(numbers) if number not in refused]
        for group, seen in self._seen.items():
            for i, key in self._keys(group, columns, taken).items():
                seen.setdefault(key, numbers[i])

    def _keys(
        self, group: tuple[str, ...], columns: dict[str, list[Any]], indexes: list[int]
    ) -> dict[int, Any]:
        """Index of a row -> its key, without rows that leave a part of the key empty."""
        if any(name not in self.readers for name in group):
            return {}
        parts = [columns[name] for name in group]
        keys = list(zip(*parts, strict=True))
        return {i: keys[i] for i in indexes if "" not in keys[i] and None not in keys[i]}

    def _check(self, first_row: int, rows: list[list[Any]]) -> Checked:
        numbers, filled = self._filled(first_row, rows)
        columns, wrong = self._read(filled, list(self.readers))
        problems: dict[int, list[Problem]] = {}
        for name, cells in wrong.items():
            for i, reason in cells.items():
                problems.setdefault(i, []).append(Problem(numbers[i], name, reason))
        if self.source.cell_problems:
            self._add_cell_problems(numbers, problems)
        for column in self.table.columns:
            if column.name not in columns:
                columns[column.name] = [column.empty] * len(filled)
        good = [i for i in range(len(filled)) if i not in problems]
        if self.table.check_row is not None:
            self._check_rows(numbers, columns, good, problems)
            good = [i for i in good if i not in problems]
        self._check_keys(numbers, columns, good, problems)
        ordered = {column.name: columns[column.name] for column in self.table.columns}
        batch = Batch(numbers, ordered).without(set(problems))
        flat = [problem for i in sorted(problems) for problem in problems[i]]
        checked = Checked(first_row, first_row + len(rows), len(filled), batch, flat)
        if self.table.check_batch is not None and len(batch):
            self.table.check_batch(batch)
            self.release(checked)
        return checked

    def _add_cell_problems(self, numbers: list[int], problems: dict[int, list[Problem]]) -> None:
        for i, number in enumerate(numbers):
            for name, reason in self.source.cell_problems.get(number, ()):
                # The cell reads as empty, which is not what is wrong with it.
                kept = [p for p in problems.get(i, []) if p.column != name or not name]
                problems[i] = [*kept, Problem(number, name, reason)]

    def _check_rows(
        self,
        numbers: list[int],
        columns: dict[str, list[Any]],
        good: list[int],
        problems: dict[int, list[Problem]],
    ) -> None:
        check = self.table.check_row
        assert check is not None
        names = self.table.row_reads or tuple(columns)
        rows = list(map(dict, map(zip, repeat(names), zip(*(columns[n] for n in names), strict=True))))
        for i in good:
            try:
                check(rows[i])
            except ValidationError as refused:
                problems[i] = [
                    Problem(numbers[i], name, reason)
                    for name, reason in reasons(refused, self.table._by_name.__contains__)
                ]

    def _check_keys(
        self,
        numbers: list[int],
        columns: dict[str, list[Any]],
        good: list[int],
        problems: dict[int, list[Problem]],
    ) -> None:
        """Only rows that are right in themselves hold a key, so a bad row never blocks a good one."""
        found = {group: self._keys(group, columns, good) for group in self._seen}
        if all(
            len(set(keys.values())) == len(keys) and self._seen[group].keys().isdisjoint(keys.values())
            for group, keys in found.items()
        ):
            for group, keys in found.items():
                self._seen[group].update((key, numbers[i]) for i, key in keys.items())
            return
        for i in good:
            mine = [(group, keys[i]) for group, keys in found.items() if i in keys]
            doubles = [(group, self._seen[group][key]) for group, key in mine if key in self._seen[group]]
            for group, earlier in doubles:
                text = _("The same %(columns)s stands in row %(row)d already.")
                labels = " + ".join(str(self.table[name].label) for name in group)
                problems.setdefault(i, []).append(
                    Problem(numbers[i], group[0], text % {"columns": labels, "row": earlier})
                )
            if not doubles:
                for group, key in mine:
                    self._seen[group][key] = numbers[i]

    def release(self, checked: Checked) -> None:
        """Take out what `check_batch` or `save` refused; such rows hold no key against later ones."""
        batch = checked.good
        if not batch.refused:
            return
        for found in batch.refused.values():
            checked.problems.extend(found)
        checked.problems.sort(key=lambda problem: problem.row)
        rows = {batch.numbers[i] for i in batch.refused}
        for seen in self._seen.values():
            for key in [key for key, row in seen.items() if row in rows]:
                del seen[key]
        checked.good = batch.without(set(batch.refused))

    def notes(self) -> list[str]:
        notes = list(self.source.notes)
        if self.examples_skipped:
            notes.append(
                ngettext(
                    "The example row of the template was left out.",
                    "%(count)d example rows of the template were left out.",
                    self.examples_skipped,
                )
                % {"count": self.examples_skipped}
            )
        return notes


@dataclass(frozen=True)
class Report:
    """What came, or would come, of an import; `rows == taken + refused`."""

    rows: int
    taken: int
    refused: int
    problems: list[Problem]  # the first ones
    notes: list[str]


def dry_run(
    table: Table,
    path: str | Path,
    *,
    shown: int = SHOWN_PROBLEMS,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Check a whole file and write nothing; raises TableFileError. `progress` is told the rows read, and of how many.

    What only the database can refuse at the moment of writing (a race, a rule of another table) shows
    in the import itself.
    """
    checker = Checker(table, open_source(table, path))
    rows = taken = refused = 0
    problems: list[Problem] = []
    for checked in checker.batches():
        rows += checked.rows
        taken += len(checked.good)
        refused += checked.refused
        problems.extend(checked.problems[: max(shown - len(problems), 0)])
        progress(rows, checker.source.count)
    return Report(rows, taken, refused, problems, checker.notes())
