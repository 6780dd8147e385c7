"""Who sees which policy documents: issued ones are public, drafts stay inside the government."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from qingdan.core import clock
from qingdan.core.search import words
from qingdan.directory.reach import reach
from qingdan.directory.roles import Role
from qingdan.policies.models import (
    ClauseText,
    CleanUpItem,
    Comment,
    CommentPeriod,
    LegalityReview,
    NormativeDocument,
    Stage,
    Version,
)

# Besides bureau, finance and auditors: places, and departments, which draft documents together with the bureau.
GOVERNMENT = (Role.STREET, Role.COMMUNITY, Role.DEPARTMENT)


def documents(actor: Any) -> QuerySet[NormativeDocument]:
    """Issued documents for everybody, drafts for the government, and drafts that the public is asked about."""
    asked = CommentPeriod.objects.filter(closed_on__isnull=True, opens_on__lte=clock.today())
    return reach(
        NormativeDocument,
        actor,
        public=Q(issued_on__lte=clock.today()) | Q(stage=Stage.COMMENT, pk__in=asked.values("document_id")),
        also=GOVERNMENT,
    )


def is_inside(actor: Any) -> bool:
    """Whether this reader sees drafts, answers of the legal office and the history."""
    return bool(getattr(actor, "holds", None)) and actor.holds(
        Role.BUREAU, Role.FINANCE, Role.AUDITOR, *GOVERNMENT
    )


def legality_reviews(actor: Any) -> QuerySet[LegalityReview]:
    return reach(LegalityReview, actor)


def versions(document: NormativeDocument, actor: Any) -> QuerySet[Version]:
    """The wordings of a document: all of them inside, outside those that were law or put before the public."""
    found = document.versions.all()
    if is_inside(actor):
        return found
    return found.filter(
        Q(effective_on__isnull=False, effective_on__lte=clock.today())
        | Q(comment_periods__opens_on__lte=clock.today())
        | Q(pk=document.current_id, document__issued_on__isnull=False)
    ).distinct()


def texts_now(document: NormativeDocument) -> QuerySet[ClauseText]:
    """The clauses of the wording shown; none when there is no wording."""
    return ClauseText.objects.filter(version__document=document, version=document.current)


def comment_periods(actor: Any) -> QuerySet[CommentPeriod]:
    """Periods are public from their first day; after the last one the answers stay readable."""
    return reach(CommentPeriod, actor, public=Q(opens_on__lte=clock.today()), also=GOVERNMENT)


def comments(actor: Any) -> QuerySet[Comment]:
    """Comments are shown to the public together with their answers, never bare."""
    return reach(Comment, actor, public=~Q(outcome=""), also=GOVERNMENT)


def clean_up_items(actor: Any) -> QuerySet[CleanUpItem]:
    """The year's list is public when every document on it has its verdict."""
    undecided = CleanUpItem.objects.filter(district=OuterRef("district"), year=OuterRef("year"), verdict="")
    return reach(CleanUpItem, actor, public=~Q(Exists(undecided)), also=GOVERNMENT)


def search(found: QuerySet[NormativeDocument], text: str) -> QuerySet[NormativeDocument]:
    """Documents that hold every word in title, number, subject, or the clauses of the wording shown."""
    asked = words(text)
    if not asked:
        return found.none()
    for word in asked:
        wordings = ClauseText.objects.filter(grams__has=word).values("version_id")
        found = found.filter(Q(grams__has=word) | Q(current_id__in=wordings))
    return found
