"""Resources as an Excel table, both ways."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import clock
from qingdan.core.tables import Batch, Column, Kind, Table
from qingdan.directory.models import Place
from qingdan.lists.acts.resources import next_number
from qingdan.lists.lifecycle.resources import RESOURCE
from qingdan.lists.matching_forms import read_windows, windows_text
from qingdan.lists.models import Category, OwnerKind, Resource, ResourceKind, ResourceWindow, TargetGroup
from qingdan.lists.permits.matching import may_keep_resources


def _windows(text: str) -> str:
    try:
        read_windows(text)
    except ValueError as wrong:
        raise ValidationError(str(wrong)) from wrong
    return text


def _row(row: dict[str, Any]) -> None:
    if row["valid_until"] and row["valid_from"] and row["valid_until"] < row["valid_from"]:
        raise ValidationError({"valid_until": _now("The last day must not lie before the first.")})


def _places(batch: Batch) -> None:
    """Refuse areas that the directory does not know, and places that two streets share a name for."""
    known: dict[str, list[Place]] = {}
    for place in Place.objects.valid_on(clock.today()).select_related("parent"):
        for name in {place.code, place.name, place.short_name, place.full_name}:
            known.setdefault(name, []).append(place)
    for n, name in enumerate(batch["area"]):
        if len(known.get(name, [])) != 1:
            words = (
                _now("Two places are called “%(name)s”; write the code.")
                if name in known
                else _now("“%(name)s” is no place of the directory; write its name or code.")
            )
            batch.refuse(n, words % {"name": name}, "area")


def _save(batch: Batch, actor: Any) -> None:
    """Each row becomes a draft: what comes in from outside is verified before it is on the list."""
    places: dict[str, Place] = {}
    for place in Place.objects.valid_on(clock.today()).select_related("parent"):
        for name in {place.code, place.name, place.short_name, place.full_name}:
            places[name] = place
    with transaction.atomic():
        for row in batch.dicts():
            windows, area = row.pop("windows"), places[row.pop("area")]
            number = row.pop("number")
            known = (
                Resource.objects.filter(district=actor.district, number=number).first() if number else None
            )
            if known is not None:
                raise ValidationError(
                    {"number": _now("This number is on the list already; leave it empty for a new resource.")}
                )
            resource = Resource(district=actor.district, area=area, **row)
            if not may_keep_resources(actor, resource):
                raise ValidationError({"area": str(may_keep_resources(actor, resource).reason)})
            resource.number = number or next_number(actor.district, area.code, clock.today().year)
            RESOURCE.begin(resource, actor=actor)
            ResourceWindow.objects.bulk_create(
                ResourceWindow(district=actor.district, resource=resource, **window._asdict())
                for window in read_windows(windows)
            )


RESOURCES = Table(
    "resources",
    _("resources"),
    [
        Column("number", _("number"), Kind.CODE, max_length=32, note=_("Leave it empty for a new resource.")),
        Column("title", _("resource"), required=True, max_length=120, example="社区活动室（示例）"),
        Column(
            "kind", _("kind"), Kind.CHOICE, required=True, choices=ResourceKind.choices, example=_("venue")
        ),
        Column("owner_name", _("owner"), required=True, max_length=120, example="示例社区居委会"),
        Column("owner_kind", _("kind of owner"), Kind.CHOICE, required=True, choices=OwnerKind.choices),
        Column("text", _("description"), max_length=2000, empty=""),
        Column("category", _("category"), Kind.CHOICE, required=True, choices=Category.choices),
        Column("target", _("target group"), Kind.CHOICE, required=True, choices=TargetGroup.choices),
        Column("area", _("area served"), required=True, note=_("Name or code of a place of the district.")),
        Column("capacity", _("capacity"), Kind.INTEGER, required=True, minimum=1, maximum=1_000_000),
        Column(
            "windows",
            _("time windows"),
            clean=_windows,
            note=_("One line each, for example: 周一至周五 16:30-18:30"),
            example="周一至周五 16:30-18:30",
        ),
        Column("terms", _("terms"), max_length=200),
        Column("cost_fen", _("cost per person (yuan)"), Kind.MONEY, minimum=0, empty=0),
        Column("cost_note", _("note on cost"), max_length=120),
        Column("contact_post", _("contact post"), max_length=80),
        Column("valid_from", _("valid from"), Kind.DATE, required=True),
        Column("valid_until", _("valid until"), Kind.DATE),
    ],
    check_row=_row,
    check_batch=_places,
    save=_save,
    note=_("Every resource comes in as a draft and is verified before it is put on the list."),
)


def rows(resources: Any) -> Iterator[tuple[Any, ...]]:
    """Resources as rows of the table."""
    for one in resources.select_related("area__parent").prefetch_related("windows"):
        yield (
            one.number,
            one.title,
            one.kind,
            one.owner_name,
            one.owner_kind,
            one.text,
            one.category,
            one.target,
            one.area.code,
            one.capacity,
            windows_text(list(one.windows.all())),
            one.terms,
            one.cost_fen,
            one.cost_note,
            one.contact_post,
            one.valid_from,
            one.valid_until,
        )
