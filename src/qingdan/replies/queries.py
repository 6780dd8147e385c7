"""Which proposals and letters an actor sees: the one gate for pages, files, commands and search."""

from typing import Any

from django.db.models import Case, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from qingdan.directory.permits import handles_proposals, is_auditor, is_bureau
from qingdan.replies.models import (
    Assignment,
    AssignmentRole,
    Commitment,
    LetterFigure,
    LetterState,
    Proposal,
    ProposalState,
    Publication,
    ReplyClassMeaning,
    ReplyLetter,
)

ANSWERED = (ProposalState.REPLIED, ProposalState.FEEDBACK, ProposalState.CLOSED)
PUBLISHED = Q(state=LetterState.ISSUED, publication=Publication.ACTIVE)
# By when the next answer is due, in a query; `Proposal.clock` says the same of a record.
CLOCK = Coalesce("again_due_on", "due_on")


def letters_visible_to(actor: Any) -> QuerySet[ReplyLetter]:
    """The bureau sees every letter of its district, an auditor the issued ones, anybody the published ones."""
    district = getattr(actor, "district", "")
    seen = PUBLISHED
    if district and is_bureau(actor):
        seen |= Q(district=district)
    elif district and is_auditor(actor):
        seen |= Q(district=district, state=LetterState.ISSUED)
    return ReplyLetter.objects.filter(seen)


def proposals_visible_to(actor: Any) -> QuerySet[Proposal]:
    """The bureau sees every proposal of its district, an officer of another agency also those it was given, anybody
    those answered by a letter they may read."""
    district = getattr(actor, "district", "")
    if district and is_bureau(actor):
        return Proposal.objects.filter(district=district).select_related("lead")
    seen = Q(pk__in=letters_visible_to(actor).values("proposal"))
    if district and handles_proposals(actor):
        own = Assignment.objects.filter(agency=actor.agency_id, declined_on__isnull=True)
        seen |= Q(district=district, pk__in=own.values("proposal"))
    return Proposal.objects.filter(seen).select_related("lead")


def is_given_to(actor: Any, proposal: Proposal) -> bool:
    """Whether the proposal was given to the actor's own agency."""
    return bool(handles_proposals(actor)) and any(
        one.agency_id == actor.agency_id and one.declined_on is None for one in proposal.assignments.all()
    )


def views_awaited(actor: Any) -> QuerySet[Assignment]:
    """Joint and separate assignments of the actor's own agency that still owe their view."""
    if not handles_proposals(actor):
        return Assignment.objects.none()
    return Assignment.objects.filter(
        district=actor.district,
        agency=actor.agency_id,
        role__in=(AssignmentRole.JOINT, AssignmentRole.SEPARATE),
        view_on__isnull=True,
        declined_on__isnull=True,
    ).exclude(proposal__state__in=ANSWERED)


def declined_unheeded(district: str) -> QuerySet[Assignment]:
    """Joint and separate agencies that said “not ours” of an open proposal, and nobody was brought in since."""
    since = Assignment.objects.filter(
        proposal=OuterRef("proposal"),
        assigned_on__gte=OuterRef("declined_on"),
        assigned_on__gt=OuterRef("assigned_on"),
    )
    declined = Assignment.objects.filter(district=district, declined_on__isnull=False)
    return declined.exclude(proposal__state__in=ANSWERED).exclude(Exists(since))


def class_meanings(district: str, year: int) -> QuerySet[ReplyClassMeaning]:
    """The classes as they are meant in a year: those of the latest year that has any."""
    known = ReplyClassMeaning.objects.filter(district=district, year__lte=year)
    return known.filter(year=known.order_by("-year").values("year")[:1]).order_by("reply_class")


def with_figures(letters: QuerySet[ReplyLetter]) -> QuerySet[ReplyLetter]:
    """Letters with the frozen readings and what was said about their differences, in two queries more."""
    return letters.select_related("proposal", "agency").prefetch_related(
        Prefetch(
            "figures",
            LetterFigure.objects.select_related("reading").prefetch_related("notes").order_by("position"),
        )
    )


def with_last_number(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """Proposals with their running clock and the number of their newest issued letter.

    Ordered by `answered` and `owed_by`, those that owe an answer come first, the most urgent before the others.
    """
    issued = ReplyLetter.objects.filter(proposal=OuterRef("pk"), state=LetterState.ISSUED).order_by(
        "-version"
    )
    return proposals.select_related("lead").annotate(
        due_by=CLOCK,
        answered=Case(When(state__in=ANSWERED, then=Value(1)), default=Value(0)),
        owed_by=Case(When(~Q(state__in=ANSWERED), then=CLOCK)),
        letter_number=Subquery(issued.values("number")[:1]),
    )


def published_letters() -> QuerySet[ReplyLetter]:
    """What anybody may read."""
    return ReplyLetter.objects.filter(PUBLISHED)


def waiting(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """Those that still owe an answer, the most urgent first."""
    return proposals.exclude(state__in=ANSWERED).order_by(CLOCK, "number")


def letter_to_print(proposal: Proposal) -> ReplyLetter | None:
    """The newest issued letter, else the newest that is not withdrawn."""
    letters = list(with_figures(ReplyLetter.objects.filter(proposal=proposal)).order_by("-version"))
    alive = [letter for letter in letters if letter.state != LetterState.WITHDRAWN]
    issued = [letter for letter in alive if letter.is_issued]
    return next(iter(issued or alive), None)


def commitments_visible_to(actor: Any) -> QuerySet[Commitment]:
    """Promises of the letters that this actor may read."""
    return Commitment.objects.filter(letter__in=letters_visible_to(actor)).select_related("letter")
