"""The produced PDF held against GB/T 9704-2012, in millimetres read back from the file."""

from datetime import date
from itertools import pairwise

import pytest

from qingdan.documents.fonts import find_fonts
from qingdan.documents.paper import Attachment, Form, Heading, Paper, Paragraph, Run
from qingdan.documents.pdf import find_spots, render_pdf
from qingdan.documents.tests.measuring import MeasuredPage, measure
from qingdan.documents.tests.samples import body, paragraph, sample_paper

PITCH = 225 / 22
CELL = 156 / 28
HALF_GAP = (PITCH - 16 / 72 * 25.4) / 2
PLAIN = "民政工作社会组织购买服务需求资源项目清单居民街道社区"  # no punctuation, no digits


def pages_of(paper: Paper) -> list[MeasuredPage]:
    return measure(render_pdf(paper, find_fonts()))


@pytest.fixture(scope="module")
def file_pages() -> list[MeasuredPage]:
    return pages_of(sample_paper(Form.FILE))


@pytest.fixture(scope="module")
def letter_pages() -> list[MeasuredPage]:
    return pages_of(sample_paper(Form.LETTER))


@pytest.fixture(scope="module", params=list(Form), ids=lambda form: form.value)
def pages(request: pytest.FixtureRequest) -> list[MeasuredPage]:
    return request.getfixturevalue(f"{request.param.value}_pages")


# --- page and grid -------------------------------------------------------------------------------------


def test_every_page_is_a4_and_its_text_stands_in_the_block(pages: list[MeasuredPage]) -> None:
    assert len(pages) >= 5
    for number, page in enumerate(pages, start=1):
        assert (page.width, page.height) == (pytest.approx(210, abs=0.05), pytest.approx(297, abs=0.05))
        for line in page.lines:
            if line.size == 16:
                assert line.ink_left >= 28 - 0.3
                assert line.ink_right <= 184 + 0.3
                assert line.bottom <= 262, (number, line.text)
                assert line.top >= 37


def test_a_full_page_holds_22_lines_of_one_pitch_that_fill_225_mm(pages: list[MeasuredPage]) -> None:
    full = [page.block_lines for page in pages[1:-1]]
    assert any(len(lines) == 22 for lines in full)
    for lines in full:
        assert len(lines) <= 22
        # The air over the first letters and under the last is half the gap between two lines.
        assert lines[0].top - HALF_GAP == pytest.approx(37, abs=0.1)
        for above, below in pairwise(lines):
            assert below.baseline - above.baseline == pytest.approx(PITCH, abs=0.02)
        if len(lines) == 22:
            assert lines[-1].bottom + HALF_GAP == pytest.approx(262, abs=0.1)


@pytest.mark.parametrize("form", list(Form))
def test_a_line_holds_28_characters_that_fill_156_mm(form: Form) -> None:
    text = PLAIN * 8
    pages = pages_of(sample_paper(form, body=(Paragraph((Run(text),)),)))
    lines = [line for page in pages for line in page.block_lines if set(line.text) <= set(PLAIN)]
    assert "".join(line.text for line in lines) == text
    assert [len(line.text) for line in lines[:-1]] == [26] + [28] * (len(lines) - 2)
    assert lines[0].left == pytest.approx(28 + 2 * CELL, abs=0.05)
    for line in lines[1:-1]:
        assert line.left == pytest.approx(28, abs=0.05)
        assert line.right == pytest.approx(184, abs=0.25)
        for before, after in pairwise(line.letters):
            assert after.left - before.left == pytest.approx(CELL, abs=0.02)


def test_sizes_are_those_of_the_standard(file_pages: list[MeasuredPage]) -> None:
    first, last = file_pages[0], file_pages[-1]
    assert first.line("关于对政协").size == 22
    assert first.line("尊敬的").size == 16
    assert first.line("一、").size == 16
    assert first.line("样民函").size == 16
    assert first.line("—1—").size == 14
    assert last.line("抄送").size == 14


def test_the_first_page_always_shows_text() -> None:
    pages = pages_of(sample_paper(title="\n".join(["关于对示例工作提案的答复"] * 5), body=body(1, 1)))
    assert any(line.text.startswith("您提出的") for line in pages[0].block_lines)


