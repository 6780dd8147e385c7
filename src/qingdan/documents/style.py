"""House style of official Chinese: what a text says in a way that an office would not let pass.

Pure functions over a text. They advise; they keep no document back. Each finding says where, what, why and,
where it can be known, what to write instead. Sources: 党政机关公文处理工作条例 (2012), GB/T 9704-2012 (numbers and
dates), GB/T 15834-2011 (punctuation), GB/T 15835-2011 (numerals); `docs/paper.md` lists the rules.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.documents import numbers
from qingdan.engine.claims import Claim, find_claims


@dataclass(frozen=True)
class StyleFinding:
    """One remark: the words at `start` of the text, why, and what is better ("" when only the writer knows).

    `code` is stable for programs and the key of `REASONS`.
    """

    code: str
    start: int
    text: str
    message: str
    suggestion: str = ""

    @property
    def end(self) -> int:
        return self.start + len(self.text)


REASONS = {
    **numbers.REASONS,
    "wording": _("Usual wording."),
    "repeated": _("The word stands twice."),
    "no_yuan": _("A sum of money has its unit: add 元."),
    "punctuation": _("Punctuation in Chinese text is full-width."),
    "blanks": _("No blanks between characters on paper."),
    "mixed_sum": _("Persons served directly, indirectly and people covered are not added together."),
    "rate_sum": _("Rates are neither added nor averaged: give the rate over all the cases together."),
    "approximate": _("An approximate number needs a basis: state the exact one, or cite the record."),
    "uncited": _("This number cites nothing: say where it comes from."),
}


def check_style(text: str, cited: Sequence[tuple[int, int]] | None = None) -> list[StyleFinding]:
    """All findings in the order of the text.

    `cited` are the spans of numbers that cite a record: with it, a number outside of them is told ("uncited"),
    and without it only approximate ones are ("approximate").
    """
    claims = find_claims(text)
    found = [
        *_numbers(text),
        *_wording(text),
        *_repeated(text),
        *_named_twice(text),
        *_money(claims),
        *_punctuation(text),
        *_sums(text, claims),
        *_rate_sums(text, claims),
        *_without_basis(claims, cited),
    ]
    return sorted(found, key=lambda one: (one.start, one.code))


def _finding(code: str, start: int, text: str, suggestion: str = "") -> StyleFinding:
    return StyleFinding(code, start, text, str(REASONS[code]), suggestion)


def _numbers(text: str) -> Iterator[StyleFinding]:
    """One finding a document number or date, for its first mistake; the suggestion mends them all."""
    seen: set[int] = set()
    for one in (*numbers.check_numbers(text), *numbers.check_dates(text)):
        if one.start not in seen:
            seen.add(one.start)
            code = re.compile(r"[一-龥〇]+(?=[^一-龥〇])").match(one.text)
            cut = _sentence_before(code[0]) if code and one.text.endswith("号") else 0
            yield _finding(one.code, one.start + cut, one.text[cut:], one.suggestion[cut:])


_CONNECTION = re.compile(r"根据|按照|依据|印发|转发|以及|和|与|及|的|据|按|由|对|见|文|为|是|经|在|以")


def _sentence_before(code: str) -> int:
    """How much of the characters before a bracket belongs to the sentence and not to the agency's code."""
    ends = [match.end() for match in _CONNECTION.finditer(code) if match.end() < len(code)]
    return ends[-1] if ends else 0


_WORDS = (
    (re.compile(r"截止(?=目前|今|现在|日前|当前|\d{1,4}年|\d{1,2}月)"), "截至"),
    (re.compile("既使"), "即使"),
    (re.compile("做为(?!什)"), "作为"),
    (re.compile("帐号"), "账号"),
    (re.compile("帐户"), "账户"),
    (re.compile("座谈会议"), "座谈会"),
    (re.compile("按装"), "安装"),
    (re.compile("布署"), "部署"),
    (re.compile("其它"), "其他"),
    (re.compile("凑和"), "凑合"),
    (re.compile("涉及到"), "涉及"),
    (re.compile("大约(?=[^，。；]{0,8}左右)"), ""),
)


def _wording(text: str) -> Iterator[StyleFinding]:
    for wrong, right in _WORDS:
        for match in wrong.finditer(text):
            following = (
                re.compile("目前|今|现在|日前|当前").match(text, match.end()) if right == "截至" else None
            )
            end = following.end() if following else match.end()
            yield _finding(
                "wording", match.start(), text[match.start() : end], right + text[match.end() : end]
            )


