"""Every kind of table with the same bad input: each row is taken or comes back with its reason; counts add up.

The good rows are those that the sample exports or that stand here; a kind that is added without them fails.
"""

import datetime as dt
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from qingdan.core import clock, journal
from qingdan.core.actor import SystemActor
from qingdan.core.models import JournalEntry, TableExport
from qingdan.core.sheets import take_out
from qingdan.core.tables import TableFileError, dry_run, import_file, kinds, write_errors, write_template
from qingdan.delivery.models import ServiceRecord
from qingdan.directory.models import Account, SocialOrganisation
from qingdan.funds.models import BudgetLine
from qingdan.lists.matching_queries import open_needs
from qingdan.lists.models import OwnerKind, PurchaseItem, Resource, SocialNeed
from qingdan.replies.models import Proposal

pytestmark = pytest.mark.django_db
DISTRICT = "530111"
RARE = "𠮷㐂堃😀"
SYSTEM = SystemActor("command", DISTRICT)


@dataclass
class Case:
    """Good rows by column names, the model they become, and cells that are wrong: (column, what stands there)."""

    model: Any
    good: Callable[[int], dict[str, Any]]
    bad: list[tuple[str, dict[str, Any]]]
    text: str  # a column of free text
    title: str = ""  # where a name of rare characters arrives unchanged
    account: str = "bureau"
    twice: dict[str, Any] = field(default_factory=dict)  # makes two rows the same


def a_need() -> str:
    return str(open_needs(DISTRICT).order_by("number").values_list("number", flat=True)[0])


CASES: dict[str, Case] = {
    "needs": Case(
        SocialNeed,
        lambda n: {
            "street": "关上街道",
            "community": "双桥社区",
            "source": "RESIDENT",
            "title": f"送餐{n}{RARE}",
            "text": "高龄老人做饭困难，希望社区食堂送餐。",
            "category": "ELDERLY",
            "persons": 40,
        },
        [
            ("street", {"street": "没有这个街道"}),
            ("persons", {"persons": "四十来个"}),
            ("category", {"category": "养生"}),
        ],
        text="text",
        title="title",
        account="street",
        twice={"number": "XQ-530111001-2018-9001"},
    ),
    "resources": Case(
        Resource,
        lambda n: {
            "title": f"活动室{n}{RARE}",
            "kind": "VENUE",
            "owner_name": "示例社区居委会",
            "owner_kind": OwnerKind.values[0],
            "category": "ELDERLY",
            "target": "RESIDENTS",
            "area": "530111001001",
            "capacity": 30,
            "windows": "周一至周五 16:30-18:30",
            "valid_from": dt.date(2018, 9, 1),
        },
        [
            ("area", {"area": "没有这个街道"}),
            ("capacity", {"capacity": "许多"}),
            ("valid_until", {"valid_until": dt.date(2017, 1, 1)}),
            ("windows", {"windows": "随时"}),
        ],
        text="text",
        title="title",
        twice={"number": "ZY-530111001-2018-9001"},
    ),
    "organisations": Case(
        SocialOrganisation,
        lambda n: {
            "name": f"样本邻里会{n}{RARE}",
            "org_type": "COMMUNITY_GROUP",
            "registration_kind": "FILED",
            "place": "530111001001",
            "fields": "CHARITY、ELDERLY",
        },
        [
            ("place", {"place": "530111999"}),
            ("uscc", {"uscc": "91530111MA6K0000XX", "registration_kind": "REGISTERED"}),
            ("org_type", {"org_type": "公司"}),
            ("established_on", {"established_on": "去年"}),
        ],
        text="business_scope",
        title="name",
        twice={"name": "样本同名会"},
    ),
    "purchase-items": Case(
        PurchaseItem,
        lambda n: {
            "year": 2018,
            "title": f"送餐服务{n}{RARE}",
            "category": "ELDERLY",
            "target": "RESIDENTS",
            "persons": 60,
            "budget_fen": 50_000,
            "needs": a_need(),
        },
        [
            ("needs", {"needs": "XQ-530111001-2018-0000"}),
            ("budget_fen", {"budget_fen": "五万多"}),
            ("budget_fen", {"budget_fen": 0}),
            ("number", {"number": "XM-2018-001"}),
            ("buyer", {"buyer": "没有这个单位"}),
        ],
        text="content",
        title="title",
    ),
    "service-records": Case(
        ServiceRecord,
        lambda n: {
            "project": a_project(),
            "number": 90_000 + n,
            "held_on": dt.date(2018, 8, 1),
            "place": "530111001001",
            "topic": f"探访{n}",
            "measure": "COVERED",
            "quantity": 20,
            "basis": f"现场清点{RARE}",
        },
        [
            ("project", {"project": "没有这个项目"}),
            ("place", {"place": "没有这个街道"}),
            ("quantity", {"quantity": "许多"}),
            ("basis", {"basis": ""}),
            ("name", {"measure": "DIRECT", "basis": "", "quantity": 1}),
            (
                "resident_id",
                {"measure": "DIRECT", "basis": "", "quantity": 1, "name": "样本", "resident_id": "53"},
            ),
            ("participant", {"measure": "DIRECT", "basis": "", "quantity": 1, "participant": 999_999_999}),
            ("held_on", {"held_on": dt.date(2090, 1, 1)}),
        ],
        text="basis",
        title="basis",
        twice={"number": 95_000, "topic": "同一场", "basis": "同一依据"},
    ),
    "budget-lines": Case(
        BudgetLine,
        lambda n: {
            "fund_code": f"SAMPLE-{n}",
            "fund_name": f"样本资金{n}{RARE}",
            "year": 2018,
            "amount_fen": 1_000,
            "basis": "区级预算批复",
        },
        [
            ("fund_name", {"fund_code": "NEW", "fund_name": ""}),
            ("amount_fen", {"amount_fen": "一百来万"}),
            ("amount_fen", {"amount_fen": -5}),
            ("part_of", {"part_of": "没有"}),
            ("year", {"year": 1018}),
        ],
        text="basis",
        account="finance",
        twice={"fund_code": "SAMPLE-TWICE"},
    ),
    "proposals": Case(
        Proposal,
        lambda n: {
            "kind": "CPPCC",
            "assembly": "官渡区",
            "term": 9,
            "session": 3,
            "number": f"93{n:03d}",
            "title": f"关于社区养老的提案{n}{RARE}",
            "proposers": "样本委员",
            "received_on": dt.date(2018, 9, 3),
            "points": "加大投入\n完善制度",
        },
        [
            ("kind", {"kind": "议案"}),
            ("term", {"term": "第九"}),
            ("number", {"number": "九三〇〇一"}),
            ("due_on", {"due_on": dt.date(2018, 1, 1)}),
            ("received_on", {"received_on": "秋天"}),
        ],
        text="text",
        title="title",
        twice={"number": "93999"},
    ),
}


