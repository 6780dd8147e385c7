"""An official paper as it is printed, and the hash of that."""

import re
from datetime import date

from django.utils.translation import gettext as _now

from qingdan.core import clock
from qingdan.documents.models import OfficialPaper, PaperKind, PaperLayout, SealImprint
from qingdan.documents.paper import Attachment, Block, Form, Heading, Paper, Paragraph, Run, printed_sm3

_HEADINGS = (
    re.compile("[一二三四五六七八九十百]+、"),
    re.compile("（[一二三四五六七八九十百]+）"),
    re.compile(r"\d+[.．](?!\d)"),
    re.compile(r"（\d+）"),
)


def blocks_of(text: str) -> tuple[Block, ...]:
    """Plain text as headings and paragraphs, one a line: a line that begins 一、 （一） 1. （1） and does not
    end like a sentence is a heading."""
    found: list[Block] = []
    for line in text.splitlines():
        words = " ".join(line.split())
        if words:
            level = next((n for n, one in enumerate(_HEADINGS, start=1) if one.match(words)), 0)
            heading = level and not words.endswith(tuple("。！？；：，、…"))
            found.append(Heading(level, (Run(words),)) if heading else Paragraph((Run(words),)))
    return tuple(found)


def as_paper(paper: OfficialPaper) -> Paper:
    """The paper's elements for `render_pdf` and `render_docx`. ValueError says in one line what is missing.

    The place of the seal is laid out only while an imprint stands on this very content.
    """
    return _laid_out(paper, sealed=seal_holds(paper))


def content_sm3(paper: OfficialPaper) -> str:
    """SM3 of everything that the paper prints, number and date included."""
    return printed_sm3(_laid_out(paper, sealed=False), kind=paper.kind)


def seal_holds(paper: OfficialPaper) -> bool:
    """Whether an imprint stands on the content as it is now: any change after the seal voids it."""
    imprint = SealImprint.objects.filter(paper=paper, void_at__isnull=True).first()
    return imprint is not None and imprint.content_sm3 == content_sm3(paper)


def draft_number(paper: OfficialPaper) -> str:
    """The place of the number before there is one."""
    day = paper.dated_on or clock.today()
    return paper.number or f"{paper.prefix}〔{day.year}〕　号（草稿）"


def _laid_out(paper: OfficialPaper, *, sealed: bool) -> Paper:
    form = Form.LETTER if paper.layout == PaperLayout.LETTER else Form.FILE
    day: date = paper.dated_on or clock.today()
    minutes = paper.kind == PaperKind.MINUTES
    mark = f"{paper.agency}会议纪要" if minutes else paper.agency + ("文件" if form is Form.FILE else "")
    printed = form is Form.FILE and not minutes
    names = [line.strip() for line in paper.attachments.splitlines() if line.strip()]
    return Paper(
        form=form,
        mark=mark,
        number=draft_number(paper),
        title=paper.title,
        addressee=paper.addressee,
        body=blocks_of(paper.body),
        signature=paper.agency,
        date=day,
        sealed=sealed and not minutes,
        urgency=paper.urgency,
        signer=(paper.signer or "　　　") if paper.goes_up else "",
        attachments=tuple(Attachment(name) for name in names),
        contact=f"{paper.contact.rstrip('。')}。" if paper.contact else "",
        copies_to=paper.copies_to,
        printed_by=f"{paper.agency}办公室" if printed else "",
        printed_on=day if printed else None,
        sample=paper.is_sample,
    )


# ── what keeps a paper back ─────────────────────────────────────────────────


def problems(paper: OfficialPaper) -> list[str]:
    """What the rules of its kind (党政机关公文处理工作条例, articles 8, 9, 14 and 15) say against it."""
    found = []
    if not blocks_of(paper.body):
        found.append(_now("The paper has no text."))
    if paper.kind != PaperKind.MINUTES and not paper.addressee.strip():
        found.append(_now("Name the addressee."))
    if paper.goes_up and paper.layout == PaperLayout.LETTER:
        found.append(_now("A paper that goes up takes the file form: it prints who signed it."))
    if paper.kind == PaperKind.MINUTES and paper.layout == PaperLayout.LETTER:
        found.append(_now("Minutes take the file form."))
    if paper.goes_up and "、" in paper.addressee:
        found.append(_now("A paper that goes up has one addressee; others get a copy."))
    if paper.kind == PaperKind.REPORT and re.search("请(?:批准|批示|审批|予以批复)", paper.body):
        found.append(_now("A report asks for nothing: write a request for instructions instead."))
    noun = _NOUNS[PaperKind(paper.kind)]
    if not paper.title.replace("（试行）", "").endswith(noun):
        found.append(_now("The title of this kind ends in %(nouns)s.") % {"nouns": "/".join(noun)})
    return found


_NOUNS = {
    PaperKind.NOTICE: ("通知",),
    PaperKind.REPORT: ("报告",),
    PaperKind.REQUEST: ("请示",),
    PaperKind.APPROVAL: ("批复",),
    PaperKind.MINUTES: ("纪要",),
    PaperKind.LETTER: ("函",),
}


def is_numbered(paper: OfficialPaper) -> bool:
    return paper.serial is not None
