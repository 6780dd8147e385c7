"""The map: which place holds a point, how it is drawn, and what a file must be."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from qingdan.core import journal
from qingdan.directory import maps
from qingdan.directory.commands import load_map
from qingdan.directory.models import Place

pytestmark = pytest.mark.django_db
DISTRICT, STREET, COMMUNITY = "530111", "530111001", "530111001001"
SQUARE = [[102.0, 24.0], [103.0, 24.0], [103.0, 25.0], [102.0, 25.0], [102.0, 24.0]]
HOLE = [[102.4, 24.4], [102.6, 24.4], [102.6, 24.6], [102.4, 24.6]]
WEST_HALF = [[102.0, 24.0], [102.5, 24.0], [102.5, 25.0], [102.0, 25.0]]


@pytest.fixture(autouse=True)
def _places() -> None:
    above = None
    for code, level in ((DISTRICT, "DISTRICT"), (STREET, "STREET"), (COMMUNITY, "COMMUNITY")):
        above = Place.objects.create(
            district=DISTRICT, code=code, name=f"样例{code}", short_name="样例", level=level, parent=above
        )


def feature(code: str, *rings: list[list[float]], kind: str = "Polygon") -> dict[str, object]:
    coordinates = [list(rings)] if kind == "MultiPolygon" else list(rings)
    return {
        "type": "Feature",
        "properties": {"code": code},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def load(folder: Path, *features: object) -> tuple[int, str]:
    file = folder / "map.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    done = CliRunner().invoke(load_map, [str(file)])
    return done.exit_code, done.output


def test_a_file_gives_outlines_and_points_find_their_place(tmp_path: Path) -> None:
    assert maps.drawing(DISTRICT) is None
    code, said = load(
        tmp_path, feature(STREET, SQUARE, HOLE), feature(COMMUNITY, WEST_HALF, kind="MultiPolygon")
    )
    assert (code, said) == (0, "Outlines of 2 places taken in district 530111.\n")
    assert journal.history(Place.objects.get(code=DISTRICT))[0].verb == "place.load_map"
    for longitude, latitude, expected in (
        (102.1, 24.5, COMMUNITY),
        (102.9, 24.5, STREET),
        (102.55, 24.5, None),  # in the hole of the street, east of the community
        (101.9, 24.5, None),
    ):
        found = maps.place_at(DISTRICT, longitude, latitude)
        assert (found.code if found else None) == expected


def test_the_drawing_keeps_shapes_and_turns_degrees_into_its_units(tmp_path: Path) -> None:
    load(tmp_path, feature(STREET, SQUARE), feature(COMMUNITY, WEST_HALF))
    drawn = maps.drawing(DISTRICT)
    assert drawn is not None
    assert 1090 < drawn.height < 1110  # a degree of longitude is shorter than one of latitude by cos 24.5°
    (street,), (community,) = drawn.streets, drawn.communities
    assert (street.x, street.y) == (500, round(drawn.height / 2))
    assert community.x == 250
    assert street.path.count("L") == 3
    assert round((102.5 - drawn.west) * drawn.x_scale) == 500


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (feature("530111999", SQUARE), "530111999 is no place"),
        (feature(STREET, SQUARE[:2]), "features[0] needs"),
        (feature(STREET, [[102, 95], [103, 95], [103, 96]]), "features[0] needs"),
        (
            {"type": "Feature", "properties": {"code": STREET}, "geometry": {"type": "Point"}},
            "features[0] needs",
        ),
        ("no feature", "features[0] needs"),
        ({"properties": [STREET], "geometry": {"type": "Polygon"}}, "features[0] needs"),
        ({"properties": {"code": STREET}, "geometry": [1, 2]}, "features[0] needs"),
        (feature(COMMUNITY, SQUARE), "features[1]: 530111001001 is there already"),
    ],
)
def test_a_wrong_file_is_said_and_changes_nothing(
    tmp_path: Path, english: None, wrong: object, said: str
) -> None:
    code, output = load(tmp_path, wrong, feature(COMMUNITY, SQUARE))
    assert code == 1
    assert said in output
    assert not Place.objects.exclude(outline=[]).exists()
    missing = CliRunner().invoke(load_map, [str(tmp_path / "none.geojson")])
    assert "cannot be read" in missing.output
