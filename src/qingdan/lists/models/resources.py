"""Resources (资源): what a department or a body can give, when, to how many, and what of it is promised."""

import datetime as dt
from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import DistrictOwned
from qingdan.lists.models.words import Category, TargetGroup, enumerated, strung


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


class ResourceState(models.TextChoices):
    """Whether a resource may be used at all. How much of it is taken, its counters say."""

    DRAFT = "DRAFT", _("draft")
    VERIFIED = "VERIFIED", _("verified")
    AVAILABLE = "AVAILABLE", _("available")
    SUSPENDED = "SUSPENDED", _("suspended")
    WITHDRAWN = "WITHDRAWN", _("withdrawn")


class Resource(DistrictOwned):
    """What a department or a body can give, where, to how many, on which terms.

    `capacity` counts persons within the validity. `reserved` is promised and not yet given, `used` is given;
    the database refuses that both together pass the capacity. They change only in `lists.capacity`.
    """

    number = models.CharField(_("number"), max_length=32)
    owner_kind = models.CharField(_("kind of owner"), max_length=20, choices=OwnerKind)
    owner_name = models.CharField(_("owner"), max_length=120)
    organisation = models.ForeignKey(
        "directory.SocialOrganisation",
        on_delete=models.PROTECT,
        related_name="resources",
        null=True,
        blank=True,
        verbose_name=_("owner's organisation"),
        help_text=_("If the owner is a registered organisation, its account takes dispatched needs itself."),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=ResourceKind)
    title = models.CharField(_("resource"), max_length=120)
    text = models.TextField(_("description"), blank=True)
    category = models.CharField(_("category"), max_length=16, choices=Category)
    target = models.CharField(_("target group"), max_length=20, choices=TargetGroup)
    area = models.ForeignKey(
        "directory.Place", on_delete=models.PROTECT, related_name="resources", verbose_name=_("area served")
    )
    capacity = models.PositiveIntegerField(_("capacity"))
    reserved = models.PositiveIntegerField(_("promised"), default=0)
    used = models.PositiveIntegerField(_("given"), default=0)
    times_used = models.PositiveIntegerField(_("times used"), default=0)
    terms = models.CharField(_("terms"), max_length=200, blank=True)
    cost_fen = models.BigIntegerField(_("cost per person (fen)"), default=0)
    cost_note = models.CharField(_("note on cost"), max_length=120, blank=True)
    contact_post = models.CharField(
        _("contact post"),
        max_length=80,
        blank=True,
        help_text=_("A post or an office line, no private phone."),
    )
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=ResourceState, default=ResourceState.DRAFT)
    verified_by = models.CharField(_("verified by"), max_length=80, blank=True)
    verified_on = models.DateField(_("verified on"), null=True, blank=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    class Meta:
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["district", "number"], name="lists_resource_number_is_unique"),
            models.CheckConstraint(
                condition=Q(capacity__gte=F("reserved") + F("used")), name="lists_resource_not_promised_twice"
            ),
            models.CheckConstraint(condition=Q(cost_fen__gte=0), name="lists_resource_cost_not_negative"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="lists_resource_ends_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["district", "state"], name="lists_resource_by_state")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("resource", args=[self.number])

    @property
    def left(self) -> int:
        """Persons that can still be promised."""
        return self.capacity - self.reserved - self.used

    def valid_on(self, day: dt.date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    @property
    def window_words(self) -> str:
        """The time windows in words: 周一、周三 16:30–18:30；周六 09:00–12:00."""
        return window_words(list(self.windows.all()))


class Weekday(models.IntegerChoices):
    """Days of the week, numbered as in ISO 8601 (RFC 5545 in HSDS: MO … SU)."""

    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")
    SATURDAY = 6, _("Saturday")
    SUNDAY = 7, _("Sunday")


class ResourceWindow(DistrictOwned):
    """A time of the week at which a resource can be had."""

    resource = models.ForeignKey(
        Resource, on_delete=models.CASCADE, related_name="windows", verbose_name=_("resource")
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("to"))
    places = models.PositiveIntegerField(
        _("persons at once"),
        null=True,
        blank=True,
        help_text=_("Empty: only the capacity of the whole counts."),
    )

    class Meta:
        verbose_name = _("time window")
        verbose_name_plural = _("time windows")
        ordering = ["resource", "weekday", "starts"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__gte=1, weekday__lte=7), name="lists_window_weekday_1_to_7"
            ),
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")), name="lists_window_ends_after_it_starts"
            ),
            models.UniqueConstraint(
                fields=["district", "resource", "weekday", "starts"], name="lists_window_once"
            ),
            models.CheckConstraint(
                condition=Q(places__isnull=True) | Q(places__gt=0), name="lists_window_for_somebody"
            ),
        ]

    def __str__(self) -> str:
        return window_words([self])


class Reservation(DistrictOwned):
    """A part of a resource's capacity promised to a match, later given or released. Kept as the proof of counters."""

    resource = models.ForeignKey(
        Resource, on_delete=models.PROTECT, related_name="reservations", verbose_name=_("resource")
    )
    match = models.ForeignKey(
        "lists.Match", on_delete=models.PROTECT, related_name="reservations", verbose_name=_("match")
    )
    window = models.ForeignKey(
        ResourceWindow,
        on_delete=models.SET_NULL,
        related_name="reservations",
        null=True,
        blank=True,
        verbose_name=_("time window"),
    )
    persons = models.PositiveIntegerField(_("persons"))
    held_on = models.DateField(_("promised on"))
    used_on = models.DateField(_("given on"), null=True, blank=True)
    used_persons = models.PositiveIntegerField(_("persons served"), null=True, blank=True)
    released_on = models.DateField(_("released on"), null=True, blank=True)

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "match"],
                condition=Q(released_on__isnull=True),
                name="lists_one_reservation_a_match",
            ),
            models.CheckConstraint(condition=Q(persons__gt=0), name="lists_reservation_of_somebody"),
            models.CheckConstraint(
                condition=Q(used_on__isnull=True) | Q(released_on__isnull=True),
                name="lists_reservation_given_or_released",
            ),
            models.CheckConstraint(
                condition=Q(used_persons__isnull=True) | Q(used_persons__lte=F("persons")),
                name="lists_no_more_given_than_promised",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource} · {self.persons}"


def window_words(windows: list[ResourceWindow]) -> str:
    """Windows in words, days with the same hours together."""
    hours: dict[tuple[dt.time, dt.time, int | None], list[int]] = {}
    for window in sorted(windows, key=lambda one: (one.weekday, one.starts)):
        hours.setdefault((window.starts, window.ends, window.places), []).append(window.weekday)
    return strung(
        f"{days_in_words(days)} {starts:%H:%M}–{ends:%H:%M}" + (f" × {places}" if places else "")
        for (starts, ends, places), days in hours.items()
    )


def days_in_words(days: Iterable[int]) -> str:
    """Days of the week in order, three or more that follow each other as “Monday to Friday”."""
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    words: list[object] = []
    for run in runs:
        names = [Weekday(day).label for day in run]
        words += (
            [_("%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}] if len(run) > 2 else names
        )
    return enumerated(words)
