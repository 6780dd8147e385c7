"""Proposals from files: what is found in the text, what a person confirms, and files that cannot be read."""

import datetime as dt
import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pypdf import PdfWriter

from qingdan.core import clock
from qingdan.directory.models import Account
from qingdan.replies.intake import read_proposal, serial_of
from qingdan.replies.models import Proposal, ProposalPoint

CPPCC = """政协昆明市官渡区第九届委员会第三次会议提案

第93021号

案    由：关于加强社区老年食堂建设的提案
提 案 人：样本甲    联系电话：0871-00000000
联名提案人：样本乙、样本丙
交办日期：2018年9月3日

现状：社区老人做饭困难。
建议：
一、加大财政投入。把老年食堂纳入预算。
二、引入社会组织运营
三、完善评估制度；定期公布结果。
"""
NPC = """官渡区第十七届人民代表大会第二次会议代表建议
建议第 45 号
标题：《关于在老旧小区加装电梯的建议》
领衔代表：样本丁
附议代表：样本戊
"""


def test_what_stands_in_a_proposal_is_found() -> None:
    read = read_proposal(CPPCC)
    text = read.values.pop("text")
    assert str(text).startswith("政协昆明市")
    assert read.values == {
        "kind": "CPPCC",
        "assembly": "官渡区",
        "term": 9,
        "session": 3,
        "number": "93021",
        "title": "关于加强社区老年食堂建设的提案",
        "proposers": "样本甲",
        "cosigners": "样本乙、样本丙",
        "received_on": dt.date(2018, 9, 3),
        "points": "加大财政投入\n引入社会组织运营\n完善评估制度",
    }


def test_what_stands_in_a_suggestion_is_found() -> None:
    read = read_proposal(NPC)
    found = {
        name: read.values.get(name) for name in ("kind", "assembly", "term", "session", "number", "title")
    }
    assert found == {
        "kind": "NPC",
        "assembly": "官渡区",
        "term": 17,
        "session": 2,
        "number": "45",
        "title": "关于在老旧小区加装电梯的建议",
    }
    assert (read.values["proposers"], read.values["cosigners"]) == ("样本丁", "样本戊")


@pytest.mark.parametrize(
    "text", ["", "会议通知：明天上午开会。", "一" * 50_000, "第第第号号号：：：\n" * 2_000]
)
def test_what_does_not_stand_there_is_not_made_up(text: str) -> None:
    read = read_proposal(text)
    assert set(read.values) <= {"text", "number", "points"}
    assert "title" in read.missing(["title"])


@pytest.mark.parametrize(("number", "serial"), [("92137", 137), ("93021", None), ("A-7", None), ("92", None)])
def test_the_serial_is_part_of_the_printed_number(number: str, serial: int | None) -> None:
    assert serial_of(number, 9, 2) == serial


# ── the page ──

pytestmark = pytest.mark.django_db


@pytest.fixture
def bureau(sample: None, client: Client) -> Client:
    account = Account.objects.get(username="bureau")
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def pdf(pages: int = 1, password: str = "") -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    for _page in range(pages):
        writer.add_blank_page(width=595, height=842)
    if password:
        writer.encrypt(password)
    writer.write(out)
    return out.getvalue()


def macros() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types>macroEnabled</Types>")
        archive.writestr("word/document.xml", "<w/>")
        archive.writestr("word/vbaProject.bin", b"x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("scan.pdf", pdf(), "OCR"),
        ("secret.pdf", pdf(password="x"), "password"),
        ("long.pdf", pdf(pages=500), "500"),
        ("macros.docx", macros(), "macros"),
        ("broken.pdf", b"%PDF-1.7 nothing", "PDF"),
        ("empty.pdf", b"", ""),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(
    bureau: Client, name: str, data: bytes, says: str
) -> None:
    before = Proposal.objects.count()
    answer = bureau.post(reverse("proposal-from-file"), {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 422
    reasons = answer.context["form"].errors["file"]
    assert len(reasons) == 1
    assert says in reasons[0]
    assert Proposal.objects.count() == before


def test_what_was_read_is_registered_once_a_person_confirms_it(bureau: Client) -> None:
    with clock.living_on(dt.date(2018, 9, 12)):
        url = reverse("proposal-from-file")
        before = Proposal.objects.count()
        read = bureau.post(url, {"file": SimpleUploadedFile("提案.txt", CPPCC.encode())})
        assert (read.status_code, Proposal.objects.count()) == (200, before)
        form: Any = read.context["form"]
        values = {name: form.get_initial_for_field(form.fields[name], name) or "" for name in form.fields}
        assert (values["number"], values["title"]) == ("93021", "关于加强社区老年食堂建设的提案")
        wrong = bureau.post(url, {**values, "title": ""})
        assert wrong.status_code == 422
        assert wrong.context["form"]["proposers"].value() == "样本甲", "nothing typed is lost"
        done = bureau.post(url, {**values, "proposers": "样本甲改"})
        made = Proposal.objects.get(number="93021")
        assert done.headers["Location"] == made.get_absolute_url()
        assert (made.proposers, made.serial, made.received_on) == ("样本甲改", 21, dt.date(2018, 9, 3))
        assert "社区老人做饭困难" in made.text
        assert ProposalPoint.objects.filter(proposal=made).count() == 3
        twice = bureau.post(url, values)
        assert twice.status_code == 422


def test_a_long_text_that_came_from_a_file_can_be_corrected(bureau: Client) -> None:
    """One limit for both pages, so that a proposal registered with its whole text is not stuck with its mistakes."""
    text = "样本。" * 9_000
    sent = {
        "kind": "CPPCC",
        "assembly": "官渡区",
        "term": "9",
        "session": "2",
        "number": "92140",
        "title": "样本提案",
        "proposers": "样本委员",
        "received_on": "2018-04-02",
        "text": text,
    }
    assert bureau.post("/proposals/from-file/", sent).status_code == 302
    made = Proposal.objects.get(number="92140")
    corrected = bureau.post(f"{made.get_absolute_url()}correct/", sent | {"title": "样本提案（更正）"})
    assert corrected.status_code == 302
    made.refresh_from_db()
    assert (made.title, len(made.text)) == ("样本提案（更正）", len(text))
