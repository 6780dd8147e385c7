"""Many rows into one table at once: COPY on PostgreSQL, executemany elsewhere."""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from itertools import islice, repeat
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connections, models, router, transaction
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext as _now

from qingdan.core.permits import Refused
from qingdan.core.pii import BlindIndexField, EncryptedTextField
from qingdan.core.search import Bigrams, bigrams_of, indexed_at_once
from qingdan.core.tables.declared import Batch, reasons

# Values of these fields reach the driver as they are, checked by the reader before.
_AS_IS = (models.CharField, models.TextField, models.BooleanField)
# An int of these needs nothing; the backends' adapters would give it back as it is.
_WHOLE = {
    models.AutoField,
    models.BigAutoField,
    models.BigIntegerField,
    models.IntegerField,
    models.PositiveBigIntegerField,
    models.PositiveIntegerField,
    models.PositiveSmallIntegerField,
    models.SmallIntegerField,
}
_REPEATING = {dt.date, str, int}
_CHUNK = 5_000
_MANY = 500  # rows from which on the search index takes them together


def insert_rows(
    model: type[models.Model],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    using: str | None = None,
) -> int:
    """Insert rows given as sequences in the order of `names` (field names or their column attributes).

    Fields left out get their default; dates of creation the present time; blind indexes are computed
    from the sealed column among `names`, bigrams from the texts among them. No `save`, no signals, no keys are
    returned: for rows that a table has checked. Runs in the caller's transaction and raises IntegrityError as the
    database does.
    Returns the number of rows.
    """
    count, rest = 0, iter(rows)
    while chunk := list(islice(rest, _CHUNK)):
        count += insert_columns(model, dict(zip(names, zip(*chunk, strict=True), strict=True)), using=using)
    return count


def insert_columns(
    model: type[models.Model],
    columns: Mapping[str, Sequence[Any]],
    *,
    always: Mapping[str, Any] | None = None,
    using: str | None = None,
) -> int:
    """As `insert_rows`, with the values by columns, as a batch has them; `always` are values of every row."""
    count = len(next(iter(columns.values())))
    if not count:
        return 0
    connection = connections[using or router.db_for_write(model)]
    fields = {field.attname: field for field in model._meta.concrete_fields}
    fields |= {field.name: field for field in model._meta.concrete_fields}
    given = [fields[name] for name in columns]
    fixed = [fields[name] for name in always or {}]
    ready: list[Iterable[Any]] = [
        _converter(field, connection)(values) for field, values in zip(given, columns.values(), strict=True)
    ]
    ready += [
        repeat(field.get_db_prep_save(value, connection), count)
        for field, value in zip(fixed, (always or {}).values(), strict=True)
    ]
    filled = [*given, *fixed]
    for index, source in _index_fields(model, filled):
        filled.append(index)
        sealed = columns[source] if source in columns else repeat((always or {})[source], count)
        ready.append(list(map(index.index_of, sealed)))
    for grams, of in _gram_fields(model, filled):
        filled.append(grams)
        texts = [columns[name] if name in columns else repeat((always or {})[name], count) for name in of]
        ready.append(bigrams_of(["\n".join(map(str, row)) for row in zip(*texts, strict=True)]))
    for field, values in _left_out(model, filled, connection, count):
        filled.append(field)
        ready.append(values)
    quoted = ", ".join(connection.ops.quote_name(str(field.column)) for field in filled)
    table = connection.ops.quote_name(model._meta.db_table)
    rows = zip(*ready, strict=True)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({quoted}) FROM STDIN") as copy:
                for values in rows:
                    copy.write_row(values)
            return count
        marks = ", ".join(["%s"] * len(filled))
        # Names only, quoted by the backend; every value is a parameter.
        statement = " ".join(["INSERT INTO", table, "(", quoted, ") VALUES (", marks, ")"])
        keys = columns.get(model._meta.pk.attname)
        with indexed_at_once(model, connection, keys) if count >= _MANY else nullcontext():
            cursor.executemany(statement, rows)  # type: ignore[arg-type]  # taken as they come, not all at once
    return count


