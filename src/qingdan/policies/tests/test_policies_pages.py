"""Who sees which pages, search in titles and clauses, and pages whose queries do not grow."""

import datetime as dt
import re
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from qingdan.core.testing import assert_constant_queries
from qingdan.directory.roles import Role
from qingdan.policies import acts, queries
from qingdan.policies.models import Comment, CommentPeriod, LegalityReview, NormativeDocument, Stage
from qingdan.policies.tests.cast import SECOND, TODAY

pytestmark = pytest.mark.django_db
STRANGER = AnonymousUser()


@pytest.fixture(autouse=True)
def _sign_in(settings: Any) -> None:
    settings.LOGIN_URL = "/sign-in/"


@pytest.fixture
def bureau(client: Client, officer: Any) -> Client:
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def outside(today: Any) -> Client:
    return Client()


def text_of(response: Any) -> str:
    return response.content.decode()


# ── who sees what ───────────────────────────────────────────────────────────


def test_drafts_stay_inside_the_government(
    draft: NormativeDocument, in_force: NormativeDocument, hire: Any, resident: Any
) -> None:
    plan = NormativeDocument.objects.create(district="530111", title="内部草案", group="BASIC")
    for role, sees in (
        (Role.BUREAU, True),
        (Role.FINANCE, True),
        (Role.STREET, True),
        (Role.COMMUNITY, True),
        (Role.AUDITOR, True),
        (Role.EXPERT, False),
        (Role.SYS_ADMIN, False),
    ):
        actor = hire(f"样本{role}", role)
        assert queries.documents(actor).filter(pk=plan.pk).exists() is sees, role
        assert queries.documents(actor).filter(pk=in_force.pk).exists(), role
    for actor in (resident, STRANGER):
        assert set(queries.documents(actor)) == {in_force}
    assert not queries.documents(hire("邻区样本", district="530112")).exists()


def test_a_stranger_finds_no_page_of_a_draft(draft: NormativeDocument, outside: Client) -> None:
    for name, args in (
        ("policy", [draft.pk]),
        ("policy-clause", [draft.pk, "2"]),
        ("policy-compare", [draft.pk]),
        ("policy-comments", [draft.pk]),
    ):
        assert outside.get(reverse(name, args=args)).status_code == 404, name
    assert draft.title not in text_of(outside.get(reverse("policies")))


def test_what_is_under_work_is_closed_to_others(
    draft: NormativeDocument, outside: Client, resident: Any
) -> None:
    signed_in = Client()
    signed_in.force_login(resident, backend="django.contrib.auth.backends.ModelBackend")
    for name, args in (
        ("policy-new", []),
        ("policy-take-over", []),
        ("policy-import", [draft.pk]),
        ("policy-clause-write", [draft.pk, "2"]),
        ("policy-relate", [draft.pk]),
        ("policy-step", [draft.pk, "consult"]),
        ("policies-clean-up-now", []),
    ):
        assert outside.get(reverse(name, args=args)).status_code == 302, name
        assert signed_in.get(reverse(name, args=args)).status_code == 403, name


def test_the_page_before_the_public_shows_one_wording_and_no_inner_life(
    draft: NormativeDocument, officer: Any, outside: Client
) -> None:
    acts.waive_comment(draft, actor=officer, reason="内部理由样本")
    acts.submit_review(draft, actor=officer)
    acts.return_review(draft, actor=officer, reason="法制办内部意见样本")
    acts.import_wording(draft, actor=officer, text=SECOND)
    acts.consult(draft, actor=officer)
    page = text_of(outside.get(draft.get_absolute_url()))
    assert "五个工作日内办结" in page
    assert "内部意见样本" not in page
    assert "内部理由样本" not in page
    assert "陈示例" not in page
    assert outside.get(f"{draft.get_absolute_url()}?version=1").status_code == 404
    assert outside.get(f"{draft.get_absolute_url()}?version=2").status_code == 200
    assert list(queries.versions(draft, STRANGER).values_list("number", flat=True)) == [2]
    assert not queries.legality_reviews(STRANGER).exists()
    assert LegalityReview.objects.exists()


