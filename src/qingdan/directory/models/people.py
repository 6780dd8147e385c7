"""People whom the district serves or works with. The resident number is sealed and shown masked."""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qingdan.core import identifiers
from qingdan.core.bases import DistrictOwned
from qingdan.core.pii import BlindIndexField, EncryptedTextField, Sealed
from qingdan.directory.models.places import Place


class Sex(models.TextChoices):
    UNKNOWN = "", _("not stated")
    FEMALE = "F", _("female")
    MALE = "M", _("male")


class PersonQuerySet(models.QuerySet[Any]):
    def with_resident_id(self, number: str) -> Self:
        """Those with this resident number (one a district): found through the keyed index, under every key."""
        field = Person._meta.get_field("resident_id_index")
        if not isinstance(field, BlindIndexField):  # for the type checker
            raise TypeError("resident_id_index is no blind index")
        return self.filter(**field.lookup(identifiers.normalise(number)))


class Person(DistrictOwned):
    """One human being, kept once a district: found again by the keyed index of the resident number.

    `str()` gives the masked name, because it goes into journals and messages; write `person.name` on purpose.
    """

    name = models.CharField(pgettext_lazy("person", "name"), max_length=60)
    # A `core.pii.Sealed`: prints masked, opens only on `reveal()`; see `acts.reveal_resident_id`.
    resident_id = EncryptedTextField(_("resident number"), blank=True)
    resident_id_index = BlindIndexField(source="resident_id")
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex.choices, blank=True, default=Sex.UNKNOWN)
    community = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("community")
    )

    objects = PersonQuerySet.as_manager()

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

    def get_absolute_url(self) -> str:
        return reverse("person", args=[self.pk])

    @property
    def masked_name(self) -> str:
        """The first character, the rest starred."""
        return identifiers.mask_name(self.name)

    @property
    def masked_resident_id(self) -> str:
        """The first four and last two characters (5301************08)."""
        return self.sealed_resident_id.masked if self.resident_id else ""

    @property
    def sealed_resident_id(self) -> Sealed:
        """The number as the sealed thing it is (the field's type, for the type checker, is text)."""
        sealed: Any = self.resident_id
        return sealed if isinstance(sealed, Sealed) else Sealed("", plain="")

    def set_resident_id(self, text: str, *, today: dt.date | None = None) -> None:
        """Check a resident number (GB 11643-1999) and take birth date and sex from it; empty text clears it.

        Raises `core.identifiers.IdentifierError`, also when another birth date is already known.
        """
        if not text.strip():
            self.resident_id = ""
            return
        read = identifiers.parse_resident_id(text, today=today)
        if self.birth_date not in (None, read.birth_date):
            raise identifiers.IdentifierError(
                _("The birth date differs from the one in the resident number."), "birth_date"
            )
        self.resident_id, self.birth_date, self.sex = read.number, read.birth_date, Sex(read.sex.value)

    def age_on(self, day: dt.date) -> int | None:
        return None if self.birth_date is None else identifiers.age_on(self.birth_date, day)

    def is_child_on(self, day: dt.date) -> bool:
        """Under 14: sensitive data, a guardian's consent is needed (个人信息保护法 arts 28, 31)."""
        return self.birth_date is not None and identifiers.under_14_on(self.birth_date, day)
