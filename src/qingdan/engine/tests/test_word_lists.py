"""Word lists of staff: added to the shipped lexicon, taken up when they change, left out while they cannot be read."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from qingdan.engine import word_lists
from qingdan.engine.lexicon import Lexicon, shipped
from qingdan.engine.matching_commands import match

ODD = "摸着石头下楼"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QINGDAN_DATA", str(tmp_path))
    found = word_lists.staff_folder()
    found.mkdir()
    return found


def heads(lexicon: Lexicon, text: str) -> set[str]:
    return {finding.group.head for finding in lexicon.find(text) if finding.surface == text}


def write(path: Path, content: str, age: int = 0) -> None:
    """A file with a time of its own, so that no test waits for the clock of the disk."""
    path.write_text(content, encoding="utf-8")
    os.utime(path, ns=(age, age))


def test_without_lists_of_staff_the_shipped_lexicon_is_in_use(folder: Path) -> None:
    assert word_lists.in_use() is shipped()


def test_a_list_is_taken_up_when_it_comes_changes_and_goes(folder: Path) -> None:
    own = folder / "社区.txt"
    write(own, f"[治理]\n楼道照明 {ODD}\n", 1)
    first = word_lists.in_use()
    assert heads(first, ODD) == {"楼道照明"}
    assert word_lists.in_use() is first
    write(own, f"[养老]\n扶手安装 {ODD}\n", 2)
    assert heads(word_lists.in_use(), ODD) == {"扶手安装"}
    own.unlink()
    assert word_lists.in_use() is shipped()


def test_a_list_with_a_wrong_line_is_left_out_and_the_others_stay(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(folder / "a.txt", f"[治理]\n楼道照明 {ODD}\n")
    write(folder / "b.txt", "没有标题的一行\n")
    (folder / "c.txt").write_bytes("[治理]\n路灯".encode("gb18030"))
    assert heads(word_lists.in_use(), ODD) == {"楼道照明"}
    good, wrong = word_lists.good_ones(word_lists.staff_lists())
    assert [path.name for path in good] == ["a.txt"]
    assert [words.partition(":")[0] for words in wrong] == ["b.txt, line 1", "c.txt"]
    assert all(words in caplog.text for words in wrong)


def test_commands_match_by_the_same_words_as_the_pages(folder: Path, tmp_path: Path) -> None:
    for name, text in (("needs", ODD), ("resources", "楼道照明维修")):
        (tmp_path / name).write_text(json.dumps({"id": name, "text": text}), encoding="utf-8")
    points = []
    for words in ("", f"[治理]\n楼道照明 {ODD}\n", "没有标题的一行\n"):
        write(folder / "own.txt", words)
        out = tmp_path / "out"
        files = [part for name in ("needs", "resources") for part in (f"--{name}", str(tmp_path / name))]
        done = CliRunner().invoke(match, [*files, "--out", str(out)])
        if done.exit_code:
            assert "own.txt, line 1" in done.output
        else:
            points.append(json.loads(out.read_text(encoding="utf-8"))["matches"][0]["score"])
    assert len(points) == 2
    assert points[1] > points[0] + 20
