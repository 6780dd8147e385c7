"""The domain lexicon: which words mean the same thing in a list of needs or resources.

It is a text file that staff extend (`data/lexicon.txt`); its format stands at its head. A line is a
group of synonyms, the first word speaks for the group. Groups under `[对象]` say whom a text is about,
groups under any other heading say what it asks for, and the heading is the category.
"""

import functools
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SHIPPED = Path(__file__).parent / "data" / "lexicon.txt"
TARGETS, STOPS, CATEGORY_NAMES = "对象", "停用语", "类别名"
FUZZY_LENGTH = 4
"""Length of terms recognised with one wrong character too; shorter ones would meet other words."""


CUE, MISSPELT = 0.45, 0.8
"""How surely a cue, and a term with one wrong character, stands for its group."""


class LexiconError(ValueError):
    """A line of a lexicon file that cannot be read; the message names file and line."""


def normalise(text: str) -> str:
    """One spelling for full-width and half-width forms and for case."""
    return unicodedata.normalize("NFKC", text).lower()


@dataclass(frozen=True, slots=True)
class Group:
    """A meaning: `head` speaks for its synonyms, `section` is `对象` or a category."""

    head: str
    section: str
    broader: tuple[str, ...] = ()

    @property
    def is_target(self) -> bool:
        return self.section == TARGETS


@dataclass(frozen=True, slots=True)
class Finding:
    """A term of the lexicon found in a text; `certainty` is below 1 for a cue or a misspelling."""

    start: int
    surface: str
    group: Group
    certainty: float = 1.0


class Lexicon:
    """Groups of synonyms, ready to be found in texts."""

    def __init__(self) -> None:
        self.groups: dict[str, Group] = {}
        self.stops: set[str] = set()
        self._terms: dict[str, dict[str, float]] = {}
        self._lengths: dict[str, list[int]] = {}
        self._fuzzy: dict[str, str] = {}
        self._category_names: dict[str, str] = {}

    @classmethod
    def load(cls, *paths: Path) -> "Lexicon":
        """The shipped lexicon, extended by the files given; raises LexiconError."""
        lexicon = cls()
        for path in (SHIPPED, *paths):
            try:
                lexicon._read(path, path.read_text(encoding="utf-8-sig"))
            except UnicodeDecodeError as error:
                raise LexiconError(
                    f"{path.name}: not UTF-8 text, save it as UTF-8 ({error.reason})"
                ) from error
        lexicon._prepare()
        return lexicon

    def _read(self, path: Path, content: str) -> None:
        section = ""
        for number, raw in enumerate(content.splitlines(), start=1):
            line = normalise(raw).strip()
            if not line or line.startswith("#"):
                continue
            where = f"{path.name}, line {number}"
            if line.startswith("["):
                if not line.endswith("]") or not line[1:-1].strip():
                    raise LexiconError(f"{where}: a heading is written [类别], found {raw.strip()[:40]}")
                section = line[1:-1].strip()
                continue
            if not section:
                raise LexiconError(f"{where}: words stand before the first [heading]")
            left, mark, cues = line.partition("~")
            left, wider, right = left.partition("<")
            words, broader = left.split(), tuple(right.split())
            if not words or (wider and not broader) or (mark and not cues.split()):
                raise LexiconError(f"{where}: write synonyms, then optionally < wider words and ~ cues")
            if section == STOPS:
                self.stops.update(words)
                for word in words:
                    if len(word) > 1:  # hides its characters from the cues
                        self._terms.setdefault(word, {})
            elif section == CATEGORY_NAMES:
                for word in words:
                    self._category_names[word] = words[0]
            else:
                self._add(words, section, broader, cues.split())

    def _add(self, words: list[str], section: str, broader: tuple[str, ...], cues: list[str]) -> None:
        head = words[0]
        known = self.groups.get(head)
        if known is not None:  # a later line, or a staff file, may give a group more words
            section, broader = known.section, tuple(dict.fromkeys(known.broader + broader))
        self.groups[head] = Group(head, section, broader)
        for certainty, terms in ((CUE, cues), (1.0, words)):
            for term in terms:
                heads = self._terms.setdefault(term, {})
                heads[head] = max(certainty, heads.get(head, 0.0))

    def _prepare(self) -> None:
        lengths: dict[str, set[int]] = defaultdict(set)
        for term in self._terms:
            lengths[term[0]].add(len(term))
            if len(term) == FUZZY_LENGTH and not term.isascii():
                for i in range(len(term)):
                    self._fuzzy.setdefault(f"{term[:i]}\0{term[i + 1 :]}", term)
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def find(self, text: str) -> Iterator[Finding]:
        """Terms in normalised `text`, leftmost and longest first, not overlapping."""
        position, size, gap_start = 0, len(text), 0
        while position < size:
            for length in self._lengths.get(text[position], ()):
                surface = text[position : position + length]
                if surface in self._terms:
                    yield from self._misspelt(text, gap_start, position)
                    for head, certainty in self._terms[surface].items():
                        yield Finding(position, surface, self.groups[head], certainty)
                    position += length
                    gap_start = position
                    break
            else:
                position += 1
        yield from self._misspelt(text, gap_start, size)

    def _misspelt(self, text: str, start: int, end: int) -> Iterator[Finding]:
        """Terms with one wrong character inside a stretch where no term was found."""
        position = start
        while position <= end - FUZZY_LENGTH:
            window = text[position : position + FUZZY_LENGTH]
            for i in range(FUZZY_LENGTH):
                term = self._fuzzy.get(f"{window[:i]}\0{window[i + 1 :]}")
                if term is not None and window[i].isalpha():
                    for head, certainty in self._terms[term].items():
                        yield Finding(position, window, self.groups[head], certainty * MISSPELT)
                    position += FUZZY_LENGTH - 1
                    break
            position += 1

    def synonyms(self) -> Iterator[tuple[str, list[str]]]:
        """Every full term with the heads it stands for; cues are left out."""
        for term, heads in self._terms.items():
            full = [head for head, certainty in heads.items() if certainty == 1.0]
            if full:
                yield term, full

    def category(self, name: str) -> str:
        """The one name of a category given in any of its spellings; an unknown one stays as it is."""
        key = normalise(name).strip()
        return self._category_names.get(key, key)

    def target(self, name: str) -> tuple[str, str]:
        """The one name of a target group and the widest group it belongs to."""
        key = normalise(name).strip()
        for head, certainty in self._terms.get(key, {}).items():
            group = self.groups[head]
            if group.is_target and certainty == 1.0:
                return group.head, self.root(group)
        return key, key

    def root(self, group: Group) -> str:
        """The widest group above `group`."""
        seen = {group.head}
        while group.broader:
            above = self.groups.get(group.broader[0])
            if above is None or above.head in seen:
                break
            group = above
            seen.add(group.head)
        return group.head


@functools.cache
def shipped() -> Lexicon:
    """The lexicon that comes with Qingdan."""
    return Lexicon.load()
