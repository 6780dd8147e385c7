"""The life of a resource: entered, verified, offered; suspended and withdrawn."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from qingdan.core import clock
from qingdan.core.lifecycle import Lifecycle, Move, register
from qingdan.core.permits import Answer, No, Yes, permit
from qingdan.lists.models import Resource, ResourceState
from qingdan.lists.permits.matching import may_keep_resources, may_offer_resources

DRAFT, VERIFIED, AVAILABLE = ResourceState.DRAFT, ResourceState.VERIFIED, ResourceState.AVAILABLE
SUSPENDED, WITHDRAWN = ResourceState.SUSPENDED, ResourceState.WITHDRAWN


@permit(_("The validity of this resource is over; enter a new last day first."))
def is_not_over(actor: Any, resource: Resource) -> bool:
    return resource.valid_until is None or resource.valid_until >= clock.today()


@permit(_("Some of it is promised; have these orders served or cancelled first."))
def nothing_is_promised(actor: Any, resource: Resource) -> Answer:
    return Yes() if resource.reserved == 0 else No(nothing_is_promised.why_not)


def _note_verifier(resource: Resource, *, actor: Any, reason: str) -> None:
    resource.verified_by, resource.verified_on = actor.actor_label, clock.today()


RESOURCE = register(
    Lifecycle(
        "resource",
        ResourceState,
        Move(
            "verify",
            DRAFT,
            VERIFIED,
            by=may_keep_resources,
            effect=_note_verifier,
            label=_("Verify the resource"),
        ),
        Move(
            "offer", VERIFIED, AVAILABLE, by=may_keep_resources, when=is_not_over, label=_("Put on the list")
        ),
        Move("suspend", AVAILABLE, SUSPENDED, by=may_offer_resources, needs_reason=True, label=_("Suspend")),
        Move("resume", SUSPENDED, AVAILABLE, by=may_keep_resources, when=is_not_over, label=_("Resume")),
        Move(
            "withdraw",
            (DRAFT, VERIFIED, AVAILABLE, SUSPENDED),
            WITHDRAWN,
            by=may_offer_resources,
            when=nothing_is_promised,
            needs_reason=True,
            label=_("Withdraw"),
            warns=_("A withdrawn resource cannot be put on the list again."),
        ),
    ),
    Resource,
)
