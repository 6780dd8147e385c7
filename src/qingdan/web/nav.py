"""Where one can go: the sections of the workbench, the public navigation, the footer.

An entry whose page does not exist in this installation, or whose permit says no, is left out.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core.permits import Permit, anyone
from qingdan.lists import waiting as lists_waiting

Count = Callable[[Any], int]


@dataclass(frozen=True)
class Entry:
    """`permit` None means: the permit of the page itself decides.."""

    label: Any
    url_name: str
    permit: Permit | None = None
    count: Count | None = None
    hot: bool = False  # the count asks for attention


@dataclass(frozen=True)
class Section:
    label: Any
    entries: tuple[Entry, ...]


WORKBENCH = (
    Section(
        _("The three lists"),
        (
            Entry(_("Needs"), "needs", count=lists_waiting.needs_seen),
            Entry(_("Resources"), "resources"),
            Entry(_("Purchase items"), "items"),
            Entry(_("Matching and planning"), "planning"),
        ),
    ),
    Section(
        _("Calls"),
        (
            Entry(_("Programmes"), "programmes"),
            Entry(_("Calls and applications"), "calls"),
            Entry(_("Review and notices"), "reviews"),
        ),
    ),
    Section(
        _("Delivery"),
        (
            Entry(_("Contracts"), "contracts"),
            Entry(_("Funds and payments"), "funds"),
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
            Entry(_("Figures"), "figures"),
            Entry(_("Open data"), "open-data"),
        ),
    ),
    Section(
        _("Foundations"),
        (
            Entry(_("Organisations"), "organisations"),
            Entry(_("Places"), "places"),
            Entry(_("Policy documents"), "policies"),
            Entry(_("Accounts and roles"), "accounts"),
            Entry(_("Working days"), "working-days"),
            Entry(_("Journal"), "journal"),
        ),
    ),
)

PUBLIC = (
    Entry(_("Home"), "home"),
    Entry(_("Needs"), "public-needs"),
    Entry(_("Resources"), "public-resources"),
    Entry(_("Purchase items"), "public-items"),
    Entry(_("Calls and notices"), "public-calls"),
    Entry(_("Replies"), "public-replies"),
    Entry(_("Figures"), "figures"),
)

FOOTER = (
    Entry(_("Open data"), "open-data"),
    Entry(_("How numbers are counted"), "about-figures"),
    Entry(_("How personal data is used"), "about-privacy"),
    Entry(_("Accessibility"), "about-accessibility"),
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
    for entry in entries:
        url = address_of(entry.url_name)
        if url is None:
            continue
        permit = entry.permit or getattr(resolve(url).func, "permit", anyone)
        if not permit(request.user, None):
            continue
        current = request.path == url or (url != reverse("home") and request.path.startswith(url))
        number = entry.count(request.user) if counts and entry.count else None
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
