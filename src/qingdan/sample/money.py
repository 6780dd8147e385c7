"""Programmes, funds, budget lines, the venture rounds and their contracts."""

import datetime as dt
from decimal import Decimal

from qingdan.calls.models import Project, Round
from qingdan.contracts import acts as contracts
from qingdan.contracts.models import Instalment
from qingdan.core import clock
from qingdan.core.clock import at
from qingdan.funds.models import BudgetLine, Fund
from qingdan.programmes.models import Programme, ProgrammeKind
from qingdan.sample.facts import BUDGET, FUNDS, OUTCOMES, PROGRAMMES
from qingdan.sample.world import World

SIGNED_ON = dt.date(2017, 5, 22)
SPLIT = (
    (Decimal(50), Instalment.Trigger.SIGNED),
    (Decimal(40), Instalment.Trigger.MIDTERM_PASSED),
    (Decimal(10), Instalment.Trigger.FINAL_PASSED),
)
# Synthetic: how the 700,000 yuan of 2017 went to the four projects.
AWARDS = (
    ("儿童照护、陪护服务", 190_000),
    ("弱势儿童关爱保护", 280_000),
    ("法律援助", 120_000),
    ("防灾减灾", 110_000),
)


def programmes_and_budget(world: World) -> None:
    world.add(
        (
            Programme(
                district=world.district,
                kind=ProgrammeKind(kind),
                name=name,
                addressed_to=addressed_to,
                aim=aim,
                lead=world.agencies["bureau"],
                started_on=dt.date(2018, 1, 15),
                confirmed_at=at(dt.date(2018, 1, 15)),
                confirmed_by="陈示例",
            )
            for kind, name, addressed_to, aim in PROGRAMMES
        ),
        what="programmes",
    )
    funds = world.add(
        (
            Fund(district=world.district, code=code, name=name, purpose=purpose)
            for code, name, purpose in FUNDS
        ),
        what="funds",
    )
    by_code = {fund.code: fund for fund in funds}
    lines = world.add(
        (
            BudgetLine(
                district=world.district,
                fund=by_code[code],
                year=year,
                amount_fen=yuan * 100,
                basis=f"{year}年区级部门预算（样本）",
                confirmed_at=at(dt.date(year, 2, 8)),
                confirmed_by="周示例",
            )
            for year, code, yuan in BUDGET
        ),
        what="budget lines",
    )
    world.kept["lines"] = {(line.year, line.fund.code): line for line in lines}


def venture_projects(world: World) -> None:
    startup = Programme.objects.get(district=world.district, kind=ProgrammeKind.STARTUP)
    first, _second = world.add(
        (
            Round(
                district=world.district,
                year=year,
                name=f"{year}年公益创投",
                programme=startup if year == 2018 else None,
                budget_line=world.kept["lines"][year, "VENTURE"],
                opened_on=opened,
                closes_on=closes,
            )
            for year, opened, closes in (
                (2017, dt.date(2017, 3, 6), dt.date(2017, 3, 31)),
                (2018, dt.date(2018, 8, 27), dt.date(2018, 9, 21)),
            )
        ),
        what="venture rounds",
    )
    carriers = dict(zip((outcome.title for outcome in OUTCOMES), world.organisations, strict=False))
    projects = world.add(
        (
            Project(
                district=world.district,
                round=first,
                number=f"CT-2017-{order:03d}",
                title=title,
                organisation=carriers[title],
                amount_fen=yuan * 100,
                awarded_on=dt.date(2017, 5, 5),
                summary="样本项目：由入选社会组织在社区、学校和家庭提供服务。",
            )
            for order, (title, yuan) in enumerate(AWARDS, start=1)
        ),
        what="projects",
    )
    world.kept["projects"] = {project.title: project for project in projects}
    clerk = world.accounts["bureau"]
    for order, project in enumerate(projects, start=1):
        with clock.living_on(SIGNED_ON):
            contract = contracts.sign(
                project=project,
                number=f"HT-2017-{order:03d}",
                signed_on=SIGNED_ON,
                starts_on=dt.date(2017, 6, 1),
                ends_on=dt.date(2018, 8, 31),
                split=SPLIT,
                actor=clerk,
            )
        paid = ((1, dt.date(2017, 6, 9)), (2, dt.date(2018, 1, 19)))
        for number, day in paid:
            with clock.living_on(day):
                contracts.pay_instalment(
                    instalment=contract.instalments.get(order=number),
                    paid_on=day,
                    voucher=f"PZ-{day:%Y%m}-{order}{number}",
                    actor=world.accounts["finance"],
                )
        world.counts["contracts"] += 1
