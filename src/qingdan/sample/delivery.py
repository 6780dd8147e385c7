"""Services of the 2017 venture projects: sessions, synthetic persons, the ledger behind every figure."""

import datetime as dt
from collections.abc import Iterator

from qingdan.calls.models import Project
from qingdan.core.clock import at
from qingdan.delivery import acts as delivery
from qingdan.delivery.models import Measure, Participant, ServiceRecord, ServiceSession
from qingdan.directory.models import Person, Sex
from qingdan.sample.facts import COVERED_EXACT, OUTCOMES, Outcome
from qingdan.sample.synthetic import name, resident_ids, spread, workday_like
from qingdan.sample.world import World

FIRST, LAST = dt.date(2017, 6, 12), dt.date(2018, 6, 22)
CHILD = (dt.date(2003, 1, 1), dt.date(2013, 12, 31))
ADULT = (dt.date(1945, 1, 1), dt.date(1996, 12, 31))
AREAS = ("530111", "530102", "530103")

# How many sessions each project held; disaster reduction held thirteen, as the reply says.
SESSIONS = {"儿童照护、陪护服务": 96, "弱势儿童关爱保护": 604, "法律援助": 118}
# Visits beyond the first, so that persons and person-times differ.
RETURNS = {"儿童照护、陪护服务": 760, "弱势儿童关爱保护": 0, "法律援助": 29}
# Children looked after in both children's projects: one person, a participant in each.
IN_BOTH = 17

TOPICS = {
    "儿童照护、陪护服务": "课后照护与陪伴",
    "弱势儿童关爱保护": "困境儿童探访与小组活动",
    "法律援助": "法律咨询与文书代写",
    "防灾减灾": "应急演练与自救互救讲座",
}


def _people(world: World, number: int, births: tuple[dt.date, dt.date], offset: int) -> list[Person]:
    ids: Iterator[tuple[str, dt.date]] = resident_ids(*births, AREAS)
    people = []
    for n, (resident_id, birth) in zip(range(number), ids, strict=False):
        people.append(
            Person(
                district=world.district,
                name=name(offset + n),
                resident_id=resident_id,
                birth_date=birth,
                sex=Sex.MALE if int(resident_id[16]) % 2 else Sex.FEMALE,
                community=world.community(n, 41),
            )
        )
    return list(world.add(people, what="persons"))


def services(world: World) -> None:
    projects: dict[str, Project] = world.kept["projects"]
    care, vulnerable, legal, _disaster = OUTCOMES
    children = _people(world, care.direct + vulnerable.direct - IN_BOTH, CHILD, 0)
    adults = _people(world, legal.direct, ADULT, len(children))
    served = {
        care.title: children[: care.direct],
        vulnerable.title: children[care.direct - IN_BOTH :],
        legal.title: adults,
    }
    for outcome in OUTCOMES:
        _deliver(world, projects[outcome.title], outcome, served.get(outcome.title, []))


def _deliver(world: World, project: Project, outcome: Outcome, people: list[Person]) -> None:
    held = sorted(
        workday_like(FIRST, LAST, n, salt=project.pk + 50)
        for n in range(outcome.sessions or SESSIONS[outcome.title])
    )
    sessions = world.add(
        (
            ServiceSession(
                district=world.district,
                project=project,
                number=n,
                held_on=day,
                place=world.community(n, project.pk + 60),
                topic=TOPICS[outcome.title],
                confirmed_at=at(day + dt.timedelta(days=2), 16),
                confirmed_by="社区（样本）",
            )
            for n, day in enumerate(held, start=1)
        ),
        what="service sessions",
    )
    records: list[ServiceRecord] = []
    if people:
        participants = world.add(
            (
                Participant(
                    district=world.district,
                    project=project,
                    person=person,
                    enrolled_on=sessions[n % len(sessions)].held_on,
                )
                for n, person in enumerate(people)
            ),
            what="participants",
        )
        visits = [(n % len(sessions), participant) for n, participant in enumerate(participants)]
        for n in range(RETURNS[outcome.title]):
            first, participant = visits[spread(n, len(participants), 71)]
            # a return is always to another session, so nobody is twice in one
            visits.append(((first + 1 + n // len(participants)) % len(sessions), participant))
        seen = set()
        for index, participant in visits:
            if (index, participant.pk) in seen:
                continue
            seen.add((index, participant.pk))
            records.append(_record(sessions[index], Measure.DIRECT, participant=participant))
    if outcome.indirect:
        for session, part in zip(sessions, _shares(outcome.indirect, len(sessions)), strict=True):
            records.append(_record(session, Measure.INDIRECT, quantity=part, basis="受助儿童家庭成员登记数"))
    covered = COVERED_EXACT.get(outcome.title, outcome.covered)
    if covered:
        for session, part in zip(sessions, _shares(covered, len(sessions)), strict=True):
            records.append(_record(session, Measure.COVERED, quantity=part, basis="现场清点与宣传覆盖户数"))
    world.add(records, what="service records")


def _record(session: ServiceSession, measure: Measure, **fields: object) -> ServiceRecord:
    return ServiceRecord(
        district=session.district,
        session=session,
        measure=measure,
        confirmed_at=session.confirmed_at,
        confirmed_by=session.confirmed_by,
        **fields,
    )


def _shares(total: int, parts: int) -> list[int]:
    """`total` in `parts` uneven shares, none of them empty, adding up exactly."""
    weights = [60 + spread(n, 80, 81) for n in range(parts)]
    shares = [max(1, total * weight // sum(weights)) for weight in weights]
    shares[-1] += total - sum(shares)
    return shares


def correction_after_the_reply(world: World) -> None:
    """On 3 August 2018 one child turned out to be entered twice: the reply's 410 is 409 from that day on."""
    project = world.kept["projects"]["儿童照护、陪护服务"]
    delivery.withdraw_participant(
        participant=project.participants.order_by("-pk").first(),
        moment=at(dt.date(2018, 8, 3), 10, 42),
        reason="两次登记写法不同，同一人被算作两人（样本更正）",
        actor=world.accounts["bureau"],
    )
