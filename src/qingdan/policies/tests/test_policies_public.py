"""Public comment, relations, what rests on a document, the clean-up list, and what waits for the bureau."""

import datetime as dt
from typing import Any

import pytest

from qingdan.core import access, journal
from qingdan.core.permits import Refused
from qingdan.directory.models import Agency
from qingdan.policies import acts, queries, reliance
from qingdan.policies.models import (
    CleanUpItem,
    Comment,
    CommentPeriod,
    NormativeDocument,
    Relation,
    Reliance,
    Stage,
)
from qingdan.policies.tests.cast import SECOND, TODAY, D
from qingdan.policies.waiting import waiting_for

pytestmark = pytest.mark.django_db
Day = dt.date
LAST = Day(2018, 9, 21)  # seven working days after the twelfth


@pytest.fixture
def period(draft: NormativeDocument, officer: Any) -> CommentPeriod:
    acts.consult(draft, actor=officer, opens_on=TODAY, closes_on=LAST, note="样本说明")
    return draft.comment_periods.get()


def refused(act: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(Refused) as no:
        act(*args, **kwargs)
    return str(no.value)


# ── public comment ──────────────────────────────────────────────────────────


def test_the_public_has_seven_working_days(draft: NormativeDocument, officer: Any) -> None:
    assert "2018-09-21" in refused(
        acts.consult, draft, actor=officer, opens_on=TODAY, closes_on=Day(2018, 9, 20)
    )
    assert draft.stage == Stage.DRAFTING
    assert not draft.comment_periods.exists()
    acts.consult(draft, actor=officer)
    assert draft.comment_periods.get().closes_on == LAST


def test_the_draft_is_fixed_while_the_public_reads_it(period: CommentPeriod, officer: Any) -> None:
    assert period.version.frozen_on == TODAY
    assert "cannot be changed" in refused(acts.import_wording, period.document, actor=officer, text=SECOND)


def test_anybody_comments_while_it_is_open(period: CommentPeriod, public: Any, today: Any) -> None:
    clause = period.document.clauses.get(key="2")
    made = acts.comment(period, actor=public, text="十个工作日太长，建议改为五个。", clause=clause)
    assert (made.received_on, made.outcome) == (TODAY, "")
    entry = journal.history(period.document).first()
    assert entry is not None
    assert (entry.verb, entry.actor_label) == ("policy.comment", "public")
    assert "十个" not in str(entry.data)  # what people say is in its own table, not in the journal
    assert "received already" in refused(
        acts.comment, period, actor=public, text="十个工作日太长，建议改为五个。", clause=clause
    )
    acts.comment(period, actor=public, text="十个工作日太长，建议改为五个。")  # about the whole draft
    today.go_to(LAST)
    acts.comment(period, actor=public, text="最后一天的意见（样本）。")
    today.go_to(Day(2018, 9, 22))
    assert "not open" in refused(acts.comment, period, actor=public, text="迟到的意见（样本）。")


@pytest.mark.parametrize("text", ["", "好", "    好    ", "字" * 2001])
def test_a_comment_says_something(text: str, period: CommentPeriod, public: Any) -> None:
    assert "between" in refused(acts.comment, period, actor=public, text=text)


def test_a_comment_concerns_this_draft(period: CommentPeriod, public: Any, other: NormativeDocument) -> None:
    stranger = other.clauses.first()
    assert "no such clause" in refused(
        acts.comment, period, actor=public, text="关于别的文件。", clause=stranger
    )
    assert refused(acts.comment, period, actor=public, text="身份不对的意见。", kind="KING")


def test_it_closes_only_when_each_is_answered(
    period: CommentPeriod, public: Any, officer: Any, resident: Any, today: Any
) -> None:
    one = acts.comment(period, actor=public, text="第一条意见（样本）。")
    two = acts.comment(period, actor=public, text="第二条意见（样本）。")
    document = period.document
    assert "until 2018-09-21" in refused(acts.close_comments, document, actor=officer)
    today.go_to(Day(2018, 9, 22))
    assert "2" in refused(acts.close_comments, document, actor=officer)
    acts.answer_comment(one, actor=officer, outcome="ADOPTED", answer="采纳，已修改。")
    assert "1" in refused(acts.close_comments, document, actor=officer)
    assert "Only the civil" in refused(
        acts.answer_comment, two, actor=resident, outcome="ADOPTED", answer="居民不能答复。"
    )
    assert "taken up" in refused(acts.answer_comment, two, actor=officer, outcome="", answer="没有结论。")
    assert "reason" in refused(acts.answer_comment, two, actor=officer, outcome="NOT_ADOPTED", answer="不")
    acts.answer_comment(two, actor=officer, outcome="NOT_ADOPTED", answer="超出本办法范围。")
    acts.close_comments(document, actor=officer, summary="采纳一条（样本）。")
    period.refresh_from_db()
    assert (document.stage, period.closed_on) == (Stage.DRAFTING, Day(2018, 9, 22))
    assert "closed" in refused(
        acts.answer_comment, two, actor=officer, outcome="ADOPTED", answer="改主意了，采纳。"
    )
    assert "not open" in refused(acts.comment, period, actor=public, text="结束后的意见。")


def test_giving_up_closes_the_period(period: CommentPeriod, officer: Any, public: Any) -> None:
    acts.abandon(period.document, actor=officer, reason="不再制定（样本）")
    period.refresh_from_db()
    assert period.closed_on == TODAY
    assert "not open" in refused(acts.comment, period, actor=public, text="放弃后的意见。")


def test_asking_the_public_takes_the_waiver_back(draft: NormativeDocument, officer: Any) -> None:
    acts.waive_comment(draft, actor=officer, reason="样本")
    acts.consult(draft, actor=officer)
    assert draft.comment_waiver == ""


# ── relations ───────────────────────────────────────────────────────────────


def test_relations(draft: NormativeDocument, other: NormativeDocument, officer: Any, resident: Any) -> None:
    acts.relate(draft, actor=officer, kind="BASIS", target=other)
    cited = acts.relate(draft, actor=officer, kind="BASIS", cited="财综〔2014〕96号")
    assert refused(acts.relate, draft, actor=officer, kind="BASIS", target=other)
    assert refused(acts.relate, draft, actor=officer, kind="BASIS", cited="财综〔2014〕96号")
    assert "itself" in refused(acts.relate, draft, actor=officer, kind="BASIS", target=draft)
    assert "already rests" in refused(acts.relate, other, actor=officer, kind="BASIS", target=draft)
    assert "Choose" in refused(acts.relate, draft, actor=officer, kind="BASIS")
    assert "Choose" in refused(acts.relate, draft, actor=officer, kind="BASIS", target=other, cited="两个")
    assert refused(acts.relate, draft, actor=officer, kind="LIKES", target=other)
    assert "bureau" in refused(acts.relate, draft, actor=resident, kind="SUPPORTS", target=other)
    assert "reason" in refused(acts.unrelate, cited, actor=officer, reason="")
    seen = Relation.objects.get(pk=cited.pk)
    acts.unrelate(cited, actor=officer, reason="录错了（样本）")
    assert Relation.objects.count() == 1
    assert "already" in refused(acts.unrelate, seen, actor=officer, reason="同时又撤一次（样本）")


# ── what rests on it ────────────────────────────────────────────────────────


def test_records_rest_on_a_clause_and_readers_see_what_is_theirs(
    in_force: NormativeDocument,
    other: NormativeDocument,
    officer: Any,
    resident: Any,
    agencies: dict[str, Agency],
) -> None:
    clause = in_force.clauses.get(key="2")
    kept = acts.rely(agencies["finance"], actor=officer, on=in_force, clause=clause, note="期限（样本）")
    draft = acts.plan(actor=officer, title="以它为据的草案", group="BASIC")
    acts.rely(draft, actor=officer, on=in_force)
    assert refused(acts.rely, agencies["finance"], actor=officer, on=in_force, clause=clause)
    assert refused(acts.rely, draft, actor=officer, on=in_force)
    assert "another document" in refused(
        acts.rely, agencies["city"], actor=officer, on=in_force, clause=other.clauses.first()
    )
    assert "bureau" in refused(acts.rely, agencies["city"], actor=resident, on=in_force)
    inside, outside = reliance.on(in_force, officer), reliance.on(in_force, resident)
    assert {str(one.record) for one in inside.shown} == {str(agencies["finance"]), draft.title}
    assert [one.note for one in inside.on_clause(clause.pk)] == ["期限（样本）"]
    assert draft.title not in {str(one.record) for one in outside.shown}
    assert outside.hidden >= 1
    assert "reason" in refused(acts.stop_relying, kept, actor=officer, reason="")
    seen = Reliance.objects.get(pk=kept.pk)
    acts.stop_relying(kept, actor=officer, reason="另有依据（样本）")
    assert "already" in refused(acts.stop_relying, seen, actor=officer, reason="同时又结束一次（样本）")
    assert "already" in refused(acts.stop_relying, kept, actor=officer, reason="样本")
    assert not reliance.on(in_force, officer).on_clause(clause.pk)


def test_a_room_answers_for_its_own_records(in_force: NormativeDocument, officer: Any) -> None:
    """A room whose records point at documents by a field of their own gives a provider, here the relations' sources."""
    draft = acts.plan(actor=officer, title="以它为据的草案", group="BASIC")
    acts.relate(draft, actor=officer, kind="BASIS", target=in_force)
    reliance.provide(
        "tests",
        lambda document: NormativeDocument.objects.filter(relations__target=document),
        clause=lambda record: in_force.clauses.get(key="2"),
        note=lambda record: record.get_stage_display(),
    )
    try:
        rest = reliance.on(in_force, officer)
        hidden = reliance.on(in_force, None).hidden
    finally:
        reliance.withdraw("tests")
    assert [(str(one.record), one.note) for one in rest.shown] == [("以它为据的草案", "planned")]
    assert hidden == 1
    assert access.visible(NormativeDocument, None).filter(pk=draft.pk).count() == 0


# ── the clean-up list ───────────────────────────────────────────────────────


def test_the_yearly_list(
    in_force: NormativeDocument, other: NormativeDocument, draft: Any, officer: Any, resident: Any, today: Any
) -> None:
    assert "bureau" in refused(acts.open_clean_up, actor=resident, year=2018)
    assert "in that year" in refused(acts.open_clean_up, actor=officer, year=2019)
    made = acts.open_clean_up(actor=officer, year=2018)
    assert {item.document for item in made} == {in_force, other}
    assert acts.open_clean_up(actor=officer, year=2018) == []
    first, second = made
    assert not queries.clean_up_items(resident).exists()
    assert "become" in refused(acts.decide_clean_up, first, actor=officer, verdict="BURN", reason="样本")
    assert "reason" in refused(acts.decide_clean_up, first, actor=officer, verdict="KEEP", reason=" ")
    assert "bureau" in refused(acts.decide_clean_up, first, actor=resident, verdict="KEEP", reason="样本")
    acts.decide_clean_up(first, actor=officer, verdict="KEEP", reason="仍然适用（样本）")
    assert not queries.clean_up_items(resident).exists()
    acts.decide_clean_up(second, actor=officer, verdict="LAPSE", reason="到期不再延长（样本）")
    assert queries.clean_up_items(resident).count() == 2
    NormativeDocument.objects.filter(pk=first.document_id).update(valid_until=None)
    stays = CleanUpItem.objects.get(pk=first.pk)
    acts.decide_clean_up(stays, actor=officer, verdict="AMEND", reason="有条款过时（样本）")
    said = journal.history(first.document).first().data
    assert said["was"] == {"verdict": "KEEP", "reason": "仍然适用（样本）"}
    assert "repeal it" in refused(acts.decide_clean_up, stays, actor=officer, verdict="LAPSE", reason="样本")


# ── what waits ──────────────────────────────────────────────────────────────


def waits(actor: Any) -> dict[str, dt.date | None]:
    return {str(one.verb): one.day for one in waiting_for(actor)}


def test_nothing_waits_for_others(in_force: NormativeDocument, resident: Any) -> None:
    assert waiting_for(resident) == []
    assert waiting_for(None) == []


def test_the_end_is_announced_ninety_days_before(
    in_force: NormativeDocument, officer: Any, today: Any
) -> None:
    acts.file(in_force, actor=officer)
    last = in_force.valid_until
    assert last is not None
    today.go_to(last - dt.timedelta(days=91))
    assert waits(officer) == {}
    today.go_to(last - dt.timedelta(days=90))
    assert waits(officer) == {"Extend, amend or let it end": last}
    today.go_to(last + dt.timedelta(days=1))
    assert waits(officer) == {"Record its end, or extend it": last}
    acts.expire(in_force, actor=officer)
    assert waits(officer) == {}


def test_reviews_comments_filings_and_lists_wait(
    period: CommentPeriod, officer: Any, public: Any, today: Any
) -> None:
    document = period.document
    assert waits(officer) == {}
    one = acts.comment(period, actor=public, text="一条意见（样本）。")
    assert waits(officer) == {"Answer the comments": LAST}
    acts.answer_comment(one, actor=officer, outcome="ADOPTED", answer="采纳，已修改。")
    assert waits(officer) == {}
    today.go_to(Day(2018, 9, 22))
    assert waits(officer) == {"Close the comments": LAST}
    acts.close_comments(document, actor=officer)
    acts.submit_review(document, actor=officer, on=Day(2018, 9, 25), working_days=5)
    review = document.legality_reviews.get()
    assert waits(officer) == {"Record the answer of the legal office": review.due_on}
    acts.pass_review(document, actor=officer, on=Day(2018, 9, 26))
    acts.decide(document, actor=officer, decided_by="会议（样本）")
    acts.issue(document, actor=officer, on=Day(2018, 9, 22))
    assert waits(officer) == {
        "Put into force": Day(2018, 9, 22),
        "Record the filing": Day(2018, 10, 7),
    }
    acts.file(document, actor=officer)
    acts.enter_into_force(document, actor=officer)
    acts.open_clean_up(actor=officer, year=2018)
    assert waits(officer) == {"Decide on each document": Day(2018, 12, 31)}


def test_comments_keep_no_name(period: CommentPeriod) -> None:
    fields = {field.name for field in Comment._meta.get_fields()}
    assert not fields & {"name", "phone", "email", "account", "person"}
    assert period.district == D
