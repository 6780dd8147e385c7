"""Listings: one way to make a page with a list.

    NEEDS = Listing(
        key="needs", title=_("Social need list"), records=queries.visible_to,
        columns=(
            Column("number", _("Number"), kind="code", link=True, sort=True),
            Column("title", _("Need"), kind="title", sub="summary"),
            Column("state", _("State"), kind="state"),
            Column("verify_by", _("Deadline"), kind="due", sort=True),
        ),
        search=("number", "title"),
        filters=(ChoiceFilter("category", _("Category"), "category", Category), YearFilter("year", _("Year"), "year")),
        views=(View("late", _("overdue"), lambda actor: Q(...)),),
        order=("-reported_at",),
        bulk=(Bulk.of_move(NEED, "verify"),),
        buttons=(Button(_("Register a need"), "need-new", may=can_register, primary=True),),
    )

    @page(is_staff_of_government)
    def needs(request):
        return NEEDS.response(request)

Everything that shapes the page stands in the address: q, view, each filter's key, sort, page, per, rows, cols.
`export=xlsx` answers the same records as a workbook; `ids` limits it to the ticked ones. A value that is not
known is left out and said so on the page. The number of queries does not grow with the records: that is held by
`assert_constant_queries`. The page works without script; with it, htmx exchanges `#listing` only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, Model, Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _now

from qingdan.core.bulk import Bulk, Outcome
from qingdan.core.columns import Column
from qingdan.core.filters import (
    ChoiceFilter,
    Condition,
    Filter,
    FlagFilter,
    PeriodFilter,
    PlaceFilter,
    YearFilter,
    text_condition,
)
from qingdan.core.permits import Permit, anyone
from qingdan.core.sheets import workbook_response

PER_PAGE = (24, 48, 96)
_OWN = {"q", "view", "sort", "page", "per", "rows", "cols", "export", "ids"}


@dataclass(frozen=True)
class View:
    """A saved view: a tab with its count."""

    key: str
    label: Any
    where: Callable[[Any], Q]


@dataclass(frozen=True)
class Button:
    """An act on the whole list, such as “Register a need”; left out when its permit says no."""

    label: Any
    url_name: str
    may: Permit = anyone
    icon: str = ""
    primary: bool = False


@dataclass(frozen=True)
class State:
    """What the address asks of a listing, checked; `notes` say what was not understood."""

    actor: Any
    query: QueryDict
    text: str
    view: str
    conditions: tuple[Condition, ...]
    sort: str
    page: int
    per: int
    dense: bool
    shown: tuple[str, ...]
    notes: tuple[str, ...]

    def address(self, **changes: Any) -> str:
        """The same address with parameters changed; None takes one away. Any change leads to the first page."""
        params = {key: value for key, value in self.query.items() if key not in {"export", "ids"} and value}
        if "cols" in params:
            params["cols"] = ",".join(self.query.getlist("cols"))
        if "page" not in changes:
            params.pop("page", None)
        for key, value in changes.items():
            params.pop(key, None)
            if value not in (None, ""):
                params[key] = str(value)
        return "?" + urlencode(params)


@dataclass(frozen=True)
class Listing:
    key: str
    title: Any
    records: Callable[[Any], QuerySet[Any]]
    columns: tuple[Column, ...]
    search: tuple[str, ...] | Callable[[QuerySet[Any], str], QuerySet[Any]] = ()
    search_hint: Any = ""
    filters: tuple[Filter, ...] = ()
    views: tuple[View, ...] = ()
    order: tuple[str, ...] = ("-pk",)
    bulk: tuple[Bulk, ...] = ()
    buttons: tuple[Button, ...] = ()
    note: Any = ""  # one line under the title: the edition, the year, what the list is
    empty: Any = ""  # what to do when there is nothing at all
    export: bool = True
    per_page: int = PER_PAGE[0]
    template: str = "list.html"
    public: bool = False  # in the public frame instead of the workbench

    @property
    def searchable(self) -> bool:
        """For templates, which would call a search that is a function."""
        return bool(self.search)

    # ── the address ─────────────────────────────────────────────────────────

    def read(self, query: QueryDict, actor: Any) -> State:
        """Check what the address asks; whatever is not understood becomes a note."""
        notes: list[str] = []
        known = _OWN | {one.key for one in self.filters}
        for key in query:
            if key not in known:
                notes.append(
                    _now("“%(key)s” is no condition of this list; it was left out.") % {"key": key[:40]}
                )
        text = query.get("q", "").replace("\x00", "").strip()[:100]
        view = query.get("view", "")
        if view and view not in {one.key for one in self.views}:
            notes.append(_now("There is no view “%(view)s”; all are shown.") % {"view": view[:40]})
            view = ""
        conditions = []
        if text and self.search:
            conditions.append(text_condition(text))
        for one in self.filters:
            value = query.get(one.key, "").strip()
            if not value:
                continue
            condition = one.read(value, actor)
            if condition is None:
                notes.append(
                    _now("“%(value)s” is no known value of %(label)s; the condition was left out.")
                    % {"value": value[:40], "label": one.label}
                )
            else:
                conditions.append(condition)
        sort = query.get("sort", "")
        if sort and sort.removeprefix("-") not in {column.key for column in self.columns if column.sort}:
            notes.append(_now("The list cannot be sorted by “%(sort)s”.") % {"sort": sort[:40]})
            sort = ""
        per = _whole(query.get("per", ""), self.per_page, notes)
        if per not in {*PER_PAGE, self.per_page}:
            notes.append(_now("A page holds 24, 48 or 96 rows."))
            per = self.per_page
        chosen = {name for part in query.getlist("cols") for name in part.split(",") if name}
        shown = tuple(
            column.key
            for column in self.columns
            if (column.key in chosen if chosen else not column.hidden) or column.fixed
        )
        return State(
            actor=actor,
            query=query,
            text=text,
            view=view,
            conditions=tuple(conditions),
            sort=sort,
            page=max(1, _whole(query.get("page", ""), 1, notes)),
            per=per,
            dense=query.get("rows", "dense") != "two",
            shown=shown,
            notes=tuple(notes),
        )

    # ── the records ─────────────────────────────────────────────────────────

    def _conditioned(self, state: State, without: str = "") -> QuerySet[Any]:
        found = self.records(state.actor)
        if state.view and without != "view":
            view = next(one for one in self.views if one.key == state.view)
            found = found.filter(view.where(state.actor))
        for condition in state.conditions:
            if condition.key == without:
                continue
            if condition.key == "q":
                found = self._matching(found, state.text)
            else:
                found = found.filter(condition.where)
        return found

    def _matching(self, found: QuerySet[Any], text: str) -> QuerySet[Any]:
        if callable(self.search):
            return self.search(found, text)
        for word in text.split():
            anywhere = Q()
            for path in self.search:
                anywhere |= Q(**{f"{path}__icontains": word})
            found = found.filter(anywhere)
        return found

    def _ordered(self, found: QuerySet[Any], state: State) -> QuerySet[Any]:
        if not state.sort:
            return found.order_by(*self.order, *(() if "pk" in "".join(self.order) else ("-pk",)))
        down = state.sort.startswith("-")
        column = self.column(state.sort.removeprefix("-"))
        return found.order_by(*(f"-{path}" if down else path for path in column.sort_paths), "-pk")

    def select(self, state: State) -> QuerySet[Any]:
        """The records that the address asks for, in its order, before paging."""
        return self._ordered(self._conditioned(state), state)

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)

    # ── the page ────────────────────────────────────────────────────────────

    def context(self, request: HttpRequest) -> dict[str, Any]:
        """Everything that the template needs; at most six queries, whatever the number of records."""
        actor = request.user
        state = self.read(request.GET, actor)
        found = self.select(state)
        paginator = Paginator(found, state.per)
        page = paginator.get_page(state.page)
        notes = list(state.notes)
        if state.page > paginator.num_pages:
            notes.append(_now("There is no page %(page)d; this is the last one.") % {"page": state.page})
        columns = [column for column in self.columns if column.key in state.shown]
        rows = [Row(record, tuple(column.cell(record) for column in columns)) for record in page.object_list]
        return {
            "listing": self,
            "state": state,
            "notes": notes,
            "columns": columns,
            "heads": [self._head(column, state) for column in columns],
            "rows": rows,
            "page": page,
            "pages": page_links(state, page),
            "per_choices": PER_PAGE,
            "tabs": self._tabs(state) if self.views else [],
            "controls": [one.control(request.GET.get(one.key, ""), actor) for one in self.filters],
            "removable": self._removable(state),
            "hints": self._hints(state) if not rows and (state.conditions or state.view) else [],
            "buttons": self._buttons(actor),
            "choosable": [(c.key, c.label, c.key in state.shown) for c in self.columns if not c.fixed],
            "carried": [
                (key, state.query[key])
                for key in ("view", "sort", "per", "rows", "cols")
                if state.query.get(key)
            ],
            "bulk": [one for one in self.bulk if one.open_to(actor)],
            "export_url": state.address(export="xlsx", page=None) if self.export else "",
            "frame": "public.html" if self.public else "",  # else as the reader's shell says
        }

    def response(self, request: HttpRequest, **extra: Any) -> HttpResponseBase:
        """Answer a request: the page, a part of it for htmx, the workbook, or an act on ticked records."""
        if request.method == "POST":
            return self._act(request, extra)
        if request.GET.get("export") == "xlsx" and self.export:
            return self._workbook(request)
        context = {**self.context(request), **extra}
        htmx = getattr(request, "htmx", None)
        part = (
            htmx is not None and bool(htmx) and htmx.target == "listing" and not htmx.history_restore_request
        )
        response = render(request, "components/listing.html" if part else self.template, context)
        patch_vary_headers(response, ["HX-Request"])
        return response

    def _workbook(self, request: HttpRequest) -> FileResponse:
        state = self.read(request.GET, request.user)
        found = self.select(state)
        if ids := _keys(request.GET.get("ids", "")):
            found = found.filter(pk__in=ids)
        columns = [column for column in self.columns if column.export]
        return workbook_response(
            str(self.title),
            [str(column.label) for column in columns],
            [c.kind for c in columns],
            ([column.plain(record) for column in columns] for record in found.iterator(chunk_size=500)),
            actor=request.user,
            name=f"list.{self.key}",
        )

    def _act(self, request: HttpRequest, extra: dict[str, Any]) -> HttpResponse:
        """Ticked records: first say for how many the act is possible and why not for the others, then do it."""
        ids = request.POST.getlist("ids")[:500]
        found = list(self.records(request.user).filter(pk__in=[key for key in ids if key.isdigit()]))
        if request.POST.get("bulk") == "export":
            state = self.read(request.GET, request.user)
            return redirect(
                state.address(export="xlsx") + "&" + urlencode({"ids": ",".join(str(r.pk) for r in found)})
            )
        outcomes = [
            Outcome.foresee(one, found, request.user) for one in self.bulk if one.open_to(request.user)
        ]
        chosen = next((one for one in outcomes if one.bulk.key == request.POST.get("bulk")), None)
        if request.POST.get("bulk") == "check":
            return render(
                request,
                "components/bulk_bar.html",
                {"selected": len(found), "outcomes": outcomes, "listing": self},
            )
        context = {
            "listing": self,
            "outcome": chosen,
            "selected": found,
            "back": request.get_full_path(),
            **extra,
        }
        context["frame"] = "public.html" if self.public else ""
        if chosen is not None and found and request.POST.get("sure") == "yes":
            context["outcome"] = chosen.carry_out(request.user, reason=request.POST.get("reason", ""))
        return render(request, "bulk.html", context)

    # ── parts of the page ───────────────────────────────────────────────────

    def _head(self, column: Column, state: State) -> dict[str, Any]:
        head: dict[str, Any] = {"label": column.label, "align": column.align, "url": "", "now": ""}
        if column.sort:
            now = {column.key: "ascending", f"-{column.key}": "descending"}.get(state.sort, "")
            turned = f"-{column.key}" if state.sort == column.key else column.key
            head.update(url=state.address(sort=turned), now=now)
        return head

    def _tabs(self, state: State) -> list[dict[str, Any]]:
        counts = (
            self.records(state.actor)
            .order_by()
            .aggregate(
                _all=Count("pk", distinct=True),
                **{
                    f"_{n}": Count("pk", filter=v.where(state.actor), distinct=True)
                    for n, v in enumerate(self.views)
                },
            )
        )
        tabs = [
            {
                "label": _now("all"),
                "count": counts["_all"],
                "url": state.address(view=None),
                "now": not state.view,
            }
        ]
        for n, view in enumerate(self.views):
            tabs.append(
                {
                    "label": view.label,
                    "count": counts[f"_{n}"],
                    "url": state.address(view=view.key),
                    "now": state.view == view.key,
                }
            )
        return tabs

    def _removable(self, state: State) -> list[dict[str, Any]]:
        return [{"words": one.words, "url": state.address(**{one.key: None})} for one in state.conditions]

    def _hints(self, state: State) -> list[dict[str, Any]]:
        """For an empty list: what dropping one condition would find."""
        hints = []
        dropped = [(one.key, one.words) for one in state.conditions]
        if state.view:
            view = next(one for one in self.views if one.key == state.view)
            dropped.append(("view", str(view.label)))
        for key, words in dropped:
            if count := self._conditioned(state, without=key).count():
                hints.append({"words": words, "count": count, "url": state.address(**{key: None})})
        return hints

    def _buttons(self, actor: Any) -> list[dict[str, Any]]:
        found = []
        for button in self.buttons:
            if not button.may(actor, None):
                continue
            try:
                url = reverse(button.url_name)
            except NoReverseMatch:
                continue
            found.append({"label": button.label, "url": url, "icon": button.icon, "primary": button.primary})
        return found


@dataclass(frozen=True)
class Row:
    record: Model
    cells: tuple[Any, ...]


def page_links(state: State, page: Any) -> list[dict[str, Any]]:
    """1 2 3 … 13, with the present page marked; an ellipsis has no address."""
    links = []
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        if isinstance(number, int):
            links.append({"label": number, "url": state.address(page=number), "now": number == page.number})
        else:
            links.append({"label": "…", "url": "", "now": False})
    return links


def _whole(text: str, default: int, notes: list[str]) -> int:
    if not text:
        return default
    if text.isascii() and text.isdigit() and len(text) <= 6:
        return int(text)
    notes.append(_now("“%(text)s” is no page number.") % {"text": text[:40]})
    return default


def _keys(text: str) -> list[int]:
    return [int(key) for key in text.split(",")[:500] if key.isascii() and key.isdigit()]


# ── rows elsewhere ──────────────────────────────────────────────────────────

_rows: dict[str, tuple[Column, ...]] = {}


def register_rows(model: type[Model], columns: tuple[Column, ...]) -> None:
    """The columns in which records of this kind are shown where another page lists them: behind a figure."""
    _rows[model._meta.label_lower] = columns


def rows_of(model: type[Model]) -> tuple[Column, ...]:
    """The registered columns, or the record's own name when its room registered none."""
    return _rows.get(model._meta.label_lower) or (
        Column("record", model._meta.verbose_name, value=str, kind="title", link=True),
    )


def table(
    records: QuerySet[Any],
    columns: tuple[Column, ...],
    query: QueryDict,
    per: int = PER_PAGE[0],
    parameter: str = "page",
) -> dict[str, Any]:
    """A paged table without filters, for pages that carry a list beside other things."""
    paginator = Paginator(records, per)
    asked = query.get(parameter, "1")
    page = paginator.get_page(asked if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1)
    state = _Carried(query, parameter)
    return {
        "heads": [{"label": c.label, "align": c.align, "url": "", "now": ""} for c in columns],
        "rows": [Row(record, tuple(c.cell(record) for c in columns)) for record in page.object_list],
        "page": page,
        "pages": page_links(state, page),  # type: ignore[arg-type]  # only the address is asked
    }


@dataclass(frozen=True)
class _Carried:
    query: QueryDict
    parameter: str

    def address(self, page: int) -> str:
        return "?" + urlencode({**self.query.dict(), self.parameter: page})


__all__ = [
    "Bulk",
    "Button",
    "ChoiceFilter",
    "Column",
    "Filter",
    "FlagFilter",
    "Listing",
    "PeriodFilter",
    "PlaceFilter",
    "View",
    "YearFilter",
    "register_rows",
    "rows_of",
    "table",
]
