"""Home, workbench, search, and the short pages that explain the site."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qingdan.core import access, markup
from qingdan.core.gate import page, public
from qingdan.directory.pages.frame import actor_of
from qingdan.directory.permits import is_bureau, is_street, signed_in
from qingdan.web import home as homepage
from qingdan.web import leader, progress, street, workbench

FOUND = 10  # records of one kind on the search page
# What people look for comes first; other kinds follow as their rooms name them.
SOUGHT = (
    "lists.socialneed",
    "lists.purchaseitem",
    "lists.resource",
    "calls.project",
    "contracts.contract",
    "directory.socialorganisation",
    "replies.proposal",
    "replies.replyletter",
    "policies.normativedocument",
)


@public
def home(request: HttpRequest) -> HttpResponse:
    """The public front page: what is promised, where everything stands, the numbers of the year."""
    return render(request, "home.html", homepage.context(request))


@page(signed_in)
def work(request: HttpRequest) -> HttpResponse:
    """What waits for this person, by deadline."""
    matters = workbench.waiting(request.user)
    groups = workbench.grouped(matters)
    late = [matter for matter in matters if markup.due_group(matter.due) == "late"]
    context = {
        "matters": matters,
        "groups": groups,
        "late": len(late),
        "today": sum(len(group.matters) for group in groups if group.key == "today"),
        "panels": [panel for provider in workbench.PANELS if (panel := provider(request.user))],
        "quick": workbench.quick(request),
        "progress": progress.by_street(request.user),
        "stages": progress.STAGES,
    }
    return render(request, "work.html", context)


@page(is_street)
def my_street(request: HttpRequest) -> HttpResponse:
    """The street of a street officer: what waits, its needs, its numbers."""
    return render(request, "my_street.html", street.context(actor_of(request)))


@page(is_bureau)
def one_page(request: HttpRequest) -> HttpResponse:
    """The year on one sheet of paper, for a leader."""
    return render(request, "one_page.html", leader.context(actor_of(request)))


@public
def search(request: HttpRequest) -> HttpResponse:
    """Records of every kind that hold the words, in their text too, as far as this person may see them."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    kinds = []
    if text:
        for door in sorted(access.doors(), key=_rank):
            found = access.matching(door, request.user, text)[: FOUND + 1] if door.search else []
            records = [
                {
                    "words": str(record),
                    "number": _number_beside(record),
                    "where": door.excerpt(record, text) if door.excerpt else "",
                    "url": url,
                }
                for record in found
                if (url := markup.address_of(record))
            ]
            if records:
                kinds.append(
                    {
                        "label": door.model._meta.verbose_name_plural,
                        "records": records[:FOUND],
                        "more": len(records) > FOUND,
                    }
                )
    return render(request, "search.html", {"text": text, "find_text": text, "kinds": kinds})


def _number_beside(record: Any) -> str:
    """The number of a record whose words do not hold it: many needs are called the same."""
    number = getattr(record, "number", "")
    return number if isinstance(number, str) and number not in str(record) else ""


def _rank(door: access.Door) -> int:
    label = door.model._meta.label_lower
    return SOUGHT.index(label) if label in SOUGHT else len(SOUGHT)


@public
def about_figures(request: HttpRequest) -> HttpResponse:
    return render(request, "about_figures.html")


@public
def about_privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "about_privacy.html")


@public
def about_accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "about_accessibility.html")
