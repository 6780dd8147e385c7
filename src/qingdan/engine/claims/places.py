"""Which place a claim speaks of: the one named last before it in its sentence, else its paragraph's or heading's.

Names and codes come from outside, so that this stays a function over plain data.
"""

import bisect
import re
from collections.abc import Iterable, Mapping, Sequence

SEVERAL = "*"
"""A claim about several places at once (甲、乙两个街道共12场): no one place's figure answers it."""

_WHOLE = "全区|我区|本区|全市|全县|全域|区级|区内|全区域"
_NUMBER = r"(?:[\d一二两三四五六七八九十]{1,3}个?)?"
_LEVELS = (
    re.compile(r"第?[一二三四五六七八九十]{1,3}(?:[、.]|部分|章)"),
    re.compile(r"[（(][一二三四五六七八九十]{1,3}[）)]"),
    re.compile(r"\d{1,2}[、.．](?!\d)"),
    re.compile(r"[（(]\d{1,2}[）)]"),
)
_TITLE_LENGTH = 40
_PLAIN = 9
_BARE = 6
_TOPIC_REACH = 8
"""Characters before which a place must be named to be what a paragraph is about."""

Mention = tuple[int, int, str]


def places_of(text: str, offsets: Iterable[int], names: Mapping[str, str], whole: str = "") -> list[str]:
    """For each offset (ascending) the code of the place it speaks of: "" the whole district, SEVERAL more than one.

    `names` maps a printed name to its code; `whole` is the district's own name.
    """
    if not names:
        return ["" for _ in offsets]
    mentions = _mentions(text, names, whole)
    starts = [start for start, _end, _code in mentions]
    lines = _lines(text)
    line_starts = [start for start, _end in lines]
    headings = _headings(text, lines, mentions, starts)
    return [
        _place(text, offset, mentions, starts, lines, headings, bisect.bisect_right(line_starts, offset) - 1)
        for offset in offsets
    ]


def _mentions(text: str, names: Mapping[str, str], whole: str) -> list[Mention]:
    """Every place named, a row of them (甲街道、乙街道; 甲、乙街道) as one mention of several."""
    ordered = sorted(names, key=len, reverse=True)
    full = "|".join(map(re.escape, ordered))
    stems = "|".join(
        {re.escape(name[:-2]) for name in ordered if name[-2:] in ("街道", "社区") and len(name) > 3}
    )
    row = rf"(?:{stems or full})(?:[、和与及](?:{stems or full})){{1,40}}等?{_NUMBER}(?:街道|社区)"
    pattern = re.compile(
        rf"(?P<row>{row})|(?P<name>{full})|(?P<whole>{_WHOLE}{'|' + re.escape(whole) if whole else ''})"
    )
    found: list[Mention] = []
    for one in pattern.finditer(text):
        code = SEVERAL if one["row"] else names.get(one[0], "")
        joined = (
            found
            and code
            and found[-1][2]
            and re.fullmatch("(?:办事处)?[、和与及]", text[found[-1][1] : one.start()])
        )
        if joined:
            found[-1] = (found[-1][0], one.end(), SEVERAL)
        else:
            found.append((one.start(), one.end(), code))
    return found


def _lines(text: str) -> list[tuple[int, int]]:
    spans, at = [], 0
    for line in text.split("\n"):
        spans.append((at, at + len(line)))
        at += len(line) + 1
    return spans


def _headings(
    text: str, lines: Sequence[tuple[int, int]], mentions: Sequence[Mention], starts: Sequence[int]
) -> list[str]:
    """For each line the place of the headings above it; a deeper heading inherits from the one above.

    A line without a number is one only at the top (the title) or when it is little more than a place's name.
    """
    open_: list[tuple[int, str]] = []
    above = []
    for start, end in lines:
        line = text[start:end].strip()
        if line and len(line) <= _TITLE_LENGTH and line[-1] not in "。；，、：:;,.！？" and "。" not in line:
            named = mentions[bisect.bisect_left(starts, start) : bisect.bisect_left(starts, end)]
            bare = bool(named) and len(line) - (named[-1][1] - named[-1][0]) <= _BARE
            plain = 0 if not open_ else _PLAIN if bare else None
            level = next((depth for depth, mark in enumerate(_LEVELS, 1) if mark.match(line)), plain)
            if level is not None:
                open_ = [one for one in open_ if one[0] < level]
                inherited = open_[-1][1] if open_ else ""
                open_.append((level, named[-1][2] if named else inherited))
        above.append(open_[-1][1] if open_ else "")
    return above


def _place(
    text: str,
    offset: int,
    mentions: Sequence[Mention],
    starts: Sequence[int],
    lines: Sequence[tuple[int, int]],
    headings: Sequence[str],
    line: int,
) -> str:
    begin = lines[line][0]
    sentence = max(begin, text.rfind("。", begin, offset) + 1)
    before = bisect.bisect_left(starts, offset)
    if before and starts[before - 1] >= begin:
        last = mentions[before - 1]
        first = mentions[bisect.bisect_left(starts, begin)]
        if last[0] >= sentence or first[0] - begin <= _TOPIC_REACH:
            return last[2]
    return headings[line]
