"""Resources (资源)."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import DistrictOwned
from qingdan.lists.models.words import Category, TargetGroup


class OwnerKind(models.TextChoices):
    GOV_DEPT = "GOV_DEPT", _("government department")
    BUSINESS_DEPT = "BUSINESS_DEPT", _("business department")
    PROFESSIONAL_ORG = "PROFESSIONAL_ORG", _("professional body")
    ENTERPRISE = "ENTERPRISE", _("enterprise")
    SCHOOL = "SCHOOL", _("school")
    VOLUNTEER_TEAM = "VOLUNTEER_TEAM", _("volunteer team")


class ResourceKind(models.TextChoices):
    VENUE = "VENUE", _("venue")
    EQUIPMENT = "EQUIPMENT", _("equipment")
    FUND = "FUND", _("fund")
    TALENT = "TALENT", _("talent")
    SERVICE = "SERVICE", _("service")
    INFORMATION = "INFORMATION", _("information")


class Resource(DistrictOwned):
    """What a department or a body can give, where, to how many, on which terms."""

    number = models.CharField(_("number"), max_length=32)
    owner_kind = models.CharField(_("kind of owner"), max_length=20, choices=OwnerKind)
    owner_name = models.CharField(_("owner"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=ResourceKind)
    title = models.CharField(_("resource"), max_length=120)
    text = models.TextField(_("description"), blank=True)
    category = models.CharField(_("category"), max_length=16, choices=Category)
    target = models.CharField(_("target group"), max_length=20, choices=TargetGroup)
    area = models.ForeignKey(
        "directory.Place", on_delete=models.PROTECT, related_name="resources", verbose_name=_("area served")
    )
    capacity = models.PositiveIntegerField(_("capacity"))
    terms = models.CharField(_("terms"), max_length=200, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["district", "number"], name="lists_resource_number_is_unique")
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("resource", args=[self.number])
