"""What rests on a document: records that name it, of every room, and what must be examined again when it ends.

A room whose records point at a document or clause by a field of their own says so once, in its `apps.ready`:

    reliance.provide("rules", lambda document: RuleEdition.objects.filter(clause__document=document),
                     clause=lambda edition: edition.clause)

Others are noted with `acts.rely`. Either way the reader sees only what its own room shows to that reader.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet

from qingdan.core import access, markup
from qingdan.policies.models import Clause, NormativeDocument, Reliance

Records = Callable[[NormativeDocument], QuerySet[Any]]
ClauseOf = Callable[[Any], Clause | None]


@dataclass(frozen=True)
class Provider:
    records: Records
    clause: ClauseOf
    note: Callable[[Any], Any]


@dataclass(frozen=True)
class Resting:
    """One record that rests on a document: its kind, its name, its page, the clause it names."""

    kind: Any
    record: Model
    url: str
    clause_id: int | None
    note: Any
    reliance: Reliance | None = None


@dataclass(frozen=True)
class Rest:
    """Everything that rests on a document, as one reader sees it; `hidden` counts what is not open to them."""

    shown: tuple[Resting, ...]
    hidden: int

    def on_clause(self, clause_id: int) -> list[Resting]:
        return [one for one in self.shown if one.clause_id == clause_id]


_providers: dict[str, Provider] = {}


def provide(
    name: str,
    records: Records,
    *,
    clause: ClauseOf = lambda record: None,
    note: Callable[[Any], Any] = lambda record: "",
) -> None:
    """Let a room answer for its own records; the name is unique, and giving it anew replaces the answer."""
    _providers[name] = Provider(records, clause, note)


def withdraw(name: str) -> None:
    """Forget a room's answer."""
    _providers.pop(name, None)


def on(document: NormativeDocument, actor: Any) -> Rest:
    """What rests on the document; one query a kind of record, whatever their number."""
    shown: list[Resting] = []
    hidden = 0
    noted: dict[str, list[Reliance]] = defaultdict(list)
    for reliance in document.reliances.filter(until__isnull=True):
        noted[reliance.record_type].append(reliance)
    for label, rows in sorted(noted.items()):
        model = apps.get_model(label)
        records = access.visible(model, actor).in_bulk([row.record_id for row in rows])
        found = {str(key): record for key, record in records.items()}
        for row in rows:
            if record := found.get(row.record_id):
                shown.append(
                    Resting(
                        model._meta.verbose_name,
                        record,
                        markup.address_of(record),
                        row.clause_id,
                        row.note,
                        row,
                    )
                )
            else:
                hidden += 1
    for _name, provider in sorted(_providers.items()):
        found_records = provider.records(document)
        model = found_records.model
        open_to = set(
            access.visible(model, actor)
            .filter(pk__in=found_records.values("pk"))
            .values_list("pk", flat=True)
        )
        for record in found_records:
            if record.pk not in open_to:
                hidden += 1
                continue
            clause = provider.clause(record)
            shown.append(
                Resting(
                    model._meta.verbose_name,
                    record,
                    markup.address_of(record),
                    clause.pk if clause else None,
                    provider.note(record),
                )
            )
    return Rest(tuple(shown), hidden)
