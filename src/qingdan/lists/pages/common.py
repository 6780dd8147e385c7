"""What the pages of the three lists share."""

from typing import Any

from qingdan.core import clock
from qingdan.directory.models import Place, PlaceLevel


def streets(actor: Any) -> list[tuple[str, str]]:
    found = Place.objects.filter(level=PlaceLevel.STREET).valid_on(clock.today())
    if district := getattr(actor, "district", ""):
        found = found.filter(district=district)
    return list(found.order_by("code").values_list("code", "short_name"))
