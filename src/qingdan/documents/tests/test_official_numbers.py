"""Numbers of papers that are sealed at the same time."""

import threading
from typing import Any

import pytest
from django.db import connection, connections, transaction

from qingdan.documents import acts
from qingdan.documents.models import NumberSequence, OfficialPaper, TakenNumber
from qingdan.documents.numbering import take
from qingdan.documents.tests.officers import DRAFTER, FIELDS, LEADER


@pytest.mark.django_db(transaction=True)
def test_papers_sealed_at_the_same_time_number_without_gap_or_double():
    """Four threads on one register, which they queue for row by row; on SQLite one after the other."""
    waiting = [acts.draft(actor=DRAFTER, **FIELDS) for _ in range(12)]
    for one in waiting:
        acts.sign(acts.check(one, actor=LEADER), actor=LEADER)
    failures: list[Exception] = []
    start = threading.Barrier(4)

    def work(papers: list[OfficialPaper]) -> None:
        try:
            start.wait()
            for one in papers:
                acts.seal(one, actor=LEADER)
        except Exception as error:
            failures.append(error)

    def work_and_close(papers: list[OfficialPaper]) -> None:
        work(papers)
        connection.close()

    if connection.vendor == "sqlite":
        start = threading.Barrier(1)  # the test's database lies in memory: one connection, no threads
        work(waiting)
    else:
        threads = [threading.Thread(target=work_and_close, args=(waiting[at::4],)) for at in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failures == []
    serials = sorted(OfficialPaper.objects.values_list("serial", flat=True))
    assert serials == list(range(1, 13))
    assert sorted(TakenNumber.objects.values_list("serial", flat=True)) == serials


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL: the test above")
def test_numbers_taken_at_the_same_time_from_a_sqlite_file(tmp_path):
    """Four threads, each with its own connection to one file, as the processes of a server have them."""

    def connect() -> Any:
        settings = {**connection.settings_dict, "NAME": str(tmp_path / "numbers.sqlite3")}
        return type(connections["default"])(settings, "default")

    first = connect()
    with first.schema_editor() as editor:
        editor.create_model(NumberSequence)
        editor.create_model(TakenNumber)
    first.close()
    taken: list[int] = []
    failures: list[Exception] = []
    start = threading.Barrier(4)

    def work() -> None:
        connections["default"] = connect()  # this thread's own
        try:
            start.wait()
            for _n in range(10):
                with transaction.atomic():
                    number = take(district="530111", prefix="样民函", year=2018, subject="样本")
                taken.append(number.serial)
        except Exception as error:
            failures.append(error)
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=work) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(taken) == list(range(1, 41))
