"""Lifecycles: a readable table of moves for each noun. A state changes here and nowhere else.

    LETTER = Lifecycle(
        "letter", LetterState,
        Move("submit", DRAFT, SUBMITTED, by=is_author, when=has_text, label=_("Submit for signing")),
        Move("issue", SIGNED, ISSUED, by=is_office, effect=freeze_readings, label=_("Issue")),
    )

Buttons, API actions, journal verbs, the printed diagram and the role × state test all read this table.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import journal
from qingdan.core.actor import Actor
from qingdan.core.permits import Answer, No, Permit, Refused, anyone
from qingdan.core.pii import BlindIndexField
from qingdan.core.search import Bigrams
from qingdan.core.tables import insert_columns, new_keys

Effect = Callable[..., dict[str, Any] | None]


@dataclass(frozen=True)
class Move:
    """One verb: from one or several states to another.

    `by` says who may, `when` whether the record is ready for it; both answer with a reason. `effect` runs inside
    the move's transaction with `(record, actor=…, reason=…, **details)` and may return details for the journal.
    """

    verb: str
    source: str | tuple[str, ...]
    target: str
    label: Any
    by: Permit = anyone
    when: Permit = anyone
    effect: Effect | None = None
    needs_reason: bool = False
    warns: Any = ""  # what will happen, said before a move that cannot be taken back

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.source,) if isinstance(self.source, str) else tuple(self.source)

    @property
    def details(self) -> tuple[str, ...]:
        """What the effect wants to know besides actor and reason; a form of its own asks for it."""
        if self.effect is None:
            return ()
        named = inspect.signature(self.effect).parameters.values()
        return tuple(
            one.name for one in named if one.kind is one.KEYWORD_ONLY and one.name not in {"actor", "reason"}
        )


@dataclass(frozen=True)
class Offer:
    """A move as it stands for one record and one actor: possible, or why not."""

    move: Move
    answer: Answer

    @property
    def possible(self) -> bool:
        return bool(self.answer)

    @property
    def reason(self) -> Any:
        return self.answer.reason


@dataclass(frozen=True, init=False)
class Lifecycle:
    name: str
    states: type[models.TextChoices]
    moves: tuple[Move, ...]
    field_name: str = field(default="state")

    def __init__(
        self, name: str, states: type[models.TextChoices], *moves: Move, field_name: str = "state"
    ) -> None:
        verbs = [move.verb for move in moves]
        if len(set(verbs)) != len(verbs):
            raise ValueError(f"{name}: a verb is declared twice")
        known = set(states.values)
        for move in moves:
            strange = {*move.sources, move.target} - known
            if strange:
                raise ValueError(f"{name}: {move.verb} names unknown states {sorted(strange)}")
        for key, value in (("name", name), ("states", states), ("moves", moves), ("field_name", field_name)):
            object.__setattr__(self, key, value)

    def __iter__(self) -> Iterator[Move]:
        return iter(self.moves)

    def __getitem__(self, verb: str) -> Move:
        for move in self.moves:
            if move.verb == verb:
                return move
        raise KeyError(f"{self.name} has no move {verb!r}")

    def state_of(self, record: models.Model) -> str:
        return str(getattr(record, self.field_name))

    def offers(self, record: models.Model, actor: Any) -> list[Offer]:
        """The moves that leave the record's state, each with yes or the reason why not.

        A move that this actor may never do is left out when its permit says no; a move that is only not ready
        stays, with its reason.
        """
        state = self.state_of(record)
        found = []
        for move in self.moves:
            if state in move.sources and move.by(actor, record):
                found.append(Offer(move, move.when(actor, record)))
        return found

    def may(self, verb: str, record: models.Model, actor: Any) -> Answer:
        move, state = self[verb], self.state_of(record)
        if state not in move.sources:
            return No(
                _now("Not possible now: the record is “%(state)s”.") % {"state": self.states(state).label}
            )
        return move.by(actor, record) and move.when(actor, record)

    def move(
        self, record: Any, verb: str, *, actor: Actor, reason: str = "", **details: Any
    ) -> journal.JournalEntry:
        """Lock the row, check guard and permit on the locked row, run the effect, write state and journal.

        Raises `Refused` with the reason; nothing is changed then.
        """
        move = self[verb]
        if move.needs_reason and not reason.strip():
            raise Refused(_("Give a reason: it is kept with the record and shown to those concerned."))
        with transaction.atomic():
            locked = type(record)._base_manager.select_for_update().get(pk=record.pk)
            before = self.state_of(locked)
            if before not in move.sources:
                raise Refused(
                    _now("Not possible now: the record is “%(state)s”.")
                    % {"state": self.states(before).label}
                )
            move.by.require(actor, locked)
            move.when.require(actor, locked)
            setattr(locked, self.field_name, move.target)
            said = move.effect(locked, actor=actor, reason=reason, **details) if move.effect else None
            locked.save()
            entry = journal.record(
                actor=actor,
                verb=f"{self.name}.{verb}",
                subject=locked,
                before=before,
                after=move.target,
                reason=reason,
                data=said or {},
            )
        record.refresh_from_db()
        return entry

    def begin(self, record: Any, *, actor: Actor, **data: Any) -> Any:
        """Save a new record in its first state and write the first journal entry."""
        with transaction.atomic():
            record.save(force_insert=True)
            journal.record(
                actor=actor, verb=f"{self.name}.begin", subject=record, after=self.state_of(record), data=data
            )
        return record

    def begin_all(
        self, records: Sequence[Any], *, actor: Actor, data: Sequence[dict[str, Any]] | None = None
    ) -> None:
        """`begin` for many new records of one kind that were checked before: written together, one entry each.

        The records get their keys; `save` is not called and constraints are the database's to refuse.
        """
        if not records:
            return
        model = type(records[0])
        names = [field.attname for field in model._meta.concrete_fields if not _is_stamp(field)]
        columns = {name: [getattr(record, name) for record in records] for name in names}
        del columns[model._meta.pk.attname]
        keys = self.begin_rows(model, columns, list(map(str, records)), actor=actor, data=data)
        for record, key in zip(records, keys, strict=True):
            record.pk = key

    def begin_rows(
        self,
        model: type[models.Model],
        columns: Mapping[str, Sequence[Any]],
        labels: Sequence[str],
        *,
        actor: Actor,
        always: Mapping[str, Any] | None = None,
        data: Sequence[dict[str, Any]] | None = None,
    ) -> Sequence[int]:
        """`begin_all` for records given by columns, as a table has them; answers their keys.

        All begin in one state, that of the column, of `always` or the first one; `labels` are what the journal calls
        each.
        """
        always = always or {}
        states = columns.get(self.field_name) or [always.get(self.field_name, self.states.values[0])]
        with transaction.atomic():
            keys = new_keys(model, len(labels))
            insert_columns(model, {model._meta.pk.attname: keys, **columns}, always=always)
            journal.record_rows(
                model, keys, labels, actor=actor, verb=f"{self.name}.begin", after=str(states[0]), data=data
            )
        return keys

    def diagram(self) -> str:
        """The table as a Mermaid state diagram."""
        lines = ["stateDiagram-v2"]
        for move in self.moves:
            lines += [f"    {source} --> {move.target}: {move.verb}" for source in move.sources]
        return "\n".join(lines)


def _is_stamp(field: models.Field[Any, Any]) -> bool:
    """Set by the database's writer: moments of creation and change, and what is made from other fields."""
    return bool(
        getattr(field, "auto_now", False)
        or getattr(field, "auto_now_add", False)
        or isinstance(field, BlindIndexField | Bigrams)
    )


_registered: dict[str, Lifecycle] = {}


def register(lifecycle: Lifecycle, model: type[models.Model]) -> Lifecycle:
    """Make a lifecycle known to pages, the API, documents and the tests that walk all of them."""
    _registered[model._meta.label_lower] = lifecycle
    return lifecycle


def lifecycle_of(model: type[models.Model] | models.Model) -> Lifecycle | None:
    return _registered.get(model._meta.label_lower)


def registered() -> Iterable[tuple[str, Lifecycle]]:
    return sorted(_registered.items())
