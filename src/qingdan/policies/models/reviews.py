"""What the legal office says of a draft (合法性审查)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import DistrictOwned
from qingdan.policies.models.clauses import Version
from qingdan.policies.models.documents import NormativeDocument


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
    version = models.ForeignKey(
        Version,
        on_delete=models.PROTECT,
        related_name="legality_reviews",
        null=True,
        blank=True,
        verbose_name=_("wording reviewed"),
    )
    submitted_on = models.DateField(_("submitted for review on"), null=True, blank=True)
    due_on = models.DateField(_("answer due on"), null=True, blank=True)
    reviewed_on = models.DateField(_("reviewed on"), null=True, blank=True)
    reviewer = models.ForeignKey(
        "directory.Agency", on_delete=models.PROTECT, verbose_name=_("reviewing agency")
    )
    result = models.CharField(_("result"), max_length=20, choices=Result, blank=True)
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
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "document"],
                condition=models.Q(result=""),
                name="policies_one_open_review",
            ),
            models.CheckConstraint(
                condition=models.Q(result="") | models.Q(reviewed_on__isnull=False),
                name="policies_review_result_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        result = self.get_result_display() or _("answer awaited")
        return f"{self.document}: {result}"

    @property
    def is_open(self) -> bool:
        return not self.result
