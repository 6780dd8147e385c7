"""Whether a quantity is claimed here, and which way its qualifiers point, by what stands around it."""

import re

from .quantities import CJK, Quantity
from .units import SPOKEN_ONE, alternatives

_UNDER = "不(?:得|能|可|应|会|宜)?(?:超过|高于|多于|大于|超出|突破)|至多|最多"
_OVER = "不(?:得|能|可|应|会|宜)?(?:少于|低于|小于|下于?|亚于)|至少|最少|起码"
_BEFORE = re.compile(
    rf"(?P<under>{_UNDER}|未(?:超过|达到?|满)|不足|不到|少于|低于|小于)(?:了|为)?\s?$"
    rf"|(?P<over>{_OVER}|超过|超出|(?<![A-Z])超|逾|突破|多于|大于|高于)(?:了|为)?\s?$"
    r"|(?P<about>大约|约|将近|接近|近|大概|大致|差不多)[为有占达需]?\s?$"
)
_BEFORE_LAST = set("过于出破满足到达少多超逾约近概致下起不了为有码占需 ")
_FALSE_BEFORE = re.compile(rf"(?:{alternatives('false_qualifier')})\s?$")
_BEFORE_BARE = re.compile(r"[上过]$")
_APART = re.compile(rf"(?:(?P<under>{_UNDER})|(?P<over>{_OVER}))(?P<gap>[\u4e00-\u9fff]{{1,10}})$")
_APART_CHARS = set("至最不起")
_NOT_NUMERAL = "[^零一二两三四五六七八九十百千万亿]"
_GAP = re.compile(rf"{_NOT_NUMERAL}{{0,9}}的|{_NOT_NUMERAL}{{1,6}}")
_AFTER = re.compile(
    r"\s?(?:[（(]含[）)])?\s?"
    r"(?:(?P<over>及?以上|有余|开外)|(?P<under>及?以下|以内|之内)|(?P<about>左右|上下|前后(?!脚)))"
)
_LIMIT = re.compile(
    r"(?:(?P<most>最高)|最低)(?P<gap>(?:给予|补助|补贴|奖励|资助|支持|扶持)[\u4e00-\u9fff]{0,4})?(?:可达|可|不)?$"
)
"""最高20万元 limits a sum of money; 最高94分 is the highest mark there was."""
_RANK_OF_STAFF = re.compile("学历|职称|处分|学位")
_AFTER_MORE = re.compile(r"[多余](?!家|名|个|次|场|元|人|方|种|样|媒|功|部|项|年|位)")
_WANTS_MORE = ("小时", "分钟", "公里", "千米", "倍", "成", "吨", "亩", "公斤", "米", "元", "平方米")
_UNIT_NOTE = re.compile(r"[（(](?:[次套个名户处台支份家间人册]|人次|场次)[）)]")

_COUNTING = re.compile(rf"(?:{alternatives('counting')})(?:了|过)?\s?[“\"]?$")
_COUNTING_ONE = re.compile(rf"(?:{alternatives('counting_one')})(?:了|过)?\s?$")
_ABSTRACT = re.compile(alternatives("abstract"))
_STOP_AFTER_ONE = re.compile(r"[，。；、,;）)！\n]|$|和|以及|及|与")
_RANK_BEFORE = re.compile(
    r"(?:(?<![目此当提以之日年月从会班课场])前|(?:排名|名次|倒数)后?|(?:得分|成绩|考核|测评|评分|分数|排位)后|最后|位列|位居|排在?|名列|列)\s?$"
)
_RANK_UNIT = {"名", "位", "家", "个", "项", "批", "期", "强", "次", "届", "场", "人"}
_NEGATED = re.compile(r"[不没无][^，。；、\n]{0,3}$")
_DEMONSTRATIVE = re.compile(r"[每这那某任同另该何哪再又新上下首前后末头]$")
_HELD = re.compile(r"(?:举办|举行|开展|召开|办|共|连续|历经|历时|走过)(?:了|过)?$")
_SCORED = re.compile("[得评满扣加减均为打共差高低升降]$")
_BRAND = re.compile("[\u4e00-\u9fff]{1,3}[”’]")
_GIVEN = re.compile("[每奖励补助]$")


