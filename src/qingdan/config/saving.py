"""Backups: one .tar.gz with the database, the files, the word lists, the keys and the anchors of the journal.

The database is copied first, as of one moment (SQLite's online backup, or pg_dump); files are only ever added, so
everything it refers to is in the archive. `manifest.json` comes last and holds the SHA-256 of every
member; `restore` unpacks beside the empty place, checks each one, and only then moves the whole into it.
"""

import contextlib
import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

FORMAT = 1
FOLDERS = ("files", "anchors", "words")  # of the data directory; the keys as well, unless left out
SQLITE = "qingdan.sqlite3"
POSTGRESQL = "database.pgdump"
Progress = Callable[[int], None]


class SavingError(Exception):
    """A backup cannot be made or used. `str()` says what to do."""


@dataclass
class _Archive:
    """A tar being written, with the hash of each member."""

    tar: tarfile.TarFile
    progress: Progress
    members: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, path: Path, name: str) -> None:
        info = self.tar.gettarinfo(str(path), name)
        info.uid = info.gid = 0
        info.uname = info.gname = ""
        info.mode = 0o600
        with path.open("rb") as file:
            reader = _Hashing(file, self.progress)
            self.tar.addfile(info, reader)
        self.members[name] = {"bytes": info.size, "sha256": reader.hash.hexdigest()}


class _Hashing:
    """A file that hashes what is read from it."""

    def __init__(self, file: IO[bytes], progress: Progress) -> None:
        self.file, self.progress, self.hash = file, progress, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self.hash.update(data)
        self.progress(len(data))
        return data


# ── backup ──────────────────────────────────────────────────────────────────


def contents(data: Path, *, keys: bool) -> list[tuple[Path, str]]:
    """The files of a data directory that a backup keeps, with their names in it."""
    found = []
    for folder in (*FOLDERS, *(["keys"] if keys else [])):
        root = data / folder
        for path in sorted(root.rglob("*")):
            if path.is_file() and not path.is_symlink():
                found.append((path, f"{folder}/{path.relative_to(root).as_posix()}"))
    return found


def backup(
    target: Path,
    *,
    data: Path,
    database: dict[str, Any],
    about: dict[str, Any],
    keys: bool,
    progress: Progress,
) -> dict[str, Any]:
    """Write the archive and return its manifest; an interrupted backup leaves no file behind.

    `database` is an entry of Django's DATABASES, `about` what the manifest should say besides.
    """
    if target.exists():
        raise SavingError(f"{target} exists already: choose another name, so that no backup is overwritten.")
    if not target.parent.is_dir():
        raise SavingError(f"{target.parent} is no folder: make it first, or choose another.")
    part = target.with_name(f".{target.name}.part")
    try:
        with tempfile.TemporaryDirectory(prefix="qingdan-backup-", dir=target.parent) as work:
            dump, name = copy_database(database, Path(work))
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # it holds the keys
            with (
                os.fdopen(descriptor, "wb") as raw,
                tarfile.open(fileobj=raw, mode="w:gz", compresslevel=6) as tar,
            ):
                archive = _Archive(tar, progress)
                archive.add(dump, name)
                for path, member in contents(data, keys=keys):
                    archive.add(path, member)
                manifest = {"format": FORMAT, "database": name, **about, "members": archive.members}
                text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
                info = tarfile.TarInfo("manifest.json")
                info.size, info.mode = len(text), 0o600
                tar.addfile(info, io.BytesIO(text))
            with part.open("rb") as written:
                os.fsync(written.fileno())
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def copy_database(database: dict[str, Any], folder: Path) -> tuple[Path, str]:
    """The database as of one moment, as a file in `folder`, and its name in the archive."""
    if database["ENGINE"].endswith("sqlite3"):
        made = folder / SQLITE
        with (
            contextlib.closing(sqlite3.connect(f"file:{database['NAME']}?mode=ro", uri=True)) as source,
            contextlib.closing(sqlite3.connect(made)) as copy,
        ):
            source.backup(copy)
        return made, SQLITE
    made = folder / POSTGRESQL
    _postgresql(database, ["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={made}"])
    return made, POSTGRESQL


