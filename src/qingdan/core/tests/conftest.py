"""Fixtures for the tests of tables."""

import pytest
from django.db import connection

from qingdan.core.tests.table_cast import Item


@pytest.fixture
def put(tmp_path):
    def write(data, name="file.xlsx"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


@pytest.fixture
def item_table(transactional_db):
    with connection.schema_editor() as editor:
        editor.create_model(Item)
    yield
    with connection.schema_editor() as editor:
        editor.delete_model(Item)
