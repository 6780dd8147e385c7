"""Files as they come from people's desks: read, or refused with one sentence."""

import io
import zipfile

import pytest
import xlsxwriter
from django.core.exceptions import ValidationError

from qingdan.core import tables
from qingdan.core.tables import Column, Kind, Table, TableFileError
from qingdan.core.tests.table_cast import GOOD, HEAD, SHORT, TABLE, book, with_cell

pytestmark = pytest.mark.usefixtures("english")


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
