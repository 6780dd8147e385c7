"""Resources with their times, matches and refusals, unmet needs, items with their links, two plans, editions."""

import datetime as dt
from collections import Counter
from itertools import cycle
from typing import Any

from qingdan.core import clock
from qingdan.core.clock import at
from qingdan.directory.models import Place
from qingdan.engine.planning import Weights
from qingdan.lists import matching, publishing
from qingdan.lists.acts.plans import make_plan
from qingdan.lists.matching_queries import unmet_needs
from qingdan.lists.models import (
    Category,
    CoverFinding,
    ItemState,
    LeftOut,
    ListEdition,
    ListKind,
    Match,
    MatchProposal,
    MatchState,
    Method,
    NeedState,
    ProposalLine,
    PurchaseItem,
    Reservation,
    Resource,
    ResourceWindow,
    SocialNeed,
    Way,
)
from qingdan.policies.models import ServiceCatalogEntry
from qingdan.policies.rules import load_rules
from qingdan.sample.synthetic import spread
from qingdan.sample.world import World

TODAY = dt.date(2018, 9, 12)
FIRST_EDITION = dt.date(2018, 6, 15)
LEAST = 45
UNMET = 58

# Title of a resource -> weekdays and hours; others are there on working days.
WINDOWS: dict[str, tuple[tuple[int, ...], str, str]] = {
    "法律援助进社区": ((2, 4), "14:00", "17:30"),
    "家庭医生讲座": ((3,), "09:30", "11:30"),
    "就业技能培训班": ((1, 2, 3, 4, 5), "09:00", "12:00"),
    "消防演练教员": ((6,), "09:00", "11:30"),
    "流动书车": ((3, 6), "14:30", "18:00"),
    "文艺辅导老师": ((4,), "14:00", "16:00"),
    "心理热线与面询": ((1, 2, 3, 4, 5, 6, 7), "18:30", "21:30"),
    "课后托管社工": ((1, 2, 3, 4, 5), "16:30", "18:30"),
    "照料者喘息": ((2, 5), "13:30", "17:30"),
    "小区会议室": ((6, 7), "09:00", "20:00"),
    "放学后教室两间": ((1, 2, 3, 4, 5), "16:30", "18:30"),
    "大学生志愿辅导队": ((6, 7), "09:00", "12:00"),
    "每周电话问安": ((1, 3, 5), "09:30", "11:00"),
    "智能手机辅导": ((6,), "14:00", "16:30"),
}
REFUSALS = (
    "只有白天时段，居民要的是晚上。",
    "服务范围到不了本社区。",
    "要求自备场地，社区没有。",
    "对象不符：居民要的是成年人课程。",
)
TRIED = (
    (Way.SELF, "居民小组商量过，没有人能牵头。", "邻里互助只能顾到同一单元。"),
    (Way.VOLUNTEER, "志愿者只够隔周一次。", "志愿者没有受过这方面训练。"),
    (Way.RESOURCE,),  # what the list says of it: `WITHOUT`
)
# Why no resource answers a need, by what a proposal would say; "" stands for one that has a resource on paper.
WITHOUT: dict[str, str] = {
    "": "有资源，但时段对不上。",
    LeftOut.NO_SUGGESTION: "资源清单里没有对得上的。",
    LeftOut.TOO_BIG: "合适的资源剩下的名额不够。",
    LeftOut.CROWDED_OUT: "合适的资源剩下的名额不够。",
}
# The letter's services and where they stand in the directory of 2014.
ENTRIES = {
    Category.CHILDREN: "1.03",
    Category.ELDERLY: "1.02.01",
    Category.DISABILITY: "1.04",
    Category.COUNSELLING: "2.03",
    Category.SKILLS: "1.06.01",
    Category.LEGAL: "2.04",
    Category.GOVERNANCE: "2.01",
}


def rules(world: World) -> None:
    world.counts["rules"] += load_rules(district=world.district, actor=world.actor)


def windows(world: World) -> None:
    """Times, costs and posts of the resources; those of an organisation of the sample know it."""
    organisations = {one.name.split("示例")[0]: one for one in world.organisations}
    rows = []
    resources = list(Resource.objects.filter(district=world.district).order_by("pk"))
    for resource in resources:
        days, starts, ends = WINDOWS.get(resource.title.split("（")[0], ((1, 2, 3, 4, 5), "09:00", "17:00"))
        rows += [
            ResourceWindow(
                district=world.district,
                resource=resource,
                weekday=day,
                starts=dt.time.fromisoformat(starts),
                ends=dt.time.fromisoformat(ends),
            )
            for day in days
        ]
        resource.organisation = organisations.get(resource.owner_name[:2])
        resource.contact_post = f"{resource.owner_name.removesuffix('（样本）')}综合岗（样本）"
        if "面询" in resource.title:
            resource.cost_fen, resource.cost_note = 3000, "第四次起每人次 30 元"
    Resource.objects.bulk_update(
        resources, ["organisation", "contact_post", "cost_fen", "cost_note"], batch_size=200
    )
    world.add(rows, what="time windows")


