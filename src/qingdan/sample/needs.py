"""Needs whose stories are told by real acts: reported, checked, returned, merged, met; some alike, some late.

They lie in the community and the street of the sample accounts, so that whoever signs in finds work.
"""

import datetime as dt
from typing import Any

from qingdan.core import clock
from qingdan.directory.models import Place
from qingdan.lists import likeness
from qingdan.lists.acts import needs as acts
from qingdan.lists.lifecycle.needs import NEED
from qingdan.lists.models import (
    Category,
    NeedChannel,
    NeedReporter,
    NeedSource,
    NeedState,
    PurchaseItem,
    SocialNeed,
    TargetGroup,
    WantedMode,
)
from qingdan.lists.permits.needs import Visitor
from qingdan.sample.world import World

HOME, NEXT_DOOR = "530111001001", "530111001002"


def _on(month: int, day: int) -> Any:
    return clock.living_on(dt.date(2018, month, day))


class _Teller:
    """The acts of a story, each on its day."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.count = 0

    def place(self, code: str) -> Place:
        return self.world.places.get(code) or next(
            place for c, place in sorted(self.world.places.items()) if c.startswith(code[:9]) and len(c) == 12
        )

    def resident(self, name: str = "") -> acts.Person:
        """A person who plainly does not exist."""
        self.count += 1
        return acts.Person(
            name=name,
            phone=f"1380000{self.count:04d}" if self.count % 2 else "",
            consent=NeedReporter.Consent.TICKED if name or self.count % 2 else NeedReporter.Consent.NONE,
            visitor=f"sample-{self.count}",
        )

    def report(self, month: int, day: int, where: str, category: str, text: str, **more: Any) -> SocialNeed:
        actor = more.pop("actor", None) or Visitor(self.world.district)
        with _on(month, day):
            need = acts.report(
                actor=actor,
                place=self.place(where),
                category=category,
                text=text,
                person=more.pop("person", None) or self.resident(),
                compare=False,
                **more,
            )
        self.world.counts["needs"] += 1
        return need

    def move(self, month: int, day: int, need: SocialNeed, verb: str, who: str, reason: str = "") -> None:
        with _on(month, day):
            NEED.move(need, verb, actor=self.world.accounts[who], reason=reason)

    def supported(self, month: int, day: int, need: SocialNeed, count: int) -> None:
        with _on(month, day):
            for n in range(count):
                acts.support(
                    need=need,
                    supporter=acts.supporter_key(visitor=f"sample-{need.pk}-{n}"),
                    place=self.place(NEXT_DOOR if n % 3 == 0 else HOME),
                )


def stories(world: World) -> None:
    """Eighteen needs in the street of the sample accounts."""
    tell = _Teller(world)
    resident, community, street = (world.accounts[name] for name in ("resident", "community", "street"))

    # Said four times in other words: the group that waits to be compared.
    after_school = tell.report(
        9,
        7,
        HOME,
        Category.CHILDREN,
        "小学四点半放学，家长六点多才下班，孩子放学后没人看护，在小区里乱跑，希望有课后托管。",
        person=acts.Person(account=resident),
        target=TargetGroup.MIGRANT_CHILDREN,
    )
    tell.supported(9, 10, after_school, 9)
    tell.report(
        9,
        10,
        HOME,
        Category.CHILDREN,
        "双职工家庭孩子四点半放学没人接，放学后无人看护，想要课后托管到六点半。",
        target=TargetGroup.MIGRANT_CHILDREN,
    )
    tell.report(
        9,
        11,
        NEXT_DOOR,
        Category.CHILDREN,
        "希望学校或社区办课后托管，放学后孩子没有人看护，家长下班太晚。",
        target=TargetGroup.MIGRANT_CHILDREN,
    )
    lift = tell.report(
        9,
        4,
        HOME,
        Category.GOVERNANCE,
        "三个单元加装电梯以后费用分摊谈不拢，低层和高层各说各的，希望有人来调解。",
        title="电梯加装后费用分摊争议需要调解",
    )
    tell.supported(9, 5, lift, 14)
    tell.move(9, 5, lift, "verify", "community")  # overdue at the street since 10 September
    lift_again = tell.report(
        9,
        11,
        HOME,
        Category.GOVERNANCE,
        "加装电梯的费用分摊有争议，低层住户不肯出钱，希望社区调解。",
    )
    tell.move(9, 11, lift_again, "verify", "community")

    # Late at the community.
    tell.report(
        9,
        5,
        HOME,
        Category.ELDERLY,
        "七户独居老人夜里突发情况没有人知道，希望装一键呼叫，夜间有人值守。",
        title="独居老人夜间突发情况无人知晓",
        target=TargetGroup.EMPTY_NEST,
        persons=7,
        urgency=5,
        person=tell.resident("王样本0701"),
        actor=community,
        channel=NeedChannel.VISIT,
    )

    # Registered by officers.
    tell.report(
        9,
        12,
        HOME,
        Category.SKILLS,
        "议事会上提出：新来务工的年轻人找工作没有门路，想要求职和技能培训的咨询。",
        title="务工青年求职与技能咨询",
        source=NeedSource.COMMUNITY,
        channel=NeedChannel.MEETING,
        actor=community,
        persons=40,
        target=TargetGroup.MIGRANTS,
    )
    unit = tell.report(
        9,
        6,
        "530111001",
        Category.COUNSELLING,
        "辖区两家工厂反映夜班青年工人心理压力大，希望有心理热线和团体辅导。",
        title="夜班青年工人心理支持",
        source=NeedSource.RESIDENT_UNIT,
        channel=NeedChannel.HOTLINE,
        actor=street,
        persons=120,
        wanted=WantedMode.PURCHASE,
    )
    tell.move(9, 7, unit, "verify", "street")
    tell.move(9, 10, unit, "confirm", "street")

    # Returned for details, not taken up.
    thin = tell.report(
        9, 6, HOME, Category.OTHER, "楼下的事情希望有人管一管。", person=acts.Person(account=resident)
    )
    tell.move(9, 7, thin, "return", "community", "请写明是哪一栋楼、什么事情、什么时候。")
    shop = tell.report(9, 3, HOME, Category.OTHER, "请政府出钱给我们这几家商铺统一装修门面和招牌。")
    tell.move(9, 4, shop, "reject", "community", "不属于公共服务范围，可向市场监管所咨询店招改造政策。")

    # Checked by both, on its way to the list; checked and published; met and done.
    reading = tell.report(
        8,
        20,
        NEXT_DOOR,
        Category.CHILDREN,
        "留守儿童周末没有地方看书，希望社区开放阅览室，有志愿者陪伴阅读。",
        title="留守儿童周末阅读与陪伴",
        target=TargetGroup.LEFT_BEHIND,
        persons=30,
        wanted=WantedMode.VOLUNTEER,
        source=NeedSource.STREET,
        actor=street,
        channel=NeedChannel.SURVEY,
    )
    system = world.actor
    with _on(8, 22):
        NEED.move(reading, "verify", actor=system)
    for (month, day), verb, who in (((8, 23), "confirm", "street"), ((8, 24), "publish", "street")):
        tell.move(month, day, reading, verb, who)
    meals = tell.report(
        5,
        14,
        HOME,
        Category.ELDERLY,
        "高龄老人做饭困难，希望社区老年食堂每天中午送餐上门。",
        title="社区老年食堂送餐上门",
        target=TargetGroup.ELDERLY,
        persons=45,
        person=acts.Person(account=resident),
    )
    tell.supported(5, 16, meals, 12)
    for (month, day), verb, who in (
        ((5, 15), "verify", "community"),
        ((5, 17), "confirm", "street"),
        ((5, 18), "publish", "street"),
        ((6, 4), "match", "street"),
        ((6, 11), "start", "bureau"),
    ):
        tell.move(month, day, meals, verb, who)
    tell.move(9, 3, meals, "finish", "bureau", "老年食堂 6 月 11 日起送餐，已覆盖 46 人。")

    # Merged and still to be parted until 17 September.
    fire = tell.report(
        8,
        27,
        HOME,
        Category.DISASTER,
        "老旧小区居民不会用灭火器，去年两次小火情，希望办消防演练。",
        title="老旧小区消防演练",
    )
    for (month, day), verb, who in (
        ((8, 28), "verify", "community"),
        ((8, 30), "confirm", "street"),
        ((8, 31), "publish", "street"),
    ):
        tell.move(month, day, fire, verb, who)
    fire_again = tell.report(9, 7, HOME, Category.DISASTER, "小区没人会用灭火器，希望组织一次消防演练。")
    with _on(9, 10):
        acts.merge(actor=community, need=fire_again, survivor=fire, reason="同一小区同一件事，一并办理。")
    tell.report(
        9,
        12,
        HOME,
        Category.CULTURE,
        "老年书画班和合唱队缺老师，希望每周有一次专业老师来辅导。",
        target=TargetGroup.ELDERLY,
    )
    tell.report(
        9,
        12,
        HOME,
        Category.LEGAL,
        "餐馆和物流的打工者遇到欠薪不知道找谁，希望就近有劳动合同方面的法律咨询。",
        target=TargetGroup.MIGRANTS,
    )
    likeness.suggest_all(world.district)


def traced(world: World) -> None:
    """The need behind the first project of 2017, so that one way leads from a resident's words to the letter."""
    project = next(iter(world.kept["projects"].values()))
    need = SocialNeed(
        district=world.district,
        number="XQ-530111001-2017-0018",
        source=NeedSource.COMMUNITY,
        channel=NeedChannel.MEETING,
        place=world.places[HOME],
        title="放学后至家长下班前，儿童无人照护",
        text="小学 16:30 放学，双职工和流动人口家庭多在 18:30 后到家，放学后没有人照护，有的孩子在小区和路边停留。"
        "希望工作日有固定场地和成年人陪护，并辅导作业。",
        category=Category.CHILDREN,
        target=TargetGroup.MIGRANT_CHILDREN,
        persons=130,
        urgency=5,
        wanted=WantedMode.PURCHASE,
        supporters=136,
        supporters_on_paper=136,
        raised_on=dt.date(2017, 2, 16),
        state=NeedState.IN_SERVICE,
    )
    world.add([need], what="needs")
    item = PurchaseItem(
        district=world.district,
        number="XM-2017-007",
        year=2017,
        title=project.title,
        content="工作日放学后的看护、陪伴和作业辅导。",
        category=Category.CHILDREN,
        target=TargetGroup.CHILDREN,
        persons=400,
        budget_fen=project.amount_fen,
    )
    world.add([item], what="purchase items")
    item.needs.add(need)
    project.purchase_item = item
    project.save(update_fields=["purchase_item"])
