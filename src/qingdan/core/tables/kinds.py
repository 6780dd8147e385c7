"""What can be imported and exported, by command and in the pages: a kind is a noun with a table.

A room declares its own in its `tables` module, and gives it its pages in `urls.py`:

    FUNDS = kinds.add(Kind("budget-lines", _("Budget lines"), lines_table, rows=line_rows, may=may_keep_lines))
    urlpatterns = [*ImportPage(FUNDS, back="funds").urls("funds/import/"), …]
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import autodiscover_modules

from qingdan.core.permits import Permit, nobody
from qingdan.core.tables.declared import Table


@dataclass(frozen=True)
class Kind:
    """`table(actor)` gives the columns and their rules for one actor, under the same name; `rows(actor)` what is
    exported, in the order of the columns, or None when this kind is only imported; a table without `save` is only
    exported. `may` admits to the pages. `after(district)` runs once when a file was taken.
    """

    name: str
    label: Any
    table: Callable[[Any], Table]
    rows: Callable[[Any], Iterable[tuple[Any, ...]]] | None = None
    may: Permit = nobody
    after: Callable[[str], Any] | None = None


_kinds: dict[str, Kind] = {}


def add(kind: Kind) -> Kind:
    _kinds[kind.name] = kind
    return kind


def known() -> dict[str, Kind]:
    """All kinds by name."""
    autodiscover_modules("tables")
    return dict(sorted(_kinds.items()))
