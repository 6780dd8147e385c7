"""Places: the streets of 2018 and of 2023, codes that fit, names in both languages."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import override

from qingdan.core import journal
from qingdan.core.permits import Refused
from qingdan.directory import acts, queries
from qingdan.directory.models import Place
from qingdan.directory.tests.cast import DISTRICT, SYSTEM, Cast


@pytest.fixture
def places(db: None) -> dict[str, Place]:
    acts.load_places(actor=SYSTEM)
    return {place.code: place for place in Place.objects.all()}


@pytest.mark.parametrize(
    ("day", "number"), [(dt.date(2018, 6, 29), 10), (dt.date(2022, 10, 30), 10), (dt.date(2023, 6, 1), 12)]
)
def test_ten_streets_in_2018_and_twelve_in_2023(places: dict[str, Place], day: dt.date, number: int) -> None:
    streets = queries.streets(DISTRICT, day)
    assert streets.count() == number
    assert ("530111012" in set(streets.values_list("code", flat=True))) == (number == 12)


def test_a_place_holds_on_its_first_and_its_last_day(places: dict[str, Place]) -> None:
    street = places["530111012"]
    acts.edit_place(actor=SYSTEM, place=street, valid_to=dt.date(2024, 12, 31))
    on = [dt.date(2022, 10, 31), dt.date(2024, 12, 31)]
    off = [dt.date(2022, 10, 30), dt.date(2025, 1, 1)]
    for day in on + off:
        assert street.is_valid_on(day) == (day in on)
        assert Place.objects.filter(pk=street.pk).valid_on(day).exists() == (day in on)


def test_names_say_where_a_community_lies_and_speak_the_language_of_the_page(
    places: dict[str, Place],
) -> None:
    community = places["530111001001"]
    assert community.full_name == "关上街道双桥社区"
    assert places["530111001"].full_name == "关上街道"
    with override("en"):
        assert community.local_name == "Shuangqiao Community"
    with override("zh-hans"):
        assert community.local_name == "双桥社区"


def test_a_place_contains_what_its_code_begins(places: dict[str, Place]) -> None:
    assert places["530111001"].contains("530111001001")
    assert not places["530111001"].contains("530111002001")
    assert set(queries.communities(DISTRICT, street="530111001").values_list("code", flat=True)) == {
        "530111001001",
        "530111001002",
        "530111001003",
    }


def test_loading_twice_adds_nothing_and_keeps_what_was_edited(places: dict[str, Place]) -> None:
    acts.edit_place(actor=SYSTEM, place=places["530111001"], short_name="关上片区")
    again = acts.load_places(actor=SYSTEM)
    assert (again.added, again.kept) == (0, len(places))
    assert Place.objects.get(code="530111001").short_name == "关上片区"


def test_sample_communities_are_marked_and_can_be_left_out(db: None) -> None:
    acts.load_places(actor=SYSTEM, samples=False)
    assert not Place.objects.filter(level="COMMUNITY").exists()
    acts.load_places(actor=SYSTEM)
    assert set(Place.objects.filter(level="COMMUNITY").values_list("is_sample", flat=True)) == {True}


def test_a_new_place_needs_the_one_above_it(cast: Cast) -> None:
    made = acts.add_place(actor=cast.bureau, code="530111001004", name="样本社区")
    assert made.parent == cast.places["530111001"]
    for code in ("53011", "530112001", "530111099001", "530111001004"):
        with pytest.raises(ValidationError):
            acts.add_place(actor=cast.bureau, code=code, name="样本社区")
    with pytest.raises(Refused):
        acts.add_place(actor=cast.street, code="530111001005", name="样本社区")


def test_the_database_refuses_a_code_that_does_not_fit_its_level(places: dict[str, Place]) -> None:
    for fields in (
        {"code": "530111001", "level": "COMMUNITY", "parent": places["530111001"]},
        {"code": "530111777", "level": "STREET", "parent": None},
        {"code": "53011100x", "level": "STREET", "parent": places[DISTRICT]},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Place.objects.create(district=DISTRICT, name="样本", short_name="样本", **fields)


def test_an_edit_keeps_old_and_new_in_the_journal_and_nothing_when_nothing_changed(cast: Cast) -> None:
    place = cast.places["530111001"]
    before = journal.history(place).count()
    assert acts.edit_place(actor=cast.bureau, place=place, name=place.name) == []
    assert journal.history(place).count() == before
    assert acts.edit_place(actor=cast.bureau, place=place, name="样本街道") == ["name"]
    entry = journal.history(place).first()
    assert entry is not None
    assert entry.data == {"changed": {"name": ["关上街道", "样本街道"]}}
    assert entry.actor_key == cast.bureau.actor_key


def test_an_edit_of_what_another_has_changed_meanwhile_is_refused(cast: Cast) -> None:
    place = cast.places["530111001"]
    seen = acts.version(place)
    acts.edit_place(actor=cast.bureau, place=place, name="先改的街道", seen=seen)
    with pytest.raises(Refused, match="样本bureau"):
        acts.edit_place(actor=cast.bureau, place=place, name="后改的街道", seen=seen)
    place.refresh_from_db()
    assert place.name == "先改的街道"
