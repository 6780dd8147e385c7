"""What to buy within a budget: items cover needs, needs have a value, streets and target groups get their share.

A need counts once, however many chosen items cover it. Its value is points for urgency, persons and support, each
0–100, times whole-number weights. Fairness adds points to needs of places and groups that are behind: where less
than a quarter of the needs is met, three times the weight; below a half, twice; below three quarters, once.

`plan` is exact: a mixed-integer programme solved by HiGHS (scipy.optimize.milp), all in whole numbers. Among plans
of the same value the cheaper one is taken, then the one with the earlier items, so the same problem always gives
the same plan. Beyond `EXACT_ITEMS` items, or when the search does not end within `NODES` nodes (a count, not a time,
so that the machine does not matter), the greedy plan is answered and says so.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

EXACT_ITEMS = 2_000
NODES = 50_000
STEPS = 4
"""Fairness looks at quarters of the needs of a place or a group."""
FULL_PERSONS, FULL_SUPPORT = 200, 100
"""Persons and supporters from which on a need earns all the points of that kind."""
LARGEST_WEIGHT = 10


class PlanningError(ValueError):
    """A problem that has no plan. `code` and `details` say which, for a page to put into words."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(f"{code} {details}" if details else code)
        self.code, self.details = code, details


@dataclass(frozen=True, slots=True)
class Need:
    """An unmet need: urgency 1–5, persons concerned, people who support it, its street and target group."""

    id: str
    urgency: int
    persons: int
    support: int
    street: str
    group: str


@dataclass(frozen=True, slots=True)
class PurchaseOption:
    """Something that can be bought: cost in fen, the needs it covers, the persons it serves."""

    id: str
    cost: int
    needs: tuple[str, ...]
    persons: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """How a street or a target group stands before the plan: needs met of needs in all."""

    key: str
    met: int
    total: int


