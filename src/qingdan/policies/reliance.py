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
from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet

from qingdan.core import access, clock, markup
from qingdan.policies import queries
from qingdan.policies.models import Clause, ClauseText, NormativeDocument, Reliance

Records = Callable[[NormativeDocument], QuerySet[Any]]
# The clause itself, or its number in the wording shown (第三条（二）), for records that name it in words.
ClauseOf = Callable[[Any], Clause | str | None]


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
    clause_is_gone: bool = False


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
    texts = list(queries.texts_now(document))
    standing = {text.clause_id for text in texts}
    numbered = {text.full_number: text.clause_id for text in texts if text.number}
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
                        row.clause_id is not None and row.clause_id not in standing,
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
            named = provider.clause(record)
            clause_id = None
            if isinstance(named, str):
                clause_id = numbered.get(named)
            elif named is not None:
                clause_id = named.pk
            shown.append(
                Resting(
                    model._meta.verbose_name,
                    record,
                    markup.address_of(record),
                    clause_id,
                    provider.note(record),
                    clause_is_gone=bool(named) and clause_id not in standing,
                )
            )
    return Rest(tuple(shown), hidden)


def to_examine(documents: QuerySet[NormativeDocument]) -> list[tuple[NormativeDocument, int]]:
    """Documents that ended, or lost a clause, while records still rest on that, with how many; two queries."""
    today = clock.today()
    ended = Q(document__ended_on__lte=today)
    gone = Q(clause__isnull=False) & ~Exists(
        ClauseText.objects.filter(clause=OuterRef("clause"), version=OuterRef("document__current"))
    )
    left = Reliance.objects.filter(ended | gone, document__in=documents, until__isnull=True)
    counts = dict(left.order_by().values_list("document").annotate(Count("pk")))
    known = NormativeDocument.objects.in_bulk(list(counts))
    return [(known[key], counts[key]) for key in sorted(counts)]
