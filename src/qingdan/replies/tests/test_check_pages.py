"""The page on which a letter from elsewhere is held against the records."""

import html
import io
import re
import zipfile
from pathlib import Path

import docx
import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from qingdan.core.files_models import StoredFile
from qingdan.directory.models import Account
from qingdan.replies import check_pages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample")]
LETTER = Path(__file__).with_name("data") / "incoming.txt"
ADDRESS = "/check/"


@pytest.fixture
def office() -> Client:
    client = Client()
    client.force_login(Account.objects.get(username="street"))
    return client


def send(client, data: bytes, name="letter.txt", **fields):
    return client.post(ADDRESS, {"file": SimpleUploadedFile(name, data), **fields})


def outcomes(answer):
    return {one.traced.claim.text: one.traced.outcome for one in answer.context["checked"]}


def test_the_text_is_shown_whole_with_each_quantity_marked_and_explained(office):
    text = (
        LETTER.read_text(encoding="utf-8")
        .replace("410人", "430人")
        .replace("工作，举办", "工作，新建公园8个，举办")
    )
    answer = send(office, text.encode())
    assert answer.status_code == 200
    assert outcomes(answer)["430人"] == "differs"
    assert outcomes(answer)["8个"] == "no record"
    assert sum(one == "agrees" for one in outcomes(answer).values()) >= 20
    shown = "\n".join(
        "".join(piece.text for piece in paragraph) for paragraph in answer.context["paragraphs"]
    )
    assert shown == text.strip()
    page = answer.content.decode()
    assert page.count('class="q-claim differs" id=') == 1
    assert "difference" in page
    assert "/figures/delivery.direct_persons/?as_of=2018-06-29&amp;year=2017" in page


def test_a_word_file_is_read_like_text(office):
    document = docx.Document()
    document.add_paragraph("2018年安排公益创投资金51万元。")
    out = io.BytesIO()
    document.save(out)
    answer = send(office, out.getvalue(), "letter.docx", as_of="2018-06-29")
    assert outcomes(answer) == {"51万元": "differs"}


def test_pasted_text_and_a_day_of_ones_own(office):
    answer = office.post(ADDRESS, {"text": "举办社会组织党员活动12场。\r\n", "as_of": "2018-03-01"})
    assert outcomes(answer) == {"12场": "differs"}
    assert "2018-03-01" in answer.content.decode()


def test_remarks_on_wording_stand_beside_it(office):
    answer = office.post(ADDRESS, {"text": "截止目前，举办活动10余场。"})
    assert [one.suggestion for one in answer.context["remarks"]] == ["截至目前"]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("letter.txt", b"", "empty"),
        ("letter.pdf", b"%PDF-1.4 cut", "incomplete"),
        ("letter.docx", "只是文字".encode(), "right name"),
        ("table.csv", "甲,1".encode(), "Give a .txt"),
        ("letter.txt", ("一" * (check_pages.MAX_CHARACTERS + 1)).encode(), "longer than"),
    ],
)
def test_a_bad_file_gets_one_clear_line(office, name, data, said):
    answer = send(office, data, name)
    assert answer.status_code == 422
    (complaint,) = answer.context["form"].errors["file"]
    assert said in complaint
    assert "\n" not in complaint


def pdf(pages: int, password: str = "") -> bytes:
    writer, out = pypdf.PdfWriter(), io.BytesIO()
    for _page in range(pages):
        writer.add_blank_page(595, 842)
    if password:
        writer.encrypt(password, algorithm="AES-256")
    writer.write(out)
    return out.getvalue()


def word(*, macros: bool = False) -> bytes:
    made, out = io.BytesIO(), io.BytesIO()
    document = docx.Document()
    document.add_paragraph("服务410人。")
    document.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if macros and name == "[Content_Types].xml":
                data = data.replace(
                    b"wordprocessingml.document.main+xml", b"ms-word.document.macroEnabled.main+xml"
                ).replace(
                    b"application/vnd.openxmlformats-officedocument.ms-word", b"application/vnd.ms-word"
                )
            target.writestr(name, data)
        if macros:
            target.writestr("word/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("scan.pdf", pdf(2), "没有文字|图片|扫描"),
        ("locked.pdf", pdf(1, "secret"), "密码"),
        (
            "locked.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") * 40,
            "加密",
        ),
        ("macros.docx", word(macros=True), "宏"),
        ("report.pdf", pdf(500), "500 页"),
    ],
)
def test_what_cannot_be_read_is_told_on_the_page_in_chinese(office, name, data, said):
    answer = office.post(
        ADDRESS, {"file": SimpleUploadedFile(name, data)}, headers={"accept-language": "zh-hans"}
    )
    assert answer.status_code == 422
    (complaint,) = answer.context["form"].errors["file"]
    assert re.search(said, complaint), complaint
    assert "/" not in complaint
    assert complaint in html.unescape(answer.content.decode())


def test_nothing_at_all_and_too_large(office, monkeypatch):
    assert office.post(ADDRESS, {}).status_code == 422
    monkeypatch.setattr(check_pages, "MAX_BYTES", 10)
    assert send(office, b"a longer text").status_code == 422


def test_a_readers_complaint_comes_in_the_language_of_the_page(office):
    broken = io.BytesIO()
    docx.Document().save(broken)
    for language, said in (("en", "no text"), ("zh-hans", "没有文字")):
        upload = SimpleUploadedFile("空.docx", broken.getvalue())
        with translation.override(language), pytest.raises(check_pages.FileRefused, match=said):
            check_pages.read_upload(upload)


def test_what_was_uploaded_is_not_kept(office):
    before = StoredFile.objects.count()
    send(office, LETTER.read_bytes())
    assert StoredFile.objects.count() == before


@pytest.mark.parametrize(
    ("name", "status"), [("bureau", 200), ("auditor", 200), ("resident", 403), ("organisation", 403)]
)
def test_who_checks_letters(name, status):
    client = Client()
    client.force_login(Account.objects.get(username=name))
    assert client.get(ADDRESS).status_code == status
    assert Client().get(ADDRESS).status_code == 302