@dataclass(frozen=True, slots=True)
class Weights:
    """What staff find important, each 0–10; all zero is no plan."""

    urgency: int = 5
    persons: int = 3
    support: int = 2
    streets: int = 0
    groups: int = 0

    def __post_init__(self) -> None:
        values = (self.urgency, self.persons, self.support, self.streets, self.groups)
        if any(not 0 <= value <= LARGEST_WEIGHT for value in values):
            raise PlanningError("weight-out-of-range")
        if not any(values):
            raise PlanningError("no-weight")


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything a plan is computed from."""

    budget: int
    options: tuple[PurchaseOption, ...]
    needs: tuple[Need, ...]
    streets: tuple[Share, ...] = ()
    groups: tuple[Share, ...] = ()
    weights: Weights = field(default_factory=Weights)
    must: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        known = {option.id for option in self.options}
        needs = {need.id for need in self.needs}
        if len(known) != len(self.options) or len(needs) != len(self.needs):
            raise PlanningError("same-id-twice")
        if any(option.cost <= 0 for option in self.options):
            raise PlanningError("cost-not-positive")
        if self.must & self.never:
            raise PlanningError("must-and-never", items=sorted(self.must & self.never))
        if strange := (self.must | self.never) - known:
            raise PlanningError("unknown-items", items=sorted(strange))
        total = sum(option.cost for option in self.options if option.id in self.must)
        if total > self.budget:
            raise PlanningError("must-costs-more", cost=total, budget=self.budget)

    # plain data, for keeping a problem with its plan

    def as_json(self) -> dict[str, Any]:
        return {
            "budget": self.budget,
            "options": [[o.id, o.cost, list(o.needs), o.persons] for o in self.options],
            "needs": [[n.id, n.urgency, n.persons, n.support, n.street, n.group] for n in self.needs],
            "streets": [[s.key, s.met, s.total] for s in self.streets],
            "groups": [[s.key, s.met, s.total] for s in self.groups],
            "weights": [
                self.weights.urgency,
                self.weights.persons,
                self.weights.support,
                self.weights.streets,
                self.weights.groups,
            ],
            "must": sorted(self.must),
            "never": sorted(self.never),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Problem":
        return cls(
            budget=data["budget"],
            options=tuple(PurchaseOption(i, c, tuple(needs), p) for i, c, needs, p in data["options"]),
            needs=tuple(Need(*row) for row in data["needs"]),
            streets=tuple(Share(*row) for row in data["streets"]),
            groups=tuple(Share(*row) for row in data["groups"]),
            weights=Weights(*data["weights"]),
            must=frozenset(data["must"]),
            never=frozenset(data["never"]),
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """The chosen items in order of their ids, what they cost, the points reached; `exact` if no plan is better."""

    chosen: tuple[str, ...]
    cost: int
    points: int
    exact: bool


def points_of(need: Need, weights: Weights) -> int:
    """The points of one need before fairness."""
    urgency = 20 * max(0, min(5, need.urgency))
    persons = 100 * min(need.persons, FULL_PERSONS) // FULL_PERSONS
    support = 100 * min(need.support, FULL_SUPPORT) // FULL_SUPPORT
    return weights.urgency * urgency + weights.persons * persons + weights.support * support


def covered_by(problem: Problem, chosen: Iterable[str]) -> set[str]:
    """The needs that the chosen items cover."""
    wanted, known = set(chosen), {need.id for need in problem.needs}
    return {need for option in problem.options if option.id in wanted for need in option.needs} & known


def points_of_plan(problem: Problem, chosen: Iterable[str]) -> int:
    """The points that a choice reaches: the objective, counted plainly."""
    covered = covered_by(problem, chosen)
    met = [need for need in problem.needs if need.id in covered]
    total = sum(points_of(need, problem.weights) for need in met)
    for weight, shares, keys in (
        (problem.weights.streets, problem.streets, [need.street for need in met]),
        (problem.weights.groups, problem.groups, [need.group for need in met]),
    ):
        for share in shares if weight else ():
            count = keys.count(share.key)
            total += sum(
                100 * weight * slope * max(0, min(share.met + count, high) - max(share.met, low))
                for slope, low, high in _steps(share)
            )
    return total


def _steps(share: Share) -> list[tuple[int, int, int]]:
    """(slope, from, to) in needs met: the first quarter counts three times, the second twice, the third once."""
    ends = [share.total * step // STEPS for step in range(STEPS + 1)]
    return [(STEPS - 1 - step, ends[step], ends[step + 1]) for step in range(STEPS - 1)]


def plan(problem: Problem) -> Plan:
    """The best choice within the budget. Always the same for the same problem, whatever the order of its parts."""
    problem = _sorted(problem)
    rough = greedy(problem)
    if len(problem.options) > EXACT_ITEMS:
        return rough
    best = _Model(problem).solve()
    return rough if best is None else best


def greedy(problem: Problem) -> Plan:
    """Take, again and again, what adds most points for its money; must-haves first. Never worse than any one item."""
    problem = _sorted(problem)
    by_id = {option.id: option for option in problem.options}
    chosen = sorted(problem.must)
    left = problem.budget - sum(by_id[key].cost for key in chosen)
    open_ = [option for option in problem.options if option.id not in problem.must | problem.never]
    now = points_of_plan(problem, chosen)
    best_single: tuple[int, str] | None = None
    for option in open_:
        if option.cost <= left:
            alone = points_of_plan(problem, [*chosen, option.id])
            if best_single is None or alone > best_single[0]:
                best_single = alone, option.id
    start = list(chosen)
    while True:
        gains = [
            (points_of_plan(problem, [*chosen, option.id]) - now, option)
            for option in open_
            if option.cost <= left and option.id not in chosen
        ]
        gains = [(gain, option) for gain, option in gains if gain > 0]
        if not gains:
            break
        # exact comparison of gain / cost: a/b > c/d as a·d > c·b would need pairs; fractions of ints are exact here
        gain, option = max(gains, key=lambda pair: (pair[0] * 10**12 // pair[1].cost, -pair[1].cost))
        chosen.append(option.id)
        left -= option.cost
        now += gain
    if best_single is not None and best_single[0] > now:
        chosen = [*start, best_single[1]]
    return _answer(problem, chosen, exact=False)


def _sorted(problem: Problem) -> Problem:
    return replace(
        problem,
        options=tuple(sorted(problem.options, key=lambda option: option.id)),
        needs=tuple(sorted(problem.needs, key=lambda need: need.id)),
        streets=tuple(sorted(problem.streets, key=lambda share: share.key)),
        groups=tuple(sorted(problem.groups, key=lambda share: share.key)),
    )


def _answer(problem: Problem, chosen: Iterable[str], *, exact: bool) -> Plan:
    ids = tuple(sorted(chosen))
    cost = sum(option.cost for option in problem.options if option.id in set(ids))
    return Plan(ids, cost, points_of_plan(problem, ids), exact)


class _Model:
    """The problem as a mixed-integer programme: items x, needs y ≤ Σ x, fairness steps g ≤ met − lower end."""

    def __init__(self, problem: Problem) -> None:
        import numpy as np  # here: reading a plan's page must not pay for it

        self.problem = problem
        options, needs = problem.options, problem.needs
        index = {need.id: n for n, need in enumerate(needs)}
        self.items = len(options)
        columns = self.items + len(needs)
        gain: list[float] = [0.0] * self.items + [float(points_of(need, problem.weights)) for need in needs]
        upper: list[float] = [0.0 if option.id in problem.never else 1.0 for option in options] + [1.0] * len(
            needs
        )
        lower: list[float] = [1.0 if option.id in problem.must else 0.0 for option in options] + [0.0] * len(
            needs
        )
        rows: list[tuple[dict[int, float], float]] = []  # Σ a·v ≤ b
        covering: list[dict[int, float]] = [{} for _ in needs]
        for n, option in enumerate(options):
            for need in option.needs:
                if need in index:
                    covering[index[need]][n] = -1.0
        for n, terms in enumerate(covering):
            rows.append(({self.items + n: 1.0, **terms}, 0.0))
        for weight, shares, key in (
            (problem.weights.streets, problem.streets, "street"),
            (problem.weights.groups, problem.groups, "group"),
        ):
            for share in shares if weight else ():
                inside = {
                    self.items + n: -1.0 for n, need in enumerate(needs) if getattr(need, key) == share.key
                }
                steps = [
                    (slope, high - max(low, share.met))
                    for slope, low, high in _steps(share)
                    if high > max(low, share.met)
                ]
                if not inside or not steps:
                    continue
                row = dict(inside)
                for slope, room in steps:
                    gain.append(100.0 * weight * slope)
                    upper.append(float(room))
                    lower.append(0.0)
                    row[columns] = 1.0
                    columns += 1
                rows.append((row, 0.0))
        self.gain, self.upper, self.lower, self.columns = (
            np.array(gain),
            np.array(upper),
            np.array(lower),
            columns,
        )
        self.unit = math.gcd(problem.budget, *(option.cost for option in options)) or 1
        self.cost = np.zeros(columns)
        self.cost[: self.items] = [option.cost // self.unit for option in options]
        self.rows = rows

    def solve(self) -> Plan | None:
        """Most points, then least cost, then the earliest items; None when the search was cut off."""
        import numpy as np

        budget = self.problem.budget // self.unit
        most = self._run(-self.gain, [(self.cost, -np.inf, budget)])
        if most is None:
            return None
        points = _answer(self.problem, most, exact=True).points
        reach = (self.gain, points - 0.5, np.inf)
        cheap = self._run(self.cost, [(self.cost, -np.inf, budget), reach])
        if cheap is None:
            return None
        spent = _answer(self.problem, cheap, exact=True).cost // self.unit
        order = np.zeros(self.columns)
        order[: self.items] = np.arange(1, self.items + 1)
        early = self._run(order, [(self.cost, -np.inf, spent), reach])
        return None if early is None else _answer(self.problem, early, exact=True)

    def _run(self, objective: Any, extra: Sequence[tuple[Any, float, float]]) -> list[str] | None:
        """Ids chosen; a choice that rounding let pass the budget is cut off and the search repeated."""
        import numpy as np

        cuts: list[tuple[Any, float, float]] = []
        while True:
            chosen = self._search(objective, [*extra, *cuts])
            if chosen is None:
                return None
            cost = sum(self.problem.options[n].cost for n in chosen)
            if cost <= self.problem.budget:
                return [self.problem.options[n].id for n in chosen]
            row = np.zeros(self.columns)
            row[chosen] = 1.0
            cuts.append((row, -np.inf, len(chosen) - 1))

    def _search(self, objective: Any, extra: Sequence[tuple[Any, float, float]]) -> list[int] | None:
        # Imported here, where it is needed: it costs a second and a half that no other command should pay.
        import numpy as np
        from scipy import sparse
        from scipy.optimize import Bounds, LinearConstraint, milp

        data, row_of, column_of, limits = [], [], [], []
        for n, (terms, limit) in enumerate(self.rows):
            limits.append(limit)
            for column, value in terms.items():
                row_of.append(n)
                column_of.append(column)
                data.append(value)
        constraints = [LinearConstraint(row.reshape(1, -1), low, high) for row, low, high in extra]
        if self.rows:
            matrix = sparse.csr_matrix((data, (row_of, column_of)), shape=(len(self.rows), self.columns))
            constraints.append(LinearConstraint(matrix, -np.inf, np.array(limits)))
        whole = np.zeros(self.columns)
        whole[: self.items] = 1
        found = milp(
            objective,
            integrality=whole,
            bounds=Bounds(self.lower, self.upper),
            constraints=constraints,
            options={"mip_rel_gap": 0.0, "node_limit": NODES},
        )
        if found.status != 0 or found.x is None:
            return None
        return [n for n in range(self.items) if found.x[n] > 0.5]


# ── what a plan reaches ─────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Outcome:
    """A plan in numbers for comparing. Rates are (met, of) by street and group, with what was met before the plan."""

    cost: int
    items: int
    needs: int
    persons: int
    support: int
    urgent: int
    streets: Mapping[str, tuple[int, int]]
    groups: Mapping[str, tuple[int, int]]

    @property
    def lowest(self) -> tuple[str, float] | None:
        """The street with the lowest rate, and the rate."""
        rates = [(met / total, key) for key, (met, total) in self.streets.items() if total]
        return (min(rates)[1], min(rates)[0]) if rates else None

    @property
    def spread(self) -> float:
        """The distance between the highest and the lowest rate of the streets."""
        rates = [met / total for met, total in self.streets.values() if total]
        return max(rates) - min(rates) if rates else 0.0


def measure(problem: Problem, chosen: Iterable[str]) -> Outcome:
    """What a choice reaches."""
    wanted = set(chosen)
    covered = covered_by(problem, wanted)
    met = [need for need in problem.needs if need.id in covered]
    taken = [option for option in problem.options if option.id in wanted]

    def rates(shares: Sequence[Share], keys: list[str]) -> dict[str, tuple[int, int]]:
        return {share.key: (share.met + keys.count(share.key), share.total) for share in shares}

    return Outcome(
        cost=sum(option.cost for option in taken),
        items=len(taken),
        needs=len(met),
        persons=sum(option.persons for option in taken),
        support=sum(need.support for need in met),
        urgent=sum(need.urgency >= 4 for need in met),
        streets=rates(problem.streets, [need.street for need in met]),
        groups=rates(problem.groups, [need.group for need in met]),
    )


@dataclass(frozen=True, slots=True)
class Further:
    """What more money would buy after a plan: items in order of points for their money, and what would be left.

    `gains` holds, for each item, the needs it adds when bought after those before it. `next_option` is the best one
    that the rest cannot pay, with the fen it falls short.
    """

    chosen: tuple[PurchaseOption, ...]
    gains: tuple[int, ...]
    left: int
    next_option: PurchaseOption | None
    short: int


def further(problem: Problem, chosen: Iterable[str], more: int) -> Further:
    """What `more` fen would buy on top of a choice that stays as it is."""
    base = sorted(chosen)
    wider = replace(
        problem, budget=problem.budget + more, must=frozenset(base), never=problem.never - set(base)
    )
    extra = [key for key in plan(wider).chosen if key not in base]
    by_id = {option.id: option for option in problem.options}
    ordered: list[str] = []
    while len(ordered) < len(extra):
        now = points_of_plan(problem, [*base, *ordered])
        ordered.append(
            max(
                (key for key in extra if key not in ordered),
                key=lambda key: (
                    (points_of_plan(problem, [*base, *ordered, key]) - now) * 10**12 // by_id[key].cost,
                    key,
                ),
            )
        )
    gains, before = [], covered_by(problem, base)
    for place in range(len(ordered)):
        after = covered_by(problem, [*base, *ordered[: place + 1]])
        gains.append(len(after) - len(before))
        before = after
    spent = sum(by_id[key].cost for key in [*base, *ordered])
    left = problem.budget + more - spent
    now = points_of_plan(problem, [*base, *ordered])
    rest = [
        (points_of_plan(problem, [*base, *ordered, option.id]) - now, option)
        for option in problem.options
        if option.id not in {*base, *ordered} | problem.never and option.cost > left
    ]
    rest = [(gain, option) for gain, option in rest if gain > 0]
    best = max(rest, key=lambda pair: (pair[0] * 10**12 // pair[1].cost, pair[1].id))[1] if rest else None
    return Further(
        tuple(by_id[key] for key in ordered), tuple(gains), left, best, best.cost - left if best else 0
    )
