"""Social organisations and what is known of their standing: grades, inspections, credit."""

import datetime as dt
from collections.abc import Iterable

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qingdan.core.bases import DistrictOwned
from qingdan.directory.models.places import Agency, Place
from qingdan.directory.models.validity import Valid, ends_after_it_begins


class OrganisationType(models.TextChoices):
    """The three registered types and community groups (社会团体登记管理条例, 民办非企业单位登记管理暂行条例,
    基金会管理条例; 民发〔2017〕191号 on community groups)."""

    ASSOCIATION = "ASSOCIATION", _("social association")
    SERVICE_INSTITUTION = "SERVICE_INSTITUTION", _("social service institution")
    FOUNDATION = "FOUNDATION", _("foundation")
    COMMUNITY_GROUP = "COMMUNITY_GROUP", _("community group")


class RegistrationKind(models.TextChoices):
    REGISTERED = "REGISTERED", pgettext_lazy("registration", "registered")
    FILED = "FILED", pgettext_lazy("registration", "filed")
    NONE = "NONE", pgettext_lazy("registration", "not yet registered")


class OrganisationState(models.TextChoices):
    ON_RECORD = "ON_RECORD", _("on record")
    SUSPENDED = "SUSPENDED", _("activity suspended")
    DEREGISTERED = "DEREGISTERED", _("deregistered at its own request")
    REVOKED = "REVOKED", _("registration revoked")


class ServiceField(models.TextChoices):
    """Fields of work. The first four may register without a supervising unit."""

    CHARITY = "CHARITY", _("public benefit and charity")
    COMMUNITY_SERVICE = "COMMUNITY_SERVICE", _("community service")
    SCIENCE = "SCIENCE", _("science and technology")
    TRADE = "TRADE", _("trade and chamber of commerce")
    ELDERLY = "ELDERLY", _("elderly care")
    CHILDREN = "CHILDREN", _("children and youth")
    DISABILITY = "DISABILITY", _("disability")
    SOCIAL_WORK = "SOCIAL_WORK", _("social work")
    CULTURE = "CULTURE", _("culture and sport")
    EDUCATION = "EDUCATION", _("education and training")
    HEALTH = "HEALTH", _("health")
    LEGAL = "LEGAL", _("legal aid and mediation")
    ENVIRONMENT = "ENVIRONMENT", _("environment")
    OTHER = "OTHER", _("other")


