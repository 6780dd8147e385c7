"""Read a letter, .txt, .docx or .pdf, into plain text that remembers its paragraphs and pages.

Whatever cannot be read raises `Unreadable` with one line that says what to do.
"""

import bisect
import io
import logging
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

MAX_BYTES = 200_000_000
"""Largest file, and largest unpacked .docx, that is read at all."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"

Progress = Callable[[int, int], None]
"""Told after each page: pages read so far, and pages in all."""


class Unreadable(ValueError):
    """The file cannot be read; the message is one line for the person who gave it."""


@dataclass(frozen=True)
class Document:
    """The text of a document, and where its paragraphs (or lines) and pages begin in it."""

    text: str
    paragraphs: tuple[int, ...]
    pages: tuple[int, ...] = ()

    def paragraph_at(self, offset: int) -> int:
        """The number, from 1, of the paragraph (in .txt, the line) that holds an offset."""
        return bisect.bisect_right(self.paragraphs, offset)

    def page_at(self, offset: int) -> int | None:
        """The number, from 1, of the page that holds an offset; None when the form has no pages."""
        return bisect.bisect_right(self.pages, offset) if self.pages else None


def read_document(path: Path | str, progress: Progress | None = None) -> Document:
    """The document's text. Raises Unreadable when it is missing, locked, broken, empty or of another kind."""
    path = Path(path)
    _reader_for(path.name)
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise Unreadable(f"{path.name}: larger than {MAX_BYTES // 10**6} MB; split it / 文件过大，请拆分")
        content = path.read_bytes()
    except IsADirectoryError as error:
        raise Unreadable(f"{path.name}: is a folder; give a file / 这是文件夹，请指定文件") from error
    except OSError as error:
        raise Unreadable(f"{path.name}: cannot be opened ({error.strerror}) / 无法打开文件") from error
    return read_content(path.name, content, progress)


def read_content(name: str, content: bytes, progress: Progress | None = None) -> Document:
    """The text of a document whose bytes are at hand (an upload); the name's ending tells its kind."""
    reader = _reader_for(name)
    if not content.strip(b"\0 \r\n\t\xef\xbb\xbf"):
        raise Unreadable(f"{name}: the file is empty / 文件是空的")
    return reader(name, content, progress)


def _reader_for(name: str) -> Callable[[str, bytes, Progress | None], Document]:
    suffix = Path(name).suffix.lower()
    if suffix in _READERS:
        return _READERS[suffix]
    if suffix in (".doc", ".wps", ".rtf", ".odt", ".docm", ".dotm"):
        raise Unreadable(f"{name}: save it as .docx without macros first / 请另存为不含宏的 .docx 再读取")
    raise Unreadable(f"{name}: give a .txt, .docx or .pdf file / 只能读取 .txt、.docx、.pdf 文件")


def _read_text(name: str, content: bytes, progress: Progress | None) -> Document:
    text = decode(name, content)
    starts = [0, *(found.end() for found in re.finditer(r"\r\n|\r|\n", text))]
    return Document(text, tuple(starts))


_CHINESE_MARKS = set("“”‘’—…·×～％￥") | {chr(code) for code in range(0xFF00, 0xFFF0)}


def decode(name: str, content: bytes) -> str:
    """UTF-8, UTF-16 with its mark, else GB 18030; offsets count from after the byte-order mark."""
    other = {b"PK\x03\x04": ".docx", b"%PDF": ".pdf", _OLE[:4]: ".doc"}.get(content[:4])
    if other:
        raise Unreadable(
            f"{name}: this is no text but looks like {other}; rename it / 扩展名与内容不符，应为 {other}"
        )
    marked = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    encodings = ("utf-16",) if marked else ("utf-8-sig", "gb18030", "utf-16-le", "utf-16-be")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        strange = sum(
            (char < " " and char not in "\t\r\n\f\v") or "\ue000" <= char <= "\uf8ff" for char in text
        )
        if encoding.startswith(
            "utf-16-"
        ):  # without a mark nearly any bytes decode: only plain Chinese will do
            strange += sum(
                not (char.isascii() or "\u3000" <= char <= "\u9fff" or char in _CHINESE_MARKS)
                for char in text
            )
        if strange <= len(text) // 1000:
            if not text.strip():
                raise Unreadable(f"{name}: the file is empty / 文件是空的")
            return text
    raise Unreadable(f"{name}: no text in UTF-8 or GB 18030 / 不是 UTF-8 或 GB18030 文本，请另存为文本文件")


