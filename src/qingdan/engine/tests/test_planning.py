"""Plans under a budget: the best within it, always the same, fair when asked."""

import itertools
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingdan.engine.planning import (
    Need,
    PlanningError,
    Problem,
    PurchaseOption,
    Share,
    Weights,
    covered_by,
    further,
    greedy,
    measure,
    plan,
    points_of_plan,
)


def make(seed, items=8, needs=12, weights=None):
    r = random.Random(seed)
    wishes = tuple(
        Need(
            f"n{n:02d}",
            r.randint(1, 5),
            r.randint(0, 300),
            r.randint(0, 120),
            f"s{r.randrange(3)}",
            f"g{r.randrange(2)}",
        )
        for n in range(needs)
    )
    options = tuple(
        PurchaseOption(
            f"o{n:02d}",
            r.randint(1, 40) * 100_000,
            tuple(sorted(wish.id for wish in r.sample(wishes, r.randint(0, 4)))),
            r.randint(0, 90),
        )
        for n in range(items)
    )
    shares = [
        tuple(Share(f"{kind}{n}", r.randint(0, 4), r.randint(16, 24)) for n in range(count))
        for kind, count in (("s", 3), ("g", 2))
    ]
    budget = sum(option.cost for option in options) // 2
    return Problem(
        budget, options, wishes, *shares, weights or Weights(r.randint(0, 9), 3, 2, r.randint(0, 9), 2)
    )


def best_by_trying(problem):
    best = None
    for size in range(len(problem.options) + 1):
        for chosen in itertools.combinations(problem.options, size):
            ids = {option.id for option in chosen}
            cost = sum(option.cost for option in chosen)
            if cost > problem.budget or not problem.must <= ids or ids & problem.never:
                continue
            found = points_of_plan(problem, ids), -cost
            best = max(best, found) if best else found
    return best


@pytest.mark.parametrize("seed", range(25))
def test_no_choice_within_the_budget_reaches_more(seed):
    problem = make(seed)
    if seed % 3 == 0:
        problem = replace(problem, must=frozenset({"o01"}), never=frozenset({"o02"}))
    found = plan(problem)
    assert found.exact
    assert (found.points, -found.cost) == best_by_trying(problem)
    assert greedy(problem).points <= found.points


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_the_order_of_the_records_does_not_matter(seed, order):
    problem = make(seed)
    mixed = {}
    for name in ("options", "needs", "streets", "groups"):
        rows = list(getattr(problem, name))
        order.shuffle(rows)
        mixed[name] = tuple(rows)
    assert plan(problem) == plan(replace(problem, **mixed))


def test_a_problem_comes_back_from_plain_data():
    problem = replace(make(3), must=frozenset({"o01"}))
    again = Problem.from_json(problem.as_json())
    assert again == problem
    assert plan(again) == plan(problem)


def test_fairness_turns_the_choice_to_the_street_that_is_behind():
    needs = (
        Need("near", 5, 100, 80, "ahead", "g"),
        Need("far", 3, 40, 10, "behind", "g"),
    )
    options = (PurchaseOption("a", 100, ("near",)), PurchaseOption("b", 100, ("far",)))
    streets = (Share("ahead", 9, 10), Share("behind", 0, 8))
    plain = Problem(100, options, needs, streets, (), Weights(5, 3, 2))
    assert plan(plain).chosen == ("a",)
    assert plan(replace(plain, weights=Weights(5, 3, 2, streets=10))).chosen == ("b",)


def test_a_need_counts_once():
    needs = (Need("n", 5, 10, 10, "s", "g"), Need("m", 1, 10, 10, "s", "g"))
    options = (
        PurchaseOption("a", 100, ("n",)),
        PurchaseOption("b", 100, ("n",)),
        PurchaseOption("c", 100, ("m",)),
    )
    found = plan(Problem(200, options, needs))
    assert found.chosen == ("a", "c")
    assert covered_by(Problem(200, options, needs), ["a", "b"]) == {"n"}


def test_equal_plans_are_settled_by_cost_and_then_by_number():
    needs = (Need("n", 5, 10, 10, "s", "g"),)
    options = (
        PurchaseOption("b", 90, ("n",)),
        PurchaseOption("a", 100, ("n",)),
        PurchaseOption("c", 90, ("n",)),
    )
    assert plan(Problem(100, options, needs)).chosen == ("b",)


def test_more_money_buys_what_fits_and_names_what_does_not():
    needs = tuple(Need(f"n{n}", 5 - n, 10, 10, "s", "g") for n in range(4))
    options = (
        *(PurchaseOption(f"o{n}", 100, (f"n{n}",)) for n in range(3)),
        PurchaseOption("o3", 900, ("n3",)),
    )
    problem = Problem(150, options, needs)
    found = plan(problem)
    assert (found.chosen, found.cost) == (("o0",), 100)
    more = further(problem, found.chosen, 200)
    assert [option.id for option in more.chosen] == ["o1", "o2"]
    assert more.gains == (1, 1)
    assert (more.left, more.next_option.id, more.short) == (50, "o3", 850)


def test_a_plan_is_measured_by_what_it_meets():
    needs = (Need("n", 5, 10, 7, "s", "g"), Need("m", 2, 10, 9, "t", "g"))
    options = (PurchaseOption("a", 100, ("n",), 30), PurchaseOption("b", 100, ("m",), 40))
    problem = Problem(100, options, needs, (Share("s", 1, 4), Share("t", 1, 2)), (Share("g", 2, 6),))
    found = measure(problem, ["a"])
    assert (found.cost, found.needs, found.persons, found.support, found.urgent) == (100, 1, 30, 7, 1)
    assert found.streets == {"s": (2, 4), "t": (1, 2)}
    assert found.groups == {"g": (3, 6)}
    assert (found.lowest[1], found.spread) == (0.5, 0.0)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"must": frozenset({"a"}), "never": frozenset({"a"})}, "must-and-never"),
        ({"must": frozenset({"x"})}, "unknown-items"),
        ({"must": frozenset({"a"}), "budget": 99}, "must-costs-more"),
    ],
)
def test_what_cannot_be_planned_says_why(change, code):
    problem = Problem(100, (PurchaseOption("a", 100, ()),), ())
    with pytest.raises(PlanningError) as error:
        replace(problem, **change)
    assert error.value.code == code


def test_weights_are_checked():
    for wrong, code in (
        ({"urgency": 11}, "weight-out-of-range"),
        ({"urgency": 0, "persons": 0, "support": 0}, "no-weight"),
    ):
        with pytest.raises(PlanningError) as error:
            Weights(**wrong)
        assert error.value.code == code
