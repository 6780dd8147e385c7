"""Proposals and suggestions of three years beside the one of the reply, so that rates have something to count.

All of it is synthetic: titles, persons, days, classes and feedback.
"""

import datetime as dt
from dataclasses import dataclass

from qingdan.core import clock
from qingdan.replies import acts, handling
from qingdan.replies.handling import ClassMeaning
from qingdan.replies.models import Proposal, ReplyLetter, Satisfaction
from qingdan.sample.replies import CONTACT
from qingdan.sample.world import World

CLASSES = {
    "A": ClassMeaning("所提问题已经解决或部分解决，建议被采纳", taken_up=True),
    "B": ClassMeaning("所提问题已列入计划，逐步解决", taken_up=True),
    "C": ClassMeaning("所提问题超前或受条件限制，近期难以解决"),
}
BASIS = "样本：参照市里通行的分类"
CONTENT, PARTLY, NOT = Satisfaction.SATISFIED, Satisfaction.BASICALLY, Satisfaction.DISSATISFIED


def _day(year: int, month: int, day: int) -> dt.date:
    return dt.date(year, month, day)


@dataclass(frozen=True)
class Reply:
    """One reply: its date and class, what the proposers said to it and when; a number given by the office."""

    dated_on: dt.date
    reply_class: str
    said: str = ""
    said_on: dt.date | None = None
    serial: int | None = None


@dataclass(frozen=True)
class Past:
    """A proposal as it was handled. `talk` is the day of the talk with the proposers."""

    kind: str
    term: int
    session: int
    number: str
    title: str
    received_on: dt.date
    replies: tuple[Reply, ...] = ()
    talk: dt.date | None = None
    lead: str = "bureau"


PAST = (
    Past(
        "CPPCC",
        8,
        5,
        "85012",
        "关于办好社区老年食堂的提案（样本）",
        _day(2016, 3, 28),
        (Reply(_day(2016, 6, 16), "A", CONTENT, _day(2016, 6, 30)),),
        _day(2016, 5, 12),
    ),
    Past(
        "CPPCC",
        8,
        5,
        "85047",
        "关于推行志愿服务积分的提案（样本）",
        _day(2016, 3, 28),
        (Reply(_day(2016, 7, 15), "B", PARTLY, _day(2016, 8, 1)),),
    ),
    Past(
        "NPC",
        15,
        5,
        "155031",
        "关于方便社会组织年检的建议（样本）",
        _day(2016, 4, 5),
        (
            Reply(_day(2016, 6, 24), "C", NOT, _day(2016, 7, 6)),
            Reply(_day(2016, 8, 2), "B", PARTLY, _day(2016, 8, 15)),
        ),
        _day(2016, 5, 20),
    ),
    Past(
        "CPPCC",
        9,
        1,
        "91023",
        "关于建设社区“四点半”课堂的提案（样本）",
        _day(2017, 3, 27),
        (Reply(_day(2017, 5, 25), "A", CONTENT, _day(2017, 6, 9)),),
        _day(2017, 4, 20),
    ),
    Past(
        "CPPCC",
        9,
        1,
        "91088",
        "关于培育社区社会组织的提案（样本）",
        _day(2017, 3, 27),
        (Reply(_day(2017, 6, 20), "B", CONTENT, _day(2017, 7, 3)),),
        _day(2017, 5, 16),
    ),
    Past(
        "NPC",
        16,
        1,
        "161009",
        "关于公开购买服务结果的建议（样本）",
        _day(2017, 4, 5),
        (Reply(_day(2017, 6, 28), "A", PARTLY, _day(2017, 7, 10)),),
        _day(2017, 6, 1),
        lead="government-office",
    ),
    Past(
        "NPC",
        16,
        1,
        "161015",
        "关于给楼栋长发放补贴的建议（样本）",
        _day(2017, 4, 5),
        (Reply(_day(2017, 6, 29), "C", CONTENT, _day(2017, 7, 20)),),
    ),
    Past(
        "CPPCC",
        9,
        2,
        "92060",
        "关于支持社区微公益的提案（样本）",
        _day(2018, 4, 2),
        (Reply(_day(2018, 5, 30), "B", CONTENT, _day(2018, 6, 11), serial=38),),
        _day(2018, 5, 8),
    ),
    Past(
        "CPPCC",
        9,
        2,
        "92171",
        "关于增设老年人心理服务点的提案（样本）",
        _day(2018, 4, 2),
        (Reply(_day(2018, 6, 20), "C", NOT, _day(2018, 8, 30), serial=47),),
        _day(2018, 5, 23),
    ),
)
JOINT = Past(
    "NPC", 16, 2, "162018", "关于完善社区工作者待遇的建议（样本）", _day(2018, 7, 2), talk=_day(2018, 8, 16)
)
NEW = Past("NPC", 16, 2, "162025", "关于社区活动场地错时开放的建议（样本）", _day(2018, 9, 10))


