"""What plain words say about time, place and meaning; and that the labelled sets are used fairly."""

import pytest

from qingdan.engine import quality
from qingdan.engine.hours import SUMMER, describe, read_hours
from qingdan.engine.lexicon import Lexicon, normalise, shipped
from qingdan.engine.places import Place, read_place


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("周三、周五 16:30—18:30", "周三、周五 14–19 点"),
        ("工作日上午", "工作日 9–12 点"),
        ("双休日", "周末"),
        ("星期一至星期五", "工作日"),
        ("周二、四晚上", "周二、周四 19–22 点"),
        ("放学后", "每天 14–19 点"),
        ("暑假", "暑假"),
        ("每天", "每天"),
        ("没有说时候", ""),
    ],
)
def test_times_are_read_from_words(text: str, words: str) -> None:
    assert describe(read_hours(text)) == words


def test_a_holiday_is_not_an_ordinary_week() -> None:
    assert read_hours("暑期看护") == SUMMER
    assert not read_hours("暑期看护") & read_hours("平时放学后")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("530111", Place("530111")),
        ("530111001", Place("530111", "530111001")),
        ("530111001002", Place("530111", "530111001", "530111001002")),
        ("双桥社区", Place("", "", "双桥社区")),
        ("关上街道双桥社区居委会", Place("", "关上街道", "双桥社区")),
        ("昆明市官渡区关上街道办事处", Place("官渡区", "关上街道", "")),
        ("全区", Place("*")),
        ("", Place()),
    ],
)
def test_places_are_read_by_level(text: str, place: Place) -> None:
    assert read_place(text) == place


def heads(text: str) -> set[str]:
    return {finding.group.head for finding in shipped().find(normalise(text)) if finding.certainty == 1}


def test_dialect_and_plain_words_have_one_meaning() -> None:
    assert "助餐" in heads("老年食堂") & heads("吃不上热饭") & heads("弄饭")
    assert "课后托管" in heads("四点半课堂") & heads("放学后没人管")
    assert "独居老人" in heads("空巢") & heads("独居老人")


def test_every_wider_word_is_a_group_and_no_group_is_above_itself() -> None:
    lexicon = Lexicon.load()
    for group in lexicon.groups.values():
        assert all(above in lexicon.groups for above in group.broader), group
        assert group.head not in group.broader


def test_whole_texts_of_the_held_out_set_are_not_in_the_lexicon() -> None:
    terms = {term for term, _ in shipped().synonyms()}
    labelled = quality.read_labelled("heldout")
    parts = [part for item in labelled.needs for part in item.text.replace("。", "，").split("，")]
    assert not [part for part in parts if len(part) >= 7 and part in terms]


@pytest.mark.parametrize("name", ["development", "development2", "development3", "heldout", "blind"])
def test_labelled_sets_are_consistent(name: str) -> None:
    labelled = quality.read_labelled(name)
    known = {item.id for item in labelled.resources}
    assert all(set(grades) <= known and 2 in grades.values() for grades in labelled.relevant.values())
    assert len({item.id for item in labelled.needs}) == len(labelled.needs)


def test_suggestions_beat_both_baselines_on_the_held_out_set() -> None:
    stated = quality.read_labelled("heldout")
    # With codes short lists are easy for anyone; in free text the difference is plain.
    for labelled, margin in ((stated, 0.02), (stated.without_codes(), 0.1)):
        ndcg, recall = quality.ndcg_and_recall(labelled, quality.ours(labelled))
        for baseline in (quality.character_tfidf, quality.word_bm25):
            other_ndcg, other_recall = quality.ndcg_and_recall(labelled, baseline(labelled))
            assert ndcg > other_ndcg + margin
            assert recall >= other_recall


@pytest.mark.parametrize("name", ["pairs_heldout", "pairs_blind"])
def test_pairs_beat_both_baselines_on_sets_never_learned_from(name: str) -> None:
    stated = quality.read_labelled_pairs(name)
    for labelled in (stated, stated.without_codes()):
        true = quality.true_pairs(labelled)
        found = quality.our_pairs(labelled)
        for words in (False, True):
            threshold = quality.best_baseline_threshold(labelled, words)
            theirs = quality.baseline_pairs(labelled, words, threshold)
            assert quality.precision_recall(found, true)[2] > quality.precision_recall(theirs, true)[2] + 0.1
        assert quality.near_misses(labelled, found) < 0.25