def a_project() -> str:
    from qingdan.calls.models import Project

    return str(Project.objects.order_by("pk").values_list("number", flat=True)[0])


@pytest.fixture(autouse=True)
def on_the_day(sample: None) -> Iterator[None]:
    with clock.living_on(dt.date(2018, 9, 12)):
        yield


@pytest.fixture(params=sorted(CASES))
def kind(request: Any) -> kinds.Kind:
    return kinds.known()[request.param]


def write(path: Path, kind: kinds.Kind, rows: list[dict[str, Any]]) -> Path:
    names = [column.name for column in kind.table(SYSTEM).columns]
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(names)
    for row in rows:
        sheet.append([row.get(name, "") for name in names])
    book.save(path)
    return path


def test_every_kind_is_tried() -> None:
    assert set(CASES) == set(kinds.known()), "add a case for the new kind"
    for name, one in kinds.known().items():
        assert one.table(SYSTEM).name == name


def test_bad_rows_come_back_with_the_reason_at_the_cell(kind: kinds.Kind, tmp_path: Path) -> None:
    case = CASES[kind.name]
    good = [case.good(n) for n in range(3)]
    bad = [{**case.good(10 + n), **changes} for n, (_column, changes) in enumerate(case.bad)]
    path = write(tmp_path / "rows.xlsx", kind, [*good, *bad])
    before, entries = case.model.objects.count(), JournalEntry.objects.count()
    report = dry_run(kind.table(SYSTEM), path)
    assert (report.rows, report.taken, report.refused) == (3 + len(bad), 3, len(bad)), report.problems
    assert {(p.row, p.column) for p in report.problems} >= {
        (5 + n, column) for n, (column, _changes) in enumerate(case.bad)
    }
    assert (case.model.objects.count(), JournalEntry.objects.count()) == (before, entries)
    run = import_file(kind.table(SYSTEM), path, actor=SYSTEM, district=DISTRICT)
    assert (run.rows, run.taken, run.refused) == (3 + len(bad), 3, len(bad))
    made = list(case.model.objects.order_by("-pk")[:3])
    assert case.model.objects.count() == before + 3
    assert all(journal.history(one).filter(actor_key=SYSTEM.actor_key).exists() for one in made)
    assert list(journal.verify(DISTRICT)) == []
    if case.title:
        assert {getattr(one, case.title) for one in made} == {row[case.title] for row in good}
    corrected = tmp_path / "errors.xlsx"
    assert write_errors(kind.table(SYSTEM), path, report.problems, corrected) == len(bad)
    again = dry_run(kind.table(SYSTEM), corrected)
    assert (again.rows, again.refused) == (len(bad), len(bad))


