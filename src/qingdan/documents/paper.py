"""What an official document says, apart from how it is printed.

A `Paper` holds the elements (要素) of GB/T 9704-2012 in the order of the standard; `pdf.render_pdf` and
`docx.render_docx` lay the same paper out. Numbers of headings (一、（一）1.（1）) are part of the text, as
the drafter wrote them: a renderer never renumbers what a leader has signed.
"""

import datetime
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import Enum

from cryptography.hazmat.primitives import hashes
from django.utils.translation import gettext as _

from qingdan.documents.numbers import format_date

MAX_TITLE_LINES = 5


class Form(Enum):
    """The two layouts in use: a full red head (文件式), or the letter form (信函格式, clause 10.1)."""

    FILE = "file"
    LETTER = "letter"


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text; `figure` is the index of the cited figure it prints, if it is one.

    The printed form of a figure (`410人`) is never broken across lines, and its index names the anchor.
    """

    text: str
    figure: int | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: level 1 一、in Hei, level 2 （一）in Kai, levels 3 and 4 (1. and （1）) in FangSong."""

    level: int
    runs: tuple[Run, ...]

    def __post_init__(self) -> None:
        if self.level not in (1, 2, 3, 4):
            raise ValueError(
                _("Headings have the levels 1 to 4; this one has %(level)d.") % {"level": self.level}
            )
        _check_runs(self.runs)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of text, its first line indented by two characters."""

    runs: tuple[Run, ...]

    def __post_init__(self) -> None:
        _check_runs(self.runs)


Block = Heading | Paragraph


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment (附件): its name in the list under the text, and its own pages if it has content."""

    title: str
    body: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One official document.

    `mark` is the red head (发文机关标志) as printed: name + 文件 in the file form, the bare name in the
    letter form. `title` may hold line breaks; without any, it is broken by sense. `sealed` chooses the
    place of signature and date (clause 7.3.5): around the seal, or plain. `sample` prints a mark in the
    foot of every page, so that a demonstration can never be taken for a document.
    """

    form: Form
    mark: str
    number: str
    title: str
    addressee: str
    body: tuple[Block, ...]
    signature: str
    date: datetime.date
    sealed: bool = False
    copy_number: str = ""  # 份号, six digits
    secrecy: str = ""  # 密级和保密期限
    urgency: str = ""  # 紧急程度
    signer: str = ""  # 签发人, only on paper that goes upward
    reply_class: str = ""  # A, B, C … of a reply to a proposal
    publication: str = ""  # 主动公开, 不予公开 …
    attachments: tuple[Attachment, ...] = ()
    contact: str = ""  # the line 联系人：…；联系电话：…
    notes: str = ""  # 附注, printed in brackets under the date
    copies_to: str = ""  # 抄送机关
    qr: str = ""  # an address, printed as a QR code in the foot of the last page; the standard knows none
    printed_by: str = ""  # 印发机关, file form only
    printed_on: datetime.date | None = None
    sample: bool = False

    def __post_init__(self) -> None:
        if not self.mark.strip():
            raise ValueError(_("The red head is missing."))
        if not self.title.strip():
            raise ValueError(_("The title is missing."))
        if not self.signature.strip():
            raise ValueError(_("The signature of the issuing agency is missing."))
        if not self.body:
            raise ValueError(_("The text is missing."))
        if self.form is Form.LETTER and self.mark.endswith("文件"):
            raise ValueError(
                _("The red head of the letter form does not end in “文件” (GB/T 9704-2012, 10.1).")
            )
        if self.title.count("\n") >= MAX_TITLE_LINES:
            raise ValueError(_("The title has at most %(lines)d lines.") % {"lines": MAX_TITLE_LINES})
        if self.form is Form.LETTER and (self.printed_by or self.printed_on):
            raise ValueError(
                _("The letter form names no printing agency and no day of printing (GB/T 9704-2012, 10.1).")
            )
        if bool(self.printed_by) != bool(self.printed_on):
            raise ValueError(_("The printing agency and the day of printing are given together."))

    @property
    def marks(self) -> tuple[str, ...]:
        """What is printed at the top right of the first page: the reply class, the publication mark."""
        reply_class = f"{self.reply_class}类" if self.reply_class else ""
        return tuple(mark for mark in (reply_class, self.publication) if mark)

    @property
    def left_elements(self) -> tuple[str, ...]:
        """What is printed at the left of the first page: copy number, secrecy, urgency, as far as given."""
        return tuple(text for text in (self.copy_number, self.secrecy, self.urgency) if text)

    @property
    def head_rows(self) -> int:
        """How many lines stand under the first rule of the letter form, number and marks at the right."""
        return max(len(self.left_elements), len(self.marks) + bool(self.number), 1)

    @property
    def printed_date(self) -> str:
        """The date of the document in its printed form, 2018年6月29日."""
        return format_date(self.date)

    @property
    def note_text(self) -> str:
        """The notes in their brackets, which a drafter may or may not have typed."""
        return f"（{self.notes.strip('（）()')}）" if self.notes else ""

    @property
    def copies_text(self) -> str:
        """The bodies that get a copy, closed by one full stop."""
        return f"{self.copies_to.rstrip('。')}。" if self.copies_to else ""


def attachment_lines(paper: Paper) -> list[tuple[str, str]]:
    """The list of attachments as (number, name): no number when there is one, no full stop after a name."""
    names = [attachment.title.rstrip("。；") for attachment in paper.attachments]
    if len(names) == 1:
        return [("", names[0])]
    return [(f"{index}.", name) for index, name in enumerate(names, start=1)]


def text_blocks(paper: Paper) -> tuple[Block, ...]:
    """The text as printed: the body, and the contact line as its last paragraph."""
    return (*paper.body, Paragraph((Run(paper.contact),))) if paper.contact else paper.body


def printed_sm3(paper: Paper, **more: str) -> str:
    """SM3 of everything that the paper prints (`more` is what it does not), as 64 hexadecimal digits.

    The seal's place is left out: the hash is what the seal is set on.
    """
    said = {name: value for name, value in asdict(paper).items() if name != "sealed"} | more
    digest = hashes.Hash(hashes.SM3())
    digest.update(json.dumps(said, ensure_ascii=False, sort_keys=True, default=str).encode())
    return digest.finalize().hex()


def with_colon(addressee: str) -> str:
    """The addressee with its full-width colon (clause 7.3.2)."""
    return f"{addressee.rstrip(':：')}：" if addressee else ""


def figures_of(paper: Paper) -> Iterator[Run]:
    """The figure runs in the order of the text."""
    for block in (*paper.body, *(block for attachment in paper.attachments for block in attachment.body)):
        yield from (run for run in block.runs if run.figure is not None)


def _check_runs(runs: tuple[Run, ...]) -> None:
    if not any(run.text.strip() for run in runs):
        raise ValueError(_("The text has an empty paragraph."))
    if any(mark in run.text for run in runs for mark in "\n\r\t"):
        raise ValueError(_("A paragraph cannot hold a line break or a tab: begin a new one."))
