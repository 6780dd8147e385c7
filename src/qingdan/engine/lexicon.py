"""The domain lexicon: which words mean the same thing in a list of needs or resources.

Two text files that staff extend (`data/lexicon.txt`, `data/wishes.txt`); their format stands at their head. A
line is a group of synonyms, the first word speaks for the group. Groups under `[对象]` say whom a text is
about, under `[动作]` what is to be done (repair, teach, deliver), under `[事物]` what it is done to; groups under
any other heading say what it asks for, and the heading is the category.
"""

import functools
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import rjieba

from qingdan.engine.sounds import sounded

SHIPPED = tuple(Path(__file__).parent / "data" / name for name in ("lexicon.txt", "wishes.txt"))
TARGETS, STOPS, CATEGORY_NAMES = "对象", "停用语", "类别名"
ACTIONS, THINGS, NEAR_ACTIONS = "动作", "事物", "相近动作"
FUZZY_LENGTH = 4
"""Length of terms recognised with one wrong character too; shorter ones would meet other words."""

ACROSS_WORDS, INSIDE_WORD = 0.5, 0.3
"""How much of its certainty a term keeps that does not keep to the bounds of words."""
_LONGEST_SOUND = 6
"""Length up to which terms are recognised by their sound."""

CUE, MISSPELT = 0.45, 0.8
"""How surely a cue, and a term with a wrong character, stands for its group."""
MOST_ACTIONS = 64
"""Actions are bits of a machine word, so that millions of pairs can be compared."""
_INSIDE = 3
"""Length from which on a term also says what the actions and things inside it say (“修水管”: 修, 水管)."""


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

    @property
    def is_wish(self) -> bool:
        """An action or a thing, not a matter of a category."""
        return self.section in (ACTIONS, THINGS)

    @property
    def key(self) -> str:
        """What tells the group from all others: a thing may be called as a matter is."""
        return group_key(self.head, self.section)