def matches(world: World) -> None:
    """What answers the needs that are matched, in service or done; and suggestions that did not fit."""
    answered = (NeedState.MATCHED, NeedState.IN_SERVICE, NeedState.DONE)
    needs = list(
        SocialNeed.objects.filter(district=world.district, state__in=answered)
        .select_related("place")
        .order_by("number")
    )
    plan = matching.plan_list(needs, least=LEAST, day=TODAY)
    made: list[Match] = []
    for n, line in enumerate(plan.lines):
        if line.resource is None:
            continue
        ordered = max(line.need.raised_on + dt.timedelta(days=9), dt.date(2018, 1, 22))
        state = {
            NeedState.MATCHED: (MatchState.ORDERED, MatchState.DISPATCHED)[n % 2],
            NeedState.IN_SERVICE: MatchState.TAKEN,
            NeedState.DONE: (MatchState.RATED, MatchState.SERVED)[n % 3 == 2],
        }[NeedState(line.need.state)]
        done = state in (MatchState.RATED, MatchState.SERVED)
        served = max(1, line.persons - spread(n, 4, 71)) if done else None
        made.append(
            Match(
                district=world.district,
                need=line.need,
                resource_id=line.resource,
                persons=line.persons,
                score=line.score,
                parts=line.parts,
                state=state,
                ordered_on=ordered,
                ended_on=ordered + dt.timedelta(days=40) if done else None,
                served=served,
                rating=3 + spread(n, 3, 72) if state == MatchState.RATED else None,
                rating_text="按时来，讲得明白。" if state == MatchState.RATED else "",
            )
        )
    kept = world.add(made, what="matches")
    world.add(
        (
            Reservation(
                district=world.district,
                resource_id=match.resource_id,
                match=match,
                persons=match.persons,
                held_on=match.ordered_on or TODAY,
                used_on=match.ended_on,
                used_persons=match.served,
            )
            for match in kept
        ),
        what="reservations",
    )
    reserved: Counter[int] = Counter()
    used: Counter[int] = Counter()
    times: Counter[int] = Counter()
    for match in kept:
        if match.served is None:
            reserved[match.resource_id] += match.persons
        else:
            used[match.resource_id] += match.served
            times[match.resource_id] += 1
    resources = list(Resource.objects.filter(pk__in={*reserved, *used}))
    for resource in resources:
        resource.reserved, resource.used = reserved[resource.pk], used[resource.pk]
        resource.times_used = times[resource.pk]
    Resource.objects.bulk_update(resources, ["reserved", "used", "times_used"], batch_size=200)
    _refusals_and_proposal(world)


def _refusals_and_proposal(world: World) -> None:
    """Suggestions found unsuitable, with their reasons; and an open proposal for some needs of one street."""
    waiting = list(
        SocialNeed.objects.filter(district=world.district, state=NeedState.PUBLISHED)
        .select_related("place")
        .order_by("number")
    )
    plan = matching.plan_list(waiting, least=LEAST, day=TODAY)
    reasons = cycle(REFUSALS)
    world.add(
        (
            Match(
                district=world.district,
                need=line.need,
                resource_id=line.resource,
                persons=line.persons,
                score=line.score,
                parts=line.parts,
                state=MatchState.REFUSED,
                why_not=next(reasons),
                ended_on=TODAY - dt.timedelta(days=20),
            )
            for n, line in enumerate(plan.lines)
            if line.resource is not None and n % 8 == 1
        ),
        what="refused matches",
    )
    (proposal,) = world.add(
        [
            MatchProposal(
                district=world.district,
                made_on=TODAY,
                made_by="赵示例",
                least=LEAST,
                value=plan.value,
                bound=plan.bound,
            )
        ],
        what="proposals",
    )
    refused = set(
        Match.objects.filter(district=world.district, state=MatchState.REFUSED).values_list(
            "need_id", flat=True
        )
    )
    world.add(
        (
            ProposalLine(
                district=world.district,
                proposal=proposal,
                need=line.need,
                resource_id=line.resource,
                persons=line.persons,
                score=line.score,
                parts=line.parts,
                left_out=line.left_out or "",
                others=line.others,
            )
            for n, line in enumerate(plan.lines)
            if line.need.pk not in refused and (line.resource is not None or n % 3 == 0)
        ),
        what="lines of a proposal",
    )


def unmet(world: World) -> None:
    """For most of the open needs all three ways were tried in vain; for the others some."""
    needs = list(
        SocialNeed.objects.filter(district=world.district, state=NeedState.PUBLISHED).order_by("number")
    )
    buyable = [need for need in needs if need.category in ENTRIES]
    tried = [*buyable, *(need for need in needs if need.category not in ENTRIES)]
    proposed = matching.plan_list(tried, least=LEAST, day=TODAY)
    without = {line.need.pk: WITHOUT[line.left_out] for line in proposed.lines}
    rows = []
    for n, need in enumerate(tried):
        for which, (way, *notes) in enumerate(TRIED):
            if n >= UNMET and which > n % 3:
                continue
            rows.append(
                CoverFinding(
                    district=world.district,
                    need=need,
                    way=way,
                    covers=False,
                    note=notes[spread(n, len(notes), 75 + which)] if notes else without[need.pk],
                    found_on=need.raised_on + dt.timedelta(days=12 + which),
                    found_by="赵示例",
                )
            )
            if n >= UNMET and which == 2:
                rows.pop()
    world.add(rows, what="findings")


