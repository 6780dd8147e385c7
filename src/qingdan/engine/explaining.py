"""Scores in words, for hundreds of thousands of pairs at once.

Few reasons differ: the same two codes, the same two times, the same points. Each is put into words once and then
handed to every pair it holds for.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from qingdan.engine.features import Reading, meaning
from qingdan.engine.scoring import Component

Told = TypeVar("Told")
MOST_WORDS = 3
FAINT_REASON = 0.3
"""Weight beside the strongest shared word below which a word is no reason to show anyone."""


def variants(keys: Sequence[NDArray[Any]], put: Callable[[int], Told]) -> list[Told]:
    """For each pair what `put` says of the first pair with the same `keys`."""
    code = np.zeros(len(keys[0]), dtype=np.int64)
    for key in keys:
        # Renumbered every time, so that no product of ranges can overflow.
        numbers = np.unique(key, return_inverse=True)[1]
        code = np.unique(code * (int(numbers.max(initial=0)) + 1) + numbers, return_inverse=True)[1]
    first = np.unique(code, return_index=True)[1]
    said = np.empty(len(first), dtype=object)
    for number, position in enumerate(first.tolist()):
        said[number] = put(position)
    return said[code].tolist()


class Words:
    """The meanings and words of a list that can be named to people, ready to be compared with another list's."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        self._number: dict[str, int] = {}
        self._said: dict[tuple[int, ...], str] = {}
        self.of = self._table(readings, learn=True)

    def add(self, readings: Sequence[Reading]) -> None:
        """More rows."""
        added = self._table(readings, learn=True)
        self.of.resize(self.of.shape[0], added.shape[1])
        self.of = sparse.vstack([self.of, added], format="csr")

    def known(self, readings: Sequence[Reading]) -> sparse.csr_matrix:
        """What of `readings` the list names as well."""
        return self._table(readings, learn=False)

    def _table(self, readings: Sequence[Reading], learn: bool) -> sparse.csr_matrix:
        columns: list[int] = []
        weights: list[float] = []
        ends = [0]
        number = self._number
        for reading in readings:
            for name, weight in reading.features.items():
                if meaning(name):
                    column = number.setdefault(name, len(number)) if learn else number.get(name, -1)
                    if column >= 0:
                        columns.append(column)
                        weights.append(weight)
            ends.append(len(columns))
        table = sparse.csr_matrix(
            (np.array(weights, np.float32), np.array(columns, np.int32), np.array(ends, np.int32)),
            shape=(len(readings), len(number)),
        )
        table.sort_indices()
        return table

    def shared(
        self, mine: sparse.csr_matrix, rows: NDArray[np.int32], theirs: NDArray[np.int32]
    ) -> list[str]:
        """For pairs of rows of `mine` and of the list what both name, quoted; empty where nothing."""
        width = self.of.shape[1]
        if mine.shape[1] < width:
            mine.resize(mine.shape[0], width)
        both = mine[rows].multiply(self.of[theirs]).tocsr()
        both.sort_indices()
        names = list(self._number)
        order = np.lexsort((both.indices, -both.data, np.repeat(np.arange(len(rows)), np.diff(both.indptr))))
        columns, weights = both.indices[order].tolist(), both.data[order].tolist()
        told, start = [], 0
        for end in both.indptr[1:].tolist():
            key = tuple(columns[start:end])
            if key and weights[end - 1] < FAINT_REASON * weights[start]:
                least = FAINT_REASON * weights[start]
                key = tuple(c for c, w in zip(key, weights[start:end], strict=True) if w >= least)
            said = self._said.get(key)
            if said is None:
                said = self._said[key] = _quoted([names[column] for column in key])
            told.append(said)
            start = end
        return told


def _quoted(names: Sequence[str]) -> str:
    """The weightiest meanings and words, each said once."""
    words: list[str] = []
    for name in names:
        word = meaning(name)
        if not any(word in other or other in word for other in words):
            words.append(word)
    return "".join(f"“{word}”" for word in words[:MOST_WORDS])


def components(
    code: str,
    tenths: NDArray[np.int32],
    maximum: int,
    keys: Sequence[NDArray[Any]],
    reason: Callable[[int], str],
    told: Callable[[Component], Told],
) -> list[Told]:
    """One part of the score of every pair; `reason` puts the pair at a position into words."""
    return variants(
        (tenths, *keys),
        lambda at: told(Component(code, int(tenths[at]) / 10, maximum, reason(at))),
    )


def numbered(values: Sequence[Any]) -> NDArray[np.int64]:
    """The same number for the same value."""
    numbers: dict[Any, int] = {}
    return np.fromiter((numbers.setdefault(value, len(numbers)) for value in values), np.int64, len(values))
