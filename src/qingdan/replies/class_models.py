"""The classes of replies, and what they mean here from a year on."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import DistrictOwned


class ReplyClass(models.TextChoices):
    """Their meaning is set by each authority and year: `ReplyClassMeaning`."""

    A = "A", _("class A")
    B = "B", _("class B")
    C = "C", _("class C")
    D = "D", _("class D")


class ReplyClassMeaning(DistrictOwned):
    """What a class of replies means here from a year on, and whether such a reply takes the proposal up.

    Authorities differ: with some, class C is what cannot be done soon, with others what is kept for reference. The
    classes of a year are those of the latest year that has any.
    """

    year = models.PositiveSmallIntegerField(_("from the year"))
    reply_class = models.CharField(_("reply class"), max_length=1, choices=ReplyClass.choices)
    meaning = models.CharField(_("meaning"), max_length=120)
    taken_up = models.BooleanField(
        _("counts as taken up"), default=False, help_text=_("For the rate of proposals taken up.")
    )
    basis = models.CharField(_("document it rests on"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("meaning of a reply class")
        verbose_name_plural = _("meanings of reply classes")
        ordering = ["-year", "reply_class"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "year", "reply_class"], name="reply_class_once_a_year"
            ),
            models.CheckConstraint(
                condition=Q(year__gte=1949, year__lte=2100),
                name="reply_class_year",
                violation_error_message=_("Write the year with four digits, such as 2018."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.reply_class} {self.meaning}"
