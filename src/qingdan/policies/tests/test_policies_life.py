"""The life of a document: every step, and every reason why a step is refused."""

import datetime as dt
from typing import Any

import pytest

from qingdan.core import figures, journal
from qingdan.core.figures import Scope
from qingdan.core.lifecycle import registered
from qingdan.core.permits import Refused
from qingdan.directory.models import Agency
from qingdan.policies import acts
from qingdan.policies.lifecycle import POLICY
from qingdan.policies.models import LegalityReview, NormativeDocument, Outcome, Stage
from qingdan.policies.tests.cast import SECOND, TODAY, D

pytestmark = pytest.mark.django_db
Day = dt.date


def refusal(act: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return str(refused.value)


def test_the_table_is_known_and_leaves_no_stage_alone() -> None:
    assert ("policies.normativedocument", POLICY) in registered()
    reached = {move.target for move in POLICY} | {Stage.PLANNED}
    assert reached == set(Stage.values)
    assert {source for move in POLICY for source in move.sources} == set(Stage.values) - {
        Stage.EXPIRED,
        Stage.REPEALED,
        Stage.ABANDONED,
    }


def test_from_plan_to_end(officer: Any, agencies: dict[str, Agency], today: Any) -> None:
    document = acts.plan(
        actor=officer,
        title="样本管理办法",
        group="SUPPORTING",
        issuer=agencies["bureau"],
        co_drafters=[agencies["finance"]],
    )
    assert (document.stage, document.begun_on) == (Stage.PLANNED, None)
    acts.start(document, actor=officer)
    acts.import_wording(document, actor=officer, text=SECOND)
    acts.consult(document, actor=officer, opens_on=TODAY, closes_on=Day(2018, 9, 21))
    today.go_to(Day(2018, 9, 22))
    acts.close_comments(document, actor=officer, summary="没有收到意见。")
    acts.submit_review(document, actor=officer)
    review = document.legality_reviews.get()
    assert (review.reviewer, review.result) == (agencies["legal"], "")
    acts.pass_review(document, actor=officer, opinion="合法。")
    acts.decide(document, actor=officer, decided_by="局长办公会（样本）")
    acts.issue(document, actor=officer, in_force_on=Day(2018, 10, 22))
    assert (document.number, document.issued_on, document.stage) == (
        "样民通〔2018〕1号",
        Day(2018, 9, 22),
        Stage.ISSUED,
    )
    assert document.valid_until == Day(2023, 10, 21)  # five years, the last day counted
    acts.file(document, actor=officer, filed_with="区人大常委会（样本）")
    assert "2018-10-22" in refusal(acts.enter_into_force, document, actor=officer)
    today.go_to(Day(2018, 10, 22))
    acts.enter_into_force(document, actor=officer)
    today.go_to(Day(2023, 10, 21))
    assert "2023-10-21" in refusal(acts.expire, document, actor=officer)
    today.go_to(Day(2023, 10, 22))
    acts.expire(document, actor=officer)
    assert (document.stage, document.ended_on) == (Stage.EXPIRED, Day(2023, 10, 22))
    verbs = list(journal.history(document).order_by("id").values_list("verb", flat=True))
    assert verbs[0] == "policy.begin"
    assert verbs[-1] == "policy.expire"
    assert not list(journal.verify(D))


def test_figures_follow_the_life(in_force: NormativeDocument, officer: Any, today: Any) -> None:
    def count(key: str, day: dt.date) -> int:
        return int(figures.get(key).read(Scope(D, day)).exact)

    assert count("policies.drafting", Day(2018, 7, 31)) == 0
    assert count("policies.drafting", Day(2018, 8, 1)) == 1
    assert count("policies.issued", TODAY) == 1
    assert count("policies.drafting", TODAY) == 0
    today.go_to(Day(2019, 1, 10))
    acts.repeal(in_force, actor=officer, reason="样本理由")
    assert count("policies.issued", Day(2019, 1, 9)) == 1
    assert count("policies.issued", Day(2019, 1, 10)) == 0


def test_a_planned_or_abandoned_document_is_no_draft_of_the_figure(
    draft: NormativeDocument, officer: Any
) -> None:
    acts.plan(actor=officer, title="只在计划中", group="BASIC")
    drafting = figures.get("policies.drafting")
    assert drafting.read(Scope(D, TODAY)).exact == 1
    acts.abandon(draft, actor=officer, reason="样本理由")
    assert (draft.stage, draft.ended_on) == (Stage.ABANDONED, TODAY)
    assert drafting.read(Scope(D, TODAY)).exact == 0


# ── refusals ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("verb", [move.verb for move in POLICY])
def test_only_the_bureau_of_the_district_moves_a_document(
    verb: str, draft: NormativeDocument, resident: Any, hire: Any
) -> None:
    move = POLICY[verb]
    NormativeDocument.objects.filter(pk=draft.pk).update(stage=move.sources[0])
    draft.refresh_from_db()
    stranger = hire("别区样本", district="530112")
    for actor in (resident, stranger):
        assert refusal(POLICY.move, draft, verb, actor=actor, reason="样本理由")
        draft.refresh_from_db()
        assert draft.stage == move.sources[0]


@pytest.mark.parametrize("verb", [move.verb for move in POLICY if move.needs_reason])
def test_some_steps_want_a_reason(verb: str, draft: NormativeDocument, officer: Any) -> None:
    assert "reason" in refusal(POLICY.move, draft, verb, actor=officer)


def test_a_plan_is_made_once_by_the_bureau_with_its_own_agencies(
    draft: NormativeDocument, officer: Any, resident: Any, agencies: dict[str, Agency]
) -> None:
    assert "under way" in refusal(acts.plan, actor=officer, title=draft.title, group="BASIC")
    assert "bureau" in refusal(acts.plan, actor=resident, title="另一份", group="BASIC")
    assert "title" in refusal(acts.plan, actor=officer, title=" ", group="BASIC")
    assert "not a co-drafter" in refusal(
        acts.plan,
        actor=officer,
        title="另一份",
        group="BASIC",
        issuer=agencies["bureau"],
        co_drafters=[agencies["bureau"]],
    )


def test_nothing_leaves_the_drafters_without_a_wording(officer: Any, agencies: dict[str, Agency]) -> None:
    document = acts.plan(actor=officer, title="空的样本", group="BASIC", issuer=agencies["bureau"])
    acts.start(document, actor=officer)
    assert "wording" in refusal(acts.consult, document, actor=officer)
    assert "wording" in refusal(acts.submit_review, document, actor=officer)


def test_the_public_is_asked_before_the_legal_office(draft: NormativeDocument, officer: Any) -> None:
    assert "public" in refusal(acts.submit_review, draft, actor=officer)
    assert "reason" in refusal(acts.waive_comment, draft, actor=officer, reason=" ")
    acts.waive_comment(draft, actor=officer, reason="样本：涉密。")
    acts.submit_review(draft, actor=officer)
    assert draft.stage == Stage.LEGALITY_REVIEW
    assert "legality review" in refusal(acts.waive_comment, draft, actor=officer, reason="样本")


def test_a_review_takes_five_to_fifteen_working_days(draft: NormativeDocument, officer: Any) -> None:
    acts.waive_comment(draft, actor=officer, reason="样本")
    for days in (4, 16):
        assert "5 to 15" in refusal(acts.submit_review, draft, actor=officer, working_days=days)
    acts.submit_review(draft, actor=officer, working_days=5)
    assert draft.legality_reviews.get().due_on == Day(2018, 9, 19)


def test_the_directory_must_know_legal_office_and_city(draft: NormativeDocument, officer: Any) -> None:
    acts.waive_comment(draft, actor=officer, reason="样本")
    Agency.objects.filter(code__in=("legal", "city")).update(is_active=False)
    assert "legal office" in refusal(acts.submit_review, draft, actor=officer)
    Agency.objects.filter(code="legal").update(is_active=True)
    acts.submit_review(draft, actor=officer)
    assert "city" in refusal(acts.escalate, draft, actor=officer, reason="超出权限")


def test_out_of_authority_goes_to_the_city_and_may_come_back(
    draft: NormativeDocument, officer: Any, agencies: dict[str, Agency]
) -> None:
    acts.waive_comment(draft, actor=officer, reason="样本")
    acts.submit_review(draft, actor=officer)
    assert "older" in refusal(acts.escalate, draft, actor=officer, reason="样本", on=Day(2018, 9, 1))
    acts.escalate(draft, actor=officer, reason="超出区级权限（样本）")
    review = draft.legality_reviews.get()
    assert (review.result, review.escalated_to) == (
        LegalityReview.Result.OUT_OF_AUTHORITY,
        agencies["city"],
    )
    assert draft.stage == Stage.ESCALATED
    acts.take_back(draft, actor=officer, reason="市级同意（样本）")
    assert draft.stage == Stage.DRAFTING


def test_a_returned_draft_is_reviewed_anew_and_only_the_passed_wording_is_issued(
    draft: NormativeDocument, officer: Any
) -> None:
    acts.waive_comment(draft, actor=officer, reason="样本")
    acts.submit_review(draft, actor=officer)
    acts.return_review(draft, actor=officer, reason="补充依据（样本）")
    acts.import_wording(draft, actor=officer, text=SECOND)
    acts.submit_review(draft, actor=officer)
    acts.pass_review(draft, actor=officer)
    assert [r.result for r in draft.legality_reviews.order_by("pk")] == ["TO_REVISE", "PASSED"]
    acts.send_back(draft, actor=officer, reason="再议（样本）")
    acts.write_clause(draft, actor=officer, key="2", text="改过的文字。")
    NormativeDocument.objects.filter(pk=draft.pk).update(
        stage=Stage.DELIBERATION, decided_on=TODAY, decided_by="样本"
    )
    draft.refresh_from_db()
    assert "has not passed this wording" in refusal(acts.issue, draft, actor=officer)


def test_no_review_is_answered_that_was_not_asked(draft: NormativeDocument, officer: Any) -> None:
    NormativeDocument.objects.filter(pk=draft.pk).update(stage=Stage.LEGALITY_REVIEW)
    draft.refresh_from_db()
    assert "No legality review" in refusal(acts.pass_review, draft, actor=officer)


def test_issue_wants_a_decision_an_issuer_and_days_in_their_order(
    reviewed: NormativeDocument, officer: Any, agencies: dict[str, Agency]
) -> None:
    assert "collective decision" in refusal(acts.issue, reviewed, actor=officer)
    assert "meeting" in refusal(acts.decide, reviewed, actor=officer, decided_by=" ")
    assert "not before" in refusal(
        acts.decide, reviewed, actor=officer, decided_by="会议", on=Day(2018, 9, 13)
    )
    acts.decide(reviewed, actor=officer, decided_by="会议（样本）", on=Day(2018, 9, 11))
    assert "before it was decided" in refusal(acts.issue, reviewed, actor=officer, on=Day(2018, 9, 10))
    assert "on its day" in refusal(acts.issue, reviewed, actor=officer, on=Day(2018, 9, 13))
    assert "before its drafting" in refusal(acts.issue, reviewed, actor=officer, on=Day(2018, 7, 1))
    assert "before it is issued" in refusal(acts.issue, reviewed, actor=officer, in_force_on=Day(2018, 9, 11))
    assert "last day" in refusal(acts.issue, reviewed, actor=officer, valid_until=Day(2018, 9, 11))
    acts.edit(reviewed, actor=officer, issuer=None)
    assert "agency" in refusal(acts.issue, reviewed, actor=officer)
    acts.edit(reviewed, actor=officer, issuer=agencies["finance"])
    assert "prefix" in refusal(acts.issue, reviewed, actor=officer)
    acts.issue(reviewed, actor=officer, number="官政办通〔2018〕40号")
    assert reviewed.number == "官政办通〔2018〕40号"
    assert reviewed.valid_until == Day(2020, 9, 11)  # 暂行: two years


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("样民通[2018]9号", "样民通〔2018〕9号"),
        ("样民通〔2017〕9号", "year"),
        ("第九号", "官民函〔2018〕51号"),
        ("样民通〔2018〕5号", "used already"),
    ],
)
def test_a_given_number_must_be_well_formed_and_free(
    number: str, says: str, reviewed: NormativeDocument, officer: Any, agencies: dict[str, Agency]
) -> None:
    acts.take_over(
        actor=officer,
        title="占用文号的样本",
        number="样民通〔2018〕5号",
        group="BASIC",
        issuer=agencies["bureau"],
        issued_on=Day(2018, 5, 2),
    )
    acts.decide(reviewed, actor=officer, decided_by="会议（样本）")
    assert says in refusal(acts.issue, reviewed, actor=officer, number=number)
    assert (reviewed.number, reviewed.stage) == ("", Stage.DELIBERATION)
    acts.issue(reviewed, actor=officer)
    assert reviewed.number == "样民通〔2018〕6号"  # the register goes on after the one taken over


