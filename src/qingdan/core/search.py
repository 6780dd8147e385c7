"""Full-text search by character bigrams, the same on SQLite and PostgreSQL.

    class Clause(models.Model):
        text = models.TextField()
        grams = Bigrams(of=("number", "text"))

        class Meta:
            indexes = [BigramIndex(fields=["grams"], name="policies_clause_grams")]

    Clause.objects.filter(grams__has="社会组织")

Chinese has no spaces, and word lists miss names and rare characters, so every two neighbouring characters are a
token: 社会组织 → 社会 会组 组织 织. The last character of a run stands alone, so that a search for one character
finds it too. The column is filled whenever a record is saved, also in bulk (not by `QuerySet.update`). SQLite
answers from an FTS5 table that triggers keep, PostgreSQL from a GIN index over a tsvector. What is found holds the
searched characters one after the other; punctuation and width of letters do not matter.
"""

import operator
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import migrations, models, transaction
from django.db.backends.ddl_references import Statement, Table
from django.db.models.lookups import Lookup

if TYPE_CHECKING:
    import numpy as np

MAX_WORDS = 12  # of one search; more are not looked at


class _Kept(dict[int, str]):
    """For `str.translate`: letters, marks, digits and ideographs with width and case made even, blanks for the rest."""

    def __missing__(self, code: int) -> str:
        even = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", chr(code)).casefold())
        self[code] = "".join(char if _is_kept(char) else " " for char in even)
        return self[code]


def _is_kept(char: str) -> bool:
    kind = unicodedata.category(char)
    # Unassigned (Cn) counts as an ideograph: the next Unicode will have named it. Private use (Co) likewise.
    return kind[0] in "LNM" or kind in {"Cn", "Co"}


_kept = _Kept()
_BLANK_FIRST = re.compile("   .", re.DOTALL)


def runs(text: str) -> list[str]:
    """Stretches of letters, digits and ideographs, width and case made even; whatever else parts them."""
    even = text.translate(_kept)
    if not unicodedata.is_normalized("NFKC", even):  # signs that stand apart join: e and its accent
        even = unicodedata.normalize("NFKC", even).translate(_kept)
    return even.split()


def bigrams(text: str) -> str:
    """The tokens of a text, in its order, parted by blanks."""
    even = " ".join(runs(text))
    # Each character with the next; a blank before a run takes part too and goes again. No loop: imports need it fast.
    return _BLANK_FIRST.sub("", " ".join(map(operator.add, even, even[1:] + " "))).rstrip()


class _Even:
    """For each code point what `_Kept` makes of it, as one number: a vector instead of a call a character."""

    UNKNOWN, BY_HAND = 0, 1

    def __init__(self) -> None:
        import numpy as np

        self.table = np.zeros(sys.maxunicode + 1, np.uint32)

    def of(self, codes: "np.ndarray") -> "np.ndarray":
        found = self.table[codes]
        if not found.all():
            for code in set(codes[found == self.UNKNOWN].tolist()):
                self.table[code] = self._one(code)
            found = self.table[codes]
        return found

    def _one(self, code: int) -> int:
        """The number; `BY_HAND` for what becomes several characters or may join with its neighbour."""
        even = _kept[code]
        if len(even) != 1 or unicodedata.category(chr(code))[0] == "M" or 0x1100 <= code < 0x1200:
            return ord(" ") if even.isspace() else self.BY_HAND
        return ord(even)


@cache
def _even() -> _Even:
    return _Even()


_AT_ONCE = 1_000  # texts whose vectors stay in the processor's cache


def bigrams_of(texts: Sequence[str]) -> list[str]:
    """`bigrams` of many texts, for imports: a quarter of the time."""
    return [
        found
        for start in range(0, len(texts), _AT_ONCE)
        for found in _bigrams_of(texts[start : start + _AT_ONCE])
    ]


def _bigrams_of(texts: Sequence[str]) -> list[str]:
    import numpy as np

    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)))
    even, blank = _even().of(codes), np.uint32(ord(" "))
    # Each character with the next and a blank; a blank is not wanted, nor is it as the next.
    signs, wanted = np.empty((len(even), 3), np.uint32), np.empty((len(even), 3), bool)
    signs[:, 0], signs[:-1, 1], signs[:, 2] = even, even[1:], blank
    signs[ends[ends > 0] - 1, 1] = blank  # the next text is no neighbour
    wanted[:, 0] = wanted[:, 2] = kept = even != blank
    wanted[:, 1] = kept & (signs[:, 1] != blank)
    tokens = signs[wanted].tobytes().decode("utf-32-le", "surrogatepass")
    cuts = np.append(0, np.cumsum(kept * 2 + wanted[:, 1]))[np.append(0, ends)].tolist()
    found = [tokens[start:end].rstrip() for start, end in pairwise(cuts)]
    for index in set(np.searchsorted(ends, np.flatnonzero(even == _Even.BY_HAND), side="right").tolist()):
        found[index] = bigrams(texts[index])
    return found


