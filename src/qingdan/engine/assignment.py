"""Who serves whom: a whole list of needs given to resources within their capacities.

A need goes to one resource or to none; a resource serves needs up to its capacity in persons. The value of
a plan is the sum of score × persons served. Prices for scarce capacity (the multipliers of the Lagrangian
relaxation) say how well any plan could do at most; a plan is rounded from them and then improved by moving
needs along chains of one or two steps until no such move gains.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NO_SUGGESTION, TOO_BIG, CROWDED_OUT = "no-suggestion", "too-big", "crowded-out"
"""Why a need got nothing: no option, none with room for all its persons, or others go before it."""


@dataclass(frozen=True, slots=True)
class Options:
    """Suggestions as edges, sorted by need: `need[e]` may use `resource[e]` at `score[e]` points."""

    need: NDArray[np.int64]
    resource: NDArray[np.int64]
    score: NDArray[np.float64]
    demand: NDArray[np.float64]
    capacity: NDArray[np.float64]

    @property
    def value(self) -> NDArray[np.float64]:
        return self.score * self.demand[self.need]


@dataclass(frozen=True, slots=True)
class Plan:
    """The resource of each need (-1 for none), the value reached, and a bound no plan can pass."""

    resource: NDArray[np.int64]
    value: float
    bound: float
    left: dict[int, str]

    @property
    def gap(self) -> float:
        """How far the plan is at most from the best possible, as a share of that."""
        return 1 - self.value / self.bound if self.bound > 0 else 0.0


def options(
    rows: NDArray[np.int32],
    score: NDArray[np.float64],
    demand: NDArray[np.float64],
    capacity: NDArray[np.float64],
    least: float = 0.0,
) -> Options:
    """Edges out of a ranking (`rows` holds -1 where there is none), those below `least` points left out.

    Raises ValueError for a negative or unknown demand or capacity.
    """
    for name, numbers in (("demand", demand), ("capacity", capacity)):
        if not np.all(np.isfinite(numbers)) or np.any(numbers < 0):
            raise ValueError(f"{name} must be stated and not negative")
    keep = (rows >= 0) & (score >= least) & (score > 0)
    need, place = np.nonzero(keep)
    return Options(
        need,
        rows[need, place].astype(np.int64),
        score[need, place].astype(np.float64),
        np.asarray(demand, dtype=np.float64),
        np.asarray(capacity, dtype=np.float64),
    )


def greedy(edges: Options, order: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
    """Take edges in `order` (by default the best score first) wherever capacity is left."""
    if order is None:
        order = np.lexsort((edges.resource, edges.need, -edges.score))
    chosen = [-1] * len(edges.demand)
    left = edges.capacity.tolist()
    demand = edges.demand.tolist()
    for need, resource in zip(edges.need[order].tolist(), edges.resource[order].tolist(), strict=True):
        if chosen[need] < 0 and demand[need] <= left[resource]:
            chosen[need] = resource
            left[resource] -= demand[need]
    return np.array(chosen, dtype=np.int64)


def plan_value(edges: Options, chosen: NDArray[np.int64]) -> float:
    """The sum of score × persons of a plan."""
    taken = chosen[edges.need] == edges.resource
    return float(edges.value[taken].sum())


def assign(edges: Options, rounds: int = 50, progress: Callable[[int], None] | None = None) -> Plan:
    """The best plan found; never worse than `greedy`, always the same for the same edges."""
    fits = edges.demand[edges.need] <= edges.capacity[edges.resource]
    usable = Options(edges.need[fits], edges.resource[fits], edges.score[fits], edges.demand, edges.capacity)
    plain = greedy(usable)
    if len(usable.need) == 0:
        return Plan(plain, 0.0, 0.0, _left(edges, fits, plain))
    best_value, best = plan_value(usable, plain), plain
    bound, prices = _prices(usable, rounds, best_value, progress)
    reduced = usable.score - prices[usable.resource]
    # A need whose best choice is clearest goes first: the others have somewhere else to go.
    priced = greedy(
        usable, np.lexsort((usable.resource, usable.need, -usable.score, -_regret(usable, reduced)))
    )
    by_reduced = greedy(usable, np.lexsort((usable.resource, usable.need, -reduced)))
    for start in (priced, by_reduced):
        value = plan_value(usable, start)
        if value > best_value:
            best_value, best = value, start
    best = _improve(usable, best, prices)
    return Plan(
        best, plan_value(usable, best), max(bound, plan_value(usable, best)), _left(edges, fits, best)
    )


def _regret(edges: Options, reduced: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each edge how much the need would lose against this choice's next best, -inf if not its best."""
    first = np.flatnonzero(np.r_[True, np.diff(edges.need) > 0])
    best = np.maximum.reduceat(reduced, first)
    group = np.cumsum(np.r_[True, np.diff(edges.need) > 0]) - 1
    others = np.where(reduced == best[group], -np.inf, reduced)
    second = np.maximum(np.maximum.reduceat(others, first), 0.0)
    return reduced - second[group]


