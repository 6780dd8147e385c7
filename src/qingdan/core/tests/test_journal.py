import datetime as dt
import json

import pytest
from django.db import DatabaseError, connection, transaction

from qingdan.core import journal
from qingdan.core.actor import SystemActor
from qingdan.core.models import JournalEntry, JournalHead, Reading

pytestmark = pytest.mark.django_db
ACTOR = SystemActor("test", "530111")


def subject():
    return JournalHead(district="000000", sequence=0, hash="")  # any record will do; it is not saved


def write(number, district="530111"):
    return [
        journal.record(actor=ACTOR, verb="test.act", subject=subject(), district=district, data={"n": n})
        for n in range(number)
    ]


def tamper(sql, *parameters):
    """Change the table behind the triggers' back, as someone with the database's keys could."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for verb in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS core_journalentry_no_{verb}")
        else:
            cursor.execute("ALTER TABLE core_journalentry DISABLE TRIGGER USER")
        cursor.execute(sql, parameters)
        if connection.vendor != "sqlite":
            cursor.execute("ALTER TABLE core_journalentry ENABLE TRIGGER USER")


def test_entries_form_a_chain_that_verifies():
    first, second, third = write(3)
    assert [first.sequence, second.sequence, third.sequence] == [1, 2, 3]
    assert first.previous_hash == journal.GENESIS
    assert third.previous_hash == second.hash
    assert list(journal.verify()) == []


def test_each_district_has_its_own_chain():
    write(2)
    (other,) = write(1, district="530102")
    assert other.sequence == 1
    assert list(journal.verify("530102")) == []


@pytest.mark.parametrize(
    "statement", ["UPDATE core_journalentry SET verb='x'", "DELETE FROM core_journalentry"]
)
def test_the_database_refuses_to_alter_or_remove(statement):
    write(1)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert JournalEntry.objects.count() == 1


def test_the_model_refuses_too():
    (entry,) = write(1)
    with pytest.raises(RuntimeError, match="append-only"):
        entry.delete()
    with pytest.raises(RuntimeError, match="append-only"):
        JournalEntry.objects.all().update(verb="x")
    with pytest.raises(RuntimeError, match="append-only"):
        JournalEntry.objects.all().delete()


COLUMNS = [
    f.column
    for f in JournalEntry._meta.concrete_fields
    if f.name not in {"id", "hash", "district", "sequence"}
]


@pytest.mark.parametrize("column", COLUMNS)
def test_an_altered_column_is_found(column):
    write(3)
    value = {
        "at": "2001-01-01 00:00:00+00:00",
        "data": json.dumps({"n": 99}),
        "previous_hash": "f" * 64,
    }.get(column, "altered")
    tamper(f"UPDATE core_journalentry SET {column} = %s WHERE sequence = 2", value)
    assert next(journal.verify()).sequence == 2


def test_a_removed_entry_is_found():
    write(3)
    tamper("DELETE FROM core_journalentry WHERE sequence = 2")
    assert any("missing" in fault.problem for fault in journal.verify())


def test_a_cut_tail_is_found_by_the_head_and_a_forged_head_by_the_anchor(settings, tmp_path):
    settings.DATA = tmp_path
    write(3)
    journal.anchor("530111")
    tamper("DELETE FROM core_journalentry WHERE sequence = 3")
    assert any("head" in fault.problem for fault in journal.verify())
    last = JournalEntry.objects.get(sequence=2)
    JournalHead.objects.filter(district="530111").update(sequence=2, hash=last.hash)
    assert any("anchor" in fault.problem for fault in journal.verify())


def test_a_removed_head_is_found():
    write(1)
    JournalHead.objects.all().delete()
    assert any("without a head" in fault.problem for fault in journal.verify())


@pytest.mark.django_db(transaction=False)
def test_history_is_about_one_record():
    write(2)
    reading = Reading(pk=7)
    assert journal.history(subject()).count() == 2
    assert journal.history(reading).count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_tests_that_commit_leave_an_empty_and_guarded_journal(turn):
    """The tables are emptied between the two turns, past the guard, which stands again afterwards."""
    assert not JournalEntry.objects.exists()
    with transaction.atomic():
        write(1)
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_journalentry")


def test_many_entries_at_once_make_the_same_chain():
    subjects = [subject() for _n in range(3)]
    with transaction.atomic():
        write(1)
        data = [{"n": 0}, {"on": dt.date(2018, 6, 29), "of": (1, None)}, {"not": None}]
        journal.record_all(actor=ACTOR, verb="many", subjects=subjects, after="NEW", data=data)
        journal.record_all(actor=ACTOR, verb="none", subjects=[])
        write(1)
    entries = JournalEntry.objects.filter(district="530111").order_by("sequence")
    assert [entry.verb for entry in entries] == ["test.act", "many", "many", "many", "test.act"]
    assert [entry.data for entry in entries[1:4]] == [
        {"n": 0},
        {"on": "2018-06-29", "of": [1, None]},
        {"not": None},
    ]
    assert list(journal.verify()) == []
