"""Numbers with their units, wherever they stand: counts, sums, shares, ranges, fractions.

Whether such a quantity is claimed or only part of a name, a rank or a manner of speaking is judged
elsewhere (`judging`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from .numerals import NUMBER, Number, chinese_value, read_number
from .rows import cells
from .terms import Closed
from .units import BASE, DIGITS_ONLY, INDIVISIBLE, alternatives, unit_at


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit, before its surroundings are judged."""

    start: int
    end: int
    low: Decimal
    high: Decimal
    unit: str
    kind: str
    more: bool = False
    vague: bool = False
    one: bool = False  # the numeral is 一 alone
    spoken: bool = False  # the numeral is written in Chinese characters
    bare: bool = False  # 百, 千 or 万 with no coefficient
    subject: str = ""  # in a table, what its column or row counts


CJK = re.compile(r"[\u4e00-\u9fff]")
_GLUED_ONE = re.compile(r"[统唯单同专万之其合归划如不逐独惟致清]$")
_GLUED_DAY = re.compile(r"(?:周|星期|礼拜)$")
_RANGE = re.compile(r"\s?(?:—{1,2}|–|―|-|－|~|～|〜|至|到)\s?")
_JOINTS = set(" —–―-－~～〜至到")
_ALNUM_BEFORE = re.compile(r"[A-Za-z_#@/．]$|[A-Za-z0-9]-$|\d[.:：]$")
_ACRONYM = re.compile(r"[\u4e00-\u9fff、，]\s?[A-Z]{2,4}$")  # 配备CT1台, 安装AED12台
_ORDINAL_BEFORE = re.compile(r"第\s?$|第[零一二三四五六七八九十百\d]{1,6}[、至到和及—\-]\s?$")
_SENTENCE_START = re.compile(r"(?:^|[\n。；;：:])\s*$")
_MONEY_WORDS = re.compile(alternatives("money"))
_PERSON_WORDS = re.compile(alternatives("persons"))
_VIEW_WORDS = re.compile(alternatives("views"))
_TALLY = re.compile(r"(?:累计|共|共计|总计|合计|达|达到|平均年龄[为约]?)$")
_TALLY_TIME = re.compile(r"(个工作日|天|个月|周岁|岁)(?!内|以内|之内|后|前|期|以来|时间)")


def quantities(text: str, closed: Closed) -> Iterator[Quantity]:
    at = 0
    in_tables = cells(text)
    money_until = -1  # within a sentence, a bare 30万 after a sum of money is money
    while found := NUMBER.search(text, at):
        if cell := in_tables.get(found.start()):
            at = cell.end
            yield Quantity(
                found.start(), at, cell.value, cell.value, cell.unit, cell.kind, subject=cell.subject
            )
            continue
        quantity = _quantity(text, found, closed, money_until)
        if quantity is None:
            at = _retry(text, found)
            continue
        at = quantity.end
        if quantity.kind == "money":
            money_until = _sentence_end(text, quantity.end)
        yield quantity


def _retry(text: str, found: re.Match[str]) -> int:
    """Where to look next after a numeral that counts nothing: 统一五个 begins again at 五."""
    return found.start() + 1 if _glued(text, found) else found.end()


def _glued(text: str, found: re.Match[str]) -> bool:
    """Whether the numeral's first character belongs to the word before it (统一, 唯一, 周三)."""
    chinese = found["chinese"]
    if not chinese or len(chinese) < 2 or chinese[1] in "十百千万亿点":
        return False
    before = text[max(0, found.start() - 2) : found.start()]
    return bool((chinese[0] == "一" and _GLUED_ONE.search(before)) or _GLUED_DAY.search(before))


def _sentence_end(text: str, at: int) -> int:
    stops = [spot for spot in (text.find(mark, at, at + 400) for mark in "。\n") if spot >= 0]
    return min(stops, default=at + 400)