def test_the_draft_of_an_amendment_is_not_shown_outside(
    in_force: NormativeDocument, officer: Any, outside: Client, bureau: Client
) -> None:
    acts.import_wording(in_force, actor=officer, text=SECOND)
    assert "五个工作日内办结" not in text_of(outside.get(in_force.get_absolute_url()))
    assert outside.get(f"{in_force.get_absolute_url()}?version=2").status_code == 404
    assert outside.get(reverse("policy-clause", args=[in_force.pk, "2x2"])).status_code == 404
    assert "五个工作日内办结" in text_of(bureau.get(f"{in_force.get_absolute_url()}?version=2"))
    assert not queries.search(queries.documents(STRANGER), "五个工作日").exists()
    acts.amend(in_force, actor=officer)
    assert "五个工作日内办结" in text_of(outside.get(in_force.get_absolute_url()))


# ── search ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "finds"),
    [
        ("受理", {"draft"}),
        ("样本", {"draft", "other"}),
        ("清单 措施", {"other"}),
        ("清单 受理", set()),
        ("暂行 受理", {"draft"}),  # one word in the title, one in a clause
        ("2017", {"other"}),
        ("〔2017〕7号", {"other"}),
        ("𬱖", set()),
        ("，", set()),
    ],
)
def test_titles_numbers_and_clauses_are_searched(
    text: str, finds: set[str], draft: NormativeDocument, other: NormativeDocument, officer: Any
) -> None:
    names = {draft.pk: "draft", other.pk: "other"}
    found = {names[one.pk] for one in queries.search(queries.documents(officer), text)}
    assert found == finds


def test_rare_characters_are_found(draft: NormativeDocument, officer: Any) -> None:
    acts.write_clause(draft, actor=officer, key="2", text="䶮村与𬱖塘、𠮷家巷先行试点。")
    for text in ("䶮村", "𬱖塘", "𠮷", "塘、𠮷家"):
        assert queries.search(queries.documents(officer), text).get() == draft, text


def test_only_the_wording_shown_is_searched(draft: NormativeDocument, officer: Any) -> None:
    acts.consult(draft, actor=officer)
    NormativeDocument.objects.filter(pk=draft.pk).update(stage=Stage.DRAFTING)
    draft.refresh_from_db()
    acts.import_wording(draft, actor=officer, text="第一条 全新的规定。")
    assert not queries.search(queries.documents(officer), "受理").exists()


def test_the_library_shows_where_the_words_stand(
    draft: NormativeDocument, other: NormativeDocument, bureau: Client
) -> None:
    page = text_of(bureau.get(reverse("policies"), {"q": "不予受理"}))
    assert "第三条 有下列情形之一的，不予受理" in page
    assert other.title not in page
    assert bureau.get(reverse("policies"), {"q": "\x00'\"%_*"}).status_code == 200
    assert bureau.get(reverse("policies"), {"q": "受理", "export": "xlsx"}).status_code == 200


# ── pages ───────────────────────────────────────────────────────────────────


def test_a_clause_has_one_address_through_all_wordings(
    draft: NormativeDocument, officer: Any, bureau: Client
) -> None:
    address = reverse("policy-clause", args=[draft.pk, "2"])
    assert "第二条" in text_of(bureau.get(address))
    acts.consult(draft, actor=officer)
    NormativeDocument.objects.filter(pk=draft.pk).update(stage=Stage.DRAFTING)
    draft.refresh_from_db()
    acts.import_wording(draft, actor=officer, text=SECOND)
    page = text_of(bureau.get(address))
    assert f"{draft.citation}第三条" in page
    assert "<del>十</del>" in re.sub(r"\s+", "", page)
    assert "<ins>五</ins>" in re.sub(r"\s+", "", page)
    acts.import_wording(draft, actor=officer, text="第一条 完全不同的规定，与以前毫无相同之处。")
    gone = bureau.get(reverse("policy-clause", args=[draft.pk, "3-2"]))
    assert gone.status_code == 200
    assert "no longer has this clause" in text_of(gone)


