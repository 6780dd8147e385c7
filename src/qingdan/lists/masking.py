"""Telephone and resident numbers in what people write: found, and masked for whoever need not see them."""

import re

_WIDE = str.maketrans("０１２３４５６７８９ｘＸ", "0123456789xX")
_GAP = r"[\s-]?"
_NUMBERS = re.compile(
    rf"(?<!\d)(?:1{_GAP}[3-9](?:{_GAP}\d){{9}}|\d(?:{_GAP}\d){{16}}{_GAP}[\dXx])(?!{_GAP}\d)", re.ASCII
)
_LONG = re.compile(r"\d(?:[\s-]*\d){10}")  # what most texts have not, found in no time
_SHOWN = 3


def points_to_a_person(text: str) -> bool:
    """Whether a telephone or resident number stands in the text."""
    return bool(_LONG.search(text) and _NUMBERS.search(text.translate(_WIDE)))


def mask_numbers(text: str) -> str:
    """The text with all but the first digits of such numbers starred: 138********."""
    if not _LONG.search(text):
        return text
    for found in _NUMBERS.finditer(text.translate(_WIDE)):
        hidden = found.end() - found.start() - _SHOWN
        text = text[: found.start() + _SHOWN] + "*" * hidden + text[found.end() :]
    return text
