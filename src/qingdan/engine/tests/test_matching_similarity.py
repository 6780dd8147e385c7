"""Which resources answer a need, and what their scores are made of."""

import json
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from qingdan.engine.items import Item
from qingdan.engine.scoring import MAXIMA, columns_of, points
from qingdan.engine.similarity import Index, nearest
from qingdan.engine.synthetic import make

MEALS = Item(
    "R1",
    "长者饭堂供应午餐，行动不便者送餐上门",
    category="养老",
    target="老年人",
    place="关上街道双桥社区",
    capacity=40,
)
CLASS = Item("R2", "四点半课堂，放学后照看并辅导作业", category="儿童青少年", target="儿童", place="关上街道")
LAWYER = Item("R3", "公益律师每周三下午坐班，法律咨询", category="法律", target="居民")
RESOURCES = [MEALS, CLASS, LAWYER]

words = st.sampled_from(
    ["老人", "午餐", "放学", "作业", "律师", "讨薪", "停车", "充电", "看病", "孤单", "轮椅", "垃圾"]
)
items = st.builds(
    lambda text, category, target, place, capacity: Item(
        "x", "，".join(text), "", category, target, place, capacity
    ),
    st.lists(words, min_size=1, max_size=5),
    st.sampled_from(["", "养老", "法律", "儿童青少年"]),
    st.sampled_from(["", "老年人", "独居老人", "儿童"]),
    st.sampled_from(["", "530111", "530111001", "530111001002", "530111001003", "双桥社区", "全区"]),
    st.one_of(st.none(), st.integers(0, 100).map(float)),
)


def brute_force(index: Index, need: Item) -> list[int]:
    """Totals in tenths of one need with every resource, worked out one pair at a time."""
    totals = []
    for row in range(len(index)):
        _, vectors, columns = index.prepare([need])
        similarity = np.array([(vectors @ index.vectors[row].T).toarray()[0, 0]], dtype=np.float32)
        totals.append(int(points(similarity, columns, index.columns.take(slice(row, row + 1))).total[0]))
    return totals


@settings(max_examples=40, deadline=None)
@given(st.lists(items, min_size=1, max_size=12), items, st.integers(1, 6))
def test_the_best_are_those_of_scoring_every_pair(resources: list[Item], need: Item, k: int) -> None:
    index = Index.build(
        [
            Item(f"R{n}", r.text, "", r.category, r.target, r.place, r.capacity)
            for n, r in enumerate(resources)
        ]
    )
    best = sorted(brute_force(index, need), reverse=True)[:k]
    for found in (index.query(need, k), next(index.match([need], k))):
        assert [round(match.score * 10) for match in found] == best


@settings(max_examples=40, deadline=None)
@given(st.lists(items, min_size=1, max_size=8), items)
def test_the_parts_of_a_score_add_up_and_keep_their_maxima(resources: list[Item], need: Item) -> None:
    index = Index.build(
        [
            Item(f"R{n}", r.text, "", r.category, r.target, r.place, r.capacity)
            for n, r in enumerate(resources)
        ]
    )
    for match in index.query(need, 8):
        assert match.score == pytest.approx(sum(part.points for part in match.because))
        assert 0 <= match.score <= 100
        for part in match.because:
            assert 0 <= part.points <= part.maximum == MAXIMA[part.code]
            assert part.reason


def test_the_way_of_large_lists_agrees_where_candidates_suffice() -> None:
    made = make(60, 200)
    index = Index.build(made.resources)
    _, vectors, columns = index.prepare(made.needs)
    every, some = index.rank(vectors, columns, 5), index.rank(vectors, columns, 5, candidates=200)
    stated = (columns.category > 0) & (columns.target_root > 0)
    # Inside a block every resource was a candidate, so the best cannot be worse than any in the block.
    for row in range(60):
        mine = (index.columns.category == columns.category[row]) & (
            index.columns.target_root == columns.target_root[row]
        )
        inside = [
            t for r, t in zip(every.rows[row], every.tenths[row], strict=True) if mine[r] or not stated[row]
        ]
        assert all(t in some.tenths[row] for t in inside)


def test_text_search_finds_the_same_ten_as_brute_force() -> None:
    made = make(80, 1500)
    index = Index.build(made.resources)
    _, vectors, _ = index.prepare(made.needs)
    _, similarity = nearest(vectors, index.transposed, 10)
    distance, _ = (
        NearestNeighbors(n_neighbors=10, algorithm="brute", metric="cosine")
        .fit(index.vectors)
        .kneighbors(vectors)
    )
    length = np.sqrt(np.asarray(vectors.multiply(vectors).sum(axis=1)))
    assert np.allclose((1 - distance) * length, similarity, atol=1e-5)


