"""Writing a letter: by its points, saved by itself, with what can be cited, comments and comparisons."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from qingdan.core import clock
from qingdan.core.clock import at
from qingdan.core.models import JournalEntry
from qingdan.core.permits import Refused
from qingdan.core.testing import assert_constant_queries
from qingdan.policies.models import NormativeDocument
from qingdan.replies import acts
from qingdan.replies.models import LetterRevision, ReplyLetter
from qingdan.replies.rendering import LiveSources
from qingdan.replies.text import render
from qingdan.replies.text.compare import compare
from qingdan.replies.text.parts import join, split

pytestmark = pytest.mark.django_db
D = "530111"
TEXT = """您提出的提案收悉，答复如下：
一、关于培训
第一段。
（一）做法
第二段。
二、关于经费
第三段。
感谢您的关心！
此复。"""


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.DISTRICT = D
    monkeypatch.setattr(clock, "now", lambda: at(dt.date(2018, 9, 12)))


@pytest.fixture
def office(client: Client, drafter: Any) -> Client:
    client.force_login(drafter)
    return client


def form_of(letter: ReplyLetter, **changes: Any) -> dict[str, Any]:
    names = ("title", "addressee", "source", "contact", "signature", "copies_to", "layout", "reply_class")
    data = {name: getattr(letter, name) for name in names}
    data |= {"publication": "ACTIVE", "as_of": "2018-06-29", "dated_on": "2018-06-29"}
    return data | {"revision": letter.revision} | changes


# ── by its points ───────────────────────────────────────────────────────────


def joined(parts):
    return join((part.heading, part.body) for part in parts)


def test_a_text_falls_into_opening_points_and_closing():
    parts = split(TEXT)
    assert [(one.kind, one.heading) for one in parts] == [
        ("opening", ""),
        ("point", "一、关于培训"),
        ("point", "二、关于经费"),
        ("closing", ""),
    ]
    assert parts[1].body == "第一段。\n（一）做法\n第二段。"
    assert parts[-1].body == "感谢您的关心！\n此复。"
    assert joined(parts) == TEXT


def lines(text: str) -> list[str]:
    return [line for line in re.split("\n|\r\n?", text) if line]


@given(
    st.lists(
        st.sampled_from(
            [
                "一、关于甲",
                "二、关于乙",
                "段落。",
                "感谢关心！",
                "",
                "（一）小题",
                "三、是句子。",
                "特此函复。",
            ]
        )
    )
)
def test_splitting_and_assembling_lose_no_line(found):
    text = "\n".join(found)
    assert lines(joined(split(text))) == lines(text)


def test_parts_that_are_sent_make_the_text(letter, office):
    data = form_of(letter, heading=["", "一、关于培训", ""], part=["开头。", "正文。", "感谢！"])
    del data["source"]
    assert office.post(f"/letters/{letter.pk}/edit/", data).status_code == 302
    letter.refresh_from_db()
    assert letter.source == "开头。\n一、关于培训\n正文。\n感谢！"


def test_the_page_has_one_area_a_point_and_the_whole_on_request(letter, office):
    page = office.get(f"/letters/{letter.pk}/edit/").content.decode()
    assert page.count('name="part"') == 3
    assert 'name="source"' not in page
    assert 'name="source"' in office.get(f"/letters/{letter.pk}/edit/?whole=1").content.decode()


def test_headings_and_bodies_that_do_not_pair_are_refused(letter, office):
    answer = office.post(f"/letters/{letter.pk}/edit/", form_of(letter, heading=["", ""], part=["甲"]))
    assert answer.status_code == 400


# ── saved by itself ─────────────────────────────────────────────────────────


def test_saving_by_itself_keeps_the_words_and_moves_the_revision_on(letter, office):
    answer = office.post(f"/letters/{letter.pk}/autosave/", form_of(letter, source="甲。"))
    assert "Saved at" in answer.content.decode()
    assert 'name="revision" value="2"' in answer.content.decode()
    letter.refresh_from_db()
    assert (letter.source, letter.revision) == ("甲。", 2)


def test_a_newer_revision_is_not_written_over(letter, office, signer):
    acts.edit(ReplyLetter.objects.get(pk=letter.pk), actor=signer, source="别人的稿。")
    answer = office.post(f"/letters/{letter.pk}/autosave/", form_of(letter, source="我的稿。"))
    assert "Not saved" in answer.content.decode()
    assert 'name="revision"' not in answer.content.decode()
    letter.refresh_from_db()
    assert letter.source == "别人的稿。"


def test_a_field_that_is_wrong_is_named_and_nothing_is_saved(letter, office):
    answer = office.post(f"/letters/{letter.pk}/autosave/", form_of(letter, title="", source="甲。"))
    assert "Not saved yet" in answer.content.decode()
    letter.refresh_from_db()
    assert letter.source != "甲。"


def test_one_sitting_is_one_row_and_a_saved_one_stays(letter, drafter, signer):
    before = JournalEntry.objects.filter(verb="letter.edit").count()

    def edit(text: str, actor: Any = drafter, autosave: bool = True) -> None:
        acts.edit(letter, actor=actor, autosave=autosave, source=text)

    for text in ("甲", "甲乙", "甲乙丙"):
        edit(text)
    edit("甲乙丙丁", autosave=False)
    edit("甲乙丙丁戊")
    edit("别人的", actor=signer)
    kept = [(one.source, one.saved_by) for one in letter.revisions.order_by("number")][1:]
    assert kept == [("甲乙丙丁", "陈示例"), ("甲乙丙丁戊", "陈示例"), ("别人的", "李样本")]
    assert JournalEntry.objects.filter(verb="letter.edit").count() - before == 4  # begun, saved, begun, other


def test_what_the_page_saved_is_kept_when_it_is_saved_by_hand(letter, drafter):
    acts.edit(letter, actor=drafter, autosave=True, source="甲")
    acts.edit(letter, actor=drafter, source="甲")  # the button, nothing changed since
    acts.edit(letter, actor=drafter, autosave=True, source="乙")
    assert [one.source for one in letter.revisions.order_by("-number")][:2] == ["乙", "甲"]


# ── what can be cited ───────────────────────────────────────────────────────


def test_a_search_finds_figures_and_documents_with_their_values(letter, office):
    answer = office.get(f"/letters/{letter.pk}/cite/", {"q": "培训 三社联动", "as_of": "2018-06-29"})
    found = {citation: one.value for one, citation in answer.context["values"]}
    assert found["{{activities.training year=2018 topic=LINKAGE}}"] == 5
    earlier = office.get(f"/letters/{letter.pk}/cite/", {"q": "培训 三社联动", "as_of": "2018-03-02"})
    assert {one.value for one, _citation in earlier.context["values"]} == {2}
    documents = office.get(f"/letters/{letter.pk}/cite/", {"q": "规范机制"}).context["documents"]
    assert [citation for _one, _printed, citation in documents] == ["{{document 样民通〔2017〕46号}}"]
    assert documents[0][1] == "《规范机制建设的通知（样本）》（样民通〔2017〕46号）"


def test_whatever_is_offered_can_be_cited(letter, office):
    context = office.get(f"/letters/{letter.pk}/cite/").context
    offered = [citation for *_one, citation in (*context["values"], *context["documents"])]
    assert offered
    for citation in offered:
        assert not render(citation, LiveSources(D, letter.as_of, letter.proposal)).problems, citation


def test_nothing_found_says_so(letter, office):
    assert "Nothing found" in office.get(f"/letters/{letter.pk}/cite/", {"q": "口袋公园"}).content.decode()


def test_more_documents_to_cite_ask_no_more_of_the_database(letter, office):
    def grow():
        for n in range(4):
            NormativeDocument.objects.create(
                district=D, title=f"样本意见{n}", group="BASIC", begun_on=dt.date(2018, 1, 2)
            )

    assert_constant_queries(lambda: office.get(f"/letters/{letter.pk}/cite/", {"q": "样本意见"}), grow)
    found = office.get(f"/letters/{letter.pk}/cite/", {"q": "样本意见"}).context["documents"]
    assert [printed for _one, printed, _citation in found] == [f"《样本意见{n}》" for n in range(4)]


# ── the picker, and typed numbers ───────────────────────────────────────────


def pick(office, letter, key, **asked):
    asked = {name.replace("__", "."): value for name, value in asked.items()}
    answer = office.get(f"/letters/{letter.pk}/cite/{key}/", {"as_of": "2018-06-29", **asked})
    assert answer.status_code == 200
    return answer.context["pick"]


def test_a_figure_is_picked_by_what_it_declares(letter, office):
    whole = pick(office, letter, "activities.training")
    assert {one.name for one in whole.choices} >= {"year", "by.topic"}
    topics = next(one for one in whole.choices if one.name == "by.topic")
    assert [value for value, _label in topics.options] == ["LINKAGE"]  # only what has records
    chosen = pick(office, letter, "activities.training", year="2018", by__topic="LINKAGE")
    assert (chosen.value.exact, chosen.value.records, chosen.printed) == (5, 5, "5场")
    assert chosen.citation == "{{activities.training year=2018 topic=LINKAGE}}"
    spelt = pick(office, letter, "activities.training", year="2018", **{"as": "汉字"})
    assert spelt.printed == "五场"
    earlier = pick(office, letter, "activities.training", year="2018", on="2018-03-02")
    assert (earlier.value.exact, earlier.as_of) == (2, dt.date(2018, 3, 2))
    for one in (chosen, spelt):
        assert not render(one.citation, LiveSources(D, letter.as_of, letter.proposal)).problems


def test_a_picker_says_what_cannot_be_cited(letter, office):
    lines = pick(office, letter, "funds.budget", year="2018")
    assert lines.value is None
    assert lines.problem.startswith("Choose first")  # budget lines contain one another
    assert (
        pick(office, letter, "funds.budget", year="2018", by__line="DEVELOPMENT", **{"as": "万元"}).printed
        == "150万元"
    )
    assert "whole number" in pick(office, letter, "activities.training", step="x").problem
    assert "below the step" in pick(office, letter, "activities.training", step="1000").problem
    assert "No records" in pick(office, letter, "activities.training", on="2017-01-01").problem
    assert pick(office, letter, "activities.training", year="1066").value.exact == 5  # unknown: not chosen
    assert office.get(f"/letters/{letter.pk}/cite/no.such/").status_code == 404


def test_a_typed_number_is_offered_the_figures_it_may_mean(letter, office):
    text = "一、关于培训\n2018年举办三社联动培训5场。"
    answer = office.post(f"/letters/{letter.pk}/check/", {"source": text, "as_of": "2018-06-29"})
    (offer,) = answer.context["offers"]
    assert (offer.problem.code, offer.problem.line) == ("uncited", 2)
    assert text.split("\n")[1][offer.problem.column - 1 :][: offer.problem.length] == "5场"
    citations = [citation for _one, citation in offer.cited]
    assert "{{activities.training year=2018 topic=LINKAGE}}" in citations
    assert 'data-line="2"' in answer.content.decode()
    money = office.post(
        f"/letters/{letter.pk}/check/", {"source": "2018年安排发展专项资金150万元。", "as_of": "2018-06-29"}
    )
    (offer,) = money.context["offers"]
    assert offer.cited[0][1] == "{{funds.budget year=2018 line=DEVELOPMENT as=万元}}"


# ── comments ────────────────────────────────────────────────────────────────


def test_a_colleague_comments_and_the_drafter_settles(letter, office, signer, drafter):
    acts.comment(letter, actor=signer, text="写明依据", quote="安排资金")
    page = office.get(f"/letters/{letter.pk}/").content.decode()
    assert "写明依据" in page
    made = letter.comments.get()
    assert office.post(f"/letters/{letter.pk}/comments/{made.pk}/settle/").status_code == 302
    made.refresh_from_db()
    assert (made.made_by, made.settled_by) == ("李样本", "陈示例")
    office.post(f"/letters/{letter.pk}/comments/", {"text": "已补。"})
    assert [one.text for one in letter.comments.all()] == ["写明依据", "已补。"]


def test_an_empty_comment_and_one_after_the_issue_are_refused(issued, office, drafter):
    assert office.post(f"/letters/{issued.pk}/comments/", {"text": " "}).status_code == 403
    with pytest.raises(Refused):
        acts.comment(issued, actor=drafter, text="太晚")


# ── comparing ───────────────────────────────────────────────────────────────


def test_what_changed_is_shown_in_its_place():
    (line,) = compare("服务{{a.b year=2017}}人。", "服务{{a.b year=2018}}人次。")
    assert [(one.kind, one.text) for one in line] == [
        ("same", "服务"),
        ("out", "{{a.b year=2017}}"),
        ("in", "{{a.b year=2018}}"),
        ("same", "人"),
        ("in", "次"),
        ("same", "。"),
    ]


@given(st.text("甲乙丙1{}\n", max_size=60), st.text("甲乙丙1{}\n", max_size=60))
def test_a_comparison_holds_both_texts(before, after):
    shown = compare(before, after)

    def side(kind: str) -> list[str]:
        whole = ["".join(one.text for one in line if one.kind in ("same", kind)) for line in shown]
        return [line for line in whole if line]

    assert side("out") == [line for line in before.splitlines() if line]
    assert side("in") == [line for line in after.splitlines() if line]


def test_two_revisions_are_compared_on_a_page(letter, office, drafter):
    acts.edit(letter, actor=drafter, source=letter.source + "\n特此函复。")
    page = office.get(f"/letters/{letter.pk}/compare/").content.decode()
    assert "<ins>特此函复。</ins>" in page
    assert LetterRevision.objects.filter(letter=letter).count() == 2


def test_strangers_reach_none_of_it(letter, resident):
    client = Client()
    client.force_login(resident)
    for address in ("edit", "autosave", "cite", "cite/activities.training", "compare", "comments"):
        assert client.get(f"/letters/{letter.pk}/{address}/").status_code == 403