def _quantity(text: str, found: re.Match[str], closed: Closed, money_until: int) -> Quantity | None:
    start, end = found.span()
    if not _MAY_COUNT.match(text, end) and text[start - 1 : start] != "¥" and not found["half"]:
        return None  # most numerals: nothing after them could be a unit, a range or a fraction
    if found["digits"] and _CODE.match(found["digits"]):
        return None
    number = read_number(found)
    if _glued(text, found):
        return None
    before = text[max(0, start - 10) : start]
    if before[-1:].isascii() and _ALNUM_BEFORE.search(before) and not _ACRONYM.search(before):
        return None
    if "第" in before and _ORDINAL_BEFORE.search(before):
        return None
    if found["half"]:
        if closed.covers(start, end):
            return None
        past = text[start - 1 : start] == "过"
        return Quantity(start - past, end, _HALF, _HALF, "%", "share", more=past, spoken=True)
    follows = text[end : end + 1]
    share = (
        _fraction(text, found, closed)
        if follows == "分"
        else _slashed(text, found, closed)
        if follows == "/"
        else None
    )
    if share:
        return share
    if number is None:
        return None
    spoken = not found["digits"]
    ranged = _range(text, found, number, closed)
    if ranged:
        return ranged
    unit_start = _gap(text, start, end)
    unit = unit_at(text, unit_start)
    if unit is None:
        return (
            _unitless(text, start, end, number, closed, money_until)
            or _time_tally(text, found, number)
            or _unlisted(text, found, number, closed)
        )
    if closed.covers(start, unit.end()):
        return None
    base, kind = BASE[unit[0]]
    if spoken and unit[0] in DIGITS_ONLY:
        return None
    if unit[0] == "成":
        return _tenths(text, start, unit.end(), number)
    if unit[0] == "‰":
        return Quantity(start, unit.end(), number.low / 10, number.high / 10, "%", kind, number.more)
    if kind in INDIVISIBLE and "." in (found["digits"] or "") and not number.scale:
        if not _SENTENCE_START.search(text[max(0, start - 4) : start]):
            return _made(found, number, unit.end(), base, kind, spoken)
        if found["digits"].startswith("0"):
            return _made(found, number, unit.end(), base, kind, spoken)
        digits = found["digits"].split(".")[1]  # "1.3个清单": a list number run into a count
        value = Decimal(digits)
        return Quantity(
            start + found["digits"].index(".") + 1, unit.end(), value, value, base, kind, number.more
        )
    return _made(found, number, unit.end(), base, kind, spoken)


def _gap(text: str, start: int, end: int) -> int:
    """Where the unit would begin: past one space, or past the end of a wrapped line."""
    if text[end : end + 1] == " ":
        return end + 1
    if text[end : end + 1] == "\n" and start and CJK.match(text[start - 1]):
        return end + 1
    return end


def _made(found: re.Match[str], number: Number, end: int, base: str, kind: str, spoken: bool) -> Quantity:
    start = found.start()
    return Quantity(
        start - 1 if base == "元" and found.string[start - 1 : start] == "¥" else start,
        end,
        number.low,
        number.high,
        base,
        kind,
        more=number.more,
        vague=number.vague,
        one=found["chinese"] == "一" and not number.scale and not number.more,
        spoken=spoken,
        bare=number.bare,
    )


_CODE = re.compile(r"0\d")  # 01标段, 007号: numbers that count are not written with a nought before them
_HALF = Decimal(50)
_FIRST_CHARS = "".join(sorted({unit[0] for unit in BASE}))
_MAY_COUNT = re.compile(
    rf"[ \n]?(?:[{re.escape(_FIRST_CHARS)}]|分之|/|[\u4e00-\u9fff](?:[，。；、）\n]|$)|[—–―\-－~～〜至到]|天|岁|周岁)"
    r"|(?<=[万亿余多几+])"
)
_HALF_TENTH = re.compile("(?:半(?!年|数|导|径)|[一二三四五六七八九](?![十百千万个家名场项人成]))")
_DENOMINATORS = {"百": 100, "千": 1000, "万": 10000}


