"""The three lists and their first published editions."""

import datetime as dt

from qingdan.lists.models import (
    Category,
    ItemState,
    NeedSource,
    NeedState,
    OwnerKind,
    PurchaseItem,
    Resource,
    ResourceKind,
    ResourceState,
    SocialNeed,
    TargetGroup,
)
from qingdan.sample.synthetic import spread, workday_like
from qingdan.sample.texts import ITEMS, NEEDS, RESOURCES
from qingdan.sample.world import World

NEED_COUNT = 312
RESOURCE_COUNT = 186
# How far the needs have come, in shares of 100.
STATES = (
    (NeedState.SUBMITTED, 6),
    (NeedState.COMMUNITY_VERIFIED, 4),
    (NeedState.PUBLISHED, 26),
    (NeedState.MATCHED, 18),
    (NeedState.IN_SERVICE, 22),
    (NeedState.DONE, 20),
    (NeedState.REJECTED, 2),
    (NeedState.RETURNED, 2),
)


def _state(number: int) -> NeedState:
    mark = spread(number, 100, 31)
    for state, share in STATES:
        mark -= share
        if mark < 0:
            return state
    return NeedState.PUBLISHED


def needs_resources_items(world: World) -> None:
    sources = list(NeedSource)
    serial: dict[str, int] = {}
    needs = []
    for n in range(NEED_COUNT):
        text = NEEDS[n % len(NEEDS)]
        place = world.community(n, 21)
        street = place.code[:9]
        serial[street] = serial.get(street, 0) + 1
        state = _state(n)
        open_now = state in (NeedState.SUBMITTED, NeedState.COMMUNITY_VERIFIED)
        raised = (
            workday_like(dt.date(2018, 9, 3), dt.date(2018, 9, 11), n, 22)
            if open_now
            else workday_like(dt.date(2018, 1, 8), dt.date(2018, 6, 8), n, 22)
        )
        needs.append(
            SocialNeed(
                district=world.district,
                number=f"XQ-{street}-2018-{serial[street]:04d}",
                source=sources[spread(n, len(sources), 23)],
                place=place,
                title=text["title"],
                text=text["text"],
                category=Category(text["category"]),
                target=TargetGroup(text["target"]),
                persons=max(4, text["persons"] + spread(n, 21, 24) - 10),
                urgency=text["urgency"],
                supporters=spread(n, 70, 25),
                raised_on=raised,
                state=state,
                due_on=raised + dt.timedelta(days=7) if open_now else None,
            )
        )
    made = world.add(needs, what="needs")
    streets = [place for code, place in sorted(world.places.items()) if len(code) == 9]
    resources = []
    for n in range(RESOURCE_COUNT):
        text = RESOURCES[n % len(RESOURCES)]
        round_number = n // len(RESOURCES)
        area = world.home if round_number == 0 else streets[(n + round_number) % len(streets)]
        resources.append(
            Resource(
                district=world.district,
                number=f"ZY-{area.code}-2018-{n + 1:04d}",
                owner_kind=OwnerKind(text["owner_kind"]),
                owner_name=text["owner"],
                kind=ResourceKind(text["kind"]),
                title=text["title"] if round_number == 0 else f"{text['title']}（{area.short_name}）",
                text=text["text"],
                category=Category(text["category"]),
                target=TargetGroup(text["target"]),
                area=area,
                capacity=text["capacity"],
                terms=text["terms"],
                valid_from=dt.date(2018, 1, 1),
                valid_until=dt.date(2018, 12, 31),
                state=ResourceState.AVAILABLE,
                verified_by="赵示例",
                verified_on=dt.date(2018, 1, 15),
            )
        )
    world.add(resources, what="resources")
    items = []
    for n in range(24):
        text = ITEMS[n % len(ITEMS)]
        there = streets[n % len(streets)]
        whole = n < len(ITEMS)
        items.append(
            PurchaseItem(
                district=world.district,
                number=f"XM-2018-{n + 1:03d}",
                year=2018,
                title=text["title"] if whole else f"{text['title']}（{there.short_name}）",
                content=text["content"],
                category=Category(text["category"]),
                target=TargetGroup(text["target"]),
                persons=text["persons"] if whole else text["persons"] // 3,
                budget_fen=(text["yuan"] if whole else text["yuan"] // 3 // 1000 * 1000) * 100,
                state=ItemState.PUBLISHED if whole else ItemState.REVIEWED,
            )
        )
    for item in world.add(items, what="purchase items"):
        behind = [need for need in made if need.category == item.category and need.state == NeedState.MATCHED]
        item.needs.set(behind[:6])
