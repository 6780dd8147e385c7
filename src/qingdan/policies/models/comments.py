"""Asking the public about a draft (公开征求意见), and the reasoned answer to each comment."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import DistrictOwned
from qingdan.policies.models.clauses import Clause, Version
from qingdan.policies.models.documents import NormativeDocument


class CommentPeriod(DistrictOwned):
    """The days in which everybody may comment on one wording of a draft. Closed when all comments are answered."""

    document = models.ForeignKey(
        NormativeDocument,
        on_delete=models.CASCADE,
        related_name="comment_periods",
        verbose_name=_("policy document"),
    )
    version = models.ForeignKey(
        Version, on_delete=models.PROTECT, related_name="comment_periods", verbose_name=_("wording")
    )
    note = models.TextField(_("why, and what is asked"), blank=True)
    opens_on = models.DateField(_("open from"))
    closes_on = models.DateField(_("open until"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    summary = models.TextField(_("what became of the comments"), blank=True)

    class Meta:
        verbose_name = _("public comment")
        verbose_name_plural = _("public comment periods")
        ordering = ["-opens_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "document"],
                condition=Q(closed_on__isnull=True),
                name="policies_one_open_comment_period",
            ),
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")), name="policies_comment_period_has_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.opens_on}"

    def get_absolute_url(self) -> str:
        return reverse("policy-comments", args=[self.document_id])

    def is_open_on(self, day: dt.date) -> bool:
        return self.closed_on is None and self.opens_on <= day <= self.closes_on


class CommenterKind(models.TextChoices):
    RESIDENT = "RESIDENT", _("resident")
    ORGANISATION = "ORGANISATION", _("social organisation")
    COMMUNITY = "COMMUNITY", _("community or street")
    AGENCY = "AGENCY", _("department")
    ENTERPRISE = "ENTERPRISE", _("enterprise")
    EXPERT = "EXPERT", _("expert")


class Outcome(models.TextChoices):
    ADOPTED = "ADOPTED", _("taken up")
    PARTLY = "PARTLY", _("taken up in part")
    NOT_ADOPTED = "NOT_ADOPTED", _("not taken up")


class Comment(DistrictOwned):
    """What somebody said about a draft. No name is asked: the answer is given to all, on the page."""

    period = models.ForeignKey(
        CommentPeriod, on_delete=models.CASCADE, related_name="comments", verbose_name=_("public comment")
    )
    clause = models.ForeignKey(
        Clause,
        on_delete=models.PROTECT,
        related_name="comments",
        null=True,
        blank=True,
        verbose_name=_("clause"),
    )
    kind = models.CharField(
        _("from whom"), max_length=12, choices=CommenterKind, default=CommenterKind.RESIDENT
    )
    text = models.TextField(_("comment"), max_length=2000)
    received_on = models.DateField(_("received on"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True)
    answer = models.TextField(_("answer with its reason"), blank=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    answered_by = models.CharField(_("answered by"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", answer="", answered_on__isnull=True)
                | (~Q(outcome="") & ~Q(answer="") & Q(answered_on__isnull=False)),
                name="policies_answer_is_whole",
            )
        ]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def is_answered(self) -> bool:
        return bool(self.outcome)