def items(world: World) -> None:
    """Entries, terms and links of the purchase items; those still to be bought answer unmet needs."""
    entries = {
        entry.code: entry
        for entry in ServiceCatalogEntry.objects.filter(district=world.district, edition="2014")
    }
    found = list(PurchaseItem.objects.filter(district=world.district).order_by("number"))
    open_by_category: dict[str, list[SocialNeed]] = {}
    for need in matching_needs(world):
        open_by_category.setdefault(need.category, []).append(need)
    given: Counter[str] = Counter()
    for item in found:
        item.entry = entries[ENTRIES[Category(item.category)]]
        item.buyer = world.agencies["bureau"]
        item.method = Method.VENTURE_GRANT if item.budget_fen <= 6_000_000 else Method.DIRECT_COMMISSION
        item.starts_on, item.ends_on = dt.date(2018, 10, 8), dt.date(2019, 7, 31)
        item.targets = f"服务不少于 {item.persons} 人；满意率 90% 以上；台账完整。（样本）"
        item.supplier_conditions = "依法登记，近三年无重大违法记录，年检合格。"
        if item.state == ItemState.PUBLISHED:
            item.line = world.kept["lines"][2018, "DEVELOPMENT"]
        else:
            pool = open_by_category.get(item.category, [])
            start = given[item.category]
            behind = [pool[(start + n) % len(pool)] for n in range(min(3, len(pool)))]
            item.needs.set(behind)
            item.title = f"{item.title.partition('（')[0]}（{_streets(behind)}）"
            given[item.category] += 3 - (start > 0)
        item.resources.set(
            Resource.objects.filter(district=world.district, category=item.category).order_by("pk")[:2]
        )
    PurchaseItem.objects.bulk_update(
        found,
        [
            "title",
            "entry",
            "buyer",
            "method",
            "starts_on",
            "ends_on",
            "targets",
            "supplier_conditions",
            "line",
        ],
    )


def _streets(needs: list[SocialNeed]) -> str:
    """The streets that needs come from, as a title names them."""
    found = Place.objects.filter(code__in={need.place.code[:9] for need in needs}).order_by("code")
    return "、".join(found.values_list("short_name", flat=True))


def matching_needs(world: World) -> Any:
    """The unmet needs of the sample in a steady order."""
    return unmet_needs(world.district).order_by("number")


def plans(world: World) -> None:
    """Two plans for the venture money of 2018, to be compared."""
    line = world.kept["lines"][2018, "VENTURE"]
    for name, focus, weights in (
        ("方案甲", "先看附议人数", Weights(urgency=1, persons=1, support=10)),
        ("方案乙", "先看薄弱街道", Weights(urgency=4, persons=2, support=2, streets=8, groups=3)),
    ):
        with clock.living_on(TODAY):
            make_plan(
                actor=world.actor,
                name=name,
                year=2018,
                lines=[line],
                budget_fen=30_000_000,
                weights=weights,
                focus=focus,
            )
        world.counts["plans"] += 1


def editions(world: World) -> None:
    """The first edition of each list as of June, and a draft of the second purchase and resource lists."""
    first, drafts = [], []
    for kind in ListKind:
        rows = publishing.content_of(kind, world.district, 2018)
        before = [_as_of_june(kind, n, row) for n, row in enumerate(rows) if n % 31 != 30]
        if kind == ListKind.NEEDS:
            raised = dict(
                SocialNeed.objects.filter(district=world.district).values_list("number", "raised_on")
            )
            before = [row for row in before if raised[row["number"]] <= FIRST_EDITION]
        first.append(
            ListEdition(
                district=world.district,
                kind=kind,
                year=2018,
                number=1,
                published_on=FIRST_EDITION,
                content=before,
                digest=publishing.digest_of(before),
                confirmed_at=at(FIRST_EDITION),
                confirmed_by="陈示例",
            )
        )
        if kind == ListKind.RESOURCES:
            drafts.append(
                ListEdition(
                    district=world.district,
                    kind=kind,
                    year=2018,
                    number=2,
                    published_on=TODAY,
                    content=rows,
                    digest=publishing.digest_of(rows),
                )
            )
    world.add([*first, *drafts], what="editions")


def _as_of_june(kind: str, order: int, row: dict[str, Any]) -> dict[str, Any]:
    """A few resources have grown or changed their terms since June."""
    if kind == ListKind.RESOURCES and order % 17 == 3:
        return row | {"capacity": max(5, row["capacity"] - 10)}
    if kind == ListKind.RESOURCES and order % 23 == 5:
        return row | {"terms": "提前一周联系"}
    return row