def _fraction(text: str, found: re.Match[str], closed: Closed) -> Quantity | None:
    """百分之三十, 千分之五, 三分之二: all as per cent, rounded to four decimals."""
    if not text.startswith("分之", found.end()) or closed.covers(*found.span()):
        return None
    printed = found[0]
    denominator = _DENOMINATORS.get(printed)
    whole = (
        Decimal(denominator)
        if denominator
        else (Decimal(printed) if printed.isdecimal() else chinese_value(printed))
    )
    top = NUMBER.match(text, found.end() + 2)
    part = read_number(top) if top else None
    if not whole or part is None or top is None:
        return None
    low, high = (round(100 * side / whole, 4) for side in (part.low, part.high))
    end = top.end()
    again = _RANGE.match(text, end)
    if again:  # 百分之十至百分之二十, 百分之十至二十
        at = again.end() + (3 if text.startswith(printed + "分之", again.end()) else 0)
        second = NUMBER.match(text, at)
        worth = read_number(second) if second else None
        if second and worth and not unit_at(text, second.end()) and worth.low > part.low:
            high, end = round(100 * worth.high / whole, 4), second.end()
    return Quantity(
        found.start(), end, low.normalize(), high.normalize(), "%", "share", part.more, spoken=True
    )


_SLASHED = re.compile(r"/(\d{1,2})(?=[的以左]|多数|$|[，。；])")


def _slashed(text: str, found: re.Match[str], closed: Closed) -> Quantity | None:
    """2/3以上: a fraction when it says so; 5/6 alone may be a date."""
    below = _SLASHED.match(text, found.end())
    if not below or not found[0].isdecimal() or not 0 < int(found[0][:3]) < int(below[1]):
        return None
    named = (
        text[below.end() : below.end() + 1] in ("的", "以", "左") or text[found.start() - 1] in "占达到约近过"
    )
    if not named or closed.covers(found.start(), below.end()):
        return None
    share = round(Decimal(100) * int(found[0]) / int(below[1]), 4).normalize()
    return Quantity(found.start(), below.end(), share, share, "%", "share")


def _tenths(text: str, start: int, end: int, number: Number) -> Quantity | None:
    """两成 is 20 %, 三成五 is 35 %."""
    if number.high > 10:
        return None
    low, high = number.low * 10, number.high * 10
    half = _HALF_TENTH.match(text, end)
    if half and low == high:
        low += 5 if half[0] == "半" else chinese_value(half[0]) or 0
        high, end = low, half.end()
    return Quantity(start, end, low, high, "%", "share", number.more, spoken=True)


def _range(text: str, found: re.Match[str], number: Number, closed: Closed) -> Quantity | None:
    """10—15场, 三至五名, 3万元至10万元, 10%—20%: one claim with two ends."""
    first_unit = unit_at(text, found.end())
    at = first_unit.end() if first_unit else found.end()
    if text[at : at + 1] not in _JOINTS:
        return None
    joint = _RANGE.match(text, at)
    if not joint or (first_unit and joint[0].strip() == "到"):
        return None
    second = NUMBER.match(text, joint.end())
    worth = read_number(second) if second else None
    if second is None or worth is None:
        return None
    unit = unit_at(text, second.end() + (text[second.end() : second.end() + 1] == " "))
    end = unit.end() if unit else second.end()
    if (
        unit is None
        and worth.scale
        and not first_unit
        and _MONEY_WORDS.search(text[max(0, found.start() - 12) : end + 12])
    ):
        base, kind = "元", "money"
    elif unit is None:
        return None
    else:
        base, kind = BASE[unit[0]]
    if first_unit and BASE[first_unit[0]][0] != base:
        return None
    if closed.covers(found.start(), end):
        return None
    low, high = number.low, worth.high
    if worth.scale and not number.scale and not first_unit:  # 5-10万元
        low *= 10**4 if worth.scale == "万" else 10**8
    if low >= high:
        return None
    if unit and unit[0] == "成":
        low, high, base = low * 10, high * 10, "%"
    if unit and unit[0] == "‰":
        low, high, base = low / 10, high / 10, "%"
    return Quantity(found.start(), end, low, high, base, kind, worth.more, spoken=not found["digits"])


