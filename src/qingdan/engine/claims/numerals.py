"""Chinese and Arabic numerals as official papers write them, read exactly.

`normalise` maps look-alike characters one to one, so that offsets into the result are offsets into
the original. `NUMBER` finds where a numeral stands, `read_number` says what it is worth.
Every quantifier that can be retried is bounded, so that finding stays linear in the text.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

_LOOKALIKES: dict[int, str] = {full: chr(full - 0xFEE0) for full in range(0xFF10, 0xFF1A)}  # ０-９
_LOOKALIKES |= {full: chr(full - 0xFEE0) for full in range(0xFF21, 0xFF5B) if not 0xFF3A < full < 0xFF41}
_LOOKALIKES |= {ord(char): "%" for char in "％﹪"}
_LOOKALIKES |= {ord("．"): ".", ord("＋"): "+", ord("￥"): "¥", ord("〇"): "零", ord("○"): "零"}
_LOOKALIKES |= dict.fromkeys((160, 8194, 8195, 8199, 8201, 8239, 12288), " ")

_FINANCIAL = dict(
    zip(map(ord, "壹贰叁肆伍陆柒捌玖拾佰仟萬億貳參陸"), "一二三四五六七八九十百千万亿二三六", strict=True)
)
# 伍 and 陆 are also ordinary characters (队伍, 大陆): only a run of at least two is a sum in words.
_FINANCIAL_RUN = re.compile(
    "[壹贰叁肆伍陆柒捌玖拾佰仟萬億貳參陸零万亿]{2,40}(?:[元圆角分]|[壹贰叁肆伍陆柒捌玖拾佰仟零]{1,8}分)?"
)
_FINANCIAL_ONLY = re.compile("[壹贰叁肆伍陆柒捌玖拾佰仟萬億貳參陸]")
# One alone counts only before a classifier of papers and things: 一式肆份, 双方各执壹份.
_FINANCIAL_ONE = re.compile(
    "(?<![队行退入为落大登着内上放收])[壹贰叁肆伍陆柒捌玖拾](?=[份套本册个名台项页张年期])"
)
_WIDE_THOUSANDS = re.compile(r"(?<=[０-９])，(?=[０-９]{3}(?![０-９]))")

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2}
_TENS = {"廿": 20, "卅": 30}
_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
NUMBER = re.compile(
    r"""
    (?P<digits>(?:\d{1,3}(?:,\d{3}){1,5}(?!\d)|\d{1,3}(?:[ ]\d{3}){1,4}(?![\d,.])|\d+)(?:\.\d+)?)
    (?:[ ]?(?P<more_in>[余多])?(?:[ ]|\n(?=[万亿]))?
       (?P<scale>[百千]?万亿?|[百千]?亿|十|百(?!分点)|千(?![米克瓦])|个(?=亿)亿)
       (?P<second>\d{1,4}(?:[百千]?万|[百千]))?)?
    (?:[ \n]?(?P<more>[余多几]|\+)|(?P<some_in>来)(?=[个人名家场位次户份件条]))?
    |
    (?P<half>(?:一半|半数|(?<=[过超近逾])半)(?![天年月小个导岛程夜价径]))
    |
    (?P<vague>[几数])(?P<vague_scale>[十百千万亿]{1,4})
    |
    (?P<chinese>[零一二两三四五六七八九十百千万亿廿卅]+(?:点[零一二三四五六七八九]+)?)
    (?:(?:(?P<cn_more_in>[余多几])个?|个(?=亿))(?P<cn_scale>[百千]?[万亿]))?
    (?P<cn_more>[余多几]|\+)?(?P<some>来(?=[个人名家场位次户份件条]))?
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Number:
    """What one numeral is worth: a single value (low == high) or a span such as 二三十."""

    low: Decimal
    high: Decimal
    more: bool  # 余, 多, 几 or + said "and some more"
    vague: bool  # 数十, 几百: only the order of size is told
    bare: bool  # 百, 千万: a scale with no coefficient; alone it is a manner of speaking
    scale: str  # the last 万 or 亿 of the numeral, else ""


def normalise(text: str) -> str:
    """The same text, character for character, with full-width and financial numerals made plain."""
    plain = _WIDE_THOUSANDS.sub(",", text)
    plain = _FINANCIAL_RUN.sub(_plain_financial, plain)
    plain = _FINANCIAL_ONE.sub(lambda found: found[0].translate(_FINANCIAL), plain)
    return plain.translate(_LOOKALIKES)


def _plain_financial(found: re.Match[str]) -> str:
    run = found[0]
    if len(_FINANCIAL_ONLY.findall(run)) < 2 and run[-1] not in "元圆":
        return run
    return run.translate(_FINANCIAL)


