"""Where one can go: the sections of the workbench, the public navigation, the footer.

An entry whose page does not exist in this installation, or whose permit says no, is left out.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core import access
from qingdan.core.permits import Permit, anyone

Count = Callable[[Any], int]


@dataclass(frozen=True)
class Entry:
    """`permit` None means: the permit of the page itself decides.."""

    label: Any
    url_name: str
    permit: Permit | None = None
    count: Count | None = None
    hot: bool = False  # the count asks for attention


def how_many(label: str) -> Count:
    """How many records of a kind (`lists.socialneed`) the person may see."""

    def count(actor: Any) -> int:
        return access.visible(apps.get_model(label), actor).count()

    return count


@dataclass(frozen=True)
class Section:
    label: Any
    entries: tuple[Entry, ...]


WORKBENCH = (
    Section("", (Entry(_("My street"), "my-street"), Entry(_("One page"), "one-page"))),
    Section(
        _("The three lists"),
        (
            Entry(_("Needs"), "needs", count=how_many("lists.socialneed")),
            Entry(_("Resources"), "resources", count=how_many("lists.resource")),
            Entry(_("Orders"), "matches", count=how_many("lists.match")),
            Entry(_("Proposals of matches"), "match-proposals"),
            Entry(_("Unmet needs"), "unmet"),
            Entry(_("Purchase items"), "items", count=how_many("lists.purchaseitem")),
            Entry(_("Matching and planning"), "planning"),
            Entry(_("Editions"), "editions"),
        ),
    ),
    Section(
        _("Calls"),
        (
            Entry(_("Programmes"), "programmes"),
            Entry(_("Calls and applications"), "calls"),
            Entry(_("Review and notices"), "reviews"),
            Entry(_("Projects"), "projects"),
        ),
    ),
    Section(
        _("Delivery"),
        (
            Entry(_("Contracts"), "contracts", count=how_many("contracts.contract")),
            Entry(_("Funds and payments"), "funds"),
            Entry(_("Service sessions"), "service-sessions"),
            Entry(_("Service records"), "service-records"),
            Entry(_("Evaluation"), "evaluations"),
        ),
    ),
    Section(
        _("Building capacity"),
        (
            Entry(_("Incubation base"), "incubation"),
            Entry(_("Activities"), "activities"),
            Entry(_("Social workers"), "social-workers"),
        ),
    ),
    Section(
        _("Replies and openness"),
        (
            Entry(_("Proposals"), "proposals"),
            Entry(_("Official papers"), "papers"),
            Entry(_("Check a letter"), "check-letter"),
            Entry(_("Figures"), "figures"),
            Entry(_("Open data"), "open-data"),
        ),
    ),
    Section(
        _("Foundations"),
        (
            Entry(_("Organisations"), "organisations"),
            Entry(_("People"), "people"),
            Entry(_("Places"), "places"),
            Entry(_("Agencies"), "agencies"),
            Entry(_("Policy documents"), "policies", count=how_many("policies.normativedocument")),
            Entry(_("Purchase rules"), "rules"),
            Entry(_("Accounts"), "accounts"),
            Entry(_("Roles granted"), "role-grants"),
            Entry(_("Working days"), "working-days"),
            Entry(_("Journal"), "journal"),
        ),
    ),
)

PUBLIC = (
    Entry(_("Home"), "home"),
    Entry(_("Needs"), "needs"),
    Entry(_("Resources"), "resources"),
    Entry(_("Purchase items"), "items"),
    Entry(_("Calls and notices"), "calls"),
    Entry(_("Replies"), "public-replies"),
    Entry(_("Figures"), "figures"),
)

FOOTER = (
    Entry(_("Policy documents"), "policies"),
    Entry(_("Organisations"), "organisations"),
    Entry(_("Open data"), "open-data"),
    Entry(_("How numbers are counted"), "about-figures"),
    Entry(_("How personal data is used"), "about-privacy"),
    Entry(_("Accessibility"), "about-accessibility"),
    Entry(_("Verify a letter"), "verify-letter"),
    Entry(_("Corrections"), "corrections"),
)

ACCOUNT = (Entry(_("My account"), "my-account"), Entry(_("My needs"), "my-needs"))


def address_of(url_name: str) -> str | None:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return None


def shown(entries: Iterable[Entry], request: HttpRequest, *, counts: bool = False) -> list[dict[str, Any]]:
    """The entries that exist and are open to this person, with the present one marked."""
    found = []
    actor = getattr(request, "user", None) or AnonymousUser()  # nobody yet where the door refused a request
    for entry in entries:
        url = address_of(entry.url_name)
        if url is None:
            continue
        permit: Permit = entry.permit or getattr(resolve(url).func, "permit", None) or anyone
        if not permit(actor, None):
            continue
        current = request.path == url or (url != reverse("home") and request.path.startswith(url))
        number = entry.count(actor) if counts and entry.count else None
        found.append(
            {
                "label": entry.label,
                "url": url,
                "current": current,
                "count": number,
                "hot": entry.hot and bool(number),
            }
        )
    return found
