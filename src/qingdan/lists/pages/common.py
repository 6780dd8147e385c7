"""What the pages of the three lists share."""

from typing import Any

from qingdan.core import clock
from qingdan.directory import queries
from qingdan.directory.models import Place, PlaceLevel
from qingdan.directory.roles import Role


def streets(actor: Any) -> list[tuple[str, str]]:
    """The streets; for a street officer the communities of the own street after them."""
    found = Place.objects.filter(level=PlaceLevel.STREET).valid_on(clock.today())
    if district := getattr(actor, "district", ""):
        found = found.filter(district=district)
    options = list(found.order_by("code").values_list("code", "short_name"))
    if hasattr(actor, "holds") and actor.holds(Role.STREET):
        options += [
            (place.code, place.local_full_name)
            for code in actor.place_codes
            for place in queries.communities(actor.district, street=code).select_related("parent")
        ]
    return options
