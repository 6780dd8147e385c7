"""Fixtures for every room."""

from collections.abc import Iterator
from typing import Any

import pytest

from qingdan.core import calendar


@pytest.fixture(scope="module")
def sample(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The sample district, loaded once for a test module; needs `pytestmark = pytest.mark.django_db`.

    What a test itself changes is rolled back after it; the sample goes when the module is done.
    """
    from django.db import transaction

    from qingdan.sample.load import load

    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        try:
            load()
            yield
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def forget_holidays() -> Iterator[None]:
    """The holiday table is cached in the process; a rolled-back one must not reach the next test."""
    calendar.forget()
    yield
    calendar.forget()
