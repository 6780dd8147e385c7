"""Remarks on wording and form in what a drafter typed. They advise; they keep no letter back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _now

from qingdan.documents.numbers import NumberFinding, check_dates, check_numbers
from qingdan.replies.text import RenderedLetter

_HAN = "\u4e00-\u9fff"
_REPEATED = re.compile(rf"([{_HAN}]{{2,4}})\1")
_HALF_WIDTH = re.compile(rf"(?<=[{_HAN}）”》])[,;:!?()](?!\d)|(?<=[{_HAN}])\.(?=[{_HAN}]|$)|[()](?=[{_HAN}])")
_FULL = str.maketrans(",;:!?().", "，；：！？（）。")
_SPACES = re.compile(rf"(?<=[{_HAN}\d])[ \u3000]+(?=[{_HAN}\d])")
_WORDS = {"截止目前": "截至目前", "既使": "即使", "做为": "作为", "帐号": "账号", "座谈会议": "座谈会"}


@dataclass(frozen=True)
class Finding:
    """One remark: the words at `start` of the letter's text, and what is better."""

    start: int
    text: str
    message: str
    suggestion: str = ""

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def findings(letter: RenderedLetter) -> list[Finding]:
    """Remarks on the typed parts of the text, in its order; what citations insert is not remarked on."""
    text = letter.text
    typed = bytearray(len(text))
    at = 0
    for block in letter.blocks:
        for run in block.runs:
            if run.kind == "text":
                typed[at : at + len(run.text)] = b"\x01" * len(run.text)
            at += len(run.text)
        at += 1
    found = [one for one in _all(text) if all(typed[one.start : one.end])]
    return sorted(found, key=lambda one: one.start)


def _all(text: str) -> Iterator[Finding]:
    numbers: dict[int, NumberFinding] = {}
    for finding in (*check_numbers(text), *check_dates(text)):
        numbers.setdefault(finding.start, finding)
    for finding in numbers.values():
        yield Finding(finding.start, finding.text, finding.message, finding.suggestion)
    for match in _REPEATED.finditer(text):
        yield Finding(match.start(), match[0], _now("The word stands twice."), match[1])
    for match in _HALF_WIDTH.finditer(text):
        yield Finding(
            match.start(),
            match[0],
            _now("Punctuation in Chinese text is full-width."),
            match[0].translate(_FULL),
        )
    for match in _SPACES.finditer(text):
        yield Finding(match.start(), match[0], _now("No blanks between characters on paper."))
    for wrong, right in _WORDS.items():
        for match in re.finditer(wrong, text):
            yield Finding(match.start(), wrong, _now("Usual wording."), right)
