"""The sample district answers the figures of the 2018 reply from its records."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pytest

from qingdan.core import figures, journal
from qingdan.core.figures import Scope
from qingdan.delivery.models import Measure, ServiceRecord
from qingdan.directory.models import Person
from qingdan.sample.facts import AS_OF, DISTRICT
from qingdan.sample.load import AlreadyLoaded, load

pytestmark = pytest.mark.django_db
EXPECTED = json.loads((Path(__file__).parent / "letter_figures.json").read_text(encoding="utf-8"))


def scope(row, as_of=AS_OF):
    return Scope(DISTRICT, as_of, row.get("year"), by=row.get("by", {}))


def test_the_reply_has_29_figures():
    assert len(EXPECTED) == 29


@pytest.mark.parametrize(
    "row", EXPECTED, ids=lambda row: f"{row['key']} {row.get('year', '')} {row.get('by', '')}"
)
def test_figure_of_the_reply(sample, row):
    figure = figures.get(row["key"])
    value = figure.read(scope(row))
    assert figure.unit == row["unit"]
    if row.get("approx") == "over":
        assert value.exact > row["value"]  # the exact number lies behind “…余”
    else:
        assert value.exact == row["value"]
    assert value.records == value.queryset.distinct().count() > 0


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: f"{row['key']} {row.get('by', '')}")
def test_a_figure_splits_into_itself(sample, row):
    """The values by street add up to the figure; persons counted once may stand in two; some have no place."""
    figure = figures.get(row["key"])
    if not figure.place_path:
        with pytest.raises(figures.BadScope):
            figure.split_by_street(scope(row))
        return
    whole, parts = figure.read(scope(row)).exact, figure.split_by_street(scope(row)).values()
    if figure.adds_up:
        assert sum(parts) == whole
    else:
        assert max(parts) <= whole <= sum(parts)


def test_nothing_is_known_before_it_is_confirmed(sample):
    before = dt.date(2015, 1, 1)
    for row in EXPECTED:
        assert figures.get(row["key"]).read(scope(row, before)).exact == 0


def test_the_correction_counts_from_its_day(sample):
    row = {"key": "delivery.direct_persons", "year": 2017, "by": {"project": "儿童照护、陪护服务"}}
    direct = figures.get(row["key"])
    assert direct.read(scope(row)).exact == 410
    assert direct.read(scope(row, dt.date(2018, 8, 2))).exact == 410
    assert direct.read(scope(row, dt.date(2018, 8, 3))).exact == 409


def test_every_child_served_is_a_service_record_with_a_synthetic_person(sample):
    records = ServiceRecord.objects.filter(
        measure=Measure.DIRECT, session__project__title="弱势儿童关爱保护"
    ).select_related("participant__person")
    people = {record.participant.person for record in records}
    assert len(people) == 3866
    assert all("样本" in person.name for person in people)


def test_persons_are_counted_once_in_a_project_and_once_in_the_district(sample):
    direct = figures.get("delivery.direct_persons")
    whole = direct.read(Scope(DISTRICT, AS_OF, 2017))
    assert whole.exact == 410 + 3866 + 102
    assert whole.queryset.values("participant__person").distinct().count() == 4361
    assert Person.objects.count() == 4361


def test_split_by_project_is_the_figure_of_each_project(sample):
    direct = figures.get("delivery.direct_persons")
    assert direct.split_by(Scope(DISTRICT, AS_OF, 2017), "project") == {
        "儿童照护、陪护服务": Decimal(410),
        "弱势儿童关爱保护": Decimal(3866),
        "法律援助": Decimal(102),
    }


def test_unknown_questions_are_answered_with_what_is_known(sample):
    with pytest.raises(figures.UnknownFigure, match=r"funds\.budget"):
        figures.get("funds.budgets")
    with pytest.raises(figures.BadScope, match="line"):
        figures.get("funds.budget").read(Scope(DISTRICT, AS_OF, 2018, by={"fund": "VENTURE"}))
    with pytest.raises(figures.BadScope, match="VENTURE"):
        figures.get("funds.budget").read(Scope(DISTRICT, AS_OF, 2018, by={"line": "VENTURES"}))
    with pytest.raises(figures.BadScope):
        figures.get("programmes.count").read(Scope(DISTRICT, AS_OF, 2018))


def test_a_reading_keeps_value_and_records_when_the_records_change(sample):
    from qingdan.core.actor import SystemActor

    row = {"key": "delivery.direct_persons", "year": 2017, "by": {"project": "儿童照护、陪护服务"}}
    value = figures.get(row["key"]).read(scope(row))
    reading = value.freeze(actor=SystemActor("test", DISTRICT))
    assert reading.value == 410
    assert len(reading.record_ids) == reading.records == value.records
    assert figures.agreement(reading, AS_OF).agrees
    later = figures.agreement(reading, dt.date(2018, 9, 12))
    assert (later.now, later.difference, later.agrees) == (409, -1, False)


def test_no_reading_without_records(sample, english):
    from qingdan.core.actor import SystemActor

    nothing = figures.get("funds.budget").read(Scope(DISTRICT, dt.date(2016, 1, 1), 2018))
    with pytest.raises(figures.FigureError, match="no records"):
        nothing.freeze(actor=SystemActor("test", DISTRICT))


def test_the_sample_is_loaded_once_and_its_journal_holds(sample):
    with pytest.raises(AlreadyLoaded, match="QINGDAN_DATA"):
        load()
    assert list(journal.verify(DISTRICT)) == []
