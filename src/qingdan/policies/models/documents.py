"""Normative documents and their life, from plan to repeal (domain: 行政规范性文件)."""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import DistrictOwned
from qingdan.core.search import BigramIndex, Bigrams


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


# Stages in which a document is still being made, and those in which it binds.
BEFORE_ISSUE = (
    Stage.PLANNED,
    Stage.DRAFTING,
    Stage.COMMENT,
    Stage.LEGALITY_REVIEW,
    Stage.ESCALATED,
    Stage.DELIBERATION,
)
IN_FORCE = (Stage.IN_FORCE, Stage.AMENDED)


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
    group = models.CharField(_("document group"), max_length=20, choices=DocumentGroup)
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
    begun_on = models.DateField(_("drafting begun on"), null=True, blank=True)
    comment_waiver = models.CharField(_("why no public comment is asked"), max_length=200, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=120, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    in_force_on = models.DateField(_("in force from"), null=True, blank=True)
    filed_on = models.DateField(_("filed on"), null=True, blank=True)
    filed_with = models.CharField(_("filed with"), max_length=120, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    current = models.ForeignKey(
        "policies.Version",
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("wording shown"),
    )
    grams = Bigrams(of=("title", "number", "subject"))

    objects = NormativeDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("policy document")
        verbose_name_plural = _("policy documents")
        ordering = ["-issued_on", "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "number"],
                condition=~Q(number=""),
                name="policies_number_is_unique",
                violation_error_message=_("A document of this number is in the library already."),
            ),
            models.UniqueConstraint(
                fields=["district", "title", "begun_on"],
                name="policies_one_draft_of_a_title_at_a_time",
                violation_error_message=_("A document with this title was begun on the same day already."),
            ),
            models.CheckConstraint(
                condition=Q(issued_on__isnull=True) | Q(issued_on__gte=models.F("begun_on")),
                name="policies_issued_after_begun",
                violation_error_message=_("It cannot be issued before its drafting began."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=models.F("issued_on")),
                name="policies_valid_after_issue",
                violation_error_message=_("Its last day cannot lie before its first."),
            ),
        ]
        indexes = [BigramIndex(fields=["grams"], name="policies_document_grams")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("policy", args=[self.pk])

    @property
    def citation(self) -> str:
        """The form in which other papers name it: 《title》（number）."""
        return f"《{self.title}》（{self.number}）" if self.number else f"《{self.title}》"

    @property
    def is_draft(self) -> bool:
        return self.stage in BEFORE_ISSUE

    @property
    def binds(self) -> bool:
        return self.stage in IN_FORCE
