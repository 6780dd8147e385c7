"""A whole list given to resources within their capacities."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingdan.engine.assignment import (
    CROWDED_OUT,
    NO_SUGGESTION,
    TOO_BIG,
    Options,
    assign,
    greedy,
    options,
    plan_value,
)
from qingdan.engine.items import Item
from qingdan.engine.similarity import Index


@st.composite
def lists(draw: st.DrawFn, needs: int = 6, resources: int = 4) -> Options:
    count, offers = draw(st.integers(1, needs)), draw(st.integers(1, resources))
    edges = draw(
        st.dictionaries(
            st.tuples(st.integers(0, count - 1), st.integers(0, offers - 1)), st.integers(1, 100), min_size=1
        )
    )
    demand = draw(st.lists(st.integers(0, 5), min_size=count, max_size=count))
    capacity = draw(st.lists(st.integers(0, 8), min_size=offers, max_size=offers))
    pairs = sorted(edges)
    return Options(
        np.array([n for n, _ in pairs]),
        np.array([r for _, r in pairs]),
        np.array([edges[p] for p in pairs], dtype=float),
        np.array(demand, dtype=float),
        np.array(capacity, dtype=float),
    )


def load(edges: Options, chosen: np.ndarray) -> np.ndarray:
    served = chosen >= 0
    return np.bincount(chosen[served], weights=edges.demand[served], minlength=len(edges.capacity))


def best_possible(edges: Options) -> float:
    ways = [[-1, *edges.resource[edges.need == need].tolist()] for need in range(len(edges.demand))]
    plans = (np.array(plan) for plan in product(*ways))
    return max(plan_value(edges, plan) for plan in plans if (load(edges, plan) <= edges.capacity).all())


@settings(max_examples=150, deadline=None)
@given(lists())
def test_capacity_holds_and_the_plan_lies_between_greedy_and_the_bound(edges: Options) -> None:
    plan = assign(edges)
    best = best_possible(edges)
    assert (load(edges, plan.resource) <= edges.capacity).all()
    assert plan.value == pytest.approx(plan_value(edges, plan.resource))
    assert plan_value(edges, greedy(edges)) - 1e-6 <= plan.value <= best + 1e-6
    assert best <= plan.bound + 1e-6
    assert 0 <= plan.gap < 1 or plan.bound == 0


@settings(max_examples=60, deadline=None)
@given(lists(needs=30, resources=10))
def test_only_suggested_resources_are_used_and_the_rest_is_explained(edges: Options) -> None:
    plan, again = assign(edges), assign(edges)
    assert (plan.resource == again.resource).all()
    suggested = set(zip(edges.need.tolist(), edges.resource.tolist(), strict=True))
    for need, resource in enumerate(plan.resource.tolist()):
        assert resource < 0 or (need, resource) in suggested
        assert (need in plan.left) == (resource < 0)
    assert set(plan.left.values()) <= {NO_SUGGESTION, TOO_BIG, CROWDED_OUT}


def test_a_need_that_can_go_elsewhere_makes_room() -> None:
    edges = options(
        np.array([[0, 1], [0, -1]]),
        np.array([[90.0, 80.0], [85.0, 0.0]]),
        np.array([1.0, 1.0]),
        np.array([1.0, 1.0]),
    )
    assert greedy(edges).tolist() == [0, -1]
    assert assign(edges).resource.tolist() == [1, 0]


def test_the_left_out_are_told_why() -> None:
    rows = np.array([[0], [0], [0], [-1]])
    score = np.array([[90.0], [80.0], [99.0], [0.0]])
    plan = assign(options(rows, score, np.array([2.0, 2.0, 5.0, 1.0]), np.array([3.0])))
    assert plan.resource.tolist() == [0, -1, -1, -1]
    assert plan.left == {1: CROWDED_OUT, 2: TOO_BIG, 3: NO_SUGGESTION}


def test_weak_suggestions_are_no_options() -> None:
    edges = options(np.array([[0, 1]]), np.array([[60.0, 30.0]]), np.ones(1), np.ones(2), least=40)
    assert edges.resource.tolist() == [0]


@pytest.mark.parametrize("wrong", [-1.0, float("nan"), float("inf")])
def test_unusable_numbers_are_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="demand must be stated"):
        options(np.array([[0]]), np.array([[50.0]]), np.array([wrong]), np.ones(1))
    with pytest.raises(ValueError, match="capacity must be stated"):
        options(np.array([[0]]), np.array([[50.0]]), np.ones(1), np.array([wrong]))


def test_a_list_is_assigned_in_the_words_of_its_items() -> None:
    index = Index.build([Item("R", "长者饭堂供应午餐", category="养老", capacity=5)])
    needs = [
        Item("near", "老人吃不上热饭", category="养老", capacity=4),
        Item("also", "老人吃饭难", capacity=4),
        Item("many", "老人吃饭难，人多", category="养老", capacity=9),
        Item("other", "车位不够"),
    ]
    _, vectors, columns = index.prepare(needs)
    ranking = index.rank(vectors, columns, 10)
    persons = np.array([need.capacity or 1.0 for need in needs])
    plan = assign(options(ranking.rows, ranking.tenths / 10, persons, np.array([5.0]), least=40))
    assert plan.resource.tolist() == [0, -1, -1, -1]
    assert int(ranking.tenths[0, 0]) / 10 == index.query(needs[0])[0].score
    assert plan.left == {1: CROWDED_OUT, 2: TOO_BIG, 3: NO_SUGGESTION}
