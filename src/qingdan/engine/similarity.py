"""Which resources answer a need: an index of resources that is built once, kept, and asked many times.

Two ways lead to the best ones. With a small list every pair is scored. With a large one, candidates come
from sparse products: inside the block of resources with the need's category and target group, and over the
whole list by text alone where codes are missing, where the block is small, or where nothing in the block
resembles the text, which is how a wrong code shows. Candidates are then scored in full.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sparse_dot_topn import sp_matmul_topn

from qingdan.engine.features import MATTER, TARGET, WORD, Reading, Vectoriser, Weights, meaning
from qingdan.engine.items import Item
from qingdan.engine.lexicon import Lexicon, shipped
from qingdan.engine.scoring import Columns, Component, Names, columns_of, points, reasons

EXACT_PAIRS = 2_000
"""Lists of up to so many resources are scored pair by pair."""
WEAK = 0.3
"""Text similarity below which the best of a block is no answer, so that the code may be wrong."""
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


def threads() -> int:
    """Threads for sparse products: the processor's, or what QINGDAN_THREADS says."""
    return int(os.environ.get("QINGDAN_THREADS", 0)) or os.cpu_count() or 1


def nearest(
    needs: sparse.csr_matrix, resources: sparse.csr_matrix, k: int, transposed: sparse.csr_matrix | None = None
) -> sparse.csr_matrix:
    """For each row of `needs` its `k` most similar rows of `resources`, best first; zeros are left out."""
    right = resources.T.tocsr() if transposed is None else transposed
    return sp_matmul_topn(needs, right, top_n=k, sort=True, n_threads=threads())


class Index:
    """Resources ready to be matched. It can be pickled, and resources can be added."""

    def __init__(self, lexicon: Lexicon, weights: Weights | None = None) -> None:
        self.lexicon = lexicon
        self.vectoriser = Vectoriser(lexicon, weights)
        self.names = Names()
        self.items: list[Item] = []
        self.columns: Columns
        self.vectors: sparse.csr_matrix
        self._transposed: sparse.csr_matrix
        self._tail: sparse.csr_matrix | None = None
        self._strong: dict[int, dict[str, float]] = {}

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
        index._transposed = index.vectors.T.tocsr()
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
        columns = columns_of(resources, readings, self.lexicon, self.names)
        self.items.extend(resources)
        self.columns = self.columns.joined(columns)
        tail = added if self._tail is None else _stack(self._tail, added)
        if tail.shape[0] > _TAIL:
            self.vectors = _stack(self.vectors, tail)
            self._transposed = self.vectors.T.tocsr()
            self._tail = None
        else:
            self._tail = tail

    def _settle(self) -> None:
        """Join what was added since, so that lists can be searched in one piece."""
        if self._tail is not None:
            self.vectors = _stack(self.vectors, self._tail)
            self._transposed = self.vectors.T.tocsr()
            self._tail = None
        width = len(self.vectoriser.vocabulary)
        if self.vectors.shape[1] < width:
            self.vectors.resize(len(self.items), width)
            self._transposed = self.vectors.T.tocsr()

    def query(self, need: Item, k: int = 10) -> list[Match]:
        """The best `k` resources for one need, every resource scored."""
        readings = self.read([need])
        vector = self.vectoriser.vectors(readings)
        columns = columns_of([need], readings, self.lexicon, self.names)
        main = vector[:, : self._transposed.shape[0]] @ self._transposed
        parts = [main.toarray()]
        if self._tail is not None:
            parts.append((vector[:, : self._tail.shape[1]] @ self._tail.T).toarray())
        similarity = np.concatenate(parts, axis=1)
        ranking = self._rank_all(similarity, columns, k)
        rows = ranking.rows[0][ranking.rows[0] >= 0]
        return self.explain(need, readings[0], columns, similarity[0, rows], rows)

    def match(self, needs: Sequence[Item], k: int = 10, progress: Progress | None = None) -> Iterator[list[Match]]:
        """The best `k` resources for every need of a list; `progress` hears of each need twice."""
        self._settle()
        readings = self.read(needs, progress)
        vectors = self.vectoriser.vectors(readings)
        columns = columns_of(needs, readings, self.lexicon, self.names)
        ranking = self.rank(vectors, columns, k)
        for row, need in enumerate(needs):
            rows = ranking.rows[row][ranking.rows[row] >= 0]
            similarity = (self.vectors[rows] @ vectors[row].T).toarray()[:, 0]
            yield self.explain(need, readings[row], columns.take(slice(row, row + 1)), similarity, rows)
            if progress is not None:
                progress(1)

    def rank(self, vectors: sparse.csr_matrix, columns: Columns, k: int, candidates: int | None = None) -> Ranking:
        """Rows and scores of the best `k` resources; with `candidates` a large list's way is taken."""
        self._settle()
        if candidates is None and len(self.items) <= EXACT_PAIRS:
            parts = []
            for start in range(0, len(columns), 1000):
                chunk = slice(start, start + 1000)
                similarity = (vectors[chunk] @ self._transposed).toarray()
                parts.append(self._rank_all(similarity, columns.take(chunk), k))
            return Ranking(
                np.concatenate([part.rows for part in parts]), np.concatenate([part.tenths for part in parts])
            )
        return self._rank_candidates(vectors, columns, k, candidates or max(4 * k, 40))

    def _rank_all(self, similarity: NDArray[np.float32], columns: Columns, k: int) -> Ranking:
        total = points(similarity, columns.take((slice(None), None)), self.columns).total
        rows = np.broadcast_to(np.arange(len(self.items), dtype=np.int32), total.shape)
        return _best(total, similarity, rows, min(k, len(self.items)))

    def _rank_candidates(self, vectors: sparse.csr_matrix, columns: Columns, k: int, m: int) -> Ranking:
        count = len(columns)
        rows = np.full((count, k), -1, dtype=np.int32)
        tenths = np.zeros((count, k), dtype=np.int32)
        weak = np.ones(count, dtype=bool)
        stated = (columns.category > 0) & (columns.target_root > 0)
        mine = self.columns
        for wanted, offered in _blocks(columns, stated, mine):
            if len(offered) < k:
                continue
            right = self.vectors[offered].T.tocsr()
            for start in range(0, len(wanted), CHUNK):
                part = wanted[start : start + CHUNK]
                found, similarity = _padded(nearest(vectors[part], right, m, right), m)
                where = np.where(found >= 0, offered[np.maximum(found, 0)], -1)
                ranking = self._rank_found(columns.take(part), where, similarity, k)
                rows[part], tenths[part] = ranking.rows, ranking.tenths
                weak[part] = similarity[:, 0] < WEAK
        left = np.flatnonzero(weak)
        for start in range(0, len(left), CHUNK):
            part = left[start : start + CHUNK]
            found, similarity = _padded(nearest(vectors[part], self.vectors, m, self._transposed), m)
            # What the block already gave is weighed against what the whole list gives.
            known = rows[part]
            again = (found[:, :, None] == known[:, None, :]).any(axis=2)
            found[again] = -1
            fresh = self._rank_found(columns.take(part), found, similarity, k)
            both_rows = np.concatenate([known, fresh.rows], axis=1)
            both_tenths = np.concatenate([np.where(known >= 0, tenths[part], -1), fresh.tenths], axis=1)
            ranking = _best(both_tenths, np.zeros(both_tenths.shape, np.float32), both_rows, k)
            rows[part], tenths[part] = ranking.rows, ranking.tenths
        return Ranking(rows, tenths)

    def _rank_found(
        self, columns: Columns, found: NDArray[np.int32], similarity: NDArray[np.float32], k: int
    ) -> Ranking:
        total = points(similarity, columns.take((slice(None), None)), self.columns.take(np.maximum(found, 0))).total
        return _best(np.where(found >= 0, total, -1), similarity, found, k)

    def explain(
        self,
        need: Item,
        reading: Reading,
        columns: Columns,
        similarity: NDArray[np.float32],
        rows: NDArray[np.int32],
    ) -> list[Match]:
        """Scores in words for the resources at `rows`."""
        matches = []
        wanted = strong(reading)
        for row, alike in zip(rows.tolist(), similarity.tolist(), strict=True):
            resource = self.items[row]
            theirs = self.columns.take(slice(row, row + 1))
            value = points(np.array([alike], dtype=np.float32), columns, theirs)
            matches.append(
                Match(
                    resource.id,
                    int(value.total.item()) / 10,
                    reasons(need, resource, columns, theirs, value, shared_words(wanted, self.strong(row))),
                )
            )
        return matches

    def strong(self, row: int) -> dict[str, float]:
        """The features of a resource that can be named to people."""
        if row not in self._strong:
            self._strong[row] = strong(self.vectoriser.read(self.items[row]))
        return self._strong[row]


