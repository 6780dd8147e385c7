"""Rule editions out of a file: taken once, whole or not at all, and every fault says where it is."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from qingdan.core import journal
from qingdan.directory.models import Place
from qingdan.policies import rules
from qingdan.policies.commands import load_rules
from qingdan.policies.models import NegativeListItem, Period, ServiceCatalogEntry, Threshold
from qingdan.policies.rule_files import read_rules

pytestmark = pytest.mark.django_db
DISTRICT = "530111"
RULE = {
    "edition": "2019",
    "valid_from": "2019-01-01",
    "valid_to": None,
    "document": "样例文件",
    "clause": "第三条",
}
THRESHOLD = {**RULE, "kind": "OPEN_TENDER", "yuan": 1_000_000, "confirmed": True}
PERIOD = {**RULE, "kind": "NEED_COMMUNITY", "length": 2, "confirmed": True}
ENTRY = {"code": "1", "parent": "", "name": "样例", "confirmed": True}


def run(folder: Path, data: Any, *options: str) -> tuple[int, str]:
    file = folder / "rules.json"
    file.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    done = CliRunner().invoke(load_rules, [str(file), *options])
    return done.exit_code, done.output


def test_the_shipped_file_is_right_and_is_the_default() -> None:
    assert len(read_rules(rules.SHIPPED)["negative"]) == 3
    done = CliRunner().invoke(load_rules, [])
    assert done.exit_code == 0
    assert ServiceCatalogEntry.objects.filter(district=DISTRICT).exists()
    assert "there already" in CliRunner().invoke(load_rules, []).output


def test_a_file_adds_its_editions_once_and_the_journal_keeps_it(tmp_path: Path) -> None:
    home = Place.objects.create(
        district=DISTRICT, code=DISTRICT, name="样例区", short_name="样例区", level="DISTRICT"
    )
    data = {"thresholds": [THRESHOLD], "periods": [PERIOD]}
    assert run(tmp_path, data, "--dry-run") == (
        0,
        "Right: 0 catalogue, 0 negative, 1 thresholds, 1 periods.\n",
    )
    assert not Threshold.objects.exists()
    assert run(tmp_path, data) == (0, "2 rows added to district 530111.\n")
    assert Threshold.objects.get().amount_fen == 100_000_000
    assert Period.objects.get().basis == "样例文件第三条"
    assert journal.history(home)[0].data == {"rows": 2, "file": "rules.json"}
    changed = {"thresholds": [{**THRESHOLD, "yuan": 5}]}
    assert run(tmp_path, changed)[1] == "Every edition of the file is there already.\n"
    assert Threshold.objects.get().amount_fen == 100_000_000  # an edition is never overwritten


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("{", "is no JSON: line 1"),
        ("[]", "holds none of the lists"),
        ({"thresholds": {}}, "thresholds must be a list"),
        ({"thresholds": [], "prices": []}, "“prices” is not known"),
        (
            {"thresholds": [{**THRESHOLD, "kind": "TENDER"}]},
            "thresholds[0].kind must be BELOW_LIMIT, OPEN_TENDER",
        ),
        ({"thresholds": [{**THRESHOLD, "yuan": "100"}]}, "thresholds[0].yuan must be a whole number"),
        ({"thresholds": [{**THRESHOLD, "yuan": None}]}, "a line without a sum cannot be confirmed"),
        ({"thresholds": [{**THRESHOLD, "valid_from": "1.1.2019"}]}, "valid_from must be a day such as"),
        ({"thresholds": [{**THRESHOLD, "valid_to": "2018-01-01"}]}, "ends before it begins"),
        ({"thresholds": [{**THRESHOLD, "document": ""}]}, "document must be the document it rests on"),
        ({"periods": [{**PERIOD, "days": 3}]}, "periods[0].days is not known"),
        ({"periods": [{**PERIOD, "length": 0}]}, "periods[0].length must be a whole number from 1"),
        ({"periods": [7]}, "periods[0] must be an object"),
        (
            {"catalogue": [{**RULE, "entries": [{**ENTRY, "parent": "9"}]}]},
            "its parent 9 does not stand before it",
        ),
        ({"catalogue": [{**RULE, "entries": [ENTRY, ENTRY]}]}, "the code 1 stands twice"),
        ({"catalogue": [{**RULE, "entries": []}]}, "entries must be a list of objects"),
        (
            {"negative": [{**RULE, "items": [{**ENTRY, "order": 1, "signs": "军事"}]}]},
            "signs must be a list of words",
        ),
    ],
)
def test_a_wrong_file_says_where_and_adds_nothing(
    tmp_path: Path, english: None, data: Any, said: str
) -> None:
    good = {"periods": [PERIOD]} if isinstance(data, dict) and "periods" not in data else {}
    code, output = run(tmp_path, {**good, **data} if isinstance(data, dict) else data)
    assert code == 1
    assert said in output
    assert output.count("\n") == 1
    assert [model.objects.count() for model in (Period, Threshold, NegativeListItem)] == [0, 0, 0]


def test_a_missing_file_and_a_wrong_district_are_said(tmp_path: Path, english: None) -> None:
    missing = CliRunner().invoke(load_rules, [str(tmp_path / "none.json")])
    assert (missing.exit_code, "There is no file" in missing.output) == (1, True)
    wrong = CliRunner().invoke(load_rules, ["--district", "官渡区"])
    assert (wrong.exit_code, "six digits" in wrong.output) == (1, True)
