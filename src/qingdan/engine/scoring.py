"""The explained score of a need and a resource: points for six things, at most 100 in all.

Place, time and capacity only matter where the content fits: below half of the content points they count
in proportion, otherwise the nearest hall would be the best answer to every need.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qingdan.engine import hours
from qingdan.engine.features import Reading
from qingdan.engine.items import Item
from qingdan.engine.lexicon import Lexicon
from qingdan.engine.places import read_place

CONTENT, CATEGORY, TARGET, PLACE, TIME, CAPACITY = 30, 15, 10, 20, 15, 10
"""Most points of each component; category and target group together are the 25 of the class."""

NAMES = {
    "content": "内容",
    "wish": "诉求",
    "category": "类别",
    "target": "对象",
    "place": "地区",
    "time": "时段",
    "capacity": "容量",
}
MAXIMA = {
    "content": CONTENT,
    "category": CATEGORY,
    "target": TARGET,
    "place": PLACE,
    "time": TIME,
    "capacity": CAPACITY,
}
FULL_SIMILARITY = 0.6
"""Similarity of the texts at which the content earns all its points: two people who mean the same thing
in different words rarely come nearer."""

# Shares of a component's maximum where something is not stated or only nearly agrees.
UNSTATED_PLACE, SAME_STREET, SAME_DISTRICT = 0.4, 0.6, 0.3
UNSTATED_TIME, UNSTATED_CAPACITY = 0.5, 0.5
SUGGESTED_SAME, SUGGESTED_UNKNOWN, SUGGESTED_OTHER = 0.7, 0.35, 0.15
RELATED_TARGET, EVERYONE_TARGET = 0.7, 0.4
EVERYONE = "居民"
"""What is for all residents is for each group of them as well, though not made for it."""


@dataclass(frozen=True, slots=True)
class Component:
    """One part of a score: points of a maximum, with the reason in words."""

    code: str
    points: float
    maximum: int
    reason: str

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "name": NAMES[self.code],
            "points": self.points,
            "maximum": self.maximum,
            "reason": self.reason,
        }


def as_text(part: Component) -> str:
    """A part of a score as JSON text."""
    return json.dumps(part.as_json(), ensure_ascii=False)


EVERYONE_NUMBER = 1


class Names:
    """Numbers for names, the same name always the same number; 0 means not stated."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {"": 0, EVERYONE: EVERYONE_NUMBER}

    def number(self, name: str) -> int:
        return self._numbers.setdefault(name, len(self._numbers))


Ints = NDArray[np.int32]
FIELDS = (
    "category",
    "suggested_category",
    "target",
    "target_root",
    "suggested_target",
    "district",
    "street",
    "community",
    "whole_district",
    "time",
    "capacity",
    "actions",
    "near_actions",
    "against",
    "house",
)
WISHES = ("actions", "near_actions", "against", "house")


@dataclass(slots=True)
class Columns:
    """What a list states apart from its texts, as numbers, one entry an item."""

    category: Ints
    suggested_category: Ints
    target: Ints
    target_root: Ints
    suggested_target: Ints
    district: Ints
    street: Ints
    community: Ints
    whole_district: Ints
    time: NDArray[np.uint64]
    capacity: NDArray[np.float32]
    actions: NDArray[np.uint64]
    near_actions: NDArray[np.uint64]
    against: NDArray[np.bool_]
    house: Ints

    def take(self, rows: Any) -> "Columns":
        return Columns(*(getattr(self, name)[rows] for name in FIELDS))

    def take_stated(self, rows: Any) -> "Columns":
        """As `take`, without what only comparing needs with needs looks at."""
        return Columns(
            *(getattr(self, name)[rows] if name not in WISHES else getattr(self, name)[:0] for name in FIELDS)
        )

    def joined(self, other: "Columns") -> "Columns":
        return Columns(*(np.concatenate([getattr(self, n), getattr(other, n)]) for n in FIELDS))

    def __len__(self) -> int:
        return len(self.category)