def counts(text: str, quantity: Quantity, previous: Quantity | None) -> bool:
    """Whether this number with its unit counts something here, judged by what stands around it."""
    start, end = quantity.start, quantity.end
    before = text[max(0, start - 12) : start]
    unit = quantity.unit
    last = before[-1:]
    if quantity.kind in ("money", "share", "measure", "hours", "score") and not quantity.spoken:
        return not (last == "每" and quantity.kind == "measure")
    if last == "每" and not (quantity.one and quantity.kind == "money"):
        return False  # 每10名老人配备: the measure, not a count
    if unit in _RANK_UNIT and last in "前后列居在位 " and _RANK_BEFORE.search(before):
        return False
    if quantity.low == 1 < quantity.high and before.endswith("候选人"):
        return False  # 中标候选人1-3名: ranks
    if unit == "届":
        return bool(_HELD.search(before))
    if text[start] == "二" and unit in _ORDERED and quantity.high == 2:
        return False  # 二类高层, 二次函: the second; two of them would be 两类
    if unit in ("次", "期", "批", "批次", "类") and last == "分":
        return False  # 分三次拨付: a manner, not a count
    if unit in _NUMBERED and (
        _NUMBERED[unit].search(before)
        or (unit != "组" and _CLAUSE_START.search(before) and _HOUSE_NUMBER.match(text, end))
    ):
        return False
    if quantity.spoken and last in '“‘"' and not _quoted_count(text, quantity):
        return False
    if quantity.spoken and unit == "个" and _SLOGAN.match(text, end):
        return False
    if unit == "期":
        return _is_issue(text, quantity, before)
    if quantity.bare and not (quantity.more or quantity.vague or _qualifies_bare(before)):
        return False
    if unit == "番":
        return bool(_TURNED.search(before))
    if quantity.one:
        return _one_counts(text, quantity, before, previous)
    if quantity.spoken and unit in ("节", "口", "条") and re.match("期间|之家", text[end : end + 2]):
        return False
    if quantity.spoken and unit == "分" and not _SCORED.search(before):
        return False
    branded = quantity.spoken and unit == "元" and quantity.high < 10 and _BRAND.match(text, end)
    return not branded  # “一元早餐” names a project


_ORDERED = {"类", "次", "期", "批", "班", "组", "队", "场", "轮", "片", "面", "线"}
_TURNED = re.compile("翻了?$")
_HOUSE_NUMBER = re.compile(
    r"[\s\-东西南北前旁底]|\d|[一二三四五六七八九十]{1,3}(?:单元|层|楼|号)|单元|门前|楼[下前旁道长]|(?:停|供|断)[水电气]|业主|住户"
)
_CLAUSE_START = re.compile(r"(?:^|[，。；：:、（(\s])$")
_NUMBERED = {
    "组": re.compile("[村社]$"),
    "栋": re.compile("(?:小区|[苑园城院区里号])$"),
    "幢": re.compile("(?:小区|[苑园城院区里号])$"),
}
"""Units that number a place after its name: 样本村3组, 样本小区7栋."""
_QUOTE_END = re.compile(r"[^“”\"‘’]{0,10}?[”’\"]")
_CREED = re.compile(
    "(?:能力|意识|自信|维护|确立|坚持|全面|确保|转变|统一|必须|结合|带头|牢记|作风|最严|严格|不|能|关|到位|到底|清零|提升|强化|聚焦|务必|善于|倍增|率先|优先|走在前|更加)"
)
_SLOGAN = re.compile(
    "坚持|聚焦|必须|意识|自信|维护|确立|务必|确保|带头|不得|严禁|一律|更加|突出|着力|狠抓|不准"
)
_COUNTED_IN_QUOTES = {"个", "项", "类", "份", "张", "种", "场", "家", "名"}


