"""Reading the text: lines, headings and citations.

    text      = line { newline line }          an empty line is left out
    line      = { words | citation }
    citation  = "{{" name { item } "}}"        all on one line
    item      = word | option=word
    word      = anything but blanks, braces and quotation marks, or "…" or “…” around anything but braces

A line is a heading when it begins 一、 or （一） or 1. or （1） and does not end like a sentence. Reading never
fails and never loses a character: what cannot be read stays in the text and is reported with its place.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _now

from qingdan.replies.text.problems import Problem

_NUMERAL = "〇一二三四五六七八九十百"
_HEADINGS = (
    re.compile(rf"[{_NUMERAL}]+、"),
    re.compile(rf"（[{_NUMERAL}]+）"),
    re.compile(r"\d+[.．](?!\d)"),
    re.compile(r"（\d+）"),
)
_SENTENCE_ENDS = "。！？；：，、…"
_BLANK = " \t\u3000\u00a0"
_ITEM = re.compile(
    rf"""[{_BLANK}]*(?P<item>
        (?:(?P<option>[A-Za-z_][A-Za-z0-9_]*)=)?
        (?:"(?P<straight>[^"]*)"|“(?P<curly>[^”]*)”|(?P<bare>[^{_BLANK}"“”]*))
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Words:
    """Text as typed; `start` is its offset in the source."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True)
class Citation:
    """A pair of braces: its name, the word that stands alone (a number, a fixed text) and its options."""

    source: str
    start: int
    name: str
    word: str
    options: dict[str, str]

    @property
    def end(self) -> int:
        return self.start + len(self.source)


@dataclass(frozen=True)
class Broken:
    """Braces that cannot be read; they stay as they are, and a problem says why."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


Piece = Words | Citation | Broken


@dataclass(frozen=True)
class Line:
    """One line with text on it. `level` is 0 for a paragraph, 1 to 4 for a heading."""

    level: int
    pieces: tuple[Piece, ...]


class Places:
    """Offsets of a text as lines and columns, for people."""

    def __init__(self, source: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", source))]

    def of(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def problem(self, start: int, end: int, code: str, message: str) -> Problem:
        line, column = self.of(start)
        return Problem(start, end, line, column, code, message)


@dataclass(frozen=True)
class Template:
    """A text as read."""

    source: str
    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]
    places: Places

    def citations(self) -> Iterator[Citation]:
        for line in self.lines:
            yield from (piece for piece in line.pieces if isinstance(piece, Citation))


def parse(source: str) -> Template:
    """Read a text. Line ends of every kind count as one; offsets are those of `normalised(source)`."""
    source = normalised(source)
    places = Places(source)
    lines: list[Line] = []
    problems: list[Problem] = []
    start = 0
    for raw in source.split("\n"):
        typed = raw.strip(_BLANK)
        if typed:
            begin = start + raw.index(typed)
            pieces = tuple(_pieces(typed, begin, places, problems))
            lines.append(Line(_level(typed, pieces), pieces))
        start += len(raw) + 1
    return Template(source, tuple(lines), tuple(problems), places)


def normalised(source: str) -> str:
    """The text with one kind of line end."""
    return re.sub(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]", "\n", source)


def _level(typed: str, pieces: tuple[Piece, ...]) -> int:
    last = pieces[-1]
    if isinstance(last, Words) and last.text.endswith(tuple(_SENTENCE_ENDS)):
        return 0
    for level, pattern in enumerate(_HEADINGS, start=1):
        if match := pattern.match(typed):
            return level if match.end() < len(typed) else 0
    return 0


def _pieces(typed: str, begin: int, places: Places, problems: list[Problem]) -> Iterator[Piece]:
    """Split one line at its braces."""
    at = 0
    for match in re.finditer(r"\{\{|\}\}|[｛｝]{2}", typed):
        mark = match.start()
        if mark < at:  # inside a citation that has been read
            continue
        if mark > at:
            yield Words(typed[at:mark], begin + at)
        if match[0][0] in "｛｝":
            problems.append(
                places.problem(
                    begin + mark,
                    begin + mark + 2,
                    "full_width_braces",
                    _now("Type the braces half-width: {{ and }}, not “%(typed)s”.") % {"typed": match[0]},
                )
            )
            yield Broken(match[0], begin + mark)
            at = match.end()
            continue
        if match[0] == "}}":
            problems.append(
                places.problem(
                    begin + mark,
                    begin + mark + 2,
                    "stray_close",
                    _now("“}}” without “{{” before it: remove it, or open the citation."),
                )
            )
            yield Broken("}}", begin + mark)
            at = match.end()
            continue
        close = typed.find("}}", mark + 2)
        reopened = typed.find("{{", mark + 2)
        if close < 0 or 0 <= reopened < close:
            problems.append(
                places.problem(
                    begin + mark,
                    begin + mark + 2,
                    "unclosed",
                    _now("“{{” is not closed: write “}}” after the citation, on the same line."),
                )
            )
            yield Broken("{{", begin + mark)
            at = match.end()
            continue
        at = close + 2
        yield _citation(typed[mark:at], begin + mark, places, problems)
    if at < len(typed):
        yield Words(typed[at:], begin + at)


def _citation(source: str, start: int, places: Places, problems: list[Problem]) -> Citation | Broken:
    """Read what stands between the braces."""
    inner = source[2:-2]
    words: list[str] = []
    options: dict[str, str] = {}
    at = 0

    def broken(code: str, message: str, offset: int = 0, length: int = 0) -> Broken:
        place = start + 2 + offset if length else start
        problems.append(places.problem(place, place + (length or len(source)), code, message))
        return Broken(source, start)

    while inner[at:].strip(_BLANK):
        match = _ITEM.match(inner, at)
        assert match  # every part of the pattern may be empty
        item, option = match["item"], match["option"]
        value = next((match[kind] for kind in ("straight", "curly", "bare") if match[kind] is not None), "")
        if not item or inner[match.end() : match.end() + 1].strip(_BLANK):
            return broken(
                "quotes",
                _now('The quotation marks do not pair: write “name="value"” with a blank after it.'),
                match.end(),
                1,
            )
        if "{" in item or "}" in item:
            return broken("braces", _now("A citation cannot hold braces: write {{ and }} once each."), at, 1)
        if option and not value:
            return broken(
                "no_value",
                _now("“%(option)s=” has no value.") % {"option": option},
                match.start("item"),
                len(item),
            )
        if option in options:
            return broken(
                "twice",
                _now("“%(option)s” is given twice.") % {"option": option},
                match.start("item"),
                len(item),
            )
        if option:
            options[option] = value
        else:
            if "＝" in item:
                return broken(
                    "full_width_equals", _now("Type the equals sign half-width: =, not ＝."), at, len(item)
                )
            words.append(value)
        at = match.end()
    if not words:
        return broken(
            "empty",
            _now(
                "The citation names nothing: write a figure's key first, as in {{activities.training topic=LINKAGE}}."
            ),
        )
    if len(words) > 2:
        return broken(
            "too_many_words",
            _now("“%(word)s” is not of the form name=value. A value with blanks stands in quotation marks.")
            % {"word": words[2]},
        )
    return Citation(source, start, words[0], words[1] if len(words) == 2 else "", options)