def columns_of(items: Sequence[Item], readings: Sequence[Reading], lexicon: Lexicon, names: Names) -> Columns:
    """The stated facts of a list as numbers."""
    table = np.zeros((9, len(items)), dtype=np.int32)
    time = np.zeros(len(items), dtype=np.uint64)
    capacity = np.full(len(items), np.nan, dtype=np.float32)
    actions = np.fromiter((reading.wish.actions for reading in readings), np.uint64, len(readings))
    near = np.fromiter((reading.wish.near for reading in readings), np.uint64, len(readings))
    against = np.fromiter((reading.wish.against for reading in readings), np.bool_, len(readings))
    house = np.fromiter((names.number(reading.wish.house) for reading in readings), np.int32, len(readings))
    number = names.number
    targets: dict[str, tuple[int, int]] = {}
    for row, (item, reading) in enumerate(zip(items, readings, strict=True)):
        if item.target not in targets:
            head, root = lexicon.target(item.target)
            targets[item.target] = (number(head), number(root))
        place = read_place(item.place)
        table[:, row] = (
            number(lexicon.category(item.category)),
            number(reading.category),
            *targets[item.target],
            number(reading.target),
            number(place.district) if place.district != "*" else 0,
            number(place.street),
            number(place.community),
            place.district == "*",
        )
        time[row] = hours.read_hours(f"{item.time}。{item.words}")
        if item.capacity is not None:
            capacity[row] = item.capacity
    facts = dict(zip(FIELDS, table, strict=False))
    return Columns(
        **facts,
        time=time,
        capacity=capacity,
        actions=actions,
        near_actions=near,
        against=against,
        house=house,
    )


@dataclass(slots=True)
class Points:
    """Points in tenths for pairs, one array a component; arrays share one shape."""

    content: NDArray[np.int32]
    category: NDArray[np.int32]
    target: NDArray[np.int32]
    place: NDArray[np.int32]
    time: NDArray[np.int32]
    capacity: NDArray[np.int32]

    @property
    def total(self) -> NDArray[np.int32]:
        return self.content + self.category + self.target + self.place + self.time + self.capacity


def points(similarity: NDArray[np.float32], needs: Columns, resources: Columns) -> Points:
    """Points of pairs; the columns of both sides must broadcast to the shape of `similarity`."""
    content = np.clip(similarity / FULL_SIMILARITY, 0.0, 1.0)
    gate = np.minimum(1.0, content * 2)
    return Points(
        _tenths(CONTENT, content),
        _tenths(CATEGORY, category_share(needs, resources)),
        _tenths(TARGET, target_share(needs, resources)),
        _tenths(PLACE, _place(needs, resources) * gate),
        _tenths(TIME, _time(needs, resources) * gate),
        _tenths(CAPACITY, _capacity(needs, resources) * gate),
    )


def _tenths(maximum: int, share: NDArray[Any]) -> NDArray[np.int32]:
    return np.rint(share * np.float32(maximum * 10)).astype(np.int32)


def _agreement(
    given: tuple[Ints, Ints], suggested: tuple[Ints, Ints], exact: NDArray[Any]
) -> NDArray[np.float32]:
    """Where both sides state it `exact` counts, else what the texts suggest."""
    left = np.where(given[0] > 0, given[0], suggested[0])
    right = np.where(given[1] > 0, given[1], suggested[1])
    guess = np.where(
        (left == 0) | (right == 0),
        np.float32(SUGGESTED_UNKNOWN),
        np.where(left == right, np.float32(SUGGESTED_SAME), np.float32(SUGGESTED_OTHER)),
    )
    return np.where((given[0] > 0) & (given[1] > 0), exact, guess).astype(np.float32)


def category_share(a: Columns, b: Columns) -> NDArray[np.float32]:
    """Share of the category's points, 1 where both state the same."""
    return _agreement(
        (a.category, b.category), (a.suggested_category, b.suggested_category), a.category == b.category
    )


