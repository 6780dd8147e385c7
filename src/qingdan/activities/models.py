"""What the programmes set in motion: events, trainings, channels, consultations, party building."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import Confirmable, DistrictOwned


class EventKind(models.TextChoices):
    FESTIVAL = "FESTIVAL", _("public-benefit festival")
    PUBLICITY = "PUBLICITY", _("social-work publicity event")
    SERVICE = "SERVICE", _("public-benefit service event")
    RESOURCE_FAIR = "RESOURCE_FAIR", _("resource-sharing fair")
    PARTY = "PARTY", _("party-member activity")


class Event(DistrictOwned, Confirmable):
    """Something held on a day at a place. Whether it belongs to a festival is said by `parent`, never guessed."""

    kind = models.CharField(_("kind"), max_length=16, choices=EventKind)
    title = models.CharField(_("title"), max_length=120)
    held_on = models.DateField(_("held on"))
    place = models.ForeignKey("directory.Place", on_delete=models.PROTECT, verbose_name=_("place"))
    organisation = models.ForeignKey(
        "directory.SocialOrganisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("carried out by"),
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("part of"),
    )
    attendance = models.PositiveIntegerField(_("attendance (person-times)"), null=True, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-held_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "kind", "title", "held_on"],
                condition=Q(withdrawn_at__isnull=True),
                name="activities_event_entered_once",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("event", args=[self.pk])


class TrainingTopic(models.TextChoices):
    LINKAGE = "LINKAGE", _("three-party linkage practice")
    FINANCE = "FINANCE", _("financial management")
    GOVERNANCE = "GOVERNANCE", _("internal governance of organisations")
    SUPERVISION = "SUPERVISION", _("supervisors")


class Training(DistrictOwned, Confirmable):
    """One training session on one topic."""

    topic = models.CharField(_("topic"), max_length=16, choices=TrainingTopic)
    title = models.CharField(_("title"), max_length=120)
    held_on = models.DateField(_("held on"))
    hours = models.DecimalField(_("hours"), max_digits=4, decimal_places=1)
    place = models.ForeignKey("directory.Place", on_delete=models.PROTECT, verbose_name=_("place"))
    attendance = models.PositiveIntegerField(_("attendance (person-times)"), null=True, blank=True)

    class Meta:
        verbose_name = _("training")
        verbose_name_plural = _("trainings")
        ordering = ["-held_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "topic", "title", "held_on"],
                condition=Q(withdrawn_at__isnull=True),
                name="activities_training_entered_once",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("training", args=[self.pk])


class Channel(DistrictOwned, Confirmable):
    """A channel through which the district and the public talk: a public account, a group, a site."""

    class Kind(models.TextChoices):
        WECHAT = "WECHAT", _("WeChat public account")
        WEIBO = "WEIBO", _("Weibo account")
        WEBSITE = "WEBSITE", _("website")
        GROUP = "GROUP", _("discussion group")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    name = models.CharField(_("name"), max_length=80)
    opened_on = models.DateField(_("opened on"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("information channel")
        verbose_name_plural = _("information channels")
        ordering = ["opened_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "kind", "name"],
                condition=Q(withdrawn_at__isnull=True),
                name="activities_channel_entered_once",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("channel", args=[self.pk])


class Consultation(DistrictOwned, Confirmable):
    """A question about policy, answered."""

    class Way(models.TextChoices):
        VISIT = "VISIT", _("in person")
        PHONE = "PHONE", _("by telephone")
        ONLINE = "ONLINE", _("online")

    serial = models.PositiveIntegerField(_("serial number"))
    asked_on = models.DateField(_("asked on"))
    answered_on = models.DateField(_("answered on"))
    way = models.CharField(_("way"), max_length=8, choices=Way)
    question = models.CharField(_("question"), max_length=200)
    organisation = models.ForeignKey(
        "directory.SocialOrganisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="consultations",
        verbose_name=_("asked by"),
    )

    class Meta:
        verbose_name = _("policy consultation")
        verbose_name_plural = _("policy consultations")
        ordering = ["-asked_on", "-serial"]
        constraints = [
            models.UniqueConstraint(fields=["district", "serial"], name="activities_consultation_serial"),
            models.CheckConstraint(
                condition=Q(answered_on__gte=models.F("asked_on")), name="activities_answered_after_asked"
            ),
        ]

    def __str__(self) -> str:
        return self.question

    def get_absolute_url(self) -> str:
        return reverse("consultation", args=[self.pk])


class PartyBuildingRecord(DistrictOwned, Confirmable):
    """Help given to a community organisation with party building (社会组织党建)."""

    class Kind(models.TextChoices):
        BRANCH = "BRANCH", _("own branch set up")
        JOINT_BRANCH = "JOINT_BRANCH", _("joint branch set up")
        INSTRUCTOR = "INSTRUCTOR", _("instructor assigned")

    organisation = models.ForeignKey(
        "directory.SocialOrganisation",
        on_delete=models.PROTECT,
        related_name="party_building",
        verbose_name=_("organisation"),
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    helped_on = models.DateField(_("helped on"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("party-building record")
        verbose_name_plural = _("party-building records")
        ordering = ["-helped_on", "-id"]

    def __str__(self) -> str:
        return f"{self.organisation} {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("party-building-record", args=[self.pk])
