"""A synthetic map: the streets on a grid with shifted corners, their communities as strips. It shows no real border."""

from itertools import pairwise

from qingdan.directory.models import Place, PlaceLevel
from qingdan.sample.synthetic import spread
from qingdan.sample.world import World

COLUMNS, ROWS = 4, 3
WEST, SOUTH, STEP = 102.70, 24.90, 0.05  # degrees; a plain field, not the district's own
Point = tuple[float, float]


def _corner(column: float, row: int, *, salt: int = 0) -> Point:
    """A corner of the grid, shifted by up to a fifth of a field, the same for all fields that meet there."""
    key = round(column * 100) * 1000 + row
    shift = [(spread(key, 1000, axis + salt) / 1000 - 0.5) * 0.4 for axis in (71, 72)]
    return round(WEST + (column + shift[0]) * STEP, 5), round(SOUTH + (row + shift[1]) * STEP, 5)


def _between(first: Point, last: Point, part: float) -> Point:
    return tuple(round(a + (b - a) * part, 5) for a, b in zip(first, last, strict=True))  # type: ignore[return-value]  # two in, two out


def outlines(world: World) -> None:
    """Outlines of all streets and communities of the sample."""
    streets = sorted((p for p in world.places.values() if p.level == PlaceLevel.STREET), key=lambda p: p.code)
    changed: list[Place] = []
    for n, street in enumerate(streets[: COLUMNS * ROWS]):
        column, row = n % COLUMNS, n // COLUMNS
        a, b = _corner(column, row), _corner(column + 1, row)
        c, d = _corner(column + 1, row + 1), _corner(column, row + 1)
        street.outline = [[a, b, c, d]]
        changed.append(street)
        inside = sorted((p for p in world.places.values() if p.parent_id == street.pk), key=lambda p: p.code)
        cuts = [step / len(inside) for step in range(len(inside) + 1)] if inside else []
        for community, (low, high) in zip(inside, pairwise(cuts), strict=True):
            community.outline = [
                [_between(a, b, low), _between(a, b, high), _between(d, c, high), _between(d, c, low)]
            ]
            changed.append(community)
    Place.objects.bulk_update(changed, ["outline"])
    world.counts["outlines"] = len(changed)
