"""What is done with letters and their promises; callers know these verbs as `replies.acts`."""

import datetime as dt
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _now

from qingdan.core import clock, figures, journal
from qingdan.core.actor import Actor
from qingdan.core.permits import Refused
from qingdan.directory.models import Agency
from qingdan.documents.validating import validate
from qingdan.replies.lifecycle import COMMITMENT, LETTER
from qingdan.replies.models import (
    Commitment,
    DifferenceNote,
    LetterCheck,
    LetterComment,
    LetterFigure,
    LetterRevision,
    LetterState,
    Proposal,
    ProposalState,
    ReplyLetter,
)
from qingdan.replies.permits import is_officer, may_check, may_draft, may_edit
from qingdan.replies.rendering import digest, problems_to_issue, rendered
from qingdan.replies.text import ProblemReport

# What an edit may touch; the rest of a letter is written by moves.
EDITABLE = (
    "layout",
    "reply_class",
    "publication",
    "publication_reason",
    "title",
    "addressee",
    "source",
    "contact",
    "signature",
    "copies_to",
    "dated_on",
    "as_of",
    "number_prefix",
    "show_code",
    "show_qr",
)


@transaction.atomic
def draft(
    proposal: Proposal, *, actor: Actor, agency: Agency, is_sample: bool = False, **fields: Any
) -> ReplyLetter:
    """Begin the next version of the reply. Title, addressee and signature have the usual form unless given."""
    may_draft.require(actor, proposal)
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise TypeError(f"not fields of a draft: {sorted(unknown)}")
    locked = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if locked.state not in (ProposalState.ASSIGNED, ProposalState.IN_HANDLING) and not (
        locked.letters.filter(state=LetterState.ISSUED).exists()
    ):
        raise Refused(_now("Take the proposal up first: it is not in handling."))
    last = locked.letters.aggregate(last=models.Max("version"))["last"] or 0
    given = {
        "title": f"{agency.name}关于对{locked}的复函",
        "addressee": "尊敬的委员" if locked.noun == "提案" else "尊敬的代表",
        "signature": agency.name,
        "as_of": clock.today(),
    } | fields
    letter = ReplyLetter(
        district=locked.district,
        proposal=locked,
        version=last + 1,
        agency=agency,
        drafter_key=actor.actor_key,
        drafter=actor.actor_label,
        is_sample=is_sample,
        **given,
    )
    validate(letter)
    LETTER.begin(letter, actor=actor, version=letter.version)
    _keep_revision(letter, actor, autosave=False)
    return letter


def correct(letter: ReplyLetter, *, actor: Actor) -> ReplyLetter:
    """Begin a new version of an issued letter, with its text, read as of today."""
    if not letter.is_issued:
        raise Refused(_now("A letter has to be issued first."))
    kept = {
        name: getattr(letter, name) for name in EDITABLE if name not in {"as_of", "dated_on", "number_prefix"}
    }
    return draft(letter.proposal, actor=actor, agency=letter.agency, is_sample=letter.is_sample, **kept)


@transaction.atomic
def edit(
    letter: ReplyLetter, *, actor: Actor, revision: int | None = None, autosave: bool = False, **fields: Any
) -> ReplyLetter:
    """Change an open letter. `revision` is the one the editor saw: a newer one refuses, so nothing is lost.

    Each revision is kept as a row; those saved by the page itself within one sitting follow into one row and
    one journal entry.
    """
    may_edit.require(actor, letter)
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise TypeError(f"not fields of a draft: {sorted(unknown)}")
    locked = ReplyLetter.objects.select_for_update().get(pk=letter.pk)
    if not locked.is_open:
        raise Refused(
            _now("The letter is “%(state)s”: only a draft or a returned letter is edited.")
            % {"state": locked.get_state_display()}
        )
    if revision is not None and revision != locked.revision:
        raise Refused(
            _now(
                "Not saved: %(who)s changed this letter at %(when)s. Your text is still here; compare first."
            )
            % {
                "who": locked.edited_by or locked.drafter,
                "when": timezone.localtime(locked.edited_at).strftime("%H:%M") if locked.edited_at else "",
            }
        )
    changed = [name for name, value in fields.items() if getattr(locked, name) != value]
    if not changed:
        if not autosave:  # what the page had saved by itself is now saved by hand
            locked.revisions.filter(number=locked.revision).update(autosaved=False)
        return letter
    for name in changed:
        setattr(locked, name, fields[name])
    locked.revision += 1
    locked.edited_at, locked.edited_by = timezone.now(), actor.actor_label
    validate(locked)
    locked.save()
    if _keep_revision(locked, actor, autosave=autosave):
        journal.record(
            actor=actor,
            verb="letter.edit",
            subject=locked,
            data={"fields": sorted(changed), "revision": locked.revision},
        )
    letter.refresh_from_db()
    return letter


