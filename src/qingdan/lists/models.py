"""The three lists (三个清单): social needs, resources, purchase items, and their published editions."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import Confirmable, DistrictOwned


class Category(models.TextChoices):
    """What a need or a resource is about."""

    ELDERLY = "ELDERLY", _("elderly care")
    CHILDREN = "CHILDREN", _("children and youth")
    DISABILITY = "DISABILITY", _("disability support")
    RELIEF = "RELIEF", _("social relief")
    CULTURE = "CULTURE", _("culture and sport")
    GOVERNANCE = "GOVERNANCE", _("community governance")
    LEGAL = "LEGAL", _("legal aid")
    COUNSELLING = "COUNSELLING", _("counselling")
    SKILLS = "SKILLS", _("employment and skills")
    DISASTER = "DISASTER", _("disaster prevention")
    PARTY = "PARTY", _("party building")
    OTHER = "OTHER", _("other")


class TargetGroup(models.TextChoices):
    """For whom."""

    ELDERLY = "ELDERLY", _("elderly people")
    EMPTY_NEST = "EMPTY_NEST", _("elderly people living alone")
    CHILDREN = "CHILDREN", _("children")
    LEFT_BEHIND = "LEFT_BEHIND", _("left-behind children")
    MIGRANT_CHILDREN = "MIGRANT_CHILDREN", _("migrants' children")
    YOUTH = "YOUTH", _("young people")
    WOMEN = "WOMEN", _("women")
    DISABLED = "DISABLED", _("disabled people")
    POOR = "POOR", _("families in hardship")
    MIGRANTS = "MIGRANTS", _("migrants")
    RESIDENTS = "RESIDENTS", _("all residents")


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
