"""Tables by their declaration: reading, dry run, import, error workbook, export."""

import datetime as dt
import io
import random
import zipfile
from decimal import Decimal

import openpyxl
import pytest
import python_calamine as calamine
import xlsxwriter
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from qingdan.core import pii, tables
from qingdan.core.tables import Column, Kind, Table, TableFileError
from qingdan.core.tables.columns import ColumnReader, parse_date
from qingdan.core.tables.models import ImportProblem, ImportRun


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


class Item(models.Model):
    """A table of the test alone."""

    code = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=100)
    count = models.IntegerField(null=True)
    amount = models.BigIntegerField(null=True)
    day = models.DateField(null=True)
    rate = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    active = models.BooleanField(null=True)
    kind = models.CharField(max_length=8)
    secret = pii.EncryptedTextField(default="", blank=True)
    secret_index = pii.BlindIndexField(source="secret")
    made = models.DateTimeField(auto_now_add=True)
    extra = models.JSONField(default=dict)

    class Meta:
        app_label = "core_tests"

    def __str__(self):
        return self.code


NAMES = ["code", "title", "count", "amount", "day", "rate", "active", "kind"]
COLUMNS = [
    Column("code", "编号", Kind.CODE, required=True, max_length=20, unique=True, example="X-000"),
    Column("title", "名称", required=True, max_length=100, aliases=("标题",), example="示例"),
    Column("count", "人数", Kind.INTEGER, minimum=0, maximum=1000),
    Column("amount", "金额（元）", Kind.MONEY, minimum=0),
    Column("day", "日期", Kind.DATE),
    Column("rate", "比率", Kind.DECIMAL, places=3),
    Column("active", "有效", Kind.BOOLEAN),
    Column(
        "kind",
        "类别",
        Kind.CHOICE,
        required=True,
        choices=[("OLD", "老年人"), ("CHILD", "儿童"), ("X", "残疾人")],
    ),
]


def save(batch, actor):
    tables.insert_rows(Item, NAMES, batch.rows(*NAMES))


TABLE = Table("items", "示例表", COLUMNS, save=save)
HEAD = [c.label for c in COLUMNS]
GOOD = ["A-1", "样本", 3, 180000.5, dt.date(2018, 6, 29), 0.125, True, "老年人"]


def book(rows, head=HEAD, **options):
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream, {"default_date_format": "yyyy-mm-dd", **options})
    sheet = workbook.add_worksheet("表")
    for i, row in enumerate([head, *rows]):
        for j, cell in enumerate(row):
            if cell is None:
                continue
            if isinstance(cell, str):
                sheet.write_string(i, j, cell)
            else:
                sheet.write(i, j, cell)
    workbook.close()
    return stream.getvalue()


