"""Six clerks, one resource, the same moment."""

import threading

import pytest
from django.db import connection, connections

from qingdan.core.permits import Refused
from qingdan.lists.acts import matches as acts
from qingdan.lists.tests.cast import STAFF, holds_together, need, resource, windows_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("of_the_window", [False, True])
def test_orders_at_the_same_moment_do_not_promise_the_same_persons(of_the_window):
    """The resource has room for two of six, as a whole or in its only time window."""
    room = resource(500 if of_the_window else 50)
    if of_the_window:
        windows_of(room, 50)
    needs = [need(20) for _n in range(6)]
    refused: list[str] = []

    def order(wish):
        try:
            acts.order(need=wish, resource=room, actor=STAFF)
        except Refused as no:
            refused.append(str(no))

    def in_thread(wish, start):
        try:
            start.wait()
            order(wish)
        finally:
            connections.close_all()

    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        # a database in memory belongs to one connection: the orders come one after the other
        for wish in needs:
            order(wish)
    else:
        start = threading.Barrier(len(needs))
        threads = [threading.Thread(target=in_thread, args=(wish, start)) for wish in needs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    holds_together(room)
    assert room.reserved == 40
    assert len(refused) == 4
