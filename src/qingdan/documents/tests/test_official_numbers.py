"""Numbers of papers that are sealed at the same time."""

import threading

import pytest
from django.db import connection

from qingdan.documents import acts
from qingdan.documents.models import OfficialPaper, TakenNumber
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
