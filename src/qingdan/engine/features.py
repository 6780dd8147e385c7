"""Texts as sparse vectors: meanings from the lexicon, actions and things, words, characters and sounds.

Every vector has length 1, so that the product of two is their similarity from 0 to 1. The meanings carry
most weight (they make “吃不上热饭” meet “老年食堂”), words and characters catch what the lexicon does not
know and what is misspelt.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import rjieba
from scipy import sparse

from qingdan.engine.items import Item
from qingdan.engine.lexicon import ACTIONS, CUE, THINGS, Lexicon, normalise
from qingdan.engine.sounds import sounded

MATTER, TARGET, TOPIC, THING, ACTION, WORD, CHARACTER, BIGRAM = "#", "@", "^", "%", "!", " ", "'", '"'


_NAMED = MATTER + TARGET + THING + WORD


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each kind of feature counts before its rarity is taken into account.

    Chosen on the development sets with half of the lexicon's terms taken away, so that they suit texts whose
    words the lexicon does not know.
    """

    matter: float = 1.6
    broader: float = 0.7
    target: float = 0.7
    topic: float = 0.1
    thing: float = 1.2
    action: float = 0.6
    word: float = 0.6
    character: float = 0.45
    bigram: float = 0.15
    title: float = 1.4


@dataclass(frozen=True, slots=True)
class Wish:
    """What a text asks to have done, as bits of `Lexicon.actions`, and what is near that.

    Whether it is against it; which house it names.
    """

    actions: int = 0
    near: int = 0
    against: bool = False
    house: str = ""


NO_WISH = Wish()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says: weighted features, and the category and target group that it suggests."""

    features: dict[str, float]
    category: str
    target: str
    wish: Wish = NO_WISH


# Whether two needs say the same hangs more on what and whom they mean than on how they put it.
SAME_MEANING = Weights(
    matter=1.6, broader=0.5, target=0.9, topic=0.2, thing=2.0, action=0.8, word=0.4, character=0.1, bigram=0.3
)

_ASKING = re.compile(
    r"(?:想(?!起|不)|希望|盼|请(?!问)|求|建议|能不能|能否|可否|可不可以|要是|申请|为(?!什么|了)|给|最好|期待|需要?|开展|提供|组织|举办|增设|急需)"
    r"[^，。；！？,;!?\n]*"
)
"""From where a text says what it asks for; before that it tells the trouble."""
_AGAINST = re.compile(r"(?<!是)(?:不需要|不要(?!钱)|不用(?!说)|反对|拒绝|不同意|别再|取消|停办|不想要)")
_HOUSE = re.compile(r"([0-9一二三四五六七八九十]+(?:号楼|栋|幢|座|单元|号院))")
"""The house a text names: the same trouble in another one is another need."""

_MOST_WORDS = 200_000
"""Words whose features are kept."""
LARGE_LIST = 1_000
COMMON = {MATTER: 0.25, TARGET: 0.1, THING: 0.25, ACTION: 0.1}
COMMON_WORD = 0.02
"""In a list of at least so many texts, what more than this share of them hold is left out: it tells hardly
anything apart and makes up most of the work."""

FAINT = 0.1
"""In a large list, what makes up less than this share of a vector's length is left out of it."""

_UNKNOWN, _COMMON = -1, -2

# A list of twenty resources says little about how rare a word is; these imagined ones steady it.
PRIOR_TEXTS, PRIOR_FREQUENCY = 200, 3