def strong(reading: Reading) -> dict[str, float]:
    """The features of a text that can be named to people."""
    return {name: weight for name, weight in reading.features.items() if name[0] in (MATTER, TARGET, WORD)}


def shared_words(left: dict[str, float], right: dict[str, float], most: int = 3) -> list[str]:
    """The weightiest meanings and words that two texts share, each said once."""
    common = sorted((-(left[name] * right[name]), name) for name in left.keys() & right.keys())
    words: list[str] = []
    for weight, name in common:
        word = meaning(name)
        # A faint cue that both texts happen to hold is no reason to show anyone.
        if weight <= common[0][0] * 0.3 and word and not any(word in other or other in word for other in words):
            words.append(word)
    return words[:most]


def _stack(above: sparse.csr_matrix, below: sparse.csr_matrix) -> sparse.csr_matrix:
    width = max(above.shape[1], below.shape[1])
    above, below = above.copy(), below.copy()
    above.resize(above.shape[0], width)
    below.resize(below.shape[0], width)
    return sparse.vstack([above, below], format="csr")


def _blocks(
    needs: Columns, stated: NDArray[np.bool_], resources: Columns
) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Rows of needs and of resources that share category and target group."""

    def keys(columns: Columns) -> NDArray[np.int64]:
        return (columns.category.astype(np.int64) << 32) | columns.target_root.astype(np.int64)

    theirs = keys(resources)
    order = np.argsort(theirs, kind="stable")
    ordered = theirs[order]
    needs_rows = np.flatnonzero(stated)
    mine = keys(needs)[needs_rows]
    blocks = []
    for key in np.unique(mine).tolist():
        low, high = np.searchsorted(ordered, [key, key + 1])
        blocks.append((needs_rows[mine == key], np.sort(order[low:high])))
    return blocks


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
    best_rows = np.where(best_tenths < 0, -1, best_rows)
    if best_rows.shape[1] < k and best_rows.shape[1] > 0:
        gap = ((0, 0), (0, k - best_rows.shape[1]))
        best_rows = np.pad(best_rows, gap, constant_values=-1)
        best_tenths = np.pad(best_tenths, gap, constant_values=-1)
    return Ranking(best_rows, best_tenths)
