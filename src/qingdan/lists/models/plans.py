"""Plans of what to buy within a budget: parameters, what they were computed from, and the result."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import DistrictOwned


class PlanState(models.TextChoices):
    DRAFT = "DRAFT", _("draft")
    SUBMITTED = "SUBMITTED", _("submitted for decision")
    CHOSEN = "CHOSEN", _("chosen")
    SET_ASIDE = "SET_ASIDE", _("set aside")


class PurchasePlan(DistrictOwned):
    """Which items to buy with a year's money.

    `problem` holds everything the result was computed from, as of that moment; with `parameters` it gives the same
    result again (`planning.is_reproducible`), however the records have changed since. `digest` is the SM3 of both.
    """

    name = models.CharField(_("plan"), max_length=60)
    year = models.PositiveSmallIntegerField(_("year"))
    lines = models.ManyToManyField("funds.BudgetLine", related_name="plans", verbose_name=_("budget lines"))
    budget_fen = models.BigIntegerField(_("to be spent at most (fen)"))
    focus = models.CharField(_("what it looks at first"), max_length=80, blank=True)
    parameters = models.JSONField(_("parameters"), default=dict)
    problem = models.JSONField(_("what it was computed from"), default=dict)
    result = models.JSONField(_("result"), default=dict)
    digest = models.CharField(_("digest (SM3)"), max_length=64)
    made_at = models.DateTimeField(_("made at"))
    made_by = models.CharField(_("made by"), max_length=80)
    state = models.CharField(_("state"), max_length=12, choices=PlanState, default=PlanState.DRAFT)

    class Meta:
        verbose_name = _("purchase plan")
        verbose_name_plural = _("purchase plans")
        ordering = ["-year", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["district", "year", "name"], name="lists_plan_name_is_unique"),
            models.CheckConstraint(condition=Q(budget_fen__gt=0), name="lists_plan_budget_is_positive"),
            models.UniqueConstraint(
                fields=["district", "year"], condition=Q(state="SUBMITTED"), name="lists_one_plan_submitted"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("plan", args=[self.pk])