@pytest.fixture
def put(tmp_path):
    def write(data, name="file.xlsx"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


@pytest.fixture
def item_table(transactional_db):
    with connection.schema_editor() as editor:
        editor.create_model(Item)
    yield
    with connection.schema_editor() as editor:
        editor.delete_model(Item)


def with_cell(position, value):
    row = list(GOOD)
    row[HEAD.index(position)] = value
    return row


def run(path, table=TABLE, **options):
    return tables.import_file(table, path, actor="样本", district="530111", **options)


# --- cells --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("编号", 530111001.0, "530111001"),
        ("编号", " Ａ－1 ", "A-1"),
        ("名称", "𠮷😀\n第二行", "𠮷😀\n第二行"),
        ("名称", 12.0, "12"),
        ("名称", 1.5, "1.5"),
        ("人数", "１,０００", 1000),
        ("人数", 7.0, 7),
        ("金额（元）", "1.5万元", 1_500_000),
        ("金额（元）", 0.1 + 0.2, 30),
        ("金额（元）", "￥180,000.00", 18_000_000),
        ("日期", "2018/6/29", dt.date(2018, 6, 29)),
        ("日期", "2018.06.29", dt.date(2018, 6, 29)),
        ("日期", "2018年6月29日", dt.date(2018, 6, 29)),
        ("日期", "二〇一八年十二月二十九日", dt.date(2018, 12, 29)),
        ("日期", "２０１８年 6 月 29 日", dt.date(2018, 6, 29)),
        ("日期", "2018-06-29 00:00:00", dt.date(2018, 6, 29)),
        ("日期", 20180629.0, dt.date(2018, 6, 29)),
        ("日期", "", None),
        ("比率", "0.125", Decimal("0.125")),
        ("有效", "否", False),
        ("有效", "√", True),
        ("类别", " 儿 童 ", "CHILD"),
        ("类别", "CHILD", "CHILD"),
    ],
)
def test_cells_are_understood(column, cell, value):
    found = ColumnReader(COLUMNS[HEAD.index(column)])
    assert found.read([cell]) == ([value], {})


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("编号", "", "must be filled in"),
        ("编号", 5.3011120100101e17, "rounded this long number"),
        ("名称", "   ", "must be filled in"),
        ("名称", "长" * 101, "has 101 characters; at most 100"),
        ("名称", "长" * 1_000_000, "has 1000000 characters"),
        ("名称", "a\x07b", "control characters"),
        ("名称", "#REF!", "the error #REF!"),
        ("人数", "三人", "A number belongs here, not “三人”"),
        ("人数", 2.5, "A whole number belongs here"),
        ("人数", -1, "At least 0"),
        ("人数", 1001, "At most 1000"),
        ("人数", True, "A number belongs here"),
        ("人数", "1" * 39, "too large"),
        ("金额（元）", 1.005, "at most two decimals"),
        ("金额（元）", "十元", "Enter an amount"),
        ("金额（元）", -0.01, "At least 0"),
        ("日期", 43280, "may mean 2018-06-29"),
        ("日期", "2018年6月", "is no date"),
        ("日期", "2018-02-30", "is no date"),
        ("日期", 1.5, "A date belongs here"),
        ("比率", 0.1234, "At most 3 decimals"),
        ("比率", "1e5", "A number belongs here"),
        ("有效", "也许", "Write yes or no"),
        ("类别", "老人", "did you mean “老年人”"),
        ("类别", "zzz", "choose from 老年人、儿童、残疾人"),
    ],
)
def test_wrong_cells_get_their_reason(column, cell, reason):
    _values, problems = ColumnReader(COLUMNS[HEAD.index(column)]).read([cell])
    assert reason in problems[0]


mixed = st.one_of(
    st.text(max_size=12),
    st.integers(-(10**16), 10**16),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.sampled_from(["", "老年人", "是", "2018-06-29", "12", 3.0, 180000.05]),
)


@given(st.sampled_from(COLUMNS), st.lists(mixed, max_size=6))
def test_reading_a_column_equals_reading_its_cells(column, cells):
    reader = ColumnReader(column)
    values, problems = reader.read(cells)
    for i, cell in enumerate(cells):
        try:
            alone = reader._read_cell(cell)
        except tables.columns.CellError:
            assert i in problems
        else:
            assert i not in problems
            assert values[i] == alone
            assert type(values[i]) is type(alone)


@given(st.lists(st.integers(0, 10**14), min_size=1, max_size=20))
def test_money_in_cells_is_exact(amounts):
    values, problems = ColumnReader(COLUMNS[3]).read([a / 100 for a in amounts])
    assert (values, problems) == (amounts, {})


@given(st.dates())
def test_dates_in_every_form(day):
    digits = "〇一二三四五六七八九"

    def small(n):
        tens, ones = divmod(n, 10)
        return ("" if tens == 0 else "十" if tens == 1 else digits[tens] + "十") + (
            digits[ones] if ones else ""
        )

    year = f"{day.year:04d}"
    chinese = f"{''.join(digits[int(c)] for c in year)}年{small(day.month)}月{small(day.day)}日"
    for text in (
        day.isoformat(),
        f"{year}/{day.month}/{day.day}",
        f"{year}{day.month:02d}{day.day:02d}",
        chinese,
    ):
        assert parse_date(text) == day


