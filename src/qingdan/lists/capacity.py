"""Capacity of resources: promised, given and released here and nowhere else, with the row locked."""

import datetime as dt

from django.utils.translation import gettext as _

from qingdan.core.permits import Refused
from qingdan.lists.models import Match, Reservation, Resource, ResourceState


def hold(match: Match, *, on: dt.date) -> Reservation:
    """Promise a part of the capacity to a match. Raises Refused when the resource cannot be had or too little is left.

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
    resource.reserved += match.persons
    resource.save(update_fields=["reserved"])
    return Reservation.objects.create(
        district=resource.district, resource=resource, match=match, persons=match.persons, held_on=on
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