SITTING = dt.timedelta(minutes=15)


def _keep_revision(letter: ReplyLetter, actor: Actor, *, autosave: bool) -> bool:
    """Keep the letter as it stands now; False when it went into the row of the same sitting."""
    now = timezone.now()
    kept = {
        "number": letter.revision,
        "source": letter.source,
        "fields": {name: str(getattr(letter, name) or "") for name in EDITABLE if name != "source"},
        "autosaved": autosave,
        "saved_at": now,
        "saved_by": actor.actor_label,
    }
    last = letter.revisions.order_by("-number").first()
    if (
        last is not None
        and last.autosaved
        and last.saved_key == actor.actor_key
        and now - last.saved_at < SITTING
    ):
        for name, value in kept.items():
            setattr(last, name, value)
        last.save()
        return not autosave
    LetterRevision.objects.create(district=letter.district, letter=letter, saved_key=actor.actor_key, **kept)
    return True


@transaction.atomic
def comment(letter: ReplyLetter, *, actor: Actor, text: str, quote: str = "") -> LetterComment:
    """A remark on a letter that is not issued yet."""
    may_edit.require(actor, letter)
    locked = ReplyLetter.objects.select_for_update().get(pk=letter.pk)
    if locked.is_issued or locked.state == LetterState.WITHDRAWN:
        raise Refused(_now("Comments are made before the issue."))
    made = LetterComment(
        district=locked.district,
        letter=locked,
        revision=locked.revision,
        quote=quote[:200],
        text=text,
        made_at=timezone.now(),
        made_key=actor.actor_key,
        made_by=actor.actor_label,
    )
    validate(made)
    made.save()
    journal.record(actor=actor, verb="letter.comment", subject=locked, data={"comment": made.pk})
    return made


@transaction.atomic
def settle_comment(comment: LetterComment, *, actor: Actor) -> LetterComment:
    """Somebody has seen to a comment."""
    may_edit.require(actor, comment.letter)
    locked = LetterComment.objects.select_for_update().get(pk=comment.pk)
    if locked.settled_at is None:
        locked.settled_at, locked.settled_by = timezone.now(), actor.actor_label
        locked.save(update_fields=["settled_at", "settled_by"])
        journal.record(
            actor=actor, verb="letter.settle_comment", subject=locked.letter, data={"comment": locked.pk}
        )
    return locked


def submit(letter: ReplyLetter, *, actor: Actor) -> ReplyLetter:
    LETTER.move(letter, "submit", actor=actor)
    return letter


@transaction.atomic
def check(
    letter: ReplyLetter, *, actor: Actor, legality: str, secrecy: str, remarks: str = ""
) -> ReplyLetter:
    """Keep the office's check (合法性、保密审查). When one of the two did not pass, the letter goes back with the
    remarks; else it can be signed."""
    may_check.require(actor, letter)
    locked = ReplyLetter.objects.select_for_update().get(pk=letter.pk)
    if locked.state != LetterState.SUBMITTED:
        raise Refused(
            _now("Not possible now: the record is “%(state)s”.") % {"state": locked.get_state_display()}
        )
    made = LetterCheck(
        district=locked.district,
        letter=locked,
        revision=locked.revision,
        text_sm3=digest(rendered(locked)),
        legality=legality,
        secrecy=secrecy,
        remarks=remarks.strip(),
        checked_at=timezone.now(),
        checked_key=actor.actor_key,
        checked_by=actor.actor_label,
    )
    validate(made)
    made.save()
    if made.passed:
        LETTER.move(letter, "check", actor=actor, reason=made.remarks)
    else:
        LETTER.move(letter, "return", actor=actor, reason=made.remarks)
    return letter


