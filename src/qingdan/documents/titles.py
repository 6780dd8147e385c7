"""Break a title into lines by sense and in a good shape.

GB/T 9704-2012 clause 7.3.1: a title of several lines keeps words whole and stands as a trapezium or a
diamond, never as an hourglass. Widths are counted in full characters; a digit or Latin letter is half.
"""

import re
from functools import cache

# What must stay on one line besides the words the segmenter knows: a number with its noun, a quoted name
# if it is short, the grammatical tail that a line must not begin with.
_WHOLE = re.compile(
    r"[〇零一二三四五六七八九]{4}年度?"
    r"|第[\d〇一二三四五六七八九十百]+(?:届|次|号|批|期|条)"
    r"|\d[\d.,]*(?:年度?|月|日|号|个|万元|元|人|件|项)?"
    r"|[“《〔（][^”》〕）]{1,6}[”》〕）]"
)
_NO_START = "的地得了和与及、，；：。”》〕）"
_NO_END = "“《〔（第"
_GOOD_START = ("关于", "第")
_INFINITE = float("inf")


def break_title(title: str, capacity: float) -> list[str]:
    """The lines of `title`, none wider than `capacity` characters where words allow it.

    A title with line breaks of its own is taken as its author broke it.
    """
    if "\n" in title:
        return [line.strip() for line in title.split("\n") if line.strip()]
    if width(title) <= capacity:
        return [title]
    words = _words(title, capacity)
    fewest = -int(-width(title) // capacity)
    candidates = [_best(words, count, capacity) for count in range(fewest, fewest + 2)]
    return min(candidates, key=lambda lines: _cost(lines, capacity))


def width(text: str) -> float:
    """The width of `text` in full characters."""
    return sum(0.5 if character.isascii() else 1.0 for character in text)


def _words(title: str, capacity: float) -> list[str]:
    """The pieces that may not be broken."""
    import rjieba  # its dictionary takes a while to load

    pieces: list[str] = []
    position = 0
    for match in _WHOLE.finditer(title):
        pieces += rjieba.cut(title[position : match.start()])
        pieces.append(match[0])
        position = match.end()
    pieces += rjieba.cut(title[position:])
    joined: list[str] = []
    for piece in pieces:
        if joined and (piece[0] in _NO_START or joined[-1][-1] in _NO_END):
            joined[-1] += piece
        else:
            joined.append(piece)
    # A word longer than a line has to be broken somewhere.
    return [
        part
        for word in joined
        for part in ([word] if width(word) <= capacity else [word[i : i + 2] for i in range(0, len(word), 2)])
    ]


def _best(words: list[str], count: int, capacity: float) -> list[str]:
    """The cheapest way to set `words` in at most `count` lines."""

    @cache
    def go(start: int, lines_left: int) -> tuple[tuple[str, ...], ...]:
        """A few promising endings: shapes are judged as a whole, so one best tail is not enough."""
        if lines_left == 1:
            line = "".join(words[start:])
            return ((line,),) if width(line) <= capacity else ()
        ways = []
        line = ""
        for end in range(start + 1, len(words) - lines_left + 2):
            line += words[end - 1]
            if width(line) > capacity:
                break
            ways += [(line, *rest) for rest in go(end, lines_left - 1)]
        return tuple(sorted(ways, key=lambda way: _cost(list(way), capacity))[:40])

    for lines in range(count, count + 3):
        if ways := go(0, lines):
            return list(min(ways, key=lambda way: _cost(list(way), capacity)))
    return _greedy(words, capacity)


def _greedy(words: list[str], capacity: float) -> list[str]:
    lines = [""]
    for word in words:
        if lines[-1] and width(lines[-1] + word) > capacity:
            lines.append("")
        lines[-1] += word
    return lines


def _cost(lines: list[str], capacity: float) -> float:
    """Lower is better: few lines, an even shape that is not an hourglass, breaks where the sense pauses."""
    widths = [width(line) for line in lines]
    if not widths or max(widths) > capacity:
        return _INFINITE
    longest = max(widths)
    cost = 12.0 * len(lines) + sum((longest - one) ** 2 for one in widths) / 20
    cost += sum(30.0 for one in widths if one < longest / 3)
    for before, middle, after in zip(widths, widths[1:], widths[2:], strict=False):
        if middle < before and middle < after:
            cost += 40.0
    # Lines of equal length make a rectangle: allowed for two lines, dull for more.
    if len(lines) > 2 and longest - min(widths) < 1:
        cost += 10.0
    cost -= sum(14.0 for line in lines[1:] if line.startswith(_GOOD_START[0]))
    cost -= sum(4.0 for line in lines[1:] if line.startswith(_GOOD_START[1:]))
    return cost
