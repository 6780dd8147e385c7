"""Workbooks out: the template, the error workbook, the export.

The small ones are written by XlsxWriter. The export, which may have a hundred thousand rows, lets
XlsxWriter make the shell (styles, widths, frozen head) and streams the rows into it as inline strings and
numbers, a column at a time: several times faster, in constant memory. Texts are typed as strings, so that
nothing in them is ever a formula.
"""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import escape

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qingdan.core.money import yuan
from qingdan.core.tables.columns import LONGEST_TEXT, Column, Kind
from qingdan.core.tables.declared import Problem, Table, TableFileError
from qingdan.core.tables.reading import MARK, open_source

SHEET_ROWS = 1_048_575  # below the head
_CHUNK = 5_000
_TEMPLATE_ROWS = 5_000  # rows of a template that carry drop-downs and formats
_COMMENTS = 2_000  # comments cost memory in the reader's spreadsheet, too
_FORMATS = {
    Kind.MONEY: "#,##0.00",
    Kind.INTEGER: "0",
    Kind.DATE: "yyyy-mm-dd",
    Kind.DATETIME: "yyyy-mm-dd hh:mm:ss",
}
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
Target = str | Path | IO[bytes]


def _book(target: Any, options: Mapping[str, Any]) -> Any:
    import xlsxwriter  # loaded when a workbook is written, not with the pages

    return xlsxwriter.Workbook(target, options)


def _letters(column: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))


def _format(column: Column) -> dict[str, Any]:
    if column.kind is Kind.DECIMAL:
        return {"num_format": "0." + "0" * column.places if column.places else "0"}
    return {"num_format": _FORMATS.get(column.kind, "@")}


def _width(column: Column) -> int:
    head = sum(2 if ord(c) > 0x2E7F else 1 for c in str(column.label)) + 4
    usual = {Kind.DATE: 12, Kind.DATETIME: 20, Kind.MONEY: 16}.get(column.kind, 12)
    return column.width or min(max(head, usual, min(column.max_length or 0, 30)), 50)


def _sheet_name(table: Table) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", str(table.label))[:31].strip() or table.name[:31]


# --- template -----------------------------------------------------------------------------------


def write_template(table: Table, target: Target) -> None:
    """An empty workbook to fill in: head with notes, drop-downs, an example row and a page of instructions.

    The example row is skipped when it comes back unchanged.
    """
    book = _book(target, _OPTIONS)
    book.set_custom_property(MARK, f"{table.name}/{table.version}")
    sheet = book.add_worksheet(_sheet_name(table))
    head = book.add_format({"bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True})
    needed = book.add_format({"bold": True, "bg_color": "#F8E1C4", "border": 1, "text_wrap": True})
    lists = book.add_worksheet(_("Choices"))
    list_column = 0
    for index, column in enumerate(table.columns):
        cell = book.add_format(_format(column))
        example = book.add_format(_format(column) | {"italic": True, "font_color": "#595959"})
        sheet.set_column(index, index, _width(column), cell)
        sheet.write_string(
            0,
            index,
            str(column.label) + ("*" if column.required else ""),
            needed if column.required else head,
        )
        if note := note_of(column):
            sheet.write_comment(0, index, note, {"x_scale": 2})
        _write_example(sheet, 1, index, column, example)
        choices = [label for _value, label in column.pairs()]
        if column.kind is Kind.BOOLEAN:
            choices = [_("Yes"), _("No")]
        if choices:
            lists.write_column(0, list_column, choices)
            letters = _letters(list_column)
            area = f"='{lists.get_name()}'!${letters}$1:${letters}${len(choices)}"
            sheet.data_validation(1, index, _TEMPLATE_ROWS, index, {"validate": "list", "source": area})
            list_column += 1
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, 32)
    lists.hide()
    _write_instructions(book, table)
    book.close()


def note_of(column: Column) -> str:
    """What belongs in a column, in a few short sentences: the comment at its head."""
    parts = [_("Required.") if column.required else "", str(column.note)]
    if column.max_length and column.kind is Kind.TEXT:
        parts.append(_("At most %(limit)d characters.") % {"limit": column.max_length})
    if column.unique:
        parts.append(_("Each value only once."))
    parts.append(
        {
            Kind.MONEY: _("Amount in yuan, at most two decimals."),
            Kind.DATE: _("A date, such as 2018-06-29."),
            Kind.CODE: _("Typed as text, not as a number."),
            Kind.INTEGER: _("A whole number."),
            Kind.DECIMAL: _("A number."),
            Kind.CHOICE: _("Choose from the list."),
            Kind.BOOLEAN: _("Yes or no."),
        }.get(column.kind, "")
    )
    return " ".join(part for part in parts if part)


def _write_example(sheet: Any, row: int, index: int, column: Column, style: Any) -> None:
    example = column.example
    if isinstance(example, dt.date):
        sheet.write_datetime(row, index, dt.datetime(example.year, example.month, example.day), style)
    elif isinstance(example, int | float) and not isinstance(example, bool):
        sheet.write_number(row, index, example, style)
    elif str(example):
        sheet.write_string(row, index, str(example), style)


def _write_instructions(book: Any, table: Table) -> None:
    sheet = book.add_worksheet(_("Instructions"))
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    lines = [
        str(table.label),
        str(table.note),
        _("Fill in the first sheet. Row 2 is an example; delete it or write over it."),
        _("Columns marked * are required. Do not merge cells."),
    ]
    row = 0
    for line in filter(None, lines):
        sheet.write_string(row, 0, line, bold if row == 0 else wrap)
        row += 1
    for column in table.columns:
        sheet.write_string(row, 0, str(column.label) + ("*" if column.required else ""), bold)
        sheet.write_string(row, 1, note_of(column), wrap)
        labels = "、".join(label for _value, label in column.pairs()[:50])
        sheet.write_string(row, 2, labels, wrap)
        row += 1
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, 2, 60)


