"""Workbooks out: template, error workbook, export."""

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
import python_calamine as calamine

from qingdan.core import tables
from qingdan.core.tables import Column, Kind, Table, TableFileError
from qingdan.core.tests.table_cast import (
    COLUMNS,
    GOOD,
    HEAD,
    SHORT,
    TABLE,
    book,
    with_cell,
)

pytestmark = pytest.mark.usefixtures("english")


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