def test_other_words_for_the_same_thing_meet() -> None:
    index = Index.build(RESOURCES)
    asked = {
        "我妈一个人住，儿女都在外地，灶都懒得开，吃不上热饭": "R1",
        "散学早，两口子还没下班，娃娃没人管": "R2",
        "老板跑了，工钱要不到，想打官司": "R3",
    }
    assert {text: index.query(Item("N", text), 1)[0].id for text in asked} == asked


def test_one_mistyped_character_is_forgiven() -> None:
    index = Index.build(RESOURCES)
    assert index.query(Item("N", "想找法律资询"), 1)[0].id == "R3"


def test_a_wrong_code_does_not_hide_the_right_resource() -> None:
    need = Item("N", "放学后没人照看，要人辅导作业", category="法律", target="居民")
    assert Index.build(RESOURCES).query(need, 1)[0].id == "R2"


def test_in_a_large_list_wrong_and_missing_codes_fall_back_to_text() -> None:
    made = make(1, 3000)
    index = Index.build(
        [*made.resources, Item("RIGHT", "瓦猫烧制老手艺传习，非遗传承人授课", category="文体", target="居民")]
    )
    for category, target in (("法律", "居民"), ("", ""), ("没有这个类别", "居民")):
        _, vectors, columns = index.prepare(
            [Item("N", "想跟传承人学烧瓦猫的老手艺", category=category, target=target)]
        )
        found = index.rank(vectors, columns, 10).rows[0]
        assert "RIGHT" in [index.items[row].id for row in found if row >= 0]


def test_a_near_resource_that_does_not_fit_earns_little_for_being_near() -> None:
    need = Item("N", "老人吃不上热饭", place="关上街道双桥社区")
    near = Item("A", "打印复印", place="关上街道双桥社区")
    far = Item("B", "长者饭堂供应午餐", place="吴井街道日新社区")
    assert [match.id for match in Index.build([near, far]).query(need, 2)] == ["B", "A"]


@pytest.mark.parametrize(
    ("place", "reason", "share"),
    [
        ("关上街道双桥社区", "同一社区", 1.0),
        ("关上街道", "服务范围包含该地", 1.0),
        ("关上街道关兴社区", "同一街道", 0.6),
        ("吴井街道日新社区", "不在同一地区", 0.0),
        ("", "没写明地区", 0.4),
        ("全区", "服务范围包含该地", 1.0),
    ],
)
def test_places_are_compared_by_level(place: str, reason: str, share: float) -> None:
    need = Item("N", "老人午餐", place="关上街道双桥社区")
    parts = {p.code: p for p in Index.build([Item("R", "老人午餐", place=place)]).query(need)[0].because}
    assert parts["place"].reason == reason
    assert parts["place"].points == pytest.approx(20 * share)


def test_time_and_capacity_say_what_is_short() -> None:
    need = Item("N", "放学后托管，周三、周五", time="周三、周五 16:30—18:30", capacity=40)
    resource = Item("R", "放学后托管", time="周五 14:00—19:00", capacity=36)
    parts = {part.code: part for part in Index.build([resource]).query(need)[0].because}
    assert parts["time"].points == pytest.approx(7.5)
    assert "部分时段" in parts["time"].reason
    assert parts["capacity"].points == pytest.approx(9.0)
    assert parts["capacity"].reason == "36 人，差 4 人"


def test_added_resources_are_found_and_the_index_survives_pickling() -> None:
    index = Index.build(RESOURCES)
    index.add([Item("R4", "养犬文明劝导队，备拴狗绳和拾便袋")])
    need = Item("N", "遛狗不牵绳，狗屎到处是")
    kept = pickle.loads(pickle.dumps(index))
    assert index.query(need, 1)[0].id == "R4"
    assert kept.query(need, 4) == index.query(need, 4)
    assert next(kept.match([need], 4)) == index.query(need, 4)


def test_the_same_lists_give_the_same_answer() -> None:
    made = make(50, 3000)
    answers = [list(Index.build(made.resources).match(made.needs, 5)) for _ in range(2)]
    assert answers[0] == answers[1]


def test_columns_know_broader_target_groups() -> None:
    index = Index.build(
        [
            Item("A", "活动", target="独居老人"),
            Item("B", "活动", target="老年人"),
            Item("C", "活动", target="儿童"),
        ]
    )
    readings, _, _ = index.prepare([Item("N", "活动", target="空巢老人")])
    columns = columns_of([Item("N", "活动", target="空巢老人")], readings, index.lexicon, index.names)
    assert (columns.target_root[0] == index.columns.target_root).tolist() == [True, True, False]
    assert (columns.target[0] == index.columns.target).tolist() == [True, False, False]


def test_lines_say_what_the_matches_say() -> None:
    made = make(30, 200)
    index = Index.build(made.resources)
    lines = [json.loads(line) for line in index.match_lines(made.needs, 5)]
    assert [line["need"] for line in lines] == [need.id for need in made.needs]
    told = [[match.as_json() for match in matches] for matches in index.match(made.needs, 5)]
    assert [line["matches"] for line in lines] == json.loads(json.dumps(told))