def read_number(found: re.Match[str]) -> Number | None:
    """The worth of a numeral found by `NUMBER`; None when the characters are no number (一二三四)."""
    return _worth(*found.groups(""))


@lru_cache(4096)  # a text says 一, 2 and 10 over and over
def _worth(*groups: str) -> Number | None:
    found = dict(zip(NUMBER.groupindex, groups, strict=True))
    if found["digits"]:
        if len(found["digits"]) > 20:
            return None  # a code, not a quantity
        value = Decimal(found["digits"].replace(",", "").replace(" ", ""))
        scale = found["scale"]
        for char in scale.removeprefix("个"):
            value *= _SCALES[char]
        if found["second"]:  # 1万5千, 3亿2000万
            rest = Decimal(found["second"].rstrip("百千万"))
            for char in found["second"].lstrip("0123456789"):
                rest *= _SCALES[char]
            value += rest
        more = bool(found["more"] or found["more_in"])
        return Number(value, value, more, bool(found["some_in"]), False, _large(scale))
    if found["half"]:
        return None
    if found["vague"]:
        unit = Decimal(1)
        for char in found["vague_scale"]:
            unit *= _SCALES[char]
        low = 2 * unit if found["vague"] == "几" or unit == 10 else unit
        return Number(low, 9 * unit, False, True, False, _large(found["vague_scale"]))
    return _read_chinese(found)


def _read_chinese(found: dict[str, str]) -> Number | None:
    chars = found["chinese"]
    factor = Decimal(1)
    for char in found["cn_scale"]:
        factor *= _SCALES[char]
    more = bool(found["cn_more"] or found["cn_more_in"])
    scale = _large(found["cn_scale"]) or _large(chars)
    bare = all(char in _SCALES for char in chars) and chars[0] != "十"
    pair = _neighbours(chars)
    if pair:
        low, high = chinese_value(pair[0]), chinese_value(pair[1])
        if low is None or high is None:
            return None
        return Number(low * factor, high * factor, more, False, False, scale)
    value = chinese_value(chars)
    if value is None:
        return None
    return Number(value * factor, value * factor, more, bool(found["some"]), bare, scale)


def _large(chars: str) -> str:
    return chars[-1] if chars and chars[-1] in "万亿" else ""


def _neighbours(chars: str) -> tuple[str, str] | None:
    """二三十 → (二十, 三十); 一百二三十 → (一百二十, 一百三十); 三五 → (三, 五)."""
    for at in range(len(chars) - 1):
        first, second = _DIGITS.get(chars[at], 0), _DIGITS.get(chars[at + 1], 0)
        if not first or not second:
            continue
        around = chars[:at] + chars[at + 2 :]
        if any(char in _SCALES for char in chars[at - 1 : at]) or at == 0:
            rest = chars[at + 2 :]
            if all(char in _SCALES for char in rest) and (second - first == 1 or (first, second) == (3, 5)):
                return chars[:at] + chars[at] + rest, chars[:at] + chars[at + 1] + rest
        if not any(char in _SCALES for char in around):
            return None
    return None


def chinese_value(chars: str) -> Decimal | None:
    """The worth of a Chinese numeral: 一千二百, 四十二点三, 二零一八, 1 亿 = 10⁸; None if it is not one."""
    whole, _, decimals = chars.partition("点")
    value = _whole(whole)
    if value is None:
        return None
    if decimals:
        return value + Decimal("0." + "".join(str(_DIGITS[char]) for char in decimals))
    return value


def _whole(chars: str) -> Decimal | None:
    if not chars or len(chars) > 24:
        return None
    if all(char in _DIGITS for char in chars):
        if len(chars) == 1:
            return Decimal(_DIGITS[chars])
        # Digit by digit, as in years and codes: only with a zero, else 一二 is no number.
        return Decimal("".join(str(_DIGITS[char]) for char in chars)) if "零" in chars else None
    total = section = Decimal(0)
    digit: int | None = None
    last_scale = 0
    for char in chars:
        if char == "零":
            digit = None if digit is None else digit
            last_scale = 0
            continue
        if char in _DIGITS:
            if digit is not None:
                return None
            digit = _DIGITS[char]
            continue
        if char in _TENS:
            section += _TENS[char]
            last_scale = 10
            continue
        scale = _SCALES[char]
        if scale < 10**4:
            section += (1 if digit is None else digit) * scale
        else:
            section += digit or 0
            if scale == 10**8:
                total = (total + section or Decimal(1)) * scale
            else:
                total += (section or Decimal(1)) * scale
            section = Decimal(0)
        last_scale, digit = scale, None
    if digit is not None:
        # 一百五 is 150, 两万三 is 23000: the spoken short form; 一百零五 has its zero and is 105.
        section += Decimal(digit) * (last_scale // 10 if last_scale > 10 else 1)
    return total + section