def _pairs(run: str) -> list[str]:
    return [first + second for first, second in pairwise(run)]


def words(text: str) -> list[str]:
    """The words of a search, each to be found as it stands; punctuation parts words as blanks do."""
    return list(dict.fromkeys(runs(text)))[:MAX_WORDS]


def excerpt(text: str, asked: str, *, before: int = 12, after: int = 30) -> str:
    """The stretch of a text around the first searched word that stands in it; empty when none does."""
    flat = " ".join(text.split())
    for word in words(asked):
        at = flat.casefold().find(word)
        if at >= 0:
            start, end = max(0, at - before), at + len(word) + after
            return f"{'…' if start else ''}{flat[start:end]}{'…' if end < len(flat) else ''}"
    return ""


def holding(field: str = "grams") -> Callable[[models.QuerySet[Any], str], models.QuerySet[Any]]:
    """A search for listings and doors: records whose bigram column holds every word."""

    def search(found: models.QuerySet[Any], text: str) -> models.QuerySet[Any]:
        return found.filter(**{f"{field}__has": text})

    return search


def fill(app: str, model: str) -> migrations.RunPython:
    """For the migration that adds a bigram column: fill it for the records that are there."""

    def forward(apps: Any, editor: Any) -> None:
        kind = apps.get_model(app, model)
        names = [field.name for field in kind._meta.concrete_fields if isinstance(field, Bigrams)]
        for record in kind._base_manager.iterator(chunk_size=500):
            record.save(update_fields=names)

    return migrations.RunPython(forward, migrations.RunPython.noop)


class Bigrams(models.TextField):
    """The bigrams of other fields of the record, filled at every save."""

    def __init__(self, *args: Any, of: Sequence[str] = (), **kwargs: Any) -> None:
        self.of = tuple(of)
        kwargs.update(editable=False, blank=True, default="")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for given in ("editable", "blank", "default"):
            kwargs.pop(given, None)
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = bigrams("\n".join(str(getattr(model_instance, name)) for name in self.of))
        setattr(model_instance, self.attname, value)
        return value


