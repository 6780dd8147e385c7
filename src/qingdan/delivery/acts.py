"""Verbs of delivery: services are entered by those who give them, and count once others have confirmed them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from qingdan.calls.models import Project
from qingdan.core import clock, journal
from qingdan.core.actor import Actor
from qingdan.core.permits import Refused
from qingdan.core.tables import insert_columns, new_keys
from qingdan.delivery import queries
from qingdan.delivery.models import Measure, Participant, ServiceRecord, ServiceSession
from qingdan.delivery.permits import ENTERED, may_confirm_services, may_enter_services
from qingdan.directory.acts import find_or_register_person
from qingdan.directory.models import Place


@dataclass(frozen=True)
class Line:
    """A line of the ledger as it is entered: the session it belongs to, and who or how many were served.

    A person served directly is a participant already known, or a name with the resident number.
    """

    project: Project
    number: int
    held_on: dt.date
    place: Place
    topic: str
    measure: str
    quantity: int = 1
    basis: str = ""
    participant: Participant | None = None
    name: str = ""
    resident_id: str = ""


@transaction.atomic
def enter_services(lines: Sequence[Line], *, actor: Actor) -> int:
    """Enter lines of the ledger, with the sessions and participants that are new. They count once confirmed.

    One journal entry for each new session, participant and line. Raises `Refused` for a session that the actor may
    not enter, ValidationError for a person who does not fit, IntegrityError for a person twice in a session.
    """
    sessions = _sessions(lines, actor)
    participants = [_participant(line, actor) for line in lines]
    keys = new_keys(ServiceRecord, len(lines))
    made = [
        ServiceRecord(
            pk=key,
            district=actor.district,
            session=sessions[line.project.pk, line.number],
            measure=line.measure,
            participant=participant,
            quantity=1 if line.measure == Measure.DIRECT else line.quantity,
            basis=line.basis,
        )
        for key, line, participant in zip(keys, lines, participants, strict=True)
    ]
    names = ["id", "session_id", "measure", "participant_id", "quantity", "basis"]
    insert_columns(
        ServiceRecord,
        {name: [getattr(record, name) for record in made] for name in names},
        always={"district": actor.district},
    )
    journal.record_all(actor=actor, verb=ENTERED, subjects=made)
    return len(made)


def _sessions(lines: Sequence[Line], actor: Actor) -> dict[tuple[int, int], ServiceSession]:
    """The sessions of the lines, entered where they are new; each notes that this actor entered lines of it.

    Those that are there are locked, so that nobody confirms a session while lines of it come in.
    """
    wanted = {(line.project.pk, line.number): line for line in lines}
    there = ServiceSession.objects.filter(
        district=actor.district,
        project__in={project for project, _number in wanted},
        number__in={number for _project, number in wanted},
    )
    there = there.select_for_update(of=("self",)).select_related("project", "place").order_by("pk")
    found = {(one.project_id, one.number): one for one in there if (one.project_id, one.number) in wanted}
    for key, line in wanted.items():
        if key not in found:
            found[key] = ServiceSession(
                district=actor.district,
                project=line.project,
                number=line.number,
                held_on=line.held_on,
                place=line.place,
                topic=line.topic,
            )
        may_enter_services.require(actor, found[key])
        if found[key].pk is None:
            found[key].save(force_insert=True)
    touched = [found[key] for key in wanted]
    journal.record_all(actor=actor, verb=ENTERED, subjects=touched)
    return found


def _participant(line: Line, actor: Actor) -> Participant | None:
    if line.measure != Measure.DIRECT:
        return None
    if line.participant is not None:
        return line.participant
    person = find_or_register_person(
        actor=actor, name=line.name, resident_id=line.resident_id, community=line.place
    )
    participant, new = Participant.objects.get_or_create(
        district=actor.district, project=line.project, person=person, defaults={"enrolled_on": line.held_on}
    )
    if new:
        journal.record(actor=actor, verb="delivery.enrol", subject=participant)
    return participant


@transaction.atomic
def confirm_session(*, session: ServiceSession, actor: Actor) -> int:
    """Confirm a session and the lines of it that wait: from now on they count. Answers how many lines.

    Raises `Refused` when nothing waits, or when the actor entered lines of it.
    """
    held = ServiceSession.objects.select_for_update(of=("self",)).select_related("project", "place")
    locked = held.get(pk=session.pk)
    may_confirm_services.require(actor, locked)
    if not ServiceSession.objects.filter(queries.waiting(), pk=locked.pk).exists():
        raise Refused(_("Nothing of this session waits for confirmation."))
    waiting = ServiceRecord.objects.filter(
        session=locked, confirmed_at__isnull=True, withdrawn_at__isnull=True
    )
    now, by = clock.now(), actor.actor_label[:80]
    lines = waiting.update(confirmed_at=now, confirmed_by=by)
    if locked.confirmed_at is None:
        locked.confirmed_at, locked.confirmed_by = now, by
        locked.save(update_fields=["confirmed_at", "confirmed_by"])
    journal.record(actor=actor, verb="delivery.confirm", subject=locked, data={"lines": lines})
    return lines


def withdraw_participant(*, participant: Participant, moment: dt.datetime, reason: str, actor: Actor) -> int:
    """Take a participant entered by mistake out of the ledger from `moment` on; figures of earlier days stand.

    Returns how many service records were withdrawn. Raises `Refused` without a reason or when none stands.
    """
    if not reason.strip():
        raise Refused(_("Give a reason: it is kept with the record and shown to those concerned."))
    with transaction.atomic():
        standing = ServiceRecord.objects.select_for_update().filter(
            participant=participant, withdrawn_at__isnull=True, confirmed_at__isnull=False
        )
        keys = list(standing.values_list("pk", flat=True))
        if not keys:
            raise Refused(_("Nothing of this participant stands in the ledger."))
        ServiceRecord.objects.filter(pk__in=keys).update(withdrawn_at=moment, withdrawn_reason=reason)
        journal.record(
            actor=actor,
            verb="delivery.withdraw",
            subject=participant,
            reason=reason,
            data={"records": keys, "from": moment.isoformat()},
        )
    return len(keys)
