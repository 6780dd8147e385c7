"""A need found to name a person after it was published: its name leaves the editions, the frozen record stays."""

import io

import openpyxl
import pypdf
import pytest
from django.test import Client
from django.urls import reverse

from qingdan.lists import publishing
from qingdan.lists.acts import editions
from qingdan.lists.acts import needs as acts
from qingdan.lists.models import ListEdition, ListKind, NeedState, SocialNeed
from qingdan.lists.tests.cast import account, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample", "on_the_day")]
NAMING = "照看样本某某家的老人"


@pytest.fixture
def need() -> SocialNeed:
    found = SocialNeed.objects.filter(state=NeedState.PUBLISHED, is_personal=False, place__level="COMMUNITY")[
        0
    ]
    return acts.revise(actor=account("bureau"), need=found, title=NAMING)


def _published() -> ListEdition:
    draft = editions.draft_edition(kind=ListKind.NEEDS, year=2018, actor=account("bureau"))
    return editions.publish_edition(edition=draft, actor=account("bureau"))


def _mark(need: SocialNeed) -> None:
    acts.revise(actor=account("bureau"), need=need, is_personal=True)


def _read(edition: ListEdition, client: Client) -> dict[str, str]:
    """Everything that page, workbook and paper of an edition say."""
    book = client.get(reverse("edition-xlsx", args=[edition.pk]))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(book))).worksheets[0]
    paper = client.get(reverse("edition-pdf", args=[edition.pk])).content
    return {
        "page": client.get(reverse("edition", args=[edition.pk])).content.decode(),
        "excel": "".join(str(cell.value) for row in sheet.iter_rows() for cell in row),
        "pdf": "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper)).pages).replace(
            "\n", ""
        ),
    }


def test_the_name_of_a_need_is_withheld_everywhere_and_the_frozen_row_stays(need: SocialNeed) -> None:
    edition = _published()
    assert all(NAMING in text for text in _read(edition, Client()).values())
    _mark(need)
    assert publishing.withheld(edition) == {need.number}
    for text in _read(edition, Client()).values():
        assert NAMING not in text
        assert "withheld" in text
    edition.refresh_from_db()
    assert NAMING in str(edition.content)
    assert publishing.digest_of(edition.content) == edition.digest


def test_it_stays_withheld_after_the_need_was_revised_and_in_the_differences_of_the_next_edition(
    need: SocialNeed,
) -> None:
    edition = _published()
    _mark(need)
    acts.revise(actor=account("bureau"), need=need, title="照看独居老人", is_personal=False)
    following = _published()
    for one in (edition, following):
        for where, text in _read(one, Client()).items():
            assert NAMING not in text, where
    for text in _read(following, Client()).values():
        assert "照看独居老人" in text
        assert "→" in text  # page, workbook and paper tell the differences
    assert publishing.withheld(following) == set()


def test_a_row_that_is_gone_stands_last_in_the_workbook_without_the_name(need: SocialNeed) -> None:
    _published()
    _mark(need)
    following = _published()
    book = Client().get(reverse("edition-xlsx", args=[following.pk]))
    rows = list(openpyxl.load_workbook(io.BytesIO(b"".join(book))).worksheets[0].values)
    assert rows[0][:3] == ("Number", "Name", "Category")
    assert len(rows) == 1 + len(following.content) + 1
    assert (rows[-1][0], rows[-1][-1]) == (need.number, "removed")
    assert NAMING not in str(rows)


def test_a_mark_that_was_a_mistake_withholds_nothing_once_it_is_taken_back(need: SocialNeed) -> None:
    edition = _published()
    _mark(need)
    acts.revise(actor=account("bureau"), need=need, is_personal=False)
    assert publishing.withheld(edition) == set()


def test_those_who_deal_with_the_need_still_read_it_on_the_page_only(need: SocialNeed) -> None:
    edition = _published()
    _mark(need)
    read = _read(edition, client_of("bureau"))
    assert NAMING in read["page"]
    assert need.number in read["page"]
    assert NAMING not in read["excel"] + read["pdf"]  # a file is passed on
    assert NAMING not in _read(edition, client_of("resident"))["page"]


def test_an_archived_need_can_still_be_found_to_name_a_person(need: SocialNeed) -> None:
    SocialNeed.objects.filter(pk=need.pk).update(state=NeedState.ARCHIVED)
    edition = _published()
    _mark(need)
    assert publishing.withheld(edition) == {need.number}
