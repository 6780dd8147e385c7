"""The three lists and their first published editions."""

import datetime as dt
import hashlib

from qingdan.core.calendar import add_working_days
from qingdan.lists.models import (
    Category,
    ItemState,
    NeedChannel,
    NeedReporter,
    NeedSource,
    NeedState,
    NeedSupport,
    OwnerKind,
    PurchaseItem,
    Resource,
    ResourceKind,
    ResourceState,
    SocialNeed,
    TargetGroup,
)
from qingdan.sample.synthetic import name, spread, workday_like
from qingdan.sample.texts import ITEMS, NEEDS, RESOURCES
from qingdan.sample.world import World

NEED_COUNT = 312 - 17  # the others are told by acts in sample/needs.py
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


CHANNELS = (
    NeedChannel.VISIT,
    NeedChannel.MEETING,
    NeedChannel.HOTLINE,
    NeedChannel.SURVEY,
    NeedChannel.WECHAT,
    NeedChannel.GRID,
    NeedChannel.WEB,
)
OPEN = (NeedState.SUBMITTED, NeedState.COMMUNITY_VERIFIED)


def _bulk_needs(world: World) -> list[SocialNeed]:
    sources = list(NeedSource)
    serial: dict[str, int] = {}
    needs = []
    for n in range(NEED_COUNT):
        place = world.community(n, 21)
        street = place.code[:9]
        serial[street] = serial.get(street, 0) + 1
        text = NEEDS[
            (serial[street] + int(street[-3:])) % len(NEEDS)
        ]  # no street says one thing twice, or rarely
        state = _state(n)
        open_now = state in OPEN
        raised = (
            workday_like(dt.date(2018, 9, 7), dt.date(2018, 9, 12), n, 22)
            if open_now
            else workday_like(dt.date(2018, 1, 8), dt.date(2018, 6, 8), n, 22)
        )
        source = sources[spread(n, len(sources), 23)]
        resident = source == NeedSource.RESIDENT
        needs.append(
            SocialNeed(
                district=world.district,
                number=f"XQ-{street}-2018-{serial[street]:04d}",
                source=source,
                channel=CHANNELS[spread(n, len(CHANNELS) - (not resident), 26)],
                place=place,
                title=text["title"],
                text=text["text"],
                category=Category(text["category"]),
                target=TargetGroup(text["target"]),
                persons=max(4, text["persons"] + spread(n, 21, 24) - 10),
                urgency=text["urgency"],
                supporters_on_paper=spread(n, 50, 25) if n % 3 == 0 else 0,
                raised_on=raised,
                state=state,
                due_on=add_working_days(raised, 3) if open_now else None,
            )
        )
        needs[-1].supporters = needs[-1].supporters_on_paper + _persons_behind(n, resident)
    return needs


def _persons_behind(n: int, resident: bool) -> int:
    return spread(n, 16, 27) + resident


def _reporters_and_supports(world: World, needs: list[SocialNeed]) -> None:
    """Synthetic people behind the needs: their names and numbers exist nowhere."""
    reporters, supports = [], []
    for n, need in enumerate(needs):
        resident = need.source == NeedSource.RESIDENT
        if resident:
            told = n % 3 != 0
            reporters.append(
                NeedReporter(
                    district=world.district,
                    need=need,
                    name=name(7_000 + n) if told else "",
                    phone=f"1390000{n:04d}" if told else "",
                    consent=NeedReporter.Consent.SPOKEN if told else NeedReporter.Consent.NONE,
                    consented_on=need.raised_on if told else None,
                )
            )
        for k in range(_persons_behind(n, resident)):
            supports.append(
                NeedSupport(
                    district=world.district,
                    need=need,
                    supporter=hashlib.blake2b(f"{n}:{k}".encode(), digest_size=32).hexdigest(),
                    place=need.place,
                    supported_on=need.raised_on,
                )
            )
    world.add(reporters, what="reporters")
    world.add(supports, what="supports")


def needs_resources_items(world: World) -> None:
    made = world.add(_bulk_needs(world), what="needs")
    _reporters_and_supports(world, list(made))
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
