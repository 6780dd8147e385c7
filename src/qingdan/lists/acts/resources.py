"""Verbs of resources: enter and change what is stated. Their capacity is counted in `lists.capacity`."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from qingdan.core import clock, journal
from qingdan.core.actor import Actor
from qingdan.core.permits import Refused
from qingdan.lists import capacity
from qingdan.lists.lifecycle.resources import RESOURCE
from qingdan.lists.models import Resource, ResourceState, ResourceWindow
from qingdan.lists.numbers import hold_numbers
from qingdan.lists.permits.matching import may_offer_resources

FIELDS = frozenset(
    {
        "owner_kind",
        "owner_name",
        "organisation",
        "kind",
        "title",
        "text",
        "category",
        "target",
        "area",
        "capacity",
        "terms",
        "cost_fen",
        "cost_note",
        "contact_post",
        "valid_from",
        "valid_until",
    }
)
Window = tuple[int, dt.time, dt.time] | tuple[int, dt.time, dt.time, int | None]
"""Weekday, from, to, and the persons who can be there at once where that is stated."""


def next_number(district: str, place_code: str, year: int) -> str:
    """ZY-530111001-2018-0001: area, year, a number within the district and year. Runs inside a transaction."""
    return f"ZY-{place_code}-{year}-{last_serial(district, year) + 1:04d}"


def last_serial(district: str, year: int) -> int:
    """The last number given in a district and year, 0 when none was; held until the transaction ends."""
    hold_numbers(district)
    taken = Resource.objects.filter(district=district, number__contains=f"-{year}-")
    serials = (number.rsplit("-", 1)[1] for number in taken.values_list("number", flat=True))
    return max((int(serial) for serial in serials if serial.isdigit()), default=0)


def enter_resource(*, actor: Actor, windows: Iterable[Window] = (), **fields: Any) -> Resource:
    """Enter a resource as a draft. Raises ValidationError at the field that is wrong."""
    if strange := set(fields) - FIELDS:
        raise TypeError(f"unknown fields: {sorted(strange)}")
    resource = Resource(district=actor.district, **fields)
    may_offer_resources.require(actor, resource)
    with transaction.atomic():
        year = clock.today().year
        resource.number = next_number(actor.district, resource.area.code, year)
        resource.full_clean()
        RESOURCE.begin(resource, actor=actor)
        _set_windows(resource, list(windows))
    return resource


def change_resource(
    *, resource: Resource, actor: Actor, windows: Iterable[Window] | None = None, **fields: Any
) -> Resource:
    """Change what is stated. The capacity cannot fall below what is promised and given."""
    if strange := set(fields) - FIELDS:
        raise TypeError(f"unknown fields: {sorted(strange)}")
    with transaction.atomic():
        locked = Resource.objects.select_for_update().get(pk=resource.pk)
        may_offer_resources.require(actor, locked)
        if locked.state == ResourceState.WITHDRAWN:
            raise Refused(_("This resource was withdrawn; enter a new one."))
        changed = {name: value for name, value in fields.items() if getattr(locked, name) != value}
        for name, value in changed.items():
            setattr(locked, name, value)
        if locked.capacity < locked.reserved + locked.used:
            raise ValidationError(
                {
                    "capacity": _(
                        "%(taken)d persons are promised or served already; the capacity cannot be less."
                    )
                    % {"taken": locked.reserved + locked.used}
                }
            )
        locked.full_clean()
        locked.save()
        if windows is not None:
            _set_windows(locked, list(windows))
        journal.record(actor=actor, verb="resource.change", subject=locked, data={"fields": sorted(changed)})
    return locked


def _set_windows(resource: Resource, windows: Sequence[Window]) -> None:
    """Bring the windows to what is stated; what orders were promised in a window stays in it."""
    known = {(window.weekday, window.starts): window for window in resource.windows.all()}
    for weekday, starts, ends, *more in windows:
        if ends <= starts:
            raise ValidationError({"windows": _("A time window must end after it begins.")})
        window = known.pop((weekday, starts), None) or ResourceWindow(
            district=resource.district, resource=resource, weekday=weekday, starts=starts
        )
        window.ends, window.places = ends, more[0] if more else None
        _refuse_less_than_promised(window, window.places)
        window.save()
    for window in known.values():
        _refuse_less_than_promised(window, 0)
        window.delete()


def _refuse_less_than_promised(window: ResourceWindow, places: int | None) -> None:
    promised = capacity.promised_in(window) if window.pk and places is not None else 0
    if places is not None and promised > places:
        raise ValidationError(
            {
                "windows": _(
                    "%(window)s: %(n)d persons are promised in this time window; have them served first."
                )
                % {"window": window, "n": promised}
            }
        )