def target_share(a: Columns, b: Columns) -> NDArray[np.float32]:
    """Share of the target group's points, 1 where both state the same."""
    everyone = (a.target_root == EVERYONE_NUMBER) | (b.target_root == EVERYONE_NUMBER)
    exact = np.where(
        a.target == b.target,
        np.float32(1),
        np.where(
            a.target_root == b.target_root,
            np.float32(RELATED_TARGET),
            np.where(everyone, np.float32(EVERYONE_TARGET), np.float32(0)),
        ),
    )
    return _agreement((a.target_root, b.target_root), (a.suggested_target, b.suggested_target), exact)


def place_level(a: Columns, b: Columns) -> NDArray[np.int8]:
    """0 not stated, 1 elsewhere, 2 same district, 3 same street, 4 same community, 5 area covers it."""
    district, other_district = _same_other(a.district, b.district)
    street, other_street = _same_other(a.street, b.street)
    community, other_community = _same_other(a.community, b.community)
    apart = other_district | other_street | other_community
    covers = (b.community == 0) & (street | ((b.street == 0) & district))
    level = np.where(
        apart,
        np.where(other_district, 1, np.where(street, 3, np.where(district, 2, 1))),
        np.where(community, 4, np.where(covers, 5, np.where(street, 3, np.where(district, 2, 0)))),
    )
    return np.where(b.whole_district > 0, 5, level).astype(np.int8)


def _same_other(a: Ints, b: Ints) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    both = (a > 0) & (b > 0)
    return both & (a == b), both & (a != b)


_PLACE_SHARES = np.array([UNSTATED_PLACE, 0, SAME_DISTRICT, SAME_STREET, 1, 1], dtype=np.float32)


def _place(a: Columns, b: Columns) -> NDArray[np.float32]:
    return _PLACE_SHARES[place_level(a, b)]


def _time(a: Columns, b: Columns) -> NDArray[np.float32]:
    wanted = np.bitwise_count(a.time)
    common = np.bitwise_count(a.time & b.time)
    share = common.astype(np.float32) / np.maximum(wanted, 1).astype(np.float32)
    return np.where((a.time == 0) | (b.time == 0), np.float32(UNSTATED_TIME), share).astype(np.float32)


def _capacity(a: Columns, b: Columns) -> NDArray[np.float32]:
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(a.capacity > 0, np.minimum(1.0, b.capacity / a.capacity), 1.0)
    unstated = np.isnan(a.capacity) | np.isnan(b.capacity)
    return np.where(unstated, np.float32(UNSTATED_CAPACITY), share).astype(np.float32)


def stated_reason(name: str, left: str, right: str, share: float) -> str:
    """Why category or target group earned `share` of its points."""
    if left and right:
        if share == 1:
            return f"{right}，一致"
        return f"{left}，对方写{right}，相近" if share else f"{left}，对方写{right}，不一致"
    who = "双方都没写" if not left and not right else "一方没写"
    if share > SUGGESTED_UNKNOWN + 0.01:
        return f"{who}{name}，从文字看一致"
    return f"{who}{name}，看不出" if share > SUGGESTED_OTHER + 0.01 else f"{who}{name}，从文字看不一致"


def place_reason(level: int) -> str:
    """A level of `place_level` in words."""
    return ("没写明地区", "不在同一地区", "同一区县", "同一街道", "同一社区", "服务范围包含该地")[level]


def time_reason(wanted: int, offered: int) -> str:
    """Times wanted and offered in words."""
    if not wanted or not offered:
        return (
            "双方都没写时段"
            if not wanted and not offered
            else "需求没写时段"
            if not wanted
            else "资源没写时段"
        )
    common = wanted & offered
    if common == wanted:
        return f"{hours.describe(wanted)}可用"
    if not common:
        return f"要{hours.describe(wanted)}，只有{hours.describe(offered)}可用"
    return f"要{hours.describe(wanted)}，部分时段可用"


def capacity_reason(wanted: float, offered: float) -> str:
    """Persons expected and offered in words; not a number where not stated."""
    if math.isnan(wanted) or math.isnan(offered):
        return "没写人数" if math.isnan(wanted) else "没写容量"
    if offered >= wanted:
        return f"{offered:g} 人，够用"
    return f"{offered:g} 人，差 {wanted - offered:g} 人"
