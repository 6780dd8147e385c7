"""The language of letters: what it reads, what it says when it cannot, and that it loses nothing."""

import datetime as dt
import string
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingdan.core import figures
from qingdan.core.figures import Count, Definition, Dimension, Figure, FigureError, Scope, Value
from qingdan.replies.text import CitedDocument, render, syntax
from qingdan.replies.text.numerals import in_characters
from qingdan.replies.text.problems import ProblemReport
from qingdan.replies.text.render import RESERVED, NotFound, body_blocks, body_data, print_figure

AS_OF = dt.date(2018, 6, 29)
VALUES = {
    "a.trainings": ("5", "场"),
    "a.money": ("1500000", "元"),
    "a.people": ("26317", "人"),
    "a.none": ("0", "人"),
}


class Facts:
    """Sources without a database."""

    def figure(self, key: str, *, year: int | None, place: str, by: dict[str, str]) -> Value:
        if key not in VALUES:
            raise FigureError(f"no figure {key}")
        exact, unit = VALUES[key]
        figure = Figure(
            key=key,
            name=key,
            unit=unit,
            records=lambda scope: SimpleNamespace(),
            measure=Count(),
            definition=Definition(counts="样本"),
            dimensions=(Dimension("topic", "topic", "topic", lambda district: [("LINKAGE", "三社联动")]),),
        )
        scope = Scope("530111", AS_OF, year, place, by)
        return _Answer(figure, scope, Decimal(exact), int(Decimal(exact)), SimpleNamespace())

    def document(self, *, number: str, title: str) -> CitedDocument:
        if "没有" in number + title:
            raise NotFound("no document")
        return CitedDocument(title or "样本办法", number)

    def proposal(self) -> str:
        return "政协官渡区第九届委员会第二次会议第92137号提案《样本》"


class _Answer(Value):
    link = "/figures/"


def text(source: str) -> str:
    return render(source, Facts()).text


def problems(source: str) -> list[tuple[str, int, int]]:
    return [(p.code, p.line, p.column) for p in render(source, Facts()).problems]


@pytest.mark.parametrize(
    ("source", "printed"),
    [
        ("{{a.trainings}}", "5场"),
        ("{{ a.trainings  topic=LINKAGE }}", "5场"),
        ("{{a.trainings as=汉字}}", "五场"),
        ("{{a.trainings as=数字}}", "5"),
        ("{{a.money as=万元}}", "150万元"),
        ("{{a.money as=万}}", "150万"),
        ("{{a.money}}", "1500000元"),
        ("{{a.people step=1000}}", "26000余人"),
        ("{{document 样民通〔2017〕46号}}", "《样本办法》（样民通〔2017〕46号）"),
        ("{{document title=样本意见}}", "《样本意见》"),
        ("{{document title=“样本 意见”}}", "《样本 意见》"),
        ('{{document title="样本“三社”意见"}}', "《样本“三社”意见》"),
        ("{{proposal}}", "政协官渡区第九届委员会第二次会议第92137号提案《样本》"),
        ("{{fixed 两 reason=惯用说法}}", "两"),
    ],
)
def test_what_a_citation_prints(source: str, printed: str) -> None:
    found = render(source, Facts())
    assert (found.text, found.problems) == (printed, ())


