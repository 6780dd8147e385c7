"""Purchase items (购买服务项目)."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import DistrictOwned
from qingdan.lists.models.needs import SocialNeed
from qingdan.lists.models.resources import Resource
from qingdan.lists.models.words import Category, TargetGroup


class PurchaseItem(DistrictOwned):
    """A service to be bought, because neither self-help, volunteers nor resources cover the needs behind it."""

    number = models.CharField(_("number"), max_length=32)
    year = models.PositiveSmallIntegerField(_("year"))
    title = models.CharField(_("purchase item"), max_length=120)
    content = models.TextField(_("content and standard"), blank=True)
    category = models.CharField(_("category"), max_length=16, choices=Category)
    target = models.CharField(_("target group"), max_length=20, choices=TargetGroup)
    persons = models.PositiveIntegerField(_("persons to be served"), null=True, blank=True)
    budget_fen = models.BigIntegerField(_("budget (fen)"))
    needs = models.ManyToManyField(
        SocialNeed, related_name="purchase_items", blank=True, verbose_name=_("needs")
    )
    resources = models.ManyToManyField(
        Resource, related_name="purchase_items", blank=True, verbose_name=_("resources")
    )

    class Meta:
        verbose_name = _("purchase item")
        verbose_name_plural = _("purchase items")
        ordering = ["-year", "number"]
        constraints = [
            models.UniqueConstraint(fields=["district", "number"], name="lists_item_number_is_unique"),
            models.CheckConstraint(condition=Q(budget_fen__gt=0), name="lists_item_budget_is_positive"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("purchase-item", args=[self.number])
