"""Remarks on the style of a letter: what `documents.style` says of the parts that the drafter typed."""

from qingdan.documents.style import StyleFinding, check_style
from qingdan.replies.text import RenderedLetter

# Numbers without a basis keep a letter back already; they are told as problems, not as remarks.
_TOLD_AS_PROBLEMS = ("approximate", "uncited")


def findings(letter: RenderedLetter) -> list[StyleFinding]:
    """Remarks on the typed parts of the text, in its order. What citations insert is not remarked on, except
    that a document is named a second time."""
    text = letter.text
    typed = bytearray(len(text))
    at = 0
    for block in letter.blocks:
        for run in block.runs:
            if run.kind == "text":
                typed[at : at + len(run.text)] = b"\x01" * len(run.text)
            at += len(run.text)
        at += 1
    return [
        one
        for one in check_style(text)
        if one.code not in _TOLD_AS_PROBLEMS
        and (one.code == "named_twice" or all(typed[one.start : one.end]))
    ]
