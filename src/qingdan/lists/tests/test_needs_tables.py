"""Needs as workbooks: every row is taken or comes back with its reason, and the counts add up."""

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from django.db.models import Value
from django.db.models.functions import Concat
from django.test import Client
from django.urls import reverse

from qingdan.config.cli import COMMANDS
from qingdan.core import journal
from qingdan.core.actor import SystemActor
from qingdan.core.tables import (
    TableFileError,
    commands,
    dry_run,
    export_rows,
    import_file,
    kinds,
    write_errors,
    write_template,
)
from qingdan.core.tables.models import ImportRun
from qingdan.directory.models import Account
from qingdan.lists.models import NeedReporter, NeedState, NeedSupport, SocialNeed
from qingdan.lists.tables.needs import needs_rows, needs_table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample", "on_the_day")]
NAMES = ("street", "community", "source", "title", "text", "category", "persons", "phone", "name", "consent")
GOOD: tuple[Any, ...] = (
    "关上街道", "双桥社区", "RESIDENT", "送餐", "高龄老人做饭困难，希望社区食堂送餐。", "ELDERLY", 40, "", "", "",
)  # fmt: skip


@pytest.fixture
def system() -> SystemActor:
    return SystemActor("command", "530111")


def write(path: Path, rows: list[tuple[Any, ...]], heads: tuple[str, ...] = NAMES) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(heads)
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def row(**changes: Any) -> tuple[Any, ...]:
    return tuple({**dict(zip(NAMES, GOOD, strict=True)), **changes}.values())


BAD: list[tuple[str, dict[str, Any]]] = [
    ("street", {"street": "没有这个街道"}),
    ("community", {"community": "没有这个社区"}),
    ("source", {"source": "不知道"}),
    ("title", {"title": ""}),
    ("title", {"title": "长" * 121}),
    ("text", {"text": "短"}),
    ("text", {"text": "多" * 32_000}),
    ("category", {"category": "养生"}),
    ("persons", {"persons": "四十来个"}),
    ("persons", {"persons": -3}),
    ("persons", {"persons": 2.5}),
    ("phone", {"phone": "1380000", "consent": "SPOKEN"}),
    ("consent", {"phone": "13800000001"}),
    ("name", {"name": "样本", "consent": "SPOKEN", "source": "STREET"}),
]


def test_bad_rows_come_back_with_the_reason_at_the_cell(tmp_path: Path, system: SystemActor) -> None:
    good = [row(title=f"需求{n}😀𫝊") for n in range(3)]
    path = write(tmp_path / "needs.xlsx", [*good, *(row(**changes) for _column, changes in BAD)])
    table = needs_table(system)
    before = SocialNeed.objects.count()
    report = dry_run(table, path)
    assert (report.rows, report.taken, report.refused) == (3 + len(BAD), 3, len(BAD))
    assert SocialNeed.objects.count() == before
    assert {(p.row, p.column) for p in report.problems} == {
        (5 + n, column) for n, (column, _changes) in enumerate(BAD)
    }
    run = import_file(table, path, actor=system, district="530111")
    assert (run.rows, run.taken, run.refused) == (3 + len(BAD), 3, len(BAD))
    assert SocialNeed.objects.count() == before + 3
    corrected = tmp_path / "errors.xlsx"
    assert write_errors(table, path, report.problems, corrected) == len(BAD)
    again = dry_run(table, corrected)
    assert (again.rows, again.refused) == (len(BAD), len(BAD))


def test_a_validity_that_is_over_is_refused_also_when_no_day_of_raising_is_given(
    tmp_path: Path, system: SystemActor
) -> None:
    heads = (*NAMES, "valid_until")
    path = write(
        tmp_path / "needs.xlsx", [(*GOOD, "2018-09-11"), (*GOOD[:3], "看护", *GOOD[4:], "2018-09-12")], heads
    )
    report = dry_run(needs_table(system), path)
    assert {(p.row, p.column) for p in report.problems} == {(2, "valid_until")}


def test_formulas_merged_cells_and_wrong_columns(tmp_path: Path, system: SystemActor) -> None:
    table = needs_table(system)
    path = write(tmp_path / "formula.xlsx", [row(), row(title="=1+1"), row(text='=HYPERLINK("http://x")')])
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert sheet is not None
    sheet.append(row(title="并起来"))
    sheet.merge_cells("A5:B5")
    book.save(path)
    report = dry_run(table, path)
    assert report.rows == report.taken + report.refused
    assert report.refused >= 2
    assert {p.row for p in report.problems} >= {3, 4}
    with pytest.raises(TableFileError):
        dry_run(table, write(tmp_path / "heads.xlsx", [("a", "b")], ("甲", "乙")))
    (tmp_path / "no.xlsx").write_bytes(b"not a workbook")
    with pytest.raises(TableFileError):
        dry_run(table, tmp_path / "no.xlsx")