# --- error workbook -----------------------------------------------------------------------------


def write_errors(table: Table, path: str | Path, problems: Iterable[Problem], target: Target) -> int:
    """The refused rows of a file as a workbook to correct and send again; returns how many rows.

    Cells at fault are red and carry the reason as a comment; the last columns hold the row in the
    original file and all its reasons, and are not read when the workbook comes back. Columns that the
    table does not know are left out. `path` is the file as it was imported.
    """
    by_row: dict[int, list[Problem]] = {}
    for problem in problems:
        by_row.setdefault(problem.row, []).append(problem)
    source = open_source(table, path)
    book = _book(target, {**_OPTIONS, "constant_memory": False})
    book.set_custom_property(MARK, f"{table.name}/{table.version}")
    sheet = book.add_worksheet(_sheet_name(table))
    styles = {c.name: book.add_format(_format(c)) for c in table.columns}
    red = {c.name: book.add_format(_format(c) | {"bg_color": "#FFC7CE"}) for c in table.columns}
    head = book.add_format({"bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True})
    reason_style = book.add_format({"text_wrap": True, "font_color": "#9C0006", "valign": "top"})
    names = [column.name for column in table.columns]
    for index, column in enumerate(table.columns):
        sheet.set_column(index, index, _width(column))
        sheet.write_string(0, index, str(column.label) + ("*" if column.required else ""), head)
        choices = (
            [_("Yes"), _("No")] if column.kind is Kind.BOOLEAN else [label for _v, label in column.pairs()]
        )
        if choices and sum(len(c) + 1 for c in choices) <= 255 and not any("," in c for c in choices):
            sheet.data_validation(
                1, index, max(len(by_row), 1), index, {"validate": "list", "source": choices}
            )
    last = len(names)
    sheet.write_string(0, last, _("Row in the original file"), head)
    sheet.write_string(0, last + 1, pgettext("error workbook", "Reason"), head)
    sheet.set_column(last, last, 12)
    sheet.set_column(last + 1, last + 1, 60)
    out = comments = 0
    number = source.first_row - 1
    for row in source.rows:
        number += 1
        found = by_row.get(number)
        if found is None:
            continue
        out += 1
        at_fault = {problem.column: problem.reason for problem in found if problem.column}
        for index, name in enumerate(names):
            cell = row[source.positions[name]] if name in source.positions else ""
            _write_cell(sheet, out, index, cell, red[name] if name in at_fault else styles[name], table[name])
            if name in at_fault and comments < _COMMENTS:
                sheet.write_comment(out, index, at_fault[name])
                comments += 1
        sheet.write_number(out, last, number)
        texts = [f"{table[p.column].label}：{p.reason}" if p.column in names else p.reason for p in found]
        sheet.write_string(out, last + 1, "；".join(texts)[:LONGEST_TEXT], reason_style)
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, 32)
    book.close()
    return out


def _write_cell(sheet: Any, row: int, index: int, cell: Any, style: Any, column: Column) -> None:
    if isinstance(cell, bool):
        sheet.write_boolean(row, index, cell, style)
    elif isinstance(cell, int | float):
        if column.kind in {Kind.TEXT, Kind.CODE, Kind.CHOICE}:
            text = str(int(cell)) if cell == int(cell) else repr(cell)
            sheet.write_string(row, index, text, style)
        else:
            sheet.write_number(row, index, cell, style)
    elif isinstance(cell, dt.date):
        sheet.write_datetime(row, index, cell, style)
    elif cell == "":
        sheet.write_blank(row, index, None, style)
    else:
        sheet.write_string(row, index, str(cell)[:LONGEST_TEXT], style)


# --- export -------------------------------------------------------------------------------------

Write = Callable[[Sequence[Any], str], tuple[str, Sequence[str], str]]
_EPOCH = dt.date(1899, 12, 30).toordinal()
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def export_rows(table: Table, rows: Iterable[tuple[Any, ...]], target: Target) -> int:
    """Write rows (tuples in the order of the columns) to a workbook; returns how many.

    Money comes in fen and is shown in yuan, choices come as values and are shown as labels. More rows
    than a sheet holds go on in further sheets. A target given as a path appears only when complete.
    """
    if not isinstance(target, str | Path):
        return _export(table, rows, target)
    partial = Path(f"{target}.part")
    try:
        count = _export(table, rows, partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return count


def _export(table: Table, rows: Iterable[tuple[Any, ...]], target: Path | IO[bytes]) -> int:
    writers = [_writer(column) for column in table.columns]
    shell, styles = _shell(table)
    before, after = shell["xl/worksheets/sheet1.xml"].split(b"<!--rows-->")
    rest = iter(rows)
    count = sheets = 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        more = True
        while more:
            sheets += 1
            with archive.open(f"xl/worksheets/sheet{sheets}.xml", "w", force_zip64=True) as out:
                out.write(before)
                written = _stream(out, islice(rest, SHEET_ROWS), writers, styles)
                out.write(after)
            count += written
            following = next(rest, None) if written == SHEET_ROWS else None
            more = following is not None
            if following is not None:
                rest = chain([following], rest)
        for name, body in _parts(shell, sheets, _sheet_name(table)).items():
            archive.writestr(name, body)
    return count


def _stream(out: IO[bytes], rows: Iterator[tuple[Any, ...]], writers: list[Write], styles: list[str]) -> int:
    starts = [f'<c r="{_letters(i)}' for i in range(len(writers))]
    openings = [f'"{style}' for style in styles]
    number = 1
    while batch := list(islice(rows, _CHUNK)):
        count = len(batch)
        numbers = [str(n) for n in range(number + 1, number + 1 + count)]
        # The pieces of all rows lie in one list, the same piece of each row a stride apart, and are joined once.
        pieces: list[Sequence[str]] = [['<row r="'] * count, numbers, ['">'] * count]
        for start, opening, write, values in zip(
            starts, openings, writers, zip(*batch, strict=True), strict=True
        ):
            before, texts, after = write(values, opening)
            if "" in texts:  # an empty cell is left out altogether
                pieces.append(
                    [
                        start + n + before + text + after if text else ""
                        for n, text in zip(numbers, texts, strict=True)
                    ]
                )
            else:
                pieces += [[start] * count, numbers, [before] * count, texts, [after] * count]
        pieces.append(["</row>"] * count)
        flat = [""] * (count * len(pieces))
        for position, piece in enumerate(pieces):
            flat[position :: len(pieces)] = piece
        out.write("".join(flat).encode("utf-8", "replace"))
        number += count
    return number - 1


_TEXT = ' t="inlineStr"><is><t>'
_TEXT_WITH_BLANKS = ' t="inlineStr"><is><t xml:space="preserve">'
_TEXT_END = "</t></is></c>"


def _texts(values: Sequence[Any], opening: str) -> tuple[str, Sequence[str], str]:
    try:
        joined = "".join(values)
    except TypeError:  # not all of them texts
        joined = "&"
    if (
        not joined.isprintable()
        or any(sign in joined for sign in ("&", "<", ">", "_x"))
        or max(map(len, values), default=0) > LONGEST_TEXT
    ):
        values = ["" if value is None or value == "" else _xml(value) for value in values]
        return opening + _TEXT_WITH_BLANKS, values, _TEXT_END
    # A program may drop blanks at either end of a text that does not ask for them.
    outer = " " in joined and list(map(str.strip, values)) != list(values)
    return opening + (_TEXT_WITH_BLANKS if outer else _TEXT), values, _TEXT_END


def _xml(value: Any) -> str:
    text = value if type(value) is str else str(value)
    if len(text) > LONGEST_TEXT:
        text = text[: LONGEST_TEXT - 1] + "…"
    if not text.isprintable() or "_x" in text:
        text = _UNSAFE.sub(lambda m: f"_x{ord(m[0]):04X}_", text)
    return escape(text)


def _writer(column: Column) -> Write:
    """How a column is written: what stands before each text after `<c r="A1`, the texts, what stands after."""
    kind = column.kind
    if kind is Kind.CHOICE or kind is Kind.BOOLEAN:
        labels: Mapping[Any, str] = (
            dict(column.pairs()) if kind is Kind.CHOICE else {True: _("Yes"), False: _("No")}
        )
        return lambda values, opening: _texts([labels.get(v, v) for v in values], opening)
    if kind is Kind.MONEY:
        return _numbers(lambda v: f"{v // 100}.{v % 100:02d}" if v >= 0 else str(yuan(v)))
    if kind in {Kind.INTEGER, Kind.DECIMAL}:
        return _numbers(str)
    if kind is Kind.DATE:
        return _numbers(lambda v: str(v.toordinal() - _EPOCH))
    if kind is Kind.DATETIME:
        return _numbers(_serial)
    return _texts


def _numbers(text: Callable[[Any], str]) -> Write:
    def write(values: Sequence[Any], opening: str) -> tuple[str, Sequence[str], str]:
        return opening + "><v>", ["" if v is None else text(v) for v in values], "</v></c>"

    return write


def _serial(moment: dt.datetime) -> str:
    local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    seconds = local.hour * 3600 + local.minute * 60 + local.second
    return f"{local.toordinal() - _EPOCH + seconds / 86400:.9f}"


def _shell(table: Table) -> tuple[dict[str, bytes], list[str]]:
    """Parts of a workbook with the head and one row, and the style attribute of each column."""
    stream = io.BytesIO()
    book = _book(stream, {**_OPTIONS, "in_memory": True})
    sheet = book.add_worksheet(_sheet_name(table))
    head = book.add_format({"bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True})
    for index, column in enumerate(table.columns):
        sheet.set_column(index, index, _width(column))
        sheet.write_blank(0, index, None, head)
        sheet.write_blank(1, index, None, book.add_format(_format(column)))
    sheet.freeze_panes(1, 0)
    book.close()
    with zipfile.ZipFile(stream) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    xml = parts["xl/worksheets/sheet1.xml"].decode()
    cells = re.findall(r'<c r="[A-Z]+([12])" (s="\d+")/>', xml)
    heads = [style for row, style in cells if row == "1"]
    styles = [style for row, style in cells if row == "2"]
    if not len(heads) == len(styles) == len(table.columns):
        raise TableFileError("the workbook writer changed its form")
    column_name = _letters
    head_row = "".join(
        f'<c r="{column_name(i)}1" {style} t="inlineStr"><is><t>{_xml(str(c.label))}</t></is></c>'
        for i, (style, c) in enumerate(zip(heads, table.columns, strict=True))
    )
    xml = re.sub(r'<dimension ref="[^"]*"/>', "", xml)
    before, rest = xml.split("<sheetData>")
    after = rest.split("</sheetData>")[1]
    shell = f'{before}<sheetData><row r="1">{head_row}</row><!--rows--></sheetData>{after}'
    parts["xl/worksheets/sheet1.xml"] = shell.encode()
    return parts, [f" {style}" for style in styles]


def _parts(shell: dict[str, bytes], sheets: int, name: str) -> dict[str, bytes]:
    """Every part but the sheets, with further sheets entered where a workbook lists them."""
    parts = {key: body for key, body in shell.items() if not key.startswith("xl/worksheets/")}
    for number in range(2, sheets + 1):
        title = escape(f"{name[:26]} {number}", {'"': "&quot;"})
        parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
            b"</sheets>", f'<sheet name="{title}" sheetId="{number}" r:id="rIdS{number}"/></sheets>'.encode()
        )
        relation = (
            '<Relationship Id="rIdS{0}" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
            'relationships/worksheet" Target="worksheets/sheet{0}.xml"/></Relationships>'
        )
        parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(
            b"</Relationships>", relation.format(number).encode()
        )
        kind = (
            '<Override PartName="/xl/worksheets/sheet{0}.xml" ContentType="application/vnd.'
            'openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
        )
        parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
            b"</Types>", kind.format(number).encode()
        )
    return parts
