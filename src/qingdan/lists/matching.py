"""Suggestions for needs: the engine's index over today's resources, kept in each process.

The index is built anew when a resource of the district was entered, changed or put on or off the list, or when staff
changed a word list; between two such changes only what is left of the capacities is brought up to date. So a
suggestion costs a look at the stamp, one reading of the capacities and the query of the index.
"""

import datetime as dt
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Q

from qingdan.core import clock
from qingdan.engine.items import Item
from qingdan.lists import capacity as capacity_of
from qingdan.lists import matching_queries
from qingdan.lists.models import (
    LIVE,
    Category,
    LeftOut,
    Match,
    MatchState,
    Resource,
    ResourceState,
    SocialNeed,
    TargetGroup,
)

if TYPE_CHECKING:  # the engine's arithmetic is loaded when it is first needed
    from qingdan.engine.scoring import Component
    from qingdan.engine.similarity import Index
    from qingdan.engine.similarity import Match as Suggested

# The words of the engine's lexicon for our codes.
CATEGORY_WORDS = {
    Category.ELDERLY: "养老",
    Category.CHILDREN: "儿童青少年",
    Category.DISABILITY: "助残",
    Category.RELIEF: "救助",
    Category.CULTURE: "文体",
    Category.GOVERNANCE: "治理",
    Category.LEGAL: "法律",
    Category.COUNSELLING: "心理",
    Category.SKILLS: "就业技能",
    Category.DISASTER: "防灾减灾",
    Category.PARTY: "党建",
    Category.OTHER: "",
}
TARGET_WORDS = {
    TargetGroup.ELDERLY: "老年人",
    TargetGroup.EMPTY_NEST: "独居老人",
    TargetGroup.CHILDREN: "儿童",
    TargetGroup.LEFT_BEHIND: "留守儿童",
    TargetGroup.MIGRANT_CHILDREN: "流动儿童",
    TargetGroup.YOUTH: "青年",
    TargetGroup.WOMEN: "妇女",
    TargetGroup.DISABLED: "残疾人",
    TargetGroup.POOR: "困难家庭",
    TargetGroup.MIGRANTS: "流动人口",
    TargetGroup.RESIDENTS: "居民",
}
_DAYS = "一二三四五六日"
# A resource whose order was called off may be suggested for the need again; one found unsuitable or declined is not.
UNDECIDED = (MatchState.SUGGESTED, MatchState.CANCELLED)


def _area(code: str, district: str) -> str:
    return "全区" if code == district else code


def need_item(need: SocialNeed) -> Item:
    """A need as the engine reads it."""
    return Item(
        id=str(need.pk),
        text=need.text or need.title,
        title=need.title,
        category=CATEGORY_WORDS.get(Category(need.category), ""),
        target=TARGET_WORDS.get(TargetGroup(need.target), ""),
        place=need.place.code,
        capacity=float(need.persons) if need.persons else None,
    )


def resource_item(resource: Resource) -> Item:
    """A resource as the engine reads it: its windows become words of time, its capacity what is left."""
    times = "；".join(
        f"周{_DAYS[window.weekday - 1]} {window.starts:%H:%M}-{window.ends:%H:%M}"
        for window in resource.windows.all()
    )
    return Item(
        id=str(resource.pk),
        text=resource.text or resource.title,
        title=resource.title,
        category=CATEGORY_WORDS.get(Category(resource.category), ""),
        target=TARGET_WORDS.get(TargetGroup(resource.target), ""),
        place=_area(resource.area.code, resource.district),
        capacity=float(resource.left),
        time=times,
    )


# ── the index of this process ───────────────────────────────────────────────


def offered(district: str, day: dt.date) -> Any:
    """Resources that can be ordered on a day."""
    return Resource.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=day),
        district=district,
        state=ResourceState.AVAILABLE,
        valid_from__lte=day,
    )


