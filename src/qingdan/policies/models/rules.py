"""Rule editions: guiding directory, negative list, thresholds: rows with validity and the document they rest on.

A project is judged by the rules in force in its year, so nothing here is ever overwritten: a new edition adds rows.
What could not be confirmed from a published text says so (`confirmed`) wherever it is shown.
"""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import DistrictOwned
from qingdan.directory.models.validity import Valid, ends_after_it_begins


class Rule(DistrictOwned, Valid):
    """What every row of a rule edition states."""

    edition = models.CharField(_("edition"), max_length=20)
    document = models.CharField(_("document it rests on"), max_length=200)
    clause = models.CharField(_("clause"), max_length=60, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    confirmed = models.BooleanField(_("confirmed against the published text"), default=False)

    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        return reverse("rules")

    @property
    def basis(self) -> str:
        """The document with its clause, as cited."""
        return f"{self.document}{self.clause}"


class ServiceCatalogEntry(Rule):
    """An entry of the guiding directory (政府购买服务指导性目录), three levels."""

    code = models.CharField(_("code"), max_length=12)
    level = models.PositiveSmallIntegerField(_("level"))
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="parts",
        null=True,
        blank=True,
        verbose_name=_("part of"),
    )
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("entry of the guiding directory")
        verbose_name_plural = _("guiding directory")
        ordering = ["-edition", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "edition", "code"], name="policies_entry_code_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=3), name="policies_entry_level_1_to_3"
            ),
            ends_after_it_begins("policies_entry_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class NegativeListItem(Rule):
    """A matter that may not be bought (负面清单). `signs` are words that point to it in an item's text."""

    code = models.CharField(_("code"), max_length=20)
    order = models.PositiveSmallIntegerField(_("order"))
    name = models.CharField(_("what may not be bought"), max_length=120)
    signs = models.JSONField(_("words that point to it"), default=list, blank=True)

    class Meta:
        verbose_name = _("item of the negative list")
        verbose_name_plural = _("negative list")
        ordering = ["-edition", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "edition", "code"], name="policies_negative_code_is_unique"
            ),
            ends_after_it_begins("policies_negative_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return self.name


class Threshold(Rule):
    """A line in yuan (限额标准) above which a method is required. No amount: not found, to be filled in."""

    class Kind(models.TextChoices):
        BELOW_LIMIT = "BELOW_LIMIT", _("limit of dispersed procurement")
        OPEN_TENDER = "OPEN_TENDER", _("open tender line, services")

    kind = models.CharField(_("line"), max_length=12, choices=Kind)
    amount_fen = models.BigIntegerField(_("amount (fen)"), null=True, blank=True)

    class Meta:
        verbose_name = _("procurement threshold")
        verbose_name_plural = _("procurement thresholds")
        ordering = ["-edition", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "edition", "kind"], name="policies_threshold_once_an_edition"
            ),
            models.CheckConstraint(
                condition=Q(amount_fen__isnull=True) | Q(amount_fen__gt=0), name="policies_threshold_positive"
            ),
            models.CheckConstraint(
                condition=Q(amount_fen__isnull=False) | Q(confirmed=False),
                name="policies_threshold_without_amount_is_not_confirmed",
            ),
            ends_after_it_begins("policies_threshold_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.edition} {self.get_kind_display()}"


class Period(Rule):
    """How long a step may take. Where no row holds, the default of the room that asks holds; it is documented there."""

    class Kind(models.TextChoices):
        NEED_COMMUNITY = "NEED_COMMUNITY", _("the community verifies a need (working days)")
        NEED_STREET = "NEED_STREET", _("the street verifies a need (working days)")
        NEED_PUBLISH = "NEED_PUBLISH", _("a verified need is published (working days)")
        NEED_COMPLETE = "NEED_COMPLETE", _("a reporter adds what was missing (working days)")
        NEED_PART = "NEED_PART", _("a merging of needs can be undone (working days)")
        NEED_ERASE = "NEED_ERASE", _("personal details of a reporter are erased (months)")

    kind = models.CharField(_("step"), max_length=16, choices=Kind)
    length = models.PositiveSmallIntegerField(_("length"))

    class Meta:
        verbose_name = _("period of a step")
        verbose_name_plural = _("periods of steps")
        ordering = ["kind", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "edition", "kind"], name="policies_period_once_an_edition"
            ),
            models.CheckConstraint(
                condition=Q(length__gte=1, length__lte=1000), name="policies_period_length"
            ),
            ends_after_it_begins("policies_period_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.length}"
