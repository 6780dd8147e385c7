"""Events, trainings, channels, consultations and party building, one record each."""

import datetime as dt

from qingdan.activities.models import (
    Channel,
    Consultation,
    Event,
    EventKind,
    PartyBuildingRecord,
    Training,
    TrainingTopic,
)
from qingdan.core.clock import at
from qingdan.sample.facts import CHANNELS, CONSULTATIONS, EVENTS, PARTY_SUPPORTED, TRAININGS
from qingdan.sample.synthetic import spread, workday_like
from qingdan.sample.world import World

FIRST, LAST = dt.date(2018, 1, 20), dt.date(2018, 6, 20)
CLERK = "陈示例"

EVENT_TITLES = {
    EventKind.FESTIVAL: "首届官渡区公益节",
    EventKind.PUBLICITY: "社工宣传：{place}",
    EventKind.SERVICE: "公益服务日：{place}",
    EventKind.RESOURCE_FAIR: "大型公共资源共享会",
    EventKind.PARTY: "社会组织党员活动：{place}",
}
TRAINING_TITLES = {
    TrainingTopic.LINKAGE: "“三社联动”实务技能培训第{n}场",
    TrainingTopic.FINANCE: "财务管理培训第{n}场",
    TrainingTopic.GOVERNANCE: "机构内部治理培训第{n}场",
    TrainingTopic.SUPERVISION: "督导人才培训第{n}场",
}
CHANNEL_ROWS = (
    (Channel.Kind.WECHAT, "官渡社会组织（样本公众号）", dt.date(2018, 1, 26)),
    (Channel.Kind.WEIBO, "官渡公益（样本微博）", dt.date(2018, 2, 9)),
    (Channel.Kind.GROUP, "三社联动交流群（样本）", dt.date(2018, 3, 2)),
)
QUESTIONS = (
    "社区社会组织怎样备案",
    "年度检查要交哪些材料",
    "公益创投项目怎样申报",
    "入驻孵化基地有什么条件",
    "票据和免税资格怎样办",
    "购买服务合同怎样分期付款",
    "党组织覆盖怎样认定",
    "社工证书奖励怎样申请",
)


def _confirmed(day: dt.date) -> dict[str, object]:
    return {"confirmed_at": at(day + dt.timedelta(days=3)), "confirmed_by": CLERK}


def everything(world: World) -> None:
    events = []
    for kind_code, number in EVENTS:
        kind = EventKind(kind_code)
        for n in range(number):
            day = workday_like(FIRST, LAST, n, salt=len(kind_code))
            place = (
                world.home if kind in (EventKind.FESTIVAL, EventKind.RESOURCE_FAIR) else world.community(n, 3)
            )
            events.append(
                Event(
                    district=world.district,
                    kind=kind,
                    title=EVENT_TITLES[kind].format(place=place.short_name),
                    held_on=day,
                    place=place,
                    organisation=world.organisations[spread(n, len(world.organisations), 5)],
                    attendance=60 + spread(n, 200, 6),
                    **_confirmed(day),
                )
            )
    world.add(events, what="events")
    world.add(
        (
            Training(
                district=world.district,
                topic=TrainingTopic(topic),
                title=TRAINING_TITLES[TrainingTopic(topic)].format(n=n + 1),
                held_on=day,
                hours=3,
                place=world.home,
                attendance=28 + spread(n, 30, 7),
                **_confirmed(day),
            )
            for topic, number in TRAININGS
            for n in range(number)
            for day in (workday_like(FIRST, LAST, n, salt=len(topic) + 20),)
        ),
        what="trainings",
    )
    world.add(
        (
            Channel(district=world.district, kind=kind, name=name, opened_on=day, **_confirmed(day))
            for kind, name, day in CHANNEL_ROWS[:CHANNELS]
        ),
        what="channels",
    )
    ways = list(Consultation.Way)
    world.add(
        (
            Consultation(
                district=world.district,
                serial=n + 1,
                asked_on=day,
                answered_on=day + dt.timedelta(days=spread(n, 3, 9)),
                way=ways[spread(n, len(ways), 10)],
                question=QUESTIONS[spread(n, len(QUESTIONS), 11)],
                organisation=world.organisations[spread(n, len(world.organisations), 12)],
                **_confirmed(day),
            )
            for n in range(CONSULTATIONS)
            for day in (workday_like(FIRST, LAST, n, salt=8),)
        ),
        what="consultations",
    )
    kinds = list(PartyBuildingRecord.Kind)
    # Two organisations were helped twice: they are still counted once.
    helped = [*range(PARTY_SUPPORTED), 0, 4]
    world.add(
        (
            PartyBuildingRecord(
                district=world.district,
                organisation=world.groups[index],
                kind=kinds[n % len(kinds)],
                helped_on=day,
                note="样本记录",
                **_confirmed(day),
            )
            for n, index in enumerate(helped)
            for day in (workday_like(FIRST, LAST, n, salt=13),)
        ),
        what="party-building records",
    )
