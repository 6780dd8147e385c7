"""A table for the tests of tables: its model, its columns, a good row, and workbooks made of rows."""

import datetime as dt
import io
import random

import xlsxwriter
from django.db import models

from qingdan.core import pii, tables
from qingdan.core.tables import Column, Kind, Table


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


def with_cell(position, value):
    row = list(GOOD)
    row[HEAD.index(position)] = value
    return row


def run(path, table=TABLE, **options):
    return tables.import_file(table, path, actor="样本", district="530111", **options)


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


SHORT = Table("short", "短表", [COLUMNS[0], COLUMNS[1], COLUMNS[2]])