def test_sending_back_drops_the_decision(reviewed: NormativeDocument, officer: Any) -> None:
    acts.decide(reviewed, actor=officer, decided_by="会议（样本）")
    acts.send_back(reviewed, actor=officer, reason="样本理由")
    assert (reviewed.decided_on, reviewed.decided_by, reviewed.stage) == (None, "", Stage.DRAFTING)
    assert "Not possible now" in refusal(acts.decide, reviewed, actor=officer, decided_by="会议")


def test_an_issued_document_stays_as_printed(in_force: NormativeDocument, officer: Any) -> None:
    assert "amend" in refusal(acts.edit, in_force, actor=officer, title="新标题")
    with pytest.raises(TypeError):
        acts.edit(in_force, actor=officer, number="样民通〔2018〕2号")


def test_filing_once_and_not_before_the_issue(in_force: NormativeDocument, officer: Any) -> None:
    assert "before it is issued" in refusal(acts.file, in_force, actor=officer, on=Day(2018, 9, 1))
    assert "on its day" in refusal(acts.file, in_force, actor=officer, on=Day(2018, 9, 13))
    acts.file(in_force, actor=officer, filed_with="样本机关")
    assert (in_force.stage, in_force.filed_on) == (Stage.IN_FORCE, TODAY)
    assert "not filed yet" in refusal(acts.file, in_force, actor=officer)


