"""Acts on several ticked records: foreseen for each, then carried out one by one, each in its own transaction."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Model

from qingdan.core.lifecycle import Lifecycle
from qingdan.core.permits import Answer, Permit, Refused, Yes, anyone

Act = Callable[..., Any]  # act(record, actor=…, reason=…)


@dataclass(frozen=True)
class Bulk:
    """A verb for many: `may(actor, record)` foresees the answer for one record, `act` does it or raises `Refused`."""

    key: str
    label: Any
    act: Act
    may: Callable[[Any, Any], Answer] = lambda actor, record: Yes()
    to: Permit = anyone  # who sees the verb at all
    needs_reason: bool = False
    warns: Any = ""

    @classmethod
    def of_move(cls, lifecycle: Lifecycle, verb: str, *, to: Permit = anyone) -> "Bulk":
        """A lifecycle's move for several records; one that asks for details is done one by one, in its form."""
        move = lifecycle[verb]
        if move.details:
            raise ValueError(
                f"{lifecycle.name}.{verb} asks for {', '.join(move.details)}: not for many at once"
            )

        def act(record: Any, *, actor: Any, reason: str = "") -> Any:
            return lifecycle.move(record, verb, actor=actor, reason=reason)

        def may(actor: Any, record: Any) -> Answer:
            return lifecycle.may(verb, record, actor)

        return cls(verb, move.label, act, may, to, move.needs_reason, move.warns)

    def open_to(self, actor: Any) -> bool:
        return bool(self.to(actor, None))


@dataclass(frozen=True)
class Outcome:
    """For how many records an act is possible, or was done; and the reasons for the others."""

    bulk: Bulk
    possible: tuple[Model, ...]
    refused: tuple[tuple[Model, str], ...]
    done: tuple[Model, ...] = ()
    carried_out: bool = False
    complaint: str = field(default="")

    @classmethod
    def foresee(cls, bulk: Bulk, records: list[Any], actor: Any) -> "Outcome":
        possible, refused = [], []
        for record in records:
            answer = bulk.may(actor, record)
            if answer:
                possible.append(record)
            else:
                refused.append((record, str(answer.reason)))
        return cls(bulk, tuple(possible), tuple(refused))

    def carry_out(self, actor: Any, *, reason: str = "") -> "Outcome":
        """Do it for those for which it is possible; one refusal does not stop the others."""
        if self.bulk.needs_reason and not reason.strip():
            return replace(self, complaint="reason")
        done, refused = [], list(self.refused)
        for record in self.possible:
            try:
                self.bulk.act(record, actor=actor, reason=reason)
            except Refused as error:
                refused.append((record, str(error.reason)))
            else:
                done.append(record)
        return replace(self, done=tuple(done), refused=tuple(refused), carried_out=True)

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Each reason of refusal with the number of records, the most frequent first."""
        return Counter(reason for _record, reason in self.refused).most_common()
