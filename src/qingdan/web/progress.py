"""How far the needs have come: the stages that everybody is told, and a table of streets by stages."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _

from qingdan.core import access, clock, looks, markup
from qingdan.directory import queries as directory
from qingdan.directory.models import Place
from qingdan.directory.permits import is_bureau
from qingdan.lists.models import NeedState, SocialNeed
from qingdan.web import nav

# Label, the states behind it, how it looks, and the condition under which the list shows the same records.
STAGES: tuple[tuple[Any, tuple[str, ...], looks.Look, str], ...] = (
    (
        _("to be verified"),
        (NeedState.SUBMITTED, NeedState.COMMUNITY_VERIFIED),
        looks.Look("wait", "0"),
        "view=to-verify",
    ),
    (NeedState.PUBLISHED.label, (NeedState.PUBLISHED,), looks.Look("way", "1"), "state=PUBLISHED"),
    (NeedState.MATCHED.label, (NeedState.MATCHED,), looks.Look("way", "2"), "state=MATCHED"),
    (NeedState.IN_SERVICE.label, (NeedState.IN_SERVICE,), looks.Look("way", "3"), "state=IN_SERVICE"),
    (NeedState.DONE.label, (NeedState.DONE, NeedState.RATED), looks.Look("done", "4"), "view=done"),
)


@dataclass(frozen=True)
class StreetRow:
    """A place with its needs at each stage: (number, address of the list with the same records, stage)."""

    name: str
    cells: tuple[tuple[int, str, Any], ...]
    late: int
    late_url: str
    total: int


def by_street(actor: Any) -> list[StreetRow]:
    """For the bureau: every street, two queries in all. Nothing while the list of needs has no page."""
    return by_place(actor, list(directory.streets(actor.district))) if is_bureau(actor) else []


def by_place(actor: Any, places: list[Place]) -> list[StreetRow]:
    """A row for each of these places, all streets or all communities, as far as the actor sees their needs."""
    url = nav.address_of("needs")
    if not url or not places:
        return []
    digits = len(places[0].code)
    counted = (
        access.visible(SocialNeed, actor)
        .order_by()
        .annotate(street=Substr("place__code", 1, digits))
        .values_list("street", "state")
        .annotate(n=Count("pk"), late=Count("pk", filter=Q(due_on__lt=clock.today())))
    )
    numbers: dict[tuple[str, str], int] = {}
    late: dict[str, int] = {}
    for street, state, n, overdue in counted:
        numbers[street, state] = n
        late[street] = late.get(street, 0) + overdue
    rows = []
    for place in places:
        cells = tuple(
            (
                sum(numbers.get((place.code, state), 0) for state in states),
                f"{url}?street={place.code}&{query}",
                label,
            )
            for label, states, _look, query in STAGES
        )
        total = sum(n for (street, _state), n in numbers.items() if street == place.code)
        rows.append(
            StreetRow(
                place.short_name if markup.in_chinese() else place.local_name,
                cells,
                late.get(place.code, 0),
                f"{url}?street={place.code}&view=late",
                total,
            )
        )
    return rows