def _quoted_count(text: str, quantity: Quantity) -> bool:
    """“三个清单” counts lists; a short quotation such as “二十条” or “十户长” is only a name."""
    if _CREED.match(text, quantity.end):
        return False
    short = _QUOTE_END.match(text, quantity.end)
    return not short or (quantity.unit in _COUNTED_IN_QUOTES and short.end() - quantity.end > 2)


def _is_issue(text: str, quantity: Quantity, before: str) -> bool:
    """培训班3期 counts; 分三期拨付 and 基地二期 do not."""
    if before.endswith("分") or (quantity.spoken and quantity.high <= 4 and not _COUNTING.search(before)):
        return False
    following = text[quantity.end : quantity.end + 1]
    return (
        not quantity.spoken
        or bool(_COUNTING.search(before))
        or following in "，。；、,;）\n"
        or following == ""
    )


def _qualifies_bare(before: str) -> bool:
    found = _BEFORE.search(before)
    return bool((found and not _FALSE_BEFORE.search(before)) or _BEFORE_BARE.search(before))


def _one_counts(text: str, quantity: Quantity, before: str, previous: Quantity | None) -> bool:
    """一 with a classifier counts only after a verb of counting, after its noun, or in a row of counts."""
    if previous and previous.end == quantity.start:
        return False  # 4.8分钟一辆, 5人一组: a rate
    if quantity.kind == "money":
        return bool(_GIVEN.search(before))
    after = text[quantity.end : quantity.end + 6]
    if text[quantity.end - 1] not in SPOKEN_ONE and quantity.unit not in ("倍", "次", "场次"):
        return False
    if _DEMONSTRATIVE.search(before) or _NEGATED.search(before) or _ABSTRACT.match(after):
        return False
    if quantity.unit == "倍":
        return True
    if quantity.unit == "次" and before[-1:] in ("年", "月", "周", "日", "天", "度"):
        return False  # 每月一次, 半年一次: how often
    if _COUNTING_ONE.search(before) or _APART.search(before):
        return True
    if previous and 0 <= quantity.start - previous.end <= 14:
        between = text[previous.end : quantity.start]
        if between[-1:] in ("、", "和", "，") and "。" not in between:
            return True
    return (
        bool(_STOP_AFTER_ONE.match(after))
        and bool(CJK.match(before[-1:]))
        and before[-1:] not in "之唯是为成如作的"
    )


def qualified(text: str, quantity: Quantity, taken: int) -> tuple[int, int, str]:
    """The claim's whole span with its qualifiers, and which way they point."""
    start, end = quantity.start, quantity.end
    approx = "over" if quantity.more else "about" if quantity.vague else "none"
    note = _UNIT_NOTE.match(text, end)
    if note:
        end = note.end()
    after = _AFTER.match(text, end)
    if after and not _RANK_OF_STAFF.match(text, after.end()):
        approx = after.lastgroup or approx
        end = after.end()
    elif text[end : end + 1] in ("多", "余") and _printed_unit(text, end) and _AFTER_MORE.match(text, end):
        approx, end = "over", end + 1
    before = text[max(taken, start - 16) : start]
    leading = _BEFORE.search(before) if before[-1:] in _BEFORE_LAST else None
    if leading and not _FALSE_BEFORE.search(before):
        approx = leading.lastgroup or approx
        return start - (len(before) - leading.start()), end, approx
    limit = _LIMIT.search(before) if quantity.kind == "money" and approx == "none" else None
    if limit:
        approx = "under" if limit["most"] else "over"
        return start - (len(before) - limit.start() if not limit["gap"] else 0), end, approx
    if quantity.bare and _BEFORE_BARE.search(before):
        return start - 1, end, "over"
    apart = _APART.search(before) if _APART_CHARS.intersection(before) else None
    if apart and approx == "none" and _GAP.fullmatch(apart["gap"]):
        approx = "under" if apart["under"] else "over"
    return start, end, approx


def _printed_unit(text: str, end: int) -> bool:
    return any(text.endswith(unit, 0, end) for unit in _WANTS_MORE)
