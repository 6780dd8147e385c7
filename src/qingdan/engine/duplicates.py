"""Needs that say the same thing: scored pairs, and the groups they form.

Two needs are a pair when they are about the same matter or thing, want the same done with it, and what they state
does not speak against it. Groups are grown from the best pairs on; two groups become one only where at least half
of their members' possible pairs are pairs, so that needs cannot be chained through each other. People decide, this
only suggests.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sparse_dot_topn import sp_matmul_topn

from qingdan.engine import hours, scoring
from qingdan.engine.explaining import Told, components, numbered
from qingdan.engine.features import BIGRAM, CHARACTER, MATTER, SAME_MEANING, THING, WORD
from qingdan.engine.items import Item
from qingdan.engine.lexicon import Lexicon
from qingdan.engine.scoring import Columns, Component
from qingdan.engine.similarity import Index, Progress, threads

UNSTATED = 0.6
_SHARE = (0.0, scoring.SUGGESTED_OTHER, scoring.SUGGESTED_UNKNOWN, scoring.SUGGESTED_SAME, 1.0)
EASED = (0.0, 0.3, 0.6, 0.85, 1.0)
"""Shares of category and target group: stated otherwise, seems other, unknown, seems the same, stated the same."""
_PLACE_SHARES = np.array([UNSTATED, 0.0, 0.5, 0.7, 1.0, 0.8], dtype=np.float32)
OTHER_STREET, OTHER_HOUSE, OTHER_PEOPLE = -4.5, -4.0, 0.6
"""Shares may be negative: the same trouble in another street or house is another need."""
OTHER_STREET_LEVEL, OTHER_HOUSE_LEVEL = 6, 7
MAXIMA = {"content": 45, "wish": 22, "category": 8, "target": 13, "place": 8, "time": 4}
FULL_SUBJECT = 0.85
"""Likeness of matters or things at which the subject earns all its points."""
FULL_WORDING = 0.7
WORDING = 0.08
"""Share of the content's points that the wording earns."""
MEAN = 0.4
"""How far the less alike of matters and things pulls the subject down."""
UNKNOWN_WISH, NEAR_WISH, OTHER_WISH, OPPOSED = 0.4, 0.6, -0.3, -1.0
SUGGEST = 60.0
"""Score from which a pair is suggested."""
SURE, MARGIN = 80.0, 6.0
"""A need whose best partner has `SURE` points or fewer is no pair with one more than `MARGIN` below that best."""
CROWD, CROWD_LEAST = 4, 64.0
"""Two needs with at least so many suggested partners each are among many that say the same: what counts then is
not the best partner, but so many points."""
OTHER_STREET_MOST = sum(MAXIMA.values()) - MAXIMA["place"] * (1 - OTHER_STREET)
"""What two needs of different streets can reach at most: above it, streets need not be compared."""
MOST_PARTNERS = 20
"""Partners kept for one need: a text that hundreds of others resemble is linked through the nearest."""
LEAST_SIMILARITY = 0.15
"""Similarity of whole texts from which two needs are compared in full."""
HALF = 0.5
"""Share of the possible pairs between two groups from which on they are one."""
CHUNK = 10_000
LONG = 10_000
"""Rows from which on partners are looked for by what is rare in a text, see `_rare_part`."""
COMMON_PART, LEAST_RARE = 0.4, 0.1
"""How long the part of a text's vector may be that is left out of that search, and how much of the similarity
the rest must yield."""


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
    """Needs that say the same, in the order of the list, with the pairs among them."""

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