# --- files --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"PK\x03\x04garbage", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "old .xls"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99 + "EncryptedPackage".encode("utf-16-le"),
            "password",
        ),
        (b"\x89PNG\r\n\x1a\n\0\0\0\0", "no Excel workbook"),
        (b"\xff\xff\xff", "no Excel workbook"),
        (b"a,b\n1,2\n", "No column head was found"),
        (b"\n\n", "first line"),
        (book([], head=[]), "workbook is empty"),
        (book([GOOD], head=["x"] * 8), "No column head"),
        (book([GOOD], head=HEAD[:-1]), "Columns are missing: 类别"),
        (book([GOOD], head=[*HEAD[:-1], "编号"]), "stands twice"),
        (
            book([GOOD], head=["编号", "名称", "人 员 数", "金额", "日其", "比率", "有效", "类别"]),
            "did you mean",
        ),
        (book([GOOD])[:-200], "damaged"),
    ],
)
def test_unreadable_files_say_what_to_do(put, data, reason):
    with pytest.raises(TableFileError, match=reason):
        tables.dry_run(TABLE, put(data))


def packed(sheet, **others):
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book([GOOD]))) as old, zipfile.ZipFile(stream, "w", 8) as new:
        for name in old.namelist():
            data = sheet if name == "xl/worksheets/sheet1.xml" and sheet else old.read(name)
            new.writestr(name, data)
        for name, data in others.items():
            new.writestr(name, data)
    return stream.getvalue()


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}<sheetData>{}</sheetData>'
    "</worksheet>"
)


def inline(reference, text):
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


SHORT = Table("short", "短表", [COLUMNS[0], COLUMNS[1], COLUMNS[2]])
SHORT_HEAD = '<row r="1">' + inline("A1", "编号") + inline("B1", "名称") + inline("C1", "人数") + "</row>"


def test_a_far_cell_is_refused_before_memory_is_spent(put):
    far = SHEET.format("", SHORT_HEAD + '<row r="900000">' + inline("ZZ900000", "x") + "</row>")
    with pytest.raises(TableFileError, match="far outside"):
        tables.dry_run(SHORT, put(packed(far)))
    styled = SHEET.format(
        "",
        SHORT_HEAD
        + f'<row r="2">{inline("A2", "a")}{inline("B2", "b")}<c r="C2"><v>1</v></c></row>'
        + '<row r="1048576"><c r="A1048576" s="0"/></row>',
    )
    assert tables.dry_run(SHORT, put(packed(styled))).taken == 1


def test_a_false_dimension_loses_nothing(put):
    rows = "".join(f'<row r="{n}">{inline(f"A{n}", n)}{inline(f"B{n}", "b")}</row>' for n in range(2, 50))
    data = packed(SHEET.format('<dimension ref="A1:B2"/>', SHORT_HEAD + rows))
    assert tables.dry_run(SHORT, put(data)).taken == 48


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_error_cells_and_unsaved_formulas_are_not_taken_as_empty(put, prefix):
    rows = "".join(
        f'<row r="{n}">{inline(f"A{n}", n)}{inline(f"B{n}", "b")}{cell}</row>'
        for n, cell in [
            (2, '<c r="C2" t="e"><v>#REF!</v></c>'),
            (3, '<c r="C3"><f>1+1</f></c>'),
            (4, '<c r="C4"><f>1+1</f><v>2</v></c>'),
            (5, '<c s="0" r="C5" t="e"><f>1/0</f><v>#DIV/0!</v></c>'),
            (6, '<c r="C6"/>'),
        ]
    )
    xml = SHEET.format("", SHORT_HEAD + rows)
    if prefix:
        xml = (
            xml.replace("</", "</\0")
            .replace("<", "<x:")
            .replace("<x:/\0", "</x:")
            .replace("xmlns=", "xmlns:x=")
        )
    report = tables.dry_run(SHORT, put(packed(xml)))
    assert [(p.row, p.column) for p in report.problems] == [(2, "count"), (3, "count"), (5, "count")]
    assert "#REF!" in report.problems[0].reason
    assert "no saved value" in report.problems[1].reason
    assert (report.taken, report.refused) == (2, 3)
    assert any("formulas" in note for note in report.notes)


def test_merged_cells_are_refused(put):
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream)
    sheet = workbook.add_worksheet()
    sheet.merge_range(0, 0, 0, 2, "题目")  # a title above the head harms nobody
    sheet.write_row(1, 0, ["编号", "名称", "人数"])
    sheet.write_row(2, 0, ["a", "样", 1])
    sheet.write_row(3, 0, ["b", "样", 1])
    sheet.write_row(4, 0, ["c", "", 1])
    sheet.merge_range(3, 1, 4, 1, "样")
    workbook.close()
    report = tables.dry_run(SHORT, put(stream.getvalue()))
    assert (report.rows, report.taken) == (3, 1)
    assert [(p.row, p.column) for p in report.problems] == [(4, "title"), (5, "title")]
    assert all("merged" in p.reason for p in report.problems)


