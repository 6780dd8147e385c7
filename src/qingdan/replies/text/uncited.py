"""Numbers that stand in a text without citing anything."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qingdan.engine.claims import Claim

NUMERALS = "0123456789０１２３４５６７８９〇零一二两三四五六七八九十百千万亿几半双"
_DIGITS = re.compile(r"[0-9０-９]+(?:[.．,，][0-9０-９]+)*")

# Digits that count nothing in the district.
_CONSTANTS = re.compile(
    r"""
      (?<!\d)(?:(?:19|20)\d{2}\s*[—–-]\s*)?(?:19|20)\d{2}\s*年(?:\d{1,2}月(?:\d{1,2}日)?)?   # years, dates
    | (?<!\d)\d{1,2}月\d{1,2}日
    | [〔\[［【(（]\d{2,4}[〕\]］】)）]\s*第?\d+号                     # document numbers, ill-written too
    | 第\s*\d+                                                       # ordinals
    | (?:^|(?<=[。；：，]))（?\d{1,2}(?:[.．、]|）)(?!\d)              # numbering of points
    | (?<!\d)(?:0\d{2,3}[-—－]?\d{7,8}|1\d{10})(?!\d)               # telephones
    | (?<!\d)\d{3,5}(?=(?:服务|政务)?(?:热线|专线))
    """,
    re.VERBOSE | re.MULTILINE,
)


@dataclass(frozen=True)
class Uncited:
    """A number at `start` in the text that was searched."""

    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def uncited(text: str, claims: Sequence[Claim], cited: Sequence[tuple[int, int]]) -> list[Uncited]:
    """The quantities of `text` of which a numeral lies outside every span of `cited`, in the text's order.

    A quantity is what the claims reader found, and besides any Arabic digits that are no constant: a letter
    is refused rather for one number too many than issued with one that nobody can open.
    """
    covered = bytearray(len(text))
    for start, end in cited:
        covered[start:end] = b"\x01" * (end - start)
    found = sorted([*((claim.start, claim.end) for claim in claims), *_digits(text)])
    merged: list[tuple[int, int]] = []
    for start, end in found:
        typed = [at for at in range(start, end) if text[at] in NUMERALS and not covered[at]]
        if not typed:
            continue
        if covered[start]:
            start = typed[0]
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return [Uncited(start, text[start:end]) for start, end in merged]


def _digits(text: str) -> list[tuple[int, int]]:
    """Arabic digits that are no constant."""
    constants = bytearray(len(text))
    for match in _CONSTANTS.finditer(text):
        constants[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
    return [
        (match.start(), match.end())
        for match in _DIGITS.finditer(text)
        if not all(constants[at] for at in range(match.start(), match.end()))
    ]