@dataclass(slots=True)
class Facets:
    """What the texts of a list say, one side at a time: rows of length 1, empty where nothing is known."""

    matter: sparse.csr_matrix
    thing: sparse.csr_matrix
    wording: sparse.csr_matrix

    @classmethod
    def of(cls, index: Index) -> "Facets":
        kinds = np.array([name[0] for name in index.vectoriser.vocabulary], dtype="U1")
        sides = []
        for wanted in (MATTER, THING, WORD + CHARACTER + BIGRAM):
            columns = np.flatnonzero(np.isin(kinds, list(wanted)))
            side = index.vectors[:, columns]
            length = np.sqrt(np.asarray(side.multiply(side).sum(axis=1)).ravel())
            rows = np.repeat(np.arange(side.shape[0]), np.diff(side.indptr))
            side.data = (side.data / length[rows]).astype(np.float32)
            sides.append(side)
        return cls(*sides)

    def content(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.float32]:
        """Share of the content's points of pairs of rows."""
        content = np.empty(len(left), dtype=np.float32)
        for start in range(0, len(left), 10 * CHUNK):
            part = slice(start, start + 10 * CHUNK)
            a, b = left[part], right[part]
            wording = _products(self.wording, a, b)
            matter, thing = _products(self.matter, a, b), _products(self.thing, a, b)
            things = _known(self.thing, a) & _known(self.thing, b)
            matters = _known(self.matter, a) & _known(self.matter, b)
            known, both = things | matters, things & matters
            subject = np.maximum(matter, thing)
            subject = subject + MEAN * ((matter + thing) / 2 - subject) * both
            subject = np.where(known, np.clip(subject / FULL_SUBJECT, 0, 1), wording)
            content[part] = (1 - WORDING) * subject + WORDING * np.minimum(1, wording / FULL_WORDING)
        return content


def _products(side: sparse.csr_matrix, a: NDArray[np.int32], b: NDArray[np.int32]) -> NDArray[np.float32]:
    return np.asarray(side[a].multiply(side[b]).sum(axis=1), dtype=np.float32).ravel()


def _known(side: sparse.csr_matrix, rows: NDArray[np.int32]) -> NDArray[np.bool_]:
    return (side.indptr[rows + 1] > side.indptr[rows]).astype(np.bool_)


def wish_share(a: Columns, b: Columns) -> NDArray[np.float32]:
    """Share of the wish's points: how far both want the same done; `UNKNOWN_WISH` where one does not say."""
    common = np.bitwise_count(a.actions & b.actions).astype(np.float32)
    wanted = np.bitwise_count(a.actions).astype(np.float32) * np.bitwise_count(b.actions)
    share = common / np.sqrt(np.maximum(wanted, 1))
    share = np.where(common > 0, UNKNOWN_WISH + (1 - UNKNOWN_WISH) * share, np.float32(OTHER_WISH))
    near = ((a.actions & b.near_actions) | (a.near_actions & b.actions)) > 0
    share = np.where((common == 0) & near, np.float32(NEAR_WISH), share)
    share = np.where(wanted == 0, np.float32(UNKNOWN_WISH), share)
    return np.where(a.against != b.against, np.float32(OPPOSED), share).astype(np.float32)


def _shares(content: NDArray[np.float32], a: Columns, b: Columns) -> dict[str, NDArray[Any]]:
    level = np.maximum(scoring.place_level(a, b), scoring.place_level(b, a))
    common = np.bitwise_count(a.time & b.time).astype(np.float32)
    most = np.maximum(np.bitwise_count(a.time), np.bitwise_count(b.time)).astype(np.float32)
    unstated = (a.time == 0) | (b.time == 0)
    place = np.where(other_house(a, b), np.float32(OTHER_HOUSE), _PLACE_SHARES[level])
    return {
        "content": content,
        "wish": wish_share(a, b),
        "category": _eased(scoring.category_share(a, b)),
        "target": np.where(_other_people(a, b), np.float32(OTHER_PEOPLE), _eased(scoring.target_share(a, b))),
        "place": np.where(other_street(a, b), np.float32(OTHER_STREET), place),
        "time": np.where(unstated, UNSTATED, common / np.maximum(most, 1)),
    }


def _eased(share: NDArray[np.float32]) -> NDArray[np.float32]:
    """A share of `scoring` as it counts here: many needs have the same codes, so these prove little."""
    return np.interp(share, _SHARE, EASED).astype(np.float32)


def _other_people(a: Columns, b: Columns) -> NDArray[np.bool_]:
    """Both state a target group, and not the same or a related one."""
    return (a.target_root > 0) & (b.target_root > 0) & (scoring.target_share(a, b) == 0)


