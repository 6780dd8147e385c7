"""Social needs (社会需求)."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import DistrictOwned
from qingdan.lists.models.words import Category, TargetGroup


class NeedSource(models.TextChoices):
    STREET = "STREET", _("street")
    COMMUNITY = "COMMUNITY", _("community")
    RESIDENT = "RESIDENT", _("resident")
    RESIDENT_UNIT = "RESIDENT_UNIT", _("local unit")


class NeedState(models.TextChoices):
    DRAFT = "DRAFT", _("draft")
    SUBMITTED = "SUBMITTED", _("waiting for the community")
    COMMUNITY_VERIFIED = "COMMUNITY_VERIFIED", _("waiting for the street")
    STREET_VERIFIED = "STREET_VERIFIED", _("verified")
    PUBLISHED = "PUBLISHED", _("published")
    MATCHED = "MATCHED", _("matched")
    IN_SERVICE = "IN_SERVICE", _("in service")
    DONE = "DONE", _("done")
    RATED = "RATED", _("rated")
    ARCHIVED = "ARCHIVED", _("archived")
    MERGED = "MERGED", _("merged")
    RETURNED = "RETURNED", _("returned for more details")
    REJECTED = "REJECTED", _("not taken up")


class SocialNeed(DistrictOwned):
    """What a street, a community, residents or a local unit need. The text is the publishable one: no persons."""

    number = models.CharField(_("number"), max_length=32)
    source = models.CharField(_("source"), max_length=16, choices=NeedSource)
    place = models.ForeignKey(
        "directory.Place", on_delete=models.PROTECT, related_name="needs", verbose_name=_("place")
    )
    title = models.CharField(_("need"), max_length=120)
    text = models.TextField(_("description"), blank=True)
    category = models.CharField(_("category"), max_length=16, choices=Category)
    target = models.CharField(_("target group"), max_length=20, choices=TargetGroup)
    persons = models.PositiveIntegerField(_("persons expected"), null=True, blank=True)
    urgency = models.PositiveSmallIntegerField(_("urgency"), default=3)
    supporters = models.PositiveIntegerField(_("supporters"), default=0)
    raised_on = models.DateField(_("raised on"))
    state = models.CharField(_("state"), max_length=20, choices=NeedState, default=NeedState.DRAFT)
    due_on = models.DateField(_("due"), null=True, blank=True)

    class Meta:
        verbose_name = _("social need")
        verbose_name_plural = _("social needs")
        ordering = ["-raised_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["district", "number"], name="lists_need_number_is_unique"),
            models.CheckConstraint(condition=Q(urgency__gte=1, urgency__lte=5), name="lists_urgency_1_to_5"),
        ]
        indexes = [models.Index(fields=["district", "state", "-raised_on"], name="lists_need_by_state")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("need", args=[self.number])
