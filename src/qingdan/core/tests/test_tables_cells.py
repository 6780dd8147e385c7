"""What cells mean, and the reason for those that mean nothing."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingdan.core import tables
from qingdan.core.tables.columns import ColumnReader, parse_date
from qingdan.core.tests.table_cast import (
    COLUMNS,
    HEAD,
)

pytestmark = pytest.mark.usefixtures("english")


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


@settings(deadline=None)
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


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**14), min_size=1, max_size=20))
def test_money_in_cells_is_exact(amounts):
    values, problems = ColumnReader(COLUMNS[3]).read([a / 100 for a in amounts])
    assert (values, problems) == (amounts, {})


@settings(deadline=None)
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
