"""Organisations in Excel: template, dry run, import, errors, and back again."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from qingdan.core.tables.columns import plain
from qingdan.directory import acts
from qingdan.directory.models import SocialOrganisation
from qingdan.directory.tables import organisations_table
from qingdan.directory.tests.cast import USCC_ASSOCIATION, USCC_FOUNDATION, USCC_SERVICE, Cast

# Names of columns and codes of choices are read in every language, so the tests need no catalogue.
HEADS = ["name", "org_type", "registration_kind", "uscc", "place", "fields", "phone"]


@pytest.fixture
def files(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def book(*rows: list[object]) -> SimpleUploadedFile:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append(HEADS)
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return SimpleUploadedFile("样本.xlsx", out.getvalue())


def rows_of(answer: Any) -> list[tuple[object, ...]]:
    content = b"".join(answer.streaming_content)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return list(sheet.iter_rows(values_only=True))


def test_good_rows_are_taken_and_bad_ones_come_back(cast: Cast, client: Client, files: Path) -> None:
    client.force_login(cast.bureau)
    url = reverse("organisations-import")
    upload = book(
        [
            "样本互助会",
            "ASSOCIATION",
            "REGISTERED",
            USCC_ASSOCIATION,
            "530111001",
            "ELDERLY、CHARITY",
            "0871-1",
        ],
        [
            "样本社会工作服务中心",
            "SERVICE_INSTITUTION",
            "REGISTERED",
            USCC_SERVICE,
            "530111001001",
            "",
            "0871-2",
        ],
        ["样本基金会", "ASSOCIATION", "REGISTERED", USCC_FOUNDATION, "", "", ""],
        ["样本舞蹈队", "COMMUNITY_GROUP", "FILED", "", "530111999", "", ""],
        ["样本书画社", "COMMUNITY_GROUP", "FILED", "", "530111002001", "无此领域", ""],
        ["样本邻里会", "COMMUNITY_GROUP", "FILED", "", "530111002001", "COMMUNITY_SERVICE", ""],
    )
    before = SocialOrganisation.objects.count()
    tried = client.post(url, {"file": upload}, follow=True)
    checked = tried.redirect_chain[-1][0]
    report = tried.context["report"]
    assert (report.rows, report.taken, report.refused) == (6, 3, 3)
    assert [problem["row"] for problem in tried.context["problems"]] == [4, 5, 6]
    assert SocialOrganisation.objects.count() == before, "nothing is written by the dry run"
    done = client.post(checked, follow=True)
    run = done.context["run"]
    assert (run.taken, run.refused) == (3, 3)
    assert SocialOrganisation.objects.count() == before + 2
    cast.organisation.refresh_from_db()
    assert cast.organisation.phone == "0871-2", "a known one is changed"
    made = SocialOrganisation.objects.get(uscc=USCC_ASSOCIATION)
    assert made.fields == ["CHARITY", "ELDERLY"]
    assert made.place == cast.places["530111001"]
    errors = rows_of(client.get(f"{checked}errors/"))
    assert [row[0] for row in errors[1:]] == ["样本基金会", "样本舞蹈队", "样本书画社"]


def test_what_is_exported_can_be_imported_again_unchanged(cast: Cast, client: Client, files: Path) -> None:
    acts.edit_organisation(actor=cast.bureau, organisation=cast.organisation, phone="0871-3", is_hub=True)
    client.force_login(cast.bureau)
    url = reverse("organisations-import")
    exported = b"".join(client.get(reverse("organisations-export")).streaming_content)
    version = acts.version(cast.organisation)
    tried = client.post(url, {"file": SimpleUploadedFile("again.xlsx", exported)}, follow=True)
    assert (tried.context["report"].taken, tried.context["report"].refused) == (1, 0)
    done = client.post(tried.redirect_chain[-1][0], follow=True)
    assert done.context["run"].taken == 1
    assert acts.version(cast.organisation) == version, "nothing changed, nothing written"


def test_a_file_sent_a_second_time_says_so(cast: Cast, client: Client, files: Path) -> None:
    client.force_login(cast.bureau)
    content = book(["样本会", "COMMUNITY_GROUP", "FILED", "", "", "", ""]).read()

    def send() -> Any:
        upload = {"file": SimpleUploadedFile("样本.xlsx", content)}
        return client.post(reverse("organisations-import"), upload, follow=True)

    done = client.post(send().redirect_chain[-1][0], follow=True)
    assert (done.context["run"].taken, done.context["before"]) == (1, None)
    again = send().context
    assert again["before"].actor == str(cast.bureau)
    assert SocialOrganisation.objects.filter(name="样本会").count() == 1


def test_the_template_carries_every_column(cast: Cast, client: Client) -> None:
    client.force_login(cast.bureau)
    head = rows_of(client.get(reverse("organisations-template")))[0]
    known = organisations_table(cast.bureau).heads()
    assert {known[plain(str(cell).rstrip("*"))] for cell in head} >= set(HEADS)
    assert len(head) == 16


@pytest.mark.parametrize(
    "upload",
    [
        None,
        SimpleUploadedFile("a.xlsx", b"no workbook"),
        SimpleUploadedFile("a.exe", b"MZ"),
        SimpleUploadedFile("a.csv", b""),
    ],
    ids=["none", "no workbook", "another kind", "empty"],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(
    cast: Cast, client: Client, files: Path, upload: SimpleUploadedFile | None
) -> None:
    client.force_login(cast.bureau)
    answer = client.post(reverse("organisations-import"), {"file": upload} if upload else {})
    assert answer.status_code == 422
    assert answer.context["complaint"]


def test_an_upload_is_open_to_the_one_who_sent_it_only(cast: Cast, client: Client, files: Path) -> None:
    client.force_login(cast.bureau)
    url = reverse("organisations-import")
    answer = client.post(url, {"file": book(["样本会", "ASSOCIATION", "REGISTERED", "1", "", "", ""])})
    checked = answer.headers["Location"]
    assert client.get(f"{checked}errors/").status_code == 200
    assert client.get(checked).status_code == 200
    colleague = acts.create_account(actor=cast.sys_admin, username="colleague", display_name="样本同事")
    acts.grant_role(actor=cast.sec_admin, approver=cast.sec_admin_2, account=colleague, role="BUREAU")
    client.force_login(colleague)
    for address in (checked, f"{checked}errors/"):
        assert client.get(address).status_code == 404
    assert client.post(checked).status_code == 404
