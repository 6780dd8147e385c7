"""Other systems that may file needs: their tokens are shown once and kept as digests."""

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qingdan.core import clock, journal
from qingdan.core.pii import blind_index
from qingdan.lists.models import ReportingSystem
from qingdan.lists.permits.needs import may_keep_systems


def token_hash(token: str) -> str:
    return blind_index(token, "lists.reportingsystem")


@transaction.atomic
def admit(*, actor: Any, name: str) -> tuple[ReportingSystem, str]:
    """A new system and its token, which nobody can read again."""
    may_keep_systems.require(actor, None)
    name = name.strip()
    if not name:
        raise ValidationError({"name": _("Give the system a name.")})
    if ReportingSystem.objects.filter(district=actor.district, name=name).exists():
        raise ValidationError({"name": _("There is a system of this name already.")})
    token = secrets.token_urlsafe(32)
    system = ReportingSystem.objects.create(
        district=actor.district, name=name, token_hash=token_hash(token), made_on=clock.today()
    )
    journal.record(actor=actor, verb="reporting-system.admit", subject=system, after="ACTIVE")
    return system, token


@transaction.atomic
def shut_out(*, actor: Any, system: ReportingSystem, reason: str) -> None:
    """The token of a system no longer opens anything."""
    may_keep_systems.require(actor, None)
    locked = ReportingSystem.objects.select_for_update().get(pk=system.pk, district=actor.district)
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    journal.record(
        actor=actor,
        verb="reporting-system.shut-out",
        subject=locked,
        before="ACTIVE",
        after="SHUT_OUT",
        reason=reason,
    )
    system.refresh_from_db()


def system_of(token: str) -> ReportingSystem | None:
    """The active system to which a token belongs."""
    if not token:
        return None
    return ReportingSystem.objects.filter(token_hash=token_hash(token[:200]), is_active=True).first()
