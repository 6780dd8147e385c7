"""The service ledger (服务台账) as an Excel table: a line a row, the session named in each.

Lines come in unconfirmed and count once the community, the street or the bureau has confirmed their session. Names and
resident numbers go in only; going out, a participant is a number.
"""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qingdan.calls.models import Project
from qingdan.core import clock, identifiers
from qingdan.core.tables import Batch, Column, Kind, Table, kinds
from qingdan.delivery import acts, queries
from qingdan.delivery.models import Measure, Participant, ServiceRecord, ServiceSession
from qingdan.delivery.permits import may_enter_services
from qingdan.directory.models import Person, Place

_EXAMPLE = "（示例，请删去）课后照护"


def _resident_id(text: str) -> str:
    return identifiers.parse_resident_id(text, today=clock.today()).number


def _row(row: dict[str, Any]) -> None:
    told = row["name"] or row["resident_id"]
    if row["measure"] == Measure.DIRECT:
        if row["participant"] and told:
            raise ValidationError(
                {"participant": _now("Give the participant's number, or name and resident number, not both.")}
            )
        if not row["participant"] and not (row["name"] and row["resident_id"]):
            raise ValidationError(
                {
                    "name": _now(
                        "A person served directly has a name and a resident number, or a participant's number."
                    )
                }
            )
        if row["quantity"] not in (None, 1):
            raise ValidationError({"quantity": _now("One person served directly a line.")})
        return
    if told or row["participant"]:
        raise ValidationError({"measure": _now("Only persons served directly are named.")})
    if not row["quantity"]:
        raise ValidationError({"quantity": _now("How many persons?")})
    if not row["basis"]:
        raise ValidationError({"basis": _now("Say on what basis they were counted.")})


class _Ledger:
    """What the rows of one file are held against; remembers sessions and lines that came earlier in the file."""

    def __init__(self, actor: Any) -> None:
        self.actor = actor
        self.projects = {one.number: one for one in Project.objects.filter(district=actor.district)}
        self.places: dict[str, Place] = {}
        self.ambiguous: set[str] = set()
        found = Place.objects.filter(district=actor.district).valid_on(clock.today()).select_related("parent")
        for place in found:
            for name in {place.code, place.full_name, place.name, place.short_name}:
                if name in self.places:
                    self.ambiguous.add(name)
                self.places[name] = place
        self.index_of = Person._meta.get_field("resident_id_index").index_of
        self.told: dict[tuple[int, int], tuple[Any, int]] = {}
        self.lines: dict[tuple[Any, ...], int] = {}

    def check(self, batch: Batch) -> None:
        sessions = self._sessions(batch)
        people = self._participants(batch)
        standing = self._standing(sessions)
        for index, row in enumerate(batch.dicts()):
            project, place = self.projects.get(row["project"]), self.places.get(row["place"])
            if project is None:
                batch.refuse(index, _now("There is no project of this number."), "project")
            if place is None:
                batch.refuse(
                    index,
                    _now("“%(name)s” is no place of the directory; write its name or code.")
                    % {"name": row["place"][:40]},
                    "place",
                )
            elif row["place"] in self.ambiguous:
                batch.refuse(
                    index,
                    _now("Two places are called “%(name)s”; write the code.") % {"name": row["place"][:40]},
                    "place",
                )
            if project is None or place is None or index in batch.refused:
                continue
            self._check_session(batch, index, row, project, place, sessions)
            participant = people.get(row["participant"])
            if row["participant"] and (participant is None or participant.project_id != project.pk):
                batch.refuse(index, _now("This project has no participant of this number."), "participant")
            if index not in batch.refused:
                self._check_double(batch, index, row, project, standing)

    def _check_session(
        self,
        batch: Batch,
        index: int,
        row: dict[str, Any],
        project: Project,
        place: Place,
        sessions: dict[tuple[int, int], ServiceSession],
    ) -> None:
        key = project.pk, row["number"]
        session = sessions.get(key) or ServiceSession(
            district=self.actor.district, project=project, place=place, held_on=row["held_on"]
        )
        answer = may_enter_services(self.actor, session)
        if not answer:
            batch.refuse(index, answer.reason, "project")
            return
        said = row["held_on"], place.pk
        if session.pk is not None:
            if (session.held_on, session.place_id) != said:
                words = _now("Session %(number)d was held on %(day)s at %(place)s, says the ledger.")
                given = {"number": session.number, "day": session.held_on, "place": session.place.full_name}
                batch.refuse(index, words % given, "number")
            return
        earlier, line = self.told.setdefault(key, (said, batch.numbers[index]))
        if earlier != said:
            words = _now("Row %(row)d gives another day or place for this session.")
            batch.refuse(index, words % {"row": line}, "number")

    def _check_double(
        self,
        batch: Batch,
        index: int,
        row: dict[str, Any],
        project: Project,
        standing: set[tuple[Any, ...]],
    ) -> None:
        if row["measure"] == Measure.DIRECT:
            # By the keyed index: nobody needs to see a number to find it twice.
            who: tuple[Any, ...] = (row["participant"] or self.index_of(row["resident_id"]),)
        else:
            who = (row["basis"], row["quantity"])
        key = (project.pk, row["number"], row["measure"], *who)
        if key in standing:
            batch.refuse(index, _now("This line stands in the ledger already."))
            return
        earlier = self.lines.setdefault(key, batch.numbers[index])
        if earlier != batch.numbers[index]:
            batch.refuse(index, _now("The same line stands in row %(row)d already.") % {"row": earlier})

    def _sessions(self, batch: Batch) -> dict[tuple[int, int], ServiceSession]:
        wanted = {self.projects[number].pk for number in batch["project"] if number in self.projects}
        found = ServiceSession.objects.filter(district=self.actor.district, project__in=wanted)
        numbers = set(batch["number"])
        return {
            (one.project_id, one.number): one
            for one in found.select_related("project", "place__parent")
            if one.number in numbers
        }

    def _participants(self, batch: Batch) -> dict[int, Participant]:
        keys = {key for key in batch["participant"] if key}
        return Participant.objects.filter(district=self.actor.district).in_bulk(keys)

    def _standing(self, sessions: dict[tuple[int, int], ServiceSession]) -> set[tuple[Any, ...]]:
        """The lines of these sessions that were not withdrawn, as keys of rows."""
        found = ServiceRecord.objects.filter(
            session__in=[one.pk for one in sessions.values()], withdrawn_at__isnull=True
        ).select_related("session", "participant__person")
        keys: set[tuple[Any, ...]] = set()
        for one in found:
            start = (one.session.project_id, one.session.number, one.measure)
            if one.participant is None:
                keys.add((*start, one.basis, one.quantity))
                continue
            keys |= {(*start, one.participant_id), (*start, one.participant.person.resident_id_index)}
        return keys

    def save(self, batch: Batch, by: Any) -> None:
        people = self._participants(batch)
        lines = [
            acts.Line(
                **{
                    **row,
                    "project": self.projects[row["project"]],
                    "place": self.places[row["place"]],
                    "quantity": row["quantity"] or 1,
                    "participant": people.get(row["participant"]),
                }
            )
            for row in batch.dicts()
        ]
        acts.enter_services(lines, actor=by)


