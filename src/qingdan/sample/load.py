"""Loading the sample district: all of it in one transaction, or nothing."""

from collections.abc import Callable

from django.db import connection, transaction

from qingdan.core import journal
from qingdan.core.actor import SystemActor
from qingdan.core.calendar import load_published_holidays
from qingdan.directory.models import Place
from qingdan.sample import (
    activities,
    cast,
    delivery,
    lists,
    maps,
    matching,
    money,
    needs,
    policies,
    proposals,
    replies,
)
from qingdan.sample.facts import DISTRICT
from qingdan.sample.world import World

STEPS: tuple[Callable[[World], None], ...] = (
    cast.places_and_agencies,
    maps.outlines,
    cast.organisations,
    cast.accounts,
    policies.documents,
    matching.rules,
    money.programmes_and_budget,
    activities.everything,
    lists.needs_resources_items,
    needs.stories,
    matching.windows,
    matching.matches,
    matching.unmet,
    matching.items,
    matching.plans,
    matching.editions,
    money.venture_projects,
    policies.what_rests_on_them,
    needs.traced,
    delivery.services,
    replies.proposal_and_reply,
    proposals.years_of_proposals,
    delivery.correction_after_the_reply,
)


class AlreadyLoaded(Exception):
    pass


def is_loaded() -> bool:
    return Place.objects.filter(district=DISTRICT).exists()


def load(progress: Callable[[], None] = lambda: None) -> str:
    """Load everything; returns a sentence of counts. Raises `AlreadyLoaded` when the district has records."""
    if is_loaded():
        raise AlreadyLoaded(
            "District 530111 already has records; the sample is only loaded into an empty installation. "
            "Choose another directory with QINGDAN_DATA."
        )
    world = World(actor=SystemActor("sample", DISTRICT))
    with transaction.atomic():
        load_published_holidays()
        for step in STEPS:
            step(world)
            progress()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    journal.anchor(DISTRICT)
    return world.summary()
