"""Numbers, dates, titles and the paper itself: what is refused, and what is said instead."""

import itertools
import re
from collections.abc import Callable
from datetime import date

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from qingdan.documents.numbers import (
    DocumentNumber,
    check_dates,
    check_numbers,
    format_date,
    parse_date,
)
from qingdan.documents.paper import Attachment, Form, Heading, Paragraph, Run, attachment_lines
from qingdan.documents.tests.samples import sample_paper
from qingdan.documents.titles import break_title, width

CAPACITY = 20.1


def test_a_number_is_read_and_written() -> None:
    number = DocumentNumber.parse(" 官民函〔2018〕51号 ")
    assert number == DocumentNumber("官民函", 2018, 51)
    assert str(number) == "官民函〔2018〕51号"


@given(
    code=st.sampled_from(["官民函", "官政办通发", "样民通"]),
    year=st.integers(1949, 2999),
    serial=st.integers(1, 99999),
)
def test_what_is_written_can_be_read_and_has_no_findings(code: str, year: int, serial: int) -> None:
    number = DocumentNumber(code, year, serial)
    assert DocumentNumber.parse(str(number)) == number
    assert check_numbers(f"见《示例》（{number}）。") == []


@pytest.mark.parametrize(
    ("printed", "codes", "suggestion"),
    [
        ("官政办通发[2015]33号", ["brackets"], "官政办通发〔2015〕33号"),
        ("官民函【2018】51号", ["brackets"], "官民函〔2018〕51号"),
        ("官民函（2018）51号", ["brackets"], "官民函〔2018〕51号"),
        ("官民函〔2018]51号", ["brackets"], "官民函〔2018〕51号"),
        ("官民函〔18〕51号", ["short_year"], "官民函〔2018〕51号"),
        ("官民函〔2018年〕51号", ["short_year"], "官民函〔2018〕51号"),
        ("官民函〔2018〕第51号", ["ordinal"], "官民函〔2018〕51号"),
        ("官民函〔2018〕051号", ["leading_zero"], "官民函〔2018〕51号"),
        ("官民函〔2018〕 51 号", ["spaces"], "官民函〔2018〕51号"),
        ("官民函〔２０１８〕51号", ["width"], "官民函〔2018〕51号"),
        ("官民函[18]第051号", ["brackets", "short_year", "ordinal", "leading_zero"], "官民函〔2018〕51号"),
        ("官民函〔201〕51号", ["short_year"], ""),
        ("官民函〔2018〕0号", ["leading_zero"], ""),
    ],
)
def test_common_mistakes_are_named_with_what_to_write(
    printed: str, codes: list[str], suggestion: str
) -> None:
    text = f"根据《示例方案》（{printed}）的要求"
    findings = check_numbers(text)
    assert [finding.code for finding in findings] == codes
    assert {finding.suggestion for finding in findings} == {suggestion}
    assert all(text[finding.start :].startswith(printed) for finding in findings)
    with pytest.raises(ValueError, match=re.escape(findings[0].message)) as refused:
        DocumentNumber.parse(printed)
    assert suggestion in str(refused.value)


@pytest.mark.parametrize(
    "text", ["第92137号提案", "共（12）项", "（一）已经做到的1号楼", "2018年6月29日", "示例〔2018〕"]
)
def test_other_brackets_and_numbers_are_left_alone(text: str) -> None:
    assert check_numbers(text) == []


@given(st.dates(date(1000, 1, 1)))
def test_dates_go_there_and_back(day: date) -> None:
    assert parse_date(format_date(day)) == day
    assert check_dates(format_date(day)) == []


def test_a_date_has_no_leading_zeros() -> None:
    assert format_date(date(2018, 6, 9)) == "2018年6月9日"


@pytest.mark.parametrize(
    ("printed", "codes", "suggestion"),
    [
        ("2018年06月29日", ["leading_zero"], "2018年6月29日"),
        ("18年6月29日", ["short_year"], "2018年6月29日"),
        ("２０１８年6月29日", ["width"], "2018年6月29日"),
        ("2018年2月30日", ["no_such_day"], ""),
    ],
)
def test_wrong_dates_are_named(printed: str, codes: list[str], suggestion: str) -> None:
    findings = check_dates(f"截至{printed}，")
    assert [finding.code for finding in findings] == codes
    assert {finding.suggestion for finding in findings} == {suggestion}
    with pytest.raises(ValueError, match=re.escape(findings[0].message)) as refused:
        parse_date(printed)
    assert suggestion in str(refused.value)


