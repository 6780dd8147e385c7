"""Fixtures for the tests of the three lists."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from qingdan.core import clock
from qingdan.lists import matching

if TYPE_CHECKING:
    from qingdan.directory.models import Account, Place

# So that their assertions are explained as a test's are.
pytest.register_assert_rewrite("qingdan.lists.tests.cast", "qingdan.lists.tests.two_streets")


@pytest.fixture
def no_index() -> Iterator[None]:
    """The index of resources is kept in the process; a rolled-back one must not reach the next test."""
    matching.forget()
    yield
    matching.forget()


@pytest.fixture
def on_the_day() -> Iterator[None]:
    from qingdan.lists.tests.cast import TODAY  # not before it is registered above

    with clock.living_on(TODAY):
        yield


@pytest.fixture
def places(db: None) -> "dict[str, Place]":
    """The places of `two_streets`, where no sample is."""
    from qingdan.lists.tests.two_streets import build_places

    return build_places()


@pytest.fixture
def cast(places: "dict[str, Place]") -> "dict[str, Account]":
    from qingdan.lists.tests.two_streets import build_cast

    return build_cast(places)
