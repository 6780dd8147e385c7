"""The public speaks, and is answered with reasons."""

from django.db import transaction
from django.utils.translation import gettext as _now

from qingdan.core import clock, journal
from qingdan.core.actor import Actor
from qingdan.core.permits import Refused
from qingdan.documents.validating import validate
from qingdan.policies.models import Clause, Comment, CommenterKind, CommentPeriod, Outcome
from qingdan.policies.permits import may_comment, may_keep

SHORTEST = 5  # characters: less says nothing
LONGEST = 2000


@transaction.atomic
def comment(
    period: CommentPeriod,
    *,
    actor: Actor,
    text: str,
    kind: str = CommenterKind.RESIDENT,
    clause: Clause | None = None,
) -> Comment:
    """Say something about the draft. Anybody may, without a name, while the period lasts."""
    may_comment.require(actor, period)
    current = CommentPeriod.objects.select_for_update().get(pk=period.pk)
    if not current.is_open_on(clock.today()):
        raise Refused(_now("Comments on this draft are not open now."))
    said = text.replace("\r\n", "\n").strip()
    if not SHORTEST <= len(said) <= LONGEST:
        raise Refused(
            _now("Write between %(min)d and %(max)d characters.") % {"min": SHORTEST, "max": LONGEST}
        )
    if clause is not None and not current.version.texts.filter(clause=clause).exists():
        raise Refused(_now("The draft has no such clause."))
    if current.comments.filter(text=said, clause=clause).exists():
        raise Refused(_now("The same comment has been received already; it will be answered."))
    made = Comment(
        district=current.district,
        period=current,
        clause=clause,
        kind=kind,
        text=said,
        received_on=clock.today(),
    )
    validate(made)
    made.save(force_insert=True)
    journal.record(
        actor=actor,
        verb="policy.comment",
        subject=current.document,
        data={"comment": made.pk, "from": kind, "clause": clause.key if clause else ""},
    )
    return made


@transaction.atomic
def answer_comment(made: Comment, *, actor: Actor, outcome: str, answer: str) -> Comment:
    """Answer a comment: taken up or not, and why. The answer can be bettered until the period is closed."""
    may_keep.require(actor, made)
    current = Comment.objects.select_for_update().select_related("period__document").get(pk=made.pk)
    if current.period.closed_on is not None:
        raise Refused(_now("The comments are closed; their answers stay as they were published."))
    if outcome not in Outcome.values:
        raise Refused(_now("Say whether the comment is taken up, in part, or not."))
    if len(answer.strip()) < SHORTEST:
        raise Refused(_now("Give the reason for the answer: those who commented will read it."))
    current.outcome, current.answer = outcome, answer.strip()
    current.answered_on, current.answered_by = clock.today(), actor.actor_label[:120]
    current.save()
    journal.record(
        actor=actor,
        verb="policy.answer_comment",
        subject=current.period.document,
        data={"comment": current.pk, "outcome": outcome},
    )
    made.refresh_from_db()
    return made
