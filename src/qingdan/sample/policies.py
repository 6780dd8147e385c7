"""The twelve documents of the reply. Days and wordings are synthetic; numbers, titles and groups are the reply's."""

import datetime as dt

from qingdan.calls.models import Round
from qingdan.core import clock
from qingdan.funds.models import BudgetLine
from qingdan.policies import acts
from qingdan.policies.models import Comment, NormativeDocument, RelationKind
from qingdan.programmes.models import Programme
from qingdan.sample.facts import DOCUMENTS
from qingdan.sample.policy_texts import COMMENTS, FOR_COMMENT, WORDINGS
from qingdan.sample.world import World

# The last days of the issued ones, in their order: one near enough to the sample's day to be decided upon.
VALID_UNTIL = (
    dt.date(2022, 4, 11),
    dt.date(2022, 5, 12),
    dt.date(2021, 6, 13),
    dt.date(2022, 7, 14),
    dt.date(2019, 8, 15),
    dt.date(2018, 11, 30),
)
SUBMITTED_ON = dt.date(2018, 5, 7)
REVIEWED_ON = dt.date(2018, 5, 21)
# The draft that goes before the public: its place among the documents, and the days of the period.
ASKED = 10
OPEN = (dt.date(2018, 9, 3), dt.date(2018, 9, 21))


def documents(world: World) -> None:
    officer = world.accounts["bureau"]
    made = []
    for order, (group, number, title, issuer, co_drafters) in enumerate(DOCUMENTS):
        if number:
            issued = dt.date(int(number.split("〔")[1][:4]), 4 + order, 12 + order)
            document = acts.take_over(
                actor=officer,
                title=title,
                number=number,
                group=group,
                issuer=world.agencies[issuer],
                begun_on=issued - dt.timedelta(days=150),
                issued_on=issued,
                valid_until=VALID_UNTIL[order],
                filed_on=issued + dt.timedelta(days=10),
                filed_with="区人大常委会（样本）",
                text=WORDINGS[order],
            )
        else:
            begun = dt.date(2018, 2, 5 + order)
            with clock.living_on(begun):
                document = acts.plan(
                    actor=officer,
                    title=title,
                    group=group,
                    issuer=world.agencies[issuer],
                    co_drafters=[world.agencies[code] for code in co_drafters],
                )
                acts.start(document, actor=officer, on=begun)
                acts.import_wording(
                    document, actor=officer, text=WORDINGS[order], label="初稿（样本）", on=begun
                )
        made.append(document)
    world.counts["policy documents"] += len(made)
    for document in made:
        if document.group == "SUPPORT_POLICY":
            _reviewed(world, document)
    _related(world, made)
    _before_the_public(world, made[ASKED])
    acts.open_clean_up(actor=officer, year=2018)
    world.kept["documents"] = made


def _reviewed(world: World, document: NormativeDocument) -> None:
    """The legal office was asked early; for some of the drafts it found the city responsible."""
    officer = world.accounts["bureau"]
    with clock.living_on(SUBMITTED_ON):
        acts.waive_comment(document, actor=officer, reason="样本：先听取法制部门意见，公开征求意见随后进行。")
        acts.submit_review(document, actor=officer, on=SUBMITTED_ON)
    with clock.living_on(REVIEWED_ON):
        if "办法" in document.title or "规程" in document.title:
            acts.escalate(
                document,
                actor=officer,
                reason="样本意见：超出区级权限的条款报市级部门协调。",
                escalated_to=world.agencies["city-bureau"],
                on=REVIEWED_ON,
            )
        else:
            acts.return_review(
                document, actor=officer, reason="样本意见：补充依据，修改后再报。", on=REVIEWED_ON
            )
    world.counts["legality reviews"] += 1


def _related(world: World, made: list[NormativeDocument]) -> None:
    officer = world.accounts["bureau"]
    reform, linkage, purchase, _notice, incubation, allowance, *drafts = made
    for source, kind, target in (
        (purchase, RelationKind.SUPPORTS, reform),
        (incubation, RelationKind.SUPPORTS, reform),
        (drafts[0], RelationKind.BASIS, purchase),
        (drafts[4], RelationKind.BASIS, purchase),
        (drafts[2], RelationKind.SUPPORTS, linkage),
        (drafts[5], RelationKind.BASIS, allowance),
    ):
        acts.relate(source, actor=officer, kind=kind, target=target)
    acts.relate(
        purchase,
        actor=officer,
        kind=RelationKind.BASIS,
        cited="《政府购买服务管理办法（暂行）》（财综〔2014〕96号）",
    )


def _before_the_public(world: World, document: NormativeDocument) -> None:
    officer = world.accounts["bureau"]
    with clock.living_on(dt.date(2018, 8, 20)):
        acts.import_wording(
            document, actor=officer, text=FOR_COMMENT, label="征求意见稿（样本）", on=dt.date(2018, 8, 20)
        )
    with clock.living_on(OPEN[0]):
        acts.consult(
            document,
            actor=officer,
            opens_on=OPEN[0],
            closes_on=OPEN[1],
            note="样本：请就评估范围、评估方式和结果运用提出意见。",
        )
    period = document.comment_periods.get()
    clauses = {text.number: text.clause for text in period.version.texts.select_related("clause")}
    world.add(
        (
            Comment(
                district=world.district,
                period=period,
                clause=clauses.get(number) if number else None,
                kind=kind,
                text=text,
                received_on=OPEN[0] + dt.timedelta(days=1 + order),
                outcome=outcome,
                answer=answer,
                answered_on=dt.date(2018, 9, 10) if outcome else None,
                answered_by=officer.display_name if outcome else "",
            )
            for order, (number, kind, text, outcome, answer) in enumerate(COMMENTS)
        ),
        what="comments on a draft",
    )


def what_rests_on_them(world: World) -> None:
    """Programmes, rounds and budget lines that rest on a document or one of its clauses."""
    officer, since = world.accounts["bureau"], dt.date(2018, 1, 15)
    _reform, linkage, purchase, _notice, incubation, *_others = world.kept["documents"]
    for programme in Programme.objects.filter(district=world.district):
        acts.rely(programme, actor=officer, on=linkage, since=since, note="计划的依据（样本）")
    fifth = purchase.clauses.get(key="5")
    for one in Round.objects.filter(district=world.district):
        acts.rely(
            one, actor=officer, on=purchase, clause=fifth, since=since, note="限额以下采用公益创投（样本）"
        )
    for line in BudgetLine.objects.filter(district=world.district, fund__code="INCUBATION"):
        acts.rely(line, actor=officer, on=incubation, clause=incubation.clauses.get(key="2"), since=since)
