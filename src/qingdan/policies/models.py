"""Normative documents and their life, from plan to repeal (domain: 行政规范性文件)."""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import DistrictOwned
from qingdan.policies.rules_models import NegativeListItem, ServiceCatalogEntry, Threshold

__all__ = [
    "DocumentGroup",
    "LegalityReview",
    "NegativeListItem",
    "NormativeDocument",
    "ServiceCatalogEntry",
    "Stage",
    "Threshold",
]


class DocumentGroup(models.TextChoices):
    """The groups in which a reply speaks of documents."""

    BASIC = "BASIC", _("basic document")
    SUPPORTING = "SUPPORTING", _("supporting document")
    SUPPORT_POLICY = "SUPPORT_POLICY", _("support policy")
    ALLOWANCE = "ALLOWANCE", _("allowance scheme")
    WORKFORCE = "WORKFORCE", _("workforce policy")


class Stage(models.TextChoices):
    PLANNED = "PLANNED", _("planned")
    DRAFTING = "DRAFTING", _("being drafted")
    COMMENT = "COMMENT", _("out for comment")
    LEGALITY_REVIEW = "LEGALITY_REVIEW", _("in legality review")
    ESCALATED = "ESCALATED", _("passed to the city")
    DELIBERATION = "DELIBERATION", _("in deliberation")
    ISSUED = "ISSUED", _("issued")
    FILED = "FILED", _("filed")
    IN_FORCE = "IN_FORCE", _("in force")
    AMENDED = "AMENDED", _("amended")
    EXPIRED = "EXPIRED", _("expired")
    REPEALED = "REPEALED", _("repealed")
    ABANDONED = "ABANDONED", _("abandoned")


class NormativeDocumentQuerySet(models.QuerySet[Any]):
    def issued_by(self, day: dt.date) -> Self:
        """Issued by the end of `day` and not ended by then."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=day), issued_on__lte=day)

    def drafting_on(self, day: dt.date) -> Self:
        """Begun by the end of `day` and by then neither issued nor given up."""
        return self.filter(
            Q(issued_on__isnull=True) | Q(issued_on__gt=day),
            Q(ended_on__isnull=True) | Q(ended_on__gt=day),
            begun_on__lte=day,
        )


class NormativeDocument(DistrictOwned):
    """A document that binds the public and applies again and again: drafted, reviewed, issued, ended."""

    title = models.CharField(_("title"), max_length=200)
    number = models.CharField(_("document number"), max_length=60, blank=True)
    group = models.CharField(_("group"), max_length=20, choices=DocumentGroup)
    stage = models.CharField(_("stage"), max_length=20, choices=Stage, default=Stage.PLANNED)
    issuer = models.ForeignKey(
        "directory.Agency",
        on_delete=models.PROTECT,
        related_name="documents_issued",
        null=True,
        blank=True,
        verbose_name=_("issuing agency"),
    )
    co_drafters = models.ManyToManyField(
        "directory.Agency",
        related_name="documents_co_drafted",
        blank=True,
        verbose_name=_("co-drafting agencies"),
    )
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    begun_on = models.DateField(_("drafting begun on"))
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)

    objects = NormativeDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("policy document")
        verbose_name_plural = _("policy documents")
        ordering = ["-issued_on", "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "number"], condition=~Q(number=""), name="policies_number_is_unique"
            ),
            models.UniqueConstraint(
                fields=["district", "title", "begun_on"], name="policies_one_draft_of_a_title_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(issued_on__isnull=True) | Q(issued_on__gte=models.F("begun_on")),
                name="policies_issued_after_begun",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("policy", args=[self.pk])

    @property
    def citation(self) -> str:
        """The form in which other papers name it: 《title》（number）."""
        return f"《{self.title}》（{self.number}）" if self.number else f"《{self.title}》"


class LegalityReview(DistrictOwned):
    """The legal office's answer to a draft (合法性审查)."""

    class Result(models.TextChoices):
        PASSED = "PASSED", _("passed")
        TO_REVISE = "TO_REVISE", _("to be revised")
        OUT_OF_AUTHORITY = "OUT_OF_AUTHORITY", _("out of the district's authority")

    document = models.ForeignKey(
        NormativeDocument,
        on_delete=models.CASCADE,
        related_name="legality_reviews",
        verbose_name=_("policy document"),
    )
    reviewed_on = models.DateField(_("reviewed on"))
    reviewer = models.ForeignKey(
        "directory.Agency", on_delete=models.PROTECT, verbose_name=_("reviewing agency")
    )
    result = models.CharField(_("result"), max_length=20, choices=Result)
    opinion = models.TextField(_("opinion"), blank=True)
    escalated_to = models.ForeignKey(
        "directory.Agency",
        on_delete=models.PROTECT,
        related_name="documents_escalated",
        null=True,
        blank=True,
        verbose_name=_("passed to"),
    )

    class Meta:
        verbose_name = _("legality review")
        verbose_name_plural = _("legality reviews")
        ordering = ["-reviewed_on"]

    def __str__(self) -> str:
        return f"{self.document}: {self.get_result_display()}"
