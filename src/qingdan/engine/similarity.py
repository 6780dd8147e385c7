"""Which resources answer a need: an index of resources that is built once, kept, and asked many times.

Two ways lead to the best ones. With a small list every pair is scored. With a large one, candidates come
from sparse products: inside the block of resources with the need's category and target group, and over the
whole list by text alone where codes are missing, where the block is small, or where nothing in the block
resembles the text, which is how a wrong code shows. Candidates are then scored in full.
"""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sparse_dot_topn import sp_matmul_topn

from qingdan.engine.explaining import Told, Words, components, numbered
from qingdan.engine.features import Reading, Vectoriser, Weights
from qingdan.engine.items import Item
from qingdan.engine.lexicon import Lexicon, shipped
from qingdan.engine.scoring import (
    CONTENT,
    MAXIMA,
    Columns,
    Component,
    Names,
    as_text,
    capacity_reason,
    columns_of,
    place_level,
    place_reason,
    points,
    stated_reason,
    time_reason,
)

EXACT_PAIRS = 2_000
"""Lists of up to so many resources are scored pair by pair."""
WEAK = 0.25
"""Text similarity below which the best of a block is no answer, so that the code may be wrong."""
SHARED = 0.5
"""Share of a block that holds a feature from which on it is left out of the search inside the block."""
CHUNK = 20_000
_TAIL = 512

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Match:
    """A resource suggested for a need, with the parts of its score."""

    id: str
    score: float
    because: tuple[Component, ...]

    def as_json(self) -> dict[str, Any]:
        return {"id": self.id, "score": self.score, "because": [part.as_json() for part in self.because]}


@dataclass(slots=True)
class Ranking:
    """Rows of resources for rows of needs, best first; -1 where there are fewer."""

    rows: NDArray[np.int32]
    tenths: NDArray[np.int32]
    similarity: NDArray[np.float32]


def threads() -> int:
    """Threads for sparse products: the processor's, or what QINGDAN_THREADS says."""
    return int(os.environ.get("QINGDAN_THREADS", 0)) or os.cpu_count() or 1


