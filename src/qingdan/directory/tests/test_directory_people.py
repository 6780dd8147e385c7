"""People: the sealed number, its masks, who sees whom, and the logged full view."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from qingdan.core import journal
from qingdan.core.permits import Refused
from qingdan.directory import acts
from qingdan.directory.models import Person
from qingdan.directory.tests.cast import CHILD_ID, DISTRICT, Cast


def id_number(birth: str) -> str:
    """A resident number with the order number 000, which is never issued."""
    digits = f"530111{birth}000"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return digits + "10X98765432"[sum(w * int(d) for w, d in zip(weights, digits, strict=True)) % 11]


@pytest.fixture
def person(cast: Cast) -> Person:
    return acts.register_person(
        actor=cast.community,
        name="王样本",
        community=cast.places["530111001001"],
        resident_id=id_number("19500301"),
    )


def test_the_number_gives_birth_date_and_sex_and_is_never_stored_plain(person: Person) -> None:
    person.refresh_from_db()
    assert (person.birth_date, person.sex) == (dt.date(1950, 3, 1), "F")
    assert person.masked_resident_id == id_number("19500301")[:4] + "*" * 12 + id_number("19500301")[-2:]
    with connection.cursor() as cursor:
        cursor.execute("SELECT resident_id, resident_id_index FROM directory_person")
        assert id_number("19500301")[6:14] not in "".join(cursor.fetchone())


def test_a_person_is_found_by_number_and_entered_only_once(cast: Cast, person: Person) -> None:
    found = Person.objects.filter(district=DISTRICT).with_resident_id(f" {id_number('19500301')} ")
    assert list(found) == [person]
    with pytest.raises(ValidationError, match="resident"):
        acts.register_person(
            actor=cast.community,
            name="王样本二",
            community=cast.places["530111001001"],
            resident_id=id_number("19500301"),
        )


@pytest.mark.parametrize(
    ("number", "birth"),
    [("530111201001010009", None), ("53011120100101000", None), (CHILD_ID, dt.date(2009, 1, 1))],
    ids=["wrong check digit", "too short", "another birth date"],
)
def test_a_number_that_does_not_fit_is_refused(cast: Cast, number: str, birth: dt.date | None) -> None:
    with pytest.raises(ValidationError) as fault:
        acts.register_person(
            actor=cast.bureau, name="李样本", community=None, resident_id=number, birth_date=birth
        )
    assert "resident_id" in fault.value.message_dict
    assert not Person.objects.exists()


def test_the_name_is_masked_wherever_it_is_printed(person: Person) -> None:
    assert str(person) == "王**"
    entry = journal.history(person).first()
    assert entry is not None
    assert entry.subject_label == "王**"


def test_an_officer_keeps_only_people_of_the_own_place(cast: Cast, person: Person) -> None:
    elsewhere = cast.places["530111002001"]
    with pytest.raises(Refused):
        acts.register_person(actor=cast.street, name="赵样本", community=elsewhere)
    with pytest.raises(Refused):
        acts.edit_person(actor=cast.street, person=person, community=elsewhere)
    assert acts.edit_person(actor=cast.bureau, person=person, community=elsewhere) == ["community"]
    with pytest.raises(Refused):
        acts.edit_person(actor=cast.community, person=person, name="王改名")


def test_the_full_view_needs_a_reason_and_is_written_down(cast: Cast, person: Person) -> None:
    with pytest.raises(Refused):
        acts.reveal_resident_id(person, cast.community, "  ")
    assert acts.reveal_resident_id(person, cast.community, "核对证件") == id_number("19500301")
    entry = journal.history(person).first()
    assert entry is not None
    assert (entry.verb, entry.reason) == ("person.reveal-resident-id", "核对证件")
    assert id_number("19500301") not in str(entry.__dict__)
    for name in ("finance", "organisation", "resident", "sys_admin", "sec_admin", "audit_admin"):
        with pytest.raises(Refused):
            acts.reveal_resident_id(person, cast.accounts[name], "想看")


def test_a_childs_number_is_shown_to_the_bureau_only(cast: Cast) -> None:
    today = dt.date.today()
    child = acts.register_person(
        actor=cast.community,
        name="小样本",
        community=cast.places["530111001001"],
        resident_id=id_number(f"{today.year - 5}0101"),
    )
    with pytest.raises(Refused):
        acts.reveal_resident_id(child, cast.community, "登记")
    assert acts.reveal_resident_id(child, cast.bureau, "登记")


def test_the_journal_names_what_changed_of_a_person_but_keeps_no_value(cast: Cast, person: Person) -> None:
    acts.edit_person(actor=cast.bureau, person=person, name="王改名", birth_date=None, sex="")
    changed = acts.edit_person(actor=cast.bureau, person=person, resident_id=id_number("19510301"))
    assert set(changed) == {"resident_id", "birth_date", "sex"}
    entries = list(journal.history(person)[:2])
    assert [set(entry.data["changed"]) for entry in entries] == [
        {"resident_id", "birth_date", "sex"},
        {"name", "birth_date", "sex"},
    ]
    assert "1951" not in str([entry.data for entry in entries])
    assert "改名" not in str([entry.data for entry in entries])