def other_house(a: Columns, b: Columns) -> NDArray[np.bool_]:
    """Both texts name a house, and not the same."""
    return (a.house > 0) & (b.house > 0) & (a.house != b.house)


def other_street(a: Columns, b: Columns) -> NDArray[np.bool_]:
    """Both state a street or a district, and not the same."""
    streets = (a.street > 0) & (b.street > 0) & (a.street != b.street)
    districts = (a.district > 0) & (b.district > 0) & (a.district != b.district)
    return streets | districts


def pair_points(content: NDArray[np.float32], a: Columns, b: Columns) -> dict[str, NDArray[np.int32]]:
    """Points in tenths of each component; the order of a pair does not matter."""
    shares = _shares(content, a, b)
    return {code: np.rint(shares[code] * maximum * 10).astype(np.int32) for code, maximum in MAXIMA.items()}


def score_pairs(pairs: Pairs, columns: Columns, facets: Facets, suggest: float = SUGGEST) -> Pairs:
    """Pairs with their score, those below `suggest` left out; `similarity` becomes the share of the content."""
    content = facets.content(pairs.left, pairs.right)
    value = pair_points(content, columns.take(pairs.left), columns.take(pairs.right))
    tenths = np.stack(list(value.values())).sum(axis=0, dtype=np.int32)
    keep = tenths >= round(suggest * 10)
    return Pairs(pairs.left[keep], pairs.right[keep], content[keep], tenths[keep])


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
    partners = np.bincount(np.concatenate([pairs.left, pairs.right]), minlength=count)
    among_many = (partners[pairs.left] >= CROWD) & (partners[pairs.right] >= CROWD)
    keep = np.where(among_many, pairs.tenths >= round(CROWD_LEAST * 10), keep)
    return Pairs(pairs.left[keep], pairs.right[keep], pairs.similarity[keep], pairs.tenths[keep])


def grow_groups(pairs: Pairs, rank: NDArray[np.int64] | None = None) -> list[list[int]]:
    """Rows of each group of two or more, groups in the order of their first row.

    The best pairs are joined first; among equals those whose needs come first by `rank`, a number a row, so that the
    order of the list makes no difference. Two groups are joined where at least `HALF` of the pairs possible between
    them are pairs; so whoever is in a group resembles a good part of it, not only the next one.
    """
    one, other = (pairs.left, pairs.right) if rank is None else (rank[pairs.left], rank[pairs.right])
    order = np.lexsort((np.maximum(one, other), np.minimum(one, other), -pairs.tenths))
    group_of: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    links: dict[int, dict[int, int]] = defaultdict(dict)
    edges = list(zip(pairs.left[order].tolist(), pairs.right[order].tolist(), strict=True))
    for a, b in edges:
        for row in (a, b):
            group_of[row] = row
            members[row] = [row]
        links[a][b] = links[b][a] = 1
    for a, b in edges:
        kept, joined = group_of[a], group_of[b]
        if kept == joined:
            continue
        if links[kept][joined] < HALF * len(members[kept]) * len(members[joined]):
            continue
        if len(links[kept]) < len(links[joined]):
            kept, joined = joined, kept
        for row in members.pop(joined):
            group_of[row] = kept
            members[kept].append(row)
        for third, count in links.pop(joined).items():
            del links[third][joined]
            if third != kept:
                links[kept][third] = links[third][kept] = links[kept].get(third, 0) + count
    return sorted(sorted(group) for group in members.values() if len(group) > 1)


def find_duplicates(
    needs: Sequence[Item],
    lexicon: Lexicon | None = None,
    suggest: float = SUGGEST,
    progress: Progress | None = None,
) -> Iterator[Group]:
    """Groups of needs that probably say the same, each pair with its reasons."""
    for ids, pairs in _grouped(needs, lexicon, suggest, progress, lambda part: part):
        yield Group(ids, tuple(Pair(a, b, tenths / 10, parts) for a, b, tenths, parts in pairs))