def new_keys(model: type[models.Model], count: int) -> Sequence[int]:
    """Primary keys for rows about to be inserted in this transaction, so that their journal entries can name them."""
    connection = connections[router.db_for_write(model)]
    if not connection.in_atomic_block:
        raise RuntimeError("keys are taken in the transaction that uses them")
    key, table = model._meta.pk, model._meta.db_table
    assert key is not None
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [connection.ops.quote_name(table), key.column, count],
            )
            return [row[0] for row in cursor.fetchall()]
        # Nobody else writes meanwhile (transactions begin IMMEDIATE); the insert moves the sequence on by itself.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or (0,))[0]
    return range(last + 1, last + 1 + count)


def save_each(batch: Batch, act: Callable[[dict[str, Any]], Any]) -> None:
    """Save row by row through a verb of the room; what it refuses, this row alone is refused for.

    For nouns whose verbs lock, number or check each record: a few milliseconds a row.
    """
    for index, row in enumerate(batch.dicts()):
        try:
            with transaction.atomic():
                act(row)
        except Refused as no:
            batch.refuse(index, no.reason)
        except ValidationError as fault:
            for name, reason in reasons(fault, batch.has):
                batch.refuse(index, reason, name)
        except IntegrityError:
            batch.refuse(index, _now("The database refuses this row: it is there already or breaks a rule."))


def known_values(queryset: models.QuerySet[Any], name: str, values: Iterable[str]) -> set[str]:
    """Which of these texts some record of the queryset has in its field `name`: for `check_batch`.

    The values go to the database as one parameter; `name__in` makes one of each, which costs more than the search.
    """
    wanted = list(values)
    if connections[queryset.db].vendor == "postgresql":
        list_of = RawSQL("SELECT unnest(%s::text[])", [wanted])
    else:
        list_of = RawSQL("SELECT value FROM json_each(%s)", [json.dumps(wanted)])
    return set(queryset.filter(**{f"{name}__in": list_of}).values_list(name, flat=True))


def _converter(field: models.Field, connection: Any) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """How a column of values is made ready for the driver."""
    own = type(field).get_db_prep_value is not models.Field.get_db_prep_value
    if isinstance(field, _AS_IS) and not isinstance(field, EncryptedTextField) and not own:
        return lambda values: values
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    whole = type(target) in _WHOLE

    def convert(values: Sequence[Any]) -> Sequence[Any]:
        types = set(map(type, values)) - {type(None)}
        if whole and types <= {int}:
            return values
        if len(types) == 1 and types <= _REPEATING and not isinstance(field, EncryptedTextField):
            # Equal values of one type are made ready once: a column of dates has few different ones.
            ready = {value: field.get_db_prep_save(value, connection) for value in set(values)}
            return [ready[value] for value in values]
        return [field.get_db_prep_save(value, connection) for value in values]

    return convert


def _index_fields(model: type[models.Model], given: list[models.Field]) -> list[tuple[BlindIndexField, str]]:
    names = {field.name for field in given}
    return [
        (field, field.source)
        for field in model._meta.concrete_fields
        if isinstance(field, BlindIndexField) and field.name not in names and field.source in names
    ]


def _gram_fields(model: type[models.Model], given: list[models.Field]) -> list[tuple[Bigrams, list[str]]]:
    names = {field.name for field in given}
    return [
        (field, [name for name in field.of if name in names])
        for field in model._meta.concrete_fields
        if isinstance(field, Bigrams) and field.name not in names
    ]


def _left_out(
    model: type[models.Model], filled: list[models.Field], connection: Any, count: int
) -> Iterator[tuple[models.Field, Iterable[Any]]]:
    """Values for the fields that the caller did not give."""
    now = timezone.now()
    for field in model._meta.concrete_fields:
        if (
            field in filled
            or isinstance(field, models.AutoField)
            or field.db_default is not models.NOT_PROVIDED
        ):
            continue
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            moment = now if isinstance(field, models.DateTimeField) else timezone.localdate(now)
            yield field, repeat(field.get_db_prep_save(moment, connection), count)
        elif field.has_default() and callable(field.default):  # a fresh one for each row
            yield field, [field.get_db_prep_save(field.get_default(), connection) for _row in range(count)]
        else:
            yield field, repeat(field.get_db_prep_save(field.get_default(), connection), count)
