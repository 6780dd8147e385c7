"""Official papers: their way, their seal, their numbers, their files and who may."""

import datetime as dt

import pytest

from qingdan.core import clock
from qingdan.core.clock import at
from qingdan.core.lifecycle import lifecycle_of
from qingdan.core.permits import Refused
from qingdan.documents import acts
from qingdan.documents.models import OfficialPaper, PaperState, SealImprint, TakenNumber
from qingdan.documents.printing import as_paper, blocks_of, problems, seal_holds
from qingdan.documents.tests.officers import DRAFTER, FIELDS, LEADER, Officer


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: at(dt.date(2018, 9, 12)))


@pytest.fixture
def paper(db) -> OfficialPaper:
    return acts.draft(actor=DRAFTER, **FIELDS)


@pytest.fixture
def sealed(paper) -> OfficialPaper:
    return acts.seal(acts.sign(acts.check(paper, actor=LEADER), actor=LEADER), actor=LEADER)


# ── its way ─────────────────────────────────────────────────────────────────


def test_from_draft_to_issue(sealed):
    assert (sealed.number, sealed.dated_on, sealed.signer) == (
        "样民通〔2018〕1号",
        dt.date(2018, 9, 12),
        "李样本",
    )
    assert seal_holds(sealed)
    acts.issue(sealed, actor=DRAFTER)
    assert sealed.state == PaperState.ISSUED
    assert lifecycle_of(sealed).offers(sealed, LEADER) == []


@pytest.mark.parametrize("verb", ["check", "sign", "seal"])
def test_the_drafter_decides_nothing(paper, verb):
    for earlier in ("check", "sign", "seal")[: ("check", "sign", "seal").index(verb)]:
        getattr(acts, earlier)(paper, actor=LEADER)
    with pytest.raises(Refused):
        getattr(acts, verb)(paper, actor=DRAFTER)


def test_strangers_and_other_districts_do_nothing(paper):
    for actor in (Officer("居民样本", roles=("RESIDENT",)), Officer("外区样本", district="530112")):
        with pytest.raises(Refused):
            acts.edit(paper, actor=actor, title="样本通知")
        with pytest.raises(Refused):
            acts.check(paper, actor=actor)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"body": ""}, "no text"),
        ({"addressee": ""}, "addressee"),
        ({"kind": "REQUEST", "title": "关于样本的请示", "addressee": "区政府、区财政局"}, "one addressee"),
        ({"kind": "REPORT", "title": "关于样本的报告", "body": "以上妥否，请批示。"}, "asks for nothing"),
        ({"kind": "REQUEST", "title": "关于样本的请示", "layout": "LETTER"}, "file form"),
        ({"kind": "MINUTES", "title": "样本会议纪要", "layout": "LETTER"}, "Minutes"),
        ({"title": "关于样本的报告"}, "ends in"),
    ],
)
def test_the_rules_of_each_kind_keep_a_paper_back(db, english, change, said):
    paper = acts.draft(actor=DRAFTER, **FIELDS | change)
    assert said in " ".join(problems(paper))
    with pytest.raises(Refused, match=said):
        acts.check(paper, actor=LEADER)


def test_an_edit_over_a_newer_one_is_refused(paper):
    seen = paper.revision
    acts.edit(OfficialPaper.objects.get(pk=paper.pk), actor=LEADER, revision=seen, addressee="各社区")
    with pytest.raises(Refused):
        acts.edit(paper, actor=DRAFTER, revision=seen, addressee="各单位")


# ── the seal ────────────────────────────────────────────────────────────────


def test_any_change_after_the_seal_voids_it(sealed):
    OfficialPaper.objects.filter(pk=sealed.pk).update(body="别的正文。")  # past every act
    sealed.refresh_from_db()
    assert not seal_holds(sealed)
    assert not as_paper(sealed).sealed
    with pytest.raises(Refused):
        acts.issue(sealed, actor=DRAFTER)


@pytest.mark.parametrize("field", ["title", "addressee", "attachments", "copies_to", "agency", "contact"])
def test_whatever_is_printed_is_covered(sealed, field):
    setattr(sealed, field, "另一个样本")
    assert not seal_holds(sealed)


def test_a_sealed_paper_that_comes_back_keeps_its_number_and_loses_its_seal(sealed):
    acts.send_back(sealed, actor=LEADER, reason="改错字")
    assert (sealed.signer, sealed.number) == ("", "样民通〔2018〕1号")
    assert SealImprint.objects.get(paper=sealed).void_reason == "改错字"
    with pytest.raises(Refused):
        acts.withdraw(sealed, actor=DRAFTER, reason="不发了")
    for change in ({"prefix": "样民函"}, {"dated_on": dt.date(2019, 1, 2)}):
        with pytest.raises(Refused):
            acts.edit(sealed, actor=DRAFTER, **change)
    acts.edit(sealed, actor=DRAFTER, addressee="各社区居委会")
    acts.seal(acts.sign(acts.check(sealed, actor=LEADER), actor=LEADER), actor=LEADER)
    assert sealed.number == "样民通〔2018〕1号"
    assert TakenNumber.objects.count() == 1
    assert seal_holds(sealed)


def test_what_was_signed_is_what_is_sealed(paper):
    acts.sign(acts.check(paper, actor=LEADER), actor=LEADER)
    OfficialPaper.objects.filter(pk=paper.pk).update(body="别的正文。")
    with pytest.raises(Refused):
        acts.seal(paper, actor=LEADER)
    assert not TakenNumber.objects.exists()


# ── numbers ─────────────────────────────────────────────────────────────────


def test_a_number_given_twice_is_refused_and_nothing_is_sealed(sealed):
    second = acts.draft(actor=DRAFTER, **FIELDS)
    acts.sign(acts.check(second, actor=LEADER), actor=LEADER)
    with pytest.raises(Refused):
        acts.seal(second, actor=LEADER, serial=1)
    second.refresh_from_db()
    assert (second.state, second.number) == (PaperState.SIGNED, "")
    assert acts.seal(second, actor=LEADER).number == "样民通〔2018〕2号"


# ── on paper ────────────────────────────────────────────────────────────────


def test_text_becomes_headings_and_paragraphs():
    found = blocks_of("通知如下。\n\n一、总体要求\n（一）分工\n1. 要点\n（1）细目\n一、是句子。\n2018年的事")
    assert [getattr(one, "level", 0) for one in found] == [0, 1, 2, 3, 4, 0, 0]


def test_a_paper_that_goes_up_prints_who_signed_and_minutes_bear_their_own_head(db):
    report = acts.draft(actor=DRAFTER, **FIELDS | {"kind": "REPORT", "title": "关于样本的报告"})
    acts.sign(acts.check(report, actor=LEADER), actor=LEADER)
    assert as_paper(report).signer == "李样本"
    minutes = acts.draft(
        actor=DRAFTER, **FIELDS | {"kind": "MINUTES", "title": "样本会议纪要", "addressee": ""}
    )
    assert as_paper(minutes).mark == "样本区民政局会议纪要"
    assert as_paper(minutes).signer == ""
    letter = acts.draft(
        actor=DRAFTER, **FIELDS | {"kind": "LETTER", "layout": "LETTER", "title": "关于样本的函"}
    )
    assert (as_paper(letter).mark, as_paper(letter).printed_by) == ("样本区民政局", "")