def test_wordings_are_compared_on_a_page(draft: NormativeDocument, officer: Any, bureau: Client) -> None:
    acts.consult(draft, actor=officer)
    NormativeDocument.objects.filter(pk=draft.pk).update(stage=Stage.DRAFTING)
    draft.refresh_from_db()
    acts.import_wording(draft, actor=officer, text=SECOND)
    address = reverse("policy-compare", args=[draft.pk])
    page = text_of(bureau.get(address))
    assert "renumbered" in page
    assert "重复申请" in page
    assert "为规范样本事项" not in page
    assert "为规范样本事项" in text_of(bureau.get(address, {"all": "1", "from": "1", "to": "2"}))
    assert bureau.get(address, {"from": "x", "to": "99"}).status_code == 200


def test_the_whole_way_by_its_forms(bureau: Client, agencies: Any, today: Any) -> None:
    def send(name: str, args: list[Any], **data: Any) -> Any:
        answer = bureau.post(reverse(name, args=args), data)
        assert answer.status_code == 302, text_of(answer)[:3000]
        return answer

    send("policy-new", [], title="样本规程", group="SUPPORTING", issuer=agencies["bureau"].pk)
    document = NormativeDocument.objects.get()
    key = document.pk
    send("policy-step", [key, "start"], on="2018-08-01")
    upload = SimpleUploadedFile("样本.txt", SECOND.encode())
    send("policy-import", [key], file=upload, label="初稿")
    send("policy-clause-write", [key, "2"], number="第二条", heading="公开", text="办理过程公开。")
    send("policy-step", [key, "edit"], title="样本操作规程", group="SUPPORTING", issuer=agencies["bureau"].pk)
    send("policy-step", [key, "consult"], opens_on="2018-09-12", closes_on="2018-09-21", note="")
    today.go_to(dt.date(2018, 9, 25))
    send("policy-step", [key, "close_comments"], summary="没有意见。")
    send("policy-step", [key, "submit_review"], working_days="10")
    send("policy-step", [key, "pass_review"], opinion="合法。")
    send("policy-step", [key, "decide"], decided_by="局长办公会（样本）")
    send("policy-step", [key, "issue"], number="样民通〔2018〕88号", in_force_on="2018-09-25")
    send("policy-step", [key, "file"], filed_with="样本机关")
    send("move", ["policies.normativedocument", str(key), "enter_into_force"])
    send("policy-step", [key, "extend_validity"], valid_until="2024-01-01", reason="样本理由")
    send("policy-relate", [key], kind="BASIS", cited="财综〔2014〕96号")
    relation = document.relations.get()
    send("policy-unrelate", [key, relation.pk], reason="录错（样本）")
    send("policies-clean-up-open", [2018])
    item = document.clean_ups.get()
    send("policies-clean-up-item", [2018, item.pk], verdict="KEEP", reason="仍然适用")
    send("policy-step", [key, "repeal"], reason="样本理由")
    document.refresh_from_db()
    assert (document.title, document.number, document.stage) == (
        "样本操作规程",
        "样民通〔2018〕88号",
        Stage.REPEALED,
    )
    assert bureau.get(document.get_absolute_url()).status_code == 200
    assert bureau.get(reverse("policies-clean-up", args=[2018])).status_code == 200


def test_what_an_act_objects_to_stands_on_the_form(draft: NormativeDocument, bureau: Client) -> None:
    answer = bureau.post(
        reverse("policy-step", args=[draft.pk, "consult"]),
        {"opens_on": "2018-09-12", "closes_on": "2018-09-13"},
    )
    assert answer.status_code == 422
    assert "2018-09-21" in text_of(answer)
    both = {"text": "第一条 字", "file": SimpleUploadedFile("样本.txt", "第一条 字".encode())}
    assert bureau.post(reverse("policy-import", args=[draft.pk]), both).status_code == 422
    assert bureau.get(reverse("policy-step", args=[draft.pk, "fly"])).status_code == 404
    draft.refresh_from_db()
    assert draft.stage == Stage.DRAFTING