def test_strange_workbooks_lose_no_row(kind: kinds.Kind, tmp_path: Path) -> None:
    """Merged cells, formulas, the same row twice, and three megabytes in a cell."""
    case, table = CASES[kind.name], kind.table(SYSTEM)
    mark = "MARK" * 6
    rows = [
        case.good(0),
        {**case.good(1), case.text: mark},
        {**case.good(2), case.text: "=1+1"},
        case.good(3),
    ]
    if case.twice:
        rows += [{**case.good(4), **case.twice}, {**case.good(4), **case.twice}]
    path = write(tmp_path / "strange.xlsx", kind, rows)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    sheet.merge_cells(start_row=5, end_row=5, start_column=1, end_column=2)
    book.save(path)
    large = tmp_path / "large.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(large, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(mark.encode(), "字".encode() * 1_000_000))
    report = dry_run(table, large)
    assert report.rows == report.taken + report.refused == len(rows)
    assert {3, 4, 5} <= {problem.row for problem in report.problems}
    assert max(len(problem.reason) for problem in report.problems) < 400
    assert {problem.column for problem in report.problems if problem.row == 3} == {case.text}
    if case.twice:
        assert {p.row for p in report.problems} == {3, 4, 5, 7}
    run = import_file(kind.table(SYSTEM), large, actor=SYSTEM, district=DISTRICT)
    assert (run.rows, run.taken, run.refused) == (report.rows, report.taken, report.refused)


def test_a_workbook_with_other_columns_is_refused_whole(kind: kinds.Kind, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["甲", "乙"])
    book.active.append(["一", "二"])
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(TableFileError):
        dry_run(kind.table(SYSTEM), tmp_path / "other.xlsx")


def test_the_template_explains_itself_and_its_example_is_no_row(kind: kinds.Kind, tmp_path: Path) -> None:
    table = kind.table(SYSTEM)
    write_template(table, tmp_path / "template.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "template.xlsx").worksheets[0]
    assert len([cell for cell in sheet[1] if cell.value]) == len(table.columns)
    assert len(sheet.data_validations.dataValidation) == sum(
        column.kind in ("CHOICE", "BOOLEAN") for column in table.columns
    )
    report = dry_run(table, tmp_path / "template.xlsx")
    assert (report.rows, report.refused) == (0, 0)


def test_what_is_exported_is_read_again_and_journalled(kind: kinds.Kind, tmp_path: Path) -> None:
    """The same columns both ways; rows that are there already come back refused, none is doubled."""
    assert kind.rows is not None
    out, before = tmp_path / "out.xlsx", CASES[kind.name].model.objects.count()
    rows = list(kind.rows(SYSTEM))[:400]
    assert rows
    count = take_out(kind.table(SYSTEM), rows, out, actor=SYSTEM)
    assert count == len(rows)
    taken = TableExport.objects.get()
    assert (taken.table, taken.rows) == (kind.name, count)
    entry = journal.history(taken).get()
    assert (entry.verb, entry.actor_key, entry.data["rows"]) == ("table.export", SYSTEM.actor_key, count)
    report = dry_run(kind.table(SYSTEM), out)
    assert report.rows == report.taken + report.refused == count
    if kind.name == "organisations":
        assert report.refused == 0, "known ones are changed to what the row says: to nothing new"
        return
    assert report.taken == 0
    run = import_file(kind.table(SYSTEM), out, actor=SYSTEM, district=DISTRICT)
    assert (run.taken, CASES[kind.name].model.objects.count()) == (0, before)


def test_the_pages_take_a_file_from_check_to_import(kind: kinds.Kind, tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    case = CASES[kind.name]
    _column, changes = case.bad[0]
    path = write(tmp_path / "rows.xlsx", kind, [case.good(0), {**case.good(1), **changes}])
    client = Client()
    account = Account.objects.get(username=case.account)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    start = reverse(f"{kind.name}-import")
    assert client.get(start).status_code == 200
    for what in ("template", "export"):
        answer = client.get(reverse(f"{kind.name}-{what}"))
        assert answer.getvalue().startswith(b"PK")
    before = case.model.objects.count()
    with path.open("rb") as file:
        checked = client.post(start, {"file": file}).headers["Location"]
    page = client.get(checked)
    report = page.context["report"]
    assert (report.rows, report.taken, report.refused) == (2, 1, 1), report.problems
    assert page.context["problems"][0]["row"] == 3
    assert case.model.objects.count() == before
    done = client.post(checked, follow=True)
    assert (done.context["run"].taken, done.context["run"].refused) == (1, 1)
    assert case.model.objects.count() == before + 1
    client.post(checked)  # sent twice
    assert case.model.objects.count() == before + 1
    errors = client.get(reverse(f"{kind.name}-errors", args=[page.context["upload"].pk]))
    assert errors.getvalue().startswith(b"PK")
    assert client.get(start).context["uploads"]
    resident = Client()
    resident.force_login(
        Account.objects.get(username="resident"), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert {resident.get(address).status_code for address in (start, checked)} == {403}
