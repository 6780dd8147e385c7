"""The letter as files and by command: whole or not at all, and one clear line when it cannot be."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pypdf import PdfReader

from qingdan.activities.models import Training
from qingdan.directory.models import Account, Agency
from qingdan.documents.fonts import FontsMissing
from qingdan.documents.paper import Form
from qingdan.replies import acts, commands, output
from qingdan.replies.models import Proposal, ReplyLetter
from qingdan.replies.paper import as_paper
from qingdan.replies.rendering import rendered

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _district(settings: Any) -> None:
    settings.DISTRICT = "530111"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands.reply, list(arguments))


def test_three_files_that_say_the_same(issued: ReplyLetter, tmp_path: Path) -> None:
    out = tmp_path / "a" / "b"
    result = run("92137", "--out", str(out))
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in out.iterdir()) == ["reply.docx", "reply.json", "reply.pdf"]
    pdf = "".join(page.extract_text() for page in PdfReader(out / "reply.pdf").pages)
    with zipfile.ZipFile(out / "reply.docx") as word:
        docx = re.sub(r"<[^>]*>", "", word.read("word/document.xml").decode())
    for printed in ("5场", "150万元", "样民函〔2018〕1号"):
        assert printed in "".join(pdf.split())
        assert printed in docx
    data = json.loads((out / "reply.json").read_text(encoding="utf-8"))
    assert list(data) == ["proposal", "number", "date", "as_of", "state", "title", "figures"]
    assert data["figures"] == [
        {
            "key": "activities.training",
            "by": {"topic": "LINKAGE"},
            "year": None,
            "name": "trainings held",
            "value": 5,
            "printed": "5场",
            "unit": "场",
            "approx": "none",
            "as_of": "2018-06-29",
            "records": 5,
            "link": "/figures/activities.training/?as_of=2018-06-29&by.topic=LINKAGE",
        },
        {
            "key": "funds.budget",
            "by": {"line": "DEVELOPMENT"},
            "year": 2018,
            "name": "budget arranged",
            "value": 1500000,
            "printed": "150万元",
            "unit": "元",
            "approx": "none",
            "as_of": "2018-06-29",
            "records": 1,
            "link": "/figures/funds.budget/?as_of=2018-06-29&year=2018&by.line=DEVELOPMENT",
        },
    ]


def test_the_same_letter_gives_the_same_bytes_after_the_records_changed(
    issued: ReplyLetter, tmp_path: Path
) -> None:
    run("92137", "--out", str(tmp_path / "1"))
    Training.objects.all().delete()
    run("92137", "--out", str(tmp_path / "2"))
    for name in ("reply.docx", "reply.pdf", "reply.json"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_both_layouts(issued: ReplyLetter) -> None:
    filled = rendered(issued)
    paper = as_paper(issued, filled)
    assert (paper.form, paper.mark, paper.sealed) == (Form.FILE, "样本区民政局文件", True)
    letter = as_paper(issued, filled, layout="LETTER")
    assert (letter.form, letter.mark) == (Form.LETTER, "样本区民政局")
    assert [run.text for block in paper.body for run in block.runs if run.figure] == ["5场", "150万元"]
    assert paper.marks == ("A类", "主动公开")


def test_a_sound_draft_is_marked_as_one(letter: ReplyLetter, tmp_path: Path) -> None:
    assert run("92137", "--out", str(tmp_path)).exit_code == 0
    data = json.loads((tmp_path / "reply.json").read_text(encoding="utf-8"))
    assert (data["state"], data["number"]) == ("DRAFT", "")
    paper = as_paper(letter, rendered(letter))
    assert (paper.number, paper.sealed) == ("样民函〔2018〕　号（草稿）", False)


def test_a_faulty_draft_writes_nothing_and_tells_all(
    draft: Callable[..., ReplyLetter], tmp_path: Path
) -> None:
    draft(source="服务{{a.b}}，共300人。", contact="")
    result = run("92137", "--out", str(tmp_path / "out"))
    assert result.exit_code == 1
    assert all(part in result.output for part in ("a.b", "300", "contact"))
    assert not (tmp_path / "out").exists()


def test_the_issued_letter_is_given_even_while_a_newer_one_is_drafted(
    issued: ReplyLetter, draft: Callable[..., ReplyLetter], tmp_path: Path
) -> None:
    draft(source="新稿")
    run("92137", "--out", str(tmp_path))
    assert json.loads((tmp_path / "reply.json").read_text(encoding="utf-8"))["number"] == issued.number


def test_an_unknown_number_names_near_ones(proposal: Proposal, tmp_path: Path) -> None:
    result = run("92173", "--out", str(tmp_path / "out"))
    assert (result.exit_code, result.output) == (1, "Error: There is no proposal 92173. Near ones: 92137.\n")


def test_a_proposal_without_a_letter_says_so(proposal: Proposal, tmp_path: Path) -> None:
    result = run("92137", "--out", str(tmp_path / "out"))
    assert (result.exit_code, len(result.output.splitlines())) == (1, 1)
    assert not (tmp_path / "out").exists()


def test_one_number_in_two_sessions_asks_which(
    issued: ReplyLetter, drafter: Account, bureau: Agency, tmp_path: Path
) -> None:
    acts.receive(
        actor=drafter,
        kind="NPC",
        assembly="官渡区",
        term=16,
        session=2,
        number="92137",
        title="样本建议",
        proposers="×××",
        received_on=issued.as_of,
    )
    result = run("92137", "--out", str(tmp_path))
    assert result.exit_code == 1
    assert "cppcc-9-2, npc-16-2" in result.output
    assert run("92137", "--out", str(tmp_path), "--session", "cppcc-9-2").exit_code == 0


def test_missing_fonts_leave_nothing(
    issued: ReplyLetter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> None:
        raise FontsMissing("这台机器上没有能印中文的字体")

    monkeypatch.setattr(output, "find_fonts", none)
    result = run("92137", "--out", str(tmp_path / "out"))
    assert (result.exit_code, result.output) == (1, "Error: 这台机器上没有能印中文的字体\n")
    assert not (tmp_path / "out").exists()


def test_an_out_that_is_a_file_is_refused_in_one_line(issued: ReplyLetter, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    result = run("92137", "--out", str(tmp_path / "out"))
    assert (result.exit_code, len(result.output.splitlines())) == (1, 1)
    assert (tmp_path / "out").read_text() == "x"


def test_files_that_stood_there_stand_there_still_when_one_cannot_be_placed(
    issued: ReplyLetter, tmp_path: Path
) -> None:
    (tmp_path / "reply.pdf").write_text("old")
    (tmp_path / "reply.json").mkdir()
    assert run("92137", "--out", str(tmp_path)).exit_code == 1
    assert (tmp_path / "reply.pdf").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["reply.json", "reply.pdf"]


def test_a_pdf_reads_back_its_text(issued: ReplyLetter) -> None:
    content = output.file_bytes(issued, rendered(issued), "pdf")
    text = "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())
    assert "感谢您对我们工作的关心和支持" in text
