"""Moves from the page of a record: done, refused with a reason, and shown as what may be done next."""

import datetime as dt
import re
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse

from qingdan.core import journal, lifecycle, records
from qingdan.core.lifecycle import Lifecycle, Move
from qingdan.core.models import JournalEntry
from qingdan.core.permits import Refused, nobody, permit
from qingdan.directory.models import OrganisationState, SocialOrganisation
from qingdan.lists.models import NeedState, SocialNeed
from qingdan.web.tests.cast import account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample", "day")]


@permit("The audit report is missing.")
def has_report(actor: Any, need: Any) -> bool:
    return False


WAY = Lifecycle(
    "test-need",
    NeedState,
    Move("verify", "SUBMITTED", "COMMUNITY_VERIFIED", label="Verify…"),
    Move("close", "SUBMITTED", "DONE", label="Close", when=has_report),
    Move("refuse", "SUBMITTED", "REJECTED", label="Refuse", needs_reason=True),
    Move("hide", "SUBMITTED", "ARCHIVED", label="Hide", by=nobody),
)
DROP = Move("drop", "SUBMITTED", "EXPIRED", label="Drop")  # grave, though it asks nothing


@pytest.fixture
def submitted(monkeypatch: pytest.MonkeyPatch) -> SocialNeed:
    monkeypatch.setitem(lifecycle._registered, SocialNeed._meta.label_lower, WAY)
    found = SocialNeed.objects.filter(state=NeedState.SUBMITTED).first()
    assert found is not None
    return found


def test_a_move_is_done_and_leads_back_to_the_record(bureau: Client, submitted: SocialNeed) -> None:
    answer = bureau.post(reverse("move", args=["lists.socialneed", submitted.pk, "verify"]))
    assert answer["Location"] == submitted.get_absolute_url()
    submitted.refresh_from_db()
    assert submitted.state == "COMMUNITY_VERIFIED"
    assert "Done: Verify." in bureau.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        ("close", "The audit report is missing."),
        ("refuse", "Give a reason"),
        ("fly", "There is no such act"),
        ("hide", "not open to anyone"),
    ],
)
def test_a_refused_move_says_why_and_changes_nothing(
    bureau: Client, submitted: SocialNeed, verb: str, said: str
) -> None:
    before = JournalEntry.objects.count()
    answer = bureau.post(reverse("move", args=["lists.socialneed", submitted.pk, verb]), follow=True)
    assert said in answer.content.decode()
    submitted.refresh_from_db()
    assert submitted.state == "SUBMITTED"
    assert JournalEntry.objects.count() == before


def test_moves_of_records_that_may_not_be_seen_are_not_found(client: Client, submitted: SocialNeed) -> None:
    client.force_login(account("ORGANISATION"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(reverse("move", args=["lists.socialneed", submitted.pk, "verify"])).status_code == 404


@pytest.mark.parametrize("label", ["core.journalentry", "nothing.here", "x"])
def test_only_registered_kinds_can_be_moved(bureau: Client, label: str) -> None:
    assert bureau.post(reverse("move", args=[label, 1, "verify"])).status_code == 404


def test_a_move_is_never_made_by_following_a_link(bureau: Client, submitted: SocialNeed) -> None:
    assert bureau.get(reverse("move", args=["lists.socialneed", submitted.pk, "verify"])).status_code == 405


def test_a_stranger_is_sent_to_sign_in(client: Client, submitted: SocialNeed, settings: Any) -> None:
    settings.LOGIN_URL = "/sign-in/"
    assert client.post(reverse("move", args=["lists.socialneed", submitted.pk, "verify"])).status_code == 302


def test_a_move_never_leads_to_another_site(bureau: Client, submitted: SocialNeed) -> None:
    address = reverse("move", args=["lists.socialneed", submitted.pk, "verify"])
    assert (
        bureau.post(address, {"next": "https://elsewhere.example/"})["Location"]
        == submitted.get_absolute_url()
    )


def test_next_steps_show_what_is_not_possible_with_its_reason(submitted: SocialNeed) -> None:
    steps = {step.verb: step for step in records.next_steps(submitted, account("BUREAU"))}
    assert set(steps) == {"verify", "close", "refuse"}
    assert steps["verify"].primary
    assert not steps["close"].possible
    assert str(steps["close"].reason) == "The audit report is missing."
    assert not steps["refuse"].primary
    assert records.next_steps(submitted, AnonymousUser()) == []


def test_a_grave_act_is_never_the_primary_button(
    bureau: Client, submitted: SocialNeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = Lifecycle("test-need", NeedState, DROP, *WAY.moves)
    monkeypatch.setitem(lifecycle._registered, SocialNeed._meta.label_lower, way)
    steps = records.next_steps(submitted, account("BUREAU"))
    assert [step.verb for step in steps if step.primary] == ["verify"]
    assert {step.verb for step in steps if step.grave} == {"drop", "refuse"}
    only = Lifecycle("test-need", NeedState, DROP)
    monkeypatch.setitem(lifecycle._registered, SocialNeed._meta.label_lower, only)
    assert [(step.verb, step.primary) for step in records.next_steps(submitted, account("BUREAU"))] == [
        ("drop", False)
    ]
    page = bureau.get(submitted.get_absolute_url()).content.decode()
    button = re.search(r'<button class="([^"]*)">Drop</button>', page)
    assert button is not None
    assert "btn-primary" not in button[1]


def test_a_move_with_a_form_is_done_there_and_nowhere_else(bureau: Client) -> None:
    one = SocialOrganisation.objects.filter(state=OrganisationState.ON_RECORD).first()
    assert one is not None
    page = bureau.get(one.get_absolute_url()).content.decode()
    form = reverse("organisation-standing", args=[one.pk, "deregister"])
    assert f'href="{form}"' in page
    general = reverse("move", args=["directory.socialorganisation", one.pk, "deregister"])
    assert bureau.post(general, {"reason": "x"})["Location"] == form
    with pytest.raises(Refused):
        records.perform(
            "directory.socialorganisation", one.pk, "deregister", actor=account("BUREAU"), reason="x"
        )
    assert bureau.post(form, {"reason": "自行解散", "on": "2018-09-10", "document": ""}).status_code == 422
    one.refresh_from_db()
    assert one.state == OrganisationState.ON_RECORD
    said = {"reason": "自行解散", "on": "2018-09-10", "document": "样民注〔2018〕3号"}
    assert bureau.post(form, said)["Location"] == one.get_absolute_url()
    one.refresh_from_db()
    assert (one.state, one.ended_on) == (OrganisationState.DEREGISTERED, dt.date(2018, 9, 10))
    assert journal.history(one)[0].data["document"] == "样民注〔2018〕3号"
    assert bureau.get(form).status_code == 403


def test_the_timeline_is_told_in_words(bureau: Client, submitted: SocialNeed) -> None:
    WAY.move(submitted, "refuse", actor=account("BUREAU"), reason="Twice reported")
    first = records.timeline(submitted)[0]
    assert (first.what, first.state, first.entry.reason) == ("Refuse", "not taken up", "Twice reported")
