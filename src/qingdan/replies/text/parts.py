"""A letter's text by the points it answers: an opening, one part a level-1 heading, a closing.

Splitting and joining undo each other: the parts of `split(source)`, joined, are `normalised(source)`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qingdan.replies.text.syntax import normalised, parse

_CLOSING = re.compile(r"[ \t\u3000]*(?:感谢|衷心感谢|再次感谢|特此|专此|此复)")


@dataclass(frozen=True)
class TextPart:
    """`kind` is opening, point or closing; only a point has a heading, which is its first line."""

    kind: str
    heading: str
    body: str


def split(source: str) -> list[TextPart]:
    """The parts in the order of the text; the opening and the closing are always there, perhaps empty."""
    sections: list[tuple[str, list[str]]] = [("", [])]
    for line in normalised(source).split("\n"):
        if is_point(line):
            sections.append((line, []))
        else:
            sections[-1][1].append(line)
    closing: list[str] | None = None
    last = sections[-1][1]
    for at, line in enumerate(last):
        if _CLOSING.match(line):
            closing = last[at:]
            del last[at:]
            break
    parts = [
        TextPart("point" if number else "opening", heading, "\n".join(lines))
        for number, (heading, lines) in enumerate(sections)
    ]
    return [*parts, TextPart("closing", "", "\n".join(closing or []))]


def is_point(line: str) -> bool:
    """Whether a line is a heading of the first level."""
    return any(one.level == 1 for one in parse(line).lines)


def join(parts: Iterable[tuple[str, str]] | Sequence[tuple[str, str]]) -> str:
    """Headings and bodies as one text. Empty ones leave no line behind."""
    lines = [text for heading, body in parts for text in (heading.strip("\n"), body) if text]
    return "\n".join(normalised(line) for line in lines)
