"""Verifying a paper: the code, the form, what the holder sees, and what stays covered."""

import datetime as dt
import io
import zipfile
from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from qingdan.core import clock, figures
from qingdan.core.clock import at
from qingdan.core.models import Reading
from qingdan.delivery.models import ServiceRecord
from qingdan.directory.models import Account
from qingdan.replies import protection, verification
from qingdan.replies.models import LetterFigure, Publication, ReplyLetter
from qingdan.replies.output import file_bytes
from qingdan.replies.paper import as_paper
from qingdan.replies.rendering import rendered
from qingdan.replies.sheets import lay_out

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample")]


@pytest.fixture(autouse=True)
def _fresh(settings, monkeypatch):
    settings.ROOT_URLCONF = "qingdan.config.urls"
    cache.clear()
    monkeypatch.setattr(clock, "now", lambda: at(dt.date(2018, 9, 12)))
    yield
    cache.clear()


@pytest.fixture
def letter() -> ReplyLetter:
    return ReplyLetter.objects.get(number="官民函〔2018〕51号")


def test_number_and_code_lead_to_the_letter(letter):
    client = Client()
    typed = verification.spelt(letter.code).lower().replace("0", "o")
    for number in ("官民函〔2018〕51号", "官民函[2018]51号", " 官民函（2018）51号"):
        answer = client.post("/verify/", {"number": number, "code": typed})
        assert answer.status_code == 302
        assert answer.url == f"/verify/{letter.code}/"
    page = client.get(answer.url)
    assert page.status_code == 200
    assert "官民函〔2018〕51号" in page.content.decode()


@pytest.mark.parametrize(
    ("number", "change"), [("官民函〔2018〕52号", ""), ("官民函〔2018〕51号", "X"), ("", "")]
)
def test_a_wrong_pair_says_no_more_than_that_it_is_wrong(letter, number, change):
    code = change + letter.code[len(change) :]
    answer = Client().post("/verify/", {"number": number, "code": code})
    assert answer.status_code == 422
    assert letter.title not in answer.content.decode()


def test_codes_differ_with_text_number_and_key(letter, settings):
    code = verification.code_of(letter, "a" * 64)
    assert len(code) == verification.LENGTH
    assert code == verification.code_of(letter, "a" * 64)
    assert code != verification.code_of(letter, "b" * 64)
    letter.number = "官民函〔2018〕52号"
    assert code != verification.code_of(letter, "a" * 64)
    settings.SECRET_KEY = "another key"
    letter.number = "官民函〔2018〕51号"
    assert code != verification.code_of(letter, "a" * 64)
    kept = ReplyLetter.objects.get(pk=letter.pk).code
    assert Client().get(f"/verify/{kept}/").status_code == 200  # what is printed stays good


def test_wrong_codes_are_limited_and_right_ones_are_not(letter):
    client = Client()
    for _ in range(verification.TRIES):
        assert client.get(f"/verify/{letter.code}/").status_code == 200
    for n in range(verification.TRIES):
        assert client.get(f"/verify/{n:010d}/").status_code == 404
    assert client.get(f"/verify/{letter.code}/").status_code == 429
    assert client.post("/verify/", {"number": letter.number, "code": letter.code}).status_code == 429
    assert Client(REMOTE_ADDR="10.0.0.9").get(f"/verify/{letter.code}/").status_code == 200
    cache.clear()  # the count is not the process's own
    behind = Client(REMOTE_ADDR="127.0.0.1")
    assert behind.get(f"/verify/{letter.code}/").status_code == 429
    named = {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}
    assert behind.get(f"/verify/{letter.code}/", **named).status_code == 200


def test_every_figure_is_held_against_today(letter):
    answer = Client().get(f"/verify/{letter.code}/")
    shown = answer.context["shown"]
    assert len(shown) == letter.figures.count()
    differing = {one.figure.reading.figure for one in shown if not one.agreement.agrees}
    ServiceRecord.objects.filter(measure="COVERED").update(withdrawn_at=at(dt.date(2018, 8, 1)))
    later = Client().get(f"/verify/{letter.code}/").context["shown"]
    assert {one.figure.reading.figure for one in later if not one.agreement.agrees} == differing | {
        "delivery.covered_persons"
    }


