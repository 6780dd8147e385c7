"""Needs that may say the same thing, found by the engine; officers decide.

The engine is the one behind `qingdan duplicates`. A pair is suggested where at least one of the two is still to be
verified or published; what an officer has decided stays decided.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from qingdan.engine.items import Item
from qingdan.lists.models import Category, NeedPair, NeedState, SocialNeed, TargetGroup, Verdict
from qingdan.lists.queries import CHECKED_STATES, LIVE_STATES

if TYPE_CHECKING:
    from qingdan.engine.duplicates import Pair  # the engine's arithmetic is loaded when it is first needed

SUGGEST = 68  # points of 100 from which officers are asked; above what needs of two streets can reach
WHILE_TYPING = 42  # people judge for themselves, and a half-written text scores low
NEAREST = 200  # needs of the street with which one text is compared
UNDECIDED = (
    NeedState.SUBMITTED,
    NeedState.RETURNED,
    NeedState.COMMUNITY_VERIFIED,
    NeedState.STREET_VERIFIED,
    NeedState.PUBLISHED,
)


def item_of(need: SocialNeed) -> Item:
    """A need as the engine takes it."""
    return Item(
        id=str(need.pk),
        text=need.text or need.title,
        title=need.title,
        category=need.category,
        target="" if need.target == TargetGroup.RESIDENTS else need.target,
        place=need.place.code,
        capacity=need.persons,
    )


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
    from qingdan.engine.duplicates import like_one

    states = CHECKED_STATES
    near = _neighbours(district, place[:9], category, states).filter(is_personal=False)[:NEAREST]
    needs = {str(need.pk): need for need in near}
    item = Item(
        id="-",
        text=text,
        category=category if category in Category.values and category != Category.OTHER else "",
        place=place,
    )
    pairs = like_one(item, [item_of(need) for need in needs.values()], WHILE_TYPING) if needs else []
    return [Alike(needs[pair.b], round(pair.score)) for pair in pairs[:most]]


def suggest_for(need: SocialNeed) -> int:
    """Compare one new need with the open ones of its street; answers how many pairs are suggested now."""
    from qingdan.engine.duplicates import like_one

    street = need.place.code[:9]
    near = _neighbours(need.district, street, need.category, LIVE_STATES).exclude(pk=need.pk)[:NEAREST]
    items = [item_of(one) for one in near]
    found = like_one(item_of(need), items, SUGGEST) if items else []
    return _keep(need.district, found)


def suggest_all(district: str, progress: Any = None) -> int:
    """Compare all open needs of a district anew; suggestions that no longer hold go, verdicts stay."""
    from qingdan.engine.duplicates import find_duplicates

    needs = list(
        SocialNeed.objects.filter(district=district, state__in=LIVE_STATES)
        .select_related("place")
        .order_by("pk")
    )
    fresh = {str(need.pk) for need in needs if need.state in UNDECIDED[:4]}
    pairs = [
        pair
        for group in find_duplicates([item_of(need) for need in needs], None, SUGGEST, progress)
        for pair in group.pairs
        if {pair.a, pair.b} & fresh
    ]
    NeedPair.objects.filter(district=district, verdict=Verdict.OPEN).delete()
    return _keep(district, pairs)


def _keep(district: str, pairs: Sequence["Pair"]) -> int:
    made = NeedPair.objects.bulk_create(
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
    return len(made)


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


def _first_to_stay(need: SocialNeed) -> tuple[bool, int, int]:
    """What is already being met stays; else the one with most supporters, else the oldest."""
    return need.state in UNDECIDED, -need.supporters, need.pk
