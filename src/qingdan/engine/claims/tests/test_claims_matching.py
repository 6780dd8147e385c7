"""Claims against figures: agrees, differs, no record."""

from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from qingdan.engine.claims import find_claims, match_claims


@dataclass(frozen=True)
class Number:
    key: str
    name: str
    unit: str
    value: Decimal | int
    year: int | None = None
    by: dict[str, str] = field(default_factory=dict)
    place: str = ""


FIGURES = [
    Number("activities.publicity", "社工宣传活动", "场", 14),
    Number("activities.service", "公益服务活动", "场", 5),
    Number("funds.venture", "公益创投资金", "元", 500_000, 2018),
    Number("funds.venture", "公益创投资金", "元", 700_000, 2017),
    Number("delivery.direct", "直接服务", "人", 410, 2017, {"project": "样本陪伴"}),
    Number("delivery.direct", "直接服务", "人", 102, 2017, {"project": "样本法律"}),
    Number("delivery.covered", "覆盖人群", "人", 5_447, 2017, {"project": "样本陪伴"}),
]


def verdicts(text):
    return [
        (v.outcome, v.figure and v.figure.value, v.difference)
        for v in match_claims(find_claims(text), FIGURES)
    ]


def test_a_figure_is_told_by_subject_year_and_project():
    text = "2017年安排公益创投资金70万元，“样本陪伴”项目直接服务410人，“样本法律”项目直接服务120人。"
    assert verdicts(text) == [("agrees", 700_000, 0), ("agrees", 410, 0), ("differs", 102, 18)]


def test_the_year_before_is_no_record_of_this_year():
    assert verdicts("2016年安排公益创投资金70万元。") == [("no record", None, None)]


def test_a_year_is_not_held_against_the_sum_of_all_years():
    records = [*FIGURES, Number("funds.venture", "公益创投资金", "元", 1_200_000)]
    said = match_claims(
        find_claims("2018年安排公益创投资金120万元。2016年安排公益创投资金120万元。"), records
    )
    assert [(one.outcome, one.difference) for one in said] == [("differs", 700_000), ("no record", None)]


def test_a_project_is_not_held_against_the_sum_of_all_projects():
    records = [*FIGURES, Number("delivery.direct", "直接服务", "人", 512, 2017)]
    said = match_claims(find_claims("2017年，“样本绿地”项目直接服务512人。"), records)
    assert [one.outcome for one in said] == ["no record"]


def test_another_measure_or_subject_is_no_record():
    assert verdicts("开展社工宣传活动14人次。") == [("no record", None, None)]
    assert verdicts("举办财务管理培训5场。") == [("no record", None, None)]


@pytest.mark.parametrize(
    ("printed", "outcome", "difference"),
    [
        ("14场", "agrees", 0), ("13场", "differs", -1), ("10余场", "agrees", 0), ("超过10场", "agrees", 0),
        ("20余场", "differs", 6), ("10场以上", "agrees", 0),
        ("5场以上", "agrees", 0),
        ("不足20场", "agrees", 0),        ("不足14场", "differs", -1),
        ("不超过14场", "agrees", 0), ("近20场", "agrees", 0),
        ("近10场", "differs", -4), ("约14场", "agrees", 0), ("10—15场", "agrees", 0), 
        ("5—8场", "differs", -6),
    ],
)  # fmt: skip
def test_how_far_the_words_of_a_claim_reach(printed, outcome, difference):
    assert verdicts(f"全年开展社工宣传活动{printed}。") == [(outcome, 14, difference)]


def test_over_ends_where_the_next_step_begins():
    """5440余 reaches to just under 5450; 5000余 to just under 6000."""
    covered = "“样本陪伴”项目覆盖人群{}余人。"
    assert verdicts(covered.format(5440))[0][0] == "agrees"
    assert verdicts(covered.format(5000))[0][0] == "agrees"
    assert verdicts(covered.format(5430))[0][0] == "differs"


def test_candidates_and_reason_are_given():
    (verdict,) = match_claims(find_claims("开展公益服务活动6场。"), FIGURES)
    assert verdict.candidates[0].figure.key == "activities.service"
    assert "5" in verdict.because
    assert "6" in verdict.because


def test_money_is_compared_to_the_yuan():
    assert verdicts("2018年公益创投资金50万元。") == [("agrees", 500_000, 0)]
    assert verdicts("2018年公益创投资金51万元。") == [("differs", 500_000, 10_000)]


NAMES = {"东风街道": "001", "向阳街道": "002", "样本社区": "001001"}


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("全年开展活动12场。", [""]),
        ("东风街道开展活动12场，服务300人次。", ["001", "001"]),
        ("东风街道开展活动12场，向阳街道开展活动8场；全区共开展活动20场。", ["001", "002", ""]),
        ("东风街道样本社区开展活动12场。", ["001001"]),
        ("东风街道、向阳街道共开展活动20场。", ["*"]),
        ("东风、向阳两个街道共开展活动20场。", ["*", "*"]),
        ("东风街道辖6个社区。全年开展活动12场。示例区共办培训3场。", ["001", "001", ""]),
        (
            "一、东风街道\n全年开展活动12场。\n（一）培训\n培训3场。\n二、全区情况\n培训9场。",
            ["001", "001", ""],
        ),
        ("东风街道2018年工作总结\n一、活动\n开展活动12场\n二、培训\n培训3场。", ["001", "001"]),
        ("东风街道：\n全年开展活动12场。", [""]),
    ],
)
def test_the_place_named_last_before_a_claim_is_the_one_it_speaks_of(text, places):
    from qingdan.engine.claims import places_of

    assert places_of(text, [claim.start for claim in find_claims(text)], NAMES, "示例区") == places


def test_a_streets_claim_is_held_against_the_streets_record_alone():
    records = [
        Number("activities.service", "公益服务活动", "场", 20),
        Number("activities.service", "公益服务活动", "场", 12, place="001"),
    ]
    claims = find_claims("开展公益服务活动12场。" * 3)
    said = match_claims(claims, records, ["", "001", "002"])
    assert [(one.outcome, one.difference) for one in said] == [
        ("differs", -8),
        ("agrees", 0),
        ("no record", None),
    ]


@pytest.mark.parametrize(
    ("text", "outcome", "difference"),
    [
        ("提案办复率100%，满意率96.5%。", "agrees", 0),
        ("委员对办理结果的满意率为98%。", "differs", Decimal("1.5")),
        ("满意率提高3%，较上年提升。", "no record", None),
        ("满意率超过九成五。", "agrees", 0),
        ("满意率提高到九成以上。", "agrees", 0),
    ],
)
def test_a_rate_is_held_against_a_rate(text, outcome, difference):
    records = [Number("replies.satisfied", "提案办理满意率", "%", Decimal("96.5"))]
    said = match_claims(find_claims(text), records)[-1]
    assert (said.outcome, said.difference) == (outcome, difference)


def test_a_change_is_not_held_against_what_there_is():
    records = [Number("care.beds", "养老床位", "张", 53)]
    said = match_claims(find_claims("养老床位增加53张，达到53张。"), records)
    assert [one.outcome for one in said] == ["no record", "agrees"]