def test_a_bomb_and_macros_are_refused(put, monkeypatch):
    with pytest.raises(TableFileError, match="macros"):
        tables.dry_run(TABLE, put(packed(None, **{"xl/vbaProject.bin": b"x"})))
    monkeypatch.setattr(tables.reading, "MAX_UNPACKED", 1000)
    with pytest.raises(TableFileError, match="unpacks"):
        tables.dry_run(TABLE, put(book([GOOD])))


def test_heads_in_any_order_width_and_with_strangers(put):
    head = ["序号", " 类 别 *", "金额(元)（必填）", "标题", "编号", "", "原行号"]
    report = tables.dry_run(TABLE, put(book([[1, "儿童", 5, "样", "a", "?", 9]], head=head)))
    assert (report.taken, report.refused) == (1, 0)
    assert any("Columns not read: 序号" in note for note in report.notes)
    assert any("Columns left out: 人数" in note for note in report.notes)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_files(put, encoding, delimiter):
    lines = [
        HEAD,
        ["A-1", '"两行\n文字"', "3", "1.50", "2018年6月29日", "", "是", "老年人"],
        ["A-2", "𠮷", *[""] * 5, "儿童"],
    ]
    text = "\r\n".join(delimiter.join(map(str, line)) for line in lines)
    report = tables.dry_run(TABLE, put(text.encode(encoding), "file.csv"))
    assert (report.rows, report.taken, report.problems) == (2, 2, [])


def test_a_text_line_with_a_stray_comma_is_refused(put):
    text = "编号,名称,人数\na,样,本,3\nb,样,3\n"
    report = tables.dry_run(SHORT, put(text.encode(), "file.csv"))
    assert report.taken == 1
    assert any(p.row == 2 and p.column == "" and "quotation marks" in p.reason for p in report.problems)


def test_too_many_rows(put):
    table = Table("short", "短表", SHORT.columns, max_rows=2)
    for data in (book([["a", "b"]] * 3, head=["编号", "名称"]), "编号,名称\na,b\nb,b\nc,b\n".encode()):
        with pytest.raises(TableFileError, match="at most 2"):
            tables.dry_run(table, put(data))


def test_duplicates_point_at_the_first(put):
    rows = [with_cell("编号", "a"), with_cell("编号", "b"), with_cell("编号", "ａ"), with_cell("类别", "?")]
    rows[3][0] = "c"  # refused for another reason, so it holds no key
    rows.append(with_cell("编号", "c"))
    report = tables.dry_run(TABLE, put(book(rows)))
    assert [(p.row, p.column) for p in report.problems] == [(4, "code"), (5, "kind")]
    assert "row 2" in report.problems[0].reason
    assert (report.rows, report.taken, report.refused) == (5, 3, 2)


def test_a_key_of_two_columns(put):
    table = Table("short", "短表", [Column("a", "甲"), Column("b", "乙", Kind.INTEGER)], key=("a", "b"))
    rows = [["x", 1], ["x", 2], ["x", 1], ["", 1], ["", 1]]
    report = tables.dry_run(table, put(book(rows, head=["甲", "乙"])))
    assert [(p.row, p.column) for p in report.problems] == [(4, "a")]


def test_rules_of_rows_and_batches(put):
    def check_row(row):
        if row["count"] == 1:
            raise ValidationError({"count": "one is too few"})
        if row["count"] == 2:
            raise ValidationError("no pairs")

    def check_batch(batch):
        for i, code in enumerate(batch["code"]):
            if code == "taken":
                batch.refuse(i, "is there already", "code")

    table = Table("short", "短表", SHORT.columns, check_row=check_row, check_batch=check_batch)
    rows = [["a", "x", 1], ["b", "x", 2], ["taken", "x", 3], ["c", "x", 4]]
    report = tables.dry_run(table, put(book(rows, head=["编号", "名称", "人数"])))
    assert [tuple(p) for p in report.problems] == [
        (2, "count", "one is too few"),
        (3, "", "no pairs"),
        (4, "code", "is there already"),
    ]
    assert report.taken == 1


