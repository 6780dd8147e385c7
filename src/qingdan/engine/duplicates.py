"""Needs that say the same thing: scored pairs, and the groups they form.

Two needs are a pair when their texts are close and what they state does not speak against it. Groups are
the connected components of the pairs; people decide, this only suggests.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from sparse_dot_topn import sp_matmul_topn

from qingdan.engine import hours, scoring
from qingdan.engine.features import SAME_MEANING
from qingdan.engine.items import Item
from qingdan.engine.lexicon import Lexicon
from qingdan.engine.scoring import Columns, Component
from qingdan.engine.similarity import Index, Progress, shared_words, threads

# Points for the place may be negative: the same trouble in another street is another need.
UNSTATED = 0.6
_PLACE_SHARES = np.array([UNSTATED, 0.0, 0.5, 0.7, 1.0, 0.8], dtype=np.float32)
OTHER_STREET = -3.0
MAXIMA = {"content": 60, "category": 10, "target": 15, "place": 10, "time": 5}
FULL_SIMILARITY = 0.8
"""Similarity of the texts at which the content earns all its points."""
SUGGEST = 60.0
"""Score from which a pair is suggested."""
SURE, MARGIN = 76.0, 6.0
"""A need whose best partner has `SURE` points or fewer is no pair with one more than `MARGIN` below that best."""
OTHER_STREET_MOST = sum(MAXIMA.values()) - MAXIMA["place"] * (1 - OTHER_STREET)
"""What two needs of different streets can reach at most: above it, streets need not be compared."""
MOST_PARTNERS = 20
"""Partners kept for one need: a text that hundreds of others resemble is linked through the nearest."""
CHUNK = 10_000
LONG = 10_000
"""Rows from which on partners are looked for by what is rare in a text, see `_rare_part`."""
COMMON_PART, LEAST_RARE = 0.4, 0.1
"""How long the part of a text's vector may be that is left out of that search, and how much of the similarity
the rest must yield. Chosen on a synthetic list of 50,000: 99.3 % of all pairs above the threshold pass."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two needs that probably say the same; `a` stands before `b` in the list."""

    a: str
    b: str
    score: float
    because: tuple[Component, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "a": self.a,
            "b": self.b,
            "score": self.score,
            "because": [part.as_json() for part in self.because],
        }


@dataclass(frozen=True, slots=True)
class Group:
    """Needs connected by pairs, in the order of the list."""

    ids: tuple[str, ...]
    pairs: tuple[Pair, ...]

    def as_json(self) -> dict[str, Any]:
        return {"ids": list(self.ids), "pairs": [pair.as_json() for pair in self.pairs]}


@dataclass(slots=True)
class Pairs:
    """Rows of pairs (`left` < `right`), the similarity of their texts and their score in tenths."""

    left: NDArray[np.int32]
    right: NDArray[np.int32]
    similarity: NDArray[np.float32]
    tenths: NDArray[np.int32]


def least_similarity(columns: Columns, suggest: float = SUGGEST) -> float:
    """The similarity below which no pair of the list can reach `suggest` points, whatever else agrees."""
    share = {
        "category": 1.0 if columns.category.any() else scoring.SUGGESTED_SAME,
        "target": 1.0 if columns.target.any() else scoring.SUGGESTED_SAME,
        "place": 1.0
        if any(
            level.any()
            for level in (columns.district, columns.street, columns.community, columns.whole_district)
        )
        else UNSTATED,
        "time": 1.0 if columns.time.any() else UNSTATED,
    }
    others = sum(share[code] * MAXIMA[code] for code in share)
    return max(0.05, (suggest - others) / MAXIMA["content"] * FULL_SIMILARITY - 0.001)


