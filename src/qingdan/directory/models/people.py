"""People whom the district serves or works with. The resident number is sealed and shown masked."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import DistrictOwned
from qingdan.directory.models.places import Place


class Sex(models.TextChoices):
    MALE = "M", _("male")
    FEMALE = "F", _("female")
    UNKNOWN = "", _("not stated")


class Person(DistrictOwned):
    """One human being, kept once a district: found again by the keyed index of the resident number.

    `str()` gives the masked name, because it goes into journals and messages; write `person.name` on purpose.
    """

    name = models.CharField(_("name"), max_length=60)
    resident_id = models.TextField(_("resident number"), blank=True, editable=False)
    resident_id_index = models.CharField(max_length=64, blank=True, editable=False)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex.choices, blank=True, default=Sex.UNKNOWN)
    community = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("community")
    )

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "resident_id_index"],
                condition=~Q(resident_id_index=""),
                name="person_resident_id_once",
                violation_error_message=_("A person with this resident number is in the directory already."),
            )
        ]
        indexes = [models.Index(fields=["district", "name"], name="person_by_name")]

    def __str__(self) -> str:
        return self.masked_name

    @property
    def masked_name(self) -> str:
        """The first character, the rest starred."""
        return self.name[:1] + "*" * (len(self.name) - 1)

    def age_on(self, day: dt.date) -> int | None:
        if self.birth_date is None:
            return None
        born = self.birth_date
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    def is_child_on(self, day: dt.date) -> bool:
        """Under 14: sensitive data, a guardian's consent is needed (个人信息保护法 arts 28, 31)."""
        age = self.age_on(day)
        return age is not None and age < 14
