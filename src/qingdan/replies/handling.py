"""What is done with a proposal between its assignment and the letter: views, “not ours”, corrections, classes."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _now

from qingdan.core import clock, journal
from qingdan.core.actor import Actor
from qingdan.core.permits import Refused
from qingdan.directory.models import Agency, Place
from qingdan.documents.validating import validate
from qingdan.replies import periods, queries
from qingdan.replies.acts import Point
from qingdan.replies.models import (
    Assignment,
    AssignmentRole,
    Proposal,
    ProposalPoint,
    ReplyClassMeaning,
)
from qingdan.replies.permits import is_bureau, is_officer, may_speak_for_agency

# What may be put right after the registration; number, session and days stay as they were entered.
CORRECTABLE = ("title", "proposers", "cosigners", "text", "serial")


def _answered(proposal: Proposal) -> bool:
    return proposal.state in queries.ANSWERED


@transaction.atomic
def put_right(
    proposal: Proposal, *, actor: Actor, points: Sequence[Point] | None = None, **fields: Any
) -> Proposal:
    """Correct what was registered, and split the text into points, until the proposal is answered."""
    is_officer.require(actor, proposal)
    unknown = set(fields) - set(CORRECTABLE)
    if unknown:
        raise TypeError(f"not fields that are corrected: {sorted(unknown)}")
    locked = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if _answered(locked):
        raise Refused(_now("The proposal has been answered: it stays as it was registered."))
    changed = {
        name: [str(getattr(locked, name) or ""), str(value or "")]
        for name, value in fields.items()
        if getattr(locked, name) != value
    }
    for name, value in fields.items():
        setattr(locked, name, value)
    validate(locked)
    before = [(point.heading, point.text) for point in locked.points.all()]
    after = before if points is None else [(point.heading, point.text) for point in points]
    if after != before:
        changed["points"] = [str(len(before)), str(len(after))]
        locked.points.all().delete()
        for order, (heading, text) in enumerate(after, start=1):
            point = ProposalPoint(
                district=locked.district, proposal=locked, order=order, heading=heading, text=text
            )
            validate(point)
            point.save()
    if changed:
        locked.save()
        journal.record(actor=actor, verb="proposal.put_right", subject=locked, data=changed)
    proposal.refresh_from_db()
    return proposal


@transaction.atomic
def bring_in(
    proposal: Proposal, *, actor: Actor, agency: Agency, role: str = AssignmentRole.JOINT
) -> Assignment:
    """Give an assigned proposal to one more agency, jointly or separately."""
    is_officer.require(actor, proposal)
    locked = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if _answered(locked) or locked.lead_id is None:
        raise Refused(_now("An agency is brought in after the assignment and before the reply."))
    if role == AssignmentRole.LEAD:
        raise Refused(_now("A proposal has one lead agency."))
    day = clock.today()
    joint = role == AssignmentRole.JOINT
    # An agency that declined may be asked again: its row is used anew.
    made = locked.assignments.filter(agency=agency, declined_on__isnull=False).first() or Assignment(
        district=locked.district, proposal=locked, agency=agency
    )
    made.role, made.assigned_on = role, day
    made.due_on = max(day, periods.view_due(day, locked.clock)) if joint else locked.clock
    made.declined_on, made.decline_reason = None, ""
    validate(made)
    made.save()
    journal.record(
        actor=actor, verb="proposal.bring_in", subject=locked, data={"agency": agency.name, "role": role}
    )
    return made


@transaction.atomic
def record_view(assignment: Assignment, *, actor: Actor, view: str, on: dt.date | None = None) -> Assignment:
    """Keep the view of a joint agency, or the part of one that handles the matter separately: its own officer gives it,
    or the bureau enters what came on paper."""
    may_speak_for_agency.require(actor, assignment)
    locked = Assignment.objects.select_for_update().select_related("proposal", "agency").get(pk=assignment.pk)
    if locked.role == AssignmentRole.LEAD:
        raise Refused(_now("The lead agency writes the reply itself; the others give it their views."))
    if locked.declined_on is not None:
        raise Refused(_now("The agency has said that the matter is not its own."))
    if _answered(locked.proposal):
        raise Refused(_now("The proposal has been answered: a view comes too late."))
    day = on or clock.today()
    if day > clock.today():
        raise Refused(_now("This day is still to come."))
    if day < locked.assigned_on:
        raise Refused(_now("A view is given after the assignment."))
    if not view.strip():
        raise Refused(_now("Write the view: the lead agency answers with it."))
    was = locked.view
    locked.view, locked.view_on = view.strip(), day
    locked.save(update_fields=["view", "view_on"])
    journal.record(
        actor=actor,
        verb="proposal.record_view",
        subject=locked.proposal,
        data={"agency": locked.agency.name, "on": day} | ({"was": was} if was else {}),
    )
    assignment.refresh_from_db()
    return assignment


@transaction.atomic
def decline(assignment: Assignment, *, actor: Actor, reason: str) -> Assignment:
    """A joint or separate agency says that the matter is not its own; the lead's own word is the move `object`."""
    may_speak_for_agency.require(actor, assignment)
    locked = Assignment.objects.select_for_update().select_related("proposal", "agency").get(pk=assignment.pk)
    if locked.role == AssignmentRole.LEAD:
        raise Refused(_now("The lead agency gives the proposal back instead."))
    if _answered(locked.proposal):
        raise Refused(_now("The proposal has been answered: there is nothing left to decline."))
    if locked.declined_on is not None or locked.view_on is not None:
        raise Refused(
            _now("It is too late to decline: the agency has given its view, or has declined already.")
        )
    last = periods.objection_ends(locked.assigned_on)
    if clock.today() > last:
        raise Refused(
            _now("“Not ours” had to be said by %(day)s, %(n)d working days after the assignment.")
            % {"day": last.isoformat(), "n": periods.OBJECTION_WORKING_DAYS}
        )
    if not reason.strip():
        raise Refused(_now("Give a reason: it is kept with the record and shown to those concerned."))
    locked.declined_on, locked.decline_reason = clock.today(), reason.strip()[:300]
    locked.save(update_fields=["declined_on", "decline_reason"])
    journal.record(
        actor=actor,
        verb="proposal.decline",
        subject=locked.proposal,
        reason=reason,
        data={"agency": locked.agency.name},
    )
    assignment.refresh_from_db()
    return assignment