def test_a_declaration_is_checked():
    with pytest.raises(ValueError, match="choices"):
        Column("a", "a", Kind.CHOICE)
    with pytest.raises(ValueError, match="differ"):
        Table("t", "t", [Column("a", "a"), Column("a", "b")])
    with pytest.raises(ValueError, match="key"):
        Table("t", "t", [Column("a", "a")], key=("b",))


# --- import -------------------------------------------------------------------------------------


def many(count, seed=1):
    """Rows of which about one in ten is wrong, some doubled, some empty."""
    chance = random.Random(seed)
    rows = []
    for i in range(count):
        row = with_cell("编号", f"N{i}")
        match chance.randrange(20):
            case 0:
                row[7] = "未知"
            case 1:
                row[0] = f"N{chance.randrange(count)}"
            case 2:
                row = [""] * 8
        rows.append(row)
    return rows


def test_every_row_is_taken_or_returned(item_table, put, tmp_path):
    path = put(book(many(300)))
    expected = tables.dry_run(TABLE, path)
    done = run(path, batch_size=37)
    assert (done.rows, done.taken, done.refused) == (expected.rows, expected.taken, expected.refused)
    assert done.rows == done.taken + done.refused
    assert Item.objects.count() == done.taken
    problems = [tables.Problem(p.row, p.column, p.reason) for p in done.problems.all()]
    assert len({p.row for p in problems}) == done.refused > 0
    returned = tables.write_errors(TABLE, path, problems, tmp_path / "errors.xlsx")
    assert returned == done.refused
    again = tables.dry_run(TABLE, tmp_path / "errors.xlsx")
    assert again.rows == done.refused


class Killed(BaseException):
    """Stands for a process that ends in the middle."""


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 12), st.booleans())
def test_a_killed_import_goes_on_without_loss_or_double(stop_after, after_insert):
    rows, calls = many(120, seed=3), []
    head = ["编号", "名称", "类别"]
    taken: list[str] = []
    pending: list[str] = []

    def kept(batch, actor):
        calls.append(1)
        pending[:] = batch["code"]
        if len(calls) == stop_after + 1 and not after_insert:
            raise Killed
        ImportProblem.objects.count()
        taken.extend(pending)
        if len(calls) == stop_after + 1:
            del taken[-len(pending) :]  # what the rolled-back transaction takes back
            raise Killed

    import tempfile
    from pathlib import Path

    table = Table("kept", "表", [COLUMNS[0], COLUMNS[1], COLUMNS[7]], save=kept)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "f.xlsx"
        path.write_bytes(book([[r[0], r[1], r[7]] for r in rows], head=head))
        expected = tables.dry_run(table, path)
        ImportRun.objects.all().delete()
        try:
            done = run(path, table, batch_size=10)
        except Killed:
            half = ImportRun.objects.get()
            assert half.state == "RUNNING"
            assert half.taken == len(taken)
            done = run(path, table, batch_size=99)
        assert (done.rows, done.taken, done.refused) == (expected.rows, expected.taken, expected.refused)
        assert len(taken) == len(set(taken)) == done.taken
        assert done.problems.values("row").distinct().count() == done.refused
        assert done.state == "DONE"


test_a_killed_import_goes_on_without_loss_or_double = pytest.mark.django_db(
    test_a_killed_import_goes_on_without_loss_or_double
)


def test_the_same_file_is_not_taken_twice(item_table, put):
    path = put(book([GOOD]))
    first = run(path)
    assert run(path).pk == first.pk
    assert Item.objects.count() == 1
    with pytest.raises(IntegrityError):
        Item.objects.create(code="A-1", title="", kind="")
    repeated = run(path, repeat=1)
    assert (repeated.taken, repeated.refused) == (0, 1)
    assert "there already" in repeated.problems.get().reason


def test_rows_that_the_database_refuses_stand_alone(item_table, put):
    Item.objects.create(code="N7", title="样", kind="OLD")
    Item.objects.create(code="N40", title="样", kind="OLD")
    rows = [with_cell("编号", f"N{i}") for i in range(50)]
    done = run(put(book(rows)))
    assert (done.taken, done.refused) == (48, 2)
    assert list(done.problems.values_list("row", flat=True)) == [9, 42]
    assert Item.objects.count() == 50