def _read_docx(name: str, content: bytes, progress: Progress | None) -> Document:
    if content.startswith(_OLE):
        if _ENCRYPTED_PACKAGE in content:
            raise Unreadable(
                f"{name}: protected by a password; save it without / 文件有密码，请取消密码后再读取"
            )
        raise Unreadable(
            f"{name}: an old .doc under a new name; save it as .docx / 实为旧版 .doc，请另存为 .docx"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = {part.filename: part.file_size for part in package.infolist()}
            if sum(parts.values()) > MAX_BYTES:
                raise Unreadable(
                    f"{name}: unpacks to more than {MAX_BYTES // 10**6} MB / 解压后过大，拒绝读取"
                )
            if any(part.flag_bits & 1 for part in package.infolist()):
                raise Unreadable(
                    f"{name}: protected by a password; save it without / 文件有密码，请取消密码后再读取"
                )
            types = package.read("[Content_Types].xml")
            if b"macroEnabled" in types or any(part.endswith("vbaProject.bin") for part in parts):
                raise Unreadable(
                    f"{name}: holds macros; save it as .docx without them / 含有宏，请另存为不含宏的 .docx"
                )
            paragraphs = list(_docx_paragraphs(package))
    except Unreadable:
        raise
    except Exception as error:  # zipfile, zlib and lxml each fail in their own ways on a broken file
        raise Unreadable(
            f"{name}: broken or no .docx; open it in Word and save it again / 文件损坏或不是 .docx"
        ) from error
    return _joined(name, [(paragraphs, False)], paged=False)


def _docx_paragraphs(package: zipfile.ZipFile) -> Iterator[str]:
    """Paragraphs of the body, text boxes and notes in order; deleted and hidden text left out, inserted text kept.

    python-docx's own `paragraph.text` leaves out insertions that await acceptance; hence this walk.
    """
    from docx.oxml.parser import parse_xml

    names = package.namelist()
    for part in ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml"):
        if part not in names:
            if part == "word/document.xml":
                raise KeyError(part)
            continue
        yield from _blocks(parse_xml(package.read(part)))


def _blocks(element: Any) -> Iterator[str]:
    """Paragraphs in order, each followed by those of its text boxes; a row of a table with tabs between its cells."""
    for child in element:
        if child.tag == f"{_W}p":
            yield "".join(_runs(child))
            for box in child.iter(f"{_W}txbxContent"):
                if next(box.iterancestors(f"{_W}p")) is child and not _within(box, _FALLBACK, child):
                    yield from _blocks(box)
        elif child.tag == f"{_W}tr":
            held = (cell for cell in child.iter(f"{_W}tc") if next(cell.iterancestors(f"{_W}tr")) is child)
            yield "\t".join("\n".join(_blocks(cell)) for cell in held)
        elif child.tag not in _NOT_TEXT:
            yield from _blocks(child)


def _within(element: Any, tag: str, top: Any) -> bool:
    return any(one.tag == tag for one in takewhile(lambda one: one is not top, element.iterancestors()))


_NOT_TEXT = {f"{_W}{tag}" for tag in ("p", "del", "moveFrom", "pPr", "rPr", "instrText")} | {_FALLBACK}


def _hidden(run: Any) -> bool:
    mark = run.find(f"{_W}rPr/{_W}vanish")
    return mark is not None and mark.get(f"{_W}val") not in ("0", "false", "off")


def _runs(element: Any) -> Iterator[str]:
    for child in element:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
            yield " "
        elif child.tag == f"{_W}noBreakHyphen":
            yield "-"
        elif child.tag == f"{_W}r" and _hidden(child):
            continue
        elif child.tag not in _NOT_TEXT and child.find(f".//{_W}p") is None:
            yield from _runs(child)  # a text box's paragraphs are paragraphs of their own


def _read_pdf(name: str, content: bytes, progress: Progress | None) -> Document:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable(
                f"{name}: protected by a password; save it without / 文件有密码，请取消密码后再读取"
            )
        total = len(reader.pages)
        pages = []
        for number, page in enumerate(reader.pages, 1):
            pages.append(unwrap(page.extract_text()))
            if progress:
                progress(number, total)
    except Unreadable:
        raise
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        RecursionError,
        OSError,
    ) as error:
        raise Unreadable(
            f"{name}: broken or no PDF; print it to PDF again / 文件损坏或不是 PDF，请重新导出"
        ) from error
    if not any(paragraphs for paragraphs, _ in pages):
        raise Unreadable(
            f"{name}: holds pictures but no text; recognise it (OCR) first / 扫描件没有文字，请先做文字识别"
        )
    return _joined(name, pages, paged=True)


