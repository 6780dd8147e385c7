"""Who sees which policy documents: issued ones are public, drafts stay inside the government."""

from typing import Any

from django.db.models import Q, QuerySet

from qingdan.directory.reach import reach
from qingdan.directory.roles import Role
from qingdan.policies.models import LegalityReview, NormativeDocument


def documents(actor: Any) -> QuerySet[NormativeDocument]:
    return reach(
        NormativeDocument, actor, public=Q(issued_on__isnull=False), also=(Role.STREET, Role.COMMUNITY)
    )


def legality_reviews(actor: Any) -> QuerySet[LegalityReview]:
    return reach(LegalityReview, actor)