@pytest.mark.parametrize(
    ("source", "code", "column"),
    [
        ("甲{{a.trainings", "unclosed", 2),
        ("甲{{a.trainings} }", "unclosed", 2),
        ("{{a {{b.unknown}}", "unclosed", 1),
        ("甲}}", "stray_close", 2),
        ("｛｛a.trainings｝｝", "full_width_braces", 1),
        ("{{}}", "empty", 1),
        ("{{ year=2018 }}", "empty", 1),
        ("{{a.trainings year=}}", "no_value", 15),
        ("{{a.trainings year=2018 year=2017}}", "twice", 25),
        ("{{a.trainings year＝2018}}", "full_width_equals", 14),
        ('{{document title="样本}}', "quotes", 18),
        ("{{a.trainings b c}}", "too_many_words", 1),
        ("{{a.trainings LINKAGE}}", "word", 1),
        ("{{a.trainings year=18}}", "year", 1),
        ("{{a.trainings step=1}}", "step", 1),
        ("{{a.trainings step=10}}", "figure", 1),
        ("{{a.trainings as=万元}}", "as", 1),
        ("{{a.people as=汉字}}", "as", 1),
        ("{{a.trainings title=x}}", "option", 1),
        ("{{a.none}}", "no_records", 1),
        ("{{b.unknown}}", "figure", 1),
        ("{{document}}", "document", 1),
        ("{{document 甲 title=乙}}", "document", 1),
        ("{{document title=没有}}", "document", 1),
        ("{{document 甲 year=2018}}", "option", 1),
        ("{{proposal 1}}", "word", 1),
        ("{{fixed 两}}", "fixed", 1),
        ("{{fixed reason=x}}", "fixed", 1),
    ],
)
def test_what_cannot_be_cited_says_why_and_where(source: str, code: str, column: int) -> None:
    assert (code, 1, column) in problems(source)
    assert text(source) == source.strip()


@pytest.mark.parametrize(
    "typed",
    [
        "服务300人",
        "服务三百人",
        "安排150万元",
        "开展两场活动",
        "完成率达90%",
        "共计1500",
        "覆盖１５０００人",
        "第3次会议后服务12户",
        "每人补助{{a.trainings as=数字}}万元",
    ],
)
def test_a_number_typed_by_hand_is_found(typed: str) -> None:
    assert [code for code, _line, _column in problems(f"前言{{{{a.trainings}}}}。\n其中{typed}。")] == [
        "uncited"
    ]


@pytest.mark.parametrize(
    "constant",
    [
        "2018年6月29日",
        "2017年以来",
        "2017—2018年",
        "第92137号提案",
        "第九届委员会第二次会议",
        "（样民通〔2017〕46号）",
        "联系电话：0871-00000000",
        "“三社联动”机制",
        "“四点半”课堂",
        "进一步",
        "请拨打12345热线",
    ],
)
def test_what_counts_nothing_in_the_district_needs_no_citation(constant: str) -> None:
    assert problems(f"根据{constant}办理。") == []


def test_numbering_of_points_is_no_quantity() -> None:
    assert (
        problems("一、总体\n（一）分项\n1.公益金点子计划：征集点子；2.社会创业计划：提供保障。\n（1）其他")
        == []
    )


def test_the_place_of_an_uncited_number_is_its_place_in_the_source() -> None:
    source = "第一行{{a.money as=万元}}。\r\n　　另有{{a.trainings}}，服务300人。"
    (found,) = render(source, Facts()).problems
    assert (found.line, found.column) == (2, 23)
    assert syntax.normalised(source)[found.start : found.end] == "300人"


@pytest.mark.parametrize("words", ["约{{a.trainings}}", "{{a.trainings}}以上", "近{{a.trainings}}"])
def test_words_beside_a_figure_may_not_change_it(words: str) -> None:
    assert [code for code, _l, _c in problems(f"举办{words}。")] == ["qualified"]


def test_a_step_says_over_and_the_engine_agrees() -> None:
    found = render("覆盖{{a.people step=1000}}。", Facts())
    assert [(f.printed, f.approx, f.value) for f in found.figures] == [("26000余人", "over", Decimal(26317))]
    assert found.problems == ()


def test_headings_have_levels_and_sentences_have_none() -> None:
    blocks = render("一、关于甲\n（一）关于乙\n1.丙\n（1）丁\n一、这是一句话。\n{{proposal}}", Facts()).blocks
    assert [block.level for block in blocks] == [1, 2, 3, 4, 0, 0]


def test_figures_are_numbered_in_the_order_of_the_text_and_placed() -> None:
    found = render("一、{{a.trainings}}\n甲{{a.money as=万元}}乙{{a.trainings}}", Facts())
    assert [(f.position, f.printed) for f in found.figures] == [(1, "5场"), (2, "150万元"), (3, "5场")]
    for figure in found.figures:
        assert found.text[figure.offset :].startswith(figure.printed)


