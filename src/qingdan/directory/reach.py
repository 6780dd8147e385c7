"""How far an actor sees into records of other rooms, said once.

    def needs(actor): return reach(SocialNeed, actor, place="place__code", public=Q(state__in=PUBLIC))

Officers of the whole district and auditors see all of its records, street and community officers those of their
places, an organisation its own, everybody what is public. The three administrators see no business records but
what is public (GB/T 22239-2019: administration apart from business).
"""

from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from qingdan.core.actor import SystemActor
from qingdan.directory.roles import Role

WHOLE_DISTRICT = (Role.BUREAU, Role.FINANCE, Role.AUDITOR)
NOTHING = Q(pk__in=[])
ALL = ~NOTHING


def reach(
    model: type[models.Model],
    actor: Any,
    *,
    place: str = "",
    organisation: str = "",
    public: Q = NOTHING,
    also: tuple[str, ...] = (),
) -> QuerySet[Any]:
    """The records of `model` that `actor` sees.

    `place` is the path to a place code, `organisation` the path to an organisation's key, `public` what a stranger
    sees, `also` further roles that see the whole district (evaluators for what they evaluate, …).
    """
    found = model._default_manager.all()
    district = getattr(actor, "district", "")
    if district:
        found = found.filter(district=district)
    if isinstance(actor, SystemActor):
        return found
    if not hasattr(actor, "holds"):
        return found.filter(public)
    if actor.holds(*WHOLE_DISTRICT, *also):
        return found
    seen = public
    if place:
        for code in actor.place_codes:
            seen |= Q(**{f"{place}__startswith": code})
    if organisation and actor.organisation_id and actor.holds(Role.ORGANISATION):
        seen |= Q(**{organisation: actor.organisation_id})
    return found.filter(seen)
