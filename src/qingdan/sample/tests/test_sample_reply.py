"""The sample's reply letter says what the letter of 2018 says, from records."""

import datetime as dt
import json
from pathlib import Path

import pytest
from django.test import override_settings

from qingdan.core import journal
from qingdan.replies.models import LetterState, ReplyLetter
from qingdan.replies.output import as_json
from qingdan.replies.queries import with_figures
from qingdan.replies.rendering import agreements, rendered
from qingdan.sample.facts import AS_OF, DOCUMENTS

pytestmark = pytest.mark.django_db
EXPECTED = json.loads((Path(__file__).parent / "letter_figures.json").read_text(encoding="utf-8"))


def the_letter():
    return with_figures(ReplyLetter.objects.all()).get(number="官民函〔2018〕51号")


@override_settings(ROOT_URLCONF="qingdan.replies.tests.urls")
def test_the_letter_cites_all_29_figures_and_no_other(sample):
    letter = the_letter()
    data = as_json(letter, rendered(letter))
    assert (data["proposal"], data["date"], data["as_of"]) == ("92137", "2018-06-29", "2018-06-29")

    def key(row):
        return (row["key"], row.get("year"), tuple(sorted(row.get("by", {}).items())))

    cited = {key(row): row for row in data["figures"]}
    assert len(data["figures"]) == len(cited) == 29
    assert set(cited) == {key(row) for row in EXPECTED}
    for row in EXPECTED:
        found = cited[key(row)]
        assert found["approx"] == row.get("approx", "none")
        assert found["unit"] == row["unit"]
        assert found["records"] > 0
        assert f"as_of={AS_OF.isoformat()}" in found["link"]
        if found["approx"] == "over":
            assert found["printed"] == f"{row['value']}余{row['unit']}"
            assert found["value"] > row["value"]
        else:
            assert found["value"] == row["value"]


def test_the_letter_names_each_of_the_twelve_documents_once_and_rightly(sample):
    text = rendered(the_letter()).text
    for _group, number, title, _issuer, _co_drafters in DOCUMENTS:
        assert text.count(f"《{title}》") == 1
        assert (f"《{title}》（{number}）" in text) == bool(number)


def test_only_the_corrected_figure_differs_later(sample):
    letter = the_letter()
    assert all(one.agrees for one in agreements(letter, AS_OF).values())
    later = agreements(letter, dt.date(2018, 9, 12))
    differing = [(one.reading.value, one.now) for one in later.values() if not one.agrees]
    assert [(int(then), int(now)) for then, now in differing] == [(410, 409)]


def test_the_letter_went_through_three_people_and_the_journal(sample):
    letter = the_letter()
    assert letter.state == LetterState.ISSUED
    assert len({letter.drafter, letter.checks.get().checked_by, letter.signer}) == 3
    verbs = [entry.verb for entry in journal.history(letter)]
    assert verbs == ["letter.issue", "letter.sign", "letter.check", "letter.submit", "letter.begin"]
    assert not list(journal.verify("530111"))
