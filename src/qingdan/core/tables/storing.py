"""Many rows into one table at once: COPY on PostgreSQL, executemany elsewhere."""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any

from django.db import connections, models, router
from django.db.models.expressions import RawSQL
from django.utils import timezone

from qingdan.core.pii import BlindIndexField, EncryptedTextField
from qingdan.core.search import Bigrams, bigrams

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
    connection = connections[using or router.db_for_write(model)]
    fields = {field.attname: field for field in model._meta.concrete_fields}
    by_name = {field.name: field.attname for field in model._meta.concrete_fields}
    given = [fields[by_name.get(name, name)] for name in names]
    converters = [_converter(field, connection) for field in given]
    indexes, defaults = _left_out(model, given, connection)
    grams = _gram_fields(model, given)
    columns = [*given, *(field for field, _p in _index_fields(model, given))]
    columns += [*(field for field, _p in grams), *(field for field, _m in defaults)]
    quoted = ", ".join(connection.ops.quote_name(str(field.column)) for field in columns)
    table = connection.ops.quote_name(model._meta.db_table)

    def converted() -> Iterator[list[tuple[Any, ...]]]:
        rest = iter(rows)
        while chunk := list(islice(rest, _CHUNK)):
            cells = list(zip(*chunk, strict=True))
            ready: list[Sequence[Any]] = [
                convert(values) for convert, values in zip(converters, cells, strict=True)
            ]
            ready += [list(map(index, cells[position])) for position, index in indexes]
            ready += [
                [bigrams("\n".join(str(row[position]) for position in of)) for row in chunk]
                for _field, of in grams
            ]
            ready += [[make() for _row in chunk] for _field, make in defaults]
            yield list(zip(*ready, strict=True))

    count = 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({quoted}) FROM STDIN") as copy:
                for batch in converted():
                    for values in batch:
                        copy.write_row(values)
                    count += len(batch)
            return count
        marks = ", ".join(["%s"] * len(columns))
        # Names only, quoted by the backend; every value is a parameter.
        statement = " ".join(["INSERT INTO", table, "(", quoted, ") VALUES (", marks, ")"])
        for batch in converted():
            cursor.executemany(statement, batch)
            count += len(batch)
        return count


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


def _index_fields(model: type[models.Model], given: list[models.Field]) -> list[tuple[BlindIndexField, int]]:
    positions = {field.name: i for i, field in enumerate(given)}
    return [
        (field, positions[field.source])
        for field in model._meta.concrete_fields
        if isinstance(field, BlindIndexField) and field not in given and field.source in positions
    ]


def _gram_fields(
    model: type[models.Model], given: list[models.Field]
) -> list[tuple[models.Field, list[int]]]:
    positions = {field.name: i for i, field in enumerate(given)}
    return [
        (field, [positions[name] for name in field.of if name in positions])
        for field in model._meta.concrete_fields
        if isinstance(field, Bigrams) and field not in given
    ]


def _left_out(
    model: type[models.Model], given: list[models.Field], connection: Any
) -> tuple[list[tuple[int, Callable[[Any], Any]]], list[tuple[models.Field, Callable[[], Any]]]]:
    """How to fill what the caller did not give: indexes by position, defaults by field."""
    index_fields = _index_fields(model, given)
    indexes: list[tuple[int, Callable[[Any], Any]]] = [
        (position, field.index_of) for field, position in index_fields
    ]
    filled = {field for field, _position in index_fields} | set(given)
    filled |= {field for field, _positions in _gram_fields(model, given)}
    now = timezone.now()
    defaults: list[tuple[models.Field, Callable[[], Any]]] = []
    for field in model._meta.concrete_fields:
        if (
            field in filled
            or isinstance(field, models.AutoField)
            or field.db_default is not models.NOT_PROVIDED
        ):
            continue
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            moment = now if isinstance(field, models.DateTimeField) else timezone.localdate(now)
            defaults.append((field, _always(field.get_db_prep_save(moment, connection))))
        elif callable(field.default):
            defaults.append((field, partial(_fresh_default, field, connection)))
        else:
            defaults.append((field, _always(_fresh_default(field, connection))))
    return indexes, defaults


def _fresh_default(field: models.Field, connection: Any) -> Any:
    return field.get_db_prep_save(field.get_default(), connection)


def _always(value: Any) -> Callable[[], Any]:
    return lambda: value