@Bigrams.register_lookup
class Has(Lookup):
    """`grams__has="农民工 讨薪"`: every word of the text stands in the indexed fields."""

    lookup_name = "has"
    prepare_rhs = False

    def _asked(self) -> list[str]:
        found = words(str(self.rhs))
        if not found:
            raise EmptyResultSet  # nothing but punctuation finds nothing
        return found

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Without an index: the tokens side by side in the column."""
        column, params = self.process_lhs(compiler, connection)
        asked = self._asked()
        likes = " AND ".join(f"{column} LIKE %s" for _word in asked)
        return f"({likes})", [*(list(params) * len(asked)), *(f"%{_side_by_side(word)}%" for word in asked)]

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        index = _index_of(self.lhs.target)
        if index is None:
            return self.as_sql(compiler, connection)
        quote = connection.ops.quote_name
        key = f"{quote(self.lhs.alias)}.{quote(self.lhs.target.model._meta.pk.column)}"
        table = quote(index.name)
        query = " AND ".join(
            f'"{_side_by_side(word)}"' + (" *" if len(word) == 1 else "") for word in self._asked()
        )
        return f"{key} IN (SELECT rowid FROM {table} WHERE {table} MATCH %s)", [query]  # noqa: S608  (names of the model's own)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """The index narrows down, the column itself says whether the tokens stand side by side."""
        column, params = self.process_lhs(compiler, connection)
        near, exact = [], []
        for word in self._asked():
            tokens = _pairs(word) or [word]
            near += [f"'{token}'" + (":*" if len(token) == 1 else "") for token in tokens]
            exact.append(f"%{_side_by_side(word)}%")
        likes = " AND ".join(f"{column} LIKE %s" for _word in exact)
        sql = f"({_VECTOR % column} @@ %s::tsquery AND {likes})"
        return sql, [*params, " & ".join(dict.fromkeys(near)), *(list(params) * len(exact)), *exact]


# No parser takes part: those of PostgreSQL and FTS5 know neither rare ideographs nor that 2018 is four characters.
_VECTOR = "array_to_tsvector(string_to_array(%s, ' '))"


def _side_by_side(word: str) -> str:
    """The tokens of a word as they stand in the column; tokens have two characters, so a part is never mistaken."""
    return " ".join(_pairs(word)) or word


def _index_of(field: Any) -> "BigramIndex | None":
    for index in field.model._meta.indexes:
        if isinstance(index, BigramIndex) and index.fields == [field.name]:
            return index
    return None


@contextmanager
def indexed_at_once(
    model: type[models.Model], connection: Any, keys: Sequence[int] | None = None
) -> Iterator[None]:
    """Rows inserted within are put into the index together at the end, in the same transaction.

    For many rows on SQLite: one by one, as the trigger does it, takes five times as long. `keys` are the keys they
    will have, where these are chosen; if they are not all above those that are there, the trigger does it after all.
    """
    table, key = (connection.ops.quote_name(name) for name in (model._meta.db_table, model._meta.pk.column))
    indexes = [index for index in model._meta.indexes if isinstance(index, BigramIndex)]
    with transaction.atomic(connection.alias), connection.cursor() as cursor:
        last = 0
        if indexes and connection.vendor == "sqlite":
            cursor.execute(f"SELECT COALESCE(MAX({key}), 0) FROM {table}")  # noqa: S608  (names of the model's own)
            last = cursor.fetchone()[0]
        if not indexes or connection.vendor != "sqlite" or (keys and min(keys) <= last):
            yield
            return
        triggers = [f"{index.name}_insert" for index in indexes]
        made = []
        for trigger in triggers:
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = %s", [trigger])
            made.append(cursor.fetchone()[0])
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(trigger)}")
        yield
        for index, statement in zip(indexes, made, strict=True):
            name = connection.ops.quote_name(index.name)
            column = connection.ops.quote_name(index.fields[0])
            cursor.execute(
                f"INSERT INTO {name}(rowid, {column}) SELECT {key}, {column} FROM {table} WHERE {key} > %s",  # noqa: S608  (names of the model's own)
                [last],
            )
            cursor.execute(statement)


class BigramIndex(models.Index):
    """The index behind `has`: an FTS5 table of the index's name with three triggers, or a GIN index."""

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Statement:
        name, column = schema_editor.quote_name(self.name), self._column(model, schema_editor)
        table = Table(model._meta.db_table, schema_editor.quote_name)
        if schema_editor.connection.vendor == "postgresql":
            vector = _VECTOR % column
            return Statement(f"CREATE INDEX {name} ON %(table)s USING gin ({vector})", table=table)
        if schema_editor.connection.vendor != "sqlite":
            raise RuntimeError(
                "bigram indexes are made for SQLite and PostgreSQL, the two databases of the house"
            )
        key = schema_editor.quote_name(model._meta.pk.column)
        for template in self._sqlite(name, column, key, model._meta.db_table):
            schema_editor.execute(Statement(template, table=table), params=None)
        return Statement(f"INSERT INTO {name}({name}) VALUES ('rebuild')", table=table)  # noqa: S608  (names of the model's own)

    def _sqlite(self, name: str, column: str, key: str, db_table: str) -> list[str]:
        # Every character above 127 belongs to a token of the tokenizer “ascii”, whatever its age in Unicode.
        # The content is named after the table's final name: a table made anew is renamed to it at the end.
        content = db_table.removeprefix("new__")
        old = f"INSERT INTO {name}({name}, rowid, {column}) VALUES ('delete', old.{key}, old.{column});"  # noqa: S608  (names of the model's own)
        new = f"INSERT INTO {name}(rowid, {column}) VALUES (new.{key}, new.{column});"  # noqa: S608  (names of the model's own)
        triggers = (("insert", "", new), ("delete", "", old), ("update", f" OF {column}", old + new))
        return [
            f"CREATE VIRTUAL TABLE IF NOT EXISTS {name} USING fts5({column}, content='{content}', "
            f"content_rowid={key}, tokenize='ascii')",
            # Those of the old table go with it; their names are needed now.
            *(f"DROP TRIGGER IF EXISTS {self.name}_{verb}" for verb, _columns, _body in triggers),
            *(
                f"CREATE TRIGGER {self.name}_{verb} AFTER {verb.upper()}{columns} ON %(table)s BEGIN {body} END"
                for verb, columns, body in triggers
            ),
        ]

    def _column(self, model: Any, schema_editor: Any) -> str:
        return str(schema_editor.quote_name(model._meta.get_field(self.fields[0]).column))

    def remove_sql(self, model: Any, schema_editor: Any, **kwargs: Any) -> Any:
        if schema_editor.connection.vendor != "sqlite":
            return super().remove_sql(model, schema_editor, **kwargs)
        for verb in ("insert", "delete", "update"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {self.name}_{verb}", params=None)
        table = Table(model._meta.db_table, schema_editor.quote_name)
        return Statement(f"DROP TABLE IF EXISTS {schema_editor.quote_name(self.name)}", table=table)