def test_validity_is_extended_with_a_reason_and_not_for_ever(
    in_force: NormativeDocument, officer: Any
) -> None:
    last = in_force.valid_until
    assert last == Day(2020, 9, 11)
    for day in (last, Day(2025, 9, 12)):
        assert "2025-09-11" in refusal(
            acts.extend_validity, in_force, actor=officer, valid_until=day, reason="样本"
        )
    assert "reason" in refusal(
        acts.extend_validity, in_force, actor=officer, valid_until=Day(2022, 9, 11), reason=""
    )
    acts.extend_validity(in_force, actor=officer, valid_until=Day(2022, 9, 11), reason="评估后延期（样本）")
    assert in_force.valid_until == Day(2022, 9, 11)


def test_only_what_binds_is_extended(draft: NormativeDocument, officer: Any) -> None:
    assert "Not possible now" in refusal(
        acts.extend_validity, draft, actor=officer, valid_until=Day(2022, 9, 11), reason="样本"
    )


def test_repeal_by_another_document(
    in_force: NormativeDocument, other: NormativeDocument, draft: NormativeDocument, officer: Any
) -> None:
    assert "itself" in refusal(acts.repeal, in_force, actor=officer, reason="样本", by=in_force)
    unissued = acts.plan(actor=officer, title="未印发的样本", group="BASIC")
    assert "not issued" in refusal(acts.repeal, in_force, actor=officer, reason="样本", by=unissued)
    assert "before it is issued" in refusal(
        acts.repeal, in_force, actor=officer, reason="样本", on=Day(2018, 9, 1)
    )
    assert "on its day" in refusal(acts.repeal, in_force, actor=officer, reason="样本", on=Day(2018, 9, 13))
    acts.repeal(in_force, actor=officer, reason="由新文件代替（样本）", by=other)
    assert in_force.related_from.get().kind == "REPEALS"
    assert (in_force.stage, in_force.ended_on) == (Stage.REPEALED, TODAY)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"number": "样民通2017第7号"}, "no document number"),
        ({"issued_on": Day(2016, 5, 2)}, "year of issue"),
        ({"number": "样民通〔2018〕8号", "issued_on": Day(2018, 12, 1)}, "in force already"),
        ({"in_force_on": Day(2018, 12, 1)}, "in force already"),
        ({"valid_until": Day(2017, 1, 1)}, "last day cannot lie before its first"),
        ({"text": "。"}, ""),
    ],
)
def test_taking_over_an_issued_document(
    fields: dict[str, Any], says: str, officer: Any, agencies: dict[str, Agency]
) -> None:
    given = {
        "title": "旧文件（样本）",
        "number": "样民通〔2017〕8号",
        "group": "BASIC",
        "issuer": agencies["bureau"],
        "issued_on": Day(2017, 5, 2),
    } | fields
    if says:
        assert says in refusal(acts.take_over, actor=officer, **given)
        assert not NormativeDocument.objects.filter(title="旧文件（样本）").exists()
    else:
        assert acts.take_over(actor=officer, **given).stage == Stage.IN_FORCE


def test_a_number_is_taken_over_once(
    other: NormativeDocument, officer: Any, agencies: dict[str, Agency]
) -> None:
    again = {
        "title": "另一份（样本）",
        "number": other.number,
        "group": "BASIC",
        "issuer": agencies["bureau"],
        "issued_on": other.issued_on,
    }
    assert refusal(acts.take_over, actor=officer, **again)


def test_outcomes_are_the_three_that_the_page_offers() -> None:
    assert set(Outcome.values) == {"ADOPTED", "PARTLY", "NOT_ADOPTED"}
