"""Places and agencies: where things happen and which office is answerable."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import DistrictOwned
from qingdan.directory.models.validity import Valid, ends_after_it_begins


class PlaceLevel(models.TextChoices):
    DISTRICT = "DISTRICT", pgettext_lazy("level of a place", "district")
    STREET = "STREET", _("street")
    COMMUNITY = "COMMUNITY", _("community")


CODE_LENGTH = {PlaceLevel.DISTRICT: 6, PlaceLevel.STREET: 9, PlaceLevel.COMMUNITY: 12}


class Place(DistrictOwned, Valid):
    """A district, street or community with its statistical code (GB/T 2260: 6 digits; +3 street; +3 community).

    A community's code begins with its street's, a street's with its district's. Streets come and go: district
    530111 had ten in the lists of 2018 and has twelve in that of 2023; ask `Place.objects.valid_on(day)`.
    """

    code = models.CharField(_("place code"), max_length=12)
    name = models.CharField(_("name"), max_length=80)
    short_name = models.CharField(_("short name"), max_length=40)
    english_name = models.CharField(_("English name"), max_length=80, blank=True)
    level = models.CharField(_("level"), max_length=10, choices=PlaceLevel.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("part of")
    )
    source = models.CharField(_("source"), max_length=120, blank=True)
    outline = models.JSONField(
        _("outline on the map"),
        default=list,
        blank=True,
        help_text=_(
            "Rings of longitude and latitude (WGS 84), as in GeoJSON; loaded with `qingdan load-map`."
        ),
    )
    is_sample = models.BooleanField(_("sample"), default=False)

    class Meta:
        verbose_name = pgettext_lazy("administrative", "place")
        verbose_name_plural = _("places")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["district", "code"], name="place_code_once"),
            models.CheckConstraint(
                condition=(Q(level="DISTRICT", code__regex=r"^[0-9]{6}$", parent__isnull=True))
                | Q(level="STREET", code__regex=r"^[0-9]{9}$", parent__isnull=False)
                | Q(level="COMMUNITY", code__regex=r"^[0-9]{12}$", parent__isnull=False),
                name="place_code_fits_level",
                violation_error_message=_(
                    "A district's code has 6 digits, a street's 9, a community's 12, and the last two belong "
                    "to a place above them."
                ),
            ),
            ends_after_it_begins("place_validity"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("place", args=[self.code])

    @property
    def full_name(self) -> str:
        """From the street down: “关上街道双桥社区”. The district itself goes by its own name."""
        if self.level == PlaceLevel.COMMUNITY and self.parent is not None:
            return f"{self.parent.name}{self.name}"
        return self.name

    @property
    def local_full_name(self) -> str:
        """From the street down, in the language of the page: “Shuangqiao, Guanshang”."""
        if self.level == PlaceLevel.COMMUNITY and self.parent is not None and self.local_name != self.name:
            return f"{self.local_name}, {self.parent.local_name}"
        return self.full_name

    @property
    def local_name(self) -> str:
        """The name in the language of the page."""
        if self.english_name and (get_language() or "").startswith("en"):
            return self.english_name
        return self.name

    @property
    def street_code(self) -> str:
        return self.code[:9] if len(self.code) >= 9 else ""

    def contains(self, code: str) -> bool:
        """Whether the place with `code` is this one or lies in it."""
        return code.startswith(self.code)


class AgencyKind(models.TextChoices):
    BUREAU = "BUREAU", _("civil affairs bureau")
    FINANCE = "FINANCE", _("finance bureau")
    DEPARTMENT = "DEPARTMENT", _("government department")
    STREET_OFFICE = "STREET_OFFICE", _("street office")
    COMMUNITY_COMMITTEE = "COMMUNITY_COMMITTEE", _("residents' committee")
    PARTY = "PARTY", _("party committee")
    COMMITTEE = "COMMITTEE", _("proposal committee of the CPPCC")
    CITY = "CITY", _("city authority")
    LEGAL_OFFICE = "LEGAL_OFFICE", _("legal office")
    OTHER = "OTHER", _("other agency")


class Agency(DistrictOwned):
    """A public body: it writes letters under its own prefix, handles needs, buys, pays, is consulted."""

    code = models.SlugField(_("agency code"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    short_name = models.CharField(_("short name"), max_length=40)
    kind = models.CharField(_("kind"), max_length=20, choices=AgencyKind.choices)
    place = models.ForeignKey(
        Place,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="agencies",
        verbose_name=pgettext_lazy("administrative", "place"),
    )
    document_prefix = models.CharField(
        _("prefix of its documents"),
        max_length=20,
        blank=True,
        help_text=_("The office's code before 〔year〕."),
    )
    contact_post = models.CharField(_("contact post"), max_length=60, blank=True)
    phone = models.CharField(_("office telephone"), max_length=40, blank=True)
    address = models.CharField(_("address"), max_length=160, blank=True)
    is_active = models.BooleanField(_("in being"), default=True)

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering = ["kind", "code"]
        constraints = [models.UniqueConstraint(fields=["district", "code"], name="agency_code_once")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("agency", args=[self.code])

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.short_name = self.short_name or self.name
        super().save(*args, **kwargs)
