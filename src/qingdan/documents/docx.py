"""A paper as .docx, laid out to look alike in Word, WPS and LibreOffice.

Word's layout is at the mercy of the fonts a machine has, so nothing here depends on a font's own line
height: every line has an exact height, and what the standard measures in millimetres is spacing before a
paragraph. The same paper gives the same bytes.

In a line of exact height both Word and LibreOffice put the baseline at four fifths of the height; the
constants below rest on that (measured in LibreOffice 7.4, see docs/paper.md).
"""

import io
import math
import zipfile
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph

from qingdan.documents import geometry as g
from qingdan.documents.numbers import format_date
from qingdan.documents.paper import (
    Attachment,
    Block,
    Form,
    Heading,
    Paper,
    Run,
    attachment_lines,
    text_blocks,
    with_colon,
)
from qingdan.documents.titles import width
from qingdan.documents.wordml import (
    FANGSONG,
    HEI,
    KAI,
    LATIN,
    LINE_PT,
    LINE_TWIPS,
    SONG,
    TITLE,
    add_border,
    add_page_field,
    add_run,
    indent,
    plain,
    set_child,
    set_fonts,
    set_frame,
    set_outline_level,
)

BASELINE = 0.8  # of an exact line's height
EM_TOP, EM_BOTTOM = 0.88, 0.12
OVER_LETTERS = BASELINE * LINE_PT - EM_TOP * g.SIZE_3  # air over the letters of a 3号 line
MARK_INK = 0.85  # how far the letters of a red head rise over the baseline, in ems

DASH_RISE = 0.27  # of an em line over the baseline, in ems, as LibreOffice prints it

FOOTER_MM = 8
FILE_RULE_PT = 1.5
ROUNDING_PT = 2
RULE_PT = 2.25  # the thick line of Word's double rule; with gap and thin line it takes about 4.5 pt
DOUBLE_RULE_PT = 4.5
FOOT_LINE_PT = g.SIZE_4 * 15 / 8
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def render_docx(paper: Paper) -> bytes:
    """The paper as a Word document."""
    document = Document()
    _set_up(document, paper)
    writer = _Writer(document, paper)
    if paper.form is Form.FILE:
        writer.file_head()
    else:
        writer.letter_head()
    writer.text()
    writer.close()
    writer.attachments()
    writer.foot()
    buffer = io.BytesIO()
    document.save(buffer)
    return _repack(buffer.getvalue())


