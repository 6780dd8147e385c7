"""From draft to issued letter: every refusal, what issue freezes, and that nothing moves it afterwards."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from qingdan.activities.models import Training
from qingdan.core import figures, journal
from qingdan.core.clock import at
from qingdan.core.models import Reading
from qingdan.core.permits import Refused
from qingdan.directory.models import Account, Agency
from qingdan.documents.models import NumberSequence, TakenNumber
from qingdan.documents.numbering import open_sequence
from qingdan.funds.models import BudgetLine
from qingdan.policies.models import NormativeDocument
from qingdan.replies import acts
from qingdan.replies.models import LetterFigure, Proposal, ReplyLetter
from qingdan.replies.rendering import agreements, rendered

pytestmark = pytest.mark.django_db
D = "530111"
AS_OF = dt.date(2018, 6, 29)
LATER = dt.date(2018, 9, 12)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        act()
    return str(caught.value)


def test_a_sound_letter_is_issued_with_its_figures_frozen(issued: ReplyLetter, proposal: Proposal) -> None:
    assert (issued.number, issued.state) == ("样民函〔2018〕1号", "ISSUED")
    assert [(f.position, f.printed, f.approx, f.reading.records) for f in issued.figures.all()] == [
        (1, "5场", "none", 5),
        (2, "150万元", "none", 1),
    ]
    assert rendered(issued).blocks[1].text == (
        "2018年共举办培训5场，根据《规范机制建设的通知（样本）》（样民通〔2017〕46号）安排资金150万元。"
    )
    text = rendered(issued).text
    for figure in rendered(issued).figures:
        assert text[figure.offset :].startswith(figure.printed)
    proposal.refresh_from_db()
    assert proposal.state == "REPLIED"
    entry = journal.history(issued).first()
    assert entry is not None
    assert (entry.verb, entry.data["number"], entry.data["figures"]) == ("letter.issue", issued.number, 2)


def test_records_changed_later_leave_the_letter_and_show_as_disagreement(issued: ReplyLetter) -> None:
    before = rendered(issued)
    wrong = Training.objects.order_by("pk").last()
    assert wrong is not None
    wrong.withdrawn_at = at(dt.date(2018, 8, 3))
    wrong.save()
    BudgetLine.objects.update(amount_fen=1)
    NormativeDocument.objects.update(title="改名样本")
    fresh = ReplyLetter.objects.get(pk=issued.pk)
    assert rendered(fresh).text == before.text
    held = agreements(fresh, LATER)
    assert (held[1].agrees, held[1].now, held[1].difference) == (False, 4, -1)
    assert agreements(fresh, AS_OF)[1].agrees


def test_a_figure_no_longer_declared_leaves_the_letter_whole(
    issued: ReplyLetter, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rendered(issued)
    monkeypatch.setattr(figures, "_declared", {})
    fresh = ReplyLetter.objects.get(pk=issued.pk)
    assert rendered(fresh) == before
    assert agreements(fresh, LATER)[1].now is None


def test_the_figures_of_an_issued_letter_cannot_be_altered(issued: ReplyLetter) -> None:
    figure = issued.figures.get(position=1)
    figure.printed = "6场"
    with pytest.raises(RuntimeError):
        figure.save()
    with pytest.raises(RuntimeError):
        figure.delete()
    assert "only a draft" in refusal(lambda: acts.edit(issued, actor=_anyone(issued), title="别的"))


def _anyone(letter: ReplyLetter) -> Account:
    return Account.objects.get(display_name=letter.drafter)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("举办{{activities.trainings}}。", "Did you mean: activities.training"),
        ("举办{{activities.training topic=LINK}}。", "line 1, column 3"),
        ("举办{{activities.training theme=LINKAGE}}。", "has no dimension"),
        ("举办{{activities.training year=2016}}。", "has no records"),
        ("举办培训5场。", "line 1, column 5"),
        ("根据{{document 样民通〔2017〕47号}}。", "样民通〔2017〕46号"),
        ("根据{{document 样民通〔2017〕46号}。", "not closed"),
        ("安排{{funds.budget year=2018 line=DEVELOPMENT as=万人}}。", "as=万人"),
        ("", "no text"),
    ],
)
def test_a_faulty_text_is_refused_with_its_place(
    draft: Callable[..., ReplyLetter], drafter: Account, source: str, says: str
) -> None:
    letter = draft(source=source)
    assert says in refusal(lambda: acts.submit(letter, actor=drafter))
    letter.refresh_from_db()
    assert letter.state == "DRAFT"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"title": "　"}, "title"),
        ({"contact": ""}, "contact line"),
        ({"reply_class": ""}, "reply class"),
        ({"as_of": dt.date(2018, 6, 30)}, "after the letter's date"),
    ],
)
def test_missing_fields_are_refused(
    draft: Callable[..., ReplyLetter], drafter: Account, fields: dict[str, object], says: str
) -> None:
    letter = draft(**fields)
    assert says in refusal(lambda: acts.submit(letter, actor=drafter))


def test_all_problems_are_told_at_once(draft: Callable[..., ReplyLetter], drafter: Account) -> None:
    letter = draft(source="举办{{a.b}}，服务300人。\n另有{{c.d}}。", contact="")
    text = refusal(lambda: acts.submit(letter, actor=drafter))
    assert text.startswith("4 problems")
    assert all(part in text for part in ("a.b", "c.d", "300", "line 2, column 3", "contact line"))


def test_not_publishing_needs_a_reason(draft: Callable[..., ReplyLetter]) -> None:
    assert "reason" in refusal(lambda: draft(publication="NONE"))
    assert draft(publication="NONE", publication_reason="涉及工作秘密（样本）").version == 1


def test_three_officers_make_a_letter(
    letter: ReplyLetter, drafter: Account, checker: Account, signer: Account
) -> None:
    acts.submit(letter, actor=drafter)
    passed = {"legality": "PASSED", "secrecy": "PASSED"}
    assert "another officer" in refusal(lambda: acts.check(letter, actor=drafter, **passed))
    acts.check(letter, actor=checker, **passed)
    assert "another officer" in refusal(lambda: acts.sign(letter, actor=drafter))
    assert "checker cannot sign" in refusal(lambda: acts.sign(letter, actor=checker))
    assert acts.sign(letter, actor=signer).signer == "李样本"
    assert "drafter does not set the seal" in refusal(lambda: acts.issue(letter, actor=drafter))


def test_an_unsigned_or_undated_letter_is_not_issued(
    draft: Callable[..., ReplyLetter], drafter: Account, signer: Account, checker: Account
) -> None:
    letter = draft(dated_on=None)
    acts.submit(letter, actor=drafter)
    assert "Not possible now" in refusal(lambda: acts.issue(letter, actor=checker))
    acts.check(letter, actor=checker, legality="PASSED", secrecy="PASSED")
    acts.sign(letter, actor=signer)
    assert "no date" in refusal(lambda: acts.issue(letter, actor=checker))
    assert acts.issue(letter, actor=checker, dated_on=AS_OF).number == "样民函〔2018〕1号"


def test_what_was_signed_is_what_is_issued(
    signed: ReplyLetter,
    drafter: Account,
    signer: Account,
    sign: Callable[[ReplyLetter], ReplyLetter],
    checker: Account,
) -> None:
    late = Training.objects.order_by("pk").last()
    assert late is not None
    late.withdrawn_at = at(dt.date(2018, 5, 1))  # entered late, for a day before the letter's
    late.save()
    assert "not the one that was signed" in refusal(lambda: acts.issue(signed, actor=checker))
    acts.return_to_drafter(signed, actor=signer, reason="数字变动（样本）")
    assert signed.signer == ""
    sign(signed)
    assert acts.issue(signed, actor=checker).figures.first().printed == "4场"


def test_an_issue_that_fails_leaves_nothing_behind(
    signed: ReplyLetter, drafter: Account, monkeypatch: pytest.MonkeyPatch, checker: Account
) -> None:
    def fail(**_: object) -> None:
        raise OSError("disk")

    monkeypatch.setattr("qingdan.replies.lifecycle.letters.take", fail)
    with pytest.raises(OSError, match="disk"):
        acts.issue(signed, actor=checker)
    assert not LetterFigure.objects.exists()
    assert not Reading.objects.exists()
    assert not TakenNumber.objects.exists()


def test_a_number_is_the_next_or_the_given_one_and_never_twice(
    proposal: Proposal,
    drafter: Account,
    signer: Account,
    bureau: Agency,
    draft: Callable[..., ReplyLetter],
    sign: Callable[[ReplyLetter], ReplyLetter],
    checker: Account,
) -> None:
    def ready() -> ReplyLetter:
        letter = draft()
        return sign(letter)

    open_sequence(district=D, prefix="样民函", year=2018, last=50)
    assert acts.issue(ready(), actor=checker).number == "样民函〔2018〕51号"
    used = ready()
    assert "样民函〔2018〕51号 is used already" in refusal(lambda: acts.issue(used, actor=checker, serial=51))
    assert acts.issue(used, actor=checker).number == "样民函〔2018〕52号"
    assert acts.issue(ready(), actor=checker, serial=60).number == "样民函〔2018〕60号"
    assert acts.issue(ready(), actor=checker).number == "样民函〔2018〕61号"
    assert NumberSequence.objects.get().last == 61


def test_two_prefixes_and_two_districts_number_apart(issued: ReplyLetter, drafter: Account) -> None:
    same = {"number_prefix": "样民函", "number_year": 2018, "number_serial": 1}
    other = ReplyLetter.objects.get(pk=issued.pk)
    other.pk, other.version, other.code = None, 9, ""
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save(force_insert=True)
    for change in ({"number_prefix": "样民复"}, {"number_year": 2019}, {"district": "530112"}):
        twin = ReplyLetter.objects.get(pk=issued.pk)
        twin.pk, twin.version, twin.code = None, 9, ""
        for name, value in (same | change).items():
            setattr(twin, name, value)
        with transaction.atomic():
            twin.save(force_insert=True)
            twin.delete()


def test_an_edit_over_a_newer_edit_is_refused(letter: ReplyLetter, drafter: Account, signer: Account) -> None:
    seen = letter.revision
    acts.edit(ReplyLetter.objects.get(pk=letter.pk), actor=signer, revision=seen, title="新题（样本）")
    assert "李样本" in refusal(lambda: acts.edit(letter, actor=drafter, revision=seen, title="旧题"))


def test_a_reply_that_did_not_satisfy_is_answered_again(
    issued: ReplyLetter,
    drafter: Account,
    signer: Account,
    proposal: Proposal,
    draft: Callable[..., ReplyLetter],
    sign: Callable[[ReplyLetter], ReplyLetter],
    checker: Account,
) -> None:
    acts.record_feedback(issued, actor=drafter, result="DISSATISFIED", received_on=dt.date(2018, 7, 10))
    proposal.refresh_from_db()
    assert proposal.state == "IN_HANDLING"
    again = draft(dated_on=dt.date(2018, 7, 30))
    sign(again)
    acts.issue(again, actor=checker)
    assert (again.version, again.number) == (2, "样民函〔2018〕2号")
    proposal.refresh_from_db()
    assert proposal.state == "REPLIED"
    assert "Not possible now" in refusal(lambda: acts.close(proposal, actor=drafter))
    acts.record_feedback(again, actor=drafter, result="BASICALLY", received_on=dt.date(2018, 8, 10))
    proposal.refresh_from_db()
    assert acts.close(proposal, actor=drafter).state == "CLOSED"
    assert "clock has stopped" in refusal(
        lambda: acts.extend(proposal, actor=drafter, due_on=dt.date(2018, 9, 1), reason="样本")
    )


def test_more_time_ends_six_months_after_receipt(proposal: Proposal, drafter: Account) -> None:
    assert proposal.due_on == dt.date(2018, 7, 2)  # 30 June is a Saturday
    assert "2018-08-25 is no working day; the next one is 2018-08-27" in refusal(
        lambda: acts.extend(proposal, actor=drafter, due_on=dt.date(2018, 8, 25), reason="样本")
    )
    acts.extend(proposal, actor=drafter, due_on=dt.date(2018, 8, 30), reason="涉及面广（样本）")
    assert "six months" in refusal(
        lambda: acts.extend(proposal, actor=drafter, due_on=dt.date(2018, 12, 3), reason="样本")
    )


def test_other_districts_and_residents_do_nothing(
    letter: ReplyLetter, hire: Callable[..., Account], resident: Account
) -> None:
    stranger = hire("外区样本", district="530112")
    for actor in (stranger, resident):
        refusal(lambda actor=actor: acts.edit(letter, actor=actor, title="x"))
        refusal(lambda actor=actor: acts.submit(letter, actor=actor))