# --- head ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mark", ["样本局文件", "示例市样本区民政局文件", "示例市样本区人民政府示例工作办公室文件"]
)
def test_file_form_red_head_number_and_rule(mark: str) -> None:
    page = pages_of(sample_paper(mark=mark, body=body(1, 1)))[0]
    head, number, rules = page.red_mark(), page.line("样民函"), page.red_rules()
    assert head.top == pytest.approx(37 + 35, abs=0.3)
    assert (head.left + head.right) / 2 == pytest.approx(106, abs=0.6)
    assert head.width <= 156
    # Two blank lines between the letters of the head and those of the number.
    assert number.top - head.bottom == pytest.approx(2 * PITCH, abs=0.3)
    assert number.middle == pytest.approx(106, abs=0.3)
    assert len(rules) == 1
    assert rules[0].top - number.bottom == pytest.approx(4, abs=0.2)
    assert (rules[0].left, rules[0].right) == (pytest.approx(28, abs=0.2), pytest.approx(184, abs=0.2))


@pytest.mark.parametrize("mark", ["样本局", "示例市样本区民政局", "示例市样本区人民政府示例工作办公室"])
def test_letter_form_red_head_and_double_rules(mark: str) -> None:
    pages = pages_of(sample_paper(Form.LETTER, mark=mark))
    first = pages[0]
    head, rules = first.red_mark(), first.red_rules()
    assert head.top == pytest.approx(30, abs=0.3)
    assert (head.left + head.right) / 2 == pytest.approx(105, abs=0.6)
    assert len(rules) == 4
    upper_thick, upper_thin, lower_thin, lower_thick = rules
    assert upper_thick.top - head.bottom == pytest.approx(4, abs=0.2)
    assert upper_thick.height > upper_thin.height
    assert lower_thin.height < lower_thick.height
    assert lower_thick.bottom == pytest.approx(297 - 20, abs=0.2)
    for rule in rules:
        assert rule.width == pytest.approx(170, abs=0.2)
        assert rule.left == pytest.approx(20, abs=0.2)
    # The number: flush right, seven eighths of a character under the rule.
    number = first.line("样民函")
    assert number.right == pytest.approx(184, abs=0.3)
    assert number.top - upper_thin.bottom == pytest.approx(7 / 8 * 16 / 72 * 25.4, abs=0.2)
    assert all(not page.red_rules() for page in pages[1:])


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize(
    "title", ["关于示例工作的复函", "示例市样本区民政局\n关于示例工作的复函", sample_paper().title]
)
def test_the_title_stands_two_lines_below_and_is_centred(form: Form, title: str) -> None:
    page = pages_of(sample_paper(form, title=title))[0]
    titles = [line for line in page.lines if line.size == 22]
    above = page.red_rules()[0].bottom if form is Form.FILE else page.line("主动公开").bottom
    assert titles[0].top - above == pytest.approx(2 * PITCH, abs=0.2)
    assert "".join(line.text for line in titles) == title.replace("\n", "")
    for one in titles:
        assert one.middle == pytest.approx(106, abs=0.3)
    for one, following in pairwise(titles):
        assert PITCH - 0.1 <= following.baseline - one.baseline <= 38.1 / 72 * 25.4
    # One blank line, and up to another until the grid; a title of several lines takes that up itself.
    addressee = page.line("尊敬的")
    most = 3 if len(titles) < 3 else 2.4
    assert 19 <= addressee.baseline - titles[-1].baseline <= most * PITCH
    assert (addressee.top - HALF_GAP - 37) / PITCH == pytest.approx(
        round((addressee.top - 37) / PITCH), abs=0.02
    )
    assert addressee.left == pytest.approx(28, abs=0.1)
    assert addressee.text.endswith("：")


def test_class_and_publication_stand_at_the_top_right(file_pages: list[MeasuredPage]) -> None:
    for text, index in (("A类", 0), ("主动公开", 1)):
        line = file_pages[0].line(text)
        assert line.right == pytest.approx(184, abs=0.3)
        assert line.top - HALF_GAP == pytest.approx(37 + index * PITCH, abs=0.1)