@dataclass
class _Kept:
    stamp: tuple[Any, ...]
    index: "Index | None"
    rows: dict[int, int]  # key of a resource -> row of the index
    left: dict[int, int]  # what was left of each when last looked at


_kept: dict[str, _Kept] = {}
_lock = threading.RLock()


def _stamp(district: str, day: dt.date) -> tuple[Any, ...]:
    """Changes whenever a resource was added, taken off, or edited; not when capacity was promised."""
    found = offered(district, day).aggregate(count=Count("pk"), last=Max("changed_at"), key=Max("pk"))
    return day, found["count"], found["key"], found["last"]


def index_of(district: str, day: dt.date | None = None) -> "tuple[Index | None, dict[int, int]]":
    """The index over the resources on offer on a day, by default today, and what is left of each; None without any."""
    from qingdan.engine import word_lists
    from qingdan.engine.similarity import Index

    day = day or clock.today()
    with _lock:
        lexicon = word_lists.in_use()
        kept, stamp = _kept.get(district), (lexicon, *_stamp(district, day))
        if kept is None or kept.stamp != stamp:
            found = list(
                offered(district, day).select_related("area").prefetch_related("windows").order_by("pk")
            )
            index = Index.build([resource_item(one) for one in found], lexicon) if found else None
            kept = _Kept(stamp, index, {one.pk: row for row, one in enumerate(found)}, {})
            _kept[district] = kept
        left = {
            pk: capacity - reserved - used
            for pk, capacity, reserved, used in offered(district, day).values_list(
                "pk", "capacity", "reserved", "used"
            )
        }
        if kept.index is not None and left != kept.left:
            kept.left = left
            for pk, row in kept.rows.items():
                now = float(left.get(pk, 0))
                if kept.index.items[row].capacity != now:
                    kept.index.items[row] = replace(kept.index.items[row], capacity=now)
                    kept.index.columns.capacity[row] = now
        return kept.index, left


def forget() -> None:
    """Drop every index of this process."""
    with _lock:
        _kept.clear()


# ── for one need ────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Suggestion:
    """A resource for a need, with the parts of its score."""

    resource: Resource
    score: Decimal
    parts: "tuple[Component, ...]"
    left: int

    @property
    def kept_parts(self) -> list[dict[str, Any]]:
        return [part.as_json() for part in self.parts]


def suggestions(need: SocialNeed, k: int = 5, least: float = 30.0) -> list[Suggestion]:
    """The best resources on offer for a need, best first; those decided on already and those used up are left out.

    They are measured by the persons for whom nothing is ordered yet; when there are none left, nothing is suggested.
    """
    matches = list(Match.objects.filter(need=need).values_list("resource_id", "state", "persons"))
    lacking = matching_queries.lacking(
        need, sum(persons for _key, state, persons in matches if state in LIVE)
    )
    if lacking == 0:
        return []
    item = need_item(need)
    if item.capacity is not None:
        item = replace(item, capacity=float(lacking))
    with _lock:
        index, left = index_of(need.district)
        if index is None:
            return []
        decided = {key for key, state, _n in matches if state not in UNDECIDED}
        out = decided | {pk for pk, count in left.items() if count == 0}
        found = index.query(item, min(len(index), k + len(out)))
    wanted = [one for one in found if int(one.id) not in out and one.score >= least][:k]
    rows = Resource.objects.select_related("area__parent").prefetch_related("windows")
    resources = rows.in_bulk([int(one.id) for one in wanted])
    return [
        Suggestion(resources[int(one.id)], Decimal(str(one.score)), one.because, left[int(one.id)])
        for one in wanted
        if int(one.id) in resources
    ]


# ── for a whole list ────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Line:
    """One need of a plan: the resource's key, or the code of why it got none; and further suggestions."""

    need: SocialNeed
    persons: int
    resource: int | None
    score: Decimal | None
    parts: list[dict[str, Any]]
    left_out: str
    others: list[dict[str, Any]]