class SocialOrganisation(DistrictOwned):
    """An organisation that serves the district: registered, filed with a street, or still being founded.

    Only a registered one has a unified social credit code (GB 32100-2015) and can sign a contract.
    """

    name = models.CharField(_("name"), max_length=120)
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    org_type = models.CharField(_("type"), max_length=20, choices=OrganisationType.choices)
    registration_kind = models.CharField(
        _("registration"),
        max_length=12,
        choices=RegistrationKind.choices,
        default=RegistrationKind.REGISTERED,
    )
    filing_number = models.CharField(_("filing number"), max_length=40, blank=True)
    registration_authority = models.CharField(_("registration authority"), max_length=80, blank=True)
    supervising_unit = models.CharField(_("supervising unit"), max_length=80, blank=True)
    supervisor = models.ForeignKey(
        Agency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="supervised",
        verbose_name=_("supervising agency of the district"),
    )
    legal_representative = models.CharField(_("legal representative"), max_length=60, blank=True)
    business_scope = models.TextField(_("business scope"), blank=True)
    established_on = models.DateField(_("established on"), null=True, blank=True)
    place = models.ForeignKey(
        Place,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="organisations",
        verbose_name=pgettext_lazy("administrative", "place"),
    )
    address = models.CharField(_("address"), max_length=160, blank=True)
    contact_post = models.CharField(_("contact post"), max_length=60, blank=True)
    phone = models.CharField(_("office telephone"), max_length=40, blank=True)
    # Codes of ServiceField between commas (",CHARITY,ELDERLY,"), so that both databases can filter without a join.
    field_codes = models.CharField(_("fields of work"), max_length=200, blank=True)
    is_hub = models.BooleanField(_("hub organisation"), default=False)
    state = models.CharField(
        _("state"),
        max_length=14,
        choices=OrganisationState.choices,
        default=OrganisationState.ON_RECORD,
        editable=False,
    )
    ended_on = models.DateField(_("ended on"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("social organisation")
        verbose_name_plural = _("social organisations")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "uscc"],
                condition=~Q(uscc=""),
                name="organisation_uscc_once",
                violation_error_message=_("This unified social credit code is in the directory already."),
            ),
            models.CheckConstraint(
                condition=(Q(registration_kind="REGISTERED") & ~Q(uscc=""))
                | (~Q(registration_kind="REGISTERED") & Q(uscc="")),
                name="organisation_uscc_when_registered",
                violation_error_message=_(
                    "A registered organisation has a unified social credit code; a filed or planned one has none."
                ),
            ),
        ]
        indexes = [models.Index(fields=["district", "state", "name"], name="organisation_list")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("organisation", args=[self.pk])

    @property
    def fields(self) -> list[str]:
        """Codes of its fields of work (`ServiceField`)."""
        return [code for code in self.field_codes.split(",") if code]

    @fields.setter
    def fields(self, codes: Iterable[str]) -> None:
        chosen = [code for code in ServiceField.values if code in set(codes)]
        self.field_codes = f",{','.join(chosen)}," if chosen else ""

    @property
    def field_labels(self) -> list[str]:
        return [str(ServiceField(code).label) for code in self.fields]

    @property
    def can_contract(self) -> bool:
        """Registered and neither suspended nor ended: able to sign a procurement contract."""
        return (
            self.registration_kind == RegistrationKind.REGISTERED
            and self.state == OrganisationState.ON_RECORD
        )

    def grade_on(self, day: dt.date) -> "OrganisationGrade | None":
        grade: OrganisationGrade | None = self.grades.valid_on(day).order_by("-valid_from").first()
        return grade

    def is_barred_on(self, day: dt.date) -> bool:
        """On the abnormal or the serious list, or under a penalty, on that day: no public purchase."""
        return bool(self.credit_records.valid_on(day).exists())


class GradeLevel(models.TextChoices):
    A5 = "5A", "5A"
    A4 = "4A", "4A"
    A3 = "3A", "3A"
    A2 = "2A", "2A"
    A1 = "1A", "1A"


class OrganisationGrade(DistrictOwned, Valid):
    """The result of a grade assessment, as a rule valid for five years (社会组织评估管理办法)."""

    organisation = models.ForeignKey(
        SocialOrganisation, models.PROTECT, related_name="grades", verbose_name=_("social organisation")
    )
    level = models.CharField(_("grade"), max_length=2, choices=GradeLevel.choices)
    document = models.CharField(_("document"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("grade")
        verbose_name_plural = _("grades")
        ordering = ["-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "organisation", "valid_from"], name="grade_once_from_a_day"
            ),
            ends_after_it_begins("grade_validity"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.level}"


class InspectionResult(models.TextChoices):
    PASS = "PASS", pgettext_lazy("annual inspection", "passed")
    BASIC_PASS = "BASIC_PASS", pgettext_lazy("annual inspection", "basically passed")
    FAIL = "FAIL", pgettext_lazy("annual inspection", "failed")


class AnnualInspection(DistrictOwned):
    """The yearly inspection by the registering authority, for the year that was inspected."""

    organisation = models.ForeignKey(
        SocialOrganisation, models.PROTECT, related_name="inspections", verbose_name=_("social organisation")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    result = models.CharField(_("result"), max_length=10, choices=InspectionResult.choices)
    document = models.CharField(_("document"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("annual inspection")
        verbose_name_plural = _("annual inspections")
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "organisation", "year"], name="inspection_once_a_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.year} {self.get_result_display()}"


class CreditKind(models.TextChoices):
    ABNORMAL = "ABNORMAL", _("list of abnormal activity")
    SERIOUS = "SERIOUS", _("list of serious breach of law and trust")
    PENALTY = "PENALTY", _("administrative penalty")


class CreditRecord(DistrictOwned, Valid):
    """An entry that bars an organisation from public purchase while it lasts (社会组织信用信息管理办法)."""

    organisation = models.ForeignKey(
        SocialOrganisation,
        models.PROTECT,
        related_name="credit_records",
        verbose_name=_("social organisation"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=CreditKind.choices)
    reason = models.CharField(_("reason"), max_length=300)
    document = models.CharField(_("document"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("credit record")
        verbose_name_plural = _("credit records")
        ordering = ["-valid_from"]
        constraints = [ends_after_it_begins("credit_validity")]

    def __str__(self) -> str:
        return f"{self.organisation} {self.get_kind_display()}"
