"""The import: every row is taken or returned, and a killed one goes on."""

import datetime as dt
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import IntegrityError
from hypothesis import given, settings
from hypothesis import strategies as st

from qingdan.core import tables
from qingdan.core.permits import Refused
from qingdan.core.tables import Table, TableFileError
from qingdan.core.tables.models import ImportProblem, ImportRun
from qingdan.core.tests.table_cast import (
    COLUMNS,
    GOOD,
    SHORT,
    TABLE,
    Item,
    book,
    many,
    run,
    save,
    with_cell,
)

pytestmark = pytest.mark.usefixtures("english")


def test_every_row_is_taken_or_returned(item_table, put, tmp_path):
    path = put(book(many(300)))
    expected = tables.dry_run(TABLE, path)
    done = run(path, batch_size=37)
    assert (done.rows, done.taken, done.refused) == (expected.rows, expected.taken, expected.refused)
    assert done.rows == done.taken + done.refused
    assert Item.objects.count() == done.taken
    problems = [tables.Problem(p.row, p.column, p.reason) for p in done.problems.all()]
    assert len({p.row for p in problems}) == done.refused > 0
    returned = tables.write_errors(TABLE, path, problems, tmp_path / "errors.xlsx")
    assert returned == done.refused
    again = tables.dry_run(TABLE, tmp_path / "errors.xlsx")
    assert again.rows == done.refused


class Killed(BaseException):
    """Stands for a process that ends in the middle."""


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 12), st.booleans())
def test_a_killed_import_goes_on_without_loss_or_double(stop_after, after_insert):
    rows, calls = many(120, seed=3), []
    head = ["编号", "名称", "类别"]
    taken: list[str] = []
    pending: list[str] = []

    def kept(batch, actor):
        calls.append(1)
        pending[:] = batch["code"]
        if len(calls) == stop_after + 1 and not after_insert:
            raise Killed
        ImportProblem.objects.count()
        taken.extend(pending)
        if len(calls) == stop_after + 1:
            del taken[-len(pending) :]  # what the rolled-back transaction takes back
            raise Killed

    table = Table("kept", "表", [COLUMNS[0], COLUMNS[1], COLUMNS[7]], save=kept)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "f.xlsx"
        path.write_bytes(book([[r[0], r[1], r[7]] for r in rows], head=head))
        expected = tables.dry_run(table, path)
        ImportRun.objects.all().delete()
        try:
            done = run(path, table, batch_size=10)
        except Killed:
            half = ImportRun.objects.get()
            assert half.state == "RUNNING"
            assert half.taken == len(taken)
            done = run(path, table, batch_size=99)
        assert (done.rows, done.taken, done.refused) == (expected.rows, expected.taken, expected.refused)
        assert len(taken) == len(set(taken)) == done.taken
        assert done.problems.values("row").distinct().count() == done.refused
        assert done.state == "DONE"


test_a_killed_import_goes_on_without_loss_or_double = pytest.mark.django_db(
    test_a_killed_import_goes_on_without_loss_or_double
)


def test_the_same_file_is_not_taken_twice(item_table, put):
    path = put(book([GOOD]))
    first = run(path)
    assert run(path).pk == first.pk
    assert Item.objects.count() == 1
    with pytest.raises(IntegrityError):
        Item.objects.create(code="A-1", title="", kind="")
    repeated = run(path, repeat=1)
    assert (repeated.taken, repeated.refused) == (0, 1)
    assert "there already" in repeated.problems.get().reason


def test_rows_that_the_database_refuses_stand_alone(item_table, put):
    Item.objects.create(code="N7", title="样", kind="OLD")
    Item.objects.create(code="N40", title="样", kind="OLD")
    rows = [with_cell("编号", f"N{i}") for i in range(50)]
    done = run(put(book(rows)))
    assert (done.taken, done.refused) == (48, 2)
    assert list(done.problems.values_list("row", flat=True)) == [9, 42]
    assert Item.objects.count() == 50


def test_save_may_refuse_rows(item_table, put):
    def choosy(batch, actor):
        for i, title in enumerate(batch["title"]):
            if title == "不要":
                batch.refuse(i, f"not wanted by {actor}", "title")
        good = batch.without(set(batch.refused))
        save(good, actor)

    table = Table("items", "表", COLUMNS, save=choosy)
    rows = [with_cell("名称", "不要"), with_cell("编号", "B")]
    done = run(put(book(rows)), table)
    assert (done.taken, done.refused, Item.objects.count()) == (1, 1, 1)
    assert done.problems.get().reason == "not wanted by 样本"


def test_a_row_whose_saving_is_refused_by_another_act_stands_alone(item_table, put):
    """What `check_batch` found allowed may be forbidden by the time the batch is saved."""

    def forbidden(batch, actor):
        if "不行" in batch["title"]:
            raise Refused("closed a moment ago")
        save(batch, actor)

    table = Table("items", "表", COLUMNS, save=forbidden)
    rows = [with_cell("编号", f"N{i}") for i in range(5)]
    rows[3] = ["N3", "不行", *rows[3][2:]]
    done = run(put(book(rows)), table)
    assert (done.state, done.taken, done.refused, Item.objects.count()) == ("DONE", 4, 1, 4)
    problem = done.problems.get()
    assert (problem.column, problem.reason) == ("", "closed a moment ago")


def test_values_arrive_unchanged(item_table, put):
    run(put(book([GOOD, ["B", "𠮷😀", *[None] * 5, "儿童"]])))
    one, two = Item.objects.order_by("pk")
    assert (one.count, one.amount, one.day) == (3, 18_000_050, dt.date(2018, 6, 29))
    assert (one.rate, one.active, one.kind) == (Decimal("0.125"), True, "OLD")
    assert (two.title, two.count, two.amount, two.day, two.active) == ("𠮷😀", None, None, None, None)
    assert one.extra == {}
    assert one.made is not None


def test_inserted_secrets_are_sealed_and_indexed(item_table):
    count = tables.insert_rows(
        Item, ["code", "title", "kind", "secret"], [("a", "样", "OLD", "530111201001010008")]
    )
    item = Item.objects.get(**Item._meta.get_field("secret_index").lookup("530111201001010008"))
    assert (count, item.secret.reveal()) == (1, "530111201001010008")
    assert tables.insert_rows(Item, ["code"], []) == 0


def test_known_values_are_those_that_records_have(item_table):
    tables.insert_rows(
        Item, ["code", "title", "kind"], [("a'", "样", "OLD"), ("b", "样", "OLD"), ("c", "样", "X")]
    )
    old = Item.objects.filter(kind="OLD")
    assert tables.known_values(old, "code", ["a'", "c", "样", 'x"', "a'"]) == {"a'"}
    assert tables.known_values(old, "code", []) == set()


def test_a_table_without_save_is_not_imported(put):
    with pytest.raises(TypeError):
        run(put(book([GOOD])), SHORT)


def test_a_wrong_file_leaves_no_run(db, put):
    with pytest.raises(TableFileError):
        run(put(b"nonsense"))
    assert not ImportRun.objects.exists()


def test_progress_is_told(item_table, put):
    told = []
    run(
        put(book([with_cell("编号", str(i)) for i in range(25)])),
        batch_size=10,
        progress=lambda n, name: told.append(n),
    )
    assert told == [10, 20, 25]
