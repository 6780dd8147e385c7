"""Why a figure of an issued letter differs from today's records: which records came, went or were changed.

A reading keeps the keys of its records, so the two sets can be compared; the journal and the records' own dates say
who changed what, when and why.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _

from qingdan.core import access, figures, journal
from qingdan.core.figures import FigureError, scope_of
from qingdan.core.models import JournalEntry, Reading
from qingdan.core.pieces import local_day

SHOWN = 20  # records told of each kind; the rest are counted
_READ = 500  # keys in one query
_ENTRIES = 2000  # entries looked through

WORDS = {"added": _("added since"), "gone": _("no longer counted"), "changed": _("changed since")}


@dataclass(frozen=True)
class Change:
    """One record that makes the difference. `url` is empty when this reader may not open it."""

    kind: str  # added, gone, changed
    label: str
    url: str
    day: dt.date | None
    reason: str
    entry: JournalEntry | None

    @property
    def word(self) -> Any:
        return WORDS[self.kind]


@dataclass(frozen=True)
class Why:
    """What was found. Nothing found means that the definition of the figure has changed, not its records."""

    added: int
    gone: int
    changed: int
    changes: tuple[Change, ...]

    @property
    def found(self) -> bool:
        return bool(self.added or self.gone or self.changed)

    @property
    def more(self) -> int:
        return self.added + self.gone + self.changed - len(self.changes)


def why(reading: Reading, today: dt.date, actor: Any) -> Why | None:
    """The records that differ between a reading and today; None when the figure is no longer declared."""
    try:
        figure = figures.get(reading.figure)
        found = figure.select(scope_of(reading, today))
        model = apps.get_model(reading.record_type)
    except (FigureError, LookupError):
        return None
    if found.model is not model:
        return None
    now = set(found.order_by().values_list("pk", flat=True))
    then = set(reading.record_ids)
    entries = _entries(reading, model)
    groups = {
        "gone": sorted(then - now),
        "added": sorted(now - then),
        "changed": sorted(key for key in then & now if key in entries),
    }
    shown = {kind: keys[:SHOWN] for kind, keys in groups.items()}
    records = _records(model, [key for keys in shown.values() for key in keys])
    open_keys = _open(model, actor, records)
    changes = tuple(
        _change(kind, key, records.get(key), entries.get(key), key in open_keys, figure.name)
        for kind, keys in shown.items()
        for key in keys
    )
    return Why(len(groups["added"]), len(groups["gone"]), len(groups["changed"]), changes)


def _change(
    kind: str, key: Any, record: Model | None, entry: JournalEntry | None, is_open: bool, name: Any
) -> Change:
    moment = getattr(record, "withdrawn_at" if kind == "gone" else "confirmed_at", None)
    reason = getattr(record, "withdrawn_reason", "") if kind == "gone" else ""
    told = journal.day_of(entry) if entry else None
    url = record.get_absolute_url() if record and is_open and hasattr(record, "get_absolute_url") else ""
    return Change(
        kind=kind,
        label=str(record) if record is not None else f"{name} {key}",
        url=url,
        day=local_day(moment) if moment and kind != "changed" else told,
        reason=reason or (entry.reason if entry else ""),
        entry=entry,
    )


def _entries(reading: Reading, model: type[Model]) -> dict[Any, JournalEntry]:
    """The last journal entry after the reading about each record of the kind: its own, or one of its room that
    names its key among `records`."""
    room = model._meta.app_label
    since = JournalEntry.objects.filter(district=reading.district, at__gt=reading.read_at).filter(
        Q(subject_type=reading.record_type) | Q(subject_type__startswith=f"{room}.", data__has_key="records")
    )
    found: dict[Any, JournalEntry] = {}
    for entry in since.order_by("-sequence")[:_ENTRIES]:
        for key in _keys(entry, reading.record_type, model):
            found.setdefault(key, entry)
    return found


def _keys(entry: JournalEntry, record_type: str, model: type[Model]) -> Iterable[Any]:
    if entry.subject_type == record_type:
        return [model._meta.pk.to_python(entry.subject_id)]
    named = entry.data.get("records")
    return named if isinstance(named, list) else []


def _records(model: type[Model], keys: list[Any]) -> Mapping[Any, Model]:
    return {
        record.pk: record
        for start in range(0, len(keys), _READ)
        for record in model._base_manager.filter(pk__in=keys[start : start + _READ])
    }


def _open(model: type[Model], actor: Any, records: Mapping[Any, Model]) -> set[Any]:
    """Which of the records this reader may open."""
    if access.door_of(model) is None:
        return set()
    return set(access.visible(model, actor).filter(pk__in=list(records)).values_list("pk", flat=True))
