"""Accounts and the roles granted to them."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qingdan.core.bases import DistrictOwned
from qingdan.core.clock import today
from qingdan.directory.models.organisations import SocialOrganisation
from qingdan.directory.models.people import Person
from qingdan.directory.models.places import Agency, Place
from qingdan.directory.models.validity import Valid, ends_after_it_begins
from qingdan.directory.roles import DISTRICT_WIDE, PLACE_BOUND, Role


class AccountManager(BaseUserManager["Account"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "Account":
        """An account without roles. Acts make accounts; this is for the framework and for tests."""
        account = self.model(username=username, **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Language(models.TextChoices):
    CHINESE = "zh-hans", "简体中文"
    ENGLISH = "en", "English"


class Account(AbstractBaseUser, DistrictOwned):
    """Someone who can sign in and be held responsible (core.actor.Actor). What they may do, roles say."""

    # Unique across districts, unlike other names: signing in asks for no district.
    username = models.CharField(
        _("user name"),
        max_length=60,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": _("This user name is taken.")},
    )
    display_name = models.CharField(_("name shown"), max_length=60)
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="accounts", verbose_name=_("agency")
    )
    organisation = models.ForeignKey(
        SocialOrganisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="accounts",
        verbose_name=_("social organisation"),
    )
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="accounts", verbose_name=_("person")
    )
    language = models.CharField(
        _("language"), max_length=10, choices=Language.choices, default=Language.CHINESE
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_sample = models.BooleanField(_("sample"), default=False)
    made_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)

    objects = AccountManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["username"]

    def __str__(self) -> str:
        return self.display_name or self.username

    # ── the actor ──

    @property
    def actor_key(self) -> str:
        return f"account:{self.pk}"

    @property
    def actor_label(self) -> str:
        return str(self)

    def get_absolute_url(self) -> str:
        return reverse("account", args=[self.pk])

    @property
    def desk(self) -> str:
        """Where this account works: its agency, its organisation, its place, else its role."""
        if self.agency is not None:
            return self.agency.short_name
        if self.organisation is not None:
            return self.organisation.short_name or self.organisation.name
        for grant in self.current_grants:
            return grant.place.full_name if grant.place is not None else str(grant.get_role_display())
        return ""

    # ── roles ──

    @cached_property
    def current_grants(self) -> list["RoleGrant"]:
        """The grants in force today, read once for each loaded account."""
        if self.pk is None or not self.is_active:
            return []
        grants = self.grants.filter(state=GrantState.GRANTED)
        return list(grants.valid_on(today()).select_related("place__parent").order_by("pk"))

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        self.__dict__.pop("current_grants", None)
        super().refresh_from_db(*args, **kwargs)

    @property
    def roles(self) -> frozenset[str]:
        """Codes of the roles held today."""
        return frozenset(grant.role for grant in self.current_grants)

    def holds(self, *roles: str) -> bool:
        """Whether at least one of `roles` is held today."""
        return not self.roles.isdisjoint(roles)

    @property
    def place_codes(self) -> tuple[str, ...]:
        """The places this account answers for: the district for a district-wide role, else those granted."""
        if self.holds(*DISTRICT_WIDE):
            return (self.district,)
        granted = {g.place.code for g in self.current_grants if g.role in PLACE_BOUND and g.place is not None}
        return tuple(sorted(granted))

    def covers(self, place_code: str) -> bool:
        """Whether the place lies within what this account answers for; an empty code lies nowhere."""
        return bool(place_code) and any(place_code.startswith(code) for code in self.place_codes)


class GrantState(models.TextChoices):
    REQUESTED = "REQUESTED", pgettext_lazy("role grant", "requested")
    GRANTED = "GRANTED", pgettext_lazy("role grant", "granted")
    DECLINED = "DECLINED", pgettext_lazy("role grant", "declined")
    REVOKED = "REVOKED", pgettext_lazy("role grant", "revoked")


class RoleGrant(DistrictOwned, Valid):
    """A role held by an account for a time, asked for by one security administrator and approved by another.

    Only the founding grants of an installation have no approver; see `acts.found`.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="grants", verbose_name=_("account"))
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    place = models.ForeignKey(
        Place,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("administrative", "place"),
    )
    organisation = models.ForeignKey(
        SocialOrganisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("social organisation"),
    )
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agency")
    )
    basis = models.CharField(_("basis"), max_length=160, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=GrantState.choices, default=GrantState.REQUESTED, editable=False
    )
    founding = models.BooleanField(_("founding grant"), default=False, editable=False)
    granted_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("granted by")
    )
    approved_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("approved by")
    )

    class Meta:
        verbose_name = _("grant of a role")
        verbose_name_plural = _("grants of roles")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(
                    role__in=["SYS_ADMIN", "SEC_ADMIN", "AUDIT_ADMIN"], state__in=["REQUESTED", "GRANTED"]
                ),
                name="grant_one_administrator_role",
                violation_error_message=_("One account holds at most one of the three administrator roles."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["GRANTED", "REVOKED"])
                | Q(founding=True)
                | Q(approved_by__isnull=False, granted_by__isnull=False),
                name="grant_needs_two_people",
                violation_error_message=_(
                    "A grant is asked for by one administrator and approved by another."
                ),
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("granted_by")),
                name="grant_approved_by_another",
                violation_error_message=_(
                    "A grant is asked for by one administrator and approved by another."
                ),
            ),
            models.CheckConstraint(
                condition=(Q(granted_by__isnull=True) | ~Q(granted_by=F("account")))
                & (Q(approved_by__isnull=True) | ~Q(approved_by=F("account"))),
                name="grant_not_to_oneself",
                violation_error_message=_("Nobody grants a role to their own account."),
            ),
            models.CheckConstraint(
                condition=~Q(role__in=["COMMUNITY", "STREET"]) | Q(place__isnull=False),
                name="grant_of_place_role_names_place",
                violation_error_message=_("Name the street or community for which the role is granted."),
            ),
            models.CheckConstraint(
                condition=~Q(role="ORGANISATION") | Q(organisation__isnull=False),
                name="grant_of_organisation_role_names_it",
                violation_error_message=_("Name the social organisation for which the role is granted."),
            ),
            ends_after_it_begins("grant_validity"),
        ]

    def __str__(self) -> str:
        return f"{self.account} · {self.get_role_display()}"

    def get_absolute_url(self) -> str:
        return reverse("role-grant", args=[self.pk])

    @property
    def reach(self) -> str:
        """For which place, organisation or agency the role is granted."""
        parts = (self.place and self.place.full_name, self.organisation, self.agency)
        return " · ".join(str(part) for part in parts if part)