def test_elements_at_the_left_and_a_paper_that_goes_upward() -> None:
    page = pages_of(
        sample_paper(
            copy_number="000001",
            secrecy="秘密",
            urgency="特急",
            signer="示例人",
            reply_class="",
            publication="",
            body=body(1, 1),
        )
    )[0]
    for index, text in enumerate(("000001", "秘密", "特急")):
        line = page.line(text)
        assert line.left == pytest.approx(28, abs=0.3)
        assert line.top - HALF_GAP == pytest.approx(37 + index * PITCH, abs=0.1)
    number = page.line("样民函")
    assert number.left == pytest.approx(28 + CELL, abs=0.1)
    assert number.right == pytest.approx(184 - CELL, abs=0.3)
    assert number.text.endswith("签发人：示例人")


# --- close ---------------------------------------------------------------------------------------------


def test_signature_and_date_without_a_seal(pages: list[MeasuredPage]) -> None:
    last = pages[-1]
    name, day = last.line("示例市样本区民政局"), last.line("2018年6月29日")
    above = max(
        (line for line in last.block_lines if line.baseline < name.baseline), key=lambda line: line.baseline
    )
    assert name.right == pytest.approx(184 - 2 * CELL, abs=0.3)
    assert day.left - name.left == pytest.approx(2 * CELL, abs=0.1)
    assert day.baseline - name.baseline == pytest.approx(PITCH, abs=0.05)
    assert name.baseline - above.baseline == pytest.approx(2 * PITCH, abs=0.05)


def test_a_date_longer_than_the_name_moves_the_name() -> None:
    last = pages_of(sample_paper(signature="样本局", date=date(2018, 12, 29), body=body(1, 1)))[-1]
    name, day = last.line("样本局"), last.line("2018年12月29日")
    assert day.right == pytest.approx(184 - 2 * CELL, abs=0.3)
    assert day.left - name.left == pytest.approx(2 * CELL, abs=0.1)


@pytest.mark.parametrize(
    "signature", ["示例市样本区民政局", "示例市样本区人民政府示例工作领导小组示例工作办公室"]
)
def test_signature_and_date_around_a_seal(signature: str) -> None:
    paper = sample_paper(sealed=True, signature=signature, body=body(1, 1))
    last = pages_of(paper)[-1]
    name, day = last.line(signature), last.line("2018年6月29日")
    if len(signature) < 12:
        assert day.right == pytest.approx(184 - 4 * CELL, abs=0.3)
    assert name.middle == pytest.approx(day.middle, abs=0.3)
    assert name.right <= 184.1
    (seal,) = (spot for spot in find_spots(paper, find_fonts()) if spot.kind == "seal")
    assert seal.x == pytest.approx(day.middle, abs=0.3)
    above = max(
        (line for line in last.block_lines if line.baseline < name.baseline), key=lambda line: line.baseline
    )
    # A seal of 42 mm begins within one line of the text, and name and date stand in its lower middle.
    assert 0 < seal.y - 21 - above.bottom < PITCH
    assert seal.y < day.top < seal.y + 21


@pytest.mark.parametrize("form", list(Form))
def test_no_page_holds_a_signature_alone(form: Form) -> None:
    page_counts = set()
    for extra in range(24):
        blocks = (paragraph(PLAIN * 13), *[paragraph("示例。")] * extra, paragraph("感谢关心。"))
        paper = sample_paper(
            form,
            body=blocks,
            contact="",
            attachments=(),
            notes="",
            copies_to="",
            printed_by="",
            printed_on=None,
        )
        pages = pages_of(paper)
        page_counts.add(len(pages))
        texts = [line.text for line in pages[-1].block_lines]
        assert "感谢关心。" in texts, f"{extra}: {texts}"
        assert texts[-2:] == ["示例市样本区民政局", "2018年6月29日"]
    assert len(page_counts) > 1


def test_the_last_line_of_a_long_paragraph_goes_with_the_signature() -> None:
    for extra in range(24):
        blocks = (*[paragraph("示例。")] * extra, paragraph(PLAIN * 10))
        pages = pages_of(
            sample_paper(
                body=blocks,
                contact="",
                attachments=(),
                notes="",
                copies_to="",
                printed_by="",
                printed_on=None,
            )
        )
        texts = [line.text for line in pages[-1].block_lines]
        assert len(texts) >= 3, f"{extra}: {texts}"


