"""Two texts side by side as one: what stayed, what went out, what came in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

# A citation changes as a whole, a number as a whole, Chinese character by character.
_TOKEN = re.compile(r"\{\{[^{}]*\}\}|[0-9A-Za-z.]+|.", re.DOTALL)


@dataclass(frozen=True)
class Change:
    """A stretch of text; `kind` is same, out or in."""

    kind: str
    text: str


def compare(before: str, after: str) -> list[tuple[Change, ...]]:
    """The paragraphs of both texts in order; an unchanged one is a single stretch."""
    old, new = before.splitlines(), after.splitlines()
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    lines: list[tuple[Change, ...]] = []
    for verb, i, j, k, m in matcher.get_opcodes():
        if verb == "equal":
            lines += [(Change("same", line),) for line in old[i:j]]
        else:
            pairs = zip_longest(old[i:j], new[k:m], fillvalue="")
            lines += [tuple(_within(one, other)) for one, other in pairs]
    return [line for line in lines if any(change.text for change in line)]


def _within(before: str, after: str) -> Iterator[Change]:
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < 0.3:  # another paragraph altogether: crossed letters would explain nothing
        yield from (Change(kind, text) for kind, text in (("out", before), ("in", after)) if text)
        return
    for verb, i, j, k, m in matcher.get_opcodes():
        if verb == "equal":
            yield Change("same", "".join(old[i:j]))
            continue
        if i < j:
            yield Change("out", "".join(old[i:j]))
        if k < m:
            yield Change("in", "".join(new[k:m]))
