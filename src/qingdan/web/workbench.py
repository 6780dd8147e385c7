"""What waits for a person, from every room, by deadline."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from qingdan.core import clock, markup
from qingdan.core.pieces import Waiting
from qingdan.directory.pages.accounts import waiting_for as accounts_waiting
from qingdan.lists.waiting import waiting_for as lists_waiting
from qingdan.policies.waiting import waiting_for as policies_waiting
from qingdan.replies.waiting import waiting_for as replies_waiting
from qingdan.web import nav

Provider = Callable[[Any], list[Waiting]]

# Each room that makes people wait gives its `waiting_for(actor)` here.
PROVIDERS: list[Provider] = [lists_waiting, replies_waiting, policies_waiting, accounts_waiting]

GROUPS = {
    "late": _("Overdue"),
    "today": _("Today"),
    "soon": _("Within three working days"),
    "calm": _("Later"),
}


@dataclass(frozen=True)
class Group:
    key: str
    label: Any
    matters: tuple[Waiting, ...]


def waiting(actor: Any) -> list[Waiting]:
    """Everything that waits for this actor, the most pressing first; what has no deadline comes last."""
    found = [matter for provider in PROVIDERS for matter in provider(actor)]
    return sorted(found, key=_press)


def _press(matter: Waiting) -> tuple[bool, dt.date, str]:
    hour = f"{markup.clock_time(matter.due):%H:%M}" if isinstance(matter.due, dt.datetime) else "99"
    return matter.day is None, matter.day or clock.today(), hour


def grouped(matters: list[Waiting]) -> list[Group]:
    """By deadline: overdue, today, within three working days, later; empty groups are left out."""
    keyed = [(markup.due_group(matter.due), matter) for matter in matters]
    groups = (
        Group(key, label, tuple(matter for group, matter in keyed if group == key))
        for key, label in GROUPS.items()
    )
    return [group for group in groups if group.matters]


# ── beside the list ─────────────────────────────────────────────────────────


@dataclass(frozen=True)
class PanelRow:
    """A label and a number or short text, perhaps with its address."""

    label: Any
    value: Any
    url: str = ""
    hot: bool = False


@dataclass(frozen=True)
class Panel:
    """A small table beside the list: the lists of a street, the money of a year."""

    title: Any
    rows: tuple[PanelRow, ...]
    foot: Any = ""
    more: str = ""


PANELS: list[Callable[[Any], Panel | None]] = []

# Frequent acts: label, address name, icon. Those whose page is missing or closed are left out.
QUICK: list[tuple[nav.Entry, str]] = [
    (nav.Entry(_("Register a need for a resident"), "need-new"), "plus"),
    (nav.Entry(_("Import needs from Excel"), "needs-import"), "upload"),
    (nav.Entry(_("Enter a service record"), "service-record-new"), "edit"),
    (nav.Entry(_("Open a call"), "call-new"), "plus"),
]


def quick(request: HttpRequest) -> list[dict[str, Any]]:
    found = []
    for entry, icon in QUICK:
        for link in nav.shown([entry], request):
            found.append({**link, "icon": icon})
    return found
