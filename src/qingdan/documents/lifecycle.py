"""The way of an official paper: draft, checked, signed, sealed, issued."""

import copy
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from qingdan.core import clock
from qingdan.core.actor import Actor
from qingdan.core.lifecycle import Lifecycle, Move, register
from qingdan.core.permits import Answer, No, Refused, Yes, permit
from qingdan.documents.models import OfficialPaper, PaperState, SealImprint
from qingdan.documents.numbering import NumberUsed, take
from qingdan.documents.permits import keeps_papers, may_decide
from qingdan.documents.printing import content_sm3, is_numbered, problems, seal_holds


@permit(_("The paper is not ready."))
def is_sound(actor: Any, paper: OfficialPaper) -> Answer:
    found = problems(paper)
    return No(" ".join(found)) if found else Yes()


@permit(_("The content is not the one that was signed: send it back."))
def is_as_signed(actor: Any, paper: OfficialPaper) -> bool:
    return paper.signed_sm3 == signature_sm3(paper)


@permit(_("The content is not the one that was sealed: send it back."))
def is_as_sealed(actor: Any, paper: OfficialPaper) -> bool:
    return seal_holds(paper)


@permit(_("Its number is taken, and a number is not given back: correct the paper and issue it."))
def has_no_number(actor: Any, paper: OfficialPaper) -> bool:
    return not is_numbered(paper)


def signature_sm3(paper: OfficialPaper) -> str:
    """What a signature covers: the printed content without the number, which comes after it."""
    bare = copy.copy(paper)
    bare.number = ""
    return content_sm3(bare)


def check(paper: OfficialPaper, *, actor: Actor, reason: str) -> dict[str, Any]:
    paper.checker = actor.actor_label
    return {"revision": paper.revision}


def sign(paper: OfficialPaper, *, actor: Actor, reason: str) -> dict[str, Any]:
    """The date of a paper is that of its signature, unless the draft bears one (条例, article 9)."""
    paper.signer_key, paper.signer = actor.actor_key, actor.actor_label[:60]
    paper.dated_on = paper.dated_on or clock.today()
    paper.signed_sm3 = signature_sm3(paper)
    return {"revision": paper.revision, "content_sm3": paper.signed_sm3}


def number_and_seal(
    paper: OfficialPaper, *, actor: Actor, reason: str, serial: int | None = None
) -> dict[str, Any]:
    """Take the number, once and for good, and set the seal on the content that bears it."""
    assert paper.dated_on is not None  # signing has dated it
    if not is_numbered(paper):
        try:
            number = take(
                district=paper.district,
                prefix=paper.prefix,
                year=paper.dated_on.year,
                subject=paper.title,
                serial=serial,
            )
        except NumberUsed as used:
            raise Refused(str(used)) from used
        paper.year, paper.serial, paper.number = number.year, number.serial, str(number)
    imprint = SealImprint.objects.create(
        district=paper.district,
        paper=paper,
        content_sm3=content_sm3(paper),
        sealed_at=timezone.now(),
        sealed_key=actor.actor_key,
        sealed_by=actor.actor_label,
    )
    return {"number": paper.number, "imprint": imprint.pk, "content_sm3": imprint.content_sm3}


def take_back(paper: OfficialPaper, *, actor: Actor, reason: str) -> dict[str, Any]:
    """Back to the drafter: check and signature are gone, a seal is void."""
    standing = SealImprint.objects.filter(paper=paper, void_at__isnull=True)
    void = standing.update(void_at=timezone.now(), void_reason=reason[:200])
    withdrawn = paper.signer
    paper.checker = paper.signer_key = paper.signer = paper.signed_sm3 = ""
    return {"signature_withdrawn": withdrawn, "imprints_void": void}


def issue(paper: OfficialPaper, *, actor: Actor, reason: str) -> dict[str, Any]:
    paper.issued_at = timezone.now()
    return {"number": paper.number}


PAPER = register(
    Lifecycle(
        "paper",
        PaperState,
        Move(
            "check",
            PaperState.DRAFT,
            PaperState.CHECKED,
            label=_("Check and pass on"),
            by=may_decide,
            when=is_sound,
            effect=check,
        ),
        Move(
            "sign",
            PaperState.CHECKED,
            PaperState.SIGNED,
            label=_("Sign"),
            by=may_decide,
            when=is_sound,
            effect=sign,
        ),
        Move(
            "seal",
            PaperState.SIGNED,
            PaperState.SEALED,
            label=_("Number and seal"),
            by=may_decide,
            when=is_as_signed,
            effect=number_and_seal,
            warns=_("It takes its document number for good; any change afterwards voids the seal."),
        ),
        Move(
            "issue",
            PaperState.SEALED,
            PaperState.ISSUED,
            label=_("Issue"),
            by=keeps_papers,
            when=is_as_sealed,
            effect=issue,
            warns=_("Nothing of it can change afterwards."),
        ),
        Move(
            "send_back",
            (PaperState.CHECKED, PaperState.SIGNED, PaperState.SEALED),
            PaperState.DRAFT,
            label=_("Send back"),
            by=keeps_papers,
            needs_reason=True,
            effect=take_back,
        ),
        Move(
            "withdraw",
            PaperState.DRAFT,
            PaperState.WITHDRAWN,
            label=_("Withdraw the draft"),
            by=keeps_papers,
            when=has_no_number,
            needs_reason=True,
        ),
    ),
    OfficialPaper,
)

__all__ = ["PAPER", "signature_sm3"]
