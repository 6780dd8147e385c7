"""What rests on a document or clause: entered by name, kept from what has ended, examined again; limits of senders."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from qingdan.core import clock, throttle
from qingdan.core.permits import Refused
from qingdan.directory.models import Account, Agency
from qingdan.policies import acts, queries, reliance
from qingdan.policies.models import CommentPeriod, NormativeDocument, Threshold
from qingdan.policies.pages import comments
from qingdan.policies.tests.cast import FIRST, TODAY, D
from qingdan.policies.waiting import waiting_for
from qingdan.programmes.models import Programme

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _settings(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"
    settings.DISTRICT = D


@pytest.fixture
def office(client: Client, officer: Account) -> Client:
    client.force_login(officer)
    return client


@pytest.fixture
def programmes(officer: Account, agencies: dict[str, Agency]) -> list[Programme]:
    return [
        Programme.objects.create(
            district=D,
            kind=kind,
            name=name,
            aim="样本",
            addressed_to="样本",
            lead=agencies["bureau"],
            started_on=dt.date(2018, 1, 1),
            confirmed_at=clock.at(dt.date(2018, 1, 1)),
        )
        for kind, name in (("IDEA", "样本金点子计划"), ("STARTUP", "样本创业计划"))
    ]


def send(office: Client, document: NormativeDocument, **fields: str) -> Any:
    given = {"kind": "programmes.programme", "record": "金点子", "clause": "", "note": "样本"} | fields
    return office.post(reverse("policy-rely", args=[document.pk]), given)


def test_a_record_is_named_by_a_part_of_its_name(
    office: Client, in_force: NormativeDocument, officer: Account, programmes: list[Programme]
) -> None:
    clause = in_force.clauses.get(key="2")
    assert send(office, in_force, clause=str(clause.pk)).status_code == 302
    [resting] = reliance.on(in_force, officer).on_clause(clause.pk)
    assert resting.record == programmes[0]
    page = office.get(clause.get_absolute_url()).content.decode()
    assert "样本金点子计划" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"record": "样本"}, "Several are called so"),
        ({"record": "没有的"}, "No such record is open to you"),
        ({"kind": "directory.account", "record": "陈示例"}, "Select a valid choice"),
        ({"clause": "999999"}, "Select a valid choice"),
    ],
)
def test_a_record_that_is_not_one_is_told(
    office: Client,
    in_force: NormativeDocument,
    programmes: list[Programme],
    fields: dict[str, str],
    words: str,
) -> None:
    answer = send(office, in_force, **fields)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not in_force.reliances.exists()


def test_nothing_new_rests_on_what_has_ended(
    office: Client, in_force: NormativeDocument, officer: Account, programmes: list[Programme]
) -> None:
    acts.repeal(in_force, actor=officer, reason="样本理由")
    assert "ended on 2018-09-12: nothing new rests on it" in send(office, in_force).content.decode()


def test_nothing_new_rests_on_a_clause_that_was_left_out(
    in_force: NormativeDocument, officer: Account, agencies: dict[str, Agency]
) -> None:
    gone = in_force.clauses.get(key="2")
    acts.rely(agencies["finance"], actor=officer, on=in_force, clause=gone)
    kept = [line for line in FIRST.split("\n") if not line.startswith("第二条")]
    acts.import_wording(in_force, actor=officer, text="\n".join(kept))
    acts.amend(in_force, actor=officer)
    in_force.refresh_from_db()
    if queries.texts_now(in_force).filter(clause=gone).exists():
        pytest.fail("the amendment was to leave the clause out")
    with pytest.raises(Refused) as no:
        acts.rely(agencies["city"], actor=officer, on=in_force, clause=gone)
    assert "no longer has this clause" in str(no.value)
    [resting] = reliance.on(in_force, officer).shown
    assert resting.clause_is_gone
    assert "Examine again what rests on it" in [str(matter.verb) for matter in waiting_for(officer)]


def test_what_rested_on_an_ended_document_waits_until_it_was_examined(
    office: Client, in_force: NormativeDocument, officer: Account, agencies: dict[str, Agency]
) -> None:
    row = acts.rely(agencies["finance"], actor=officer, on=in_force)
    acts.rely(agencies["legal"], actor=officer, on=in_force)
    assert reliance.to_examine(queries.documents(officer)) == []
    acts.repeal(in_force, actor=officer, reason="样本理由")
    assert reliance.to_examine(queries.documents(officer)) == [(in_force, 2)]
    address = reverse("policy-stop-relying", args=[in_force.pk, row.pk])
    office.post(address, {"reason": ""})
    assert reliance.to_examine(queries.documents(officer)) == [(in_force, 2)]
    office.post(address, {"reason": "改以新文件为依据（样本）"})
    assert reliance.to_examine(queries.documents(officer)) == [(in_force, 1)]


def test_rule_editions_rest_on_the_clause_they_name(in_force: NormativeDocument, officer: Account) -> None:
    def line(kind: str, clause: str) -> Threshold:
        return Threshold.objects.create(
            district=D,
            edition="样本",
            kind=kind,
            amount_fen=100,
            document=in_force.citation,
            clause=clause,
            valid_from=TODAY,
        )

    second, lost = line("BELOW_LIMIT", "第二条"), line("OPEN_TENDER", "第九十九条")
    rest = reliance.on(in_force, officer)
    assert [one.record for one in rest.on_clause(in_force.clauses.get(key="2").pk)] == [second]
    assert [one.record for one in rest.shown if one.clause_is_gone] == [lost]


# ── bad input when a document is taken over ─────────────────────────────────


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"number": "样民通〔2017〕7号"}, "A document of this number is in the library already."),
        ({"valid_until": "2017-05-01"}, "Its last day cannot lie before its first."),
    ],
)
def test_a_number_used_and_an_end_before_the_beginning_are_told(
    office: Client, other: NormativeDocument, agencies: dict[str, Agency], fields: dict[str, str], words: str
) -> None:
    given = {
        "title": "另一份样本文件",
        "number": "样民通〔2017〕9号",
        "group": "BASIC",
        "issuer": agencies["bureau"].pk,
        "issued_on": "2017-05-02",
    } | fields
    answer = office.post(reverse("policy-take-over"), given)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "另一份样本文件" in answer.content.decode()


# ── limits of senders ───────────────────────────────────────────────────────


def test_one_address_comments_so_often_on_a_draft(
    client: Client, draft: NormativeDocument, officer: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comments, "MOST_AN_HOUR", 2)
    acts.consult(draft, actor=officer, opens_on=TODAY, closes_on=dt.date(2018, 9, 21))
    period = CommentPeriod.objects.get()
    address = reverse("policy-comments", args=[draft.pk])

    def say(text: str, sender: str = "203.0.113.9") -> Any:
        # Behind a proxy of our own the address that it names is the sender's.
        return client.post(
            address,
            {"kind": "RESIDENT", "clause": "", "text": text},
            REMOTE_ADDR="127.0.0.1",
            HTTP_X_FORWARDED_FOR=sender,
        )

    assert say("短").status_code == 422  # what is refused does not count
    assert say("第一条意见（样本）。").status_code == 302
    assert say("第二条意见（样本）。").status_code == 302
    late = say("第三条意见（样本）。")
    assert late.status_code == 422
    assert "2 comments on this draft came in the last hour" in late.content.decode()
    assert "第三条意见（样本）。" in late.content.decode()
    assert say("第四条意见（样本）。", sender="203.0.113.10").status_code == 302
    assert period.comments.count() == 3
    assert throttle.count(f"address:203.0.113.9:{draft.pk}", comments.ACT) == 2
