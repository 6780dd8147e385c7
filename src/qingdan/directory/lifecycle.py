"""Two tables: an organisation's standing with its registrar, and a role's way from asking to revoking."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from qingdan.core import clock
from qingdan.core.actor import Actor
from qingdan.core.lifecycle import Lifecycle, Move, register
from qingdan.core.permits import Refused
from qingdan.directory.models import Account, GrantState, OrganisationState, RoleGrant, SocialOrganisation
from qingdan.directory.permits import (
    keeps_administrators_apart,
    leaves_two_sec_admins,
    may_ask_for_grants,
    may_decide_grants,
    may_keep_directory,
)

ON_RECORD, SUSPENDED = OrganisationState.ON_RECORD, OrganisationState.SUSPENDED


def _end(
    organisation: SocialOrganisation,
    *,
    actor: Actor,
    reason: str,
    document: str = "",
    on: dt.date | None = None,
) -> dict[str, Any]:
    organisation.ended_on = on or clock.today()
    if organisation.established_on and organisation.ended_on < organisation.established_on:
        raise Refused(_("It cannot end before it was established."))
    return {"ended_on": organisation.ended_on, "document": document}


def _note_document(
    organisation: SocialOrganisation, *, actor: Actor, reason: str, document: str = ""
) -> dict[str, Any]:
    return {"document": document}


ORGANISATION = register(
    Lifecycle(
        "organisation",
        OrganisationState,
        Move(
            "suspend",
            ON_RECORD,
            SUSPENDED,
            label=_("Suspend activity"),
            by=may_keep_directory,
            effect=_note_document,
            needs_reason=True,
            warns=_("While suspended it can sign no contract."),
        ),
        Move(
            "resume",
            SUSPENDED,
            ON_RECORD,
            label=_("Lift the suspension"),
            by=may_keep_directory,
            effect=_note_document,
            needs_reason=True,
        ),
        Move(
            "deregister",
            (ON_RECORD, SUSPENDED),
            OrganisationState.DEREGISTERED,
            label=_("Deregister"),
            by=may_keep_directory,
            effect=_end,
            needs_reason=True,
            warns=_("A deregistered organisation keeps its records and can take part in nothing more."),
        ),
        Move(
            "revoke",
            (ON_RECORD, SUSPENDED),
            OrganisationState.REVOKED,
            label=_("Revoke registration"),
            by=may_keep_directory,
            effect=_end,
            needs_reason=True,
            warns=_("A revoked organisation keeps its records and can take part in nothing more."),
        ),
    ),
    SocialOrganisation,
)


def _approve(grant: RoleGrant, *, actor: Actor, reason: str) -> dict[str, Any]:
    grant.approved_by = actor if isinstance(actor, Account) else None
    return {"account": grant.account.username, "role": grant.role}


def _note_grant(grant: RoleGrant, *, actor: Actor, reason: str) -> dict[str, Any]:
    return {"account": grant.account.username, "role": grant.role}


GRANT = register(
    Lifecycle(
        "grant",
        GrantState,
        Move(
            "approve",
            GrantState.REQUESTED,
            GrantState.GRANTED,
            label=_("Approve"),
            by=may_decide_grants,
            when=keeps_administrators_apart,
            effect=_approve,
        ),
        Move(
            "decline",
            GrantState.REQUESTED,
            GrantState.DECLINED,
            label=_("Decline"),
            by=may_ask_for_grants,
            effect=_note_grant,
            needs_reason=True,
        ),
        Move(
            "revoke",
            GrantState.GRANTED,
            GrantState.REVOKED,
            label=_("Revoke"),
            by=may_ask_for_grants,
            when=leaves_two_sec_admins,
            effect=_note_grant,
            needs_reason=True,
            warns=_("The role ends at once; a new grant again needs two people."),
        ),
    ),
    RoleGrant,
)
