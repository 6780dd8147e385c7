"""Times of a week read out of plain words: “周三、周五 16:30—18:30”, “放学后”, “双休日上午”.

A time is a bit mask over 7 days × 6 parts of the day, so that two times overlap where their bits meet.
School holidays are marks of their own: who is free on Wednesdays is not thereby free all summer.
"""

import re

from qingdan.engine.lexicon import normalise

_STARTS = (6, 9, 12, 14, 17, 19)
_ENDS = (9, 12, 14, 17, 19, 22)
DAY_NAMES = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]
SUMMER, WINTER = 1 << 42, 1 << 43
HOLIDAYS = SUMMER | WINTER

_DAY = re.compile(
    r"(?:周|星期|礼拜)([一二三四五六日天])(?:\s*(?:[至到~-]|—+)\s*(?:周|星期|礼拜)?([一二三四五六日天]))?"
)
_LIST = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天](?:[、,和]?[一二三四五六日天])+)(?![个次回场])")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})[:点](\d{2}|半)?\s*(?:[至到~-]|—+)\s*(\d{1,2})[:点](\d{2}|半)?")
_WORDS: tuple[tuple[str, tuple[int, ...]], ...] = (
    (r"早上|早晨|清早|一早|早间", (0,)),
    (r"上午", (1,)),
    (r"中午|午间|午餐|午饭", (2,)),
    (r"下午", (3,)),
    (r"放学后|放学以后|放了学|下学|课后|四点半|傍晚|4:30", (3, 4)),
    (r"晚上|夜间|夜里|晚间|半夜|夜晚", (5,)),
)
_WEEKDAYS = re.compile(r"工作日|平日|平时|上班时间|上学日|上学期间")
_WEEKEND = re.compile(r"周末|双休日|休息日|礼拜天")
_ALWAYS = re.compile(r"24\s*小时|全天|随时|天天|每天|每日|全年")


def _day(day: int, parts: int) -> int:
    return parts << (6 * day)


def _number(day: str) -> int:
    return "一二三四五六日".index("日" if day == "天" else day)


def read_hours(text: str) -> int:
    """The mask of the times that `text` names; 0 when it names none."""
    text = normalise(text)
    days: set[int] = set()
    for match in _LIST.finditer(text):
        days.update(_number(day) for day in match[1] if day in "一二三四五六日天")
    for match in _DAY.finditer(text):
        first = _number(match[1])
        last = _number(match[2]) if match[2] else first
        days.update(range(first, last + 1) if first <= last else (first, last))
    if _WEEKDAYS.search(text):
        days.update(range(5))
    if _WEEKEND.search(text):
        days.update((5, 6))
    parts = 0
    for match in _CLOCK.finditer(text):
        start = int(match[1]) + (0.5 if match[2] in ("30", "半") else 0)
        end = int(match[3]) + (0.5 if match[4] in ("30", "半") else 0)
        if start < end <= 24:
            for part in range(6):
                if start < _ENDS[part] and end > _STARTS[part]:
                    parts |= 1 << part
    if not parts:
        for pattern, named in _WORDS:
            if re.search(pattern, text):
                for part in named:
                    parts |= 1 << part
    season = (SUMMER if re.search(r"暑假|暑期|暑托|夏令营|寒暑假", text) else 0) | (
        WINTER if re.search(r"寒假|寒托|冬令营|寒暑假", text) else 0
    )
    if not days and not parts and not season:
        return (1 << 42) - 1 if _ALWAYS.search(text) else 0
    if not days and not parts:
        return season
    if season and not days:
        return season
    mask = 0
    for day in days or range(7):
        mask |= _day(day, parts or 0b111111)
    return mask | season


def describe(mask: int) -> str:
    """A mask in words, as short as it can be."""
    words: list[str] = []
    if mask & SUMMER:
        words.append("暑假")
    if mask & WINTER:
        words.append("寒假")
    parts = 0
    for day in range(7):
        parts |= mask >> (6 * day) & 0b111111
    days = [day for day in range(7) if mask >> (6 * day) & 0b111111]
    if days == list(range(7)):
        words.append("每天")
    elif days == list(range(5)):
        words.append("工作日")
    elif days == [5, 6]:
        words.append("周末")
    else:
        words.extend(DAY_NAMES[day] for day in days)
    named = "、".join(words)
    if not parts or parts == 0b111111:
        return named
    first, last = parts & -parts, parts.bit_length() - 1
    start, end = _STARTS[first.bit_length() - 1], _ENDS[last]
    return f"{named} {start}–{end} 点"
