"""Lines of the ledger from Excel: entered by one person, confirmed by another, and counted only then."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from qingdan.calls.models import Project
from qingdan.core import clock, figures, journal
from qingdan.core.permits import Refused
from qingdan.delivery import acts
from qingdan.delivery.models import Measure, ServiceSession
from qingdan.directory.models import Account, Person, Place
from qingdan.sample.synthetic import resident_ids

pytestmark = pytest.mark.django_db
DAY = dt.date(2018, 9, 12)


@pytest.fixture(autouse=True)
def on_the_day(sample: None, english: None) -> Iterator[None]:
    with clock.living_on(DAY):
        yield


def account(name: str) -> Any:
    return Account.objects.get(username=name)


def line(**changes: Any) -> acts.Line:
    values = {
        "project": Project.objects.earliest("pk"),
        "number": 9_001,
        "held_on": dt.date(2018, 8, 1),
        "place": Place.objects.get(code="530111001001"),
        "topic": "样本",
        "measure": Measure.DIRECT,
    }
    return acts.Line(**{**values, **changes})


def numbers() -> list[str]:
    births = dt.date(1950, 1, 1), dt.date(1960, 12, 31)
    ids = resident_ids(*births, ("530199",))
    return [next(ids)[0] for _n in range(2)]


def test_lines_count_once_somebody_else_has_confirmed_their_session() -> None:
    one, two = numbers()
    people, direct = Person.objects.count(), figures.get("delivery.direct_persons")
    before = direct.read(figures.Scope("530111", DAY)).exact
    lines = [
        line(name="样本甲", resident_id=one),
        line(name="样本乙", resident_id=two),
        line(number=9_002, name="样本甲", resident_id=one),
        line(measure=Measure.COVERED, quantity=30, basis="现场清点"),
    ]
    assert acts.enter_services(lines, actor=account("bureau")) == 4
    assert Person.objects.count() == people + 2, "a person is one person in both sessions"
    assert direct.read(figures.Scope("530111", DAY)).exact == before
    session = ServiceSession.objects.get(number=9_001)
    assert {entry.verb for entry in journal.history(session)} == {"delivery.enter"}
    with pytest.raises(Refused, match="yourself"):
        acts.confirm_session(session=session, actor=account("bureau"))
    assert acts.confirm_session(session=session, actor=account("community")) == 3
    assert direct.read(figures.Scope("530111", DAY)).exact == before + 2
    with pytest.raises(Refused, match="waits"):
        acts.confirm_session(session=session, actor=account("community"))
    assert list(journal.verify("530111")) == []


def test_an_organisation_enters_its_own_projects_only() -> None:
    actor = account("organisation")
    own = Project.objects.filter(organisation=actor.organisation_id).earliest("pk")
    other = Project.objects.exclude(organisation=actor.organisation_id).earliest("pk")
    covered = {"measure": Measure.COVERED, "quantity": 5, "basis": "现场清点"}
    with pytest.raises(Refused, match="another organisation"):
        acts.enter_services([line(project=other, **covered)], actor=actor)
    assert acts.enter_services([line(project=own, **covered)], actor=actor) == 1


def test_the_session_page_offers_what_may_be_done(client: Client) -> None:
    acts.enter_services(
        [line(measure=Measure.COVERED, quantity=30, basis="现场清点")], actor=account("bureau")
    )
    session = ServiceSession.objects.get(number=9_001)
    address = reverse("service-session-confirm", args=[session.pk])
    for name, possible in (("bureau", False), ("community", True)):
        client.force_login(account(name), backend="django.contrib.auth.backends.ModelBackend")
        steps = client.get(session.get_absolute_url()).context["steps"]
        assert [(step.verb, step.possible) for step in steps] == [("confirm", possible)]
    assert client.get(address).status_code == 405
    assert client.post(address).headers["Location"] == session.get_absolute_url()
    session.refresh_from_db()
    assert session.confirmed_by == account("community").actor_label
    assert client.get(session.get_absolute_url()).context["steps"] == []
