"""Texts become clauses; clauses keep their addresses; versions are compared to the character."""

import io
from typing import Any

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from qingdan.core.permits import Refused
from qingdan.policies import acts
from qingdan.policies.differences import ADDED, CHANGED, REMOVED, RENUMBERED, SAME, compare, pieces
from qingdan.policies.models import Clause, NormativeDocument, Stage, Version
from qingdan.policies.reading import MAX_CLAUSES, MAX_TEXT, NotAWording, read_clauses
from qingdan.policies.tests.cast import FIRST, SECOND, TODAY


def shape(text: str, **more: Any) -> list[tuple[str, str, str]]:
    return [(one.key, one.number, one.heading or one.text) for one in read_clauses(text, **more)]


def rows(version: Version) -> dict[str, str]:
    return {text.clause.key: text.full_number for text in version.texts.select_related("clause")}


# ── reading ─────────────────────────────────────────────────────────────────


def test_a_measure_is_read_by_chapters_articles_and_items() -> None:
    assert shape(FIRST) == [
        ("c1", "第一章", "总则"),
        ("1", "第一条", "为规范样本事项，制定本办法。"),
        ("2", "第二条", "申请应当在十个工作日内办结。"),
        ("3", "第三条", "有下列情形之一的，不予受理："),
        ("3-1", "（一）", "材料不齐；"),
        ("3-2", "（二）", "超出范围。"),
        ("c2", "第二章", "附则"),
        ("4", "第四条", "本办法有效期两年。"),
    ]


def test_an_opinion_is_read_by_sections() -> None:
    text = """样本实施意见
根据上级文件，提出如下意见。
一、总体要求。坚持党建引领。
补充一段。
二、主要任务
（一）摸清需求。
第二段。
(二)公开清单。"""
    assert [(p.key, p.number, p.heading, p.text) for p in read_clauses(text, title="样本实施意见")] == [
        ("p0", "", "", "根据上级文件，提出如下意见。"),
        ("s1", "一、", "总体要求", "坚持党建引领。\n补充一段。"),
        ("s2", "二、", "主要任务", ""),
        ("s2-1", "（一）", "", "摸清需求。\n第二段。"),
        ("s2-2", "（二）", "", "公开清单。"),
    ]


def test_special_numbers_and_headings() -> None:
    text = "第十二条【范围】适用于样本。\n第十二条之一 另有规定的除外。\n第３０条　全角数字。\n第一百零五条 末条。"
    assert shape(text) == [
        ("12", "第十二条", "范围"),
        ("12b1", "第十二条之一", "另有规定的除外。"),
        ("30", "第３０条", "全角数字。"),
        ("105", "第一百零五条", "末条。"),
    ]


def test_a_chapter_may_have_its_heading_on_the_next_line() -> None:
    assert shape("第一章\n总则\n第一条 文字。")[0] == ("c1", "第一章", "总则")


def test_a_notice_without_numbers_is_a_clause_a_paragraph() -> None:
    assert shape("各单位：\n请于月底前报送。") == [("p1", "", "各单位："), ("p2", "", "请于月底前报送。")]


def test_the_same_number_twice_makes_two_keys() -> None:
    assert [key for key, _n, _t in shape("第一条 甲。\n第一条 乙。")] == ["1", "1x2"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no text"),
        (" \n\u3000\n", "no text"),
        ("标题", "no text"),
        ("\n".join(f"第{n}条 字" for n in range(1, MAX_CLAUSES + 2)), "too many"),
        ("第一条 " + "字" * (MAX_TEXT + 1), "longer"),
    ],
)
def test_what_is_no_wording(text: str, says: str) -> None:
    with pytest.raises(NotAWording, match=says):
        read_clauses(text, title="标题")


@given(st.lists(st.text("一二三第章条（）、。字\u3000 甲", max_size=12), max_size=12))
def test_no_character_of_a_text_is_lost_and_keys_are_unique(lines: list[str]) -> None:
    text = "\n".join(lines)
    try:
        found = read_clauses(text)
    except NotAWording:
        return
    keys = [one.key for one in found]
    assert len(set(keys)) == len(keys)
    kept = "".join(f"{one.number}{one.heading}{one.text}" for one in found)
    assert kept.count("甲") >= text.count("甲")


# ── versions ────────────────────────────────────────────────────────────────

pytestmark = pytest.mark.django_db


