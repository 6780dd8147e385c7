"""Maps drawn from the outlines of places, without tiles or network: which place holds a point, and SVG paths.

An outline is a list of rings of (longitude, latitude) in degrees, WGS 84; a point within an odd number of rings lies
inside. The drawing keeps shapes true at the district's latitude, which is enough for a district.
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from qingdan.core import clock, journal
from qingdan.core.actor import Actor
from qingdan.core.permits import Refused
from qingdan.directory.models import Place, PlaceLevel
from qingdan.directory.permits import may_keep_directory

WIDTH = 1000  # units of the drawing from west to east
Ring = Sequence[Sequence[float]]


def contains(outline: Iterable[Ring], longitude: float, latitude: float) -> bool:
    """Whether a point lies within an outline (even-odd rule)."""
    inside = False
    for ring in outline:
        for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
            if (y1 > latitude) != (y2 > latitude) and longitude < x1 + (latitude - y1) * (x2 - x1) / (
                y2 - y1
            ):
                inside = not inside
    return inside


def place_at(district: str, longitude: float, latitude: float) -> Place | None:
    """The community, else the street, in whose outline a point lies; None outside the map."""
    drawn = Place.objects.filter(district=district).exclude(outline=[]).valid_on(clock.today())
    for level in (PlaceLevel.COMMUNITY, PlaceLevel.STREET):
        for place in drawn.filter(level=level).select_related("parent").order_by("code"):
            if contains(place.outline, longitude, latitude):
                return place
    return None


@dataclass(frozen=True)
class Area:
    """A place in the drawing: its path and the middle of its largest ring, in units of the drawing."""

    place: Place
    path: str
    x: int
    y: int
    box: str  # viewBox that shows this place with a margin


@dataclass(frozen=True)
class Drawing:
    """Streets and communities as paths. `west`, `north` and the scales turn degrees into units:
    x = (longitude - west) * x_scale, y = (north - latitude) * y_scale."""

    streets: tuple[Area, ...]
    communities: tuple[Area, ...]
    width: int
    height: int
    west: float
    north: float
    x_scale: float
    y_scale: float


def drawing(district: str) -> Drawing | None:
    """The map of a district; None while no outlines are known. One query."""
    drawn = Place.objects.filter(district=district).exclude(outline=[]).exclude(level=PlaceLevel.DISTRICT)
    places = list(drawn.valid_on(clock.today()).order_by("code"))
    points = [point for place in places for ring in place.outline for point in ring]
    if not points:
        return None
    west, east = min(x for x, _y in points), max(x for x, _y in points)
    south, north = min(y for _x, y in points), max(y for _x, y in points)
    shrink = math.cos(math.radians((south + north) / 2))
    x_scale = WIDTH / max(east - west, 1e-6)
    y_scale = x_scale / shrink

    def area(place: Place) -> Area:
        rings = [
            [(round((x - west) * x_scale), round((north - y) * y_scale)) for x, y in ring]
            for ring in place.outline
        ]
        largest = max(rings, key=lambda ring: abs(_twice_area(ring)))
        xs = [x for ring in rings for x, _y in ring]
        ys = [y for ring in rings for _x, y in ring]
        margin = max(max(xs) - min(xs), max(ys) - min(ys)) // 12
        path = "".join("M" + "L".join(f"{x} {y}" for x, y in ring) + "Z" for ring in rings)
        x, y = _middle(largest)
        box = (
            f"{min(xs) - margin} {min(ys) - margin} "
            f"{max(xs) - min(xs) + 2 * margin} {max(ys) - min(ys) + 2 * margin}"
        )
        return Area(place, path, x, y, box)

    return Drawing(
        tuple(area(place) for place in places if place.level == PlaceLevel.STREET),
        tuple(area(place) for place in places if place.level == PlaceLevel.COMMUNITY),
        WIDTH,
        round((north - south) * y_scale),
        west,
        north,
        x_scale,
        y_scale,
    )


def _twice_area(ring: Sequence[tuple[int, int]]) -> int:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True))


def _middle(ring: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The centroid of a ring, where its name is written."""
    area = _twice_area(ring)
    if area == 0:
        return ring[0]
    pairs = list(zip(ring, [*ring[1:], ring[0]], strict=True))
    x = sum((x1 + x2) * (x1 * y2 - x2 * y1) for (x1, y1), (x2, y2) in pairs)
    y = sum((y1 + y2) * (x1 * y2 - x2 * y1) for (x1, y1), (x2, y2) in pairs)
    return round(x / (3 * area)), round(y / (3 * area))


