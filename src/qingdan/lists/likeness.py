"""Needs that may say the same thing, found by the engine; officers decide.

The engine is the one behind `qingdan duplicates`. A pair is suggested where at least one of the two is still to be
verified or published; what an officer has decided stays decided.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from qingdan.engine.items import Item
from qingdan.lists.matching import CATEGORY_WORDS, need_item
from qingdan.lists.models import Category, NeedPair, NeedState, SocialNeed, TargetGroup, Verdict
from qingdan.lists.queries import CHECKED_STATES, LIVE_STATES

if TYPE_CHECKING:
    from qingdan.engine.duplicates import Pair  # the engine's arithmetic is loaded when it is first needed

# Both thresholds were read off the development sets (`engine/data/labelled`), their needs put into one community with
# category and target group stated, as they stand here; `test_likeness.py` holds them to it.
#
# Points of 100 from which officers are asked. The command asks from 60 points on, but keeps a need's clearly best
# partners only, which cannot be done for one need that has just come in. Of what this asks, more than half is right
# and four in five of the true pairs are among it; from 60 on it would be a third, and hardly more would be found.
SUGGEST = 70
# People judge for themselves, and a half-written text scores low: with half of the text typed, three in four who have
# a partner are shown it among three. A lower threshold finds no more, a higher one loses some.
WHILE_TYPING = 45
NEWEST = 200  # needs of the street with which one text is compared
FRESH = (
    NeedState.SUBMITTED,
    NeedState.RETURNED,
    NeedState.COMMUNITY_VERIFIED,
    NeedState.STREET_VERIFIED,
)
"""Not published yet: officers still decide whether it is another need at all."""
COMPARED = {"title", "text", "category", "target", "place"}
"""What is compared: when it changes, a need is compared anew."""


def item_of(need: SocialNeed) -> Item:
    """A need as the engine takes it; “residents” is what a form says that was not asked for whom."""
    item = need_item(need)
    return replace(item, target="") if need.target == TargetGroup.RESIDENTS else item


@dataclass(frozen=True)
class Alike:
    """A need that may say the same as what is being typed."""

    need: SocialNeed
    points: int


def _neighbours(district: str, street: str, category: str, states: Iterable[str]) -> QuerySet[SocialNeed]:
    """The newest open needs of a street, those of the category first."""
    same = Case(When(category=category, then=Value(0)), default=Value(1), output_field=IntegerField())
    found = SocialNeed.objects.filter(district=district, place__code__startswith=street, state__in=states)
    return found.select_related("place__parent").order_by(same, "-raised_on", "-pk")


def alike(*, district: str, text: str, category: str, place: str, most: int = 3) -> list[Alike]:
    """Checked needs of the same street that say nearly what `text` says, the nearest first."""
    if len(text.strip()) < 6 or len(place) < 9:
        return []
    from qingdan.engine import word_lists
    from qingdan.engine.duplicates import like_one

    near = _neighbours(district, place[:9], category, CHECKED_STATES).filter(is_personal=False)[:NEWEST]
    needs = {str(need.pk): need for need in near}
    item = Item(
        id="-",
        text=text,
        category=CATEGORY_WORDS[Category(category)] if category in Category.values else "",
        place=place,
    )
    others = [item_of(need) for need in needs.values()]
    pairs = like_one(item, others, WHILE_TYPING, word_lists.in_use()) if needs else []
    return [Alike(needs[pair.b], round(pair.score)) for pair in pairs[:most]]


def suggest_for(need: SocialNeed) -> None:
    """Compare one need with the newest open ones of its street and keep what officers are asked about.

    What was asked about it before goes where it no longer holds; verdicts stay.
    """
    from qingdan.engine import word_lists
    from qingdan.engine.duplicates import like_one

    street = need.place.code[:9]
    near = _neighbours(need.district, street, need.category, LIVE_STATES).exclude(pk=need.pk)[:NEWEST]
    items = [item_of(one) for one in near]
    found = like_one(item_of(need), items, SUGGEST, word_lists.in_use()) if items else []
    NeedPair.objects.filter(Q(first=need) | Q(second=need), verdict=Verdict.OPEN).delete()
    _keep(need.district, found)


def suggest_all(district: str, progress: Any = None) -> int:
    """Compare all open needs of a district anew; answers how many pairs are asked about.

    Suggestions that no longer hold go, verdicts stay.
    """
    from qingdan.engine import word_lists
    from qingdan.engine.duplicates import find_duplicates

    needs = list(
        SocialNeed.objects.filter(district=district, state__in=LIVE_STATES)
        .select_related("place")
        .order_by("pk")
    )
    fresh = {str(need.pk) for need in needs if need.state in FRESH}
    pairs = [
        pair
        for group in find_duplicates(
            [item_of(need) for need in needs], word_lists.in_use(), SUGGEST, progress
        )
        for pair in group.pairs
        if {pair.a, pair.b} & fresh
    ]
    open_ = NeedPair.objects.filter(district=district, verdict=Verdict.OPEN)
    with transaction.atomic():
        # pairs of a need that came in meanwhile were found with it and stay
        newest = max((need.pk for need in needs), default=0)
        open_.filter(first__lte=newest, second__lte=newest).delete()
        _keep(district, pairs)
    return open_.count()


def _keep(district: str, pairs: Sequence["Pair"]) -> None:
    NeedPair.objects.bulk_create(
        (
            NeedPair(
                district=district,
                first_id=min(int(pair.a), int(pair.b)),
                second_id=max(int(pair.a), int(pair.b)),
                points=round(pair.score),
                because=[
                    {
                        "code": part.code,
                        "points": round(part.points),
                        "maximum": part.maximum,
                        "reason": part.reason,
                    }
                    for part in pair.because
                ],
            )
            for pair in pairs
        ),
        ignore_conflicts=True,
    )


# ── what officers see ───────────────────────────────────────────────────────


def open_pairs(needs: QuerySet[SocialNeed]) -> QuerySet[NeedPair]:
    """Undecided pairs among needs that the officer sees and that are both still open."""
    seen = needs.filter(state__in=LIVE_STATES).order_by().values("pk")
    return (
        NeedPair.objects.filter(verdict=Verdict.OPEN, first__in=seen, second__in=seen)
        .select_related("first__place__parent", "second__place__parent")
        .order_by("-points", "pk")
    )


def pairs_of(need: SocialNeed, needs: QuerySet[SocialNeed]) -> QuerySet[NeedPair]:
    return open_pairs(needs).filter(Q(first=need) | Q(second=need))


@dataclass(frozen=True)
class Group:
    """Needs connected by pairs, the one with most supporters first: it is proposed to survive."""

    needs: tuple[SocialNeed, ...]
    pairs: tuple[NeedPair, ...]

    @property
    def key(self) -> int:
        return min(need.pk for need in self.needs)


def groups(pairs: Iterable[NeedPair]) -> list[Group]:
    """The connected components of pairs, the surest first."""
    leader: dict[int, int] = {}

    def lead(pk: int) -> int:
        while leader.setdefault(pk, pk) != pk:
            leader[pk] = leader[leader[pk]]
            pk = leader[pk]
        return pk

    listed = list(pairs)
    for pair in listed:
        leader[lead(pair.first_id)] = lead(pair.second_id)
    members: dict[int, dict[int, SocialNeed]] = {}
    between: dict[int, list[NeedPair]] = {}
    for pair in listed:
        key = lead(pair.first_id)
        members.setdefault(key, {}).update({pair.first_id: pair.first, pair.second_id: pair.second})
        between.setdefault(key, []).append(pair)
    return [
        Group(
            tuple(sorted(members[key].values(), key=_first_to_stay)),
            tuple(between[key]),
        )
        for key in members
    ]


def which_goes(one: SocialNeed, other: SocialNeed) -> tuple[SocialNeed, SocialNeed]:
    """The one of two that would go into the other, and the one that would stay."""
    stays, goes = sorted((one, other), key=_first_to_stay)
    return goes, stays


def _first_to_stay(need: SocialNeed) -> tuple[bool, int, int]:
    """What is already being met stays; else the one with most supporters, else the oldest."""
    return need.state in (*FRESH, NeedState.PUBLISHED), -need.supporters, need.pk
