"""Capacity of resources: promised, given and released here and nowhere else, with the row locked."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from qingdan.core.permits import Refused
from qingdan.lists.models import Match, Reservation, Resource, ResourceState, ResourceWindow


def promised_in(window: ResourceWindow) -> int:
    """Persons promised in a time window and not yet served; who was served makes room for others."""
    held = window.reservations.filter(released_on__isnull=True, used_on__isnull=True)
    return int(held.aggregate(n=Sum("persons"))["n"] or 0)


def room_in_windows(resources: Iterable[int]) -> dict[int, list[tuple[ResourceWindow, int]]]:
    """By resource, the windows that state how many find room, each with the persons who still do. One query."""
    open_ = Q(reservations__released_on__isnull=True, reservations__used_on__isnull=True)
    windows = (
        ResourceWindow.objects.filter(resource__in=list(resources), places__isnull=False)
        .annotate(promised=Coalesce(Sum("reservations__persons", filter=open_), 0))
        .order_by("weekday", "starts")
    )
    found: dict[int, list[tuple[ResourceWindow, int]]] = {}
    for window in windows:
        found.setdefault(window.resource_id, []).append((window, max(0, window.places - window.promised)))
    return found


def _window_for(resource: Resource, persons: int, wanted: int | None) -> ResourceWindow | None:
    """The window of an order: the one that is wanted, else the first with room; None where no window states its room.

    Runs under the lock of the resource's row, so that no window is promised twice.
    """
    windows = room_in_windows([resource.pk]).get(resource.pk, [])
    if wanted is not None:
        windows = [one for one in windows if one[0].pk == wanted]
        if not windows:
            raise Refused(_("This time window is not offered any more; choose another."))
    if not windows:
        return None
    for window, room in windows:
        if room >= persons:
            return window
    window, room = max(windows, key=lambda one: one[1])
    raise Refused(
        _(
            "No time window of “%(resource)s” has room for %(asked)d persons; the most is %(room)d: %(window)s."
        )
        % {"resource": resource, "asked": persons, "room": room, "window": window}
    )


def hold(match: Match, *, on: dt.date, window: int | None = None) -> Reservation:
    """Promise a part of the capacity to a match. Raises Refused when the resource cannot be had or too little is left.

    Where time windows state how many find room, the order takes one: `window` (its key), or the first with room.

    Runs inside the move that orders; the row lock makes two orders wait for each other, and the database's check
    stands behind it.
    """
    resource = Resource.objects.select_for_update().get(pk=match.resource_id)
    if resource.state != ResourceState.AVAILABLE:
        raise Refused(
            _("“%(resource)s” is %(state)s, so it cannot be ordered.")
            % {"resource": resource, "state": resource.get_state_display()}
        )
    if not resource.valid_on(on):
        raise Refused(_("“%(resource)s” is not valid on that day.") % {"resource": resource})
    if resource.left < match.persons:
        raise Refused(
            _("“%(resource)s” has %(left)d persons left, %(asked)d are asked for, %(short)d too many.")
            % {
                "resource": resource,
                "left": resource.left,
                "asked": match.persons,
                "short": match.persons - resource.left,
            }
        )
    taken = _window_for(resource, match.persons, window)
    resource.reserved += match.persons
    resource.save(update_fields=["reserved"])
    return Reservation.objects.create(
        district=resource.district,
        resource=resource,
        match=match,
        window=taken,
        persons=match.persons,
        held_on=on,
    )


def release(match: Match, *, on: dt.date) -> None:
    """Give back what a match held and did not use."""
    resource = Resource.objects.select_for_update().get(pk=match.resource_id)
    held = match.reservations.get(released_on__isnull=True, used_on__isnull=True)
    resource.reserved -= held.persons
    resource.save(update_fields=["reserved"])
    held.released_on = on
    held.save(update_fields=["released_on"])


def give(match: Match, *, persons: int, on: dt.date) -> None:
    """Turn what a match held into what was given; persons who did not come go back to what is left."""
    resource = Resource.objects.select_for_update().get(pk=match.resource_id)
    held = match.reservations.get(released_on__isnull=True, used_on__isnull=True)
    if persons > held.persons:
        raise Refused(
            _("%(served)d persons served, but only %(held)d were ordered; order the others first.")
            % {"served": persons, "held": held.persons}
        )
    resource.reserved -= held.persons
    resource.used += persons
    resource.times_used += 1
    resource.save(update_fields=["reserved", "used", "times_used"])
    held.used_on, held.used_persons = on, persons
    held.save(update_fields=["used_on", "used_persons"])