class _Writer:
    """Appends the parts of the paper in their order."""

    def __init__(self, document: DocumentObject, paper: Paper) -> None:
        self.document = document
        self.paper = paper
        self.orders: Counter[int] = Counter()
        self.bookmarks = 0
        self.to_grid = 0.0  # points from the title's last line to the next line of the grid

    def line(self, text: str = "", *, font: tuple[str, str] = FANGSONG, before: float = 0) -> WordParagraph:
        """One paragraph of 3号 text on the grid."""
        paragraph = plain(self.document.add_paragraph(), before=before)
        if text:
            add_run(paragraph, text, font)
        return paragraph

    def sides(
        self, left: str, right: str, *, left_font: tuple[str, str] = FANGSONG, before: float = 0
    ) -> WordParagraph:
        """A line with text at both edges of the block."""
        paragraph = plain(self.document.add_paragraph(), before=before)
        paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(g.BLOCK_WIDTH_MM), WD_TAB_ALIGNMENT.RIGHT)
        if left:
            add_run(paragraph, left, left_font)
        if right:
            add_run(paragraph, "\t" + right, FANGSONG)
        return paragraph

    def left_elements(self) -> list[tuple[str, tuple[str, str]]]:
        paper = self.paper
        every = ((paper.copy_number, FANGSONG), (paper.secrecy, HEI), (paper.urgency, HEI))
        return [element for element in every if element[0]]

    def file_head(self) -> None:
        """Copy number and marks on lines 1 to 3, the red head, the number, the red rule, the title."""
        paper = self.paper
        mark = g.fit_mark(paper.mark)
        lefts = self.left_elements()
        for index in range(3):
            text, font = lefts[index] if index < len(lefts) else ("", FANGSONG)
            right = paper.marks[index] if index < len(paper.marks) else ""
            self.sides(text, right, left_font=font)
        mark_line = round(mark.size * 1.25)
        ink_top = BASELINE * mark_line - MARK_INK * mark.size
        before = 35 * g.POINTS_A_MM - 3 * LINE_PT - ink_top
        _mark(self.document.add_paragraph(), paper.mark, mark, mark_line, before)
        # Two blank lines between the letters of the head and those of the number.
        ink_bottom = ink_top + g.MARK_INK_HEIGHT * mark.size
        gap = 2 * LINE_PT - (mark_line - ink_bottom) - OVER_LETTERS
        if paper.signer:
            number = self.sides("", "", before=gap)
            indent(number, left=g.CELL_PT)
            add_run(number, f"{paper.number}\t签发人：", FANGSONG)
            number.paragraph_format.tab_stops.clear_all()
            number.paragraph_format.tab_stops.add_tab_stop(
                Pt(g.CELL_PT * (g.CHARACTERS - 1)), WD_TAB_ALIGNMENT.RIGHT
            )
            add_run(number, paper.signer, KAI)
            # The rule spans the block though the line is indented: it belongs to a line of its own.
            below_letters, height = 8.0, 8.0
            rule = plain(self.document.add_paragraph(), height=height)
        else:
            number = self.line(paper.number, before=gap)
            number.alignment = WD_ALIGN_PARAGRAPH.CENTER
            below_letters, height = 0.0, 0.0
            rule = number
        below_letters += (1 - BASELINE) * LINE_PT - EM_BOTTOM * g.SIZE_3
        space = max(0, round(4 * g.POINTS_A_MM - below_letters))
        add_border(rule, "bottom", "single", FILE_RULE_PT, g.RED, space)
        lines = len(g.title_lines(paper.title))
        above = before + 4 * LINE_PT + mark_line + gap + height + space + FILE_RULE_PT
        self.first_title(g.place_title_file(mark, lines), above)

    def letter_head(self) -> None:
        """The head stands over the block, so it is a frame in the first page's header, placed on the page."""
        paper = self.paper
        mark = g.fit_mark(paper.mark)
        mark_line = round(mark.size * 1.25)
        header = self.document.sections[0].first_page_header
        header.is_linked_to_previous = False
        header.paragraphs[0].insert_paragraph_before()
        plain(header.paragraphs[1], height=1)
        top = 30 * g.POINTS_A_MM - (BASELINE * mark_line - MARK_INK * mark.size)
        paragraph = _mark(header.paragraphs[0], paper.mark, mark, mark_line, 0)
        below = (1 - BASELINE) * mark_line - (g.MARK_INK_HEIGHT - MARK_INK) * mark.size
        space = max(0, round(4 * g.POINTS_A_MM - below))
        add_border(paragraph, "bottom", "thickThinSmallGap", RULE_PT, g.RED, space)
        set_frame(paragraph, width=170, vAnchor="page", hAnchor="page", x=20 * g.POINTS_A_MM, y=top)
        # 7/8 of a character from the rule to the letters of the first line.
        rule_bottom = top + mark_line + space + DOUBLE_RULE_PT
        before = rule_bottom + 7 / 8 * g.SIZE_3 - OVER_LETTERS - g.TOP_MM * g.POINTS_A_MM
        lefts = self.left_elements()
        rights = [text for text in (paper.number, *paper.marks) if text]
        for index in range(paper.head_rows):
            text, font = lefts[index] if index < len(lefts) else ("", FANGSONG)
            right = rights[index] if index < len(rights) else ""
            self.sides(text, right, left_font=font, before=before if index == 0 else 0)
        lines = len(g.title_lines(paper.title))
        place = g.place_title_letter(mark, paper.head_rows, lines)
        self.first_title(place, before + paper.head_rows * LINE_PT)

    def first_title(self, place: g.TitlePlace, above: float) -> None:
        """The title where it belongs, `above` points of the block being taken, and the addressee on the grid."""
        over_letters = BASELINE * place.pitch - EM_TOP * g.SIZE_2
        before = place.top - over_letters - above
        self.title(self.paper.title, before, place.pitch)
        lines = len(g.title_lines(self.paper.title))
        rest = place.end * LINE_PT - above - before - lines * place.pitch
        # Programs round rules and spaces up; a hair too low, and the page's last line does not fit.
        self.to_grid = rest - ROUNDING_PT

    def title(self, title: str, before: float, pitch: float = LINE_PT) -> None:
        for index, text in enumerate(g.title_lines(title)):
            paragraph = plain(self.document.add_paragraph(), height=pitch, before=before if index == 0 else 0)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            add_run(paragraph, text, TITLE, size=g.SIZE_2, tracking=0, latin=TITLE[0])

    def text(self) -> None:
        paper = self.paper
        if paper.addressee:
            self.line(with_colon(paper.addressee), before=LINE_PT + self.to_grid)
        else:
            self.line(before=max(0.0, self.to_grid))
        self.blocks(text_blocks(paper))

    def blocks(self, blocks: Iterable[Block]) -> None:
        for block in blocks:
            paragraph = plain(self.document.add_paragraph())
            indent(paragraph, first=2 * g.CELL_PT)
            font = FANGSONG
            if isinstance(block, Heading):
                paragraph.paragraph_format.keep_with_next = True
                font = (HEI, KAI, FANGSONG, FANGSONG)[block.level - 1]
                set_outline_level(paragraph, block.level - 1)
            else:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
            for run in block.runs:
                self.run(paragraph, run, font)

    def run(self, paragraph: WordParagraph, run: Run, font: tuple[str, str]) -> None:
        """One run; a figure stands in a bookmark figure-INDEX-ORDER, as the PDF's destinations are named."""
        if run.figure is None:
            add_run(paragraph, run.text, font)
            return
        self.orders[run.figure] += 1
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for element in (start, end):
            element.set(qn("w:id"), str(self.bookmarks))
        start.set(qn("w:name"), f"figure-{run.figure}-{self.orders[run.figure]}")
        self.bookmarks += 1
        paragraph._p.append(start)
        add_run(paragraph, run.text, font)
        paragraph._p.append(end)

    def close(self) -> None:
        """Attachment list, signature, date, notes: all kept with the last line of the text."""
        paper = self.paper
        first_of_close = len(self.document.paragraphs) - 1
        for index, (number, name) in enumerate(attachment_lines(paper)):
            hang = (3 + width(number)) * g.CELL_PT
            paragraph = self.line(before=LINE_PT if index == 0 else 0)
            indent(
                paragraph,
                left=2 * g.CELL_PT + hang,
                first=-hang if index == 0 else -width(number) * g.CELL_PT,
            )
            add_run(paragraph, ("附件：" if index == 0 else "") + number + name, FANGSONG)
        name_width, date_width = (width(text) * g.CELL_PT for text in (paper.signature, paper.printed_date))
        block = g.CHARACTERS * g.CELL_PT
        if paper.sealed:
            date_left = block - 4 * g.CELL_PT - date_width
            centre = date_left + date_width / 2
            over = max(0.0, centre + name_width / 2 - block)
            name_left, date_left, blank = centre - over - name_width / 2, date_left - over, 2
        else:
            name_left, blank = block - 2 * g.CELL_PT - name_width, 1
            date_left = name_left + 2 * g.CELL_PT
            if date_width > name_width:
                date_left = block - 2 * g.CELL_PT - date_width
                name_left = date_left - 2 * g.CELL_PT
        indent(self.line(paper.signature, before=blank * LINE_PT), left=name_left)
        last = self.line(paper.printed_date)
        indent(last, left=date_left)
        if paper.notes:
            last = self.line(paper.note_text)
            indent(last, left=2 * g.CELL_PT)
        for paragraph in self.document.paragraphs[first_of_close:-1]:
            paragraph.paragraph_format.keep_with_next = True

    def attachments(self) -> None:
        for attachment, (number, _) in zip(self.paper.attachments, attachment_lines(self.paper), strict=True):
            if attachment.body:
                self.attachment(attachment, number)

    def attachment(self, attachment: Attachment, number: str) -> None:
        paragraph = self.line("附件" + number.rstrip("."), font=HEI)
        paragraph.paragraph_format.page_break_before = True
        self.title(attachment.title, LINE_PT)
        self.line()
        self.blocks(attachment.body)

    def foot(self) -> None:
        """The foot of the last page: one frame a row, the last on the lower edge of the block.

        Frames with places of their own, because LibreOffice neither floats a table as wide as the text nor
        keeps the rules between paragraphs that share a frame.
        """
        paper = self.paper
        rows: list[tuple[str, str]] = []
        if paper.copies_to:
            rows.append((f"抄送：{paper.copies_text}", ""))
        if paper.printed_by and paper.printed_on:
            rows.append((paper.printed_by, f"{format_date(paper.printed_on)}印发"))
        inner = g.CHARACTERS * g.CELL_PT - 2 * g.SIZE_4
        # The frame is as much taller than its lines as its rules are thick.
        bottom = (g.TOP_MM + g.BLOCK_HEIGHT_MM) * g.POINTS_A_MM - (1.75 if paper.form is Form.FILE else 0)
        places = []
        for left, right in reversed(rows):
            bottom -= FOOT_LINE_PT * _lines_of(left, inner / g.SIZE_4)
            places.append((left, right, bottom))
        for left, right, top in reversed(places):
            paragraph = plain(self.document.add_paragraph(), height=FOOT_LINE_PT)
            hang = 3 * g.SIZE_4 if left.startswith("抄送：") else 0
            indent(paragraph, left=g.SIZE_4 + hang, first=-hang, right=g.SIZE_4)
            add_run(paragraph, left, FANGSONG, size=g.SIZE_4, tracking=0)
            if right:
                stop = Pt(inner + g.SIZE_4)
                paragraph.paragraph_format.tab_stops.add_tab_stop(stop, WD_TAB_ALIGNMENT.RIGHT)
                add_run(paragraph, "\t" + right, FANGSONG, size=g.SIZE_4, tracking=0)
            if paper.form is Form.FILE:
                add_border(paragraph, "top", "single", 1 if left == rows[0][0] else 0.75, "000000", 0)
                if left == rows[-1][0]:
                    add_border(paragraph, "bottom", "single", 1, "000000", 0)
            set_frame(
                paragraph,
                width=g.BLOCK_WIDTH_MM,
                hAnchor="page",
                vAnchor="page",
                x=g.LEFT_MM * g.POINTS_A_MM,
                y=top,
            )
        if paper.qr:
            self.qr()
        if rows or paper.qr:
            plain(self.document.add_paragraph(), height=1)

    def qr(self) -> None:
        """The code of the verification page in a frame of its own, in the lower margin of the last page."""
        from qingdan.documents import qr  # few papers bear a code; the others do without its library

        paragraph = plain(self.document.add_paragraph(), height=qr.SIDE_MM * g.POINTS_A_MM)
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        picture = paragraph.add_run().add_picture(io.BytesIO(qr.as_png(self.paper.qr)), width=Mm(qr.SIDE_MM))
        picture._inline.docPr.set("descr", self.paper.qr)
        add_run(paragraph, f" {qr.CAPTION}", HEI, size=8, tracking=0)
        set_frame(
            paragraph,
            width=g.BLOCK_WIDTH_MM / 3,
            hAnchor="page",
            vAnchor="page",
            x=qr.LEFT_MM * g.POINTS_A_MM,
            y=qr.TOP_MM * g.POINTS_A_MM,
        )