def test_save_may_refuse_rows(item_table, put):
    def choosy(batch, actor):
        for i, title in enumerate(batch["title"]):
            if title == "不要":
                batch.refuse(i, f"not wanted by {actor}", "title")
        good = batch.without(set(batch.refused))
        save(good, actor)

    table = Table("items", "表", COLUMNS, save=choosy)
    rows = [with_cell("名称", "不要"), with_cell("编号", "B")]
    done = run(put(book(rows)), table)
    assert (done.taken, done.refused, Item.objects.count()) == (1, 1, 1)
    assert done.problems.get().reason == "not wanted by 样本"


def test_values_arrive_unchanged(item_table, put):
    run(put(book([GOOD, ["B", "𠮷😀", *[None] * 5, "儿童"]])))
    one, two = Item.objects.order_by("pk")
    assert (one.count, one.amount, one.day) == (3, 18_000_050, dt.date(2018, 6, 29))
    assert (one.rate, one.active, one.kind) == (Decimal("0.125"), True, "OLD")
    assert (two.title, two.count, two.amount, two.day, two.active) == ("𠮷😀", None, None, None, None)
    assert one.extra == {}
    assert one.made is not None


def test_inserted_secrets_are_sealed_and_indexed(item_table):
    count = tables.insert_rows(
        Item, ["code", "title", "kind", "secret"], [("a", "样", "OLD", "530111201001010008")]
    )
    item = Item.objects.get(**Item._meta.get_field("secret_index").lookup("530111201001010008"))
    assert (count, item.secret.reveal()) == (1, "530111201001010008")
    assert tables.insert_rows(Item, ["code"], []) == 0


def test_known_values_are_those_that_records_have(item_table):
    tables.insert_rows(
        Item, ["code", "title", "kind"], [("a'", "样", "OLD"), ("b", "样", "OLD"), ("c", "样", "X")]
    )
    old = Item.objects.filter(kind="OLD")
    assert tables.known_values(old, "code", ["a'", "c", "样", 'x"', "a'"]) == {"a'"}
    assert tables.known_values(old, "code", []) == set()


def test_a_table_without_save_is_not_imported(put):
    with pytest.raises(TypeError):
        run(put(book([GOOD])), SHORT)


def test_a_wrong_file_leaves_no_run(db, put):
    with pytest.raises(TableFileError):
        run(put(b"nonsense"))
    assert not ImportRun.objects.exists()


def test_progress_is_told(item_table, put):
    told = []
    run(
        put(book([with_cell("编号", str(i)) for i in range(25)])),
        batch_size=10,
        progress=lambda n, name: told.append(n),
    )
    assert told == [10, 20, 25]


# --- workbooks out ------------------------------------------------------------------------------


def test_a_template_comes_back_as_it_was_meant(put, tmp_path):
    path = tmp_path / "template.xlsx"
    tables.write_template(TABLE, path)
    report = tables.dry_run(TABLE, path)
    assert (report.rows, report.taken) == (0, 0)
    assert any("example row" in note for note in report.notes)
    sheet = openpyxl.load_workbook(path)["示例表"]
    assert [cell.value for cell in sheet[1]][:2] == ["编号*", "名称*"]
    assert sheet.freeze_panes == "A2"
    assert len(sheet.data_validations.dataValidation) == 2
    assert "Required" in sheet["A1"].comment.text
    with pytest.raises(TableFileError, match="another table"):
        tables.dry_run(SHORT, path)
    newer = Table("items", "示例表", COLUMNS, version=2)
    assert any("older template" in note for note in tables.dry_run(newer, path).notes)


def test_a_filled_template_is_read(tmp_path):
    path = tmp_path / "template.xlsx"
    tables.write_template(TABLE, path)
    workbook = openpyxl.load_workbook(path)
    for index, cell in enumerate(GOOD, start=1):
        workbook["示例表"].cell(row=2, column=index, value=cell)
    workbook.save(path)
    assert tables.dry_run(TABLE, path).taken == 1


