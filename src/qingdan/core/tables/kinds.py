"""What can be imported and exported from the command line: `qingdan import KIND FILE`, `qingdan export KIND`.

A room adds its own when its app is ready:

    kinds.add(Kind("needs", needs_table, rows=needs_rows))

Rooms are found through their `tables` modules.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import autodiscover_modules

from qingdan.core.tables.declared import Table


@dataclass(frozen=True)
class Kind:
    """`table(actor)` gives the columns and their rules for one actor; `rows(actor)` what is exported, in the order of
    the columns, or None when this kind is only imported."""

    name: str
    table: Callable[[Any], Table]
    rows: Callable[[Any], Iterable[tuple[Any, ...]]] | None = None


_kinds: dict[str, Kind] = {}


def add(kind: Kind) -> None:
    _kinds[kind.name] = kind


def known() -> dict[str, Kind]:
    """All kinds by name."""
    autodiscover_modules("tables")
    return dict(sorted(_kinds.items()))