def _lines_of(text: str, capacity: float) -> int:
    """How many lines `text` takes: three characters of each line after the first are the hanging indent."""
    rest = width(text) - capacity
    return 1 if rest <= 0 else 1 + math.ceil(rest / (capacity - 3))


def _set_up(document: DocumentObject, paper: Paper) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(g.PAGE_WIDTH_MM), Mm(g.PAGE_HEIGHT_MM)
    section.top_margin, section.bottom_margin = Mm(g.TOP_MM), Mm(g.BOTTOM_MM)
    section.left_margin, section.right_margin = Mm(g.LEFT_MM), Mm(g.RIGHT_MM)
    section.header_distance, section.footer_distance = Mm(15), Mm(FOOTER_MM)
    section.different_first_page_header_footer = paper.form is Form.LETTER
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(LINE_TWIPS))
    document.settings.odd_and_even_pages_header_footer = True
    settings = document.settings.element
    set_child(settings, "w:characterSpacingControl", val="compressPunctuation")
    set_child(settings, "w:themeFontLang", val="en-US", eastAsia="zh-CN")

    moment = datetime(paper.date.year, paper.date.month, paper.date.day)
    properties = document.core_properties
    properties.title, properties.author = "".join(g.title_lines(paper.title)), paper.signature
    properties.subject, properties.keywords = "", paper.number
    properties.comments, properties.last_modified_by = "", paper.signature
    properties.created = properties.modified = moment
    properties.language = "zh-CN"

    normal = document.styles["Normal"]
    normal.font.size = Pt(g.SIZE_3)
    set_fonts(normal.element.get_or_add_rPr(), FANGSONG, LATIN)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "zh-CN")
    language.set(qn("w:eastAsia"), "zh-CN")
    normal.element.get_or_add_rPr().append(language)
    _font_table(document)
    _footers(document, paper)


