"""Plainly synthetic lists of any size for benchmarks: the same seed gives the same lists.

A need names its matter in one of several ways, as residents do, with fillers, times and typing errors; some
codes are missing and some are wrong. What belongs together is known, because it was made so. The wordings
come from the lexicon: these lists measure speed and pruning, `data/labelled` measures understanding.
"""

import random
from dataclasses import dataclass

from qingdan.engine.items import Item
from qingdan.engine.lexicon import shipped

_TARGETS = {
    "养老": ["老年人", "独居老人", "失能老人", "老年人", "困难家庭", "照护者", "退役军人", "残疾人"],
    "儿童青少年": ["儿童", "青少年", "留守儿童", "流动儿童", "家长", "困难家庭", "残疾人", "婴幼儿"],
    "助残": ["残疾人", "视障人士", "心智障碍", "儿童", "照护者", "老年人", "青年"],
}
_ANYONE = [
    "居民",
    "老年人",
    "妇女",
    "残疾人",
    "流动人口",
    "困难家庭",
    "青年",
    "家长",
    "党员",
    "退役军人",
    "失业人员",
]
_OPENINGS = [
    "",
    "",
    "我们院里",
    "三栋二单元",
    "住在后排的",
    "这条巷子的",
    "听邻居讲，",
    "问卷里提到：",
    "网格走访时，",
    "跟社区说几回了，",
]
_NEEDS = [
    "{who}{matter}，盼着有人管一管",
    "想请社区给{who}安排{matter}",
    "{who}缺{matter}，大概{count}来户",
    "{when}能不能有{matter}，{who}都在问",
    "说起{matter}，{who}最愁的就是它",
    "{matter}一直没有着落，{who}意见蛮大",
    "要是{who}{when}有{matter}就好了",
]
_RESOURCES = [
    "{org}可做{matter}，面向{who}，{when}开放",
    "{matter}项目，由{org}承办，服务{who}",
    "{org}：{who}{matter}，每期{count}人",
    "为{who}准备的{matter}，{when}，由{org}派人",
]
_TIMES = ["周三下午", "工作日上午", "双休日", "放学后", "晚上", "暑假", "周五", "中午", "平时", "每天"]
_ORGANISATIONS = ["样本社工服务中心", "示例志愿服务队", "样例公益发展中心", "示例街坊会", "样本专业服务社"]
_MISTYPED = "的在是我有他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家"


@dataclass(frozen=True, slots=True)
class Made:
    """Needs and resources, and what each is really about."""

    needs: list[Item]
    resources: list[Item]
    matter: list[str]
    resource_matter: list[str]
    street: list[str]


def make(needs: int, resources: int, streets: int = 12, seed: int = 2018, wrong: float = 0.03) -> Made:
    """Lists of the size wanted, spread over `streets` streets of ten communities each.

    `wrong` is the share of needs with a wrong category, and the share of those with none.
    """
    chance = random.Random(seed)
    matters, words = _matters()
    made = Made([], [], [], [], [])
    for number in range(resources):
        head, category = chance.choice(matters)
        target = chance.choice(_TARGETS.get(category, _ANYONE))
        text = chance.choice(_RESOURCES).format(
            who=target,
            matter=chance.choice(words[head][:4]),
            when=chance.choice(_TIMES),
            org=chance.choice(_ORGANISATIONS),
            count=chance.randrange(10, 90),
        )
        street = f"530111{chance.randrange(streets) + 1:03d}"
        place = chance.choice(["530111", street, f"{street}{chance.randrange(10) + 1:03d}"])
        made.resources.append(
            Item(f"R{number:06d}", text, "", category, target, place, float(chance.randrange(1, 6) * 10))
        )
        made.resource_matter.append(head)
    for number in range(needs):
        head, category = chance.choice(matters)
        target = chance.choice(_TARGETS.get(category, _ANYONE))
        text = chance.choice(_OPENINGS) + chance.choice(_NEEDS).format(
            who=chance.choice(words[target][:6]),
            matter=chance.choice(words[head]),
            when=chance.choice(_TIMES),
            count=chance.randrange(3, 40),
        )
        if chance.random() < 0.2:
            place_in_text = chance.randrange(len(text))
            text = text[:place_in_text] + chance.choice(_MISTYPED) + text[place_in_text + 1 :]
        street = f"530111{chance.randrange(streets) + 1:03d}"
        luck = chance.random()
        code = "" if luck < wrong else chance.choice(matters)[1] if luck < 2 * wrong else category
        made.needs.append(
            Item(
                f"N{number:06d}",
                text,
                "",
                code,
                "" if luck < wrong / 2 else target,
                f"{street}{chance.randrange(10) + 1:03d}",
                float(chance.randrange(1, 5) * 5),
            )
        )
        made.matter.append(head)
        made.street.append(street)
    return made


def _matters() -> tuple[list[tuple[str, str]], dict[str, list[str]]]:
    lexicon = shipped()
    words: dict[str, list[str]] = {head: [] for head in lexicon.groups}
    for term, heads in lexicon.synonyms():
        if len(heads) == 1:
            words[heads[0]].append(term)
    matters = [
        (group.head, group.section)
        for group in lexicon.groups.values()
        if not (group.is_target or group.is_wish) and not group.broader and len(words[group.head]) >= 4
    ]
    for head in words:
        words[head] = words[head] or [head]
    return matters, words
