"""Fixtures for the tests of the three lists."""

from collections.abc import Iterator

import pytest

from qingdan.core import clock
from qingdan.lists import matching

pytest.register_assert_rewrite(
    "qingdan.lists.tests.cast"
)  # so that its assertions are explained as a test's are


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
