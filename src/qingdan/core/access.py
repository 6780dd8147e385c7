"""One door to records of every kind, for pages that do not know the room: search, moves, evidence, files.

Each room registers its gate once:

    access.register(Need, queries.visible_to, search=("number", "title"))
    access.register(Letter, queries.visible_to, search=search.holding("grams"), excerpt=…)

`visible_to(actor)` must answer for a stranger too (`AnonymousUser`): what is public, or nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.http import Http404
from django.utils.translation import gettext as _now

Gate = Callable[[Any], models.QuerySet[Any]]
Search = tuple[str, ...] | Callable[[models.QuerySet[Any], str], models.QuerySet[Any]]
Excerpt = Callable[[Any, str], str]


@dataclass(frozen=True)
class Door:
    """How one kind of record is reached: its gate, and how the search page finds it.

    `search` names fields or is a function of records and text; `excerpt` says of a found record and the text where
    the words stand in it, or what the record is about; `related` names the foreign keys that its words are made of.
    """

    model: type[models.Model]
    visible_to: Gate
    search: Search = ()
    excerpt: Excerpt | None = None
    related: tuple[str, ...] = ()


_doors: dict[str, Door] = {}


def register(
    model: type[models.Model],
    visible_to: Gate,
    *,
    search: Search = (),
    excerpt: Excerpt | None = None,
    related: tuple[str, ...] = (),
) -> None:
    _doors[model._meta.label_lower] = Door(model, visible_to, search, excerpt, related)


def doors() -> list[Door]:
    return [_doors[label] for label in sorted(_doors)]


def door_of(model: type[models.Model]) -> Door | None:
    return _doors.get(model._meta.label_lower)


def model_called(label: str) -> type[models.Model]:
    """The registered model with this label (`lists.need`); anything else is not found."""
    if label.lower() not in _doors:
        raise Http404(_now("There is no such kind of record."))
    return apps.get_model(label)


def visible(model: type[models.Model], actor: Any) -> models.QuerySet[Any]:
    """What this actor may see of a kind of record: nothing when no room has opened a door."""
    door = door_of(model)
    return door.visible_to(actor) if door else model._default_manager.none()


def get_visible_or_404(model: type[models.Model], actor: Any, **lookup: Any) -> Any:
    """One record through its gate. A record that may not be seen does not exist for this actor."""
    try:
        return visible(model, actor).get(**lookup)
    except (ObjectDoesNotExist, ValueError, TypeError):
        raise Http404(_now("There is no such record, or it is not open to you.")) from None


def matching(door: Door, actor: Any, text: str) -> models.QuerySet[Any]:
    """Visible records that hold every word of the text."""
    found = door.visible_to(actor)
    if door.related:
        found = found.select_related(*door.related)
    if callable(door.search):
        return door.search(found, text)
    for word in text.split():
        anywhere = models.Q()
        for path in door.search:
            anywhere |= models.Q(**{f"{path}__icontains": word})
        found = found.filter(anywhere)
    return found
