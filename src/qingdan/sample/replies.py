"""The proposal of 2018 and its reply, by the acts of three officers: every figure of the letter is read and frozen.

Days other than the letter's own, the talk with the proposers and the promises' deadlines are synthetic.
"""

import datetime as dt
from importlib import resources

from qingdan.core import clock
from qingdan.documents import acts as papers
from qingdan.documents.numbering import open_sequence
from qingdan.replies import acts, handling
from qingdan.sample.facts import AS_OF
from qingdan.sample.world import World

POINTS = (
    "加大政府职能转移，加强政府与社会组织互助",
    "完善政策制度，健全购买机制",
    "设立购买社会组织服务的专项保障资金",
    "加强社会组织人才队伍和自身能力建设",
)
CONTACT = "联系人：×××；联系电话：××××-××××××××"
NOTICE = """为做好下一年度政府购买社会组织服务工作，现将报送需求的有关事项通知如下。
一、报送内容
各街道按社区汇总居民提出的需要，逐条写明对象、地点和理由。
二、报送方式
在系统中登记并核实，不另报纸质材料。"""
RECEIVED_ON = dt.date(2018, 4, 2)
PROMISES = (
    ("五个扶持政策完成起草并按程序报审", dt.date(2018, 12, 31)),
    ("社区工作者队伍建设的实施意见修改完善后报区政府", dt.date(2018, 12, 31)),
)


def text() -> str:
    """The letter's text in the language of letters."""
    return resources.files("qingdan.replies").joinpath("data/reply-92137.txt").read_text(encoding="utf-8")


def proposal_and_reply(world: World) -> None:
    drafter, signer = world.accounts["bureau"], world.accounts["director"]
    office = world.accounts["office"]
    with clock.living_on(RECEIVED_ON):
        proposal = acts.receive(
            actor=drafter,
            kind="CPPCC",
            assembly="官渡区",
            term=9,
            session=2,
            serial=137,
            number="92137",
            title="关于推进政府购买社会组织公共服务工作的提案",
            proposers="×××",
            received_on=RECEIVED_ON,
            points=[acts.Point(heading) for heading in POINTS],
            is_sample=True,
        )
    with clock.living_on(dt.date(2018, 4, 4)):
        acts.assign(
            proposal,
            actor=drafter,
            lead=world.agencies["bureau"],
            joint=[world.agencies["finance"]],
            on=dt.date(2018, 4, 4),
        )
        acts.take_up(proposal, actor=drafter)
    with clock.living_on(dt.date(2018, 4, 26)):
        handling.record_view(
            proposal.assignments.get(agency=world.agencies["finance"]),
            actor=world.accounts["finance"],
            view="样本：专项资金列入部门预算，按规定安排。",
            on=dt.date(2018, 4, 26),
        )
    with clock.living_on(dt.date(2018, 5, 18)):
        acts.record_consultation(
            proposal,
            actor=drafter,
            held_on=dt.date(2018, 5, 18),
            place="区民政局会议室（样本）",
            participants="×××委员，社会组织管理科（样本）",
        )
    with clock.living_on(AS_OF):
        letter = acts.draft(
            proposal,
            actor=drafter,
            agency=world.agencies["bureau"],
            title=f"昆明市官渡区民政局关于对{proposal}的复函",
            addressee="尊敬的×××委员",
            source=text(),
            contact=CONTACT,
            reply_class="A",
            dated_on=AS_OF,
            as_of=AS_OF,
            is_sample=True,
        )
        acts.submit(letter, actor=drafter)
        acts.check(letter, actor=office, legality="PASSED", secrecy="PASSED", remarks="样例：可以公开")
        acts.sign(letter, actor=signer)
        # The numbers before it were used on paper.
        open_sequence(district=world.district, prefix="官民函", year=AS_OF.year, last=50)
        acts.issue(letter, actor=office)
    papers.draft(
        actor=drafter,
        is_sample=True,
        kind="NOTICE",
        agency=world.agencies["bureau"].name,
        prefix="官民通",
        title=f"{world.agencies['bureau'].name}关于报送购买服务需求（样本）的通知",
        addressee="各街道办事处",
        body=NOTICE,
        attachments="需求登记表（样本）",
    )
    with clock.living_on(AS_OF):
        for promise, due in PROMISES:
            acts.promise(letter, actor=drafter, text=promise, due_on=due)
    world.kept["letter"] = letter
    world.counts["letters"] += 1
