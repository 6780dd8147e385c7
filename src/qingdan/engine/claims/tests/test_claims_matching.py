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
