"""A letter as official paper, in the file form or the letter form."""

from qingdan.documents.paper import Block, Form, Heading, Paper, Paragraph, Run, printed_sm3
from qingdan.replies.models import Layout, Publication, ReplyLetter
from qingdan.replies.text import RenderedLetter
from qingdan.replies.text import Run as TextRun
from qingdan.replies.verification import spelt

# On paper the marks are Chinese, whatever the language of the page.
MARKS = {
    Publication.ACTIVE: "主动公开",
    Publication.ON_REQUEST: "依申请公开",
    Publication.NONE: "不予公开",
}
FORMS = {Layout.FILE: Form.FILE, Layout.LETTER: Form.LETTER}


def as_paper(letter: ReplyLetter, filled: RenderedLetter, *, layout: str = "") -> Paper:
    """The paper of a letter without problems. One that is not issued has no number, no seal, and says draft."""
    form = FORMS[Layout(layout or letter.layout)]
    day = letter.dated_on or letter.as_of
    return Paper(
        form=form,
        mark=letter.printed_agency + ("文件" if form is Form.FILE else ""),
        number=letter.number if letter.is_issued else draft_number(letter),
        title=letter.title,
        addressee=letter.addressee,
        body=tuple(_block(block.level, block.runs) for block in filled.blocks),
        signature=letter.signature,
        date=day,
        sealed=letter.is_issued,
        reply_class=letter.reply_class,
        publication=MARKS[Publication(letter.publication)],
        contact=_sentence(letter.contact),
        notes=code_note(letter),
        copies_to=letter.copies_to,
        qr=letter.qr_url,
        sample=letter.is_sample,
    )


def seal_sm3(letter: ReplyLetter, filled: RenderedLetter) -> str:
    """SM3 of everything that an issued letter prints: what its seal stands on."""
    return printed_sm3(as_paper(letter, filled))


def code_note(letter: ReplyLetter) -> str:
    """The note under the date by which a holder of the paper verifies it; empty unless the letter wants it."""
    return f"核验码：{spelt(letter.code)}" if letter.show_code and letter.code else ""


def draft_number(letter: ReplyLetter) -> str:
    """The place of the number before there is one: 官民函〔2018〕　号（草稿）."""
    prefix = letter.number_prefix or letter.agency.document_prefix
    return f"{prefix}〔{(letter.dated_on or letter.as_of).year}〕　号（草稿）"


def _block(level: int, runs: tuple[TextRun, ...]) -> Block:
    printed = tuple(Run(run.text.replace("\t", " "), run.figure) for run in runs if run.text)
    return Heading(level, printed) if level else Paragraph(printed)


def _sentence(text: str) -> str:
    return f"{text.rstrip('。')}。" if text else ""
