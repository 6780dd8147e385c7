"""Files as they come from people's desks, opened as rows; everything unreadable is said in one line.

Workbooks are read with calamine. Before that the raw XML of the sheets is scanned once, because calamine
shows an error cell and a formula without a value as empty, and reserves memory for the whole rectangle
between two far cells.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qingdan.core.tables.columns import plain
from qingdan.core.tables.declared import Table, TableFileError

if TYPE_CHECKING:
    import python_calamine as calamine

MAX_FILE = 100 * 1024**2
MAX_UNPACKED = 1024**3
MAX_CELLS = 12_000_000  # calamine needs about 31 bytes a cell of the rectangle
HEAD_ROWS = 10  # titles and remarks may stand above the head
MARK = "qingdan-table"  # custom property of our templates: "name/version"
OWN_HEADS = frozenset(["原行号", "退回原因", "rowintheoriginalfile", "reason"])
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHUNK = 1 << 20


@dataclass
class Source:
    """A file opened as one table: where its columns are, its rows, and what is wrong with single cells."""

    first_row: int  # number of the first row below the head, as the spreadsheet shows it
    positions: dict[str, int]  # column name -> index in the row
    rows: Iterator[list[Any]]
    width: int
    count: int  # rows below the head, as far as the file says
    cell_problems: dict[int, list[tuple[str, str]]] = field(default_factory=dict)  # row -> (column, reason)
    notes: list[str] = field(default_factory=list)
    is_text: bool = False

    def chunks(self, size: int) -> Iterator[tuple[int, list[list[Any]]]]:
        """(number of the first row, rows) for each batch of `size` rows."""
        number = self.first_row
        while rows := list(islice(self.rows, size)):
            yield number, rows
            number += len(rows)


def open_source(table: Table, path: str | Path) -> Source:
    """Open a file for a table; raises TableFileError."""
    path = Path(path)
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise TableFileError(_("The file cannot be read: %(reason)s.") % {"reason": error.strerror}) from None
    if not size:
        raise TableFileError(_("The file is empty."))
    if size > MAX_FILE:
        raise TableFileError(_("The file is larger than %(limit)d MB; split it.") % {"limit": MAX_FILE >> 20})
    if start.startswith(_OLE):
        raise TableFileError(_ole_reason(path))
    if start.startswith(b"PK"):
        return _open_workbook(table, path)
    return _open_text(table, path)


def _ole_reason(path: Path) -> str:
    if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
        return _("The workbook is protected by a password; save it without one.")
    return _("This is an old .xls workbook; open it and save it as .xlsx.")


# --- workbooks ----------------------------------------------------------------------------------


def _open_workbook(table: Table, path: Path) -> Source:
    import python_calamine as calamine  # loaded when a workbook is read, not with the pages

    scan = _scan(path)
    if scan.mark and scan.mark[0] != table.name:
        raise TableFileError(
            _("This workbook is the template of another table (%(other)s); use that of “%(table)s”.")
            % {"other": scan.mark[0], "table": table.label}
        )
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
        names = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.typ == calamine.SheetTypeEnum.WorkSheet
            and sheet.visible == calamine.SheetVisibleEnum.Visible
        ]
        found = _choose_sheet(table, book, names)
    except calamine.PasswordError:
        raise TableFileError(_("The workbook is protected by a password; save it without one.")) from None
    except (calamine.CalamineError, OSError, ValueError):
        raise TableFileError(_broken()) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # a panic of the Rust reader on a broken file
            raise
        raise TableFileError(_broken()) from None
    sheet, head, heads = found
    positions, notes = _match_head(table, heads)
    last_row = (sheet.end or (0, 0))[0] + 1
    if last_row - head - 1 > table.max_rows:
        raise TableFileError(
            _("The sheet has %(rows)d rows; at most %(limit)d are taken at once. Split it.")
            % {"rows": last_row - head - 1, "limit": table.max_rows}
        )
    rows = islice(sheet.iter_rows(), head + 1, None)
    source = Source(head + 2, positions, rows, len(heads), max(last_row - head - 1, 0), notes=notes)
    part = scan.sheets.get(sheet.name, _SheetScan())
    _add_cell_problems(source, part, sheet.merged_cell_ranges or [])
    if scan.mark and scan.mark[1] != str(table.version):
        source.notes.append(_("The workbook was made from an older template; compare the columns."))
    if part.formulas:
        source.notes.append(
            ngettext(
                "%(count)d cell holds a formula; its value as last saved was taken.",
                "%(count)d cells hold formulas; their values as last saved were taken.",
                part.formulas,
            )
            % {"count": part.formulas}
        )
    return source


def _broken() -> str:
    return _("The workbook is damaged; open it in a spreadsheet program and save it as .xlsx.")


def _choose_sheet(
    table: Table, book: "calamine.CalamineWorkbook", names: list[str]
) -> "tuple[calamine.CalamineSheet, int, list[str]]":
    """The visible sheet whose head fits best: sheet, index of the head, the heads."""
    known = table.heads()
    best: tuple[int, calamine.CalamineSheet, int, list[str]] | None = None
    for name in names:
        sheet = book.get_sheet_by_name(name)
        if sheet.start is None:
            continue
        for i, row in enumerate(islice(sheet.iter_rows(), HEAD_ROWS)):
            heads = [str(cell) if cell != "" else "" for cell in row]
            fits = len({known[h] for h in map(head_of, heads) if h in known})
            if best is None or fits > best[0]:
                best = fits, sheet, i, heads
        if best is not None and best[0] == len(table.columns):
            break
    if best is None:
        raise TableFileError(_("The workbook is empty."))
    return best[1], best[2], best[3]


def _add_cell_problems(source: Source, part: "_SheetScan", merged: list[Any]) -> None:
    names = {index: name for name, index in source.positions.items()}
    for (top, left), (bottom, right) in merged:
        for row in range(max(top, source.first_row - 1), min(bottom, source.first_row + MAX_CELLS) + 1):
            for index in range(left, min(right, source.width) + 1):
                if index in names:
                    source.cell_problems.setdefault(row + 1, []).append(
                        (names[index], _("The cell is merged with others; unmerge it and fill each cell."))
                    )
    for row, index, reason in part.bad_cells:
        if index in names and row >= source.first_row:
            source.cell_problems.setdefault(row, []).append((names[index], reason))


@dataclass
class _SheetScan:
    formulas: int = 0
    bad_cells: list[tuple[int, int, str]] = field(default_factory=list)  # row number, column index, reason


@dataclass
class _Scan:
    sheets: dict[str, _SheetScan]
    mark: tuple[str, str] | None


def _scan(path: Path) -> _Scan:
    """One pass over the raw XML: sizes, extents, formulas, error cells; raises TableFileError."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            if sum(info.file_size for info in infos) > MAX_UNPACKED or len(infos) > 10_000:
                raise TableFileError(_("The workbook unpacks to far more than its size; it is not opened."))
            names = {info.filename for info in infos}
            if any(info.flag_bits & 1 for info in infos):
                raise TableFileError(_("The workbook is protected by a password; save it without one."))
            if "xl/workbook.xml" not in names:
                raise TableFileError(_("This is no Excel workbook; save the table as .xlsx or .csv."))
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise TableFileError(_("The workbook holds macros; save it as .xlsx without them."))
            sheets = {
                title: _scan_sheet(archive, part) for title, part in _sheet_parts(archive) if part in names
            }
            mark = None
            if "docProps/custom.xml" in names:
                text = archive.read("docProps/custom.xml")[:100_000].decode("utf-8", "replace")
                if match := re.search(rf'name="{MARK}"[^>]*><vt:lpwstr>([\w-]+)/(\d+)<', text):
                    mark = match[1], match[2]
            return _Scan(sheets, mark)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError):
        raise TableFileError(_broken()) from None


