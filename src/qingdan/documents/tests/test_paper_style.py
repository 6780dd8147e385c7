"""House style: what is found, where, and what is better; and what is left in peace."""

import pytest

from qingdan.documents.style import REASONS, check_style

pytestmark = pytest.mark.usefixtures("english")


def said(text, cited=None):
    return [(one.code, one.text, one.suggestion) for one in check_style(text, cited)]


@pytest.mark.parametrize(
    ("text", "code", "found", "better"),
    [
        ("根据样民通[2015]33号办理", "brackets", "样民通[2015]33号", "样民通〔2015〕33号"),
        ("样民通〔2015〕033号", "leading_zero", "样民通〔2015〕033号", "样民通〔2015〕33号"),
        ("样民通〔15〕33号", "short_year", "样民通〔15〕33号", "样民通〔2015〕33号"),
        ("样民通〔2015〕第33号", "ordinal", "样民通〔2015〕第33号", "样民通〔2015〕33号"),
        ("自18年6月9日起", "short_year", "18年6月9日", "2018年6月9日"),
        ("2018年06月09日", "leading_zero", "2018年06月09日", "2018年6月9日"),
        ("截止目前，进展顺利", "wording", "截止目前", "截至目前"),
        ("截止2018年底完成", "wording", "截止", "截至"),
        ("经对接对接法制部门", "repeated", "对接对接", "对接"),
        ("居民的的需要", "repeated", "的的", "的"),
        ("财政安排50万的创投资金", "no_yuan", "50万", "50万元"),
        ("情况,如下", "punctuation", ",", "，"),
        ("进展 顺利", "blanks", " ", ""),
    ],
)
def test_what_is_found_and_what_is_better(text, code, found, better):
    assert said(text) == [(code, found, better)]
    (one,) = check_style(text)
    assert text[one.start : one.end] == found
    assert one.message == REASONS[code]


@pytest.mark.parametrize(
    "text",
    [
        "根据样民通〔2015〕33号，2018年6月9日办理。",
        "截止日期为2018年6月9日。",
        "为了了解实现目的的情况，面对对方的意见，一个一个地办。",
        "家家户户都来，高高兴兴，方方面面。",
        "财政安排50万元，服务3万人，覆盖2万户。",
        "《样本办法》和《示例办法》已印发。",
        "关于《样本提案》，答复《样本提案》如下。",
        "共开展活动13场，直接服务102人，覆盖人群15000人。",
        "直接服务410人，间接受益1500人。两项口径不同，不作相加。",
        "法律援助项目共计服务102人，参加对象均为居民。",
    ],
)
def test_what_is_right_is_left_in_peace(text):
    assert said(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "直接服务410人，间接受益1500人，合计1910人。",
        "直接服务102人、覆盖人群15000人，共计15102人次。",
        "项目直接受益100名，惠及群众900名，总计1000名。",
    ],
)
def test_a_sum_across_measures(text):
    assert [code for code, _found, _better in said(text)] == ["mixed_sum"]


def test_a_total_of_one_measure_or_of_money_is_none():
    assert said("甲项目直接服务410人，乙项目直接服务102人，合计512人。") == []
    assert said("直接服务410人，间接受益1500人，合计投入10万元。") == []


def test_a_document_named_twice_is_told_where_it_stands_again():
    text = "正在草拟《样本办法》《示例办法》。修改《示例办法》后上报。"
    (one,) = check_style(text)
    assert (one.code, one.start) == ("named_twice", text.rindex("《"))
    assert "no. 2" in one.message


def test_an_approximate_number_needs_a_basis_and_with_citations_every_number_does():
    text = "活动10余场，服务约200人，安排3次。"
    assert [(code, found) for code, found, _ in said(text)] == [
        ("approximate", "10余场"),
        ("approximate", "约200人"),
    ]
    cited = [(text.index("10"), text.index("场") + 1)]
    assert [(code, found) for code, found, _ in said(text, cited)] == [
        ("approximate", "约200人"),
        ("uncited", "3次"),
    ]


def test_findings_stand_in_the_order_of_the_text():
    text = "截止目前,经对接对接，据样民通[2015]33号"
    starts = [one.start for one in check_style(text)]
    assert starts == sorted(starts)
    assert [one.code for one in check_style(text)] == ["wording", "punctuation", "repeated", "brackets"]