def _postgresql(database: dict[str, Any], command: list[str]) -> None:
    """Run a PostgreSQL program against `database`, its address and password given in the environment."""
    if not shutil.which(command[0]):
        raise SavingError(
            f"{command[0]} is not installed: install PostgreSQL's client programs of the server's version or newer."
        )
    given = {
        "PGHOST": database.get("HOST"),
        "PGPORT": database.get("PORT"),
        "PGUSER": database.get("USER"),
        "PGPASSWORD": database.get("PASSWORD"),
        "PGDATABASE": database["NAME"],
    }
    environment = os.environ | {key: str(value) for key, value in given.items() if value}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        raise SavingError(f"{command[0]} failed: {said[0] if said else f'status {done.returncode}'}")


# ── restore ─────────────────────────────────────────────────────────────────


def restore(
    source: Path, *, data: Path, database: dict[str, Any] | None, progress: Progress
) -> dict[str, Any]:
    """Unpack a backup into an empty data directory (and an empty PostgreSQL database); returns its manifest.

    Nothing is left in `data` unless every member is there and has the hash that the manifest names.
    """
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise SavingError(f"{data} is not empty: restore into a new place, named by QINGDAN_DATA.")
    data.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{data.name}-restore-", dir=data.parent))  # mode 0700
    try:
        manifest = _unpack(source, work, progress)
        if manifest["database"] == POSTGRESQL:
            _load_postgresql(work / POSTGRESQL, database)
            (work / POSTGRESQL).unlink()
        elif database is not None:
            raise SavingError("This backup holds an SQLite database: restore it without DATABASE_URL.")
        else:
            _check_sqlite(work / SQLITE)
        if data.exists():
            data.rmdir()
        work.rename(data)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return manifest


def _unpack(source: Path, folder: Path, progress: Progress) -> dict[str, Any]:
    hashes: dict[str, str] = {}
    manifest: dict[str, Any] | None = None
    try:
        with tarfile.open(source, "r:gz") as tar:
            for member, file in _regular(tar):
                if member.name == "manifest.json":
                    manifest = json.load(file)
                    continue
                hashes[member.name] = _write(file, folder / member.name, progress)
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise SavingError(f"{source} is not a whole backup ({error}).") from error
    if manifest is None or manifest.get("format") != FORMAT:
        raise SavingError(f"{source} is not a backup that this version of Qingdan can read.")
    named = {name: entry["sha256"] for name, entry in manifest["members"].items()}
    wrong = sorted(name for name in named.keys() | hashes.keys() if named.get(name) != hashes.get(name))
    if wrong:
        raise SavingError(f"{source} is damaged: {wrong[0]} does not agree with the manifest.")
    return manifest


def _regular(tar: tarfile.TarFile) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    """Plain files with names that stay inside; anything else does not belong into a backup."""
    for member in tar:
        name = PurePosixPath(member.name)
        file = tar.extractfile(member) if member.isreg() else None
        if file is None or name.is_absolute() or ".." in name.parts:
            raise SavingError(f"The archive holds {member.name}, which no backup has.")
        yield member, file


def _write(file: IO[bytes], path: Path, progress: Progress) -> str:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while block := file.read(1 << 20):
            digest.update(block)
            out.write(block)
            progress(len(block))
    return digest.hexdigest()


def _check_sqlite(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as connection:
        (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if said != "ok":
        raise SavingError(f"The database in the backup is damaged: {said}.")


def _load_postgresql(dump: Path, database: dict[str, Any] | None) -> None:
    if database is None:
        raise SavingError("This backup holds a PostgreSQL database: name an empty one with DATABASE_URL.")
    import psycopg

    where = {"dbname": database["NAME"], "host": database.get("HOST"), "port": database.get("PORT")}
    where |= {"user": database.get("USER"), "password": database.get("PASSWORD")}
    try:
        with psycopg.connect(**{key: value for key, value in where.items() if value}) as connection:
            found = connection.execute(
                "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()"
            ).fetchone()
    except psycopg.OperationalError as error:
        raise SavingError(
            f"The database does not answer ({str(error).splitlines()[0]}): check DATABASE_URL."
        ) from error
    if found and found[0]:
        raise SavingError("The database named by DATABASE_URL is not empty: restore into a new one.")
    _postgresql(
        database,
        [
            "pg_restore",
            "--no-owner",
            "--no-privileges",
            "--exit-on-error",
            "--single-transaction",
            f"--dbname={database['NAME']}",
            str(dump),
        ],
    )
