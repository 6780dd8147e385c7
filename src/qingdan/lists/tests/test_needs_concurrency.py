"""Two officers merge the same two needs, each into the other, at the same moment."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

from qingdan.core.permits import Refused
from qingdan.lists.acts import needs as acts
from qingdan.lists.lifecycle import needs as lifecycle
from qingdan.lists.models import NeedState, SocialNeed
from qingdan.lists.tests.cast import STAFF, need

pytestmark = pytest.mark.django_db(transaction=True)


class _Held:
    """The needs as the merging sees them, after both officers hold the first row that they lock."""

    def __init__(self, both: threading.Barrier) -> None:
        self.both = both
        self.objects = self

    def select_for_update(self) -> Any:
        try:
            self.both.wait(timeout=1)
        except threading.BrokenBarrierError:
            pass  # the other one waits for the lock before it, as it should
        return SocialNeed.objects.select_for_update()

    def get(self, **key: Any) -> SocialNeed:
        return SocialNeed.objects.get(**key)


def test_merging_each_into_the_other_ends_with_one_merged_and_one_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = need(), need()
    refused: list[str] = []
    broken: list[BaseException] = []

    def merge(one: SocialNeed, other: SocialNeed) -> None:
        try:
            acts.merge(actor=STAFF, need=one, survivor=other, reason="同一件事")
        except Refused as no:
            refused.append(str(no.reason))

    if connection.vendor == "sqlite":  # writers wait for each other there, so nothing can be held crosswise
        merge(first, second)
        merge(second, first)
    else:
        monkeypatch.setattr(lifecycle, "SocialNeed", _Held(threading.Barrier(2)))
        _both(broken, lambda: merge(first, second), lambda: merge(second, first))
    assert broken == []
    assert len(refused) == 1
    states = sorted(SocialNeed.objects.values_list("state", flat=True))
    assert states == sorted([NeedState.MERGED, NeedState.PUBLISHED])


def _both(broken: list[BaseException], *acts_: Callable[[], None]) -> None:
    def run(act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as fault:  # a deadlock would come as OperationalError
            broken.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts_]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