def nearest(
    needs: sparse.csr_matrix, transposed: sparse.csr_matrix, k: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """For each row of `needs` the `k` most similar columns of `transposed`, best first, and how similar.

    Rows hold -1 and 0 where fewer than `k` share anything with the need.
    """
    parts = [
        _padded(
            sp_matmul_topn(
                _slice(needs, start, min(needs.shape[0], start + CHUNK)),
                transposed,
                top_n=k,
                sort=True,
                n_threads=threads(),
            ),
            k,
        )
        for start in range(0, max(1, needs.shape[0]), CHUNK)
    ]
    return np.concatenate([found for found, _ in parts]), np.concatenate([alike for _, alike in parts])


class Index:
    """Resources ready to be matched. It can be pickled, and resources can be added."""

    def __init__(self, lexicon: Lexicon, weights: Weights | None = None) -> None:
        self.lexicon = lexicon
        self.vectoriser = Vectoriser(lexicon, weights)
        self.names = Names()
        self.items: list[Item] = []
        self.columns: Columns
        self.vectors: sparse.csr_matrix
        self.transposed: sparse.csr_matrix
        self._tail: sparse.csr_matrix | None = None
        self.words: Words
        self._blocks: dict[int, _Block] = {}

    @classmethod
    def build(
        cls,
        resources: Sequence[Item],
        lexicon: Lexicon | None = None,
        weights: Weights | None = None,
        progress: Progress | None = None,
    ) -> "Index":
        """An index of `resources`; `progress` hears how many were read."""
        index = cls(lexicon or shipped(), weights)
        index.items = list(resources)
        readings = index.read(resources, progress)
        index.vectoriser.fit(readings)
        index.columns = columns_of(resources, readings, index.lexicon, index.names)
        index.vectors = index.vectoriser.vectors(readings)
        index.transposed = index.vectors.T.tocsr()
        index.words = Words(readings)
        return index

    def __len__(self) -> int:
        return len(self.items)

    def read(self, items: Sequence[Item], progress: Progress | None = None) -> list[Reading]:
        """What the texts of `items` say."""
        readings = []
        for item in items:
            readings.append(self.vectoriser.read(item))
            if progress is not None:
                progress(1)
        return readings

    def add(self, resources: Sequence[Item]) -> None:
        """More resources; the rarity of words stays as it was when the index was built."""
        readings = self.read(resources)
        self.vectoriser.learn(readings)
        added = self.vectoriser.vectors(readings)
        self.words.add(readings)
        self._blocks = {}
        columns = columns_of(resources, readings, self.lexicon, self.names)
        self.items.extend(resources)
        self.columns = self.columns.joined(columns)
        tail = added if self._tail is None else _stack(self._tail, added)
        if tail.shape[0] > _TAIL:
            self.vectors = _stack(self.vectors, tail)
            self.transposed = self.vectors.T.tocsr()
            self._tail = None
        else:
            self._tail = tail

    def _settle(self) -> None:
        """Join what was added since, so that lists can be searched in one piece."""
        if self._tail is not None:
            self.vectors = _stack(self.vectors, self._tail)
            self.transposed = self.vectors.T.tocsr()
            self._tail = None
        width = len(self.vectoriser.vocabulary)
        if self.vectors.shape[1] < width:
            self.vectors.resize(len(self.items), width)
            self.transposed = self.vectors.T.tocsr()

    def query(self, need: Item, k: int = 10) -> list[Match]:
        """The best `k` resources for one need, every resource scored."""
        readings = self.read([need])
        vector = self.vectoriser.vectors(readings)
        columns = columns_of([need], readings, self.lexicon, self.names)
        main = vector[:, : self.transposed.shape[0]] @ self.transposed
        parts = [main.toarray()]
        if self._tail is not None:
            parts.append((vector[:, : self._tail.shape[1]] @ self._tail.T).toarray())
        ranking = self._rank_all(np.concatenate(parts, axis=1), columns, k)
        return next(self._matches([need], readings, columns, ranking))

    def match(
        self, needs: Sequence[Item], k: int = 10, progress: Progress | None = None
    ) -> Iterator[list[Match]]:
        """The best `k` resources for every need of a list; `progress` hears of each need twice."""
        for chunk, readings, columns, ranking in self._ranked(needs, k, progress):
            for matches in self._matches(chunk, readings, columns, ranking):
                yield matches
                if progress is not None:
                    progress(1)

    def match_lines(
        self, needs: Sequence[Item], k: int = 10, progress: Progress | None = None
    ) -> Iterator[str]:
        """As `match`, but each need's answer as a line of JSON: `{"need": …, "matches": […]}`."""
        names = [json.dumps(item.id, ensure_ascii=False) for item in self.items]
        for chunk, readings, columns, ranking in self._ranked(needs, k, progress):
            lines = self._explained(chunk, readings, columns, ranking, as_text)
            for need, found in zip(chunk, lines, strict=True):
                matches = ", ".join(
                    [
                        f'{{"id": {names[row]}, "score": {tenths / 10}, "because": [{", ".join(parts)}]}}'
                        for row, tenths, parts in found
                    ]
                )
                yield f'{{"need": {json.dumps(need.id, ensure_ascii=False)}, "matches": [{matches}]}}'
                if progress is not None:
                    progress(1)

    def _ranked(
        self, needs: Sequence[Item], k: int, progress: Progress | None
    ) -> Iterator[tuple[Sequence[Item], list[Reading], Columns, Ranking]]:
        for start in range(0, len(needs), CHUNK):
            chunk = needs[start : start + CHUNK]
            readings, vectors, columns = self.prepare(chunk, progress)
            yield chunk, readings, columns, self.rank(vectors, columns, k)

    def _matches(
        self, needs: Sequence[Item], readings: Sequence[Reading], columns: Columns, ranking: Ranking
    ) -> Iterator[list[Match]]:
        for found in self._explained(needs, readings, columns, ranking, lambda part: part):
            yield [Match(self.items[row].id, tenths / 10, parts) for row, tenths, parts in found]

    def _explained(
        self,
        needs: Sequence[Item],
        readings: Sequence[Reading],
        columns: Columns,
        ranking: Ranking,
        told: Callable[[Component], Told],
    ) -> Iterator[list[tuple[int, int, tuple[Told, ...]]]]:
        """For each need row, tenths and parts of its resources."""
        mine, place = np.nonzero(ranking.rows >= 0)
        rows = ranking.rows[mine, place]
        a, b = columns.take(mine), self.columns.take(rows)
        value = points(ranking.similarity[mine, place], a, b)
        words = self.words.shared(self.words.known(readings), mine.astype(np.int32), rows)
        codes = [
            (numbered([getattr(need, name) for need in needs])[mine], self._codes(name)[rows])
            for name in ("category", "target")
        ]
        level, poor = place_level(a, b), value.content < CONTENT * 5

        def said(at: int, reason: str) -> str:
            return reason + "（内容不够近，按比例计）" if poor[at] else reason

        def stated(at: int, label: str, name: str, tenths: NDArray[np.int32]) -> str:
            left, right = getattr(needs[mine[at]], name), getattr(self.items[rows[at]], name)
            return stated_reason(label, left, right, int(tenths[at]) / (MAXIMA[name] * 10))

        reasons: dict[str, tuple[Sequence[NDArray[Any]], Callable[[int], str]]] = {
            "content": (
                (numbered(words),),
                lambda at: (
                    f"都说到{words[at]}"
                    if words[at]
                    else "用词相近"
                    if value.content[at]
                    else "没有共同的内容"
                ),
            ),
            "category": (codes[0], lambda at: stated(at, "类别", "category", value.category)),
            "target": (codes[1], lambda at: stated(at, "对象", "target", value.target)),
            "place": ((level, poor), lambda at: said(at, place_reason(int(level[at])))),
            "time": (
                (a.time, b.time, poor),
                lambda at: said(at, time_reason(int(a.time[at]), int(b.time[at]))),
            ),
            "capacity": (
                (np.nan_to_num(a.capacity, nan=-1), np.nan_to_num(b.capacity, nan=-1), poor),
                lambda at: said(at, capacity_reason(float(a.capacity[at]), float(b.capacity[at]))),
            ),
        }
        parts = [
            components(code, getattr(value, code), MAXIMA[code], keys, reason, told)
            for code, (keys, reason) in reasons.items()
        ]
        flat = list(zip(rows.tolist(), value.total.tolist(), zip(*parts, strict=True), strict=True))
        ends = np.cumsum(np.bincount(mine, minlength=len(needs))).tolist()
        for start, end in zip([0, *ends], ends, strict=False):
            yield flat[start:end]

    def _codes(self, name: str) -> NDArray[np.int64]:
        return numbered([getattr(item, name) for item in self.items])

    def prepare(
        self, needs: Sequence[Item], progress: Progress | None = None
    ) -> tuple[list[Reading], sparse.csr_matrix, Columns]:
        """What needs say, as vectors and as columns."""
        self._settle()
        readings = self.read(needs, progress)
        columns = columns_of(needs, readings, self.lexicon, self.names)
        return readings, self.vectoriser.vectors(readings), columns

    def rank(
        self, vectors: sparse.csr_matrix, columns: Columns, k: int, candidates: int | None = None
    ) -> Ranking:
        """Rows and scores of the best `k` resources; with `candidates` a large list's way is taken."""
        self._settle()
        if candidates is None and len(self.items) <= EXACT_PAIRS:
            parts = []
            for start in range(0, len(columns), 1000):
                chunk = slice(start, start + 1000)
                similarity = (vectors[chunk] @ self.transposed).toarray()
                parts.append(self._rank_all(similarity, columns.take(chunk), k))
            return Ranking(
                *(
                    np.concatenate([getattr(part, name) for part in parts])
                    for name in ("rows", "tenths", "similarity")
                )
            )
        return self._rank_candidates(vectors, columns, k, candidates or max(3 * k, 30))

    def _rank_all(self, similarity: NDArray[np.float32], columns: Columns, k: int) -> Ranking:
        total = points(similarity, columns.take((slice(None), None)), self.columns).total
        rows = np.broadcast_to(np.arange(len(self.items), dtype=np.int32), total.shape)
        return _best(total, similarity, rows, min(k, len(self.items)))

    def neighbours(
        self, vectors: sparse.csr_matrix, columns: Columns, m: int
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The `m` most similar resources inside each need's block of category and target group.

        Rows hold -1 where the need states no codes or its block is smaller.
        """
        found = np.full((len(columns), m), -1, dtype=np.int32)
        similarity = np.zeros((len(columns), m), dtype=np.float32)
        keys = _keys(columns)
        order = np.argsort(keys, kind="stable")
        ordered, sorted_keys = vectors[order], keys[order]
        bounds = np.flatnonzero(np.r_[True, np.diff(sorted_keys) != 0, True]).tolist() if len(order) else [0]
        jobs = [
            (low, high, self._block(int(sorted_keys[low])))
            for low, high in pairwise(bounds)
            if sorted_keys[low] > 0
        ]

        for low, high, block in jobs:
            for start in range(low, high, CHUNK):
                end = min(high, start + CHUNK)
                rows = order[start:end]
                found[rows], similarity[rows] = block.nearest(_slice(ordered, start, end), m)
        return found, similarity

    def _block(self, key: int) -> "_Block":
        if not self._blocks:
            keys = _keys(self.columns)
            order = np.argsort(keys, kind="stable")
            for rows in np.split(order, np.flatnonzero(np.diff(keys[order])) + 1):
                self._blocks[int(keys[rows[0]])] = _Block(self.vectors[rows], rows.astype(np.int32))
        if key not in self._blocks:
            self._blocks[key] = _Block(self.vectors[:0], np.zeros(0, np.int32))
        return self._blocks[key]

    def _rank_candidates(self, vectors: sparse.csr_matrix, columns: Columns, k: int, m: int) -> Ranking:
        count = len(columns)
        rows = np.empty((count, k), dtype=np.int32)
        tenths = np.empty((count, k), dtype=np.int32)
        likeness = np.empty((count, k), dtype=np.float32)
        found, similarity = self.neighbours(vectors, columns, m)
        for start in range(0, count, CHUNK):
            part = slice(start, start + CHUNK)
            ranking = self._rank_found(columns.take(part), found[part], similarity[part], k)
            rows[part], tenths[part], likeness[part] = ranking.rows, ranking.tenths, ranking.similarity
        weak = (similarity.max(axis=1, initial=0) < WEAK) | (found[:, :k] < 0).any(axis=1)
        left = np.flatnonzero(weak)
        for start in range(0, len(left), CHUNK):
            some = left[start : start + CHUNK]
            wide, alike = nearest(vectors[some], self.transposed, m)
            # What the block gave is weighed against what the whole list gives.
            wide[(wide[:, :, None] == found[some][:, None, :]).any(axis=2)] = -1
            ranking = self._rank_found(
                columns.take(some),
                np.concatenate([found[some], wide], axis=1),
                np.concatenate([similarity[some], alike], axis=1),
                k,
            )
            rows[some], tenths[some], likeness[some] = ranking.rows, ranking.tenths, ranking.similarity
        return Ranking(rows, tenths, likeness)

    def _rank_found(
        self, columns: Columns, found: NDArray[np.int32], similarity: NDArray[np.float32], k: int
    ) -> Ranking:
        total = points(
            similarity,
            columns.take_stated((slice(None), None)),
            self.columns.take_stated(np.maximum(found, 0)),
        ).total
        return _best(np.where(found >= 0, total, -1), similarity, found, k)


def _stack(above: sparse.csr_matrix, below: sparse.csr_matrix) -> sparse.csr_matrix:
    width = max(above.shape[1], below.shape[1])
    above, below = above.copy(), below.copy()
    above.resize(above.shape[0], width)
    below.resize(below.shape[0], width)
    return sparse.vstack([above, below], format="csr")


def _keys(columns: Columns) -> NDArray[np.int64]:
    """One number for category and target group, 0 where one of them is not stated."""
    stated = (columns.category > 0) & (columns.target_root > 0)
    return np.where(
        stated, (columns.category.astype(np.int64) << 32) | columns.target_root.astype(np.int64), 0
    )


def _slice(matrix: sparse.csr_matrix, start: int, end: int) -> sparse.csr_matrix:
    """Consecutive rows without copying them."""
    low, high = matrix.indptr[start], matrix.indptr[end]
    return sparse.csr_matrix(
        (matrix.data[low:high], matrix.indices[low:high], matrix.indptr[start : end + 1] - low),
        shape=(end - start, matrix.shape[1]),
        copy=False,
    )


class _Block:
    """Resources of one category and target group.

    What most of a block share, such as the target group itself, tells them apart no more and would make
    every pair a candidate; it is left out of the search and added to the similarity of those found.
    """

    def __init__(self, vectors: sparse.csr_matrix, rows: NDArray[np.int32]) -> None:
        self.rows = rows
        shared = np.bincount(vectors.indices, minlength=vectors.shape[1]) > vectors.shape[0] * SHARED
        self._shared = np.flatnonzero(shared)
        self._common = np.ascontiguousarray(vectors[:, self._shared].toarray().T)
        self._telling = _without(vectors, shared).T.tocsr()

    def nearest(self, needs: sparse.csr_matrix, m: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Candidates of the block for each need, with their full similarity, nearly best first."""
        if not len(self.rows):
            return np.full((needs.shape[0], m), -1, np.int32), np.zeros((needs.shape[0], m), np.float32)
        found, similarity = _padded(
            # One thread: a block is done before a second would have woken.
            sp_matmul_topn(needs, self._telling, top_n=m, sort=True, n_threads=1),
            m,
        )
        real = found >= 0
        if len(self._shared):
            mine = needs[:, self._shared].toarray()
            for column in np.flatnonzero(mine.any(axis=0)).tolist():
                similarity += mine[:, column, None] * self._common[column][found] * real
        return np.where(real, self.rows[found], -1), similarity


def _without(matrix: sparse.csr_matrix, columns: NDArray[np.bool_]) -> sparse.csr_matrix:
    """The matrix with these columns emptied."""
    keep = ~columns[matrix.indices]
    counts = np.concatenate([[0], np.cumsum(keep)])[matrix.indptr]
    return sparse.csr_matrix(
        (matrix.data[keep], matrix.indices[keep], counts.astype(matrix.indptr.dtype)), shape=matrix.shape
    )


def _padded(product: sparse.csr_matrix, m: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The entries of each row side by side, -1 and 0 where a row has fewer than `m`."""
    lengths = np.diff(product.indptr)
    found = np.full((product.shape[0], m), -1, dtype=np.int32)
    values = np.zeros((product.shape[0], m), dtype=np.float32)
    mask = np.arange(m) < lengths[:, None]
    found[mask] = product.indices
    values[mask] = product.data
    return found, values


def _best(
    tenths: NDArray[np.int32], similarity: NDArray[np.float32], rows: NDArray[np.int32], k: int
) -> Ranking:
    """The best `k` of each line: by score, then similarity, then the order of the list."""
    # One number carries all three, so that a partial sort is enough.
    size = max(1, int(rows.max(initial=0)) + 1)
    key = (
        (tenths.astype(np.int64) << 42)
        + (np.rint(np.clip(similarity, 0, 1) * 1023).astype(np.int64) << 32)
        + (size - rows.astype(np.int64))
    )
    if key.shape[1] > k:
        part = np.argpartition(-key, k - 1, axis=1)[:, :k]
        key = np.take_along_axis(key, part, axis=1)
    else:
        part = np.broadcast_to(np.arange(key.shape[1]), key.shape)
    order = np.argsort(-key, axis=1, kind="stable")
    part = np.take_along_axis(part, order, axis=1)
    best_rows = np.take_along_axis(rows, part, axis=1).astype(np.int32)
    best_tenths = np.take_along_axis(tenths, part, axis=1).astype(np.int32)
    likeness = np.take_along_axis(similarity, part, axis=1)
    best_rows = np.where(best_tenths < 0, -1, best_rows)
    if best_rows.shape[1] < k and best_rows.shape[1] > 0:
        gap = ((0, 0), (0, k - best_rows.shape[1]))
        best_rows = np.pad(best_rows, gap, constant_values=-1)
        best_tenths = np.pad(best_tenths, gap, constant_values=-1)
        likeness = np.pad(likeness, gap)
    return Ranking(best_rows, best_tenths, likeness)