def records_table(actor: Any) -> Table:
    """The ledger as this actor may fill it."""
    ledger = _Ledger(actor)
    return Table(
        "service-records",
        _("Service records"),
        (
            Column(
                "project",
                _("number of the project"),
                Kind.CODE,
                required=True,
                max_length=32,
                aliases=("项目编号",),
            ),
            Column("number", _("session number"), Kind.INTEGER, required=True, minimum=1, maximum=100_000),
            Column("held_on", _("held on"), Kind.DATE, required=True, maximum=clock.today()),
            Column(
                "place",
                _("place"),
                required=True,
                max_length=80,
                note=_("Name or code of a street or community of the directory."),
            ),
            Column("topic", _("topic"), required=True, max_length=120, width=30, example=_EXAMPLE),
            Column("measure", _("measure"), Kind.CHOICE, required=True, choices=Measure.choices),
            Column(
                "participant",
                _("participant's number"),
                Kind.INTEGER,
                minimum=1,
                maximum=10**12,
                note=_("As the export gives it; for somebody new write name and resident number."),
            ),
            Column("name", pgettext_lazy("person", "name"), max_length=60, clean=identifiers.clean_name),
            Column("resident_id", _("resident number"), Kind.CODE, clean=_resident_id),
            Column("quantity", _("persons"), Kind.INTEGER, minimum=1, maximum=1_000_000),
            Column(
                "basis",
                _("basis of the count"),
                max_length=120,
                note=_("For persons who benefit indirectly or are covered: how they were counted."),
            ),
        ),
        check_row=_row,
        check_batch=ledger.check,
        save=ledger.save,
        note=_(
            "One line of the ledger a row. Lines count once the community, the street or the bureau has confirmed their"
            " session."
        ),
    )


def record_rows(actor: Any) -> Iterator[tuple[Any, ...]]:
    """The lines that the actor may see, without those withdrawn; participants by number."""
    found = queries.records(actor).filter(withdrawn_at__isnull=True)
    found = found.select_related("session__project", "session__place")
    for one in found.order_by("session__project__number", "session__number", "pk").iterator(2_000):
        yield (
            one.session.project.number,
            one.session.number,
            one.session.held_on,
            one.session.place.code,
            one.session.topic,
            one.measure,
            one.participant_id,
            "",
            "",
            one.quantity,
            one.basis,
        )


RECORDS = kinds.add(
    kinds.Kind(
        "service-records", _("Service records"), records_table, rows=record_rows, may=may_enter_services
    )
)