def test_fixed_numbers_keep_their_reason() -> None:
    (fixed,) = render("甲\n乙{{fixed 两 reason=“惯用 说法”}}", Facts()).fixed
    assert fixed.as_data() == {"text": "两", "reason": "惯用 说法", "line": 2, "column": 2}


def test_the_report_lists_all_in_the_order_of_the_text() -> None:
    report = str(ProblemReport(render("{{b.x}}\n\n服务3人，{{", Facts()).problems))
    assert [line.split("：")[0] for line in report.splitlines()[1:]] == [
        "line 1, column 1",
        "line 3, column 3",
        "line 3, column 6",
    ]


@pytest.mark.parametrize(
    ("number", "words"), [(1, "一"), (2, "二"), (10, "十"), (12, "十二"), (20, "二十"), (99, "九十九")]
)
def test_numerals(number: int, words: str) -> None:
    assert in_characters(number) == words


def test_two_before_a_measure_word() -> None:
    assert print_figure(Decimal(2), "个", shape="汉字").text == "两个"


def test_no_declared_dimension_bears_a_word_of_the_language() -> None:
    clashes = [(f.key, d.key) for f in figures.declared() for d in f.dimensions if d.key in RESERVED]
    assert clashes == []


# ── properties ──────────────────────────────────────────────────────────────

PIECES = st.sampled_from(
    [
        "{{", "}}", "{{a.trainings}}", "{{a.money as=万元}}", "{{b.c}}", "{{fixed 两 reason=x}}", "{{document 甲}}",
        "｛｛", "“", "\"", "=", "year=", "\n", "\r\n", "　", " ", "一、", "（一）", "1.", "。", "5场", "三百人",
        "𠮷",
    ]
)  # fmt: skip
SOURCES = st.lists(
    PIECES | st.text(string.printable + "公益服务第届号年月日余", max_size=6), max_size=14
).map("".join)


@given(SOURCES)
def test_reading_loses_nothing(source: str) -> None:
    read = syntax.parse(source)
    for line in read.lines:
        for piece in line.pieces:
            typed = piece.source if isinstance(piece, syntax.Citation) else piece.text
            assert read.source[piece.start : piece.end] == typed
    kept = "".join(
        piece.source if isinstance(piece, syntax.Citation) else piece.text
        for line in read.lines
        for piece in line.pieces
    )
    assert _solid(kept) == _solid(read.source)


@given(SOURCES)
def test_rendering_keeps_every_typed_word_and_places_every_problem(source: str) -> None:
    found = render(source, Facts())
    read = syntax.parse(source)
    runs = [run for block in found.blocks for run in block.runs]
    pieces = [piece for line in read.lines for piece in line.pieces]
    assert len(runs) == len(pieces)
    for run, piece in zip(runs, pieces, strict=True):
        if isinstance(piece, syntax.Citation) and run.kind != "broken":
            assert run.kind in {"figure", "document", "proposal", "fixed"}
        else:
            assert run.text == (piece.source if isinstance(piece, syntax.Citation) else piece.text)
    for problem in found.problems:
        line, column = problem.line, problem.column
        assert read.source.split("\n")[line - 1][column - 1 :] == read.source[problem.start :].split("\n")[0]
        assert problem.message
    assert any(run.kind == "broken" for run in runs) <= bool(found.problems)


@given(SOURCES)
def test_what_is_kept_at_issue_is_what_was_rendered(source: str) -> None:
    blocks = render(source, Facts()).blocks
    kept = body_blocks(body_data(blocks))
    assert [(b.level, b.text) for b in kept] == [(b.level, b.text) for b in blocks]
    assert _figures(kept) == _figures(blocks)


def _figures(blocks: Any) -> list[tuple[str, int]]:
    return [(run.text, run.figure) for block in blocks for run in block.runs if run.figure]


def _solid(words: str) -> str:
    return "".join(words.split()).translate(dict.fromkeys(map(ord, syntax._BLANK)))