def test_three_megabytes_in_a_cell_are_refused_and_the_rest_is_taken(
    tmp_path: Path, system: SystemActor
) -> None:
    small = write(tmp_path / "small.xlsx", [row(text="TOKEN" * 4), row()])
    large = tmp_path / "large.xlsx"
    with zipfile.ZipFile(small) as source, zipfile.ZipFile(large, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            text = source.read(name).replace(b"TOKEN" * 4, "字".encode() * 1_000_000)
            target.writestr(name, text)
    report = dry_run(needs_table(system), large)
    assert (report.taken, report.refused) == (1, 1)
    assert report.problems[0].column == "text"
    assert len(report.problems[0].reason) < 200


def test_numbers_of_the_list_and_twice_in_a_file_are_refused(tmp_path: Path, system: SystemActor) -> None:
    known = SocialNeed.objects.filter(number__startswith="XQ-530111001-2018").values_list(
        "number", flat=True
    )[0]
    heads = (*NAMES, "number")
    rows = [
        (*row(), known),
        (*row(), "XQ-530111001-2018-9001"),
        (*row(), "XQ-530111001-2018-9001"),
        (*row(), "XQ-530111002-2018-9002"),
        (*row(), ""),
    ]
    path = write(tmp_path / "numbers.xlsx", rows, heads)
    report = dry_run(needs_table(system), path)
    assert [(p.row, p.column) for p in report.problems] == [(2, "number"), (4, "number"), (5, "number")]
    import_file(needs_table(system), path, actor=system, district="530111")
    numbers = set(SocialNeed.objects.filter(title="送餐").values_list("number", flat=True))
    assert "XQ-530111001-2018-9001" in numbers
    assert len(numbers) == 2


def test_what_is_imported_waits_for_the_community_and_stands_in_the_journal(
    tmp_path: Path, system: SystemActor
) -> None:
    path = write(
        tmp_path / "needs.xlsx", [row(title="甲", name="样本", phone="138 0000 0099", consent="SPOKEN")]
    )
    import_file(needs_table(system), path, actor=system, district="530111")
    need = SocialNeed.objects.get(title="甲")
    assert (need.state, need.due_on, need.supporters) == (NeedState.SUBMITTED, dt.date(2018, 9, 17), 1)
    assert [entry.verb for entry in journal.history(need)] == ["need.begin"]
    reporter: Any = NeedReporter.objects.get(need=need)
    assert reporter.phone.reveal() == "13800000099"
    assert NeedSupport.objects.filter(need=need).count() == 1
    assert import_file(needs_table(system), path, actor=system, district="530111").taken == 1
    assert SocialNeed.objects.filter(title="甲").count() == 1  # the same file is not taken twice


def test_an_officer_imports_for_the_own_place_only(tmp_path: Path) -> None:
    actor = Account.objects.get(username="community")
    path = write(
        tmp_path / "needs.xlsx", [row(), row(community="关兴社区"), row(street="太和街道", community="")]
    )
    report = dry_run(needs_table(actor), path)
    assert (report.taken, report.refused) == (1, 2)


def test_the_export_comes_back_as_it_went(tmp_path: Path, system: SystemActor) -> None:
    out = tmp_path / "out.xlsx"
    count = export_rows(needs_table(system), needs_rows(system), out)
    assert count == SocialNeed.objects.exclude(state="DRAFT").count()
    fields = (
        "number",
        "source",
        "title",
        "text",
        "category",
        "persons",
        "urgency",
        "raised_on",
        "place__code",
    )
    kept = list(SocialNeed.objects.exclude(state="DRAFT").order_by("number").values_list(*fields))
    SocialNeed.objects.update(number=Concat(Value("OLD-"), "number"))  # as if they were of another district
    report = dry_run(needs_table(system), out)
    assert report.problems == []
    run = import_file(needs_table(system), out, actor=system, district="530111")
    assert (run.taken, run.refused) == (count, 0)
    back = SocialNeed.objects.exclude(number__startswith="OLD-").order_by("number")
    assert list(back.values_list(*fields)) == kept


def test_personal_details_are_in_no_export(tmp_path: Path, system: SystemActor) -> None:
    for actor in (system, Account.objects.get(username="street"), Account.objects.get(username="bureau")):
        out = tmp_path / "out.xlsx"
        export_rows(needs_table(actor), needs_rows(actor), out)
        with zipfile.ZipFile(out) as archive:
            data = b"".join(archive.read(name) for name in archive.namelist())
        reporters: Any = NeedReporter.objects.exclude(phone_index="")[:20]
        assert reporters
        for reporter in reporters:
            assert reporter.phone.reveal().encode() not in data


# ── the commands and the page ──


def run(*words: str) -> Any:
    command = {"import": commands.import_, "export": commands.export}[words[0]]
    return CliRunner().invoke(command, list(words[1:]))


def test_the_commands_say_what_they_did_and_leave_0_only_when_all_went_well(tmp_path: Path) -> None:
    assert {"import", "export"} <= set(COMMANDS)
    good, mixed = (
        write(tmp_path / "good.xlsx", [row()]),
        write(tmp_path / "mixed.xlsx", [row(), row(title="")]),
    )
    before = SocialNeed.objects.count()
    dry = run("import", "needs", str(mixed), "--dry-run")
    assert (dry.exit_code, SocialNeed.objects.count()) == (1, before)
    assert "2 rows read, 1 can be taken, 1 refused" in dry.output
    assert (tmp_path / "mixed-errors.xlsx").exists()
    assert run("import", "needs", str(good)).exit_code == 0
    assert SocialNeed.objects.count() == before + 1
    twice = run("import", "needs", str(good))
    assert twice.exit_code == 1
    assert "--again" in twice.output
    assert run("import", "needs", str(good), "--again").exit_code == 0
    assert run("import", "needs", str(mixed)).exit_code == 1
    assert SocialNeed.objects.count() == before + 3
    strange = run("import", "ponies", str(good))
    assert strange.exit_code == 1
    assert "needs" in strange.output
    assert run("export", "needs", "--out", str(tmp_path / "all.xlsx")).exit_code == 0
    assert run("export", "needs", "--out", str(tmp_path / "nowhere" / "all.xlsx")).exit_code == 1
    (tmp_path / "text.xlsx").write_text("no workbook")
    broken = run("import", "needs", str(tmp_path / "text.xlsx"))
    assert broken.exit_code == 1
    assert len(broken.output.strip().splitlines()) == 1


def test_the_registry_knows_the_needs() -> None:
    assert "needs" in kinds.known()


def test_the_page_checks_first_and_imports_when_told(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    client = Client()
    client.force_login(
        Account.objects.get(username="street"), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert client.get(reverse("needs-template")).status_code == 200
    path = write(tmp_path / "needs.xlsx", [row(), row(persons="许多")])
    before = SocialNeed.objects.count()
    with path.open("rb") as file:
        sent = client.post(reverse("needs-import"), {"file": file})
    assert sent.status_code == 302
    page = client.get(sent["Location"])
    report = page.context["report"]
    assert (report.rows, report.taken, report.refused) == (2, 1, 1)
    assert SocialNeed.objects.count() == before
    pk = int(sent["Location"].rstrip("/").split("/")[-1])
    book = client.get(reverse("needs-errors", args=[pk])).getvalue()
    assert book[:2] == b"PK"
    done = client.post(sent["Location"], follow=True)
    assert (done.context["run"].taken, done.context["run"].refused) == (1, 1)
    client.post(sent["Location"])  # sent twice
    assert SocialNeed.objects.count() == before + 1
    assert ImportRun.objects.get(table="needs").refused == 1
    other = Client()
    other.force_login(
        Account.objects.get(username="community"), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert other.get(sent["Location"]).status_code == 404  # somebody else's file
    resident = Client()
    resident.force_login(
        Account.objects.get(username="resident"), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert resident.get(reverse("needs-import")).status_code == 403
    (tmp_path / "x.xlsx").write_bytes(b"nothing")
    with (tmp_path / "x.xlsx").open("rb") as file:
        assert client.post(reverse("needs-import"), {"file": file}).status_code == 422


def test_the_template_holds_every_column(tmp_path: Path, system: SystemActor) -> None:
    out = tmp_path / "template.xlsx"
    write_template(needs_table(system), out)
    sheet = openpyxl.load_workbook(out).worksheets[0]
    assert len([cell for cell in sheet[1] if cell.value]) == len(needs_table(system).columns)
    assert dry_run(needs_table(system), out).refused == 0