def test_the_error_workbook_can_be_corrected_and_sent_again(put, tmp_path):
    rows = [GOOD, with_cell("类别", "老人"), with_cell("人数", "三人"), with_cell("编号", "B")]
    rows[1][0], rows[2][0] = "C", "D"
    path = put(book(rows))
    errors = tmp_path / "errors.xlsx"
    assert tables.write_errors(TABLE, path, tables.dry_run(TABLE, path).problems, errors) == 2
    workbook = openpyxl.load_workbook(errors)
    sheet = workbook.active
    assert "did you mean" in sheet["H2"].comment.text
    assert sheet["H2"].fill.fgColor.rgb == "FFFFC7CE"
    assert sheet["C2"].comment is None
    assert (sheet["I2"].value, sheet["I3"].value) == (3, 4)
    assert sheet["J3"].value.startswith("人数：")
    sheet["H2"], sheet["C3"] = "老年人", 3
    workbook.save(errors)
    report = tables.dry_run(TABLE, errors)
    assert (report.rows, report.taken, report.notes) == (2, 2, [])


AWKWARD = [
    "=1+1",
    "+A1",
    "@x",
    "http://example.org",
    "a_x0041_b",
    "<&>\"'",
    " 空 ",
    "两\n行",
    "\x07",
    "𠮷😀",
    "00123",
    "x" * 40_000,
]


def test_an_export_is_read_back(put, tmp_path):
    rows = [
        (f"C{i}", text, i, -i * 100 - 5, dt.date(2018, 6, 29), Decimal("0.125"), bool(i % 2), "OLD")
        for i, text in enumerate(AWKWARD)
    ]
    rows.append(("E", "样", None, None, None, None, None, "gone"))
    path = tmp_path / "export.xlsx"
    assert tables.export_rows(TABLE, iter(rows), path) == len(rows)
    assert not list(tmp_path.glob("*.part"))
    sheet = openpyxl.load_workbook(path).active
    assert [cell.value for cell in sheet[1]] == HEAD
    # openpyxl leaves the escapes of inline strings as they are, so texts are read by calamine.
    texts = calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    values = [row[1] for row in texts[1:]]
    assert values[: len(AWKWARD) - 1] == AWKWARD[:-1]
    assert all(row[1].data_type == "s" for row in sheet.iter_rows(min_row=2))
    assert len(values[11]) == 32_767
    first = sheet[3]
    assert [c.value for c in first[2:]] == [1, -1.05, dt.datetime(2018, 6, 29), 0.125, "Yes", "老年人"]
    assert first[3].number_format == "#,##0.00"
    assert [c.value for c in sheet[len(rows) + 1]] == ["E", "样", *[None] * 5, "gone"]


def test_an_empty_export_has_its_head(tmp_path):
    tables.export_rows(TABLE, [], tmp_path / "e.xlsx")
    assert tables.dry_run(TABLE, tmp_path / "e.xlsx").rows == 0


def test_an_export_to_a_stream_and_its_time_zone():
    table = Table("t", "表", [Column("at", "时间", Kind.DATETIME)])
    stream = io.BytesIO()
    tables.export_rows(table, [(dt.datetime(2018, 6, 29, 4, 30, tzinfo=dt.UTC),)], stream)
    assert openpyxl.load_workbook(stream).active["A2"].value == dt.datetime(2018, 6, 29, 12, 30)


def test_a_broken_export_leaves_nothing(tmp_path):
    def rows():
        yield ("a",) * 8
        raise RuntimeError

    with pytest.raises((RuntimeError, AttributeError, TypeError, ValueError)):
        tables.export_rows(TABLE, rows(), tmp_path / "e.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_more_rows_than_a_sheet_holds_go_on(tmp_path, monkeypatch):
    monkeypatch.setattr(tables.writing, "SHEET_ROWS", 3)
    table = Table("t", "表", [Column("a", "甲", Kind.INTEGER)])
    for count, sheets in ((6, 2), (7, 3), (3, 1)):
        assert tables.export_rows(table, ((i,) for i in range(count)), tmp_path / "e.xlsx") == count
        workbook = openpyxl.load_workbook(tmp_path / "e.xlsx")
        assert len(workbook.sheetnames) == sheets
        found = [row[0] for sheet in workbook for row in sheet.iter_rows(min_row=2, values_only=True)]
        assert found == list(range(count))
