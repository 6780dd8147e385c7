"""Agreements with those who carry out a project, and their instalments."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import DistrictOwned


class Contract(DistrictOwned):
    """The agreement on a project; its money is a commitment in the ledger."""

    number = models.CharField(_("number"), max_length=32)
    project = models.ForeignKey(
        "calls.Project", on_delete=models.PROTECT, related_name="contracts", verbose_name=_("project")
    )
    commitment = models.OneToOneField(
        "funds.Commitment", on_delete=models.PROTECT, related_name="contract", verbose_name=_("commitment")
    )
    signed_on = models.DateField(_("signed on"))
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        ordering = ["-signed_on", "number"]
        constraints = [
            models.UniqueConstraint(fields=["district", "number"], name="contracts_number_is_unique"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")), name="contracts_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("contract", args=[self.number])


class Instalment(DistrictOwned):
    """A part of the contract's sum, due on a condition."""

    class Trigger(models.TextChoices):
        SIGNED = "SIGNED", _("contract signed")
        MIDTERM_PASSED = "MIDTERM_PASSED", _("mid-term evaluation passed")
        FINAL_PASSED = "FINAL_PASSED", _("final evaluation passed")
        AUDIT_PASSED = "AUDIT_PASSED", _("audit passed")

    contract = models.ForeignKey(
        Contract, on_delete=models.CASCADE, related_name="instalments", verbose_name=_("contract")
    )
    order = models.PositiveSmallIntegerField(_("order"))
    percent = models.DecimalField(_("percent"), max_digits=5, decimal_places=2)
    amount_fen = models.BigIntegerField(_("amount (fen)"))
    trigger = models.CharField(_("due when"), max_length=16, choices=Trigger)
    payment = models.OneToOneField(
        "funds.Payment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="instalment",
        verbose_name=_("payment"),
    )

    class Meta:
        verbose_name = _("instalment")
        verbose_name_plural = _("instalments")
        ordering = ["contract", "order"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "order"], name="contracts_instalment_order"),
            models.CheckConstraint(
                condition=Q(percent__gt=0, percent__lte=100, amount_fen__gt=0),
                name="contracts_instalment_in_bounds",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract} / {self.order}"
