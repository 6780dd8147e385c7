"""What a PDF carries besides its looks: whole figures, anchors, metadata, the same bytes every time."""

import io
from pathlib import Path

import pypdf
import pytest

from qingdan.documents import fonts as fonts_module
from qingdan.documents.fonts import FontsMissing, find_fonts
from qingdan.documents.paper import Form, Paragraph, Run, figures_of
from qingdan.documents.pdf import find_spots, render_pdf
from qingdan.documents.tests.measuring import measure
from qingdan.documents.tests.samples import body, paragraph, sample_paper


def test_a_figure_is_never_broken_across_lines() -> None:
    printed = "26000余人次"
    blocks = tuple(paragraph("示" * shift, (printed, 1), "例" * 30) for shift in range(5, 30))
    pages = measure(render_pdf(sample_paper(body=blocks), find_fonts()))
    lines = [line.text for page in pages for line in page.block_lines]
    assert sum(line.count(printed) for line in lines) == len(blocks)


def test_lines_with_figures_are_justified_all_the_same() -> None:
    text = tuple(Run(part, figure) for part, figure in [("示例文字" * 4, None), ("410人", 1)] * 12)
    pages = measure(render_pdf(sample_paper(body=(Paragraph(text),)), find_fonts()))
    lines = [line for page in pages for line in page.block_lines if "示例文字" in line.text]
    assert len(lines) > 6
    assert all(line.right == pytest.approx(184, abs=0.4) for line in lines[:-1])


def test_every_figure_has_a_destination_and_a_place() -> None:
    paper = sample_paper()
    content = render_pdf(paper, find_fonts())
    names = pypdf.PdfReader(io.BytesIO(content)).named_destinations
    figures = [run.figure for run in figures_of(paper)]
    assert {f"figure-{figure}-1" for figure in figures} <= set(names)
    spots = [spot for spot in find_spots(paper, find_fonts()) if spot.kind == "figure"]
    assert [spot.index for spot in spots] == figures
    pages = measure(content)
    for spot, run in zip(spots, figures_of(paper), strict=True):
        line = min(pages[spot.page - 1].block_lines, key=lambda one: abs(one.top - spot.y - 2.3))
        assert run.text in line.text


def test_a_figure_cited_twice_has_two_destinations() -> None:
    paper = sample_paper(body=(paragraph("共", ("410人", 7), "，即", ("410人", 7), "。"),))
    names = pypdf.PdfReader(io.BytesIO(render_pdf(paper, find_fonts()))).named_destinations
    assert {"figure-7-1", "figure-7-2"} <= set(names)


@pytest.mark.parametrize("form", list(Form))
def test_the_same_paper_gives_the_same_bytes(form: Form) -> None:
    assert render_pdf(sample_paper(form), find_fonts()) == render_pdf(sample_paper(form), find_fonts())


def test_metadata_comes_from_the_paper_not_from_the_clock() -> None:
    reader = pypdf.PdfReader(io.BytesIO(render_pdf(sample_paper(), find_fonts())))
    assert reader.metadata is not None
    assert reader.metadata.title == sample_paper().title
    assert reader.metadata.author == "示例市样本区民政局"
    created = reader.metadata.creation_date
    assert created is not None
    assert created.date() == sample_paper().date
    assert reader.root_object["/Lang"] == "zh-CN"
    assert reader.root_object["/MarkInfo"]["/Marked"]


def test_text_is_printed_as_written_whatever_it_holds() -> None:
    text = '#pagebreak() *星号* _下划线_ $x$ \\ @名 <标> "引号" // 注释 [2015]33号'
    pages = measure(render_pdf(sample_paper(body=(paragraph(text),)), find_fonts()))
    printed = "".join(line.text for page in pages for line in page.block_lines)
    assert text.replace(" ", "") in printed


def test_headings_are_in_the_outline() -> None:
    reader = pypdf.PdfReader(io.BytesIO(render_pdf(sample_paper(body=body(1, 1)), find_fonts())))
    assert reader.outline[0].title.startswith("一、")


def test_a_character_without_a_glyph_is_named_not_printed_as_a_box() -> None:
    with pytest.raises(FontsMissing, match="No font here prints"):
        render_pdf(sample_paper(body=(paragraph("没有字形的字\U000f1234。"),)), find_fonts())


def test_a_rare_character_of_a_name_is_found_in_another_font() -> None:
    pages = measure(render_pdf(sample_paper(addressee="尊敬的样䶮委员", body=body(1, 1)), find_fonts()))
    assert pages[0].line("尊敬的样䶮")


def test_the_fonts_say_what_they_are() -> None:
    fonts = find_fonts()
    for role, face in fonts.roles().items():
        assert f"{role}：{face.family}" in fonts.describe()
        assert (role in fonts.substituted) == (not face.exact)


def test_without_chinese_fonts_one_line_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts_module, "VENDOR_FONTS", tmp_path)
    with pytest.raises(FontsMissing, match="make setup") as caught:
        find_fonts(system=False)
    assert "\n" not in str(caught.value)
