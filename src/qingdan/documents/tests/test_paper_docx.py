"""The Word document: the same words, the standard's page, and XML that Word accepts."""

import io
import re
import zipfile
from datetime import date

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm

from qingdan.documents.docx import render_docx
from qingdan.documents.fonts import find_fonts
from qingdan.documents.paper import Attachment, Form, Paper, figures_of
from qingdan.documents.pdf import render_pdf
from qingdan.documents.tests.measuring import measure
from qingdan.documents.tests.samples import body, paragraph, sample_paper
from qingdan.documents.wordml import PARAGRAPH_ORDER, RUN_ORDER


def opened(paper: Paper) -> docx.document.Document:
    return docx.Document(io.BytesIO(render_docx(paper)))


def full() -> Paper:
    return sample_paper(
        copy_number="000001",
        secrecy="秘密",
        urgency="特急",
        signer="示例人",
        sealed=True,
        attachments=(Attachment("示例清单", (paragraph("附件正文。"),)), Attachment("另一份")),
    )


@pytest.mark.parametrize("form", list(Form))
def test_page_and_grid_are_those_of_the_standard(form: Form) -> None:
    section = opened(sample_paper(form)).sections[0]
    expected = {
        "page_width": 210,
        "page_height": 297,
        "top_margin": 37,
        "bottom_margin": 35,
        "left_margin": 28,
        "right_margin": 26,
    }
    for name, millimetres in expected.items():
        assert getattr(section, name) == pytest.approx(Mm(millimetres), abs=Mm(0.1))
    grid = section._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")
    assert section.different_first_page_header_footer == (form is Form.LETTER)


def test_every_line_has_an_exact_height_and_22_fit_the_block() -> None:
    document = opened(sample_paper())
    text = [one for one in document.paragraphs if one.text.startswith(("截至目前", "按照", "一、"))]
    assert text
    for one in text:
        assert one.paragraph_format.line_spacing.pt == pytest.approx(28.95)
        assert 22 * one.paragraph_format.line_spacing.pt <= 225 / 25.4 * 72
    for one in document.paragraphs:
        assert one.paragraph_format.line_spacing is not None
        assert one.paragraph_format.space_after == 0


def test_runs_name_the_offices_fonts_and_are_tightened() -> None:
    document = opened(sample_paper())
    fonts = {}
    for one in document.paragraphs:
        for run in one.runs:
            properties = run._r.rPr
            fonts[one.text[:2]] = properties.rFonts.get(qn("w:eastAsia"))
    assert fonts["一、"] == "黑体"
    assert fonts["（一"] == "楷体_GB2312"
    assert fonts["1."] == fonts["截至"] == "仿宋_GB2312"
    assert fonts["关于"] == "方正小标宋简体"
    run = next(one for one in document.paragraphs if one.text.startswith("截至")).runs[0]
    assert run.font.size.pt == 16
    assert run._r.rPr.find(qn("w:spacing")).get(qn("w:val")) == "-4"


@pytest.mark.parametrize("form", list(Form))
def test_word_and_pdf_say_the_same(form: Form) -> None:
    paper = sample_paper(form)
    with zipfile.ZipFile(io.BytesIO(render_docx(paper))) as archive:
        xml = "".join(
            archive.read(name).decode()
            for name in archive.namelist()
            if re.match(r"word/(document|header\d)", name)
        )
    word = "".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", xml))
    pages = measure(render_pdf(paper, find_fonts()))
    printed = "".join(
        line.text for page in pages for line in page.lines if not line.text.startswith(("—", "样例数据"))
    )
    assert sorted(word.replace(" ", "")) == sorted(printed.replace(" ", ""))


def test_a_figure_stands_in_a_bookmark() -> None:
    paper = sample_paper()
    document = opened(paper)
    names = [mark.get(qn("w:name")) for mark in document.element.iter(qn("w:bookmarkStart"))]
    assert names == [f"figure-{run.figure}-1" for run in figures_of(paper)]


def test_page_numbers_are_fields_odd_right_and_even_left() -> None:
    document = opened(sample_paper())
    assert document.settings.odd_and_even_pages_header_footer
    section = document.sections[0]
    for footer, alignment in ((section.footer, "right"), (section.even_page_footer, "left")):
        first = footer.paragraphs[0]
        assert first._p.pPr.jc.get(qn("w:val")) == alignment
        assert [field.text for field in first._p.iter(qn("w:instrText"))] == ["PAGE"]
        assert first.text.replace(" ", "") == "—1—"
        assert "样例数据" in footer.paragraphs[1].text


def test_the_letter_form_has_no_number_on_its_first_page() -> None:
    section = opened(sample_paper(Form.LETTER)).sections[0]
    assert list(section.first_page_footer._element.iter(qn("w:instrText"))) == []
    borders = section.first_page_footer.paragraphs[0]._p.pPr.find(qn("w:pBdr"))
    assert borders[0].get(qn("w:val")) == "thinThickSmallGap"
    mark = section.first_page_header.paragraphs[0]
    assert mark.text == "示例市样本区民政局"
    assert mark._p.pPr.find(qn("w:pBdr"))[0].get(qn("w:val")) == "thickThinSmallGap"


def test_the_signature_is_kept_with_the_last_line_of_the_text() -> None:
    paragraphs = opened(sample_paper()).paragraphs
    start = next(index for index, one in enumerate(paragraphs) if one.text.startswith("联系人"))
    end = next(index for index, one in enumerate(paragraphs) if one.text.startswith("（此件公开发布"))
    assert all(one.paragraph_format.keep_with_next for one in paragraphs[start:end])
    assert not paragraphs[end].paragraph_format.keep_with_next


@pytest.mark.parametrize("paper", [full(), sample_paper(Form.LETTER)], ids=["file", "letter"])
def test_elements_stand_in_the_order_the_schema_wants(paper: Paper) -> None:
    with zipfile.ZipFile(io.BytesIO(render_docx(paper))) as archive:
        parts = [
            archive.read(name)
            for name in archive.namelist()
            if re.match(r"word/(document|header\d|footer\d)", name)
        ]
    seen = 0
    for part in parts:
        for tag, order in (("w:pPr", PARAGRAPH_ORDER), ("w:rPr", RUN_ORDER)):
            for properties in docx.oxml.parse_xml(part).iter(qn(tag)):
                places = [order.index(child.tag.split("}")[1]) for child in properties]
                assert places == sorted(places)
                assert len(places) == len(set(places))
                seen += 1
    assert seen > 50


@pytest.mark.parametrize("form", list(Form))
def test_the_same_paper_gives_the_same_bytes(form: Form) -> None:
    content = render_docx(sample_paper(form))
    assert content == render_docx(sample_paper(form))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = opened(sample_paper(form)).core_properties
    assert properties.created.date() == properties.modified.date() == date(2018, 6, 29)
    assert properties.author == "示例市样本区民政局"


def test_only_a_sample_is_marked_as_one() -> None:
    for sample in (True, False):
        footer = opened(sample_paper(sample=sample, body=body(1, 1))).sections[0].footer
        assert any("样例" in one.text for one in footer.paragraphs) == sample