def _sheet_parts(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """(title, part name) of each sheet."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        book = etree.fromstring(archive.read("xl/workbook.xml"), parser)
        relations = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), parser)
    except (etree.XMLSyntaxError, KeyError):
        raise TableFileError(_broken()) from None
    targets = {r.get("Id"): r.get("Target", "") for r in relations}
    found = []
    for sheet in book.iter("{*}sheet"):
        relation = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
        target = targets.get(relation, "")
        found.append(
            (sheet.get("name", ""), target.lstrip("/") if target.startswith("/") else f"xl/{target}")
        )
    return found


_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*[^>/])>(.*?)</(?:\w+:)?c>", re.S)
_REFERENCE = re.compile(rb'\br=["\']([A-Z]{1,3})([0-9]{1,7})["\']')
_ROW_NUMBER = re.compile(rb'\br=["\']([0-9]{1,7})["\']')
_FAR = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br=["\']([A-Z]{2,3})[0-9]{1,7}["\'][^>]*[^>/]>')
# Patterns that begin with a letter, so that a chunk without it is passed over quickly.
_TWO_LETTERS = re.compile(rb'r=["\'][A-Z]{2}')
_ERROR = re.compile(rb't=["\']e["\']')
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|t)(?:\s[^>]*)?>[^<]")


def _scan_sheet(archive: zipfile.ZipFile, part: str) -> _SheetScan:
    found, last_row, width = _SheetScan(), 0, 26
    rest = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            data = rest + chunk
            cut = max(data.rfind(b"row>"), 0)  # whole rows only, whatever the prefix
            data, rest = data[:cut], data[cut:]
            if not data:
                continue
            last_row = max(last_row, _last_filled_row(data))
            if _TWO_LETTERS.search(data):  # nearly no chunk of any file
                for letters in set(_FAR.findall(data)):
                    width = max(width, _column_index(letters) + 1)
            if last_row * width > MAX_CELLS:
                raise TableFileError(
                    _("The sheet reaches to row %(row)d and column %(column)d; delete what lies far outside.")
                    % {"row": last_row, "column": width}
                )
            if b"<f" in data or b":f" in data or _ERROR.search(data):
                _scan_cells(data, found)
    return found


def _last_filled_row(data: bytes) -> int:
    """Number of the last row in the chunk that holds a value: styled empty rows may follow for ever."""
    end = max(data.rfind(b"<v>"), data.rfind(b"<is>"), data.rfind(b":v>"), data.rfind(b":is>"))
    start = max(data.rfind(b"<row ", 0, max(end, 0)), data.rfind(b":row ", 0, max(end, 0)))
    match = _ROW_NUMBER.search(data, start, end) if start >= 0 else None
    return int(match[1]) if match else 0


def _scan_cells(data: bytes, found: _SheetScan) -> None:
    for cell in _CELL.finditer(data):
        attributes, body = cell[1], cell[2]
        formula = _FORMULA.search(body)
        is_error = b't="e"' in attributes or b"t='e'" in attributes
        found.formulas += formula is not None
        if not is_error and (formula is None or _VALUE.search(body) or b't="str"' in attributes):
            continue
        reference = _REFERENCE.search(attributes)
        if reference is None:
            continue
        if is_error:
            value = re.search(rb"v>([^<]{1,20})<", body)
            error = value[1].decode("ascii", "replace") if value else "#"
            reason = _("The cell holds the error %(error)s.") % {"error": error}
        else:
            reason = _("The formula has no saved value; open and save the workbook in a spreadsheet program.")
        found.bad_cells.append((int(reference[2]), _column_index(reference[1]), reason))


def _column_index(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1


# --- text ---------------------------------------------------------------------------------------


def _open_text(table: Table, path: Path) -> Source:
    text = _decode(path.read_bytes())
    lines = text.splitlines()[:HEAD_ROWS]
    known = table.heads()

    def fits(delimiter: str) -> int:
        heads = next(csv.reader(lines[:1], delimiter=delimiter), [])
        return sum(head_of(head) in known for head in heads)

    delimiter = max(",\t;，", key=fits)
    csv.field_size_limit(MAX_FILE)  # too long a text is the column's question
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
        heads = next(rows, [])
        if not any(heads):
            raise TableFileError(_("The first line must hold the column heads."))
        positions, notes = _match_head(table, heads)
        count = sum(1 for _row in rows)
    except csv.Error:
        raise TableFileError(_("The text file is damaged; save the table as .xlsx.")) from None
    if count > table.max_rows:
        raise TableFileError(
            _("The sheet has %(rows)d rows; at most %(limit)d are taken at once. Split it.")
            % {"rows": count, "limit": table.max_rows}
        )
    source = Source(2, positions, iter(()), len(heads), count, notes=notes, is_text=True)
    source.rows = _text_rows(text, delimiter, len(heads), source)
    return source


def _text_rows(text: str, delimiter: str, width: int, source: Source) -> Iterator[list[Any]]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    next(rows)
    for number, row in enumerate(rows, start=2):
        if any(cell.strip() for cell in row[width:]):
            reason = _("The line has more cells than the head; put texts with commas in quotation marks.")
            source.cell_problems.setdefault(number, []).append(("", reason))
        yield row[:width] + [""] * (width - len(row))


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in data[:4096]:
        encodings = []
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableFileError(_("This is no Excel workbook; save the table as .xlsx or .csv."))


# --- heads --------------------------------------------------------------------------------------


def head_of(text: str) -> str:
    """A head in plain form, without the mark of a required column."""
    return re.sub(r"(\*|\(必填\)|\(required\))+$", "", plain(text).strip("*"))


def _match_head(table: Table, heads: list[str]) -> tuple[dict[str, int], list[str]]:
    """Where each column stands; raises TableFileError when the head does not serve."""
    import difflib

    known = table.heads()
    positions: dict[str, int] = {}
    unknown: list[str] = []
    for index, head in enumerate(heads):
        key = head_of(head)
        if key in known:
            name = known[key]
            if name in positions:
                raise TableFileError(
                    _("The column “%(column)s” stands twice; keep one.") % {"column": table[name].label}
                )
            positions[name] = index
        elif key and key not in OWN_HEADS:
            unknown.append(" ".join(str(head).split())[:40])
    expected = "、".join(str(column.label) for column in table.columns)
    if not positions:
        raise TableFileError(
            _("No column head was found; expected are %(expected)s.") % {"expected": expected}
        )
    missing = [column for column in table.columns if column.name not in positions]
    if required := [str(column.label) for column in missing if column.required]:
        raise TableFileError(
            _("Columns are missing: %(missing)s. Expected are %(expected)s.")
            % {"missing": "、".join(required), "expected": expected}
        )
    labels = [str(column.label) for column in missing]
    for head in unknown:
        key = head_of(head)
        near = [label for label in labels if plain(label).startswith(key) or key.startswith(plain(label))]
        if near := near or difflib.get_close_matches(key, labels, n=1, cutoff=0.7):
            raise TableFileError(
                _("The column “%(head)s” is not known; did you mean “%(near)s”?")
                % {"head": head, "near": near[0]}
            )
    notes = []
    if labels:
        notes.append(_("Columns left out: %(columns)s.") % {"columns": "、".join(labels)})
    if unknown:
        notes.append(_("Columns not read: %(columns)s.") % {"columns": "、".join(unknown)})
    return positions, notes