# ── loading ─────────────────────────────────────────────────────────────────


class MapFileError(ValueError):
    """A file that is no map, with what to mend."""


def load_map(*, district: str, actor: Actor, file: Path) -> int:
    """Take the outlines of places from GeoJSON; answers how many. Raises MapFileError, and then changes nothing.

    Each feature is a Polygon or MultiPolygon in degrees with the place's code in its property `code`. Outlines that
    are there are replaced, those that the file does not name stay.
    """
    may_keep_directory.require(actor)
    outlines = _read(file)
    with transaction.atomic():
        known = {place.code: place for place in Place.objects.filter(district=district)}
        if strange := sorted(set(outlines) - set(known)):
            raise MapFileError(
                _("%(code)s is no place of district %(district)s.")
                % {"code": strange[0], "district": district}
            )
        for code, outline in outlines.items():
            known[code].outline = outline
        Place.objects.bulk_update([known[code] for code in outlines], ["outline"])
        if district not in known:
            raise Refused(_("There is no list of places for this district; enter them one by one."))
        journal.record(
            actor=actor, verb="place.load_map", subject=known[district], data={"places": len(outlines)}
        )
    return len(outlines)


def _read(file: Path) -> dict[str, list[Ring]]:
    try:
        data = json.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise MapFileError(
            _("%(file)s cannot be read as GeoJSON: %(why)s") % {"file": file, "why": error}
        ) from None
    if not isinstance(data, dict) or not isinstance(data.get("features"), list) or not data["features"]:
        raise MapFileError(_("%(file)s is no FeatureCollection of places.") % {"file": file})
    found: dict[str, list[Ring]] = {}
    for n, feature in enumerate(data["features"]):
        geometry = _part(feature, "geometry")
        code = str(_part(feature, "properties").get("code", ""))
        kind, coordinates = geometry.get("type"), geometry.get("coordinates")
        if kind == "Polygon":
            coordinates = [coordinates]
        rings = _rings(coordinates) if kind in ("Polygon", "MultiPolygon") else []
        if not code or not rings:
            raise MapFileError(
                _(
                    "features[%(n)d] needs a place code in properties.code and a Polygon or MultiPolygon in degrees."
                )
                % {"n": n}
            )
        if code in found:
            raise MapFileError(
                _("features[%(n)d]: %(code)s is there already; put its parts into one MultiPolygon.")
                % {"n": n, "code": code}
            )
        found[code] = rings
    return found


def _part(feature: Any, name: str) -> dict[str, Any]:
    """A member of a feature that should be an object; empty when there is none."""
    part = feature.get(name) if isinstance(feature, dict) else None
    return part if isinstance(part, dict) else {}


def _rings(polygons: Any) -> list[Ring]:
    """All rings of polygons, closed or not; nothing when one of them is none."""
    rings: list[Ring] = []
    try:
        for polygon in polygons:
            for ring in polygon:
                points = [(float(point[0]), float(point[1])) for point in ring]
                if points[0] == points[-1]:
                    points.pop()
                if len(points) < 3 or not all(abs(x) <= 180 and abs(y) <= 90 for x, y in points):
                    return []
                rings.append(points)
    except (TypeError, ValueError, IndexError):
        return []
    return rings