def close_pairs(
    vectors: sparse.csr_matrix,
    threshold: float,
    blocks: NDArray[np.int32] | None = None,
    progress: Progress | None = None,
) -> Pairs:
    """Pairs of rows at least `threshold` similar; rows have length 1.

    Rows of different `blocks` are not compared; a row of block 0 is compared with every row. Each row keeps
    its nearest `MOST_PARTNERS`; in lists of `LONG` or more, the nearest by what is rare in them.
    """
    count = vectors.shape[0]
    if blocks is None:
        blocks = np.zeros(count, dtype=np.int32)
    everywhere = np.flatnonzero(blocks == 0)
    jobs = [(everywhere, np.arange(count))] if len(everywhere) else []
    order = np.argsort(blocks, kind="stable")
    jobs += [
        (rows, rows)
        for rows in np.split(order, np.flatnonzero(np.diff(blocks[order])) + 1)
        if len(rows) > 1 and blocks[rows[0]] != 0
    ]
    keys, values = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)]
    for wanted, offered in jobs:
        long = len(offered) >= LONG
        left = _rare_part(vectors) if long else vectors
        right = left[offered].T.tocsr()
        for start in range(0, len(wanted), CHUNK):
            rows = wanted[start : start + CHUNK]
            product = sp_matmul_topn(
                left[rows],
                right,
                top_n=MOST_PARTNERS + 1,
                threshold=min(threshold, LEAST_RARE) if long else threshold,
                n_threads=threads() if len(offered) >= CHUNK else 1,
            ).tocoo()
            a, b = rows[product.row], offered[product.col]
            other = a != b
            keys.append((np.minimum(a, b) * count + np.maximum(a, b))[other])
            values.append(np.full(len(keys[-1]), np.nan, np.float32) if long else product.data[other])
            if progress is not None:
                progress(len(rows))
    key, first = np.unique(np.concatenate(keys), return_index=True)
    a, b = (key // count).astype(np.int32), (key % count).astype(np.int32)
    similarity = np.concatenate(values)[first]
    unknown = np.flatnonzero(np.isnan(similarity))
    for start in range(0, len(unknown), 10 * CHUNK):
        some = unknown[start : start + 10 * CHUNK]
        similarity[some] = np.asarray(vectors[a[some]].multiply(vectors[b[some]]).sum(axis=1)).ravel()
    near = similarity >= threshold
    return Pairs(a[near], b[near], similarity[near], np.zeros(int(near.sum()), dtype=np.int32))


def _rare_part(vectors: sparse.csr_matrix) -> sparse.csr_matrix:
    """Rows without their commonest features, as many as make up no more than `COMMON_PART` of the length.

    Pairs that are close share something rare as well; what thousands of texts share is most of the work of
    comparing them. (Chaudhuri, Ganti, Kaushik 2006: the prefix filter.)
    """
    rows = np.repeat(np.arange(vectors.shape[0]), np.diff(vectors.indptr))
    frequency = np.bincount(vectors.indices, minlength=vectors.shape[1])[vectors.indices]
    order = np.lexsort((-frequency, rows))
    squares = np.cumsum(vectors.data[order].astype(np.float64) ** 2)
    before = np.concatenate([[0.0], squares])[vectors.indptr[:-1]]
    left_out = np.empty(vectors.nnz, dtype=bool)
    left_out[order] = squares - before[rows] <= COMMON_PART**2
    rare = vectors.copy()
    rare.data = np.where(left_out, np.float32(0), vectors.data)
    rare.eliminate_zeros()
    return rare


def _shares(similarity: NDArray[np.float32], a: Columns, b: Columns) -> dict[str, NDArray[Any]]:
    level = np.maximum(scoring.place_level(a, b), scoring.place_level(b, a))
    common = np.bitwise_count(a.time & b.time).astype(np.float32)
    most = np.maximum(np.bitwise_count(a.time), np.bitwise_count(b.time)).astype(np.float32)
    unstated = (a.time == 0) | (b.time == 0)
    return {
        "content": np.clip(similarity / FULL_SIMILARITY, 0, 1),
        "category": scoring.category_share(a, b),
        "target": scoring.target_share(a, b),
        "place": np.where(other_street(a, b), np.float32(OTHER_STREET), _PLACE_SHARES[level]),
        "time": np.where(unstated, UNSTATED, common / np.maximum(most, 1)),
    }


def other_street(a: Columns, b: Columns) -> NDArray[np.bool_]:
    """Both state a street or a district, and not the same."""
    streets = (a.street > 0) & (b.street > 0) & (a.street != b.street)
    districts = (a.district > 0) & (b.district > 0) & (a.district != b.district)
    return streets | districts


def pair_points(similarity: NDArray[np.float32], a: Columns, b: Columns) -> dict[str, NDArray[np.int32]]:
    """Points in tenths of each component; the order of a pair does not matter."""
    shares = _shares(similarity, a, b)
    return {code: np.rint(shares[code] * maximum * 10).astype(np.int32) for code, maximum in MAXIMA.items()}


def score_pairs(pairs: Pairs, columns: Columns, suggest: float = SUGGEST) -> Pairs:
    """Pairs with their score, those below `suggest` left out."""
    value = pair_points(pairs.similarity, columns.take(pairs.left), columns.take(pairs.right))
    tenths = np.stack(list(value.values())).sum(axis=0, dtype=np.int32)
    keep = tenths >= round(suggest * 10)
    return Pairs(pairs.left[keep], pairs.right[keep], pairs.similarity[keep], tenths[keep])


def mutual(pairs: Pairs, count: int) -> Pairs:
    """Pairs of which neither need has a clearly better partner; from `SURE - MARGIN` points on, all of them.

    Many needs resemble each other in whom they are for and how they are put; what really says the same stands
    out from these for both sides. Chosen on the development sets.
    """
    best = np.zeros(count, dtype=np.int32)
    np.maximum.at(best, pairs.left, pairs.tenths)
    np.maximum.at(best, pairs.right, pairs.tenths)
    least = np.minimum(best, round(SURE * 10)) - round(MARGIN * 10)
    keep = pairs.tenths >= np.maximum(least[pairs.left], least[pairs.right])
    return Pairs(pairs.left[keep], pairs.right[keep], pairs.similarity[keep], pairs.tenths[keep])


def components(pairs: Pairs, count: int) -> list[NDArray[np.int64]]:
    """Rows of each group of two or more, groups in the order of their first row."""
    graph = sparse.coo_matrix((np.ones(len(pairs.left)), (pairs.left, pairs.right)), shape=(count, count))
    _, labels = connected_components(graph, directed=False)
    order = np.argsort(labels, kind="stable")
    bounds = np.flatnonzero(np.diff(labels[order])) + 1
    groups = [group for group in np.split(order, bounds) if len(group) > 1]
    return sorted(groups, key=lambda group: int(group[0]))


def find_duplicates(
    needs: Sequence[Item],
    lexicon: Lexicon | None = None,
    suggest: float = SUGGEST,
    progress: Progress | None = None,
) -> Iterator[Group]:
    """Groups of needs that probably say the same, each pair with its reasons."""
    index = Index.build(needs, lexicon, SAME_MEANING, progress)
    columns, vectors = index.columns, index.vectors
    blocks = columns.street if suggest > OTHER_STREET_MOST else None
    close = close_pairs(vectors, least_similarity(columns, suggest), blocks, progress)
    pairs = mutual(score_pairs(close, columns, suggest), len(needs))
    label = np.full(len(needs), -1, dtype=np.int64)
    groups = components(pairs, len(needs))
    for number, group in enumerate(groups):
        label[group] = number
    by_group: list[list[int]] = [[] for _ in groups]
    for position, row in enumerate(pairs.left.tolist()):
        by_group[label[row]].append(position)
    for group, positions in zip(groups, by_group, strict=True):
        yield Group(
            tuple(needs[row].id for row in group.tolist()),
            tuple(_explained(index, pairs, position) for position in positions),
        )


def like_one(
    item: Item, others: Sequence[Item], suggest: float = SUGGEST, lexicon: Lexicon | None = None
) -> list[Pair]:
    """The pairs of one need with the needs of a short list, the best first; `item` is always `a`."""
    index = Index.build([item, *others], lexicon, SAME_MEANING)
    count = len(others)
    similarity = (index.vectors[1:] @ index.vectors[0].T).toarray()[:, 0].astype(np.float32)
    pairs = Pairs(
        np.zeros(count, np.int32),
        np.arange(1, count + 1, dtype=np.int32),
        similarity,
        np.zeros(count, np.int32),
    )
    found = score_pairs(pairs, index.columns, suggest)
    explained = [_explained(index, found, position) for position in range(len(found.left))]
    return sorted(explained, key=lambda pair: -pair.score)


def _explained(index: Index, pairs: Pairs, position: int) -> Pair:
    left, right = int(pairs.left[position]), int(pairs.right[position])
    a, b = index.columns.take(slice(left, left + 1)), index.columns.take(slice(right, right + 1))
    need, other = index.items[left], index.items[right]
    value = pair_points(pairs.similarity[position : position + 1], a, b)
    words = "".join(f"“{word}”" for word in shared_words(index.strong(left), index.strong(right)))
    times = int(a.time.item()), int(b.time.item())
    text = {
        "content": f"都说到{words}" if words else "用词相近",
        "category": scoring.stated_reason(
            "类别", need.category, other.category, value["category"].item() / (MAXIMA["category"] * 10)
        ),
        "target": scoring.stated_reason(
            "对象", need.target, other.target, value["target"].item() / (MAXIMA["target"] * 10)
        ),
        "place": "不在同一街道，多半是另一件事"
        if other_street(a, b).item()
        else scoring.place_reason(
            int(max(scoring.place_level(a, b).item(), scoring.place_level(b, a).item()))
        ),
        "time": "没写明时段"
        if 0 in times
        else "时段相同"
        if times[0] == times[1]
        else f"时段不同：{hours.describe(times[0])}；{hours.describe(times[1])}",
    }
    return Pair(
        need.id,
        other.id,
        int(sum(part.item() for part in value.values())) / 10,
        tuple(Component(code, value[code].item() / 10, MAXIMA[code], text[code]) for code in MAXIMA),
    )
