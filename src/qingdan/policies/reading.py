"""Reading a document's text into clauses: chapters 第一章, articles 第三条, sections 一、, items （二）.

Lines that carry no number belong to the clause before them; what stands before the first clause is the preamble.
A document without any number is one clause a paragraph.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from django.utils.translation import gettext as _now

from qingdan.engine.claims.numerals import chinese_value
from qingdan.policies.models.clauses import Level

MAX_CLAUSES = 500
MAX_TEXT = 20_000  # characters of one clause
_N = "[〇零一二三四五六七八九十百0-9０-９]{1,5}"
_CHAPTER = re.compile(rf"第({_N})[章节][\s　]*(.*)")
_ARTICLE = re.compile(rf"第({_N})条(之({_N}))?[\s　:：]*(.*)", re.DOTALL)
_SECTION = re.compile(r"([一二三四五六七八九十]{1,3})、[\s　]*(.*)")
_ITEM = re.compile(r"[（(]([一二三四五六七八九十]{1,3})[）)][\s　]*(.*)")
_BRACKETED = re.compile(r"【([^】]{1,60})】[\s　]*(.*)", re.DOTALL)


class NotAWording(ValueError):
    """The text cannot become clauses. `str()` says what to do."""


@dataclass(frozen=True)
class Passage:
    """One clause as it was read: its number as printed, its place in the order, its key if it is a new clause."""

    key: str
    level: str
    number: str = ""
    parent_number: str = ""
    heading: str = ""
    text: str = ""


def read_clauses(text: str, *, title: str = "") -> list[Passage]:
    """The clauses of a text in their order. Raises NotAWording when there are none, or far too many."""
    lines = [line.strip(" \t\u3000\u00a0") for line in text.replace("\x00", "").splitlines()]
    lines = [line for line in lines if line]
    while lines and _same(lines[0], title):
        lines.pop(0)
    found: list[Passage] = []
    chapter = article = ""
    chapter_key = article_key = ""
    numbered = any(_numbered(line) for line in lines)
    for line in lines:
        if match := _CHAPTER.fullmatch(line):
            chapter_key, article_key, article = f"c{_number(match[1])}", "", ""
            chapter = line[: match.end(1)] + line[match.end(1)]
            found.append(Passage(chapter_key, Level.CHAPTER, chapter, heading=match[2] or chapter))
        elif match := _ARTICLE.fullmatch(line):
            article_key = str(_number(match[1])) + (f"b{_number(match[3])}" if match[3] else "")
            article = f"第{match[1]}条{match[2] or ''}"
            heading, rest = _headed(match[4])
            found.append(Passage(article_key, Level.ARTICLE, article, heading=heading, text=rest))
        elif match := _SECTION.fullmatch(line):
            article_key, article = f"s{_number(match[1])}", f"{match[1]}、"
            heading, rest = _first_sentence(match[2])
            found.append(Passage(article_key, Level.ARTICLE, article, heading=heading, text=rest))
        elif match := _ITEM.fullmatch(line):
            above = article_key or chapter_key
            key = f"{above}-{_number(match[1])}" if above else f"i{_number(match[1])}"
            found.append(
                Passage(
                    key, Level.ITEM, f"（{match[1]}）", article if article_key else chapter, text=match[2]
                )
            )
        elif found and numbered:
            last = found[-1]
            if last.level == Level.CHAPTER and last.heading == last.number:
                found[-1] = replace(last, heading=line[:120])
            else:
                found[-1] = replace(last, text=f"{last.text}\n{line}".strip())
        elif numbered:
            found.append(Passage("p0", Level.PREAMBLE, text=line))
        else:
            found.append(Passage(f"p{len(found) + 1}", Level.ARTICLE, text=line))
    return _checked(found)


def _checked(found: list[Passage]) -> list[Passage]:
    # An article or section that only opens a list (第三条 包括：) has its text; one with nothing at all is no clause.
    found = [passage for passage in found if passage.text or passage.heading]
    if not found:
        raise NotAWording(_now("There is no text in it: give the wording of the document."))
    if len(found) > MAX_CLAUSES:
        raise NotAWording(
            _now("%(n)d clauses are too many for one document; at most %(max)d are kept.")
            % {"n": len(found), "max": MAX_CLAUSES}
        )
    for passage in found:
        if len(passage.text) > MAX_TEXT:
            raise NotAWording(
                _now("Clause %(number)s is longer than %(max)d characters: divide it.")
                % {"number": passage.number or passage.key, "max": MAX_TEXT}
            )
    taken: set[str] = set()
    return [replace(passage, key=free_key(passage.key, taken)) for passage in found]


def free_key(key: str, taken: set[str]) -> str:
    """`key`, or with a letter after it when it is taken; the answer counts as taken from then on."""
    found, letter = key, 0
    while found in taken:
        letter += 1
        found = f"{key}x{letter + 1}"
    taken.add(found)
    return found


def _numbered(line: str) -> bool:
    return any(kind.fullmatch(line) for kind in (_CHAPTER, _ARTICLE, _SECTION, _ITEM))


def _number(chars: str) -> int:
    value = chinese_value(chars) if not chars.isdigit() else None
    if value is None:
        return int(chars) if chars.isdigit() else 0
    return int(value)


def _headed(text: str) -> tuple[str, str]:
    """第三条【名称】正文: heading and text."""
    match = _BRACKETED.fullmatch(text)
    return (match[1], match[2]) if match else ("", text)


def _first_sentence(text: str) -> tuple[str, str]:
    """一、目标任务。正文: what stands before the first stop is the heading if it is short."""
    head, stop, rest = text.partition("。")
    return (head, rest.strip()) if len(head) <= 40 and (rest or not stop) else ("", text)


def _same(line: str, title: str) -> bool:
    return bool(title) and re.sub(r"\W", "", line) == re.sub(r"\W", "", title)


# ── which clause of the version before is this? ─────────────────────────────


@dataclass(frozen=True)
class Known:
    """A clause of the version before: its key and how it stood there."""

    key: str
    number: str
    parent_number: str
    words: str


def matched(passages: Sequence[Passage], before: Iterable[Known], taken: Iterable[str]) -> list[Passage]:
    """The passages with the keys of the clauses that they continue; new ones get keys that were never used.

    A clause goes on when its words are the same, else when number and most words are, else when most words are
    (it was renumbered), else when the number alone is (it was rewritten).
    """
    left = list(before)
    keys: dict[int, str] = {}

    def likeness(passage: Passage, known: Known) -> float:
        words = words_of(passage)
        if 4 * min(len(words), len(known.words)) < len(words) + len(known.words):
            return 0  # of such different lengths they cannot share half of their characters
        matcher = SequenceMatcher(None, known.words, words, autojunk=False)
        return matcher.ratio() if matcher.quick_ratio() >= 0.5 else 0

    def same_number(passage: Passage, known: Known) -> bool:
        return (passage.number, passage.parent_number) == (known.number, known.parent_number)

    def settle(test: Callable[[Passage, Known], float]) -> None:
        for place, passage in enumerate(passages):
            if place in keys:
                continue
            score, best = max(((test(passage, known), -at) for at, known in enumerate(left)), default=(0, 0))
            if score:
                keys[place] = left.pop(-best).key

    settle(lambda passage, known: words_of(passage) == known.words and 1 + same_number(passage, known))
    settle(lambda p, k: same_number(p, k) and likeness(p, k) >= 0.5)
    settle(lambda p, k: score if (score := likeness(p, k)) >= 0.6 else 0)
    settle(same_number)
    used = {*taken, *keys.values()}
    return [
        replace(passage, key=keys[place] if place in keys else free_key(passage.key, used))
        for place, passage in enumerate(passages)
    ]


def words_of(passage: Passage) -> str:
    return f"{passage.heading}\n{passage.text}"