def _footers(document: DocumentObject, paper: Paper) -> None:
    """Page numbers; the footers fill the bottom margin exactly, so that no program moves them."""
    section = document.sections[0]
    room = (g.BOTTOM_MM - FOOTER_MM) * g.POINTS_A_MM
    # The upper edge of the em lines lies 7 mm below the block.
    number_height = (7 * g.POINTS_A_MM + DASH_RISE * g.SIZE_4) / BASELINE
    for footer, odd in ((section.footer, True), (section.even_page_footer, False)):
        footer.is_linked_to_previous = False
        paragraph = plain(footer.paragraphs[0], height=number_height)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if odd else WD_ALIGN_PARAGRAPH.LEFT
        indent(paragraph, **({"right": g.SIZE_4} if odd else {"left": g.SIZE_4}))
        add_run(paragraph, "— ", SONG, size=g.SIZE_4, tracking=0, latin=SONG[0])
        add_page_field(paragraph)
        add_run(paragraph, " —", SONG, size=g.SIZE_4, tracking=0, latin=SONG[0])
        _sample_line(footer.add_paragraph(), paper, room - number_height)
    if paper.form is Form.LETTER:
        footer = section.first_page_footer
        footer.is_linked_to_previous = False
        rule_height = 15 * g.POINTS_A_MM - DOUBLE_RULE_PT
        paragraph = plain(footer.paragraphs[0], height=rule_height)
        indent(paragraph, left=-8 * g.POINTS_A_MM, right=-6 * g.POINTS_A_MM)
        add_border(paragraph, "bottom", "thinThickSmallGap", RULE_PT, g.RED, 0)
        _sample_line(footer.add_paragraph(), paper, room - rule_height - DOUBLE_RULE_PT)


