"""Helpers for tests of every room."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


def assert_constant_queries(act: Callable[[], Any], grow: Callable[[], Any]) -> int:
    """`act` must need as many queries after `grow` has added records as before. Answers the number.

    What `act` caches at a first run (content types, translations, counts beside the navigation) does not count:
    it runs once before each measurement.
    """
    act()
    before = _queries(act)
    grow()
    act()
    after = _queries(act)
    if len(after) != len(before):
        extra = "\n".join(after[len(before) :][:10])
        raise AssertionError(
            f"{len(before)} queries before, {len(after)} after more records; the last:\n{extra}"
        )
    return len(after)


def _queries(act: Callable[[], Any]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        act()
    return [query["sql"] for query in captured.captured_queries]
