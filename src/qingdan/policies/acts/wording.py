"""Writing the text: a whole document read in, or one clause at a time. Frozen wordings never change."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _now

from qingdan.core import clock, journal
from qingdan.core.actor import Actor
from qingdan.core.files import examine
from qingdan.core.permits import Refused
from qingdan.documents.uploads import text_of
from qingdan.policies.acts.documents import locked
from qingdan.policies.models import IN_FORCE, Clause, ClauseText, NormativeDocument, Stage, Version
from qingdan.policies.permits import may_keep
from qingdan.policies.reading import MAX_TEXT, Known, NotAWording, Passage, matched, read_clauses

MAX_UPLOAD = 5 * 1024**2


def read_upload(upload: Any) -> str:
    """The text of an uploaded .docx or .txt. Raises Refused with what to do when it cannot be read."""
    name = Path(getattr(upload, "name", "") or "").name
    data = upload.read(MAX_UPLOAD + 1)
    if len(data) > MAX_UPLOAD:
        raise Refused(_now("The file is larger than %(limit)d MB.") % {"limit": MAX_UPLOAD >> 20})
    if Path(name).suffix.lower() not in (".docx", ".txt"):
        raise Refused(_now("Give the wording as .docx or .txt."))
    try:
        examine(data, name)
        return text_of(name, data)
    except ValidationError as fault:
        raise Refused(fault.messages[0]) from fault


@transaction.atomic
def import_wording(
    document: NormativeDocument, *, actor: Actor, text: str, label: str = "", on: dt.date | None = None
) -> Version:
    """Read a text into clauses: the open wording is replaced, or a new one begun. Clauses keep their keys.

    For a document in force this is the draft of its amendment; what is shown does not change until `amend`.
    """
    may_keep.require(actor, document)
    current = _writable(document)
    try:
        passages = read_clauses(text, title=current.title)
    except NotAWording as fault:
        raise Refused(str(fault)) from fault
    version = _open_version(current, label, on)
    before = _basis_of(current, version)
    known = [
        Known(row.clause.key, row.number, row.parent_number, f"{row.heading}\n{row.text}") for row in before
    ]
    version.texts.all().delete()
    ever = current.clauses.values_list("key", flat=True)
    _write(current, version, matched(passages, known, ever))
    _drop_unused(current)
    _note(current, version, actor, "policy.import", {"clauses": len(passages), "label": label})
    document.refresh_from_db()
    return version


def first_wording(document: NormativeDocument, *, text: str, on: dt.date) -> Version:
    """The wording of a document that was issued on paper: frozen and law from its first day.

    Runs in the transaction of the act that takes the document over.
    """
    try:
        passages = read_clauses(text, title=document.title)
    except NotAWording as fault:
        raise Refused(str(fault)) from fault
    version = Version.objects.create(
        district=document.district,
        document=document,
        number=1,
        made_on=on,
        frozen_on=on,
        effective_on=document.in_force_on or on,
    )
    _write(document, version, passages)
    document.current = version
    document.save(update_fields=["current"])
    return version


@transaction.atomic
def write_clause(
    document: NormativeDocument,
    *,
    actor: Actor,
    key: str,
    text: str,
    heading: str = "",
    number: str | None = None,
) -> ClauseText:
    """Change one clause in the open wording; a frozen one is copied into a new wording first."""
    may_keep.require(actor, document)
    current = _writable(document)
    version = _open_version(current, "")
    if not version.texts.exists():
        _copy(_basis_of(current, version), version)
    row = version.texts.select_related("clause").filter(clause__key=key).first()
    if row is None:
        raise Refused(_now("This wording has no such clause."))
    if not text.strip() and not heading.strip():
        raise Refused(_now("A clause needs a text or a heading."))
    if len(text) > MAX_TEXT:
        raise Refused(
            _now("Clause %(number)s is longer than %(max)d characters: divide it.")
            % {"number": row.number or key, "max": MAX_TEXT}
        )
    row.text, row.heading = text.replace("\r\n", "\n").strip(), heading.strip()[:120]
    if number is not None:
        row.number = number.strip()[:20]
    row.save()
    _note(current, version, actor, "policy.write", {"clause": key})
    document.refresh_from_db()
    return row


@transaction.atomic
def drop_amendment(document: NormativeDocument, *, actor: Actor, reason: str) -> NormativeDocument:
    """Throw the draft of an amendment away; the document stays as it is."""
    may_keep.require(actor, document)
    current = locked(document)
    version = current.versions.filter(frozen_on__isnull=True).first()
    if current.stage not in IN_FORCE or version is None:
        raise Refused(_now("No amendment of this document is being written."))
    if not reason.strip():
        raise Refused(_now("Give a reason: it is kept with the record and shown to those concerned."))
    number = version.number
    version.delete()
    _drop_unused(current)
    journal.record(
        actor=actor, verb="policy.drop_amendment", subject=current, reason=reason, data={"version": number}
    )
    document.refresh_from_db()
    return document


# ── inside ──────────────────────────────────────────────────────────────────


def _writable(document: NormativeDocument) -> NormativeDocument:
    current = locked(document)
    if current.stage not in (Stage.PLANNED, Stage.DRAFTING, *IN_FORCE):
        raise Refused(
            _now("The wording cannot be changed while the document is “%(state)s”.")
            % {"state": current.get_stage_display()}
        )
    return current


def _open_version(document: NormativeDocument, label: str, on: dt.date | None = None) -> Version:
    version = document.versions.filter(frozen_on__isnull=True).first()
    if version is None:
        last = document.versions.aggregate(last=models.Max("number"))["last"] or 0
        version = Version.objects.create(
            district=document.district,
            document=document,
            number=last + 1,
            label=label.strip()[:80],
            made_on=on or clock.today(),
        )
    elif label.strip():
        version.label = label.strip()[:80]
        version.save(update_fields=["label"])
    return version


def _basis_of(document: NormativeDocument, version: Version) -> list[ClauseText]:
    """The texts on which the open wording builds: its own, or those shown."""
    own = list(version.texts.select_related("clause"))
    if own or document.current is None:
        return own
    return list(document.current.texts.select_related("clause"))


def _write(document: NormativeDocument, version: Version, passages: Sequence[Passage]) -> None:
    clauses = {clause.key: clause for clause in document.clauses.all()}
    missing = [passage.key for passage in passages if passage.key not in clauses]
    made = Clause.objects.bulk_create(
        Clause(district=document.district, document=document, key=key) for key in missing
    )
    clauses.update({clause.key: clause for clause in made})
    ClauseText.objects.bulk_create(
        ClauseText(
            district=document.district,
            version=version,
            clause=clauses[passage.key],
            order=order,
            level=passage.level,
            number=passage.number,
            parent_number=passage.parent_number,
            heading=passage.heading[:120],
            text=passage.text,
        )
        for order, passage in enumerate(passages, start=1)
    )


def _copy(rows: Sequence[ClauseText], version: Version) -> None:
    for row in rows:
        row.pk, row.version = None, version
        row._state.adding = True
    ClauseText.objects.bulk_create(rows)


def _drop_unused(document: NormativeDocument) -> None:
    """Clauses that stood only in a wording that was replaced before anybody could cite it."""
    document.clauses.filter(texts__isnull=True, comments__isnull=True, reliances__isnull=True).delete()


def _note(
    document: NormativeDocument, version: Version, actor: Actor, verb: str, data: dict[str, Any]
) -> None:
    """For a draft the newest wording is the one shown; then the entry in the journal."""
    if document.is_draft and document.current_id != version.pk:
        document.current = version
        document.save(update_fields=["current"])
    journal.record(actor=actor, verb=verb, subject=document, data={"version": version.number, **data})