def _sample_line(paragraph: WordParagraph, paper: Paper, height: float) -> None:
    plain(paragraph, height=height)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if paper.sample:
        run = add_run(paragraph, g.SAMPLE_TEXT, HEI, size=9, tracking=0)
        run.font.color.rgb = RGBColor(0x46, 0x46, 0x46)


def _mark(paragraph: WordParagraph, text: str, mark: g.Mark, height: float, before: float) -> WordParagraph:
    """The red head in `paragraph`."""
    plain(paragraph, height=height, before=before)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    size = round(mark.size * 2) / 2  # Word knows half points
    run = add_run(paragraph, text, TITLE, size=size, tracking=0, latin=TITLE[0])
    run.font.color.rgb = RGBColor.from_string(g.RED)
    if mark.stretch < 1:
        set_child(run._r.get_or_add_rPr(), "w:w", val=str(round(mark.stretch * 100)))
    return paragraph


def _font_table(document: DocumentObject) -> None:
    """Names a second choice for each font, for machines without the office's own."""
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in (FANGSONG, TITLE, HEI, KAI, SONG)
    )
    for part in document.part.package.iter_parts():
        if str(part.partname) == "/word/fontTable.xml":
            part._blob = (
                '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
                '<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
                f"{fonts}</w:fonts>"
            ).encode()


def _repack(content: bytes) -> bytes:
    """The same package with a fixed time on every entry."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w") as target:
        for entry in source.infolist():
            fixed = zipfile.ZipInfo(entry.filename, _ZIP_TIME)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            fixed.external_attr = 0o600 << 16
            target.writestr(fixed, source.read(entry))
    return buffer.getvalue()