def test_clauses_keep_their_keys_when_they_are_renumbered(draft: NormativeDocument, officer: Any) -> None:
    before = {clause.key: clause.pk for clause in draft.clauses.all()}
    address = Clause.objects.get(document=draft, key="3-2").get_absolute_url()
    acts.waive_comment(draft, actor=officer, reason="样本")
    acts.submit_review(draft, actor=officer)
    acts.return_review(draft, actor=officer, reason="样本")
    version = acts.import_wording(draft, actor=officer, text=SECOND, label="修改稿")
    assert rows(version) == {
        "c1": "第一章",
        "1": "第一条",
        "2x2": "第二条",  # new; “2” is taken for ever
        "2": "第三条",
        "3": "第四条",
        "3-1": "第四条（一）",
        "3-2": "第四条（二）",
        "4-3": "第四条（三）",
        "c2": "第二章",
        "4": "第五条",
    }
    after = {clause.key: clause.pk for clause in draft.clauses.all()}
    assert before.items() <= after.items()
    assert address == f"/policies/{draft.pk}/clauses/3-2/"
    assert Clause.objects.get(pk=before["3-2"]).get_absolute_url() == address


def test_a_clause_that_was_left_out_keeps_its_place_in_earlier_wordings(
    draft: NormativeDocument, officer: Any
) -> None:
    acts.consult(draft, actor=officer)
    NormativeDocument.objects.filter(pk=draft.pk).update(stage=Stage.DRAFTING)
    draft.refresh_from_db()
    acts.import_wording(draft, actor=officer, text="第一条 完全不同的规定，与以前毫无相同之处。")
    assert draft.clauses.filter(key="3-2").exists()
    assert draft.current is not None
    assert "3-2" not in rows(draft.current)
    # put back, it is the same clause again
    acts.import_wording(draft, actor=officer, text=FIRST)
    assert draft.versions.count() == 2


def test_an_open_wording_is_replaced_and_its_unused_clauses_go(
    draft: NormativeDocument, officer: Any
) -> None:
    acts.import_wording(draft, actor=officer, text="第九条 只有这一条。")
    assert draft.versions.count() == 1
    assert list(draft.clauses.values_list("key", flat=True)) != []
    assert draft.clauses.count() == 1


def test_a_bad_text_changes_nothing(draft: NormativeDocument, officer: Any) -> None:
    assert draft.current is not None
    before = rows(draft.current)
    with pytest.raises(Refused, match="no text"):
        acts.import_wording(draft, actor=officer, text="  ")
    draft.refresh_from_db()
    assert rows(draft.current) == before


def test_writing_a_clause_of_a_fixed_wording_makes_a_new_one(draft: NormativeDocument, officer: Any) -> None:
    acts.waive_comment(draft, actor=officer, reason="样本")
    acts.submit_review(draft, actor=officer)
    with pytest.raises(Refused, match="cannot be changed"):
        acts.write_clause(draft, actor=officer, key="2", text="改")
    acts.return_review(draft, actor=officer, reason="样本")
    first = draft.current
    acts.write_clause(draft, actor=officer, key="2", text="申请应当在三个工作日内办结。", heading="办理期限")
    assert first is not None
    assert draft.current is not None
    assert draft.current != first
    old = first.texts.get(clause__key="2")
    new = draft.current.texts.get(clause__key="2")
    assert (old.text, new.text) == ("申请应当在十个工作日内办结。", "申请应当在三个工作日内办结。")
    assert first.texts.count() == draft.current.texts.count()
    acts.write_clause(draft, actor=officer, key="1", text="再改。")
    assert draft.versions.count() == 2  # the open one goes on


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"key": "99", "text": "字"}, "no such clause"),
        ({"key": "2", "text": " "}, "needs a text"),
        ({"key": "2", "text": "字" * (MAX_TEXT + 1)}, "longer"),
    ],
)
def test_a_clause_is_not_written_badly(
    fields: dict[str, str], says: str, draft: NormativeDocument, officer: Any
) -> None:
    with pytest.raises(Refused, match=says):
        acts.write_clause(draft, actor=officer, **fields)


def test_only_the_bureau_writes(draft: NormativeDocument, resident: Any) -> None:
    for act, fields in (
        (acts.import_wording, {"text": FIRST}),
        (acts.write_clause, {"key": "1", "text": "字"}),
        (acts.drop_amendment, {"reason": "样本"}),
    ):
        with pytest.raises(Refused):
            act(draft, actor=resident, **fields)


def test_an_amendment_is_written_beside_the_law_and_takes_effect_on_its_day(
    in_force: NormativeDocument, other: NormativeDocument, officer: Any, today: Any
) -> None:
    law = in_force.current
    with pytest.raises(Refused, match="amended wording first"):
        acts.amend(in_force, actor=officer)
    draft = acts.import_wording(in_force, actor=officer, text=SECOND, label="修订稿")
    assert in_force.current == law  # what is shown has not changed
    with pytest.raises(Refused, match="finish or drop"):
        acts.repeal(in_force, actor=officer, reason="样本")
    with pytest.raises(Refused, match="on its day"):
        acts.amend(in_force, actor=officer, on=TODAY.replace(day=30))
    with pytest.raises(Refused, match="before it is in force"):
        acts.amend(in_force, actor=officer, on=TODAY.replace(day=1))
    with pytest.raises(Refused, match="itself"):
        acts.amend(in_force, actor=officer, by=in_force)
    today.go_to(TODAY.replace(month=11))
    acts.amend(in_force, actor=officer, by=other, valid_until=TODAY.replace(year=2022))
    assert (in_force.stage, in_force.current) == (Stage.AMENDED, draft)
    assert in_force.related_from.get().source == other
    acts.import_wording(in_force, actor=officer, text=FIRST)
    acts.drop_amendment(in_force, actor=officer, reason="不再修订（样本）")
    assert in_force.versions.count() == 2
    with pytest.raises(Refused, match="No amendment"):
        acts.drop_amendment(in_force, actor=officer, reason="样本")


