"""Resources as an Excel table, both ways."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import clock
from qingdan.core.tables import Batch, Column, Kind, Table, insert_rows, kinds, known_values
from qingdan.directory.models import Place
from qingdan.directory.permits import is_system
from qingdan.lists import queries
from qingdan.lists.acts.resources import last_serial
from qingdan.lists.lifecycle.resources import RESOURCE
from qingdan.lists.matching_forms import WindowGiven, read_windows, windows_text
from qingdan.lists.models import Category, OwnerKind, Resource, ResourceKind, ResourceWindow, TargetGroup
from qingdan.lists.permits.matching import is_place_officer, may_keep_resources


def _windows(text: str) -> str:
    try:
        read_windows(text)
    except ValueError as wrong:
        raise ValidationError(str(wrong)) from wrong
    return text


def _row(row: dict[str, Any]) -> None:
    if row["valid_until"] and row["valid_from"] and row["valid_until"] < row["valid_from"]:
        raise ValidationError({"valid_until": _now("The last day must not lie before the first.")})


COLUMNS = (
    Column(
        "number",
        _("number"),
        Kind.CODE,
        unique=True,
        max_length=32,
        note=_("Leave it empty for a new resource."),
    ),
    Column("title", _("resource"), required=True, max_length=120, example="社区活动室（示例）"),
    Column("kind", _("kind"), Kind.CHOICE, required=True, choices=ResourceKind.choices, example=_("venue")),
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
)


def _by_name(district: str) -> dict[str, list[Place]]:
    """Places by every name or code that people write; streets share names of communities."""
    known: dict[str, list[Place]] = {}
    for place in Place.objects.filter(district=district).valid_on(clock.today()).select_related("parent"):
        for name in {place.code, place.name, place.short_name, place.full_name}:
            known.setdefault(name, []).append(place)
    return known


def resources_table(actor: Any) -> Table:
    """The resources list as this actor may fill it: areas are those of the actor."""
    places = _by_name(actor.district)

    def check(batch: Batch) -> None:
        """Areas that the directory does not know, that two streets share a name for, or of another's; used numbers."""
        there = Resource.objects.filter(district=actor.district)
        used = known_values(there, "number", filter(None, batch["number"]))
        for n, (name, number) in enumerate(batch.rows("area", "number")):
            if number in used:
                batch.refuse(
                    n,
                    _now("This number is on the list already; leave it empty for a new resource."),
                    "number",
                )
            if len(places.get(name, [])) != 1:
                words = (
                    _now("Two places are called “%(name)s”; write the code.")
                    if name in places
                    else _now("“%(name)s” is no place of the directory; write its name or code.")
                )
                batch.refuse(n, words % {"name": name[:40]}, "area")
            else:
                answer = may_keep_resources(actor, Resource(district=actor.district, area=places[name][0]))
                if not answer:
                    batch.refuse(n, answer.reason, "area")

    def save(batch: Batch, by: Any) -> None:
        _save(batch, by, places)

    return Table(
        "resources",
        _("Resources list"),
        COLUMNS,
        check_row=_row,
        check_batch=check,
        save=save,
        note=_("Every resource comes in as a draft and is verified before it is put on the list."),
    )


def _save(batch: Batch, actor: Any, places: dict[str, list[Place]]) -> None:
    """Each row becomes a draft: what comes in from outside is verified before it is on the list."""
    year = clock.today().year
    serial = last_serial(actor.district, year)
    taken = set(filter(None, batch["number"]))
    made, windows = [], []
    for row in batch.dicts():
        windows.append(read_windows(row.pop("windows")))
        resource = Resource(district=actor.district, **(row | {"area": places[row["area"]][0]}))
        may_keep_resources.require(actor, resource)
        while not resource.number or (not row["number"] and resource.number in taken):
            serial += 1
            resource.number = f"ZY-{resource.area.code}-{year}-{serial:04d}"
        made.append(resource)
    RESOURCE.begin_all(made, actor=actor)
    rows = [
        (actor.district, resource.pk, *window)
        for resource, given in zip(made, windows, strict=True)
        for window in given
    ]
    insert_rows(ResourceWindow, ["district", "resource", *WindowGiven._fields], rows)


def rows(resources: Any) -> Iterator[tuple[Any, ...]]:
    """Resources as rows of the table."""
    for one in resources.select_related("area__parent").prefetch_related("windows").iterator(500):
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


def resource_rows(actor: Any) -> Iterator[tuple[Any, ...]]:
    """The resources that the actor may see."""
    return rows(queries.resources(actor).order_by("number"))


RESOURCES = kinds.add(
    kinds.Kind(
        "resources",
        _("Resources list"),
        resources_table,
        rows=resource_rows,
        may=is_place_officer | is_system,
    )
)