def return_to_drafter(letter: ReplyLetter, *, actor: Actor, reason: str) -> ReplyLetter:
    LETTER.move(letter, "return", actor=actor, reason=reason)
    return letter


def sign(letter: ReplyLetter, *, actor: Actor) -> ReplyLetter:
    LETTER.move(letter, "sign", actor=actor)
    return letter


def withdraw(letter: ReplyLetter, *, actor: Actor, reason: str) -> ReplyLetter:
    LETTER.move(letter, "withdraw", actor=actor, reason=reason)
    return letter


@transaction.atomic
def issue(
    letter: ReplyLetter, *, actor: Actor, dated_on: dt.date | None = None, serial: int | None = None
) -> ReplyLetter:
    """Issue a signed letter: freeze every figure, take the number, set the seal, answer the proposal.

    `dated_on` dates the letter if it has no date yet; `serial` is a number the office has given, else the next
    free one is taken. Refused with all problems at once; nothing is changed then.
    """
    if dated_on is not None and letter.state == LetterState.SIGNED:
        ReplyLetter.objects.filter(pk=letter.pk, dated_on__isnull=True).update(dated_on=dated_on)
        letter.refresh_from_db()
    if letter.state == LetterState.SIGNED and serial is not None:
        report = ProblemReport(problems_to_issue(letter, serial=serial))
        if report:
            raise Refused(report)
    LETTER.move(letter, "issue", actor=actor, serial=serial)
    return letter


@transaction.atomic
def explain_difference(figure: LetterFigure, *, actor: Actor, reason: str) -> DifferenceNote:
    """Say why a figure of an issued letter stays although today's records differ. Published with the letter."""
    letter = figure.letter
    is_officer.require(actor, letter)
    held = figures.agreement(figure.reading, clock.today())
    if held.now is None:
        raise Refused(_now("The figure is no longer declared: there is nothing to hold it against."))
    if held.agrees:
        raise Refused(_now("The figure agrees with today's records: there is nothing to explain."))
    note = DifferenceNote(
        district=letter.district,
        figure=figure,
        value=held.now,
        reason=reason.strip(),
        noted_at=timezone.now(),
        noted_key=actor.actor_key,
        noted_by=actor.actor_label,
    )
    validate(note)
    note.save()
    journal.record(
        actor=actor,
        verb="letter.explain_difference",
        subject=letter,
        reason=note.reason,
        data={
            "figure": figure.reading.figure,
            "position": figure.position,
            "letter": figure.reading.value,
            "records": held.now,
        },
    )
    return note


# ── commitments ─────────────────────────────────────────────────────────────


@transaction.atomic
def promise(letter: ReplyLetter, *, actor: Actor, text: str, due_on: dt.date) -> Commitment:
    """Keep in view what the letter promises."""
    is_officer.require(actor, letter)
    if not letter.is_issued:  # and once issued it stays so
        raise Refused(_now("A letter has to be issued first."))
    commitment = Commitment(district=letter.district, letter=letter, text=text, due_on=due_on)
    validate(commitment)
    COMMITMENT.begin(commitment, actor=actor, letter=letter.pk)
    return commitment


def keep_promise(commitment: Commitment, *, actor: Actor, outcome: str) -> Commitment:
    COMMITMENT.move(commitment, "keep", actor=actor, reason=outcome)
    return commitment


def drop_promise(commitment: Commitment, *, actor: Actor, reason: str) -> Commitment:
    COMMITMENT.move(commitment, "drop", actor=actor, reason=reason)
    return commitment
