"""The way of a record through the stages, told by the rooms that know it.

A room cannot import those above it, yet its pages show what became of a record there. Whoever stands above all of
them says how: `traces.register(SocialNeed, trace_of_need)`; a page asks `traces.of(need, actor)`.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import Model

from qingdan.core.pieces import TraceStep

Teller = Callable[[Any, Any], list[TraceStep]]
_tellers: dict[str, Teller] = {}


def register(model: type[Model], teller: Teller) -> None:
    _tellers[model._meta.label_lower] = teller


def of(record: Model, actor: Any) -> list[TraceStep]:
    """The stages of a record as far as this actor may see them; none when nobody tells."""
    teller = _tellers.get(record._meta.label_lower)
    return teller(record, actor) if teller else []
