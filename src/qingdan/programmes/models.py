"""The four public-benefit innovation programmes (4个公益创新计划)."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import Confirmable, DistrictOwned


class ProgrammeKind(models.TextChoices):
    IDEA = "IDEA", _("Golden Ideas")
    STARTUP = "STARTUP", _("Social Start-up")
    GOVERNANCE = "GOVERNANCE", _("Community Governance")
    TARGETED = "TARGETED", _("Targeted Support")


class Programme(DistrictOwned, Confirmable):
    """A programme of the district, from its start until it ends."""

    kind = models.CharField(_("kind"), max_length=12, choices=ProgrammeKind)
    name = models.CharField(_("name"), max_length=80)
    aim = models.TextField(_("aim"))
    addressed_to = models.CharField(_("addressed to"), max_length=120)
    lead = models.ForeignKey("directory.Agency", on_delete=models.PROTECT, verbose_name=_("lead agency"))
    started_on = models.DateField(_("started on"))
    ended_on = models.DateField(_("ended on"), null=True, blank=True)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "kind"],
                condition=models.Q(ended_on__isnull=True, withdrawn_at__isnull=True),
                name="programmes_one_running_of_a_kind",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("programme", args=[self.pk])
