"""How good the suggestions are on labelled sets, beside two plain baselines.

Baselines: TF-IDF over one and two characters with cosine, and BM25 over words. Both see title and text, and
category and target group as words where these are given.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import rjieba
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from qingdan.engine.duplicates import SUGGEST, Facets, suggested
from qingdan.engine.features import SAME_MEANING, Weights
from qingdan.engine.items import Item
from qingdan.engine.similarity import Index

LABELLED = Path(__file__).parent / "data" / "labelled"


@dataclass(frozen=True, slots=True)
class Labelled:
    """Needs and resources with what a person says belongs together."""

    needs: list[Item]
    resources: list[Item]
    relevant: dict[str, dict[str, int]]
    same: dict[str, str]
    near: dict[str, str] = field(default_factory=dict)
    """Need -> the one that it looks like without asking for the same."""

    def without_codes(self) -> "Labelled":
        """The same texts without category and target group."""
        bare = [
            [replace(item, category="", target="") for item in items]
            for items in (self.needs, self.resources)
        ]
        return Labelled(bare[0], bare[1], self.relevant, self.same, self.near)


def read_labelled(name: str) -> Labelled:
    """A labelled set by name: `development` or `heldout`."""
    needs, resources = [], []
    relevant: dict[str, dict[str, int]] = {}
    same: dict[str, str] = {}
    for line in (LABELLED / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("R|"):
            _, identifier, category, target, text = line.split("|")
            resources.append(Item(identifier, text, category=category, target=target))
        elif line.startswith("N|"):
            _, identifier, category, target, group, answers, text = line.split("|")
            needs.append(Item(identifier, text, category=category, target=target))
            relevant[identifier] = {
                answer.split(":")[0]: int(answer.split(":")[1]) for answer in answers.split(",")
            }
            if group:
                same[identifier] = group
    return Labelled(needs, resources, relevant, same)


def read_labelled_pairs(name: str) -> Labelled:
    """A labelled set of needs alone, for duplicates: `pairs_development` or `pairs_heldout`."""
    labelled = Labelled([], [], {}, {})
    for line in (LABELLED / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("N|"):
            _, identifier, category, target, group, near, text = line.split("|")
            labelled.needs.append(Item(identifier, text, category=category, target=target))
            if group:
                labelled.same[identifier] = group
            if near:
                labelled.near[identifier] = near
    return labelled


Ranker = Callable[[Labelled], list[list[str]]]


def ours(labelled: Labelled, weights: Weights | None = None) -> list[list[str]]:
    index = Index.build(labelled.resources, weights=weights)
    return [[match.id for match in matches] for matches in index.match(labelled.needs, 10)]


def _ten_best(labelled: Labelled, scores: NDArray[np.float64]) -> list[list[str]]:
    order = np.argsort(-scores, axis=1, kind="stable")[:, :10]
    return [[labelled.resources[row].id for row in line] for line in order.tolist()]


def _said(item: Item) -> str:
    return f"{item.words} {item.category} {item.target}"


def character_tfidf(labelled: Labelled) -> list[list[str]]:
    vectoriser = TfidfVectorizer(analyzer="char", ngram_range=(1, 2))
    resources = vectoriser.fit_transform([_said(item) for item in labelled.resources])
    needs = vectoriser.transform([_said(item) for item in labelled.needs])
    return _ten_best(labelled, (needs @ resources.T).toarray())


def word_bm25(labelled: Labelled, k1: float = 1.5, b: float = 0.75) -> list[list[str]]:
    counter = CountVectorizer(tokenizer=rjieba.cut, token_pattern=None, lowercase=True)
    counts = counter.fit_transform([_said(item) for item in labelled.resources]).toarray().astype(float)
    asked = (counter.transform([_said(item) for item in labelled.needs]).toarray() > 0).astype(float)
    length = counts.sum(axis=1, keepdims=True)
    frequency = (counts > 0).sum(axis=0)
    rarity = np.log(1 + (len(counts) - frequency + 0.5) / (frequency + 0.5))
    weight = rarity * counts * (k1 + 1) / (counts + k1 * (1 - b + b * length / length.mean()))
    return _ten_best(labelled, asked @ weight.T)


def ndcg_and_recall(labelled: Labelled, ranked: Sequence[Sequence[str]], k: int = 10) -> tuple[float, float]:
    """Mean nDCG@k (gain 2^grade − 1) and mean recall@k of the resources that answer (grade 2)."""
    gains, recalls = [], []
    for need, line in zip(labelled.needs, ranked, strict=True):
        grades = labelled.relevant[need.id]
        dcg = sum((2 ** grades.get(i, 0) - 1) / math.log2(rank + 2) for rank, i in enumerate(line[:k]))
        best = sorted(grades.values(), reverse=True)[:k]
        gains.append(dcg / sum((2**grade - 1) / math.log2(rank + 2) for rank, grade in enumerate(best)))
        answers = {i for i, grade in grades.items() if grade == 2}
        recalls.append(len(answers & set(line[:k])) / len(answers))
    return float(np.mean(gains)), float(np.mean(recalls))


PairSet = set[tuple[str, str]]


def true_pairs(labelled: Labelled) -> PairSet:
    ids = [need.id for need in labelled.needs if need.id in labelled.same]
    return {(a, b) for i, a in enumerate(ids) for b in ids[i + 1 :] if labelled.same[a] == labelled.same[b]}


def near_misses(labelled: Labelled, found: PairSet) -> float:
    """Share of the pairs that only look the same which were taken for the same."""
    misses = {(a, b) for a, b in labelled.near.items()} | {(b, a) for a, b in labelled.near.items()}
    return len(found & misses) / len(labelled.near)


def our_pairs(labelled: Labelled, suggest: float = SUGGEST, weights: Weights = SAME_MEANING) -> PairSet:
    index = Index.build(labelled.needs, weights=weights)
    pairs = suggested(index, Facets.of(index), suggest)
    return {
        (labelled.needs[a].id, labelled.needs[b].id)
        for a, b in zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)
    }


def baseline_pairs(labelled: Labelled, words: bool, threshold: float) -> PairSet:
    """Pairs at least `threshold` similar by TF-IDF over words or over characters."""
    if words:
        vectoriser = TfidfVectorizer(tokenizer=rjieba.cut, token_pattern=None)
    else:
        vectoriser = TfidfVectorizer(analyzer="char", ngram_range=(1, 2))
    vectors = vectoriser.fit_transform([_said(item) for item in labelled.needs])
    alike = (vectors @ vectors.T).toarray()
    return {
        (labelled.needs[a].id, labelled.needs[b].id)
        for a, b in zip(*np.nonzero(np.triu(alike, 1) >= threshold), strict=True)
    }


def precision_recall(found: PairSet, true: PairSet) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    hits = len(found & true)
    precision = hits / len(found) if found else 0.0
    recall = hits / len(true) if true else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if hits else 0.0


def best_baseline_threshold(labelled: Labelled, words: bool) -> float:
    """The threshold at which the baseline's F1 is best on this set: the baselines get that help."""
    true = true_pairs(labelled)
    steps = np.arange(0.02, 0.9, 0.02).tolist()
    return max(steps, key=lambda t: precision_recall(baseline_pairs(labelled, words, t), true)[2])
