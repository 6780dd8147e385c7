"""The register of document numbers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import DistrictOwned


class NumberSequence(DistrictOwned):
    """The numbers of one prefix in one year. Its row is locked while a number is taken."""

    prefix = models.CharField(_("prefix"), max_length=20)
    year = models.PositiveSmallIntegerField(_("year"))
    last = models.PositiveIntegerField(_("last serial used"), default=0)

    class Meta:
        verbose_name = _("sequence of document numbers")
        verbose_name_plural = _("sequences of document numbers")
        constraints = [
            models.UniqueConstraint(fields=["district", "prefix", "year"], name="number_sequence_once")
        ]

    def __str__(self) -> str:
        return f"{self.prefix}〔{self.year}〕{self.last}"


class TakenNumber(DistrictOwned):
    """A number that is used, and by what."""

    sequence = models.ForeignKey(
        NumberSequence, models.PROTECT, related_name="taken", verbose_name=_("sequence of document numbers")
    )
    serial = models.PositiveIntegerField(_("serial"))
    subject = models.CharField(_("document"), max_length=200)
    taken_at = models.DateTimeField(_("taken at"), auto_now_add=True)

    class Meta:
        verbose_name = _("used document number")
        verbose_name_plural = _("used document numbers")
        ordering = ["sequence", "serial"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "sequence", "serial"],
                name="number_taken_once",
                violation_error_message=_("This document number is used already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.sequence.prefix}〔{self.sequence.year}〕{self.serial}号"
