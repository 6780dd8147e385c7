"""The test database, made once and copied: migrated for the run, loaded with the sample for the modules that ask.

SQLite keeps both as files of a directory whose name is a hash of the code that makes them and of the day, so that
processes of one run share them and the next run of the same code on the same day finds them. Copying takes
hundredths of a second, migrating and loading many. PostgreSQL migrates in each process, and loads the sample in a
transaction around each module.
"""

import datetime as dt
import fcntl
import hashlib
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import django
import pytest
from django.db import connection, transaction

from tests.house import ROOT, SOURCE

EMPTY, SAMPLE = "migrated.sqlite3", "sample.sqlite3"
LONGEST_RUN = 3 * 3600  # seconds
_NO_PART = {"tests", "static", "templates", "__pycache__"}  # of what the databases are made from


@cache
def _place() -> Path:
    """Where this code's databases of today lie; those that no run can be using any more are taken away."""
    code = hashlib.sha256(f"{django.VERSION} {sys.version} {sqlite3.sqlite_version}".encode())
    for path in sorted(SOURCE.rglob("*")):
        inside = path.relative_to(SOURCE)
        if path.is_file() and path.suffix != ".mo" and not _NO_PART & set(inside.parts):
            code.update(f"{inside}\0".encode() + path.read_bytes())
    code.update((ROOT / "requirements.txt").read_bytes())
    home = Path(tempfile.gettempdir()) / f"qingdan-tests-{os.getuid()}"
    home.mkdir(mode=0o700, exist_ok=True)
    if home.stat().st_uid != os.getuid():
        raise pytest.UsageError(f"{home} belongs to another user: take it away, or set TMPDIR.")
    place = home / f"{dt.date.today().isoformat()}-{code.hexdigest()[:16]}"
    place.mkdir(exist_ok=True)
    os.utime(place)
    for old in home.iterdir():
        with suppress(FileNotFoundError):  # another run takes it away at this moment
            if old.stat().st_mtime < place.stat().st_mtime - LONGEST_RUN:
                shutil.rmtree(old, ignore_errors=True)
    return place


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time makes a database; the others wait and copy it."""
    with (_place() / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _keep(name: str) -> None:
    made = _place() / f"{name}.{os.getpid()}"
    with closing(sqlite3.connect(made)) as copy:
        connection.connection.backup(copy)
    made.replace(_place() / name)


def _fill(name: str) -> None:
    connection.ensure_connection()
    with closing(sqlite3.connect(_place() / name)) as kept:
        kept.backup(connection.connection)


@pytest.fixture(scope="session")
def _before_migrating(django_db_blocker: Any) -> Iterator[ExitStack]:
    """Fill the new database from the kept one, if there is one, so that nothing is left to migrate."""
    with ExitStack() as until_migrated:
        if connection.vendor == "sqlite":
            until_migrated.enter_context(_alone())
            make = connection.creation._create_test_db

            def make_and_fill(*given: Any, **named: Any) -> Any:
                name = make(*given, **named)
                connection.close()
                connection.settings_dict["NAME"] = name
                _fill(EMPTY)
                return name

            if (_place() / EMPTY).exists():
                until_migrated.enter_context(
                    mock.patch.object(connection.creation, "_create_test_db", make_and_fill)
                )
        yield until_migrated


@pytest.fixture(scope="session")
def django_db_setup(_before_migrating: ExitStack, django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite" and not (_place() / EMPTY).exists():
            _keep(EMPTY)
    _before_migrating.close()


@pytest.fixture(scope="module")
def sample(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The sample district for a test module; needs `pytestmark = pytest.mark.django_db`.

    What a test itself changes is rolled back after it; the sample goes when the module is done.
    """
    from qingdan.sample.load import load

    with django_db_blocker.unblock():
        if connection.vendor != "sqlite":
            with transaction.atomic():
                load()
                yield
                transaction.set_rollback(True)
            return
        with _alone():
            if (_place() / SAMPLE).exists():
                _fill(SAMPLE)
            else:
                load()
                _keep(SAMPLE)
        yield
        _fill(EMPTY)