class Vectoriser:
    """Turns items into vectors; rarity of features is learnt from the list that is searched."""

    def __init__(self, lexicon: Lexicon, weights: Weights | None = None) -> None:
        self.lexicon = lexicon
        self.weights = weights or Weights()
        self.vocabulary: dict[str, int] = {}
        self._rarity = np.zeros(0, dtype=np.float32)
        self._texts = 0
        self._common: set[str] = set()
        self._words: dict[str, tuple[dict[str, float], str, str] | None] = {}

    def read(self, item: Item) -> Reading:
        """Features of one item before rarity, largest weight where a feature comes twice."""
        features: dict[str, float] = {}
        topics: dict[str, float] = defaultdict(float)
        targets: dict[str, float] = defaultdict(float)
        wish = self._read_part(item.words, 1.0, features, topics, targets)
        if item.title:
            self._read_part(item.title, self.weights.title, features, topics, targets)
        if topics:
            total = sum(topics.values())
            for topic, count in topics.items():
                features[TOPIC + topic] = self.weights.topic * math.sqrt(count / total)
        return Reading(features, _most(topics), _most(targets), wish)

    def _said(self, word: str) -> tuple[dict[str, float], str, str] | None:
        """Features of a word, its first and its last sound; None for one that says nothing."""
        if word in self._words:
            return self._words[word]
        weights, found = self.weights, None
        if word not in self.lexicon.stops and word.isalnum():
            names = {WORD + word: weights.word} if len(word) > 1 else {}
            first = last = ""
            if not word.isascii():
                sounds = sounded(word)
                names.update((CHARACTER + character, weights.character) for character in word)
                names.update((BIGRAM + a + b, weights.bigram) for a, b in pairwise(sounds))
                first, last = sounds[0], sounds[-1]
            found = names, first, last
        if len(self._words) < _MOST_WORDS:
            self._words[word] = found
        return found

    def _read_part(
        self,
        text: str,
        factor: float,
        features: dict[str, float],
        topics: dict[str, float],
        targets: dict[str, float],
    ) -> Wish:
        weights, lexicon = self.weights, self.lexicon
        text = normalise(text)

        def put(name: str, weight: float) -> None:
            if weight > features.get(name, 0.0):
                features[name] = weight

        words = rjieba.cut(text, False)  # words of the dictionary only: guessed ones hide errors
        # Several cues for the same thing strengthen each other; one alone stays doubtful.
        doubt: dict[str, float] = {}
        told = [0, 0, 0, 0]
        asking = [match.span() for match in _ASKING.finditer(text)]
        for finding in lexicon.find(text, words):
            key, certainty = finding.group.key, finding.certainty
            if certainty >= CUE and finding.group.section == ACTIONS:
                # What is said in so many words and asked for counts first, a cue in the story last.
                rank = 2 * any(start <= finding.start < end for start, end in asking) + (certainty > CUE)
                told[rank] |= lexicon.actions[key]
            doubt[key] = doubt.get(key, 1.0) * (1.0 - certainty)
        for key, left in doubt.items():
            group, sure = lexicon.groups[key], 1.0 - left
            if group.is_target:
                put(TARGET + key, weights.target * sure * factor)
                targets[lexicon.root(group)] += sure
                for above in group.broader:
                    put(TARGET + above, weights.target * 0.6 * sure * factor)
            elif group.section == THINGS:
                put(THING + group.head, weights.thing * sure * factor)
            elif group.section == ACTIONS:
                put(ACTION + group.head, weights.action * sure * factor)
            else:
                put(MATTER + key, weights.matter * sure * factor)
                topics[group.section] += sure
                for above in group.broader:
                    put(MATTER + above, weights.broader * sure * factor)
        previous = ""
        for word in words:
            said = self._said(word)
            if said is None:
                previous = ""
                continue
            names, first, last = said
            if factor == 1.0:
                features.update(names)
            else:
                features.update((name, weight * factor) for name, weight in names.items())
            if previous and first:
                features[BIGRAM + previous + first] = weights.bigram * factor
            previous = last
        house = _HOUSE.search(text)
        asked = told[3] or told[1] or told[2] or told[0]
        near = 0
        for bit, others in lexicon.near_actions.items():
            if asked & bit:
                near |= others
        return Wish(asked, near, bool(_AGAINST.search(text)), house[1] if house else "")

    def fit(self, readings: Sequence[Reading]) -> None:
        """Learn the vocabulary and the rarity of features."""
        frequency: Counter[str] = Counter()
        for reading in readings:
            frequency.update(reading.features.keys())
        self._texts = len(readings)
        if self._texts >= LARGE_LIST:
            self._common = {
                name
                for name, count in frequency.items()
                if count > self._texts * COMMON.get(name[0], COMMON_WORD)
            }
        self.vocabulary = {
            name: column for column, name in enumerate(sorted(frequency.keys() - self._common))
        }
        self._rarity = np.fromiter(
            (self._rarity_of(frequency[name]) for name in self.vocabulary),
            dtype=np.float32,
            count=len(self.vocabulary),
        )

    def _rarity_of(self, frequency: int) -> float:
        return math.log((self._texts + PRIOR_TEXTS) / (frequency + PRIOR_FREQUENCY))

    def learn(self, readings: Iterable[Reading]) -> None:
        """Give columns to features not met before, as rare ones; known ones keep their rarity."""
        new = dict.fromkeys(
            name
            for reading in readings
            for name in reading.features
            if name not in self.vocabulary and name not in self._common
        )
        for name in new:
            self.vocabulary[name] = len(self.vocabulary)
        self._rarity = np.concatenate(
            [self._rarity, np.full(len(new), self._rarity_of(1), dtype=np.float32)]
        ).astype(np.float32)

    def vectors(self, readings: Sequence[Reading]) -> sparse.csr_matrix:
        """Rows of length 1; a feature outside the vocabulary still counts towards the length."""
        unknown = self._rarity_of(1)
        get, common = self.vocabulary.get, self._common
        counts = np.fromiter((len(reading.features) for reading in readings), np.int64, len(readings))
        all_columns = np.fromiter(
            (
                get(name, _COMMON if name in common else _UNKNOWN) if common else get(name, _UNKNOWN)
                for reading in readings
                for name in reading.features
            ),
            np.int32,
            int(counts.sum()),
        )
        weights = np.fromiter(
            (weight for reading in readings for weight in reading.features.values()),
            np.float32,
            int(counts.sum()),
        )
        every = np.repeat(np.arange(len(readings)), counts)
        outside = all_columns == _UNKNOWN
        lost = np.bincount(
            every[outside],
            weights=(weights[outside].astype(np.float64) * unknown) ** 2,
            minlength=len(readings),
        )
        inside = all_columns >= 0
        indices = all_columns[inside]
        data = weights[inside] * self._rarity[indices]
        starts = np.concatenate([[0], np.cumsum(np.bincount(every[inside], minlength=len(readings)))])
        rows = np.repeat(np.arange(len(readings)), np.diff(starts))
        squares = np.bincount(rows, weights=data.astype(np.float64) ** 2, minlength=len(readings)) + lost
        length = np.sqrt(np.where(squares > 0, squares, 1.0))
        data = (data / length[rows]).astype(np.float32)
        matrix = sparse.csr_matrix(
            (data, indices, starts.astype(np.int32)), shape=(len(readings), len(self.vocabulary))
        )
        matrix.sort_indices()
        if self._texts >= LARGE_LIST:
            matrix = _without_faint(matrix)
        return matrix


def _without_faint(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """The rows without their faint entries, as long as before."""
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    squares = matrix.data.astype(np.float64) ** 2
    strong = matrix.data >= FAINT
    before = np.bincount(rows, weights=squares, minlength=matrix.shape[0])
    after = np.bincount(rows[strong], weights=squares[strong], minlength=matrix.shape[0])
    stretch = np.sqrt(before / np.where(after > 0, after, 1.0))
    matrix.data = np.where(strong, matrix.data * stretch[rows], 0).astype(np.float32)
    matrix.eliminate_zeros()
    return matrix


def _most(counts: dict[str, float]) -> str:
    """The name that counts most, the first met where two are equal."""
    return max(counts, key=lambda name: counts[name]) if counts else ""


def meaning(name: str) -> str:
    """A feature in words for people; empty for those that only a machine reads."""
    return name[1:] if name[0] in _NAMED else ""
