"""The commands `match` and `duplicates`: what they write and what they refuse."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qingdan.engine.matching_commands import duplicates, match

NEED = {"id": "N1", "text": "老人吃不上热饭", "category": "养老", "place": "双桥社区"}
RESOURCE = {"id": "R1", "text": "长者饭堂供应午餐", "category": "养老", "capacity": 30}


def write(path: Path, *lines: object) -> Path:
    path.write_text(
        "\n".join(x if isinstance(x, str) else json.dumps(x, ensure_ascii=False) for x in lines),
        encoding="utf-8",
    )
    return path


def run_match(tmp_path: Path, *needs: object, out: Path | None = None, extra: tuple[str, ...] = ()) -> Result:
    files = write(tmp_path / "needs.jsonl", *needs), write(tmp_path / "resources.jsonl", RESOURCE)
    target = out or tmp_path / "out.jsonl"
    return CliRunner().invoke(
        match, ["--needs", str(files[0]), "--resources", str(files[1]), "--out", str(target), *extra]
    )


def test_match_writes_one_line_a_need(tmp_path: Path) -> None:
    result = run_match(tmp_path, NEED, "", {"id": 2, "text": "停车难"})
    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["need"] for line in lines] == ["N1", "2"]
    best = lines[0]["matches"][0]
    assert best["id"] == "R1"
    assert best["score"] == pytest.approx(sum(part["points"] for part in best["because"]))
    assert {part["code"] for part in best["because"]} == {
        "content",
        "category",
        "target",
        "place",
        "time",
        "capacity",
    }


def test_duplicates_writes_groups_with_reasons(tmp_path: Path) -> None:
    needs = write(
        tmp_path / "needs.jsonl",
        NEED,
        {"id": "N2", "text": "长者午餐没着落，吃饭难"},
        {"id": "N3", "text": "停车难"},
    )
    out = tmp_path / "groups.jsonl"
    result = CliRunner().invoke(duplicates, ["--needs", str(needs), "--out", str(out)])
    assert result.exit_code == 0, result.output
    (group,) = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert group["ids"] == ["N1", "N2"]
    (pair,) = group["pairs"]
    assert (pair["a"], pair["b"]) == ("N1", "N2")
    assert all(part["reason"] for part in pair["because"])


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ('{"id": "x", "text": ', "line 2: not JSON"),
        ('["x"]', "line 2: expected an object"),
        ({"text": "没有编号"}, 'line 2: "id" is missing'),
        ({"id": "x"}, 'line 2: "text" is missing'),
        ({"id": "x", "text": "  "}, 'line 2: "text" is missing'),
        ({"id": "N1", "text": "重复"}, 'line 2: id "N1" stands already on line 1'),
        ({"id": "x", "text": "长" * 1_000_000}, 'line 2: "text" has 1,000,000 characters'),
        ({"id": "x", "text": "人", "capacity": "many"}, 'line 2: "capacity" must be a number'),
        ({"id": "x", "text": "人", "capacity": -1}, 'line 2: "capacity" must not be negative'),
        ('{"id": "x", "text": "人", "capacity": NaN}', 'line 2: "capacity" must not be negative'),
        ('{"id": "x", "text": "人", "capacity": 1' + "0" * 400 + "}", 'line 2: "capacity" must not be'),
        ('{"id": "x", "text": "人", "capacity": 1' + "0" * 5000 + "}", "line 2: not JSON"),
        ('{"id": "x", "text": "\\ud800"}', "line 2: half of a character"),
        ({"id": "x", "text": "人", "place": []}, 'line 2: "place" must be text'),
        ("[" * 100_000, "line 2: not JSON"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_written(tmp_path: Path, bad: object, says: str) -> None:
    result = run_match(tmp_path, NEED, bad)
    assert result.exit_code == 1
    assert result.output.startswith("Error: needs.jsonl, ")
    assert says in result.output
    assert result.output.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["needs.jsonl", "resources.jsonl"]


def test_a_file_that_is_not_there_is_named_on_one_line(tmp_path: Path) -> None:
    for option in ("--needs", "--lexicon"):
        needs = write(tmp_path / "needs.jsonl", NEED)
        arguments = ["--needs", str(needs), "--out", str(tmp_path / "o"), option, str(tmp_path / "absent")]
        result = CliRunner().invoke(duplicates, arguments)
        assert result.exit_code == 1
        assert "absent: cannot be read" in result.output
        assert result.output.count("\n") == 1


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    result = run_match(tmp_path)
    assert result.exit_code == 1
    assert "needs.jsonl: no lines" in result.output


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    needs = tmp_path / "needs.jsonl"
    needs.write_bytes(json.dumps(NEED, ensure_ascii=False).encode("gb18030"))
    result = CliRunner().invoke(duplicates, ["--needs", str(needs), "--out", str(tmp_path / "o")])
    assert result.exit_code == 1
    assert "line 1: not UTF-8" in result.output


def test_a_place_that_cannot_be_written_is_refused_and_the_old_file_stays(tmp_path: Path) -> None:
    missing = run_match(tmp_path, NEED, out=tmp_path / "no" / "out.jsonl")
    assert missing.exit_code != 0
    assert "no such folder" in missing.output
    out = write(tmp_path / "out.jsonl", "old")
    assert run_match(tmp_path, NEED, "broken", out=out).exit_code == 1
    assert out.read_text(encoding="utf-8") == "old"


def test_staff_can_add_words_of_their_own(tmp_path: Path) -> None:
    own = write(tmp_path / "own.txt", "# 本地叫法", "[养老]", "助餐 甑蒸子")
    need = {"id": "N1", "text": "想要甑蒸子"}
    scores = []
    for extra in ((), ("--lexicon", str(own))):
        assert run_match(tmp_path, need, extra=extra).exit_code == 0
        line = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))
        scores.append(line["matches"][0]["score"])
    assert scores[1] > scores[0] + 10


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("助餐 食堂", "line 1: words stand before the first [heading]"),
        ("[养老", "line 1: a heading is written"),
        ("[养老]\n助餐 <", "line 2: write synonyms"),
        ("[养老]\n助餐 ~", "line 2: write synonyms"),
    ],
)
def test_a_wrong_line_in_a_word_list_is_named(tmp_path: Path, line: str, says: str) -> None:
    own = write(tmp_path / "own.txt", line)
    result = run_match(tmp_path, NEED, extra=("--lexicon", str(own)))
    assert result.exit_code == 1
    assert "own.txt, " + says in result.output


@pytest.mark.parametrize("name", ["needs.jsonl", "resources.jsonl"])
def test_the_lists_that_are_read_are_never_written_over(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, NEED)
    result = run_match(tmp_path, NEED, out=tmp_path / "." / name)
    assert result.exit_code == 1
    assert "choose another --out" in result.output
    assert "matches" not in (tmp_path / name).read_text(encoding="utf-8")
    result = CliRunner().invoke(duplicates, ["--needs", str(tmp_path / name), "--out", str(tmp_path / name)])
    assert result.exit_code == 1
    assert "text" in (tmp_path / name).read_text(encoding="utf-8")
