"""Pages of editions: as published, with the differences from the edition before, as Excel and as PDF."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from qingdan.core import access, clock, markup
from qingdan.core.columns import Column
from qingdan.core.filters import ChoiceFilter
from qingdan.core.gate import page, public
from qingdan.core.listing import Listing, register_rows
from qingdan.core.looks import Look
from qingdan.core.permits import Refused
from qingdan.core.records import name_verbs, record_context
from qingdan.core.sheets import workbook_response
from qingdan.documents.fonts import find_fonts
from qingdan.documents.table_pdf import PrintColumn, PrintTable, render_table
from qingdan.lists import publishing, queries
from qingdan.lists.acts import editions as acts
from qingdan.lists.models import Category, ListEdition, ListKind, Method, ResourceKind, TargetGroup
from qingdan.lists.models.resources import days_in_words
from qingdan.lists.models.words import strung
from qingdan.lists.permits.matching import may_publish_lists

name_verbs({"edition.draft": _("drafted"), "edition.publish": _("published")})
_DRAFT, _PUBLISHED = Look("way", "dash"), Look("done", "4")


def _state(edition: ListEdition) -> tuple[Look, Any]:
    return (_PUBLISHED, _("published")) if edition.confirmed_at else (_DRAFT, _("draft"))


EDITION_COLUMNS = (
    Column("kind", _("list"), kind="choice", link=True, fixed=True),
    Column("year", _("year"), kind="code", sort=True),
    Column("number", _("edition"), kind="number"),
    Column("rows", _("rows"), value=lambda edition: len(edition.content), kind="number"),
    Column("published_on", _("published on"), kind="date", sort=True),
    Column("state", _("state"), value=_state, kind="state"),
)
register_rows(ListEdition, EDITION_COLUMNS)
access.register(ListEdition, queries.editions)

EDITIONS = Listing(
    key="editions",
    title=_("Editions of the three lists"),
    records=queries.editions,
    columns=EDITION_COLUMNS,
    filters=(ChoiceFilter("kind", _("list"), "kind", ListKind),),
    order=("-published_on", "kind"),
    template="lists/editions.html",
)


@public
def editions(request: HttpRequest) -> HttpResponseBase:
    may = bool(may_publish_lists(request.user, None))
    return EDITIONS.response(request, kinds=ListKind.choices if may else [])


HEADS = {
    "number": _("number"),
    "title": _("name"),
    "category": _("category"),
    "target": _("target group"),
    "place": _("street and community"),
    "persons": _("persons"),
    "owner_name": _("owner"),
    "kind": _("kind"),
    "area": _("area served"),
    "capacity": _("capacity"),
    "windows": _("time windows"),
    "terms": _("terms"),
    "entry": _("entry of the directory"),
    "method": _("proposed method"),
    "budget_fen": _("budget (yuan)"),
}
WORDS: dict[str, Any] = {"category": Category, "target": TargetGroup, "kind": ResourceKind, "method": Method}
_WIDTHS = {
    "number": 2.1,
    "title": 2.6,
    "place": 1.8,
    "owner_name": 1.7,
    "windows": 2.2,
    "terms": 1.7,
    "entry": 1.8,
}
_RIGHT = {"persons", "capacity", "budget_fen"}


def shown(key: str, value: Any) -> str:
    """A frozen value in words of today."""
    if value is None or value == "":
        return ""
    if key in WORDS and value in WORDS[key].values:
        return str(WORDS[key](value).label)
    if key == "budget_fen":
        return markup.money(value)
    if key == "windows":
        return windows_in_words(value)
    return str(value)


def windows_in_words(rows: list[list[Any]]) -> str:
    """Frozen windows, the days of the same hours together."""
    hours: dict[tuple[str, str], list[int]] = {}
    for day, starts, ends in rows:
        hours.setdefault((starts, ends), []).append(day)
    return strung(f"{days_in_words(sorted(days))} {a}–{b}" for (a, b), days in hours.items())


def _keys(edition: ListEdition) -> list[str]:
    """The columns in the order of `HEADS`: a database may keep the fields of a row in an order of its own."""
    there = edition.content[0] if edition.content else {}
    return [key for key in HEADS if key in there] + [key for key in there if key not in HEADS]


def _open_rows(edition: ListEdition) -> list[publishing.Row]:
    """The rows as everybody may read them."""
    return publishing.open_rows(edition, publishing.withheld(edition), _now("(withheld: it named a person)"))


def _differences(edition: ListEdition) -> dict[str, Any]:
    before = publishing.edition_before(edition)
    if before is None:
        return {"before": None}
    found = publishing.differences(_open_rows(before), _open_rows(edition))
    return {
        "before": before,
        "added": found.added,
        "removed": found.removed,
        "changed": [
            (one, [(HEADS.get(key, key), shown(key, was), shown(key, now)) for key, was, now in one.fields])
            for one in found.changed
        ],
    }


@public
def edition(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A list as it was published: its rows come from the edition, not from today's records."""
    found = access.get_visible_or_404(ListEdition, request.user, pk=pk)
    keys = _keys(found)
    draft = found.confirmed_at is None
    withheld = publishing.withheld(found)
    to_me = withheld - set(
        queries.needs_dealt_with(request.user).filter(number__in=withheld).values_list("number", flat=True)
    )
    context = record_context(
        found,
        request.user,
        title=_title(found),
        crumbs=[(_("Editions of the three lists"), reverse("editions"))],
        line=[_("draft, counts for nothing yet") if draft else found.published_on, found.confirmed_by],
        frozen_heads=[(HEADS.get(key, key), key in _RIGHT) for key in keys],
        frozen_rows=[
            [(HEADS.get(key, key), shown(key, row.get(key)), key in _RIGHT) for key in keys]
            for row in publishing.open_rows(found, to_me, _now("(withheld: it named a person)"))
        ],
        withheld=_withheld_words(len(withheld)) if withheld else "",
        readable=sorted(withheld - to_me),
        whole=not found.digest or publishing.digest_of(found.content) == found.digest,
        draft=draft,
        may_publish=draft and bool(may_publish_lists(request.user, found)),
        **_differences(found),
    )
    return render(request, "lists/edition.html", context)


