"""How documents stand to one another, and what rests on them."""

import datetime as dt

from django.db import models, transaction
from django.utils.translation import gettext as _now

from qingdan.core import clock, journal
from qingdan.core.actor import Actor
from qingdan.core.permits import Refused
from qingdan.documents.validating import validate
from qingdan.policies import queries
from qingdan.policies.models import Clause, NormativeDocument, Relation, RelationKind, Reliance
from qingdan.policies.permits import may_keep


@transaction.atomic
def relate(
    source: NormativeDocument,
    *,
    actor: Actor,
    kind: str,
    target: NormativeDocument | None = None,
    cited: str = "",
) -> Relation:
    """Say that a document rests on, carries out, amends or repeals another, kept here or `cited` by name."""
    may_keep.require(actor, source)
    if (target is None) == (not cited.strip()):
        raise Refused(_now("Choose a document of the library, or name one that is kept elsewhere."))
    if target is not None and target.pk == source.pk:
        raise Refused(_now("A document does not stand in relation to itself."))
    if target is not None and target.district != source.district:
        raise Refused(_now("This belongs to another district."))
    if (
        kind in (RelationKind.BASIS, RelationKind.SUPPORTS)
        and target is not None
        and Relation.objects.filter(source=target, target=source, kind=kind).exists()
    ):
        raise Refused(_now("The other document already rests on this one."))
    relation = Relation(
        district=source.district, source=source, kind=kind, target=target, cited=cited.strip()[:200]
    )
    validate(relation)
    relation.save(force_insert=True)
    journal.record(
        actor=actor,
        verb="policy.relate",
        subject=source,
        data={"kind": kind, "to": target.citation if target else relation.cited},
    )
    return relation


@transaction.atomic
def unrelate(relation: Relation, *, actor: Actor, reason: str) -> None:
    """Take a relation back that was entered wrongly."""
    may_keep.require(actor, relation)
    if not reason.strip():
        raise Refused(_now("Give a reason: it is kept with the record and shown to those concerned."))
    if not Relation.objects.select_for_update().filter(pk=relation.pk).exists():
        raise Refused(_now("The relation has been taken back already."))
    other = relation.target.citation if relation.target else relation.cited
    journal.record(
        actor=actor,
        verb="policy.unrelate",
        subject=relation.source,
        reason=reason,
        data={"kind": relation.kind, "to": other},
    )
    relation.delete()


@transaction.atomic
def rely(
    record: models.Model,
    *,
    actor: Actor,
    on: NormativeDocument,
    clause: Clause | None = None,
    note: str = "",
    since: dt.date | None = None,
) -> Reliance:
    """Note that a record of any room rests on a document, or on one clause of it."""
    may_keep.require(actor, on)
    if clause is not None and clause.document_id != on.pk:
        raise Refused(_now("The clause belongs to another document."))
    if on.ended_on is not None and on.ended_on <= clock.today():
        raise Refused(
            _now("%(document)s ended on %(day)s: nothing new rests on it.")
            % {"document": on.citation, "day": on.ended_on.isoformat()}
        )
    if clause is not None and not queries.texts_now(on).filter(clause=clause).exists():
        raise Refused(_now("The present wording no longer has this clause; choose one that it has."))
    if getattr(record, "district", on.district) != on.district:
        raise Refused(_now("This belongs to another district."))
    reliance = Reliance(
        district=on.district,
        document=on,
        clause=clause,
        record_type=record._meta.label_lower,
        record_id=str(record.pk),
        note=note.strip()[:200],
        since=since or clock.today(),
    )
    validate(reliance)
    reliance.save(force_insert=True)
    journal.record(
        actor=actor,
        verb="policy.rely",
        subject=on,
        data={
            "record": f"{reliance.record_type}:{reliance.record_id}",
            "clause": clause.key if clause else "",
        },
    )
    return reliance


@transaction.atomic
def stop_relying(reliance: Reliance, *, actor: Actor, reason: str, on: dt.date | None = None) -> Reliance:
    """The record has another basis now, or is over."""
    may_keep.require(actor, reliance)
    current = Reliance.objects.select_for_update().select_related("document").get(pk=reliance.pk)
    if current.until is not None:
        raise Refused(_now("This has ended already."))
    if not reason.strip():
        raise Refused(_now("Give a reason: it is kept with the record and shown to those concerned."))
    current.until = on or clock.today()
    current.save(update_fields=["until"])
    journal.record(
        actor=actor,
        verb="policy.stop_relying",
        subject=current.document,
        reason=reason,
        data={"record": f"{current.record_type}:{current.record_id}"},
    )
    reliance.refresh_from_db()
    return reliance