def group_key(head: str, section: str) -> str:
    """The key of a group in `Lexicon.groups`."""
    return f"{section}:{head}" if section in (ACTIONS, THINGS) else head


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
        self.actions: dict[str, int] = {}
        """A bit for each action, the bit of the wider one included."""
        self.near_actions: dict[int, int] = {}
        """For the bit of an action the bits of those that residents do not tell from it."""
        self._near: list[list[str]] = []
        self._terms: dict[str, dict[str, float]] = {}
        self._lengths: dict[str, list[int]] = {}
        self._halves: dict[str, list[str]] = {}
        self._sounds: dict[str, list[str]] = {}
        self._sound_lengths: dict[str, list[int]] = {}
        self._category_names: dict[str, str] = {}

    @classmethod
    def load(cls, *paths: Path) -> "Lexicon":
        """The shipped lexicon, extended by the files given; raises LexiconError."""
        lexicon = cls()
        for path in (*SHIPPED, *paths):
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
            elif section == NEAR_ACTIONS:
                self._near.append(words)
            elif section == CATEGORY_NAMES:
                for word in words:
                    self._category_names[word] = words[0]
            else:
                self._add(words, section, broader, cues.split())

    def _add(self, words: list[str], section: str, broader: tuple[str, ...], cues: list[str]) -> None:
        head = words[0]
        key = group_key(head, section)
        broader = tuple(group_key(above, section) for above in broader)
        known = self.groups.get(key)
        if known is not None:  # a later line, or a staff file, may give a group more words
            section, broader = known.section, tuple(dict.fromkeys(known.broader + broader))
        self.groups[key] = Group(head, section, broader)
        for certainty, terms in ((CUE, cues), (1.0, words)):
            for term in terms:
                heads = self._terms.setdefault(term, {})
                heads[key] = max(certainty, heads.get(key, 0.0))

    def _prepare(self) -> None:
        actions = [group for group in self.groups.values() if group.section == ACTIONS]
        if len(actions) > MOST_ACTIONS:
            raise LexiconError(
                f"[{ACTIONS}]: {len(actions)} groups, at most {MOST_ACTIONS} can be told apart"
            )
        own = {group.key: 1 << bit for bit, group in enumerate(actions)}
        self.actions = {
            group.key: own[group.key] | sum(own.get(above, 0) for above in group.broader) for group in actions
        }
        for alike in self._near:
            bits = [own[group_key(head, ACTIONS)] for head in alike if group_key(head, ACTIONS) in own]
            for bit in bits:
                self.near_actions[bit] = self.near_actions.get(bit, 0) | sum(bits) & ~bit
        wishes = {
            term: {key: sure for key, sure in heads.items() if self.groups[key].is_wish and sure == 1.0}
            for term, heads in self._terms.items()
        }
        for term, heads in self._terms.items():
            own_wish = {self.groups[key].section for key in heads}
            if len(term) >= _INSIDE and heads and own_wish != {TARGETS}:
                for length in range(1, len(term)):
                    for start in range(len(term) - length + 1):
                        for key in wishes.get(term[start : start + length], ()):
                            if self.groups[key].section not in own_wish:
                                heads.setdefault(key, MISSPELT)
        lengths: dict[str, set[int]] = defaultdict(set)
        sound_lengths: dict[str, set[int]] = defaultdict(set)
        for term, heads in self._terms.items():
            lengths[term[0]].add(len(term))
            if not term.isascii() and heads:
                if len(term) == FUZZY_LENGTH:
                    self._halves.setdefault(term[:2], []).append(term)
                    self._halves.setdefault("\0" + term[2:], []).append(term)
                if 2 <= len(term) <= _LONGEST_SOUND:
                    sound = sounded(term)
                    self._sounds.setdefault(sound, []).append(term)
                    sound_lengths[sound[0]].add(len(term))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}
        self._sound_lengths = {first: sorted(found, reverse=True) for first, found in sound_lengths.items()}

    def find(self, text: str, words: Sequence[str] | None = None) -> Iterator[Finding]:
        """Terms in normalised `text` from left to right, the longest of each place, none inside another.

        `words` is the text cut into words. A term of two characters that does not keep to their bounds (“用电” in
        “用电视”) is doubtful, and so is an action or thing of one character inside a word (“教” in “教师”).
        """
        position, covered, size = 0, 0, len(text)
        terms, lengths, groups = self._terms, self._lengths, self.groups
        sounds = sounded(text)
        bounds = {0}
        end = 0
        for word in rjieba.cut(text, False) if words is None else words:
            end += len(word)
            bounds.add(end)
        while position < size:
            surface, term, sure = "", "", 1.0
            for length in lengths.get(text[position], ()):
                if position + length <= covered:
                    break
                surface = text[position : position + length]
                if surface in terms:
                    term = surface
                    break
            # One character that is a cue may be the beginning of a longer word with a typing error.
            if len(term) < 2 and position >= covered:
                near = self._misspelt(text, sounds, position)
                if near:
                    term, sure = near, MISSPELT
                    surface = text[position : position + len(near)]
            if term and (len(term) > 1 or position >= covered):
                covered = position + len(surface)
                whole = position in bounds and covered in bounds
                if len(surface) == 2 and sure == 1.0 and not whole:
                    sure *= ACROSS_WORDS
                for head, certainty in terms[term].items():
                    group = groups[head]
                    inside = len(term) == 1 and not whole and group.is_wish
                    yield Finding(position, surface, group, certainty * sure * (INSIDE_WORD if inside else 1))
            position += 1

    def _misspelt(self, text: str, sounds: str, position: int) -> str:
        """The term that begins at `position` with another character of the same sound, or with one wrong one."""
        for length in self._sound_lengths.get(sounds[position], ()):
            for term in self._sounds.get(sounds[position : position + length], ()):
                window = text[position : position + length]
                # Two characters may be a word of their own, and by chance sound as a term does.
                if any(map(str.__eq__, window, term)) and not rjieba.has_word(window):
                    return term
        if position + FUZZY_LENGTH <= len(text):
            window = text[position : position + FUZZY_LENGTH]
            for term in (*self._halves.get(window[:2], ()), *self._halves.get("\0" + window[2:], ())):
                wrong = [a for a, b in zip(window, term, strict=True) if a != b]
                if len(wrong) == 1 and wrong[0].isalpha():
                    return term
        return ""

    def synonyms(self) -> Iterator[tuple[str, list[str]]]:
        """Every full term with the heads it stands for; cues are left out."""
        for term, heads in self._terms.items():
            full = [
                head
                for head, certainty in heads.items()
                if certainty == 1.0 and not self.groups[head].is_wish
            ]
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