# PDF fonts often name a character by its look-alike radical: ⼀ (U+2F00) for 一.
# Programs that make PDFs write some ideographs as radicals. Normalisation knows the Kangxi ones; the others are those
# of the supplement that are ideographs of their own (Unicode: EquivalentUnifiedIdeograph.txt).
_RADICALS = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
_RADICALS |= dict(
    zip(
        map(ord, "⺟⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳"),
        "母民虎西见角贝车长门青页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟",
        strict=True,
    )
)
_LAYOUT_SPACE = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\d])|(?<=\d) (?=[\u4e00-\u9fff%])")
_PAGE_NUMBER = re.compile(r"[—–\-－\s]*\d{1,4}[—–\-－\s]*|第\s?\d{1,4}\s?页(?:\s?[，共/]+\s?\d{1,4}\s?页?)?")
_POINT = re.compile(r"[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]")
_ENDS = "。！？；：!?;:"


def unwrap(page: str) -> tuple[list[str], bool]:
    """The paragraphs of a PDF page, and whether the last one goes on overleaf.

    Lines as wide as the page are joined, unless a sentence ends there and a numbered point begins; page numbers,
    and the spaces that layout programs put between Chinese characters and digits, are dropped.
    """
    lines = [_LAYOUT_SPACE.sub("", line.strip()) for line in page.translate(_RADICALS).split("\n")]
    lines = [line for line in lines if line and not _PAGE_NUMBER.fullmatch(line)]
    widest = max(map(_columns, lines), default=0)
    paragraphs: list[str] = []
    open_end = False
    for line in lines:
        if open_end and not (_POINT.match(line) and paragraphs[-1][-1] in _ENDS):
            paragraphs[-1] = _glue(paragraphs[-1], line)
        else:
            paragraphs.append(line)
        wide = _columns(line)
        open_end = wide >= widest * 0.85 and not (wide < widest - 4 and line[-1] in _ENDS)
    return paragraphs, open_end and widest > 24


def _columns(line: str) -> int:
    """The width of a line in half-width columns: a Chinese character takes two."""
    return sum(1 if char.isascii() else 2 for char in line)


def _glue(left: str, right: str) -> str:
    latin = left[-1:].isascii() and left[-1:].isalpha() and right[:1].isascii() and right[:1].isalpha()
    return f"{left} {right}" if latin else left + right


def _joined(name: str, pages: list[tuple[list[str], bool]], *, paged: bool) -> Document:
    text: list[str] = []
    starts: list[int] = []
    page_starts: list[int] = []
    at = 0
    goes_on = False
    for paragraphs, open_end in pages:
        if goes_on and paragraphs:  # a paragraph runs over the page end: no line break between
            text.pop()
            at -= 1
        page_starts.append(at)
        for number, paragraph in enumerate(paragraphs):
            if not (goes_on and number == 0):
                starts.append(at)
            text += (paragraph, "\n")
            at += len(paragraph) + 1
        goes_on = open_end if paragraphs else goes_on
    whole = "".join(text).removesuffix("\n")
    if not whole.strip():
        raise Unreadable(f"{name}: the document holds no text / 文档中没有文字")
    return Document(whole, tuple(starts), tuple(page_starts) if paged else ())


_READERS: dict[str, Callable[[str, bytes, Progress | None], Document]] = {
    ".txt": _read_text,
    ".docx": _read_docx,
    ".pdf": _read_pdf,
}