def test_the_list_of_attachments_and_their_pages() -> None:
    attachments = (
        Attachment("示例清单", (Heading(1, (Run("一、总则"),)), paragraph("第一段。"))),
        Attachment("一份名称长到一行放不下因而要换行的样本区购买服务示例事项征询意见表"),
    )
    pages = pages_of(sample_paper(body=body(1, 1), attachments=attachments))
    listing = next(page for page in pages if any(line.text.startswith("附件：") for line in page.lines))
    first, second = listing.line("附件：1."), listing.line("2.")
    assert first.left == pytest.approx(28 + 2 * CELL, abs=0.1)
    assert second.left == pytest.approx(28 + 5 * CELL, abs=0.1)
    after = listing.block_lines[listing.block_lines.index(second) + 1]
    assert after.left == pytest.approx(second.letters[2].left, abs=0.3)
    own = pages[-1]
    assert own.line("附件1").top - HALF_GAP == pytest.approx(37, abs=0.1)
    assert own.line("示例清单").baseline - own.line("附件1").baseline == pytest.approx(2 * PITCH, abs=1)
    assert own.line("示例清单").middle == pytest.approx(106, abs=0.3)


# --- foot and page numbers -----------------------------------------------------------------------------


def test_the_foot_lies_on_the_lower_edge_of_the_last_page(file_pages: list[MeasuredPage]) -> None:
    last = file_pages[-1]
    rules = last.black_rules()
    assert len(rules) == 3
    assert rules[-1].bottom == pytest.approx(262, abs=0.2)
    for rule in rules:
        assert (rule.left, rule.right) == (pytest.approx(28, abs=0.2), pytest.approx(184, abs=0.2))
    copies, office = last.line("抄送"), last.line("样本区民政局办公室")
    assert rules[0].bottom < copies.top < copies.bottom < rules[1].top
    assert rules[1].bottom < office.top < office.bottom < rules[2].top
    one_character = 14 / 72 * 25.4
    for line in (copies, office):
        assert line.left == pytest.approx(28 + one_character, abs=0.3)
    assert office.right == pytest.approx(184 - one_character, abs=0.3)
    assert office.text.endswith("2018年6月30日印发")
    assert copies.text.endswith("。")
    assert all(not page.black_rules() for page in file_pages[:-1])


def test_the_letter_form_has_a_foot_without_rules(letter_pages: list[MeasuredPage]) -> None:
    last = letter_pages[-1]
    assert last.black_rules() == []
    assert 250 < last.line("抄送").bottom < 262


def test_page_numbers_stand_seven_millimetres_below_at_the_outer_side(file_pages: list[MeasuredPage]) -> None:
    one_character = 14 / 72 * 25.4
    for number, page in enumerate(file_pages, start=1):
        line = page.line(f"—{number}—")
        dash = line.letters[0]
        ink = page.ink(dash.left + 0.2, 262.5, dash.right - 0.2, 275)
        assert ink.top == pytest.approx(262 + 7, abs=0.15)
        if number % 2:
            assert line.right == pytest.approx(184 - one_character, abs=0.4)
        else:
            assert line.left == pytest.approx(28 + one_character, abs=0.4)


def numbered(pages: list[MeasuredPage]) -> list[bool]:
    return [any(line.text.startswith("—") for line in page.lines) for page in pages]


def test_the_letter_form_numbers_neither_page_1_nor_a_second_page_that_is_the_last(
    letter_pages: list[MeasuredPage],
) -> None:
    assert numbered(letter_pages) == [False] + [True] * (len(letter_pages) - 1)
    two = pages_of(sample_paper(Form.LETTER, body=body(1, 1), attachments=()))
    assert numbered(two) == [False, False]
    assert all(numbered(pages_of(sample_paper(Form.FILE, body=body(1, 1)))))


def test_a_sample_says_so_in_the_foot_of_every_page(pages: list[MeasuredPage]) -> None:
    assert all(page.line("样例数据").top > 277 for page in pages)
    real = pages_of(sample_paper(body=body(1, 1), sample=False))
    assert not any("样例" in line.text for page in real for line in page.lines)
