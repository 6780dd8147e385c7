"""What counts as a quantity claimed, and what it is worth."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingdan.engine.claims import find_claims
from qingdan.engine.claims.numerals import NUMBER, normalise, read_number
from qingdan.engine.claims.quality import SETS, load, measure


def read(text):
    return [(claim.text, claim.value, claim.unit, claim.approx) for claim in find_claims(text)]


def test_labelled_texts_hold_what_the_set_promises():
    labelled = [load(name) for name in SETS]
    assert sum(len(text.claims) for text in labelled) >= 300
    assert sum(len(text.traps) for text in labelled) >= 200
    for text in labelled:
        for start, printed, *_ in text.claims:
            assert text.text.startswith(printed, start)


@pytest.mark.parametrize(
    ("name", "precision", "recall"), [("development", 0.98, 0.98), ("held_out", 0.97, 0.97)]
)
def test_labelled_texts_are_read_well_enough(name, precision, recall):
    score = measure(load(name))
    assert score.precision >= precision, score.wrong
    assert score.recall >= recall, score.missed


def test_measuring_counts_a_wrong_value_as_missed_and_wrong():
    from qingdan.engine.claims.quality import read_labels

    score = measure(read_labels("# head\n开展活动【12场|13|场】，见〖第3条〗。"))
    assert (score.labelled, score.found, score.right, score.traps, score.traps_sprung) == (1, 1, 0, 1, 0)


@pytest.mark.parametrize(
    ("text", "value", "unit", "approx"),
    [
        ("十二场", 12, "场", "none"),
        ("两批", 2, "批", "none"),
        ("一百余人", 100, "人", "over"),
        ("1.5万人", 15000, "人", "none"),
        ("150万元", 1500000, "元", "none"),
        ("３０％", 30, "%", "none"),
        ("百分之三十", 30, "%", "none"),
        ("三成", 30, "%", "none"),
        ("三分之二", Decimal("66.6667"), "%", "none"),
        ("超过1,234,567元", 1234567, "元", "over"),
        ("不足20家", 20, "家", "under"),
        ("约三千平方米", 3000, "平方米", "about"),
        ("50次以上", 50, "次", "over"),
        ("1200人左右", 1200, "人", "about"),
        ("逾2亿元", 200000000, "元", "over"),
        ("数十家", (20, 90), "家", "about"),
        ("10—15场", (10, 15), "场", "none"),
        ("三至五名", (3, 5), "名", "none"),
        ("5-10万元", (50000, 100000), "元", "none"),
        ("二三十人", (20, 30), "人", "none"),
        ("伍拾万元", 500000, "元", "none"),
        ("1万5千人", 15000, "人", "none"),
        ("1200人（次）", 1200, "人次", "none"),
    ],
)
def test_one_claim_in_a_sentence(text, value, unit, approx):
    assert read(f"本年完成{text}，已经公示。") == [(text, value, unit, approx)]


@pytest.mark.parametrize(
    "text",
    [
        "2018年6月29日", "二〇一八年", "示民函〔2018〕51号", "示办发[2015]33号", "第92137号提案",
        "九届二次会议", "第三条第二款", "一、二、三、", "（一）加强领导", "电话0871-00000000",
        "邮编650200", "8:30至17:30", "三社联动", "“四点半”课堂", "一次性奖励", "统一安排", "十九大",
        "百姓", "万一", "七一", "110", "二环路与五华区、六甲街道、三江社区",
        "一心一意为千家万户、四面八方服务",
        "15分钟生活圈", "一人一策", "一次次", "首届公益节",
        "近三年内", "30个工作日内", "60岁以上老人", "1+3+N", "5A级社会组织", "前三名",
        "引入一批成熟机构", "每10名老人", "《十条措施（2018—2020年）》",
        "“二十条”", "队伍", "大陆", "第一、二批", "3号楼2单元501室",
    ],
)  # fmt: skip
def test_numerals_that_claim_nothing(text):
    assert read(f"按照{text}的要求。") == []


def test_a_number_after_到_or_周_is_whole():
    assert read("由十家增加到二十五家，每周三三场。")[:2] == [
        ("十家", 10, "家", "none"),
        ("二十五家", 25, "家", "none"),
    ]


def test_the_figures_of_a_whole_reply():
    """The quantities of the reply 官民函〔2018〕51号, in other sentences: none missed, nothing added."""
    text = (
        "围绕“三个清单”和“4个公益创新计划”，去年引进一批机构，办成首届公益节，其中社工宣传活动10余场、公益服务活动5场、"
        "大型公共资源共享会1场；实务技能培训5场，财务管理培训3场，机构内部治理培训5场，督导人才培训5场；"
        "信息沟通平台3个，政策咨询50余次；帮助15家社区社会组织建立党组织，党员活动12场。"
        "已印发2个基础性文件（官办通〔2017〕52号等）、3个配套文件，另有5个扶持政策正在起草。\n"
        "2018年，发展专项资金150万元，孵化基地运行资金90万元，另拨50万的公益创投资金。2017年公益创投资金70万元："
        "“儿童照护、陪护服务”项目直接服务410人，间接受益1500人；“弱势儿童关爱保护”项目直接服务3866人，覆盖26000余人；"
        "“法律援助”项目直接服务102人，覆盖15000人；“防灾减灾”项目13场，覆盖5440余人。"
    )
    found = find_claims(text)
    counts = [3, 4, 10, 5, 1, 5, 3, 5, 5, 3, 50, 15, 12, 2, 3, 5]
    money = [1_500_000, 900_000, 500_000, 700_000]
    reach = [410, 1500, 3866, 26000, 102, 15000, 13, 5440]
    assert [claim.value for claim in found] == counts + money + reach
    assert [claim.value for claim in found if claim.approx == "over"] == [10, 50, 26000, 5440]
    assert {claim.unit for claim in found if claim.kind == "money"} == {"元"}
    assert [claim.year for claim in found if claim.kind == "money"] == [2018, 2018, 2018, 2017]
    assert found[-1].project == "防灾减灾"
    assert found[9].subject == "信息沟通平台"


def test_a_set_phrase_at_the_end_of_a_longer_number_is_no_phrase():
    text = "办好二十一件事，配备一名一线社工，低保对象1.2万户，组建一百二十人团队。"
    assert [claim.text for claim in find_claims(text)] == ["二十一件", "一名", "1.2万户", "一百二十人"]


def test_understood_money_and_people():
    assert read("安排40万的培训资金。") == [("40万", 400000, "元", "none")]
    assert read("常住人口3.1万。") == [("3.1万", 31000, "人", "none")]


def test_a_word_glued_to_一_does_not_swallow_the_next_numeral():
    assert read("统一五个平台的入口。") == [("五个", 5, "个", "none")]


def test_one_counts_only_where_something_is_counted():
    assert read("聘请律师一名，举办一场讲座。") == [("一名", 1, "名", "none"), ("一场", 1, "场", "none")]
    assert read("这是一项长期任务，不漏一户，每一名社工都是一面旗帜。") == []


def test_qualifier_apart_from_its_number():
    assert read("每季度至少开展两次督导。") == [("两次", 2, "次", "over")]


def test_subject_project_year_and_context():
    text = (
        "总述。2017年，“样本陪伴”项目直接服务41人，间接受益150人；“样本法律”项目13场。随后又办了3场财务培训。"
    )
    direct, indirect, sessions, training = find_claims(text)
    assert (direct.subject, direct.project, direct.year) == ("直接服务", "样本陪伴", 2017)
    assert (indirect.subject, indirect.project) == ("间接受益", "样本陪伴")
    assert sessions.project == "样本法律"
    assert direct.context.startswith("2017年")
    assert direct.context.endswith("13场。")
    assert (training.subject, training.year, training.sentence) == ("财务培训", None, 3)


def test_wrapped_line_keeps_number_and_unit_together():
    assert read("覆盖人群26000\n余人。") == [("26000\n余人", 26000, "人", "over")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("| 社会团体 | 个 | 1,336 |", [("1,336", 1336, "个", "社会团体")]),
        (
            "支出\t万元\t404,423.1\t398,000\r\n",
            [("404,423.1", 4_044_231_000, "元", "支出"), ("398,000", 3_980_000_000, "元", "支出")],
        ),
        ("街道\t人数（人）\t备注\n样本\t42\t2018\n", [("42", 42, "人", "人数")]),
        ("街道\t人数\n样本\t42\n", []),
        ("街道\t人数（人）\n\n说明\n样本\t42\n", []),
    ],
)
def test_a_number_in_a_table_takes_its_unit_from_the_row_or_the_head(text, found):
    claims = find_claims(text)
    assert [(one.text, one.value, one.unit, one.subject) for one in claims] == found
    assert all(text.startswith(one.text, one.start) for one in claims)


def test_list_number_run_into_a_count_is_taken_off():
    assert read("1.3个清单全部公布。") == [("3个", 3, "个", "none")]


@settings(deadline=None)
@given(
    st.text(
        alphabet="一二三两十百千万亿余多约近超过不足第年月日号人家场次个项元成分之半%"
        "0123456789.,—-至“”（）。，\n ",
        max_size=60,
    )
)
def test_any_text_is_read_without_error_and_claims_lie_in_it_in_order(text):
    end = 0
    for claim in find_claims(text):
        assert claim.text
        assert text[claim.start : claim.end] == claim.text
        assert claim.start >= end
        end = claim.end


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=10**12))
def test_chinese_numerals_are_read_back(number):
    import cn2an

    if number:
        printed = normalise(cn2an.an2cn(number))
        assert read_number(NUMBER.fullmatch(printed)).low == number


@settings(deadline=None)
@given(st.text(max_size=40))
def test_normalising_keeps_every_offset(text):
    assert len(normalise(text)) == len(text)


@pytest.mark.parametrize(
    "piece", ["一", "1,", "1 234 ", "《", "三个", "不超过", "9届9", "1+", "一点", "壹", "1\t", "|人"]
)
def test_time_grows_with_the_text_and_not_faster(piece):
    """Work is counted in function calls, not in seconds, so that a slow machine changes nothing."""
    import sys

    def calls(text):
        count = 0

        def tick(frame, event, arg):
            nonlocal count
            count += 1

        sys.setprofile(tick)
        try:
            find_claims(text)
        finally:
            sys.setprofile(None)
        return count

    short, long = calls(piece * 200), calls(piece * 800)
    assert long <= 4.5 * short + 200
