"""Needs that say the same thing."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingdan.engine import duplicates
from qingdan.engine.duplicates import (
    HALF,
    LEAST_SIMILARITY,
    SUGGEST,
    Facets,
    Pairs,
    close_pairs,
    duplicate_lines,
    find_duplicates,
    grow_groups,
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


def pairs_of(*edges: tuple[int, int], tenths: int = 800) -> Pairs:
    left = np.array([min(edge) for edge in edges], dtype=np.int32)
    right = np.array([max(edge) for edge in edges], dtype=np.int32)
    return Pairs(left, right, np.ones(len(edges), np.float32), np.full(len(edges), tenths, np.int32))


def test_needs_are_not_chained_through_each_other() -> None:
    chain = grow_groups(pairs_of(*((row, row + 1) for row in range(99))))
    assert max(map(len, chain)) <= 3
    everyone = [(a, b) for a in range(60) for b in range(a + 1, 60)]
    assert grow_groups(pairs_of(*everyone)) == [list(range(60))]


def test_a_bridge_does_not_join_two_groups() -> None:
    first = [(a, b) for a in range(5) for b in range(a + 1, 5)]
    second = [(a + 5, b + 5) for a, b in first]
    assert grow_groups(pairs_of(*first, *second, (4, 5))) == [list(range(5)), list(range(5, 10))]


@given(
    st.sets(
        st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda edge: edge[0] < edge[1]), min_size=1
    )
)
def test_groups_share_no_need_and_hold_together(edges: set[tuple[int, int]]) -> None:
    groups = grow_groups(pairs_of(*edges))
    rows = [row for group in groups for row in group]
    assert len(rows) == len(set(rows))
    for group in groups:
        inside = [edge for edge in edges if set(edge) <= set(group)]
        possible = len(group) * (len(group) - 1) / 2
        assert len(inside) >= HALF * possible


def test_a_text_sent_in_by_many_is_one_group_with_its_paraphrase() -> None:
    copies = [Item(f"c{n}", "老人家煮不动饭，盼有个食堂") for n in range(50)]
    other = Item("z", "老人没法烧饭，想要个食堂")
    (group,) = find_duplicates([*copies, other])
    assert set(group.ids) == {item.id for item in copies} | {"z"}
    told = {name for pair in group.pairs for name in (pair.a, pair.b)}
    assert told == set(group.ids)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("帮老人修手机", "教老人用手机"),
        ("电梯坏了，盼修好", "老楼没有电梯，想加装"),
        ("希望给老人送餐", "老人不需要送餐，想自己做饭"),
        ("3栋的路灯不亮，请修", "5栋的路灯不亮，请修"),
    ],
)
def test_the_same_words_with_another_wish_are_no_pair(one: str, other: str) -> None:
    assert grouped(Item("a", one), Item("b", other)) == []


@pytest.mark.parametrize(
    ("right", "typed"),
    [
        ("希望给楼道安装烟雾报警器", "希望给楼道按装烟物报警气"),
        ("想申请拆迁补偿", "想申请折迁补尝"),
    ],
)
def test_words_typed_by_ear_or_mistaken_by_shape_are_known(right: str, typed: str) -> None:
    assert grouped(Item("a", right), Item("b", typed)) == [{"a", "b"}]


def test_lines_say_what_the_groups_say() -> None:
    needs = make(300, 1, streets=1).needs
    lines = [json.loads(line) for line in duplicate_lines(needs)]
    assert lines == [json.loads(json.dumps(group.as_json())) for group in find_duplicates(needs)]


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 1000))
def test_a_pair_scores_the_same_both_ways(seed: int) -> None:
    made = make(12, 1, streets=2, seed=seed)
    index = Index.build(made.needs)
    similarity = np.full(6, 0.5, dtype=np.float32)
    a, b = index.columns.take(slice(0, 6)), index.columns.take(slice(6, 12))
    there, back = pair_points(similarity, a, b), pair_points(similarity, b, a)
    assert all((there[code] == back[code]).all() for code in there)


def test_no_pair_is_lost_to_the_blocks() -> None:
    made = make(300, 1, streets=3)
    index = Index.build(made.needs, weights=SAME_MEANING)
    facets = Facets.of(index)

    def found(blocks):
        pairs = score_pairs(close_pairs(index.vectors, 0.3, blocks), index.columns, facets)
        return set(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))

    assert found(index.columns.street) >= found(None)


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

    assert kept(72, 65) == [1]
    assert kept(72, 67) == [1, 2]
    assert kept(100, 75) == [1, 2]  # sure enough, whatever else there is
    assert kept(100, 73) == [1]


def test_among_many_that_say_the_same_points_decide() -> None:
    edges = [(a, b) for a in range(6) for b in range(a + 1, 6)]
    pairs = pairs_of(*edges, tenths=650)
    pairs.tenths[0] = 1000
    assert len(duplicates.mutual(pairs, 6).left) == len(edges)


def test_long_lists_find_what_short_ones_find(monkeypatch):
    made = make(600, 1, streets=1)
    index = Index.build([replace(item, place="") for item in made.needs], weights=SAME_MEANING)
    facets = Facets.of(index)

    def found():
        pairs = score_pairs(close_pairs(index.vectors, LEAST_SIMILARITY), index.columns, facets)
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
    assert len(quick.keys() & exact.keys()) > 0.97 * len(exact)
    assert all(abs(quick[pair] - exact[pair]) < 1e-5 for pair in quick.keys() & exact.keys())
