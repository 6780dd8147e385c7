"""A proposal on its way: registration, agencies and their views, “not ours”, the second reply, the clocks."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from qingdan.core import clock
from qingdan.core.journal import history
from qingdan.core.permits import Refused
from qingdan.directory.models import Account, Agency, AgencyKind, Place
from qingdan.directory.roles import Role
from qingdan.replies import acts, handling, queries
from qingdan.replies.handling import ClassMeaning
from qingdan.replies.lifecycle import PROPOSAL
from qingdan.replies.models import Assignment, Proposal, ReplyLetter
from qingdan.replies.waiting import waiting_for

pytestmark = pytest.mark.django_db
D = "530111"
DAY = dt.date(2018, 4, 10)


@pytest.fixture(autouse=True)
def _today(settings: Any) -> Any:
    settings.DISTRICT = D
    with clock.living_on(DAY):
        yield


def refusal(act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return str(refused.value.reason)


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def finance(district: Place) -> Agency:
    return Agency.objects.create(
        district=D, code="finance", name="样本区财政局", short_name="区财政局", kind=AgencyKind.FINANCE
    )


@pytest.fixture
def clerk(hire: Callable[..., Account], finance: Agency) -> Account:
    """An officer of the joint agency."""
    account = hire("周示例", Role.DEPARTMENT)
    account.agency = finance
    account.save()
    return account


@pytest.fixture
def outsider(hire: Callable[..., Account], district: Place) -> Account:
    account = hire("吴示例", Role.DEPARTMENT)
    account.agency = Agency.objects.create(
        district=D, code="other", name="样本区别的局", short_name="别的局", kind=AgencyKind.DEPARTMENT
    )
    account.save()
    return account


@pytest.fixture
def joint(proposal: Proposal, drafter: Account, finance: Agency) -> Assignment:
    return handling.bring_in(proposal, actor=drafter, agency=finance)


# ── registration ────────────────────────────────────────────────────────────

FORM = {
    "kind": "CPPCC",
    "assembly": "官渡区",
    "term": 9,
    "session": 2,
    "number": "92140",
    "title": "关于另一件事的提案",
    "proposers": "样本委员",
    "received_on": "2018-04-02",
    "points": "第一点\n第二点",
    "text": "全文（样本）",
    "serial": 140,
}


def test_a_registered_proposal_has_its_points_text_and_clock(client: Client, drafter: Account) -> None:
    client.force_login(drafter)
    page = client.post(reverse("proposal-new"), FORM)
    made = Proposal.objects.get(number="92140")
    assert page.status_code == 302
    assert (made.serial, made.text, made.due_on) == (140, "全文（样本）", dt.date(2018, 7, 2))
    assert [point.heading for point in made.points.all()] == ["第一点", "第二点"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"number": "92137"}, "This session has a proposal of this number already."),
        ({"received_on": "2018-04-11"}, "This day is still to come."),
        ({"number": "92 137"}, "Digits, letters and hyphens only"),
        ({"points": "长" * 121}, "A point is a heading of at most 120 characters."),
    ],
)
def test_a_wrong_registration_is_told_and_nothing_is_lost(
    client: Client, drafter: Account, proposal: Proposal, wrong: dict[str, str], words: str
) -> None:
    client.force_login(drafter)
    page = client.post(reverse("proposal-new"), FORM | wrong)
    assert page.status_code == 422
    assert words in text_of(page)
    assert "关于另一件事的提案" in page.content.decode()
    assert not Proposal.objects.exclude(pk=proposal.pk).exists()


def test_a_registration_stays_as_it_was_once_answered(drafter: Account, issued: ReplyLetter) -> None:
    answer = refusal(lambda: handling.put_right(issued.proposal, actor=drafter, title="别的"))
    assert "it stays as it was registered" in answer


def test_points_are_split_later_and_the_journal_says_so(proposal: Proposal, drafter: Account) -> None:
    handling.put_right(
        proposal,
        actor=drafter,
        title="关于样本事项的提案（更正）",
        points=[acts.Point("关于培训"), acts.Point("关于资金")],
    )
    assert [point.heading for point in proposal.points.all()] == ["关于培训", "关于资金"]
    entry = history(proposal)[0]
    assert entry.verb == "proposal.put_right"
    assert entry.data["title"] == ["关于样本事项的提案", "关于样本事项的提案（更正）"]


# ── assignment ──────────────────────────────────────────────────────────────


def test_an_agency_that_does_not_exist_or_stands_twice_is_told(
    client: Client, drafter: Account, bureau: Agency, finance: Agency
) -> None:
    found = acts.receive(
        actor=drafter,
        kind="NPC",
        assembly="官渡区",
        term=16,
        session=2,
        number="162001",
        title="样本建议",
        proposers="样本代表",
        received_on=dt.date(2018, 4, 2),
    )
    client.force_login(drafter)
    address = reverse("proposal-assign", args=[found.session_code, found.number])
    page = client.post(address, {"lead": 999_999})
    assert "There is no such agency at work in this district" in text_of(page)
    page = client.post(address, {"lead": bureau.pk, "joint": [bureau.pk, 999_999]})
    assert "There is no such agency at work in this district" in text_of(page)
    page = client.post(address, {"lead": bureau.pk, "joint": [finance.pk], "separate": [finance.pk]})
    assert "jointly or separately, not both" in text_of(page)
    page = client.post(address, {"lead": bureau.pk, "joint": [finance.pk], "view_due_on": "2018-04-22"})
    assert "2018-04-22 is no working day; the next one is 2018-04-23" in text_of(page)
    assert not found.assignments.exists()
    client.post(address, {"lead": bureau.pk, "separate": [finance.pk]})
    found.refresh_from_db()
    assert found.state == "ASSIGNED"
    assert {one.role for one in found.assignments.all()} == {"LEAD", "SEPARATE"}


def test_not_ours_is_said_within_five_working_days(drafter: Account, bureau: Agency) -> None:
    found = acts.receive(
        actor=drafter,
        kind="NPC",
        assembly="官渡区",
        term=16,
        session=2,
        number="162001",
        title="样本建议",
        proposers="样本代表",
        received_on=dt.date(2018, 4, 2),
    )
    acts.assign(found, actor=drafter, lead=bureau, on=dt.date(2018, 4, 2))
    with clock.living_on(dt.date(2018, 4, 10)):
        assert "by 2018-04-09, 5 working days" in refusal(
            lambda: acts.object_to(found, actor=drafter, reason="样本")
        )
    with clock.living_on(dt.date(2018, 4, 9)):
        acts.object_to(found, actor=drafter, reason="属住建部门（样本）")
    assert (found.state, found.lead, found.assignments.count()) == ("RECEIVED", None, 0)


# ── the joint agency ────────────────────────────────────────────────────────


@pytest.mark.parametrize("role", ["JOINT", "SEPARATE"])
def test_an_agency_sees_what_it_was_given_and_gives_its_view(
    client: Client, joint: Assignment, clerk: Account, outsider: Account, drafter: Account, role: str
) -> None:
    Assignment.objects.filter(pk=joint.pk).update(role=role)
    proposal = joint.proposal
    assert [matter.title for matter in waiting_for(clerk)] == [proposal.title]
    assert waiting_for(outsider) == []
    place = [proposal.session_code, proposal.number]
    view = reverse("proposal-view", args=[*place, joint.pk])
    client.force_login(outsider)
    assert client.get(proposal.get_absolute_url()).status_code == 404
    assert client.get(view).status_code == 404
    client.force_login(clerk)
    assert proposal.title in text_of(client.get(reverse("proposals")))
    page = text_of(client.get(proposal.get_absolute_url()))
    assert "Give the view of your agency" in page
    assert "Draft a reply" not in page
    assert "Write the view" not in page
    assert client.post(view, {"view": "  "}).status_code == 422
    assert client.post(view, {"view": "同意（样本）"}).status_code == 302
    joint.refresh_from_db()
    assert (joint.view, joint.view_on) == ("同意（样本）", DAY)
    assert waiting_for(clerk) == []
    client.force_login(drafter)
    assert "同意（样本）" in text_of(client.get(proposal.get_absolute_url()))


def test_a_view_on_paper_is_entered_by_the_bureau_with_its_day(
    client: Client, joint: Assignment, drafter: Account
) -> None:
    client.force_login(drafter)
    address = reverse("proposal-view", args=[joint.proposal.session_code, joint.proposal.number, joint.pk])
    assert "still to come" in text_of(client.post(address, {"view": "同意", "on": "2018-04-11"}))
    assert "after the assignment" in text_of(client.post(address, {"view": "同意", "on": "2018-04-09"}))
    assert client.post(address, {"view": "同意", "on": "2018-04-10"}).status_code == 302


def test_a_joint_agency_may_say_that_it_is_not_its_own(
    client: Client, joint: Assignment, clerk: Account, drafter: Account
) -> None:
    address = reverse("proposal-decline", args=[joint.proposal.session_code, joint.proposal.number, joint.pk])
    with clock.living_on(dt.date(2018, 4, 18)):
        assert "by 2018-04-17" in refusal(lambda: handling.decline(joint, actor=clerk, reason="样本"))
    client.force_login(clerk)
    assert client.post(address, {"reason": "属人社部门（样本）"}).status_code == 302
    assert client.get(joint.proposal.get_absolute_url()).status_code == 404
    assert waiting_for(clerk) == []
    client.force_login(drafter)
    assert "属人社部门（样本）" in text_of(client.get(joint.proposal.get_absolute_url()))
    told = [one.sub for one in waiting_for(drafter) if str(one.verb) == "Bring in another agency"]
    assert ["属人社部门（样本）" in sub for sub in told] == [True]
    again = handling.bring_in(joint.proposal, actor=drafter, agency=joint.agency)
    assert (again.pk, again.is_open) == (joint.pk, True)
    assert "Bring in another agency" not in [str(one.verb) for one in waiting_for(drafter)]


def test_not_ours_waits_at_the_bureau_until_another_agency_is_brought_in(
    joint: Assignment, clerk: Account, outsider: Account, drafter: Account
) -> None:
    def waits() -> bool:
        return "Bring in another agency" in [str(one.verb) for one in waiting_for(drafter)]

    assert not waits()
    handling.decline(joint, actor=clerk, reason="属人社部门（样本）")
    assert waits()
    with clock.living_on(dt.date(2018, 4, 11)):
        handling.bring_in(joint.proposal, actor=drafter, agency=outsider.agency)
        assert not waits()


def test_nobody_speaks_for_another_agency(joint: Assignment, outsider: Account, resident: Account) -> None:
    for actor in (outsider, resident):
        refusal(lambda actor=actor: handling.record_view(joint, actor=actor, view="样本"))
        refusal(lambda actor=actor: handling.decline(joint, actor=actor, reason="样本"))
    joint.refresh_from_db()
    assert joint.is_open


# ── the second reply ────────────────────────────────────────────────────────


def test_a_reply_that_did_not_satisfy_is_answered_again_by_its_own_clock(
    client: Client,
    drafter: Account,
    signer: Account,
    issued: ReplyLetter,
    draft: Callable[..., ReplyLetter],
    sign: Callable[[ReplyLetter], ReplyLetter],
) -> None:
    proposal = issued.proposal
    client.force_login(drafter)
    feedback = reverse("letter-feedback", args=[issued.pk])
    with clock.living_on(dt.date(2018, 7, 13)):
        early = client.post(feedback, {"result": "DISSATISFIED", "received_on": "2018-06-28"})
        assert "The letter is dated 2018-06-29" in text_of(early)
        client.post(feedback, {"result": "DISSATISFIED", "received_on": "2018-07-11", "remarks": "样本"})
        proposal.refresh_from_db()
        assert (proposal.state, proposal.due_on) == ("IN_HANDLING", dt.date(2018, 7, 2))
        assert proposal.clock == proposal.again_due_on == dt.date(2018, 8, 13)  # the 11th is a Saturday
        assert [matter.due for matter in waiting_for(drafter)] == [proposal.clock]
        assert "issue a new one first" in refusal(lambda: PROPOSAL.move(proposal, "reply", actor=drafter))
        page = text_of(client.get(proposal.get_absolute_url()))
        assert "Second reply due on" in page
        assert "no extension" in refusal(
            lambda: acts.extend(proposal, actor=drafter, due_on=dt.date(2018, 9, 3), reason="样本")
        )
        assert proposal not in queries.proposals_visible_to(drafter).annotate(due_by=queries.CLOCK).filter(
            due_by__lt=clock.today()
        )
    with clock.living_on(dt.date(2018, 8, 1)):
        again = draft(dated_on=dt.date(2018, 7, 30), as_of=dt.date(2018, 7, 30))
        acts.submit(again, actor=drafter)
        acts.return_to_drafter(again, actor=signer, reason="第二点没有答到（样本）")
        sign(again)
        acts.issue(again, actor=signer)
        proposal.refresh_from_db()
        assert (proposal.state, again.version) == ("REPLIED", 2)
        client.post(
            reverse("letter-feedback", args=[again.pk]), {"result": "SATISFIED", "received_on": "2018-08-01"}
        )
        acts.close(proposal, actor=drafter)
    proposal.refresh_from_db()
    assert proposal.state == "CLOSED"


def test_a_corrected_letter_does_not_ask_for_feedback_again(
    drafter: Account,
    signer: Account,
    issued: ReplyLetter,
    sign: Callable[[ReplyLetter], ReplyLetter],
) -> None:
    with clock.living_on(dt.date(2018, 8, 1)):
        acts.record_feedback(issued, actor=drafter, result="SATISFIED", received_on=dt.date(2018, 7, 10))
        better = acts.correct(issued, actor=drafter)
        acts.edit(better, actor=drafter, dated_on=dt.date(2018, 8, 1))
        sign(better)
        acts.issue(better, actor=signer)
        issued.proposal.refresh_from_db()
        assert acts.close(issued.proposal, actor=drafter).state == "CLOSED"


# ── promises and classes ────────────────────────────────────────────────────


def test_a_promise_waits_until_it_is_kept(issued: ReplyLetter, drafter: Account) -> None:
    with clock.living_on(dt.date(2018, 7, 10)):
        made = acts.promise(issued, actor=drafter, text="年内办成（样本）", due_on=dt.date(2018, 9, 3))
        assert "年内办成（样本）" in [matter.title for matter in waiting_for(drafter)]
        acts.keep_promise(made, actor=drafter, outcome="已办成（样本）")
        assert "年内办成（样本）" not in [matter.title for matter in waiting_for(drafter)]


def test_classes_hold_from_their_year_on(drafter: Account, resident: Account, district: Place) -> None:
    handling.set_classes(actor=drafter, year=2016, meanings={"A": ClassMeaning("已解决", True)})
    handling.set_classes(
        actor=drafter, year=2018, meanings={"A": ClassMeaning("采纳", True), "B": ClassMeaning("列入计划")}
    )
    assert [row.meaning for row in queries.class_meanings(D, 2017)] == ["已解决"]
    assert [row.meaning for row in queries.class_meanings(D, 2020)] == ["采纳", "列入计划"]
    assert not queries.class_meanings(D, 2015).exists()
    refusal(lambda: handling.set_classes(actor=resident, year=2018, meanings={"A": ClassMeaning("x")}))
    assert "at least one class" in refusal(
        lambda: handling.set_classes(actor=drafter, year=2018, meanings={"A": ClassMeaning(" ")})
    )


# ── what another did meanwhile ──────────────────────────────────────────────


def received(drafter: Account, **fields: Any) -> Proposal:
    return acts.receive(
        actor=drafter,
        **{
            "kind": "CPPCC",
            "assembly": "官渡区",
            "term": 9,
            "session": 2,
            "number": "92140",
            "title": "样本提案",
            "proposers": "样本委员",
            "received_on": dt.date(2018, 4, 2),
        }
        | fields,
    )


def test_the_number_says_the_serial_however_it_is_registered(drafter: Account) -> None:
    assert received(drafter).serial == 140
    assert received(drafter, number="92141", serial=7).serial == 7
    assert received(drafter, number="A-12").serial is None


def test_assigning_knows_the_extension_that_was_given_meanwhile(
    drafter: Account, bureau: Agency, finance: Agency
) -> None:
    seen = received(drafter)
    acts.extend(Proposal.objects.get(pk=seen.pk), actor=drafter, due_on=dt.date(2018, 8, 1), reason="样本")
    acts.assign(seen, actor=drafter, lead=bureau, separate=[finance])
    assert seen.assignments.get(agency=finance).due_on == dt.date(2018, 8, 1)
    assert seen.lead == bureau


def test_a_comment_and_a_promise_look_at_the_letter_as_it_stands(
    signed: ReplyLetter, checker: Account
) -> None:
    seen = ReplyLetter.objects.get(pk=signed.pk)
    due = dt.date(2018, 12, 31)
    assert "issued first" in refusal(lambda: acts.promise(seen, actor=checker, text="样本", due_on=due))
    acts.issue(signed, actor=checker)
    assert "before the issue" in refusal(lambda: acts.comment(seen, actor=checker, text="样本"))
    assert acts.promise(signed, actor=checker, text="样本", due_on=due).due_on == due
