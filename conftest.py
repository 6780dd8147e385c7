"""Fixtures and rules for every test, in the rooms and here."""

import importlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

# How long an example takes depends on the machine, which no test may.
hypothesis.settings.register_profile("qingdan", deadline=None)
hypothesis.settings.load_profile("qingdan")

pytest_plugins = ["tests.browser", "tests.database"]

# Playwright's synchronous browser keeps an event loop in the thread after its stories; the tests that follow in the
# same process use the database from that thread, and nothing of theirs is asynchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write", action="store_true", help="write the recorded tables (docs/permissions.md) anew"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Chinese is what pages are tested in, so the catalogues are compiled before anything starts."""
    if not hasattr(config, "workerinput"):
        from scripts.catalogues import compile_all

        compile_all()


LONG = ("test_permission_matrix", "test_story_", "test_web_browser")
STAYING = {
    "sample",
    "_gathered",
}  # records that stay from the first test asking for them to the module's last


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The modules that take longest come first, or one process would still be at them when the others are done.

    In each module the tests of an empty district come before those of a filled one, however they are written down.
    """
    modules = {path: number for number, path in enumerate(dict.fromkeys(item.path for item in items))}

    def place(item: pytest.Item) -> tuple[bool, int, bool]:
        filled = bool(STAYING & set(getattr(item, "fixturenames", ())))
        return not any(name in item.nodeid for name in LONG), modules[item.path], filled

    items.sort(key=place)


@pytest.fixture(autouse=True)
def _own_anchors(settings: Any, tmp_path: Path) -> None:
    """The journal's anchors lie outside the database, so no rollback takes them away: a place for each test."""
    settings.DATA = tmp_path


@pytest.fixture
def english() -> Iterator[None]:
    """Messages as they stand in the code, for tests that read them."""
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def forget_holidays() -> Iterator[None]:
    """The holiday table is cached in the process; a rolled-back one must not reach the next test."""
    from qingdan.core import calendar

    calendar.forget()
    yield
    calendar.forget()


@pytest.fixture(autouse=True, scope="session")
def journal_guard_opens_for_flush() -> Iterator[None]:
    """Tests with real transactions empty the tables afterwards; only there the journal's triggers step aside."""
    from django.db import connection
    from django.test import TestCase, TransactionTestCase

    guard = importlib.import_module("qingdan.core.migrations.0002_append_only")
    teardown = TransactionTestCase._fixture_teardown

    def flush(case: TransactionTestCase) -> None:
        if isinstance(case, TestCase):  # rolls back instead
            teardown(case)
            return
        with connection.schema_editor() as editor:
            guard.lower_guard(None, editor)
        try:
            teardown(case)
        finally:
            with connection.schema_editor() as editor:
                guard.raise_guard(None, editor)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", flush)
        yield
