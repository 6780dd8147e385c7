import pytest

from qingdan.directory.tests.cast import Cast, gather


@pytest.fixture
def cast(db: None) -> Cast:
    return gather()
