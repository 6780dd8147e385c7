"""The yearly clean-up (规范性文件清理): every document in force is looked at and decided upon."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import DistrictOwned
from qingdan.policies.models.documents import NormativeDocument


class Verdict(models.TextChoices):
    KEEP = "KEEP", _("stays in force")
    AMEND = "AMEND", _("to be amended")
    REPEAL = "REPEAL", _("to be repealed")
    LAPSE = "LAPSE", _("to lapse when its time is over")


class CleanUpItem(DistrictOwned):
    """One document on the list of one year."""

    year = models.PositiveSmallIntegerField(_("year"))
    document = models.ForeignKey(
        NormativeDocument,
        on_delete=models.CASCADE,
        related_name="clean_ups",
        verbose_name=_("policy document"),
    )
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("entry of the clean-up list")
        verbose_name_plural = _("clean-up list")
        ordering = ["-year", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "year", "document"], name="policies_clean_up_once_a_year"
            ),
            models.CheckConstraint(
                condition=Q(verdict="") | (~Q(reason="") & Q(decided_on__isnull=False)),
                name="policies_verdict_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.document}"

    def get_absolute_url(self) -> str:
        return reverse("policies-clean-up-item", args=[self.year, self.pk])
