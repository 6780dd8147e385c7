"""The roles of the house. A role is held through a `RoleGrant`, for a time and often for a place or a body."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    RESIDENT = "RESIDENT", _("resident")
    COMMUNITY = "COMMUNITY", _("community officer")
    STREET = "STREET", _("street officer")
    BUREAU = "BUREAU", _("civil affairs bureau")
    FINANCE = "FINANCE", _("finance officer")
    DEPARTMENT = "DEPARTMENT", _("officer of another department")
    ORGANISATION = "ORGANISATION", _("social organisation")
    EXPERT = "EXPERT", _("review expert")
    EVALUATOR = "EVALUATOR", _("third-party evaluator")
    AUDITOR = "AUDITOR", _("auditor")
    SYS_ADMIN = "SYS_ADMIN", _("system administrator")
    SEC_ADMIN = "SEC_ADMIN", _("security administrator")
    AUDIT_ADMIN = "AUDIT_ADMIN", _("audit administrator")


# The three administrators kept apart (三员分立, GB/T 22239-2019): whoever holds one of these holds nothing else.
ADMINISTRATORS = frozenset({Role.SYS_ADMIN, Role.SEC_ADMIN, Role.AUDIT_ADMIN})

# Officers of the government side.
GOVERNMENT = frozenset({Role.COMMUNITY, Role.STREET, Role.BUREAU, Role.FINANCE})

# Roles that reach as far as the place of their grant; the others of the government reach the whole district.
PLACE_BOUND = frozenset({Role.COMMUNITY, Role.STREET})
DISTRICT_WIDE = frozenset({Role.BUREAU, Role.FINANCE, Role.AUDITOR})
