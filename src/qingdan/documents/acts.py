"""What is done with official papers. Each verb is one transaction with its entry in the journal."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _now

from qingdan.core import journal
from qingdan.core.actor import Actor
from qingdan.core.permits import Refused
from qingdan.documents.lifecycle import PAPER
from qingdan.documents.models import OfficialPaper, PaperState
from qingdan.documents.permits import keeps_papers
from qingdan.documents.validating import validate

EDITABLE = (
    "kind",
    "layout",
    "agency",
    "prefix",
    "title",
    "addressee",
    "body",
    "attachments",
    "contact",
    "copies_to",
    "urgency",
    "dated_on",
)


def draft(*, actor: Actor, is_sample: bool = False, **fields: Any) -> OfficialPaper:
    """Begin a paper."""
    keeps_papers.require(actor, None)
    _known(fields)
    paper = OfficialPaper(
        district=actor.district,
        drafter_key=actor.actor_key,
        drafter=actor.actor_label,
        is_sample=is_sample,
        **fields,
    )
    validate(paper)
    PAPER.begin(paper, actor=actor)
    return paper


@transaction.atomic
def edit(paper: OfficialPaper, *, actor: Actor, revision: int | None = None, **fields: Any) -> OfficialPaper:
    """Change a draft. `revision` is the one the editor saw: a newer one refuses, so nothing is lost."""
    keeps_papers.require(actor, paper)
    _known(fields)
    locked = OfficialPaper.objects.select_for_update().get(pk=paper.pk)
    if locked.state != PaperState.DRAFT:
        raise Refused(_now("Only a draft is edited: send the paper back first."))
    if revision is not None and revision != locked.revision:
        raise Refused(_now("Not saved: somebody else changed this paper. Your text is still here."))
    changed = [name for name, value in fields.items() if getattr(locked, name) != value]
    if locked.number and {"prefix"} & set(changed):
        raise Refused(_now("The paper keeps its number, so its prefix stays."))
    if (
        locked.number
        and "dated_on" in changed
        and (fields["dated_on"] is None or fields["dated_on"].year != locked.year)
    ):
        raise Refused(_now("The paper keeps its number, so its year stays."))
    if changed:
        for name in changed:
            setattr(locked, name, fields[name])
        locked.revision += 1
        validate(locked)
        locked.save()
        journal.record(
            actor=actor,
            verb="paper.edit",
            subject=locked,
            data={"fields": sorted(changed), "revision": locked.revision},
        )
        paper.refresh_from_db()
    return paper


def check(paper: OfficialPaper, *, actor: Actor) -> OfficialPaper:
    PAPER.move(paper, "check", actor=actor)
    return paper


def sign(paper: OfficialPaper, *, actor: Actor) -> OfficialPaper:
    PAPER.move(paper, "sign", actor=actor)
    return paper


def seal(paper: OfficialPaper, *, actor: Actor, serial: int | None = None) -> OfficialPaper:
    """Take the number (`serial` if the office has given one) and set the seal."""
    PAPER.move(paper, "seal", actor=actor, serial=serial)
    return paper


def issue(paper: OfficialPaper, *, actor: Actor) -> OfficialPaper:
    PAPER.move(paper, "issue", actor=actor)
    return paper


def send_back(paper: OfficialPaper, *, actor: Actor, reason: str) -> OfficialPaper:
    PAPER.move(paper, "send_back", actor=actor, reason=reason)
    return paper


def withdraw(paper: OfficialPaper, *, actor: Actor, reason: str) -> OfficialPaper:
    PAPER.move(paper, "withdraw", actor=actor, reason=reason)
    return paper


def _known(fields: dict[str, Any]) -> None:
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise TypeError(f"not fields of a paper: {sorted(unknown)}")
