"""Purchase items (购买服务项目)."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import DistrictOwned
from qingdan.lists.models.needs import SocialNeed
from qingdan.lists.models.resources import Resource
from qingdan.lists.models.words import Category, TargetGroup


class ItemState(models.TextChoices):
    PROPOSED = "PROPOSED", _("proposed")
    REVIEWED = "REVIEWED", _("reviewed")
    BUDGETED = "BUDGETED", _("budgeted")
    PUBLISHED = "PUBLISHED", _("published")
    IN_PROCUREMENT = "IN_PROCUREMENT", _("in procurement")
    CONTRACTED = "CONTRACTED", _("contracted")
    RUNNING = "RUNNING", _("running")
    CLOSED = "CLOSED", _("closed")
    CANCELLED = "CANCELLED", _("cancelled")
    CARRIED_OVER = "CARRIED_OVER", _("carried over")


class Method(models.TextChoices):
    """How to buy. Quotation (询价) is not offered: the statute limits it to goods (政府采购法第三十二条)."""

    OPEN_TENDER = "OPEN_TENDER", _("open tender")
    INVITED_TENDER = "INVITED_TENDER", _("invited tender")
    NEGOTIATION = "NEGOTIATION", _("competitive negotiation")
    CONSULTATION = "CONSULTATION", _("competitive consultation")
    SINGLE_SOURCE = "SINGLE_SOURCE", _("single source")
    FRAMEWORK = "FRAMEWORK", _("framework agreement")
    DIRECT_COMMISSION = "DIRECT_COMMISSION", _("direct commission")
    OWN_PURCHASE = "OWN_PURCHASE", _("own purchase")
    VENTURE_GRANT = "VENTURE_GRANT", _("public-benefit venture grant")


class PurchaseItem(DistrictOwned):
    """A service to be bought, because neither self-help, volunteers nor resources cover the needs behind it."""

    PUBLIC = (
        ItemState.PUBLISHED,
        ItemState.IN_PROCUREMENT,
        ItemState.CONTRACTED,
        ItemState.RUNNING,
        ItemState.CLOSED,
    )
    """States in which everybody may see an item."""

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
    state = models.CharField(_("state"), max_length=16, choices=ItemState, default=ItemState.PROPOSED)
    entry = models.ForeignKey(
        "policies.ServiceCatalogEntry",
        on_delete=models.PROTECT,
        related_name="purchase_items",
        null=True,
        blank=True,
        verbose_name=_("entry of the directory"),
    )
    buyer = models.ForeignKey(
        "directory.Agency",
        on_delete=models.PROTECT,
        related_name="purchase_items",
        null=True,
        blank=True,
        verbose_name=_("buyer"),
    )
    line = models.ForeignKey(
        "funds.BudgetLine",
        on_delete=models.PROTECT,
        related_name="purchase_items",
        null=True,
        blank=True,
        verbose_name=_("budget line"),
    )
    method = models.CharField(_("proposed method"), max_length=20, choices=Method, blank=True)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    targets = models.TextField(_("performance targets"), blank=True)
    supplier_conditions = models.CharField(_("conditions for suppliers"), max_length=300, blank=True)
    why_apart = models.CharField(
        _("why these are separate jobs"),
        max_length=300,
        blank=True,
        help_text=_("Needed when items of the same buyer, entry and year together pass a threshold."),
    )
    why_allowed = models.CharField(
        _("why the negative list does not apply"),
        max_length=300,
        blank=True,
        help_text=_("Needed when a word of the item stands on the negative list."),
    )

    class Meta:
        verbose_name = _("purchase item")
        verbose_name_plural = _("purchase items")
        ordering = ["-year", "number"]
        constraints = [
            models.UniqueConstraint(fields=["district", "number"], name="lists_item_number_is_unique"),
            models.CheckConstraint(condition=Q(budget_fen__gt=0), name="lists_item_budget_is_positive"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=models.F("starts_on")),
                name="lists_item_ends_after_it_starts",
            ),
        ]
        indexes = [models.Index(fields=["district", "year", "state"], name="lists_item_by_state")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("purchase-item", args=[self.number])
