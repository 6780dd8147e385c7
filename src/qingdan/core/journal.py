"""The journal: one entry for each change of state, in the same transaction, never altered.

Entries of a district form a chain: each hash (SM3, GB/T 32905-2016) covers every column of its entry and the
hash before it. The database itself refuses UPDATE, DELETE and TRUNCATE (triggers in migration 0002). A copy of
the head outside the database (`anchor`) shows when the tail was cut off.

An entry's time is always the real one. Where acts take place on another day, as in a sample, the details name it
(`day`), so that pages can tell a story on the days of which it speaks: `day_of`.
"""

import datetime as dt
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives import hashes
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.utils import timezone

from qingdan.core import clock
from qingdan.core.actor import Actor
from qingdan.core.models import JournalEntry, JournalHead
from qingdan.core.tables import insert_columns

GENESIS = "0" * 64
_PLAIN = {str, int, bool}
_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class Subject(NamedTuple):
    """The record that an entry is about."""

    type: str
    id: str
    label: str


def sm3(data: bytes) -> str:
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize().hex()


def record(
    *,
    actor: Actor,
    verb: str,
    subject: models.Model,
    district: str | None = None,
    before: str = "",
    after: str = "",
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> JournalEntry:
    """Append one entry. Must run inside the transaction of the change that it records."""
    code = district or getattr(subject, "district", "") or actor.district
    head = _locked_head(code)
    of = Subject(subject._meta.label_lower, str(subject.pk), str(subject)[:200])
    columns = _next(head, actor, verb, of, before=before, after=after, reason=reason, data=data)
    entry = JournalEntry(**columns)
    entry.save(force_insert=True)
    head.save(update_fields=["sequence", "hash"])
    return entry


def record_all(
    *,
    actor: Actor,
    verb: str,
    subjects: Sequence[models.Model],
    after: str = "",
    data: Sequence[dict[str, Any]] | None = None,
) -> None:
    """One entry for each of many records of one kind and the actor's district, in order; `data`: details of each."""
    if subjects:
        keys, labels = [subject.pk for subject in subjects], list(map(str, subjects))
        record_rows(type(subjects[0]), keys, labels, actor=actor, verb=verb, after=after, data=data)


def record_rows(
    model: type[models.Model],
    keys: Sequence[Any],
    labels: Sequence[str],
    *,
    actor: Actor,
    verb: str,
    after: str = "",
    data: Sequence[dict[str, Any]] | None = None,
) -> None:
    """As `record_all`, for records known by key and label only.

    The same chain as by single entries: the head is locked once and the entries go in together.
    """
    head = _locked_head(actor.district)
    entries = [
        _next(
            head, actor, verb, Subject(model._meta.label_lower, str(key), label[:200]), after=after, data=said
        )
        for key, label, said in zip(keys, labels, data or repeat({}, len(keys)), strict=True)
    ]
    if entries:
        insert_columns(JournalEntry, {name: [entry[name] for entry in entries] for name in entries[0]})
        head.save(update_fields=["sequence", "hash"])


def _locked_head(district: str) -> JournalHead:
    if not connection.in_atomic_block:
        raise RuntimeError("a journal entry belongs into the transaction of its change")
    JournalHead.objects.get_or_create(district=district, defaults={"sequence": 0, "hash": GENESIS})
    return JournalHead.objects.select_for_update().get(district=district)


def _next(
    head: JournalHead,
    actor: Actor,
    verb: str,
    subject: Subject,
    *,
    before: str = "",
    after: str = "",
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The columns of the entry that follows the head, hashed; the head in memory moves on to it."""
    said = data or {}
    if lived := clock.day_lived():
        said = {"day": lived, **said}
    columns: dict[str, Any] = {
        "district": head.district,
        "sequence": head.sequence + 1,
        "at": timezone.now(),
        "actor_key": actor.actor_key,
        "actor_label": actor.actor_label,
        "verb": verb,
        "subject_type": subject.type,
        "subject_id": subject.id,
        "subject_label": subject.label,
        "before": before,
        "after": after,
        "reason": reason,
        "data": _as_json(said),
        "previous_hash": head.hash,
    }
    columns["hash"] = _hash(columns)
    head.sequence, head.hash = columns["sequence"], columns["hash"]
    return columns


def _as_json(data: dict[str, Any]) -> dict[str, Any]:
    """The details as the database gives them back."""
    if {*map(type, data), *map(type, data.values())} <= _PLAIN:
        return data
    return dict(json.loads(json.dumps(data, cls=DjangoJSONEncoder)))


def day_of(entry: JournalEntry) -> dt.date:
    """The district's day of an act."""
    day = entry.data.get("day")
    return dt.date.fromisoformat(day) if day else timezone.localtime(entry.at).date()


def entry_hash(entry: JournalEntry) -> str:
    """SM3 over every column but the database's own id and the hash itself, in a canonical form."""
    names = (field.attname for field in JournalEntry._meta.concrete_fields)
    return _hash({name: getattr(entry, name) for name in names if name not in {"id", "hash"}})


def _hash(columns: dict[str, Any]) -> str:
    at = columns["at"].astimezone(dt.UTC).isoformat(timespec="microseconds")
    return sm3(_canonical.encode(columns | {"at": at}).encode())


def history(subject: models.Model) -> models.QuerySet[JournalEntry]:
    """The entries about one record, newest first."""
    return JournalEntry.objects.filter(
        subject_type=subject._meta.label_lower, subject_id=str(subject.pk)
    ).order_by("-id")


@dataclass(frozen=True)
class Fault:
    district: str
    sequence: int
    problem: str


def verify(district: str | None = None, progress: Callable[[int], None] = lambda _n: None) -> Iterator[Fault]:
    """Walk each chain and yield what does not hold. Nothing yielded means the journal is whole.

    `progress` is told how many entries were read since it was last told.
    """
    heads = JournalHead.objects.all()
    if district:
        heads = heads.filter(district=district)
    known = {head.district: head for head in heads}
    orphans = JournalEntry.objects.exclude(district__in=known).values_list("district", flat=True)
    for code in () if district else sorted(set(orphans)):
        yield Fault(code, 0, "entries without a head: the head was removed")
    for code, head in sorted(known.items()):
        yield from _verify_chain(code, head, progress)


def _verify_chain(code: str, head: JournalHead, progress: Callable[[int], None]) -> Iterator[Fault]:
    expected_sequence, previous = 1, GENESIS
    anchors = read_anchors(code)
    seen: dict[int, str] = {}
    entries = JournalEntry.objects.filter(district=code).order_by("sequence", "id")
    for entry in entries.iterator(chunk_size=2000):
        if entry.sequence != expected_sequence:
            yield Fault(
                code, entry.sequence, f"expected number {expected_sequence}: an entry is missing or doubled"
            )
        if entry.previous_hash != previous:
            yield Fault(code, entry.sequence, "does not continue the entry before it")
        if entry.hash != entry_hash(entry):
            yield Fault(code, entry.sequence, "was altered: its hash does not cover its columns")
        if entry.sequence in anchors:
            seen[entry.sequence] = entry.hash
        expected_sequence, previous = entry.sequence + 1, entry.hash
        progress(1)
    if (head.sequence, head.hash) != (expected_sequence - 1, previous):
        yield Fault(
            code,
            head.sequence,
            "the head does not match the last entry: the tail was cut or the head altered",
        )
    for sequence, value in sorted(anchors.items()):
        if seen.get(sequence) != value:
            yield Fault(code, sequence, "does not match the anchor kept outside the database")


def _anchor_file(code: str) -> Path:
    return Path(settings.DATA) / "anchors" / f"journal-{code}.jsonl"


def anchor(district: str) -> dict[str, Any] | None:
    """Write the present head to a file outside the database; back it up or send it elsewhere."""
    head = JournalHead.objects.filter(district=district).first()
    if head is None or head.sequence == 0:
        return None
    line = {"sequence": head.sequence, "hash": head.hash, "at": timezone.now().isoformat(timespec="seconds")}
    path = _anchor_file(district)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return line


def read_anchors(district: str) -> dict[int, str]:
    path = _anchor_file(district)
    if not path.exists():
        return {}
    lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return {int(line["sequence"]): str(line["hash"]) for line in lines}


__all__ = [
    "Fault",
    "anchor",
    "day_of",
    "entry_hash",
    "history",
    "record",
    "record_all",
    "record_rows",
    "verify",
]
