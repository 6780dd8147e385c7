"""The office check before the signature, the seal at the issue, and why a figure differs from today's records."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from qingdan.activities.models import Event, Training
from qingdan.core import clock, figures, journal
from qingdan.core.clock import at
from qingdan.core.permits import Refused
from qingdan.directory.models import Account, Agency
from qingdan.directory.roles import Role
from qingdan.replies import acts
from qingdan.replies.differences import why
from qingdan.replies.models import DifferenceNote, LetterCheck, ReplyLetter
from qingdan.replies.paper import seal_sm3
from qingdan.replies.rendering import rendered

pytestmark = pytest.mark.django_db
LATER = dt.date(2018, 9, 12)
PASSED = {"legality": "PASSED", "secrecy": "PASSED"}


@pytest.fixture(autouse=True)
def _later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: at(LATER))


def of(client: Client, account: Account) -> Client:
    client.force_login(account)
    return client


# ── the check ───────────────────────────────────────────────────────────────


def test_a_letter_is_signed_only_after_the_check(
    letter: ReplyLetter, drafter: Account, checker: Account, signer: Account
) -> None:
    acts.submit(letter, actor=drafter)
    with pytest.raises(Refused, match="Not possible now"):
        acts.sign(letter, actor=signer)
    acts.check(letter, actor=checker, **PASSED, remarks="可以公开（样本）")
    made = LetterCheck.objects.get()
    assert (made.checked_by, made.remarks, made.passed) == ("何样本", "可以公开（样本）", True)
    assert journal.history(letter).filter(verb="letter.check").get().after == "CHECKED"
    assert acts.sign(letter, actor=signer).state == "SIGNED"


@pytest.mark.parametrize("failed", ["legality", "secrecy"])
def test_a_check_that_did_not_pass_sends_the_letter_back(
    letter: ReplyLetter, drafter: Account, checker: Account, client: Client, failed: str
) -> None:
    acts.submit(letter, actor=drafter)
    address = f"/letters/{letter.pk}/office-check/"
    data = {**PASSED, failed: "FAILED", "remarks": ""}
    answer = of(client, checker).post(address, data)
    assert answer.status_code == 422
    assert "Say what did not pass" in answer.content.decode()
    assert client.post(address, data | {"remarks": "引用的文件已废止（样本）"}).status_code == 302
    letter.refresh_from_db()
    assert letter.state == "RETURNED"
    assert journal.history(letter).filter(verb="letter.return").get().reason == "引用的文件已废止（样本）"
    assert "引用的文件已废止" in client.get(f"/letters/{letter.pk}/").content.decode()
    assert "引用的文件已废止" not in of(client, drafter).get("/proposals/").content.decode()


def test_the_move_alone_without_results_is_refused(
    letter: ReplyLetter, drafter: Account, checker: Account, client: Client
) -> None:
    acts.submit(letter, actor=drafter)
    answer = of(client, checker).post(f"/moves/replies.replyletter/{letter.pk}/check/")
    letter.refresh_from_db()
    assert letter.state == "SUBMITTED"
    assert answer.url == f"/letters/{letter.pk}/office-check/"  # the form that asks for the results


def test_a_text_that_changed_after_the_check_is_checked_again(
    letter: ReplyLetter, drafter: Account, checker: Account, signer: Account
) -> None:
    acts.submit(letter, actor=drafter)
    acts.check(letter, actor=checker, **PASSED)
    Training.objects.filter(pk=Training.objects.latest("pk").pk).update(withdrawn_at=at(dt.date(2018, 5, 1)))
    with pytest.raises(Refused, match="not the one that was checked"):
        acts.sign(ReplyLetter.objects.get(pk=letter.pk), actor=signer)
    acts.return_to_drafter(letter, actor=signer, reason="数字变动（样本）")
    acts.submit(letter, actor=drafter)
    with pytest.raises(Refused, match="Not possible now"):
        acts.sign(letter, actor=signer)
    acts.check(letter, actor=checker, **PASSED)
    assert acts.sign(letter, actor=signer).state == "SIGNED"
    assert letter.checks.count() == 2


def test_residents_and_other_districts_check_nothing(
    letter: ReplyLetter, drafter: Account, resident: Account, hire: Callable[..., Account]
) -> None:
    acts.submit(letter, actor=drafter)
    for actor in (resident, hire("外区样本", district="530112"), hire("审计样本", Role.AUDITOR)):
        with pytest.raises(Refused):
            acts.check(letter, actor=actor, **PASSED)
    assert not LetterCheck.objects.exists()


# ── the seal, and that nothing changes any more ─────────────────────────────


def test_the_seal_stands_on_all_that_is_printed(issued: ReplyLetter, client: Client, signer: Account) -> None:
    assert (issued.sealed_by, len(issued.sealed_sm3)) == ("何样本", 64)
    assert issued.sealed_sm3 == seal_sm3(issued, rendered(issued))
    entry = journal.history(issued).get(verb="letter.issue")
    assert entry.data["sealed_sm3"] == issued.sealed_sm3
    assert "stands on this content" in of(client, signer).get(issued.get_absolute_url()).content.decode()
    for changed in (
        {"title": "别的题"},
        {"addressee": "别人"},
        {"copies_to": "某局"},
        {"signature": "别的局"},
    ):
        before = {name: getattr(issued, name) for name in changed}
        ReplyLetter.objects.filter(pk=issued.pk).update(**changed)
        page = client.get(issued.get_absolute_url()).content.decode()
        assert "the content has changed: void" in page
        ReplyLetter.objects.filter(pk=issued.pk).update(**before)


def test_an_issued_letter_keeps_the_name_of_its_agency(issued: ReplyLetter, bureau: Agency) -> None:
    before = seal_sm3(issued, rendered(issued))
    Agency.objects.filter(pk=bureau.pk).update(name="官渡区新局（样本）", short_name="新局")
    fresh = ReplyLetter.objects.get(pk=issued.pk)
    assert seal_sm3(fresh, rendered(fresh)) == before


def test_no_act_touches_an_issued_letter(issued: ReplyLetter, drafter: Account, signer: Account) -> None:
    before = ReplyLetter.objects.filter(pk=issued.pk).values().get()
    for act in (
        lambda: acts.edit(issued, actor=drafter, title="别的"),
        lambda: acts.submit(issued, actor=drafter),
        lambda: acts.check(issued, actor=signer, **PASSED),
        lambda: acts.sign(issued, actor=signer),
        lambda: acts.issue(issued, actor=signer),
        lambda: acts.return_to_drafter(issued, actor=signer, reason="样本"),
        lambda: acts.withdraw(issued, actor=signer, reason="样本"),
        lambda: acts.comment(issued, actor=signer, text="样本"),
    ):
        with pytest.raises(Refused):
            act()
    assert ReplyLetter.objects.filter(pk=issued.pk).values().get() == before


# ── why it differs ──────────────────────────────────────────────────────────


def test_the_panel_says_which_records_came_went_and_changed(
    issued: ReplyLetter, signer: Account, client: Client
) -> None:
    first, second, third, *_ = Training.objects.order_by("pk")
    Training.objects.filter(pk=first.pk).update(
        withdrawn_at=at(dt.date(2018, 8, 3)), withdrawn_reason="登记两次（样本）"
    )
    second.pk, second.title = None, "补登的培训（样本）"
    second.held_on, second.confirmed_at = dt.date(2018, 6, 1), at(dt.date(2018, 8, 4))
    second.save()
    with transaction.atomic(), clock.living_on(dt.date(2018, 8, 6)):
        journal.record(actor=signer, verb="training.correct", subject=third, reason="改了题目（样本）")
    reading = issued.figures.get(position=1).reading
    found = why(reading, LATER, signer)
    assert found is not None
    assert (found.added, found.gone, found.changed) == (1, 1, 1)
    by_kind = {change.kind: change for change in found.changes}
    assert by_kind["gone"].reason == "登记两次（样本）"
    assert by_kind["gone"].day == dt.date(2018, 8, 3)
    assert by_kind["added"].label == str(second)
    assert by_kind["changed"].reason == "改了题目（样本）"
    assert by_kind["changed"].entry is not None
    assert by_kind["changed"].day == dt.date(2018, 8, 6)  # the district's day, not that of the machine
    # One more away than came: the number differs, and the page says why.
    Training.objects.filter(pk=third.pk).update(withdrawn_at=at(dt.date(2018, 8, 5)))
    page = of(client, signer).get(f"{issued.get_absolute_url()}?figure=1").content.decode()
    assert "2 records no longer count" in page
    assert "登记两次（样本）" in page


def test_a_room_that_journals_many_records_at_once_is_understood(
    issued: ReplyLetter, signer: Account, district: Any
) -> None:
    gone = Training.objects.latest("pk")
    Training.objects.filter(pk=gone.pk).update(withdrawn_at=timezone.now())
    with transaction.atomic():
        journal.record(
            actor=signer,
            verb="activities.withdraw",
            subject=Event(pk=1, title="活动样本", held_on=LATER),
            reason="整批撤回（样本）",
            data={"records": [gone.pk]},
        )
    found = why(issued.figures.get(position=1).reading, timezone.localdate(), signer)
    assert found is not None
    (change,) = found.changes
    assert (change.kind, change.reason) == ("gone", "整批撤回（样本）")


def test_why_is_none_when_the_figure_is_no_longer_declared(
    issued: ReplyLetter, signer: Account, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = issued.figures.get(position=1).reading
    declared = dict(figures._declared)
    declared.pop(reading.figure)
    monkeypatch.setattr(figures, "_declared", declared)
    assert why(reading, LATER, signer) is None
    page = of(client, signer).get(f"{issued.get_absolute_url()}?figure=1").content.decode()
    assert "the figure is not declared any more" in page
    assert "5场" in page
    assert reading.definition.splitlines()[0].partition("：")[2] in page
    assert "Leave it, with a reason" not in page
    with pytest.raises(Refused, match="no longer declared"):
        acts.explain_difference(issued.figures.get(position=1), actor=signer, reason="样本")
    assert client.get(f"{issued.get_absolute_url()}reply.pdf").status_code in (200, 503)
    assert client.get(f"/verify/{issued.code}/").status_code == 200


def test_a_difference_may_stand_with_a_published_reason(
    issued: ReplyLetter, signer: Account, resident: Account, client: Client
) -> None:
    figure = issued.figures.get(position=1)
    address = f"/letters/{issued.pk}/figures/1/explain/"
    of(client, signer)
    agreeing = client.post(address, {"reason": "样本"})
    assert "nothing to explain" in agreeing.content.decode()
    Training.objects.filter(pk=Training.objects.latest("pk").pk).update(withdrawn_at=at(dt.date(2018, 8, 3)))
    assert client.post(address, {"reason": " "}).status_code == 422
    assert client.post(address, {"reason": "差一场，不影响结论（样本）"}).status_code == 302
    note = DifferenceNote.objects.get()
    assert (note.value, note.noted_by, note.figure) == (4, "李样本", figure)
    entry = journal.history(issued).get(verb="letter.explain_difference")
    assert (entry.reason, entry.data["position"]) == ("差一场，不影响结论（样本）", 1)
    client.logout()
    for public in (f"/letters/{issued.pk}/?figure=1", f"/verify/{issued.code}/"):
        assert "差一场，不影响结论（样本）" in client.get(public).content.decode()
    assert client.get(address).status_code == 302
    with pytest.raises(Refused):
        acts.explain_difference(figure, actor=resident, reason="样本")
    assert of(client, signer).get(f"/letters/{issued.pk}/figures/99/explain/").status_code == 404
