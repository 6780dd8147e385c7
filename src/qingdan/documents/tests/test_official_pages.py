"""Official papers in the browser."""

import io
import zipfile

import pytest
from django.test import Client

from qingdan.directory.models import Account
from qingdan.documents import acts
from qingdan.documents.tests.officers import DRAFTER, FIELDS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample")]


@pytest.fixture
def office() -> Client:
    client = Client()
    client.force_login(Account.objects.get(username="bureau"))
    return client


def test_a_paper_is_drafted_edited_and_printed_in_the_browser(office):
    form = office.get("/papers/new/").context["form"]
    assert form.initial["agency"]
    sent = FIELDS | {"layout": "FILE"}
    made = office.post("/papers/new/", sent)
    assert made.status_code == 302
    assert office.get(made.url).status_code == 200
    again = office.post(f"{made.url}edit/", sent | {"addressee": "各社区", "revision": 1})
    assert again.status_code == 302
    assert office.post(f"{made.url}edit/", sent | {"addressee": "各单位", "revision": 1}).status_code == 422
    word = office.get(f"{made.url}paper.docx")
    assert "各社区".encode() in zipfile.ZipFile(io.BytesIO(word.content)).read("word/document.xml")
    assert office.get(f"{made.url}paper.pdf").content.startswith(b"%PDF")
    assert office.get(f"{made.url}paper.exe").status_code == 404
    assert FIELDS["title"] in office.get("/papers/").content.decode()


def test_a_bad_prefix_is_told_in_the_form(office):
    answer = office.post("/papers/new/", FIELDS | {"layout": "FILE", "prefix": "GM-1"})
    assert answer.status_code == 422
    assert "prefix" in answer.context["form"].errors


def test_others_are_refused():
    paper = acts.draft(actor=DRAFTER, **FIELDS)
    client = Client()
    client.force_login(Account.objects.get(username="resident"))
    for address in ("/papers/", f"/papers/{paper.pk}/", f"/papers/{paper.pk}/paper.pdf"):
        assert client.get(address).status_code == 403
