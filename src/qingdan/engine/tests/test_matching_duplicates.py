"""Needs that say the same thing."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingdan.engine import duplicates
from qingdan.engine.duplicates import (
    SUGGEST,
    Pairs,
    close_pairs,
    components,
    find_duplicates,
    least_similarity,
    pair_points,
    score_pairs,
)
from qingdan.engine.features import SAME_MEANING
from qingdan.engine.items import Item
from qingdan.engine.similarity import Index
from qingdan.engine.synthetic import make


def grouped(*needs: Item) -> list[set[str]]:
    return [set(group.ids) for group in find_duplicates(needs)]


def test_paraphrases_group_and_near_misses_do_not() -> None:
    found = grouped(
        Item("a", "老人家煮不动饭，盼有个食堂"),
        Item("b", "上了年纪的人吃饭难，想要助餐"),
        Item("c", "老人手机屏幕碎了要修"),
        Item("d", "中学生想学书法"),
    )
    assert found == [{"a", "b"}]


def test_the_same_trouble_in_another_street_is_another_need() -> None:
    text = "小区没有路灯，晚上黑灯瞎火"
    assert grouped(Item("a", text, place="530111001002"), Item("b", text, place="530111001003")) == [
        {"a", "b"}
    ]
    assert grouped(Item("a", text, place="530111001002"), Item("b", text, place="530111002003")) == []


def test_every_pair_has_parts_that_add_up_with_reasons() -> None:
    made = make(300, 1, streets=1)
    pairs = [pair for group in find_duplicates(made.needs) for pair in group.pairs]
    assert pairs
    for pair in pairs:
        assert pair.score == pytest.approx(sum(part.points for part in pair.because))
        assert pair.score >= SUGGEST
        assert all(part.reason and part.points <= part.maximum for part in pair.because)


def test_groups_are_the_connected_components_of_their_pairs() -> None:
    made = make(400, 1, streets=2)
    groups = list(find_duplicates(made.needs))
    assert groups
    seen: set[str] = set()
    for group in groups:
        assert not seen & set(group.ids)
        seen |= set(group.ids)
        reached, changed = {group.ids[0]}, True
        while changed:
            more = {i for pair in group.pairs if {pair.a, pair.b} & reached for i in (pair.a, pair.b)}
            changed = not more <= reached
            reached |= more
        assert reached == set(group.ids)


@given(st.integers(2, 9), st.data())
def test_components_partition_the_rows_that_have_pairs(count: int, data: st.DataObject) -> None:
    edges = data.draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=12))
    edges = [(a, b) for a, b in edges if a < b]
    left = np.array([a for a, _ in edges], dtype=np.int32)
    right = np.array([b for _, b in edges], dtype=np.int32)
    groups = components(
        Pairs(left, right, np.ones(len(edges), np.float32), np.zeros(len(edges), np.int32)), count
    )
    label = {row: number for number, group in enumerate(groups) for row in group.tolist()}
    assert set(label) == {row for edge in edges for row in edge}
    assert all(label[a] == label[b] for a, b in edges)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 1000))
def test_a_pair_scores_the_same_both_ways(seed: int) -> None:
    made = make(12, 1, streets=2, seed=seed)
    index = Index.build(made.needs)
    similarity = np.full(6, 0.5, dtype=np.float32)
    a, b = index.columns.take(slice(0, 6)), index.columns.take(slice(6, 12))
    there, back = pair_points(similarity, a, b), pair_points(similarity, b, a)
    assert all((there[code] == back[code]).all() for code in there)


def test_no_pair_is_lost_to_the_blocks_or_to_the_least_similarity() -> None:
    made = make(300, 1, streets=3)
    index = Index.build(made.needs)
    fast = score_pairs(
        close_pairs(index.vectors, least_similarity(index.columns), index.columns.street), index.columns
    )
    alike = np.triu((index.vectors @ index.vectors.T).toarray(), 1)
    left, right = np.nonzero(alike > 0)
    zero = np.zeros(len(left), np.int32)
    slow = score_pairs(
        Pairs(left.astype(np.int32), right.astype(np.int32), alike[left, right], zero), index.columns
    )
    assert set(zip(fast.left.tolist(), fast.right.tolist(), strict=True)) == set(
        zip(slow.left.tolist(), slow.right.tolist(), strict=True)
    )


def test_the_order_of_the_list_does_not_change_the_groups() -> None:
    made = make(200, 1, streets=1)
    there = {frozenset(group.ids) for group in find_duplicates(made.needs)}
    back = {frozenset(group.ids) for group in find_duplicates(made.needs[::-1])}
    assert there == back


def test_a_need_that_has_a_clearly_better_partner_is_no_pair_with_another():
    def kept(*scores):
        left, right = np.array([0, 0], dtype=np.int32), np.array([1, 2], dtype=np.int32)
        tenths = np.array(scores, dtype=np.int32) * 10
        pairs = duplicates.mutual(Pairs(left, right, np.ones(2, np.float32), tenths), 3)
        return pairs.right.tolist()

    assert kept(70, 63) == [1]
    assert kept(70, 66) == [1, 2]
    assert kept(100, 71) == [1, 2]  # sure enough, whatever else there is
    assert kept(100, 69) == [1]


def test_long_lists_find_what_short_ones_find(monkeypatch):
    made = make(600, 1, streets=1)
    index = Index.build([replace(item, place="") for item in made.needs], weights=SAME_MEANING)
    least = least_similarity(index.columns)

    def found():
        pairs = score_pairs(close_pairs(index.vectors, least), index.columns)
        return {
            (a, b): alike
            for a, b, alike in zip(
                pairs.left.tolist(), pairs.right.tolist(), pairs.similarity.tolist(), strict=True
            )
        }

    exact = found()
    monkeypatch.setattr(duplicates, "LONG", 100)
    quick = found()
    assert len(exact) > 500
    assert len(quick.keys() & exact.keys()) > 0.98 * len(exact)
    assert all(abs(quick[pair] - exact[pair]) < 1e-5 for pair in quick.keys() & exact.keys())
