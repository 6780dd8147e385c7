"""The cast is gathered once a module, inside a transaction that is rolled back after the module's last test."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from qingdan.directory.tests.cast import Cast, gather, meet


@pytest.fixture(scope="module")
def _gathered(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        gather()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def cast(_gathered: None, db: None) -> Cast:
    return meet()