def duplicate_lines(
    needs: Sequence[Item],
    lexicon: Lexicon | None = None,
    suggest: float = SUGGEST,
    progress: Progress | None = None,
) -> Iterator[str]:
    """As `find_duplicates`, but each group as a line of JSON: `{"ids": […], "pairs": […]}`."""
    for ids, pairs in _grouped(needs, lexicon, suggest, progress, scoring.as_text):
        said = ", ".join(
            [
                f'{{"a": {json.dumps(a, ensure_ascii=False)}, "b": {json.dumps(b, ensure_ascii=False)}, '
                f'"score": {tenths / 10}, "because": [{", ".join(parts)}]}}'
                for a, b, tenths, parts in pairs
            ]
        )
        yield f'{{"ids": {json.dumps(ids, ensure_ascii=False)}, "pairs": [{said}]}}'


def _grouped(
    needs: Sequence[Item],
    lexicon: Lexicon | None,
    suggest: float,
    progress: Progress | None,
    told: Callable[[Component], Told],
) -> Iterator[tuple[tuple[str, ...], list[tuple[str, str, int, tuple[Told, ...]]]]]:
    rows, copies = _set_apart(needs)
    index = Index.build([needs[row] for row in rows], lexicon, SAME_MEANING, progress)
    facets = Facets.of(index)
    pairs = suggested(index, facets, suggest, progress)
    by_name = np.unique(np.array([item.id for item in index.items]), return_inverse=True)[1]
    groups = grow_groups(pairs, by_name)
    # A text that stands alone but for its copies is a group as well.
    grouped = {row for group in groups for row in group}
    groups = sorted(groups + [[row] for row in copies if row not in grouped])
    label = np.full(len(index), -1, dtype=np.int64)
    for number, group in enumerate(groups):
        label[group] = number
    inside = label[pairs.left] == label[pairs.right]
    pairs = Pairs(*(getattr(pairs, field)[inside] for field in ("left", "right", "similarity", "tenths")))
    listed: list[list[tuple[str, str, int, tuple[Told, ...]]]] = [[] for _ in groups]
    names = [item.id for item in index.items]
    said = zip(pairs.left.tolist(), pairs.right.tolist(), pairs.tenths.tolist(), strict=True)
    for (a, b, tenths), parts in zip(said, explained(index, pairs, told), strict=True):
        listed[label[a]].append((names[a], names[b], tenths, parts))
    first = np.array(sorted(copies), dtype=np.int32)
    itself = Pairs(first, first, np.ones(len(first), np.float32), np.zeros(len(first), np.int32))
    itself = score_pairs(itself, index.columns, facets, -100)
    as_copy = dict(
        zip(
            first.tolist(),
            zip(itself.tenths.tolist(), explained(index, itself, told), strict=True),
            strict=True,
        )
    )
    for group, found in zip(groups, listed, strict=True):
        ids = [(rows[row], names[row]) for row in group]
        for row in group:
            for copy in copies.get(row, ()):
                ids.append((copy, needs[copy].id))
                found.append((names[row], needs[copy].id, *as_copy[row]))
        yield tuple(name for _, name in sorted(ids)), found


def suggested(
    index: Index, facets: Facets, suggest: float = SUGGEST, progress: Progress | None = None
) -> Pairs:
    """The pairs of a list that are worth a person's look."""
    blocks = index.columns.street if suggest > OTHER_STREET_MOST else None
    close = close_pairs(index.vectors, LEAST_SIMILARITY, blocks, progress)
    return mutual(score_pairs(close, index.columns, facets, suggest), len(index))


def _set_apart(needs: Sequence[Item]) -> tuple[list[int], dict[int, list[int]]]:
    """The rows to compare, and the copies of those that stand more often than a need keeps partners.

    A template sent in by hundreds is compared once; otherwise its copies would fill each other's lists.
    """
    same: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for row, need in enumerate(needs):
        same[need.words, need.category, need.target, need.place, need.time].append(row)
    often = [found for found in same.values() if len(found) > MOST_PARTNERS]
    left_out = {row for found in often for row in found[1:]}
    rows = [row for row in range(len(needs)) if row not in left_out]
    place = {row: number for number, row in enumerate(rows)}
    return rows, {place[found[0]]: found[1:] for found in often}