def test_what_is_wrong_with_a_number_is_said_in_the_language_of_the_page() -> None:
    said = {}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            for read, printed in (
                (DocumentNumber.parse, "官民函[2018]51号"),
                (DocumentNumber.parse, "51"),
                (parse_date, "下周"),
            ):
                with pytest.raises(ValueError, match=r".") as refused:
                    read(printed)
                said[language, printed] = str(refused.value)
    assert said == {
        ("en", "官民函[2018]51号"): (
            "The year of a document number stands in hexagonal brackets 〔 〕. Write 官民函〔2018〕51号."
        ),
        ("zh-hans", "官民函[2018]51号"): "发文字号的年份用六角括号〔〕。应写 官民函〔2018〕51号。",
        ("en", "51"): "“51” is no document number; write it as 官民函〔2018〕51号.",
        ("zh-hans", "51"): "“51”不是规范的发文字号，应如 官民函〔2018〕51号。",
        ("en", "下周"): "“下周” is no date; write it as 2018年6月29日.",
        ("zh-hans", "下周"): "“下周”不是规范的日期，应如 2018年6月29日。",
    }


@pytest.mark.parametrize(
    "title",
    [
        "昆明市官渡区民政局关于对政协官渡区第九届委员会第二次会议第92137号提案的复函",
        "关于推进“三社联动”创新基层社会治理的实施意见",
        "关于印发推进政府向社会力量购买服务的实施方案的通知",
        "示例市样本区民政局关于规范社会组织内部治理和开展社会组织党建工作的通知",
    ],
)
def test_a_title_breaks_between_words_and_never_as_an_hourglass(title: str) -> None:
    lines = break_title(title, CAPACITY)
    assert "".join(lines) == title
    widths = [width(line) for line in lines]
    assert max(widths) <= CAPACITY
    assert not any(b < a and b < c for a, b, c in zip(widths, widths[1:], widths[2:], strict=False))
    for line in lines:
        assert line[0] not in "的了和与及、，”》〕）"
        assert line[-1] not in "“《〔（第"
    joints = [before[-1] + after[0] for before, after in itertools.pairwise(lines)]
    words = [
        "民政",
        "提案",
        "社会",
        "组织",
        "治理",
        "服务",
        "实施",
        "会议",
        "委员",
        "政府",
        "力量",
        "购买",
        "基层",
        "党建",
        "通知",
    ]
    assert not set(joints) & set(words)


def test_a_title_broken_by_its_author_stays_so() -> None:
    assert break_title("示例局\n关于示例的复函", CAPACITY) == ["示例局", "关于示例的复函"]


def test_a_year_in_characters_is_not_broken() -> None:
    title = "示例市样本区民政局关于进一步做好二〇一八年度政府购买社会组织公共服务需求征集工作的通知"
    assert any("二〇一八年度" in line for line in break_title(title, CAPACITY))


def test_a_short_title_is_one_line() -> None:
    assert break_title("关于示例工作的通知", CAPACITY) == ["关于示例工作的通知"]


@given(st.text("关于推进社区服务的复函和通知第2018号（）《》“”", min_size=1, max_size=70))
def test_no_title_is_lost_or_runs_over(title: str) -> None:
    lines = break_title(title, CAPACITY)
    assert "".join(lines) == title
    assert all(lines)
    assert max(map(width, lines)) <= CAPACITY


@pytest.mark.parametrize(
    ("changes", "english", "chinese"),
    [
        ({"title": " "}, "title is missing", "缺少标题"),
        ({"mark": ""}, "red head is missing", "缺少发文机关标志"),
        ({"signature": ""}, "signature of the issuing agency is missing", "缺少发文机关署名"),
        ({"body": ()}, "text is missing", "缺少正文"),
        ({"title": "\n".join("一二三四五六")}, "at most 5 lines", "标题最多"),
        ({"form": Form.LETTER, "mark": "样本局文件"}, "does not end in “文件”", "不加“文件”"),
        ({"printed_by": ""}, "given together", "同时填写"),
        (
            {"form": Form.LETTER, "printed_by": "样本局", "printed_on": date(2018, 6, 30)},
            "names no printing agency",
            "不加印发机关",
        ),
    ],
)
def test_an_impossible_paper_is_refused(changes: dict[str, object], english: str, chinese: str) -> None:
    with translation.override("en"), pytest.raises(ValueError, match=english):
        sample_paper(**changes)
    with translation.override("zh-hans"), pytest.raises(ValueError, match=chinese):
        sample_paper(**changes)


@pytest.mark.parametrize(
    ("make", "english", "chinese"),
    [
        (lambda: Heading(5, (Run("五"),)), "levels 1 to 4", "一至四级"),
        (lambda: Paragraph((Run(" "),)), "empty paragraph", "空段落"),
        (lambda: Paragraph((Run("一行\n两行"),)), "line break", "换行"),
    ],
)
def test_impossible_blocks_are_refused(make: Callable[[], object], english: str, chinese: str) -> None:
    with translation.override("en"), pytest.raises(ValueError, match=english):
        make()
    with translation.override("zh-hans"), pytest.raises(ValueError, match=chinese):
        make()


def test_attachments_are_numbered_only_if_there_are_several() -> None:
    assert attachment_lines(sample_paper(attachments=(Attachment("甲。"),))) == [("", "甲")]
    assert attachment_lines(sample_paper(attachments=(Attachment("甲"), Attachment("乙；")))) == [
        ("1.", "甲"),
        ("2.", "乙"),
    ]
