"""The holiday table behind the working-day arithmetic of `core.calendar`."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Holiday(models.Model):
    """One day on which the usual week does not hold, with the notice that says so."""

    class Kind(models.TextChoices):
        HOLIDAY = "HOLIDAY", _("holiday")
        MAKE_UP = "MAKE_UP", _("make-up working day")

    date = models.DateField(_("date"), unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=40)
    source = models.CharField(_("source"), max_length=80, help_text=_("The notice that announced it."))

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ["date"]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=["HOLIDAY", "MAKE_UP"]), name="holiday_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.name}"
