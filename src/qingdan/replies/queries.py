"""Which proposals and letters an actor sees: the one gate for pages, files, commands and search."""

from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery

from qingdan.directory.permits import is_auditor, is_bureau
from qingdan.replies.models import (
    Commitment,
    LetterFigure,
    LetterState,
    Proposal,
    ProposalState,
    Publication,
    ReplyLetter,
)


def letters_visible_to(actor: Any) -> QuerySet[ReplyLetter]:
    """The bureau sees every letter of its district, an auditor the issued ones, anybody the published ones."""
    district = getattr(actor, "district", "")
    letters = ReplyLetter.objects.all()
    published = Q(state=LetterState.ISSUED, publication=Publication.ACTIVE)
    if district and is_bureau(actor):
        return letters.filter(Q(district=district) | published)
    if district and (is_bureau | is_auditor)(actor):
        return letters.filter(Q(district=district, state=LetterState.ISSUED) | published)
    return letters.filter(published)


def proposals_visible_to(actor: Any) -> QuerySet[Proposal]:
    """The bureau sees every proposal of its district, others those answered by a letter they may read."""
    district = getattr(actor, "district", "")
    if district and is_bureau(actor):
        return Proposal.objects.filter(district=district)
    return Proposal.objects.filter(pk__in=letters_visible_to(actor).values("proposal"))


def with_figures(letters: QuerySet[ReplyLetter]) -> QuerySet[ReplyLetter]:
    """Letters with the frozen readings and what was said about their differences, in two queries more."""
    return letters.select_related("proposal", "agency").prefetch_related(
        Prefetch(
            "figures",
            LetterFigure.objects.select_related("reading").prefetch_related("notes").order_by("position"),
        )
    )


def with_last_number(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """Proposals with the number and date of their newest issued letter."""
    issued = ReplyLetter.objects.filter(proposal=OuterRef("pk"), state=LetterState.ISSUED).order_by(
        "-version"
    )
    return proposals.select_related("lead").annotate(
        letter_number=Subquery(issued.values("number")[:1]),
        letter_date=Subquery(issued.values("dated_on")[:1]),
    )


def published_letters() -> QuerySet[ReplyLetter]:
    """What anybody may read."""
    return ReplyLetter.objects.filter(state=LetterState.ISSUED, publication=Publication.ACTIVE)


def waiting(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """Those that still owe an answer, the most urgent first."""
    answered = (ProposalState.REPLIED, ProposalState.FEEDBACK, ProposalState.CLOSED)
    return proposals.exclude(state__in=answered).order_by("due_on", "number")


def state_counts(proposals: QuerySet[Proposal]) -> dict[str, int]:
    return dict(proposals.order_by().values_list("state").annotate(Count("pk")))


def letter_to_print(proposal: Proposal) -> ReplyLetter | None:
    """The newest issued letter, else the newest that is not withdrawn."""
    letters = list(with_figures(ReplyLetter.objects.filter(proposal=proposal)).order_by("-version"))
    alive = [letter for letter in letters if letter.state != LetterState.WITHDRAWN]
    issued = [letter for letter in alive if letter.is_issued]
    return next(iter(issued or alive), None)


def commitments_visible_to(actor: Any) -> QuerySet[Commitment]:
    """Promises of the letters that this actor may read."""
    return Commitment.objects.filter(letter__in=letters_visible_to(actor)).select_related("letter")