def _unitless(
    text: str, start: int, end: int, number: Number, closed: Closed, money_until: int
) -> Quantity | None:
    """¥3,500.00, 50万的公益创投资金, 常住人口3.1万: the unit is a sign before it or is understood."""
    if start and text[start - 1] == "¥":
        return Quantity(start - 1, end, number.low, number.high, "元", "money", number.more)
    if not number.scale or closed.covers(start, end):
        return None
    if number.bare and text[start - 1 : start] not in ("超", "逾", "近", "破", "上", "过"):
        return None
    after = text[end : end + 14]
    if CJK.match(after) and not _UNDERSTOOD_AFTER.match(after):
        return None
    clause = re.split("[，。；、：:\n]", text[max(0, start - 14) : start])[-1]
    following = re.split("[，。；、：:\n]", after)[0]
    nearest = [
        (spot.end(), unit, kind) for words, unit, kind in _UNDERSTOOD for spot in words.finditer(clause)
    ]
    for words, unit, kind in _UNDERSTOOD if not nearest else ():
        nearest += [(-spot.start(), unit, kind) for spot in words.finditer(following)]
    if not nearest and start < money_until:
        nearest = [(0, "元", "money")]
    if not nearest and number.scale == "亿":
        nearest = [(0, "元", "money")]  # 突破300亿: hundreds of millions of nothing named are money
    if not nearest:
        return None
    _, unit, kind = max(nearest)
    return Quantity(start, end, number.low, number.high, unit, kind, number.more)


_UNDERSTOOD_AFTER = re.compile(
    "的|用于|以上|左右|以内|以下|元|专项|资金|经费|补[助贴]|[\u4e00-\u9fff]{0,6}(?:人口|居民|群众|游客|党员|用户|网民|观众|劳动力|老人|市民|公益金|资金|经费|善款|补助|贷款|投资|奖金)"
)
_UNDERSTOOD = (
    (_MONEY_WORDS, "元", "money"),
    (_PERSON_WORDS, "人", "persons"),
    (_VIEW_WORDS, "次", "times"),
)


_UNLISTED = re.compile(
    r"(?![年月日时分秒号天周岁届级线路楼层室型版代点度折期后前内中上下里外等的了多余元人个家强第与和及或至到为是有在不则用要条款])"
    r"[\u4e00-\u9fff](?=[，。；、）\n]|$)"
)
_LABELLED = re.compile("[第表图件号注级类型版期附组栋幢楼座]$")


def _unlisted(text: str, found: re.Match[str], number: Number, closed: Closed) -> Quantity | None:
    """A classifier that is in no list: digits after a noun, one character after them, and the clause ends."""
    unit = _UNLISTED.match(text, found.end()) if found["digits"] and not number.scale else None
    before = text[max(0, found.start() - 1) : found.start()]
    if not unit or unit[0] in BASE or not CJK.match(before) or _LABELLED.search(before) or "." in found[0]:
        return None
    if closed.covers(found.start(), unit.end()):
        return None
    return _made(found, number, unit.end(), unit[0], "count", False)


def _time_tally(text: str, found: re.Match[str], number: Number) -> Quantity | None:
    """Days, months and years of age are no claim unless they are summed up or shortened: 压缩至5个工作日."""
    unit = _TALLY_TIME.match(text, found.end())
    if not unit or not _TALLY.search(text[max(0, found.start() - 6) : found.start()]):
        return None
    base = unit[1].removeprefix("个").removeprefix("周")
    return _made(found, number, unit.end(1), base, "hours", not found["digits"])
