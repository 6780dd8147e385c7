"""Venture rounds (公益创投) and the projects awarded in them."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import DistrictOwned


class Round(DistrictOwned):
    """One call of a budget year, paid from one budget line."""

    year = models.PositiveSmallIntegerField(_("budget year"))
    number = models.PositiveSmallIntegerField(_("round"), default=1)
    name = models.CharField(_("name"), max_length=80)
    programme = models.ForeignKey(
        "programmes.Programme",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rounds",
        verbose_name=_("programme"),
    )
    budget_line = models.ForeignKey(
        "funds.BudgetLine", on_delete=models.PROTECT, related_name="rounds", verbose_name=_("budget line")
    )
    opened_on = models.DateField(_("opened on"))
    closes_on = models.DateField(_("closes on"))

    class Meta:
        verbose_name = _("venture round")
        verbose_name_plural = _("venture rounds")
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "year", "number"], name="calls_round_number_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(closes_on__gte=models.F("opened_on")), name="calls_closes_after_opening"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("round", args=[self.pk])


class Project(DistrictOwned):
    """A project awarded in a round (立项) to one organisation."""

    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="projects", verbose_name=_("venture round")
    )
    number = models.CharField(_("number"), max_length=32)
    title = models.CharField(_("project"), max_length=80)
    organisation = models.ForeignKey(
        "directory.SocialOrganisation",
        on_delete=models.PROTECT,
        related_name="projects",
        verbose_name=_("organisation"),
    )
    purchase_item = models.ForeignKey(
        "lists.PurchaseItem",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name=_("purchase item"),
    )
    amount_fen = models.BigIntegerField(_("amount awarded (fen)"))
    awarded_on = models.DateField(_("awarded on"))
    summary = models.TextField(_("summary"), blank=True)

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["-round__year", "number"]
        constraints = [
            models.UniqueConstraint(fields=["district", "number"], name="calls_project_number_is_unique"),
            models.UniqueConstraint(
                fields=["district", "round", "title"], name="calls_title_once_in_a_round"
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="calls_award_is_positive"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("project", args=[self.number])