def like_one(
    item: Item, others: Sequence[Item], suggest: float = SUGGEST, lexicon: Lexicon | None = None
) -> list[Pair]:
    """The pairs of one need with the needs of a short list, the best first; `item` is always `a`."""
    index = Index.build([item, *others], lexicon, SAME_MEANING)
    count = len(others)
    pairs = Pairs(
        np.zeros(count, np.int32),
        np.arange(1, count + 1, dtype=np.int32),
        np.zeros(count, np.float32),
        np.zeros(count, np.int32),
    )
    found = score_pairs(pairs, index.columns, Facets.of(index), suggest)
    said = zip(
        found.right.tolist(), found.tenths.tolist(), explained(index, found, lambda part: part), strict=True
    )
    told = [Pair(item.id, others[row - 1].id, tenths / 10, parts) for row, tenths, parts in said]
    return sorted(told, key=lambda pair: -pair.score)


def explained(index: Index, pairs: Pairs, told: Callable[[Component], Told]) -> Iterator[tuple[Told, ...]]:
    """The parts of each pair's score with their reasons."""
    a, b = index.columns.take(pairs.left), index.columns.take(pairs.right)
    value = pair_points(pairs.similarity, a, b)
    words = index.words.shared(index.words.of, pairs.left, pairs.right)
    level = np.maximum(scoring.place_level(a, b), scoring.place_level(b, a))
    level = np.where(
        other_street(a, b), OTHER_STREET_LEVEL, np.where(other_house(a, b), OTHER_HOUSE_LEVEL, level)
    )
    shares = {"category": scoring.category_share(a, b), "target": scoring.target_share(a, b)}
    codes = {
        name: (codes[pairs.left], codes[pairs.right])
        for name in shares
        for codes in [numbered([getattr(item, name) for item in index.items])]
    }

    def stated(at: int, label: str, name: str) -> str:
        left, right = (getattr(index.items[side[at]], name) for side in (pairs.left, pairs.right))
        return scoring.stated_reason(label, left, right, float(shares[name][at]))

    reasons: dict[str, tuple[Sequence[NDArray[Any]], Callable[[int], str]]] = {
        "content": ((numbered(words),), lambda at: f"都说到{words[at]}" if words[at] else "用词相近"),
        "wish": (
            (a.actions, b.actions, a.against, b.against),
            lambda at: _wish_reason(index.lexicon, a.take(at), b.take(at)),
        ),
        "category": (codes["category"], lambda at: stated(at, "类别", "category")),
        "target": (codes["target"], lambda at: stated(at, "对象", "target")),
        "place": ((level,), lambda at: _place_reason(int(level[at]))),
        "time": ((a.time, b.time), lambda at: _time_reason(int(a.time[at]), int(b.time[at]))),
    }
    parts = [
        components(code, value[code], MAXIMA[code], keys, reason, told)
        for code, (keys, reason) in reasons.items()
    ]
    return zip(*parts, strict=True)


def _place_reason(level: int) -> str:
    if level == OTHER_STREET_LEVEL:
        return "不在同一街道，多半是另一件事"
    return "说的不是同一栋楼" if level == OTHER_HOUSE_LEVEL else scoring.place_reason(level)


def _time_reason(one: int, other: int) -> str:
    if not one or not other:
        return "没写明时段"
    return "时段相同" if one == other else f"时段不同：{hours.describe(one)}；{hours.describe(other)}"


def _wish_reason(lexicon: Lexicon, a: Columns, b: Columns) -> str:
    wanted, other = int(a.actions), int(b.actions)
    if bool(a.against) != bool(b.against):
        return "一方要，另一方不要"
    if not wanted or not other:
        return "看不出要做什么"
    names = [group for key, group in lexicon.groups.items() if key in lexicon.actions]
    common = [group.head for group in names if lexicon.actions[group.key] & wanted & other]
    if common:
        return f"都要{'、'.join(common[:2])}"
    near = wanted & int(b.near_actions) or int(a.near_actions) & other
    return "要做的相近" if near else "要做的不是一件事"
