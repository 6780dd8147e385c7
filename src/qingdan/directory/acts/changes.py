"""Editing a record: what changed, validated as a whole, written with its journal entry."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _now

from qingdan.core import journal
from qingdan.core.actor import Actor
from qingdan.core.permits import Refused
from qingdan.core.pii import Sealed


def add(record: Any, *, actor: Actor, verb: str, **data: Any) -> Any:
    """Validate and save a new record with its first journal entry. Raises ValidationError."""
    record.full_clean()
    with transaction.atomic():
        record.save(force_insert=True)
        journal.record(actor=actor, verb=verb, subject=record, data=data)
    return record


def edit(
    record: Any,
    changes: dict[str, Any],
    *,
    actor: Actor,
    verb: str,
    reason: str = "",
    seen: str = "",
    private: bool = False,
) -> list[str]:
    """Write `changes` to a record; the journal keeps the old and the new text of each changed field.

    Of a `private` record only the names of the changed fields: the journal can never be erased, personal data
    must be erasable (个人信息保护法 art. 47).

    Returns the names of the fields that changed; nothing is written when none did. `seen` is the `version` that
    the person had before their eyes: if the record has changed since, `Refused` says who did it and when. Raises
    ValidationError for values that do not fit.
    """
    with transaction.atomic():
        locked = type(record)._base_manager.select_for_update().get(pk=record.pk)
        if seen and seen != version(locked):
            raise Refused(_changed_since(locked))
        said: dict[str, list[str]] = {}
        for name, value in changes.items():
            before = shown(locked, name)
            setattr(locked, name, value)
            after = shown(locked, name)
            if before != after:
                said[name] = [before, after]
        if not said:
            return []
        locked.full_clean()
        locked.save()
        journal.record(
            actor=actor,
            verb=verb,
            subject=locked,
            reason=reason,
            data={"changed": list(said) if private else said},
        )
    record.refresh_from_db()
    return list(said)


def version(record: models.Model) -> str:
    """A mark of the record as it stands, for forms: the number of its latest journal entry."""
    return str(journal.history(record).values_list("id", flat=True).first() or 0)


def _changed_since(record: models.Model) -> str:
    latest = journal.history(record).first()
    if latest is None:
        return _now("Not saved: the record has changed meanwhile. Compare, then save again.")
    return _now(
        "Not saved: %(who)s changed this record at %(time)s. Compare with what is there now, then save again."
    ) % {"who": latest.actor_label, "time": f"{timezone.localtime(latest.at):%m-%d %H:%M}"}


def shown(record: models.Model, name: str) -> str:
    """A field's value as text for the journal: a related record by its name, a sealed number masked."""
    field: Any = next((f for f in record._meta.concrete_fields if f.name == name), None)
    value = getattr(record, name)
    if isinstance(value, Sealed):
        return value.masked
    if field is None:  # a property such as `fields`
        return ", ".join(value) if isinstance(value, list) else str(value)
    value = field.to_python(value) if not field.is_relation else value
    return "" if value is None else str(value)


def as_errors(fault: ValidationError) -> str:
    """One line for a command: “field: what is wrong”."""
    if not hasattr(fault, "error_dict"):
        return " ".join(fault.messages)
    return "；".join(f"{name}: {' '.join(texts)}" for name, texts in fault.message_dict.items())
