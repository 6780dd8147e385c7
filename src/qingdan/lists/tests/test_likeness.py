"""From which points on needs are said to be alike: read off the development sets, as needs stand in the pages."""

from dataclasses import replace

import numpy as np
import pytest

from qingdan.engine.duplicates import Facets, Pairs, like_one, score_pairs
from qingdan.engine.features import SAME_MEANING
from qingdan.engine.items import Item
from qingdan.engine.quality import read_labelled_pairs, true_pairs
from qingdan.engine.similarity import Index
from qingdan.lists import likeness
from qingdan.lists.models import Category, SocialNeed, TargetGroup

SETS = ("pairs_development", "pairs_development2")


def in_one_community(name: str) -> tuple[list[Item], set[tuple[str, str]]]:
    labelled = read_labelled_pairs(name)
    return [replace(need, place="530111001001") for need in labelled.needs], true_pairs(labelled)


@pytest.mark.parametrize("name", SETS)
def test_officers_are_asked_from_where_most_is_right_and_little_is_lost(name: str) -> None:
    needs, truth = in_one_community(name)
    index = Index.build(needs, weights=SAME_MEANING)
    left, right = (rows.astype(np.int32) for rows in np.triu_indices(len(needs), 1))
    nothing = np.zeros(len(left))
    pairs = score_pairs(
        Pairs(left, right, nothing.astype(np.float32), nothing.astype(np.int32)),
        index.columns,
        Facets.of(index),
        0,
    )

    def quality(least: int) -> tuple[float, float]:
        rows = zip(pairs.left, pairs.right, pairs.tenths, strict=True)
        found = {(needs[a].id, needs[b].id) for a, b, tenths in rows if tenths >= 10 * least}
        return len(found & truth) / len(found), len(found & truth) / len(truth)

    precision, recall = quality(likeness.SUGGEST)
    early, found_early = quality(60)
    assert precision > 0.55 > 0.4 > early
    assert recall > 0.75
    assert found_early - recall < 0.1


@pytest.mark.parametrize("name", SETS)
def test_half_a_text_finds_its_partner(name: str) -> None:
    needs, truth = in_one_community(name)
    partners: dict[str, set[str]] = {}
    for a, b in truth:
        partners.setdefault(a, set()).add(b)
        partners.setdefault(b, set()).add(a)
    typing = [need for need in needs if need.id in partners]

    def shown_a_partner(least: float) -> float:
        good = 0
        for need in typing:
            begun = replace(need, text=need.text[: max(6, len(need.text) // 2)], title="", target="")
            others = [other for other in needs if other.id != need.id]
            good += bool(partners[need.id] & {pair.b for pair in like_one(begun, others, least)[:3]})
        return good / len(typing)

    now = shown_a_partner(likeness.WHILE_TYPING)
    assert now > 0.7
    assert shown_a_partner(likeness.WHILE_TYPING - 5) - now < 0.03
    assert shown_a_partner(60) < now


def test_needs_are_compared_in_the_words_of_the_lexicon(db: None) -> None:
    """By their codes, elderly people and those who live alone would be strangers to each other."""
    from qingdan.directory.models import Place

    place = Place(code="530111001001")
    need = SocialNeed(
        pk=1, text="家里老人没人做饭", place=place, category=Category.ELDERLY, target=TargetGroup.EMPTY_NEST
    )
    item = likeness.item_of(need)
    assert (item.category, item.target) == ("养老", "独居老人")
    need.target = TargetGroup.RESIDENTS
    assert likeness.item_of(need).target == ""
