"""Which papers an actor sees: the one gate for pages, files and search.

Roles are the directory's, a floor above: here a role is only a code that the actor holds.
"""

from typing import Any

from django.db.models import QuerySet

from qingdan.documents.models import OfficialPaper

OFFICE = "BUREAU"


def is_of_the_office(actor: Any) -> bool:
    return hasattr(actor, "holds") and bool(actor.holds(OFFICE))


def papers_visible_to(actor: Any) -> QuerySet[OfficialPaper]:
    """The office sees the papers of its district; nobody else sees any here."""
    if not is_of_the_office(actor):
        return OfficialPaper.objects.none()
    return OfficialPaper.objects.filter(district=actor.district)