def years_of_proposals(world: World) -> None:
    """What the classes mean, seven proposals of two years, two of this year, one under way, one just received."""
    officer = world.accounts["bureau"]
    handling.set_classes(actor=officer, year=2016, meanings=CLASSES, basis=BASIS)
    letters: list[ReplyLetter] = []
    for past in PAST:
        proposal = _received(world, past)
        letters += [_answered(world, past, proposal, reply) for reply in past.replies]
    _promised(world, letters)
    _under_way(world)
    _received(world, NEW, assigned=False)
    world.counts["proposals and suggestions"] += len(PAST) + 2
    world.counts["letters"] += len(letters)


def _received(world: World, past: Past, *, assigned: bool = True, joint: tuple[str, ...] = ()) -> Proposal:
    officer = world.accounts["bureau"]
    with clock.living_on(past.received_on):
        proposal = acts.receive(
            actor=officer,
            kind=past.kind,
            assembly="官渡区",
            term=past.term,
            session=past.session,
            serial=int(past.number[-3:]),
            number=past.number,
            title=past.title,
            proposers="样本委员" if past.kind == "CPPCC" else "样本代表",
            received_on=past.received_on,
            points=[acts.Point("所提事项（样本）")],
            is_sample=True,
        )
    if not assigned:
        return proposal
    with clock.living_on(past.received_on + dt.timedelta(days=2)):
        acts.assign(
            proposal,
            actor=officer,
            lead=world.agencies[past.lead],
            joint=[world.agencies[code] for code in joint],
            on=past.received_on + dt.timedelta(days=2),
        )
        acts.take_up(proposal, actor=officer)
    if past.talk is not None:
        with clock.living_on(past.talk):
            acts.record_consultation(
                proposal,
                actor=officer,
                held_on=past.talk,
                place="区民政局会议室（样本）",
                participants="样本提出人，社会组织管理科（样本）",
            )
    return proposal


def _answered(world: World, past: Past, proposal: Proposal, reply: Reply) -> ReplyLetter:
    officer, office, signer = (world.accounts[name] for name in ("bureau", "office", "director"))
    agency = world.agencies[past.lead]
    with clock.living_on(reply.dated_on):
        letter = acts.draft(
            proposal,
            actor=officer,
            agency=agency,
            source=(
                "您提出的{{proposal}}由我单位承办。经认真办理，现答复如下：\n"
                "一、关于所提事项（样本）\n"
                "本函为样本，办理过程和结果均为虚构，只用于演示。\n"
                "感谢您对我们工作的关心和支持！"
            ),
            contact=CONTACT,
            reply_class=reply.reply_class,
            dated_on=reply.dated_on,
            as_of=reply.dated_on,
            is_sample=True,
        )
        acts.submit(letter, actor=officer)
        acts.check(letter, actor=office, legality="PASSED", secrecy="PASSED", remarks="样本：可以公开")
        acts.sign(letter, actor=signer)
        acts.issue(letter, actor=office, serial=reply.serial)
    if reply.said and reply.said_on:
        with clock.living_on(reply.said_on):
            acts.record_feedback(letter, actor=officer, result=reply.said, received_on=reply.said_on)
            proposal.refresh_from_db()
            if reply.said != NOT:
                acts.close(proposal, actor=officer)
    return letter


def _promised(world: World, letters: list[ReplyLetter]) -> None:
    officer = world.accounts["bureau"]
    by_number = {letter.proposal.number: letter for letter in letters}
    with clock.living_on(_day(2017, 6, 20)):
        kept = acts.promise(
            by_number["91088"],
            actor=officer,
            text="年内培育一批社区社会组织（样本）",
            due_on=_day(2017, 12, 29),
        )
    with clock.living_on(_day(2017, 12, 22)):
        acts.keep_promise(kept, actor=officer, outcome="样本：已完成。")
    with clock.living_on(_day(2018, 5, 30)):
        acts.promise(
            by_number["92060"], actor=officer, text="公布微公益项目申报办法（样本）", due_on=_day(2018, 8, 31)
        )


def _under_way(world: World) -> None:
    """One with two joint agencies: finance has given its view, the organisation department owes it."""
    proposal = _received(world, JOINT, joint=("finance", "organisation-department"))
    views = proposal.assignments.filter(agency=world.agencies["finance"])
    with clock.living_on(_day(2018, 7, 26)):
        handling.record_view(
            views.get(),
            actor=world.accounts["finance"],
            view="样本：所需经费在现有预算内统筹，不另增加。",
            on=_day(2018, 7, 26),
        )