def test_the_public_comments_and_reads_the_answers(
    draft: NormativeDocument, officer: Any, outside: Client, bureau: Client, today: Any
) -> None:
    acts.consult(draft, actor=officer)
    address = reverse("policy-comments", args=[draft.pk])
    clause = draft.clauses.get(key="2")
    sent = outside.post(
        address, {"kind": "RESIDENT", "clause": str(clause.pk), "text": "请缩短办理时间。"}, follow=True
    )
    assert sent.redirect_chain == [(f"{address}#main", 302)]  # sending the page anew sends nothing twice
    assert "Thank you" in text_of(sent)
    assert "请缩短办理时间" not in text_of(outside.get(address))  # not before it is answered
    assert outside.post(address, {"kind": "RESIDENT", "text": "好"}).status_code == 422
    assert (
        outside.post(address, {"kind": "RESIDENT", "clause": "999999", "text": "没有这一条。"}).status_code
        == 422
    )
    one = Comment.objects.get()
    assert one.clause == clause
    assert "请缩短办理时间" in text_of(bureau.get(address))
    answer = reverse("policy-comment-answer", args=[draft.pk, one.pk])
    assert outside.post(answer, {"outcome": "ADOPTED", "answer": "外人不能答复。"}).status_code == 302
    assert bureau.post(answer, {"outcome": "ADOPTED", "answer": "采纳，改为五个工作日。"}).status_code == 302
    page = text_of(outside.get(address))
    assert "请缩短办理时间" in page
    assert "改为五个工作日" in page
    assert "陈示例" not in page
    today.go_to(dt.date(2018, 9, 22))
    late = outside.post(address, {"kind": "RESIDENT", "text": "迟到的意见。"})
    assert late.status_code == 422
    assert "not open now" in text_of(late)
    assert "迟到的意见。" in text_of(late)  # the words are not lost
    acts.close_comments(draft, actor=officer)
    assert "改为五个工作日" in text_of(outside.get(address))


def test_queries_do_not_grow(
    in_force: NormativeDocument, other: NormativeDocument, officer: Any, bureau: Client, agencies: Any
) -> None:
    """Library, document, clause, comparison, comments: as many queries with more clauses, relations and records."""
    draft = acts.plan(actor=officer, title="另一草案", group="BASIC", issuer=agencies["bureau"])
    acts.start(draft, actor=officer)
    acts.import_wording(draft, actor=officer, text="第一条 一条样本。")
    acts.consult(draft, actor=officer)
    acts.rely(agencies["finance"], actor=officer, on=in_force)
    acts.relate(in_force, actor=officer, kind="BASIS", target=other)
    period = CommentPeriod.objects.get(document=draft)
    public_comment = {"district": "530111", "period": period, "received_on": TODAY}
    Comment.objects.create(text="第一条样本意见。", **public_comment)
    acts.import_wording(in_force, actor=officer, text=SECOND)

    def look() -> None:
        cache.clear()  # the counts of the sidebar are kept until something happens
        for address in (
            reverse("policies") + "?q=样本",
            in_force.get_absolute_url(),
            reverse("policy-clause", args=[in_force.pk, "2"]),
            reverse("policy-compare", args=[in_force.pk]),
            reverse("policy-comments", args=[draft.pk]),
            reverse("workbench"),
        ):
            assert bureau.get(address).status_code == 200, address

    def grow() -> None:
        longer = SECOND + "".join(f"\n第{n}条 第{n}条样本文字。" for n in range(6, 30))
        acts.import_wording(in_force, actor=officer, text=longer)
        for code in ("city", "legal", "bureau"):
            acts.rely(agencies[code], actor=officer, on=in_force)
        for n in range(5):
            made = acts.take_over(
                actor=officer,
                title=f"更多样本{n}",
                number=f"样民通〔2017〕{20 + n}号",
                group="BASIC",
                issuer=agencies["bureau"],
                issued_on=dt.date(2017, 6, 1),
                text="第一条 更多样本。",
            )
            acts.relate(in_force, actor=officer, kind="BASIS", target=made)
            Comment.objects.create(text=f"第{n}条样本意见。", **public_comment)

    assert assert_constant_queries(look, grow) < 150