# ── differences ─────────────────────────────────────────────────────────────


def test_two_wordings_side_by_side(draft: NormativeDocument, officer: Any) -> None:
    first = draft.current
    assert first is not None
    acts.consult(draft, actor=officer)
    NormativeDocument.objects.filter(pk=draft.pk).update(stage=Stage.DRAFTING)
    draft.refresh_from_db()
    second = acts.import_wording(draft, actor=officer, text=SECOND.replace("（二）超出范围；\n", ""))
    found = {
        one.key: one
        for one in compare(first.texts.select_related("clause"), second.texts.select_related("clause"))
    }
    kinds = {key: one.kind for key, one in found.items()}
    assert kinds["1"] == SAME
    assert kinds["2"] == CHANGED
    assert kinds["2x2"] == ADDED
    assert kinds["4"] == RENUMBERED
    assert kinds["3-2"] in (CHANGED, REMOVED)
    assert [piece.text for piece in found["2"].pieces_after if piece.mark == "ins"] == ["五"]
    assert [piece.text for piece in found["2"].pieces_before if piece.mark == "del"] == ["十"]


def test_what_was_removed_stands_where_it_stood(draft: NormativeDocument, officer: Any) -> None:
    first = draft.current
    assert first is not None
    acts.consult(draft, actor=officer)
    NormativeDocument.objects.filter(pk=draft.pk).update(stage=Stage.DRAFTING)
    draft.refresh_from_db()
    second = acts.import_wording(
        draft, actor=officer, text=FIRST.replace("第二条 申请应当在十个工作日内办结。\n", "")
    )
    found = compare(first.texts.select_related("clause"), second.texts.select_related("clause"))
    keys = [one.key for one in found]
    assert keys.index("2") == keys.index("1") + 1
    assert found[keys.index("2")].kind == REMOVED


@given(st.text(max_size=60), st.text(max_size=60))
def test_pieces_put_together_are_the_two_texts(before: str, after: str) -> None:
    left, right = pieces(before, after)
    assert "".join(piece.text for piece in left) == before
    assert "".join(piece.text for piece in right) == after
    same_left, same_right = ("".join(p.text for p in side if not p.mark) for side in (left, right))
    assert same_left == same_right


def test_long_clauses_are_compared_sentence_by_sentence() -> None:
    text = "".join(f"第{n}句样本文字，内容各不相同。" for n in range(400))
    left, right = pieces(text, text.replace("第7句", "第七句"))
    assert "".join(p.text for p in right if p.mark) == "第七句样本文字，内容各不相同。"
    assert "".join(p.text for p in left) == text


# ── uploads ─────────────────────────────────────────────────────────────────


def _docx(*paragraphs: str) -> bytes:
    paper, held = docx.Document(), io.BytesIO()
    for paragraph in paragraphs:
        paper.add_paragraph(paragraph)
    paper.save(held)
    return held.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("样本.docx", _docx("第一条 甲。", "第二条 乙。")),
        ("样本.txt", "第一条 甲。\r\n第二条 乙。".encode()),
        ("样本.txt", "第一条 甲。\n第二条 乙。".encode("gb18030")),
    ],
)
def test_word_and_text_files_are_read(name: str, content: bytes) -> None:
    text = acts.read_upload(SimpleUploadedFile(name, content))
    assert shape(text) == [("1", "第一条", "甲。"), ("2", "第二条", "乙。")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("样本.pdf", b"%PDF-1.4"),
        ("样本.txt", b""),
        ("样本.docx", "不是 Word".encode()),
        ("样本.docx", _docx("字")[:-200]),
        ("样本.txt", _docx("字")),
        ("样本.txt", b"\xff\x00\x01\x02" * 50),
        ("样本.txt", "字".encode() * (2 * 1024 * 1024)),
    ],
)
def test_other_files_are_refused_with_a_line(name: str, content: bytes) -> None:
    with pytest.raises(Refused) as refused:
        acts.read_upload(SimpleUploadedFile(name, content))
    assert str(refused.value)
    assert "\n" not in str(refused.value)
