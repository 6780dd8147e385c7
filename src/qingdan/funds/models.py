"""Special funds, budget lines, commitments and payments: a ledger that cannot be overspent."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import Confirmable, DistrictOwned


class Fund(DistrictOwned):
    """An earmarked fund (专项资金) with a purpose that lasts over the years."""

    class Source(models.TextChoices):
        BUDGET = "BUDGET", _("district budget")
        LOTTERY = "LOTTERY", _("welfare lottery")
        DONATION = "DONATION", _("donations")

    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=80)
    source = models.CharField(_("source of funds"), max_length=12, choices=Source, default=Source.BUDGET)
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("fund")
        verbose_name_plural = _("funds")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["district", "code"], name="funds_code_is_unique")]

    def __str__(self) -> str:
        return self.name


class BudgetLine(DistrictOwned, Confirmable):
    """A sum arranged for a fund in a budget year. It counts from its approval (`confirmed_at`).

    A line may be a part of another (`parent`); lines are never added up without knowing that.
    """

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="lines", verbose_name=_("fund"))
    year = models.PositiveSmallIntegerField(_("budget year"))
    amount_fen = models.BigIntegerField(_("amount (fen)"))
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("part of"),
    )
    basis = models.CharField(_("basis"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("budget line")
        verbose_name_plural = _("budget lines")
        ordering = ["-year", "fund__code"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="funds_line_is_positive"),
            models.UniqueConstraint(
                fields=["district", "fund", "year"],
                condition=Q(withdrawn_at__isnull=True),
                name="funds_one_line_a_year",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.fund}"

    def get_absolute_url(self) -> str:
        return reverse("budget-line", args=[self.pk])


class Commitment(DistrictOwned):
    """Money of a line bound to a purpose, for example a contract; released when it is not needed."""

    line = models.ForeignKey(
        BudgetLine, on_delete=models.PROTECT, related_name="commitments", verbose_name=_("budget line")
    )
    amount_fen = models.BigIntegerField(_("amount (fen)"))
    purpose = models.CharField(_("purpose"), max_length=200)
    committed_on = models.DateField(_("committed on"))
    released_fen = models.BigIntegerField(_("released (fen)"), default=0)

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["-committed_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0, released_fen__gte=0, released_fen__lte=models.F("amount_fen")),
                name="funds_commitment_in_bounds",
            )
        ]

    def __str__(self) -> str:
        return self.purpose

    @property
    def bound_fen(self) -> int:
        return self.amount_fen - self.released_fen


class Payment(DistrictOwned):
    """Money paid out of a commitment."""

    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="payments", verbose_name=_("commitment")
    )
    amount_fen = models.BigIntegerField(_("amount (fen)"))
    paid_on = models.DateField(_("paid on"))
    payee = models.CharField(_("payee"), max_length=120)
    voucher = models.CharField(_("voucher"), max_length=40)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-paid_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="funds_payment_is_positive"),
            models.UniqueConstraint(fields=["district", "voucher"], name="funds_voucher_is_used_once"),
        ]

    def __str__(self) -> str:
        return f"{self.voucher} {self.payee}"