def _prices(
    edges: Options, rounds: int, reached: float, progress: Callable[[int], None] | None
) -> tuple[float, NDArray[np.float64]]:
    """Prices per person of capacity by subgradient steps, and the least upper bound met on the way."""
    first = np.flatnonzero(np.r_[True, np.diff(edges.need) > 0])
    group = np.cumsum(np.r_[True, np.diff(edges.need) > 0]) - 1
    demand = edges.demand[edges.need]
    prices = np.zeros(len(edges.capacity))
    best_prices, bound, scale, stale = prices, np.inf, 1.0, 0
    for _ in range(rounds):
        gain = (edges.score - prices[edges.resource]) * demand
        best = np.maximum.reduceat(gain, first)
        total = float(np.maximum(best, 0).sum() + (prices * edges.capacity).sum())
        if total < bound - 1e-9:
            bound, best_prices, stale = total, prices, 0
        else:
            stale += 1
            if stale >= 4:
                scale, stale, prices = scale / 2, 0, best_prices
                continue
        wants = (gain == best[group]) & (gain > 0)
        # One choice a need: the first of equal ones.
        picked = np.flatnonzero(wants)
        picked = picked[np.r_[True, np.diff(group[picked]) > 0]] if len(picked) else picked
        load = np.bincount(edges.resource[picked], weights=demand[picked], minlength=len(prices))
        slack = load - edges.capacity
        slack[(prices == 0) & (slack < 0)] = 0
        norm = float((slack**2).sum())
        if norm == 0 or bound - reached <= 1e-9:
            break
        prices = np.maximum(0.0, prices + scale * max(total - reached, 1e-6) / norm * slack)
        if progress is not None:
            progress(1)
    return bound, best_prices


def _improve(
    edges: Options, start: NDArray[np.int64], prices: NDArray[np.float64], passes: int = 2
) -> NDArray[np.int64]:
    """Local search: a need moves to a better resource, if need be by moving one smaller claim aside.

    The one moved aside goes to its best resource with room or is left out; the move is made when the whole
    plan gains.
    """
    chosen = start.tolist()
    demand, left = edges.demand.tolist(), edges.capacity.tolist()
    members: list[set[int]] = [set() for _ in left]
    ways: list[list[tuple[float, int]]] = [[] for _ in chosen]
    for need, resource, value in zip(
        edges.need.tolist(), edges.resource.tolist(), edges.value.tolist(), strict=True
    ):
        ways[need].append((value, resource))
    for way in ways:
        way.sort(key=lambda edge: (-edge[0], edge[1]))
    worth = [0.0] * len(chosen)
    for need, resource in enumerate(chosen):
        if resource >= 0:
            members[resource].add(need)
            left[resource] -= demand[need]
            worth[need] = next(value for value, other in ways[need] if other == resource)

    def retreat(need: int, away: int) -> tuple[float, int]:
        """The best other place with room for `need`."""
        size = demand[need]
        for value, resource in ways[need]:
            if resource != away and left[resource] >= size:
                return value, resource
        return 0.0, -1

    def move(need: int, value: float, resource: int) -> None:
        old = chosen[need]
        if old >= 0:
            members[old].discard(need)
            left[old] += demand[need]
        chosen[need], worth[need] = resource, value
        if resource >= 0:
            members[resource].add(need)
            left[resource] -= demand[need]

    for _ in range(passes):
        moved = False
        for need in range(len(chosen)):
            size, now = demand[need], worth[need]
            for value, resource in ways[need]:
                if value <= now + 1e-9:
                    break
                if left[resource] >= size:
                    move(need, value, resource)
                    moved = True
                    break
                best_gain, best = 1e-9, None
                for other in members[resource]:
                    if demand[other] + left[resource] < size:
                        continue
                    if value - now - worth[other] + ways[other][0][0] <= best_gain:
                        continue
                    there, place = retreat(other, resource)
                    gain = value - now - worth[other] + there
                    if gain > best_gain or (gain == best_gain and best is not None and other < best[0]):
                        best_gain, best = gain, (other, there, place)
                if best is not None:
                    other, there, place = best
                    move(other, there, place)
                    move(need, value, resource)
                    moved = True
                    break
        if not moved:
            break
    return np.array(chosen, dtype=np.int64)


def _left(edges: Options, fits: NDArray[np.bool_], chosen: NDArray[np.int64]) -> dict[int, str]:
    """Why each need that got nothing got nothing."""
    suggested, possible = set(edges.need.tolist()), set(edges.need[fits].tolist())
    return {
        need: CROWDED_OUT if need in possible else TOO_BIG if need in suggested else NO_SUGGESTION
        for need in np.flatnonzero(chosen < 0).tolist()
    }