def _withheld_words(n: int) -> str:
    return ngettext(
        "%(n)d name was withheld after publication because it named a person; the frozen record is unchanged.",
        "%(n)d names were withheld after publication because they named a person; the frozen record is unchanged.",
        n,
    ) % {"n": n}


def _title(edition: ListEdition) -> str:
    return capfirst(
        _now("%(list)s %(year)s, edition %(number)s")
        % {"list": edition.get_kind_display(), "year": edition.year, "number": edition.number}
    )


def _told_differences(found: ListEdition) -> tuple[str, dict[str, str], list[publishing.Row]]:
    """For Excel: the head of the column of differences, what it says by number, and the rows no longer there."""
    parts = _differences(found)
    if parts["before"] is None:
        return "", {}, []
    said = {row["number"]: str(_("added")) for row in parts["added"]}
    said |= {row["number"]: str(_("removed")) for row in parts["removed"]}
    for one, fields in parts["changed"]:
        said[one.number] = _changes_in_words(fields)
    return _now("from edition %(n)s") % {"n": parts["before"].number}, said, list(parts["removed"])


def _changes_in_words(fields: list[tuple[Any, str, str]]) -> str:
    return strung(f"{head} {was or '—'} → {now or '—'}" for head, was, now in fields)


@public
def workbook(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The edition as Excel, with its differences from the one before in the last column; what is gone stands last."""
    found = access.get_visible_or_404(ListEdition, request.user, pk=pk)
    keys = _keys(found)
    kinds = ["number" if key in ("persons", "capacity") else "text" for key in keys]
    heads = [capfirst(str(HEADS.get(key, key))) for key in keys]
    head, said, removed = _told_differences(found)
    more = [head] if head else []

    def cells(row: publishing.Row) -> list[Any]:
        frozen = [
            row.get(key) if kind == "number" else shown(key, row.get(key))
            for key, kind in zip(keys, kinds, strict=True)
        ]
        return frozen + [said.get(row["number"], "") for _head in more]

    return workbook_response(
        _title(found),
        heads + more,
        kinds + ["text" for _head in more],
        (cells(row) for row in (*_open_rows(found), *removed)),
        actor=request.user,
        name="edition",
    )


@public
def pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The edition as PDF, with its differences from the one before at the end."""
    found = access.get_visible_or_404(ListEdition, request.user, pk=pk)
    content = render_table(printed(found), find_fonts(), day=found.published_on)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = (
        f'inline; filename="edition-{found.kind.lower()}-{found.year}-{found.number}.pdf"'
    )
    return response


def printed(found: ListEdition) -> PrintTable:
    """An edition as a table for paper."""
    keys = _keys(found)
    notes = []
    parts = _differences(found)
    if parts["before"] is not None:
        notes.append(
            _now("Against edition %(number)s: %(added)d added, %(removed)d removed, %(changed)d changed.")
            % {
                "number": parts["before"].number,
                "added": len(parts["added"]),
                "removed": len(parts["removed"]),
                "changed": len(parts["changed"]),
            }
        )
        for words, rows in (
            (_now("Added: %(number)s %(title)s"), parts["added"]),
            (_now("Removed: %(number)s %(title)s"), parts["removed"]),
        ):
            notes += [words % {"number": row["number"], "title": row.get("title", "")} for row in rows]
        for one, fields in parts["changed"]:
            notes.append(
                _now("Changed: %(number)s %(title)s, %(changes)s")
                % {"number": one.number, "title": one.title, "changes": _changes_in_words(fields)}
            )
    if withheld := publishing.withheld(found):
        notes.append(_withheld_words(len(withheld)))
    named = {"n": len(found.content), "day": found.published_on}
    line = (
        ngettext("draft · %(n)d row", "draft · %(n)d rows", len(found.content))
        if found.confirmed_at is None
        else ngettext("published %(day)s · %(n)d row", "published %(day)s · %(n)d rows", len(found.content))
    )
    return PrintTable(
        title=_title(found),
        line=line % named,
        columns=[PrintColumn(str(HEADS.get(key, key)), _WIDTHS.get(key, 1.0), key in _RIGHT) for key in keys],
        rows=[[shown(key, row.get(key)) for key in keys] for row in _open_rows(found)],
        notes=notes,
        foot=_title(found),
    )


@page(may_publish_lists)
def draft(request: HttpRequest) -> HttpResponseBase:
    """Prepare the next edition of a list."""
    actor: Any = request.user
    kind = request.POST.get("kind", "")
    if request.method != "POST" or kind not in ListKind.values:
        return redirect("editions")
    return redirect(acts.draft_edition(kind=kind, year=clock.today().year, actor=actor))


@page(may_publish_lists)
def publish(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = access.get_visible_or_404(ListEdition, request.user, pk=pk)
    if request.method == "POST":
        actor: Any = request.user
        try:
            acts.publish_edition(edition=found, actor=actor)
        except Refused as no:
            messages.error(request, str(no.reason))
        else:
            messages.success(request, _now("Published and frozen."))
    return redirect(found)
