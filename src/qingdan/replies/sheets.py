"""A letter as sheets for the screen: GB/T 9704-2012's grid of 22 lines of 28 characters, broken here.

The PDF is the letter; these sheets show the same text on the same grid, as HTML that can be read aloud, copied
and clicked. Lines are broken by character widths, so that a page needs no script to know where it ends.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from qingdan.documents.geometry import CHARACTERS, LINES, title_lines
from qingdan.documents.numbers import format_date
from qingdan.documents.paper import with_colon
from qingdan.documents.style import StyleFinding
from qingdan.documents.titles import width
from qingdan.replies.models import Layout, Publication, ReplyLetter
from qingdan.replies.paper import MARKS, code_note, draft_number
from qingdan.replies.text import Block, RenderedLetter

HEAD_ROWS = {Layout.FILE: 8, Layout.LETTER: 3}  # red head and number, as letter.css lays them
TITLE_GAP = 2
INDENT = 2
LINES_KEPT = 2  # of the text, on the sheet with the signature
_NO_START = set("，。、；：！？）》”〕…—·%％")
_NO_END = set("（《“〔")
_TOKEN = re.compile(r"[0-9A-Za-z.,%-]+号?|.", re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """A stretch of a line of one look: text, figure, broken, remark."""

    text: str
    look: str = "text"
    figure: int | None = None
    remark: int | None = None


@dataclass(frozen=True)
class Line:
    pieces: tuple[Piece, ...]
    ends: bool = False  # the last of its paragraph: not stretched to the margin


@dataclass(frozen=True)
class _Paragraph:
    kind: str
    level: int
    lines: tuple[Line, ...]


@dataclass
class Part:
    """Lines of one paragraph on one sheet. `kind` is text, to, sign, date, note or blank."""

    kind: str
    level: int = 0
    lines: list[Line] = field(default_factory=list)
    goes_on: bool = False  # began on the sheet before: no indent

    @property
    def is_cut(self) -> bool:
        """Goes on on the next sheet."""
        return bool(self.lines) and not self.lines[-1].ends


@dataclass
class Sheet:
    number: int
    parts: list[Part] = field(default_factory=list)

    @property
    def is_first(self) -> bool:
        return self.number == 1

    @property
    def is_even(self) -> bool:
        return self.number % 2 == 0


@dataclass(frozen=True)
class Head:
    """What stands above the text on the first sheet. `size` is the class that fits the red head to the sheet."""

    mark: str
    size: int
    number: str
    title: tuple[str, ...]
    marks: tuple[str, ...]
    rows: int


@dataclass(frozen=True)
class Laid:
    """A letter laid out. `pages` gives the sheet of each figure, `remarks` that of each remark."""

    head: Head
    sheets: tuple[Sheet, ...]
    pages: dict[int, int]
    remarks: tuple[tuple[int, StyleFinding], ...]


@dataclass(frozen=True)
class _Atom:
    text: str
    width: float
    look: str
    figure: int | None
    remark: int | None = None


def lay_out(letter: ReplyLetter, filled: RenderedLetter, remarks: Iterable[StyleFinding] = ()) -> Laid:
    """The letter on sheets of 22 lines; signature and date never stand alone on one."""
    remarks = list(remarks)
    head = _head(letter)
    paragraphs = []
    if letter.addressee:
        paragraphs.append(_paragraph("to", 0, _plain(with_colon(letter.addressee)), indent=0))
    offset = 0
    for block in filled.blocks:
        paragraphs.append(_paragraph("text", block.level, _atoms(block, offset, remarks)))
        offset += len(block.text) + 1
    if letter.contact:
        paragraphs.append(_paragraph("text", 0, _plain(f"{letter.contact.rstrip('。')}。")))
    close = (
        ("blank", ""),
        ("sign", letter.signature),
        ("date", format_date(letter.dated_on) if letter.dated_on else ""),
        *([("note", f"（{note}）")] if (note := code_note(letter)) else []),
    )
    sheets, left = _pour(paragraphs, LINES - head.rows)
    if left < len(close):
        sheets, _left = _pour(paragraphs, LINES - head.rows, turn_before=_turn(paragraphs))
    for kind, words in close:
        sheets[-1].parts.append(Part(kind, lines=[Line((Piece(words),), ends=True)]))
    pages: dict[int, int] = {}
    noted: dict[int, int] = {}
    for sheet in sheets:
        for piece in (piece for part in sheet.parts for line in part.lines for piece in line.pieces):
            if piece.figure:
                pages[piece.figure] = sheet.number
            if piece.remark is not None:
                noted.setdefault(piece.remark, sheet.number)
    return Laid(
        head, tuple(sheets), pages, tuple((noted.get(n, 1), remark) for n, remark in enumerate(remarks))
    )


def _paragraph(kind: str, level: int, atoms: Iterable[_Atom], indent: int = INDENT) -> _Paragraph:
    broken = [_pieces(line) for line in _break(atoms, indent)]
    return _Paragraph(
        kind, level, tuple(Line(pieces, ends=n == len(broken) - 1) for n, pieces in enumerate(broken))
    )


def _head(letter: ReplyLetter) -> Head:
    is_file = letter.layout == Layout.FILE
    mark = letter.printed_agency + ("文件" if is_file else "")
    marks = tuple(
        text
        for text in (
            f"{letter.reply_class}类" if letter.reply_class else "",
            MARKS[Publication(letter.publication)],
        )
        if text
    )
    title = tuple(title_lines(letter.title)) if letter.title else ()
    return Head(
        mark=mark,
        size=min(24, max(11, round(width(mark)))),
        number=letter.number or draft_number(letter),
        title=title,
        marks=marks,
        rows=HEAD_ROWS[Layout(letter.layout)] + (0 if is_file else len(marks)) + TITLE_GAP + len(title) + 1,
    )


def _pour(
    paragraphs: list[_Paragraph], first: int, turn_before: int | None = None
) -> tuple[list[Sheet], int]:
    """Fill sheets line by line, `first` lines on the first; answers the lines left on the last.

    A heading is not the last line of a sheet; `turn_before` begins a new sheet before that line of the text.
    """
    sheets, left, row = [Sheet(1)], max(0, first), 0
    for paragraph in paragraphs:
        for number, line in enumerate(paragraph.lines):
            needed = 2 if paragraph.level and line.ends else 1
            if left < needed or row == turn_before:
                sheets.append(Sheet(len(sheets) + 1))
                left = LINES
            if number == 0 or not sheets[-1].parts:
                sheets[-1].parts.append(Part(paragraph.kind, paragraph.level, goes_on=number > 0))
            sheets[-1].parts[-1].lines.append(line)
            left -= 1
            row += 1
    return sheets, left


def _turn(paragraphs: list[_Paragraph]) -> int:
    """The line of the text with which a last sheet begins; a heading goes along with what stands under it."""
    levels = [paragraph.level for paragraph in paragraphs for _line in paragraph.lines]
    row = max(0, len(levels) - LINES_KEPT)
    while row and levels[row - 1]:
        row -= 1
    return row


def _width(text: str) -> float:
    """Widths on screen: the digits of most Chinese fonts take a little more than half a character."""
    return sum(0.56 if character.isascii() else 1.0 for character in text)


def _plain(text: str) -> list[_Atom]:
    return [_Atom(token, _width(token), "text", None) for token in _TOKEN.findall(text)]


def _atoms(block: Block, offset: int, remarks: list[StyleFinding]) -> Iterator[_Atom]:
    """What may not be broken: a figure, a row of digits or letters, a character."""
    at = offset
    for run in block.runs:
        if run.kind == "figure":
            yield _Atom(run.text, _width(run.text), "figure", run.figure)
            at += len(run.text)
            continue
        for token in _TOKEN.findall(run.text):
            remark = next(
                (n for n, one in enumerate(remarks) if one.start < at + len(token) and at < one.end), None
            )
            look = "broken" if run.kind == "broken" else "text" if remark is None else "remark"
            yield _Atom(token, _width(token), look, None, remark)
            at += len(token)


def _break(atoms: Iterable[_Atom], indent: int) -> Iterator[list[_Atom]]:
    """Greedy lines of 28 characters; no line begins with a closing mark or ends with an opening one."""
    line: list[_Atom] = []
    room = float(CHARACTERS - indent)
    for atom in atoms:
        if atom.width > room and line:
            carried: list[_Atom] = []
            while len(line) > 1 and (
                line[-1].text in _NO_END or (carried[:1] or [atom])[0].text[:1] in _NO_START
            ):
                carried.insert(0, line.pop())
            yield line
            line = carried
            room = CHARACTERS - sum(one.width for one in line)
        line.append(atom)
        room -= atom.width
    if line:
        yield line


def _pieces(line: list[_Atom]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for atom in line:
        last = pieces[-1] if pieces else None
        if last and (last.look, last.remark) == (atom.look, atom.remark) and not (last.figure or atom.figure):
            pieces[-1] = Piece(last.text + atom.text, last.look, None, last.remark)
        else:
            pieces.append(Piece(atom.text, atom.look, atom.figure, atom.remark))
    return tuple(pieces)