@dataclass(frozen=True)
class ListPlan:
    lines: list[Line]
    value: float
    bound: float


def plan_list(
    needs: Sequence[SocialNeed],
    *,
    least: int,
    k: int = 10,
    day: dt.date | None = None,
    progress: Callable[[int], None] | None = None,
) -> ListPlan:
    """Resources for a whole list of needs of one district within what is left, each need whole or not at all."""
    import numpy as np

    from qingdan.engine import assignment

    if not needs:
        return ListPlan([], 0.0, 0.0)
    with _lock:
        index, left = index_of(needs[0].district, day)
        if index is None:
            return ListPlan([_without(need, LeftOut.NO_SUGGESTION, []) for need in needs], 0.0, 0.0)
        found = list(index.match([need_item(need) for need in needs], min(k, len(index)), progress))
        keys = [int(item.id) for item in index.items]
    refused: dict[int, set[int]] = {}
    for need_id, resource_id in (
        Match.objects.filter(need__in=needs)
        .exclude(state__in=UNDECIDED)
        .values_list("need_id", "resource_id")
    ):
        refused.setdefault(need_id, set()).add(resource_id)
    row_of = {key: row for row, key in enumerate(keys)}
    rows = np.full((len(needs), k), -1, dtype=np.int32)
    score = np.zeros((len(needs), k))
    for n, (need, matches) in enumerate(zip(needs, found, strict=True)):
        for place, match in enumerate(matches):
            if int(match.id) not in refused.get(need.pk, set()):
                rows[n, place], score[n, place] = row_of[int(match.id)], match.score
    crowded: set[int] = set()
    demand = np.array([float(need.persons or 1) for need in needs])
    capacity = np.array([float(left.get(key, 0)) for key in keys])
    room = {
        row_of[key]: [places for _window, places in windows]
        for key, windows in capacity_of.room_in_windows(keys).items()
    }
    for row, places in room.items():
        capacity[row] = min(capacity[row], sum(places))
    while True:
        plan = assignment.assign(assignment.options(rows, score, demand, capacity, float(least)))
        misfits = _misfits(plan.resource.tolist(), demand.tolist(), room)
        if not misfits:
            break
        for n in misfits:  # no window takes it beside the others: it looks elsewhere
            rows[n, rows[n] == plan.resource[n]] = -1
            crowded.add(n)
    lines = []
    for n, (need, matches) in enumerate(zip(needs, found, strict=True)):
        near = [
            {"resource": int(one.id), "score": one.score}
            for one in matches
            if one.score >= least and int(one.id) not in refused.get(need.pk, set())
        ]
        chosen = int(plan.resource[n])
        if chosen < 0:
            why = plan.left[n]
            if n in crowded and why == LeftOut.NO_SUGGESTION:
                why = LeftOut.CROWDED_OUT
            lines.append(_without(need, why, near))
            continue
        match = next(one for one in matches if int(one.id) == keys[chosen])
        lines.append(_with(need, match, near))
    return ListPlan(lines, plan.value, plan.bound)


def _misfits(chosen: list[int], demand: list[float], room: dict[int, list[int]]) -> list[int]:
    """The needs that find no time window with room, when each in turn takes the first that has it, as orders do."""
    left = {row: list(places) for row, places in room.items()}
    out = []
    for n, row in enumerate(chosen):
        if row not in left:
            continue
        window = next((at for at, places in enumerate(left[row]) if places >= demand[n]), None)
        if window is None:
            out.append(n)
        else:
            left[row][window] -= int(demand[n])
    return out


def _with(need: SocialNeed, match: "Suggested", near: list[dict[str, Any]]) -> Line:
    parts = [part.as_json() for part in match.because]
    return Line(need, need.persons or 1, int(match.id), Decimal(str(match.score)), parts, "", near)


def _without(need: SocialNeed, why: str, near: list[dict[str, Any]]) -> Line:
    return Line(need, need.persons or 1, None, None, [], why, near)
