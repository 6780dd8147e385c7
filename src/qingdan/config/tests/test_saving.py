import json
import shutil
import sqlite3
import tarfile

import pytest

from qingdan.config import saving

NOTHING = lambda _number: None  # noqa: E731  (a progress that is shown nowhere)


@pytest.fixture
def installation(tmp_path):
    data = tmp_path / "var"
    (data / "keys").mkdir(parents=True, mode=0o700)
    (data / "keys" / "secret_key").write_text("k" * 64)
    (data / "files" / "2018").mkdir(parents=True)
    (data / "files" / "2018" / "证明.pdf").write_bytes(b"%PDF evidence")
    (data / "anchors").mkdir()
    (data / "anchors" / "journal-530111.jsonl").write_text('{"sequence": 1}\n')
    (data / "static").mkdir()
    (data / "static" / "made.css").write_text("can be made again")
    with sqlite3.connect(data / "qingdan.sqlite3") as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE need (title TEXT)")
        connection.execute("INSERT INTO need VALUES ('放学后无人看护')")
    connection.close()
    return data


def database(data):
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(data / "qingdan.sqlite3")}


def save(data, target, *, keys=True):
    return saving.backup(
        target, data=data, database=database(data), about={"keys": keys}, keys=keys, progress=NOTHING
    )


def put_back(source, data, given=None):
    return saving.restore(source, data=data, database=given, progress=NOTHING)


def content(data):
    return {str(path.relative_to(data)): path.read_bytes() for path in data.rglob("*") if path.is_file()}


def needs(data):
    connection = sqlite3.connect(data / "qingdan.sqlite3")
    rows = connection.execute("SELECT title FROM need").fetchall()
    connection.close()
    return rows


def test_what_was_saved_comes_back(installation, tmp_path):
    save(installation, tmp_path / "b.tar.gz")
    put_back(tmp_path / "b.tar.gz", tmp_path / "new")
    assert needs(tmp_path / "new") == [("放学后无人看护",)]
    kept = {
        name: data
        for name, data in content(installation).items()
        if name.split("/")[0] in {"keys", "files", "anchors"}
    }
    came = content(tmp_path / "new")
    assert {name: data for name, data in came.items() if name != "qingdan.sqlite3"} == kept


def test_a_backup_is_taken_while_someone_writes(installation, tmp_path):
    writer = sqlite3.connect(installation / "qingdan.sqlite3")
    writer.execute("INSERT INTO need VALUES ('尚未提交')")
    save(installation, tmp_path / "b.tar.gz")
    writer.commit()
    writer.close()
    put_back(tmp_path / "b.tar.gz", tmp_path / "new")
    assert needs(tmp_path / "new") == [("放学后无人看护",)]


def test_a_backup_can_leave_the_keys_out(installation, tmp_path):
    manifest = save(installation, tmp_path / "b.tar.gz", keys=False)
    assert not [name for name in manifest["members"] if name.startswith("keys/")]


def test_only_the_owner_can_read_a_backup(installation, tmp_path):
    save(installation, tmp_path / "b.tar.gz")
    assert (tmp_path / "b.tar.gz").stat().st_mode & 0o077 == 0


def test_no_backup_is_overwritten(installation, tmp_path):
    (tmp_path / "b.tar.gz").write_text("the one before")
    with pytest.raises(saving.SavingError, match="exists already"):
        save(installation, tmp_path / "b.tar.gz")
    assert (tmp_path / "b.tar.gz").read_text() == "the one before"


def test_a_backup_that_fails_leaves_nothing_behind(installation, tmp_path):
    def stop(_number):
        raise OSError("no room")

    folder = tmp_path / "backups"
    folder.mkdir()
    with pytest.raises(OSError, match="no room"):
        saving.backup(
            folder / "b.tar.gz",
            data=installation,
            database=database(installation),
            about={},
            keys=True,
            progress=stop,
        )
    assert list(folder.iterdir()) == []


def test_a_place_with_anything_in_it_is_refused(installation, tmp_path):
    save(installation, tmp_path / "b.tar.gz")
    before = content(installation)
    with pytest.raises(saving.SavingError, match="not empty"):
        put_back(tmp_path / "b.tar.gz", installation)
    assert content(installation) == before


def test_an_empty_directory_is_a_place(installation, tmp_path):
    save(installation, tmp_path / "b.tar.gz")
    (tmp_path / "new").mkdir()
    put_back(tmp_path / "b.tar.gz", tmp_path / "new")
    assert needs(tmp_path / "new") == [("放学后无人看护",)]


def repack(source, target, change):
    """The same archive after `change(folder)`."""
    folder = source.parent / "repacked"
    with tarfile.open(source) as tar:
        for member in tar:
            path = folder / member.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(tar.extractfile(member).read())
    change(folder)
    with tarfile.open(target, "w:gz") as tar:
        for path in sorted(folder.rglob("*")):
            if path.is_file() or path.is_symlink():
                tar.add(path, str(path.relative_to(folder)))


def alter(name, data):
    return lambda folder: (folder / name).write_bytes(data)


def change_format(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "format": 99}))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (alter("files/2018/证明.pdf", b"%PDF forged"), "does not agree"),
        (alter("files/added", b"more"), "does not agree"),
        (lambda folder: (folder / "keys" / "secret_key").unlink(), "does not agree"),
        (lambda folder: (folder / "manifest.json").unlink(), "not a backup"),
        (lambda folder: (folder / "files" / "link").symlink_to("/etc/passwd"), "no backup has"),
        (change_format, "not a backup that this version"),
        (lambda folder: shutil.rmtree(folder / "files"), "does not agree"),
    ],
)
def test_an_altered_backup_is_refused_and_nothing_stays(installation, tmp_path, change, said):
    save(installation, tmp_path / "b.tar.gz")
    repack(tmp_path / "b.tar.gz", tmp_path / "c.tar.gz", change)
    inside = tmp_path / "inside"
    inside.mkdir()
    with pytest.raises(saving.SavingError, match=said):
        put_back(tmp_path / "c.tar.gz", inside / "new")
    assert list(inside.iterdir()) == []


def test_a_name_that_leads_outside_is_refused(tmp_path):
    (tmp_path / "evil").write_text("x")
    with tarfile.open(tmp_path / "c.tar.gz", "w:gz") as tar:
        tar.add(tmp_path / "evil", "../outside")
    with pytest.raises(saving.SavingError, match="no backup has"):
        put_back(tmp_path / "c.tar.gz", tmp_path / "place" / "new")
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("size", [0, 10, 200])
def test_half_a_backup_is_refused(installation, tmp_path, size):
    save(installation, tmp_path / "b.tar.gz")
    (tmp_path / "c.tar.gz").write_bytes((tmp_path / "b.tar.gz").read_bytes()[:size])
    with pytest.raises(saving.SavingError, match="not a whole backup"):
        put_back(tmp_path / "c.tar.gz", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_an_sqlite_backup_does_not_go_into_postgresql(installation, tmp_path):
    save(installation, tmp_path / "b.tar.gz")
    with pytest.raises(saving.SavingError, match="without DATABASE_URL"):
        put_back(tmp_path / "b.tar.gz", tmp_path / "new", {"NAME": "x"})
    assert not (tmp_path / "new").exists()
