"""The nouns of this room: documents, their wordings clause by clause, comments, reviews, and what rests on them."""

from qingdan.policies.models.clauses import Clause, ClauseText, Level, Version
from qingdan.policies.models.clean_up import CleanUpItem, Verdict
from qingdan.policies.models.comments import Comment, CommenterKind, CommentPeriod, Outcome
from qingdan.policies.models.documents import (
    BEFORE_ISSUE,
    IN_FORCE,
    DocumentGroup,
    NormativeDocument,
    NormativeDocumentQuerySet,
    Stage,
)
from qingdan.policies.models.relations import Relation, RelationKind, Reliance
from qingdan.policies.models.reviews import LegalityReview
from qingdan.policies.models.rules import NegativeListItem, Period, ServiceCatalogEntry, Threshold

__all__ = [
    "BEFORE_ISSUE",
    "IN_FORCE",
    "Clause",
    "ClauseText",
    "CleanUpItem",
    "Comment",
    "CommentPeriod",
    "CommenterKind",
    "DocumentGroup",
    "LegalityReview",
    "Level",
    "NegativeListItem",
    "NormativeDocument",
    "NormativeDocumentQuerySet",
    "Outcome",
    "Period",
    "Relation",
    "RelationKind",
    "Reliance",
    "ServiceCatalogEntry",
    "Stage",
    "Threshold",
    "Verdict",
    "Version",
]
