"""A letter's claims against the sample district: what agrees, what differs and by how much, what has no record."""

import datetime as dt
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from qingdan.config.claims import claims as command
from qingdan.core import figures
from qingdan.directory.models import Place
from qingdan.engine.claims import find_claims
from qingdan.replies.citing import citation
from qingdan.replies.tracing import letter_day, recorded_values, trace

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample")]
D = "530111"
LETTER = Path(__file__).with_name("data") / "incoming.txt"
DAY = dt.date(2018, 6, 29)


@pytest.fixture(scope="module")
def text() -> str:
    return LETTER.read_text(encoding="utf-8")


def test_every_quantity_of_the_letter_agrees_with_the_records_of_its_day(text):
    found = trace(text, D, letter_day(text))
    assert [one.claim.text for one in found if one.outcome != "agrees"] == []
    assert len(found) == 28
    assert [one.record.key for one in found if one.claim.text == "13场"] == ["delivery.sessions"]


def test_each_quantity_made_wrong_is_told_with_its_difference(text):
    """One more than the words allow: nothing is taken for a figure because its value fits."""
    claims = find_claims(text)
    step = {"10余场": 10, "50余次": 10, "5440余人": 10, "26000余人": 1000}
    wrong = [replace(one, value=one.value + step.get(one.text, 1)) for one in claims]
    found = trace(text, D, DAY, wrong)
    assert [(one.claim.text, one.outcome) for one in found if one.outcome != "differs"] == []
    exact = [one for one in found if one.claim.approx == "none"]
    assert {one.difference for one in exact} == {1}


def test_the_year_and_the_day_decide(text):
    claimed = "2016年安排公益创投资金70万元。2017年安排公益创投资金70万元。"
    assert [one.outcome for one in trace(claimed, D, DAY)] == ["no record", "agrees"]
    before = {one.claim.text: one.outcome for one in trace(text, D, dt.date(2018, 3, 1))}
    assert before["12场"] == "differs"
    assert before["150万元"] == "agrees"


def test_what_the_district_does_not_count_has_no_record():
    (one,) = trace("新建口袋公园8个。", D, DAY)
    assert (one.outcome, one.record, one.difference) == ("no record", None, None)
    assert one.as_data()["value"] is None


def test_a_streets_claim_is_held_against_that_streets_records_alone():
    figure = figures.get("lists.needs")
    scope = figures.Scope(D, DAY)
    code, needs = max(figure.split_by_street(scope).items(), key=lambda one: one[1])
    whole = figure.read(scope).exact
    street = Place.objects.get(district=D, code=code).name
    name = next(one.name for one in recorded_values(D, DAY) if one.key == figure.key)
    own, wrong, all_of_them = trace(
        f"{street}收到{name}{needs}{figure.unit}，其中上报{name}{whole}{figure.unit}；全区{name}{whole}{figure.unit}。",
        D,
        DAY,
    )
    assert (own.outcome, own.record.place, own.difference) == ("agrees", code, 0)
    assert (wrong.outcome, wrong.record.place, wrong.difference) == ("differs", code, whole - needs)
    assert (all_of_them.outcome, all_of_them.record.place) == ("agrees", "")
    assert f"place={code}" in citation(own.record.scope, own.record.key)
    assert f"place={code}" in own.record.link


def test_values_that_may_contain_one_another_are_not_summed():
    """No record says 290万元: whether one budget line is part of another is not known."""
    values = recorded_values(D, DAY)
    assert all(one.by for one in values if one.key == "funds.budget")
    assert {one.year for one in values if one.key == "funds.budget"} == {None, 2017, 2018}


def test_each_value_is_what_its_figure_answers_when_asked_alone():
    values = recorded_values(D, DAY)
    assert {one.key for one in values} <= {one.key for one in figures.declared()}
    for one in values:
        assert figures.get(one.key).read(one.scope).exact == one.value, one.words


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2018年6月29日", (2018, 6, 29)),
        ("二〇一八年六月二十九日", (2018, 6, 29)),
        ("二○一八年十月三十一日", (2018, 10, 31)),
        ("自2017年1月1日起\n2018年12月10日", (2018, 12, 10)),
        ("2018年2月30日", None),
        ("2018年6月", None),
    ],
)
def test_the_letters_own_date_is_the_last_one(written, day):
    assert letter_day(f"成文于\n{written}\n") == (dt.date(*day) if day else None)


def test_the_command_with_trace_gives_all_keys():
    answer = json.loads(CliRunner().invoke(command, [str(LETTER), "--trace", "--json"]).stdout)
    assert answer["as_of"] == "2018-06-29"
    row = next(one for one in answer["claims"] if one["text"] == "26000余人")
    assert row["trace"] | {"candidates": None} == {
        "outcome": "agrees",
        "figure": "delivery.covered_persons",
        "name": "覆盖人群",
        "by": {"project": "弱势儿童关爱保护"},
        "labels": ["弱势儿童关爱保护"],
        "year": 2017,
        "place": None,
        "value": 26317,
        "unit": "人",
        "link": row["trace"]["link"],
        "difference": 0,
        "candidates": None,
    }
    assert row["trace"]["link"].startswith("/figures/delivery.covered_persons/?as_of=2018-06-29&year=2017")
    assert row["trace"]["candidates"][0]["figure"] == "delivery.covered_persons"
    assert {tuple(one["trace"]) for one in answer["claims"]} == {tuple(row["trace"])}


def test_the_command_takes_another_day_and_says_so():
    result = CliRunner().invoke(command, [str(LETTER), "--trace", "--as-of", "2018-03-01"])
    assert result.exit_code == 0
    assert "截至 2018-03-01" in result.stdout
    assert "✗ 不一致" in result.stdout


def test_a_day_without_trace_is_refused():
    result = CliRunner().invoke(command, [str(LETTER), "--as-of", "2018-03-01"])
    assert result.exit_code == 2
    assert "--trace" in result.stderr


def test_a_file_that_cannot_be_read_is_one_line_with_trace_too(tmp_path):
    path = tmp_path / "letter.wps"
    path.write_text("x")
    result = CliRunner().invoke(command, [str(path), "--trace"])
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1


def test_without_trace_django_is_not_started():
    code = (
        "import sys\nfrom qingdan.config.cli import qingdan\n"
        f"sys.argv = ['qingdan', 'claims', {str(LETTER)!r}]\n"
        "try:\n    qingdan()\nexcept SystemExit as end:\n    assert end.code == 0\n"
        "print(sorted(name for name in sys.modules if name.split('.')[0] == 'django'))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
