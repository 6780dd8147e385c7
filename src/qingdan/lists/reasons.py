"""Why the engine gave its points, in the reader's language: for suggested resources and for needs that are alike."""

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from qingdan.core import markup
from qingdan.core.pieces import ScorePart
from qingdan.lists.matching import CATEGORY_WORDS, TARGET_WORDS
from qingdan.lists.models import Category, TargetGroup

PART_LABELS = {
    "content": _("what it is about"),
    "category": _("category"),
    "target": _("for whom"),
    "place": _("area"),
    "time": _("times of the week"),
    "capacity": _("capacity"),
}

_ENGLISH: tuple[tuple[str, str], ...] = (
    (r"（内容不够近，按比例计）", " (counted in part: the content is not near enough)"),
    (r"^都说到", "both mention "),
    (r"^用词相近", "similar words"),
    (r"^没有共同的内容", "nothing in common"),
    (r"^一方要，另一方不要", "one wants it, the other does not"),
    (r"^看不出要做什么", "what is wanted cannot be told"),
    (r"^要做的相近", "what is wanted is near"),
    (r"^要做的不是一件事", "different things are wanted"),
    (r"^不在同一街道，多半是另一件事", "in another street, so most likely another matter"),
    (r"^说的不是同一栋楼", "about different houses"),
    (r"^没写明时段", "no times stated"),
    (r"^时段相同", "same times"),
    (r"^时段不同：(.*)；(.*)", r"different times: \1; \2"),
    (r"(?<=没写)类别", "category"),
    (r"(?<=没写)对象", "target group"),
    (r"，从文字看一致", "; the words agree"),
    (r"，从文字看不一致", "; the words differ"),
    (r"，看不出", "; cannot be told"),
    (r"，对方写", ", the other says "),
    (r"，相近", ": near"),
    (r"，不一致", ": different"),
    (r"，一致", ": the same"),
    (r"双方都没写时段", "no times stated"),
    (r"需求没写时段", "the need states no times"),
    (r"资源没写时段", "the resource states no times"),
    (r"双方都没写", "neither states the "),
    (r"一方没写", "one side does not state the "),
    (r"没写明地区", "no place stated"),
    (r"不在同一地区", "elsewhere"),
    (r"同一区县", "same district"),
    (r"同一街道", "same street"),
    (r"同一社区", "same community"),
    (r"服务范围包含该地", "the area served includes the place"),
    (r"，部分时段可用", ", partly available"),
    (r"可用$", " available"),
    (r"^都要", "both want: "),
    (r"^要", "wanted: "),
    (r"，只有", "; only "),
    (r"没写人数", "number of persons not stated"),
    (r"没写容量", "capacity not stated"),
    (r" 人，够用", " persons, enough"),
    (r" 人，差 (\d+) 人", r" persons, \1 short"),
    (r"每天", "every day "),
    (r"工作日", "weekdays "),
    (r"周末", "weekends "),
    (r"暑假", "summer holidays "),
    (r"寒假", "winter holidays "),
    (r" 点", " h"),
)


def in_english(reason: str) -> str:
    """The engine's reason in English; quoted words of the texts stay as they are."""
    for pattern, words in _ENGLISH:
        reason = re.sub(pattern, words, reason)
    return re.sub(r" +(?=[ ;,:)]|$)", "", reason)


_CODE = re.compile("[A-Z_]{4,}")
_WORDS: dict[str, Any] = {**dict(TargetGroup.choices), **dict(Category.choices)}


# The engine names categories and target groups by words of its own, which no reader of English should meet.
_NAMES: dict[str, Any] = {
    word: code.label for code, word in (*TARGET_WORDS.items(), *CATEGORY_WORDS.items()) if word
}
_NAME = re.compile("|".join(sorted(_NAMES, key=len, reverse=True)))


def _in_words(reason: str, *, chinese: bool, named: bool) -> str:
    """A reason without codes, in Chinese as the engine gives it or in English; `named`: it names groups, no texts."""
    words = _CODE.sub(lambda code: str(_WORDS.get(code[0], code[0])), reason)
    if chinese:
        return words
    return in_english(_NAME.sub(lambda name: str(_NAMES[name[0]]), words) if named else words)


def score_parts(parts: Iterable[dict[str, Any]]) -> list[ScorePart]:
    """Parts of a score as they are kept, for the page; a part below zero speaks against."""
    chinese = markup.in_chinese()
    return [
        ScorePart(
            PART_LABELS.get(part["code"], part["code"]),
            round(part["points"]),
            part["maximum"],
            _in_words(part["reason"], chinese=chinese, named=part["code"] in ("category", "target")),
        )
        for part in parts
    ]