def test_small_counts_of_persons_are_covered_wherever_they_stand(letter):
    figure = LetterFigure.objects.filter(letter=letter, reading__figure="delivery.direct_persons").first()
    reading = figure.reading
    reading.value, figure.printed = Decimal(3), "3人"
    few = protection.Shown(figure, figures.Agreement(reading, Decimal(4), dt.date(2018, 9, 12)))
    assert (few.printed, few.frozen, few.now) == ("少于5人", *("fewer than 5 persons",) * 2)
    enough = protection.Shown(figure, figures.Agreement(reading, Decimal(5), dt.date(2018, 9, 12)))
    assert enough.now == "5 persons"
    assert protection.in_words(Decimal(3), "场") == "3 events"
    assert protection.in_words(Decimal(0), "人") == "fewer than 5 persons"
    assert protection.in_words(Decimal(1_500_000), "元") == "1,500,000 yuan"
    assert protection.in_words(Decimal(1), "人", covers=False) == "1 person"
    with translation.override("zh-hans"):
        assert protection.in_words(Decimal(0), "人") == "少于5人"


def test_strangers_read_no_small_count_on_the_page_or_in_the_files(letter):
    figure = LetterFigure.objects.filter(letter=letter, reading__figure="delivery.direct_persons").first()
    position, printed = figure.position, figure.printed
    Reading.objects.filter(pk=figure.reading.pk).update(value=Decimal(3))
    LetterFigure.objects.filter(pk=figure.pk).update(printed="3人")
    body = letter.body
    for block in body:
        for run in block["runs"]:
            if run.get("figure") == position:
                assert run["text"] == printed
                run["text"] = "3人"
    ReplyLetter.objects.filter(pk=letter.pk).update(body=body)
    page = Client().get(f"/letters/{letter.pk}/?figure={position}").content.decode()
    assert "少于5人" in page  # the sheet is Chinese in every language
    assert "fewer than 5" in page
    assert ">3人<" not in page
    assert "Counts of persons below 5 are covered" in page
    assert (
        f"/figures/{figure.reading.figure}/?as_of=2018-06-29&amp;year=2017"
        not in page.split("q-evidence")[1].split("</dl>")[0]
    )
    (said,) = [
        one
        for one in Client().get(f"/letters/{letter.pk}/reply.json").json()["figures"]
        if one["approx"] == "under"
    ]
    assert (said["value"], said["printed"]) == (5, "少于5人")
    words = _words(Client().get(f"/letters/{letter.pk}/reply.docx").content).decode()
    assert "少于5人" in words
    assert ">3人<" not in words
    office = Client()
    office.force_login(Account.objects.get(username="auditor"))
    assert ">3人<" in office.get(f"/letters/{letter.pk}/?figure={position}").content.decode()


def test_a_letter_that_is_not_published_is_only_called_genuine(letter):
    ReplyLetter.objects.filter(pk=letter.pk).update(publication=Publication.ON_REQUEST)
    answer = Client().get(f"/verify/{letter.code}/")
    assert answer.status_code == 200
    assert answer.context["shown"] == []
    assert "26000" not in answer.content.decode()


def test_a_figure_that_is_not_public_is_left_out(letter, monkeypatch):
    hidden = replace(figures.get("funds.budget"), public=False)
    monkeypatch.setitem(figures._declared, "funds.budget", hidden)
    answer = Client().get(f"/verify/{letter.code}/")
    assert "funds.budget" not in {one.figure.reading.figure for one in answer.context["shown"]}
    assert answer.context["left_out"] == 4


def test_drafts_have_no_code_and_no_page(letter):
    assert verification.find_letter("") is None
    ReplyLetter.objects.filter(pk=letter.pk).update(code="")
    assert Client().get("/verify/0000000000/").status_code == 404


def test_the_code_is_printed_under_the_date_if_the_letter_wants_it(letter):
    filled = rendered(letter)
    assert as_paper(letter, filled).notes == ""
    letter.show_code = True
    note = f"（核验码：{verification.spelt(letter.code)}）"
    assert as_paper(letter, filled).note_text == note
    last = lay_out(letter, filled).sheets[-1].parts[-1]
    assert (last.kind, last.lines[0].pieces[0].text) == ("note", note)
    assert verification.spelt(letter.code).encode() in _words(file_bytes(letter, filled, "docx"))


def _words(docx: bytes) -> bytes:
    return zipfile.ZipFile(io.BytesIO(docx)).read("word/document.xml")
