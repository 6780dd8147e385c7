"""What was delivered: sessions held, the service ledger (服务台账), and who was served.

Four measures are kept apart and never added together: persons served directly, persons benefiting indirectly,
people covered, and sessions held.
"""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import Confirmable, DistrictOwned


class Participant(DistrictOwned):
    """A person enrolled in a project, once: the unit in which persons served directly are counted."""

    project = models.ForeignKey(
        "calls.Project", on_delete=models.PROTECT, related_name="participants", verbose_name=_("project")
    )
    person = models.ForeignKey(
        "directory.Person", on_delete=models.PROTECT, related_name="participations", verbose_name=_("person")
    )
    enrolled_on = models.DateField(_("enrolled on"))

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "project", "person"], name="delivery_person_enrolled_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.person)


class ServiceSession(DistrictOwned, Confirmable):
    """A session of a project (场): one day, one place, confirmed by the community or the street."""

    project = models.ForeignKey(
        "calls.Project", on_delete=models.PROTECT, related_name="sessions", verbose_name=_("project")
    )
    number = models.PositiveIntegerField(_("session number"))
    held_on = models.DateField(_("held on"))
    place = models.ForeignKey(
        "directory.Place", on_delete=models.PROTECT, related_name="sessions", verbose_name=_("place")
    )
    topic = models.CharField(_("topic"), max_length=120)

    class Meta:
        verbose_name = _("service session")
        verbose_name_plural = _("service sessions")
        ordering = ["-held_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "project", "number"], name="delivery_session_number_is_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("service-session", args=[self.pk])


class Measure(models.TextChoices):
    DIRECT = "DIRECT", _("served directly")
    INDIRECT = "INDIRECT", _("benefiting indirectly")
    COVERED = "COVERED", _("covered")


class ServiceRecord(DistrictOwned, Confirmable):
    """A line of the service ledger.

    DIRECT is one participant served in a session. INDIRECT and COVERED are head counts with the basis on which
    they were counted (families of those served, attendance, households reached).
    """

    session = models.ForeignKey(
        ServiceSession, on_delete=models.PROTECT, related_name="records", verbose_name=_("service session")
    )
    measure = models.CharField(_("measure"), max_length=8, choices=Measure)
    participant = models.ForeignKey(
        Participant,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="records",
        verbose_name=_("participant"),
    )
    quantity = models.PositiveIntegerField(_("persons"), default=1)
    basis = models.CharField(_("basis of the count"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("service record")
        verbose_name_plural = _("service records")
        ordering = ["-session__held_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(measure="DIRECT", participant__isnull=False, quantity=1)
                | (~Q(measure="DIRECT") & Q(participant__isnull=True, quantity__gt=0) & ~Q(basis="")),
                name="delivery_direct_is_a_person_others_have_a_basis",
            ),
            models.UniqueConstraint(
                fields=["session", "participant"],
                condition=Q(measure="DIRECT", withdrawn_at__isnull=True),
                name="delivery_person_once_in_a_session",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session}: {self.get_measure_display()} {self.quantity}"

    def get_absolute_url(self) -> str:
        return reverse("service-record", args=[self.pk])