@dataclass(frozen=True)
class ClassMeaning:
    """What a class means, and whether such a reply counts as taking the proposal up."""

    meaning: str
    taken_up: bool = False


@transaction.atomic
def set_classes(
    *, actor: Actor, year: int, meanings: Mapping[str, ClassMeaning], basis: str = ""
) -> list[ReplyClassMeaning]:
    """Say what the classes mean from a year on; the rows of that year are replaced, other years stay."""
    is_bureau.require(actor)
    given = {letter: one for letter, one in meanings.items() if one.meaning.strip()}
    if not given:
        raise Refused(_now("Give the meaning of at least one class."))
    before = ReplyClassMeaning.objects.filter(district=actor.district, year=year)
    was = {row.reply_class: row.meaning for row in before}
    before.delete()
    made = []
    for letter, one in sorted(given.items()):
        row = ReplyClassMeaning(
            district=actor.district,
            year=year,
            reply_class=letter,
            meaning=one.meaning.strip(),
            taken_up=one.taken_up,
            basis=basis.strip(),
        )
        validate(row)
        row.save()
        made.append(row)
    home = Place.objects.filter(code=actor.district).order_by("pk").first()
    journal.record(
        actor=actor,
        verb="proposal.set_classes",
        subject=home or made[0],
        district=actor.district,
        data={"year": year, "classes": {row.reply_class: row.meaning for row in made}, "was": was},
    )
    return made