_HAN = "\u4e00-\u9fff"
_REPEATED = re.compile(rf"(?!一|[逐分])(?P<word>[{_HAN}]{{2,4}})(?P=word)")
# Only particles that no word ends with: 目的的, 为了了解, 面对对方 are right.
_PARTICLE = re.compile(r"(?<!目)的的|与与")


def _repeated(text: str) -> Iterator[StyleFinding]:
    for match in _REPEATED.finditer(text):
        if len(set(match["word"])) > 1:
            yield _finding("repeated", match.start(), match[0], match["word"])
    for match in _PARTICLE.finditer(text):
        yield _finding("repeated", match.start(), match[0], match[0][0])


_TITLE = re.compile(r"《([^《》\n]{4,80})》")
_PROPOSAL = re.compile("(?:提案|建议|议案)$")


def _named_twice(text: str) -> Iterator[StyleFinding]:
    """A document named in full a second time: in a count of documents it may be counted twice."""
    first: dict[str, int] = {}
    for match in _TITLE.finditer(text):
        if _PROPOSAL.search(match[1]):
            continue
        title = match[1].strip()
        if title in first:
            message = _now(
                "Named before, as document no. %(nth)s: make sure that it is not counted twice."
            ) % {"nth": list(first).index(title) + 1}
            yield StyleFinding("named_twice", match.start(), match[0], message)
        first.setdefault(title, match.start())


def _money(claims: Sequence[Claim]) -> Iterator[StyleFinding]:
    for claim in claims:
        if claim.kind == "money" and re.search(r"[万亿余多]$", claim.text):
            yield _finding("no_yuan", claim.start, claim.text, f"{claim.text}元")


_HALF_WIDTH = re.compile(
    rf"(?<=[{_HAN}）”》])[,;:!?()](?!\d)|(?<=[{_HAN}])\.(?=[{_HAN}]|$)|[()](?=[{_HAN}])", re.M
)
_FULL = str.maketrans(",;:!?().", "，；：！？（）。")
_SPACES = re.compile(rf"(?<=[{_HAN}\d])[ \u3000]+(?=[{_HAN}\d])")


def _punctuation(text: str) -> Iterator[StyleFinding]:
    for match in _HALF_WIDTH.finditer(text):
        yield _finding("punctuation", match.start(), match[0], match[0].translate(_FULL))
    for match in _SPACES.finditer(text):
        yield _finding("blanks", match.start(), match[0])


_MEASURES = (
    re.compile("直接(?:服务|受益|帮扶)"),
    re.compile("间接(?:受益|服务)"),
    re.compile("覆盖|惠及|辐射"),
)
_TOTAL = re.compile("合计|共计|总计|总共|一共|累计|合起来|加起来|总人数|两项|三项")


def _sums(text: str, claims: Sequence[Claim]) -> Iterator[StyleFinding]:
    """A total of persons after two or more measures of persons in one sentence."""
    for claim in claims:
        if claim.unit not in ("人", "人次", "名"):
            continue
        begin = max(text.rfind(mark, 0, claim.start) for mark in "。！？\n") + 1
        before = text[begin : claim.start]
        totals = list(_TOTAL.finditer(before))
        if not totals or re.search("[，；：]", before[totals[-1].end() :]):
            continue
        total = totals[-1]
        named = before[: total.start()]
        if sum(bool(measure.search(named)) for measure in _MEASURES) >= 2:
            start = begin + total.start()
            yield _finding("mixed_sum", start, text[start : claim.end])


_RATE = re.compile("(?<!效)率(?![先领])")
_TOTAL_OR_MEAN = re.compile(f"{_TOTAL.pattern}|平均")


def _rate_sums(text: str, claims: Sequence[Claim]) -> Iterator[StyleFinding]:
    """A total or a mean in per cent after two or more rates in one sentence."""
    for claim in claims:
        if claim.unit != "%":
            continue
        begin = max(text.rfind(mark, 0, claim.start) for mark in "。！？\n") + 1
        before = text[begin : claim.start]
        words = list(_TOTAL_OR_MEAN.finditer(before))
        if not words or re.search("[，；：]", before[words[-1].end() :]):
            continue
        if len(_RATE.findall(before)) >= 2:
            start = begin + words[-1].start()
            yield _finding("rate_sum", start, text[start : claim.end])


def _without_basis(
    claims: Sequence[Claim], cited: Sequence[tuple[int, int]] | None
) -> Iterator[StyleFinding]:
    for claim in claims:
        if any(start < claim.end and claim.start < end for start, end in cited or ()):
            continue
        if claim.approx != "none":
            yield _finding("approximate", claim.start, claim.text)
        elif cited is not None:
            yield _finding("uncited", claim.start, claim.text)
