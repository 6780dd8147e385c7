"""Units of quantity: how they are printed, what base unit they stand for, and when they are not units.

A classifier is also the first character of ordinary words (支 of 支部, 条 of 条例), so each carries
the continuations that make it one of those.
"""

import re
from collections.abc import Iterator
from pathlib import Path


def read_table(name: str) -> Iterator[tuple[str, list[str]]]:
    """The lines `head: word word …` of a word list beside this module; # begins a remark."""
    for line in Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            head, _, words = line.partition(": ")
            yield head, words.split()


def words(part: str) -> list[str]:
    """The words of `words.txt` that play this part."""
    return _PARTS[part]


def alternatives(part: str) -> str:
    """The words of `words.txt` that play this part, as one regular expression.

    Words that begin with a plain character are tried only where one of their first characters stands: most places
    in a text are passed by with one look.
    """
    listed = _PARTS[part]
    plain = [word for word in listed if _PLAIN_BEGINNING.match(word)]
    others = [word for word in listed if not _PLAIN_BEGINNING.match(word)]
    first = "".join(sorted({word[0] for word in plain}))
    guarded = [f"(?=[{first}])(?:{'|'.join(plain)})"] if plain else []
    return "|".join(guarded + others)


_PLAIN_BEGINNING = re.compile("[\u4e00-\u9fff](?![?*{])")


_PARTS: dict[str, list[str]] = {}
for _part, _listed in read_table("words.txt"):
    _PARTS.setdefault(_part, []).extend(_listed)

_NO_VISITS = set("名位档层版行列")
"""Units with which 次 makes another word: 名次, 位次, 档次."""

BASE: dict[str, tuple[str, str]] = {}
"""Printed unit → (base unit, kind). Kinds: money, persons, times, count, share, measure, hours, score."""


for _kind, _units in read_table("units.txt"):
    for _entry in _units:
        _printed, _, _base = _entry.partition("=")
        BASE[_printed] = (_base or _printed, _kind)

for _printed, (_base, _kind) in list(BASE.items()):
    if _kind in ("persons", "count") and len(_printed) == 1 and _printed not in _NO_VISITS:
        BASE.setdefault(f"{_printed}次", (f"{_printed}次", "times"))

UNIT = re.compile("|".join(sorted(map(re.escape, BASE), key=len, reverse=True)))

_words_begun: dict[str, list[str]] = {}
for _unit, _words in read_table("not_units.txt"):
    _words_begun.setdefault(_unit, []).extend(_words)
NOT_A_UNIT = {unit: re.compile("|".join(words)) for unit, words in _words_begun.items()}
"""Unit → what must not follow it, else it begins another word."""

INDIVISIBLE = {"persons", "times", "count"}
"""Kinds counted in whole things: a decimal there without 万 or 亿 is a list number run into a count."""

SPOKEN_ONE = set("场名家位户所座台辆份册套间处人支顶床件次项个对篇部栋幢块张只棵")
"""Classifiers with which 一 may really count (聘请律师一名); with others it is a manner of speaking."""


DIGITS_ONLY = set("方尺寸丈兆行列档版样案词团联发稿针股伙拨峰枝角") | {
    *("单位", "点位", "床位", "学位", "车位", "岗位", "席位", "标段")
}
"""Units that with a spoken numeral make a manner of speaking: 八方, 三尺讲台, 五行."""


def unit_at(text: str, at: int) -> re.Match[str] | None:
    """The unit printed at an offset, or None when those characters begin another word."""
    found = UNIT.match(text, at)
    while found:
        stop = NOT_A_UNIT.get(found[0])
        part_of_code = (
            found[0].isascii() and text[found.end() : found.end() + 1].isalnum() and found[0][0].isalpha()
        )
        if not part_of_code and not (stop and stop.match(text, found.end())):
            return found
        if len(found[0]) == 1:
            return None
        found = UNIT.match(text, at, found.end() - 1)
    return None


def same_measure(one: str, other: str) -> bool:
    """Whether two base units may count the same thing (名 and 人, 场 and 次), so that figures compare."""
    return one == other or any(one in group and other in group for group in _FAMILIES)


_FAMILIES = (
    {"人", "名", "位", "口", "个"},
    {"场", "次", "场次", "期", "节", "届", "堂", "轮", "个"},
    {"家", "个", "所", "处", "座", "间", "支", "站"},
    {"个", "项", "件", "条", "份", "种", "类", "例", "宗", "起", "部", "篇", "则", "单"},
    {"台", "套", "辆", "件", "个"},
    {"栋", "幢", "座"},
    {"人次", "次"},
    {"份", "册", "本", "张"},
)
