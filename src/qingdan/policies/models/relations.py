"""How documents stand to one another, and what rests on them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import DistrictOwned
from qingdan.policies.models.clauses import Clause
from qingdan.policies.models.documents import NormativeDocument


class RelationKind(models.TextChoices):
    BASIS = "BASIS", _("rests on")
    SUPPORTS = "SUPPORTS", _("puts into practice")
    AMENDS = "AMENDS", _("amends")
    REPEALS = "REPEALS", _("repeals")


class Relation(DistrictOwned):
    """`source` rests on, carries out, amends or repeals `target`; a law kept elsewhere is named in `cited`."""

    source = models.ForeignKey(
        NormativeDocument,
        on_delete=models.CASCADE,
        related_name="relations",
        verbose_name=_("policy document"),
    )
    kind = models.CharField(_("relation"), max_length=8, choices=RelationKind)
    target = models.ForeignKey(
        NormativeDocument,
        on_delete=models.PROTECT,
        related_name="related_from",
        null=True,
        blank=True,
        verbose_name=_("other document"),
    )
    cited = models.CharField(_("document kept elsewhere"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("relation of documents")
        verbose_name_plural = _("relations of documents")
        ordering = ["kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "source", "kind", "target"],
                condition=Q(target__isnull=False),
                name="policies_relation_once",
                violation_error_message=_("This relation is entered already."),
            ),
            models.UniqueConstraint(
                fields=["district", "source", "kind", "cited"],
                condition=~Q(cited=""),
                name="policies_citation_once",
                violation_error_message=_("This relation is entered already."),
            ),
            models.CheckConstraint(
                condition=Q(target__isnull=False, cited="") | (Q(target__isnull=True) & ~Q(cited="")),
                name="policies_relation_has_one_end",
            ),
            models.CheckConstraint(
                condition=Q(target__isnull=True) | ~Q(target=F("source")), name="policies_relation_to_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.get_kind_display()} {self.target or self.cited}"


class Reliance(DistrictOwned):
    """A record of another room that rests on a document or one of its clauses.

    The record is named by its kind (`funds.fund`) and key, so that this room knows nothing of the rooms above it.
    Rooms whose records point here by a field of their own answer through `policies.reliance.provide` instead.
    """

    document = models.ForeignKey(
        NormativeDocument,
        on_delete=models.CASCADE,
        related_name="reliances",
        verbose_name=_("policy document"),
    )
    clause = models.ForeignKey(
        Clause,
        on_delete=models.PROTECT,
        related_name="reliances",
        null=True,
        blank=True,
        verbose_name=_("clause"),
    )
    record_type = models.CharField(_("kind of record"), max_length=80)
    record_id = models.CharField(_("record's key"), max_length=40)
    note = models.CharField(_("what rests on it"), max_length=200, blank=True)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("reliance")
        verbose_name_plural = _("reliances")
        ordering = ["record_type", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "document", "clause", "record_type", "record_id"],
                condition=Q(until__isnull=True, clause__isnull=False),
                name="policies_reliance_on_a_clause_once",
            ),
            models.UniqueConstraint(
                fields=["district", "document", "record_type", "record_id"],
                condition=Q(until__isnull=True, clause__isnull=True),
                name="policies_reliance_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_type} {self.record_id}"
