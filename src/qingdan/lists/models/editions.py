"""Editions of the three lists, as published."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import Confirmable, DistrictOwned


class ListKind(models.TextChoices):
    NEEDS = "NEEDS", _("social needs list")
    RESOURCES = "RESOURCES", _("resources list")
    PURCHASE = "PURCHASE", _("purchase list")


class ListEdition(DistrictOwned, Confirmable):
    """A list as published: numbered and frozen. `content` keeps its rows as they were that day."""

    kind = models.CharField(_("list"), max_length=12, choices=ListKind)
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveSmallIntegerField(_("edition"))
    published_on = models.DateField(_("published on"))
    content = models.JSONField(_("rows"), default=list)
    digest = models.CharField(_("digest (SM3)"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("edition of a list")
        verbose_name_plural = _("editions of the lists")
        ordering = ["kind", "-year", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "kind", "year", "number"], name="lists_edition_number_is_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.year}-{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("edition", args=[self.pk])
