"""Benchmarks of matching, duplicates and assignment, each beside a peer in the same run.

The peer of the searches is scikit-learn's brute-force `NearestNeighbors` on the same vectors. It is timed on
a sample of the needs and its time scaled up, because its work a need is the same for every need. Wall time
and processor time are both given: on a shared machine the second is the steadier.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

import click
import numpy as np
from scipy import sparse
from sklearn.neighbors import NearestNeighbors

from qingdan.engine import assignment, duplicates, quality
from qingdan.engine.features import SAME_MEANING
from qingdan.engine.scoring import CATEGORY, CONTENT, FULL_SIMILARITY, TARGET, Columns
from qingdan.engine.similarity import Index, nearest
from qingdan.engine.synthetic import make
from qingdan.engine.timing import machine, peak_memory, timed


def with_codes(vectors: sparse.csr_matrix, columns: Columns, names: int) -> sparse.csr_matrix:
    """Vectors with category and target group as further features, weighted as in the score."""
    count = vectors.shape[0]
    scale = FULL_SIMILARITY / CONTENT
    blocks = [vectors]
    for codes, most in ((columns.category, CATEGORY), (columns.target_root, TARGET)):
        weights = np.where(codes > 0, np.sqrt(most * scale), 0).astype(np.float32)
        blocks.append(sparse.csr_matrix((weights, (np.arange(count), codes)), shape=(count, names)))
    return sparse.hstack(blocks, format="csr", dtype=np.float32)


def bench_match(needs: int = 50_000, resources: int = 20_000, sample: int = 500) -> Iterator[str]:
    """Search and scoring of a whole list."""
    yield f"match: {needs:,} needs × {resources:,} resources, synthetic; {machine()}"
    made = make(needs, resources, wrong=0.0)
    index, building = timed(lambda: Index.build(made.resources))
    (_, vectors, columns), reading = timed(lambda: index.prepare(made.needs))
    yield f"index built in {building.wall:.1f} s, needs read in {reading.wall:.1f} s, not counted below"
    transposed = index.transposed
    nearest(vectors[:100], transposed, 10)
    (_, alike), text = timed(lambda: nearest(vectors, transposed, 10))
    peer = NearestNeighbors(n_neighbors=10, algorithm="brute", metric="cosine", n_jobs=-1).fit(index.vectors)
    peer.kneighbors(vectors[:50])
    (distance, _), spent = timed(lambda: peer.kneighbors(vectors[:sample]))
    # The peer makes the needs' vectors length 1 first; ours keep the part that no resource knows.
    length = np.sqrt(np.asarray(vectors[:sample].multiply(vectors[:sample]).sum(axis=1)))
    same = np.abs((1 - distance) * length - alike[:sample]).max(axis=1) < 1e-4
    yield f"text alone, ten best: {text.against(spent.scaled(needs / sample))}"
    yield f"  the same ten similarities for {same.mean():.1%} of the {sample} needs timed with the peer"

    index.neighbours(vectors[:100], columns.take(slice(0, 100)), 10)
    (found, _), codes = timed(lambda: index.neighbours(vectors, columns, 10))
    names = 1 + int(
        max(
            columns.category.max(),
            columns.target_root.max(),
            index.columns.category.max(),
            index.columns.target_root.max(),
        )
    )
    theirs = with_codes(index.vectors, index.columns, names)
    ours = with_codes(vectors[:sample], columns.take(slice(0, sample)), names)
    peer = NearestNeighbors(n_neighbors=10, algorithm="brute", metric="cosine", n_jobs=-1).fit(theirs)
    peer.kneighbors(ours[:50])
    (_, rows), spent = timed(lambda: peer.kneighbors(ours))
    yield f"category and target group given, ten best: {codes.against(spent.scaled(needs / sample))}"
    true = np.array([made.matter[i] for i in range(sample)], dtype=object)[:, None]
    matters = np.array(made.resource_matter, dtype=object)
    kind = np.array([item.category for item in made.resources], dtype=object)
    for name, rows_found in (("ours", found[:sample]), ("peer", rows)):
        hit = ((matters[rows_found] == true) & (kind[rows_found] == kind[rows_found[:, :1]])).any(axis=1)
        yield f"  {name}: the need's own matter among the ten for {hit.mean():.1%}"
    noisy = make(needs, 1, wrong=0.03).needs
    _, noisy_vectors, noisy_columns = index.prepare(noisy)
    _, full = timed(lambda: index.rank(noisy_vectors, noisy_columns, 10))
    yield f"all six parts scored, 6 % of codes wrong or missing: {full.against(spent.scaled(needs / sample))}"
    _, one = timed(lambda: [index.query(need, 10) for need in noisy[:50]])
    yield f"one need on a page, with reasons: {one.wall / 50 * 1000:.1f} ms; memory {peak_memory():.1f} GiB"


def bench_growth(needs: int = 500_000, resources: int = 200_000) -> Iterator[str]:
    """Ten times larger lists, in bounded memory; no peer, for it would take hours."""
    yield f"growth to {needs:,} needs × {resources:,} resources; {machine()}"
    for factor in (10, 1):
        made = make(needs // factor, resources // factor, streets=120 // factor)
        index, building = timed(Index.build, made.resources)
        spent, reading = [], 0.0
        for start in range(0, len(made.needs), 20_000):
            chunk = made.needs[start : start + 20_000]
            (_, vectors, columns), read = timed(index.prepare, chunk)
            reading += read.wall
            spent.append(timed(index.rank, vectors, columns, 10)[1])
        wall, processor = sum(t.wall for t in spent), sum(t.processor for t in spent)
        yield (
            f"{len(made.needs):,} × {len(made.resources):,}: built {building.wall:.0f} s, "
            f"read {reading:.0f} s, "
            f"ranked {wall:.1f} s = {wall / len(made.needs) * 1e6:.0f} µs a need "
            f"(processor {processor / len(made.needs) * 1e6:.0f} µs); peak memory {peak_memory():.1f} GiB"
        )
        del made, index, vectors, columns


def _pairs(index: Index) -> duplicates.Pairs:
    return duplicates.suggested(index, duplicates.Facets.of(index))


def bench_duplicates(needs: int = 50_000, sample: int = 500) -> Iterator[str]:
    """Pairs of needs that say the same, against a radius search."""
    yield f"duplicates: {needs:,} needs, synthetic; {machine()}"
    made = make(needs, 1, streets=max(1, needs // 1000))
    placeless = [replace(item, place="") for item in made.needs]
    same_street = list(zip(made.matter, made.street, strict=True))
    for name, items, truth in (
        ("places given", made.needs, same_street),
        ("no places", placeless, made.matter),
    ):
        index = Index.build(items, weights=SAME_MEANING)
        least = duplicates.LEAST_SIMILARITY
        peer = NearestNeighbors(algorithm="brute", metric="cosine", n_jobs=-1).fit(index.vectors)
        peer.radius_neighbors(index.vectors[:50], radius=1 - least, return_distance=True)
        _, spent = timed(peer.radius_neighbors, index.vectors[:sample], 1 - least)
        pairs, ours = timed(_pairs, index)
        yield f"{name}: {ours.against(spent.scaled(needs / sample))}"
        # A need keeps its nearest partners only, so no more than these can be asked for.
        total = Counter(truth)
        asked = np.array([min(total[what] - 1, duplicates.MOST_PARTNERS) for what in truth])
        number = np.unique(np.array([str(what) for what in truth]), return_inverse=True)[1]
        right = number[pairs.left] == number[pairs.right]
        found = np.bincount(np.concatenate([pairs.left[right], pairs.right[right]]), minlength=needs)
        precision, recall = right.mean(), np.minimum(found, asked).sum() / asked.sum()
        f1 = 2 * precision * recall / (precision + recall)
        yield f"  {len(right):,} pairs, precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}"


def bench_assignment(needs: int = 50_000, resources: int = 20_000) -> Iterator[str]:
    """A whole list within capacities, against taking the best score first."""
    yield f"assignment: {needs:,} needs × {resources:,} resources, ten suggestions each; {machine()}"
    made = make(needs, resources)
    index = Index.build(made.resources)
    _, vectors, columns = index.prepare(made.needs)
    ranking = index.rank(vectors, columns, 10)
    demand = np.array([item.capacity or 0.0 for item in made.needs])
    capacity = np.array([item.capacity or 0.0 for item in made.resources])
    edges = assignment.options(ranking.rows, ranking.tenths / 10, demand, capacity, least=40)
    simple, quick = timed(lambda: assignment.plan_value(edges, assignment.greedy(edges)))
    in_order = assignment.plan_value(edges, assignment.greedy(edges, np.arange(len(edges.need))))
    plan, spent = timed(lambda: assignment.assign(edges))
    yield f"{spent.wall:.1f} s (processor {spent.processor:.1f} s); best score first takes {quick.wall:.1f} s"
    yield (
        f"value {plan.value:,.0f}: {plan.value / simple - 1:.1%} above best score first, "
        f"{plan.value / in_order - 1:.1%} above list order, at most {plan.gap:.1%} below the best possible"
    )
    yield f"left out {len(plan.left):,} needs: {dict(Counter(plan.left.values()))}"


def bench_quality() -> Iterator[str]:
    """The labelled sets, beside two baselines."""
    for name in ("development", "development2", "development3", "heldout", "blind"):
        stated = quality.read_labelled(name)
        for codes, labelled in (("codes given", stated), ("text alone", stated.without_codes())):
            yield f"{name}, {codes}: {len(labelled.needs)} needs, {len(labelled.resources)} resources"
            for ranker in (quality.ours, quality.character_tfidf, quality.word_bm25):
                ndcg, recall = quality.ndcg_and_recall(labelled, ranker(labelled))
                yield f"  {ranker.__name__:16} nDCG@10 {ndcg:.3f}  recall@10 {recall:.3f}"
            yield from _pair_quality(labelled)
    for name in ("pairs_development", "pairs_development2", "pairs_heldout", "pairs_blind"):
        stated = quality.read_labelled_pairs(name)
        for codes, labelled in (("codes given", stated), ("text alone", stated.without_codes())):
            true = len(quality.true_pairs(labelled))
            yield f"{name}, {codes}: {len(labelled.needs)} needs, {true} pairs, {len(labelled.near)} near-misses"
            yield from _pair_quality(labelled)


def _pair_quality(labelled: quality.Labelled) -> Iterator[str]:
    true = quality.true_pairs(labelled)
    lines = {"duplicates": quality.our_pairs(labelled)}
    for words, title in ((False, "character pairs"), (True, "word pairs")):
        lines[title] = quality.baseline_pairs(
            labelled, words, quality.best_baseline_threshold(labelled, words)
        )
    for title, found in lines.items():
        precision, recall, f1 = quality.precision_recall(found, true)
        taken = f"  near-misses taken {quality.near_misses(labelled, found):.0%}" if labelled.near else ""
        yield f"  {title:16} precision {precision:.2f}  recall {recall:.2f}  F1 {f1:.2f}{taken}"


BENCHMARKS: dict[str, Callable[[], Iterator[str]]] = {
    "match": bench_match,
    "growth": bench_growth,
    "duplicates": bench_duplicates,
    "assignment": bench_assignment,
    "quality": bench_quality,
}


def main(name: str) -> None:
    """Run one benchmark by name and print its lines as they come."""
    for line in BENCHMARKS[name]():
        click.echo(line)


if __name__ == "__main__":
    main(sys.argv[1])
