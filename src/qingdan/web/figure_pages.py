"""Figures as pages: the list of them, and each with its definition, its splits, its records and who cites it."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from qingdan.core import access, clock, figures, listing, markup, small_counts
from qingdan.core.figures import BadScope, Figure, Scope, Value
from qingdan.core.gate import public
from qingdan.core.models import Reading
from qingdan.core.permits import Refused
from qingdan.core.sheets import workbook_response
from qingdan.directory import queries as directory
from qingdan.directory.permits import is_auditor, is_department, is_staff_of_government, signed_in
from qingdan.replies import queries as replies
from qingdan.replies.models import LetterFigure, ReplyLetter

YEARS_SHOWN = 3
CITED = 20
INSIDE = is_staff_of_government | is_department | is_auditor
"""Who reads a small count of persons as it is; everybody else reads “fewer than 5”."""
_OWN = {"as_of", "year", "place", "page", "export"}


def _open(figure: Figure, actor: Any) -> bool:
    return figure.public or bool(signed_in(actor))


def covered(figure: Figure, number: Decimal | None, actor: Any) -> str:
    """What this reader sees in place of the number; empty when the number itself. Where nothing is, 0 is said."""
    if not number or INSIDE(actor) or not small_counts.is_small(number, figure.unit):
        return ""
    return small_counts.fewer(markup.unit(figure.unit))


@public
def figure_list(request: HttpRequest) -> HttpResponse:
    """All figures that this person may open, by room, each with its value of today."""
    scope = Scope(settings.DISTRICT, clock.today())
    rooms: dict[str, list[dict[str, Any]]] = {}
    for figure in figures.declared():
        if _open(figure, request.user):
            value = figure.read(scope)
            rooms.setdefault(figure.room, []).append(
                {
                    "figure": figure,
                    "value": value,
                    "covered": covered(figure, value.exact, request.user),
                    "adds": all(dimension.adds for dimension in figure.dimensions),
                }
            )
    parts = [{"label": _room_name(room), "rows": rows} for room, rows in rooms.items()]
    return render(request, "figures.html", {"parts": parts, "as_of": scope.as_of})


def _room_name(room: str) -> str:
    try:
        return str(apps.get_app_config(room).verbose_name)
    except LookupError:
        return room


@public
def figure(request: HttpRequest, key: str) -> HttpResponseBase:
    """One figure in the scope that the address asks for."""
    try:
        asked = figures.get(key)
    except figures.UnknownFigure as error:
        raise Http404(str(error)) from None
    if not _open(asked, request.user):
        raise Refused(_("This figure is for staff; sign in to open it."))
    notes: list[str] = []
    scope = read_scope(request, asked, notes)
    try:
        value = asked.read(scope)
    except BadScope as error:
        notes.append(str(error))
        scope = Scope(settings.DISTRICT, scope.as_of)
        value = asked.read(scope)
    street_table = streets_by_year(asked, scope, request.user)
    parts = splits(asked, scope, request.user)
    if request.GET.get("export") == "xlsx":
        return _workbook(request.user, asked, value, street_table)
    context = {
        "figure": asked,
        "value": value,
        "covered": covered(asked, value.exact, request.user),
        "scope": scope,
        "scope_words": scope_words(asked, scope),
        "notes": notes,
        "definition": asked.definition.parts(),
        "controls": controls(asked, scope),
        "splits": parts,
        "no_total": no_total(asked, scope, parts),
        "streets": street_table,
        "bars": street_table.bars() if street_table else None,
        "cited": citations(asked, scope, request.user),
        "behind": records_behind(request, value),
        "export_url": f"{value.link}&export=xlsx",
    }
    return render(request, "figure.html", context)


# ── the scope ───────────────────────────────────────────────────────────────


def read_scope(request: HttpRequest, asked: Figure, notes: list[str]) -> Scope:
    """The scope in the address; what cannot be read is left out and said in `notes`."""
    query = request.GET
    as_of, today = clock.today(), clock.today()
    if text := query.get("as_of", ""):
        try:
            as_of = dt.date.fromisoformat(text)
        except ValueError:
            notes.append(_("“%(text)s” is no date; write it as 2018-06-29.") % {"text": text[:40]})
        if as_of > today:
            notes.append(_("A number cannot be asked for a day to come; today is shown."))
            as_of = today
    year: int | None = None
    if text := query.get("year", ""):
        if text.isascii() and text.isdigit() and 1949 <= int(text[:5]) <= 2100:
            year = int(text)
        else:
            notes.append(_("“%(text)s” is no year; write it as 2018.") % {"text": text[:40]})
    place = query.get("place", "")
    if place and not (place.isascii() and place.isdigit() and len(place) in {6, 9, 12}):
        notes.append(_("“%(text)s” is no place code; it has 6, 9 or 12 digits.") % {"text": place[:40]})
        place = ""
    if place and not place.startswith(settings.DISTRICT):
        notes.append(_("The place %(code)s lies outside this district.") % {"code": place})
        place = ""
    by: dict[str, str] = {}
    for name in query:
        chosen = query.get(name, "")
        if name.startswith("by.") and chosen:
            by[name[3:]] = chosen[:200]
        elif name not in _OWN and not name.startswith("by."):
            notes.append(_("“%(name)s” is not understood; it was left out.") % {"name": name[:40]})
    if year is not None and not asked.year_path:
        notes.append(_("This figure is not kept by year."))
        year = None
    if place and not asked.place_path:
        notes.append(_("This figure is not kept by place."))
        place = ""
    return Scope(settings.DISTRICT, as_of, year, place, by)


def scope_words(asked: Figure, scope: Scope) -> str:
    parts = [_("year %(year)d") % {"year": scope.year} if scope.year else _("all years")]
    if asked.place_path:
        found = directory.places(None).filter(code=scope.place).first() if scope.place else None
        parts.append(found.local_name if found else (scope.place or _("whole district")))
    parts += [asked.dimension(key).label_of(scope.district, chosen) for key, chosen in scope.by.items()]
    parts.append(_("as of %(day)s") % {"day": markup.day(scope.as_of)})
    return _(", ").join(parts)


def controls(asked: Figure, scope: Scope) -> dict[str, Any]:
    """The choices of the form: year, street, dimensions, day."""
    years: list[int] = []
    if asked.year_path:
        known = asked.split(Scope(scope.district, scope.as_of), asked.year_path)
        years = sorted((int(year) for year in known if year is not None), reverse=True)
        if scope.year and scope.year not in years:
            years.insert(0, scope.year)
    streets = list(directory.streets(scope.district, scope.as_of)) if asked.place_path else []
    dimensions = [
        {
            "key": f"by.{dimension.key}",
            "label": dimension.label,
            "chosen": scope.by.get(dimension.key, ""),
            "options": [(str(code), label) for code, label in dimension.choices(scope.district)],
        }
        for dimension in asked.dimensions
    ]
    return {"years": years, "streets": streets, "dimensions": dimensions}


# ── splits ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Part:
    label: str
    number: Decimal
    url: str
    covered: str = ""


def splits(asked: Figure, scope: Scope, actor: Any) -> list[dict[str, Any]]:
    """A table for each dimension that the scope leaves open."""
    found = []
    for dimension in asked.dimensions:
        if dimension.key in scope.by:
            continue
        numbers = asked.split_by(scope, dimension.key)
        parts = [
            Part(
                str(label),
                numbers[str(code)],
                asked.link(_with(scope, dimension.key, str(code))),
                covered(asked, numbers[str(code)], actor),
            )
            for code, label in dimension.choices(scope.district)
            if numbers.get(str(code)) or (asked.is_rate and str(code) in numbers)
        ]
        if parts:
            found.append({"dimension": dimension, "label": dimension.label, "parts": parts})
    return found


def no_total(asked: Figure, scope: Scope, parts: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The split that stands in place of the number, because its values may contain one another."""
    for split in parts:
        if not split["dimension"].adds and len(split["parts"]) > 1:
            return split
    return None


def _with(scope: Scope, key: str, chosen: str) -> Scope:
    return Scope(scope.district, scope.as_of, scope.year, scope.place, {**scope.by, key: chosen})


@dataclass(frozen=True)
class Cell:
    """The number of a street in a year, with its page; `covered` is read in its place."""

    number: Decimal
    url: str
    covered: str = ""

    @property
    def shown(self) -> Decimal | str:
        return self.covered or self.number


@dataclass(frozen=True)
class StreetTable:
    """Streets down, years across; `totals` are asked of the figure itself, for persons counted once do not add up."""

    years: tuple[int, ...]
    rows: tuple[tuple[str, tuple[Cell | None, ...], Decimal | None], ...]
    totals: tuple[Cell, ...]
    chosen: int
    current: int

    def heads(self) -> list[str]:
        return [
            _("%(year)d so far") % {"year": year} if year == self.current else str(year)
            for year in self.years
        ]

    @property
    def compares(self) -> bool:
        return len(self.years) > 1

    def bars(self) -> dict[str, Any]:
        """For the chart: the chosen year blue, earlier ones grey, the unfinished one hollow."""
        series = []
        for column, year in enumerate(self.years):
            style = "chosen" if year == self.chosen else "open" if year == self.current else "earlier"
            cells = [row[1][column] for row in self.rows]
            values = [float(cell.number) if cell and not cell.covered else 0.0 for cell in cells]
            series.append({"name": str(year), "style": style, "values": values})
        return {"labels": [name for name, _cells, _gap in self.rows], "series": series}

    @property
    def adds_up(self) -> bool:
        """Whether the streets add up to the district: persons served in two streets stand in both."""
        sums = [
            sum((cell.number for row in self.rows if (cell := row[1][n])), Decimal(0))
            for n in range(len(self.years))
        ]
        return all(total == own.number for total, own in zip(sums, self.totals, strict=True))

    def keys(self) -> list[tuple[str, str]]:
        return [(one["style"], head) for one, head in zip(self.bars()["series"], self.heads(), strict=True)]


def streets_by_year(asked: Figure, scope: Scope, actor: Any) -> StreetTable | None:
    """One query a year for the streets, one for the total; None when the figure knows no place."""
    if not asked.place_path or (scope.place and len(scope.place) > 6):
        return None
    if asked.year_path:
        known = asked.split(Scope(scope.district, scope.as_of, by=scope.by), asked.year_path)
        years = sorted(int(year) for year in known if year is not None)
        chosen = scope.year or (years[-1] if years else scope.as_of.year)
        last = max(chosen, min(scope.as_of.year, years[-1] if years else chosen))
        years = [year for year in years if year <= last][-YEARS_SHOWN:] or [chosen]
        if chosen not in years:
            years = sorted({*years[1:], chosen})
    else:
        chosen = scope.as_of.year
        years = [chosen]
    columns, totals = [], []
    for year in years:
        within = Scope(scope.district, scope.as_of, year if asked.year_path else None, "", scope.by)
        columns.append(asked.split_by_street(within))
        total = asked.read(within).exact
        totals.append(Cell(total, asked.link(within), covered(asked, total, actor)))
    names = {street.code: street for street in directory.streets(scope.district, scope.as_of)}
    codes = sorted({*names, *(code for column in columns for code in column if len(code) == 9)})
    if not any(column for column in columns):
        return None
    rows = []
    for code in codes:
        cells = []
        for year, column in zip(years, columns, strict=True):
            number = column.get(code)
            within = Scope(scope.district, scope.as_of, year if asked.year_path else None, code, scope.by)
            cells.append(Cell(number, asked.link(within), covered(asked, number, actor)) if number else None)
        name = (
            names[code].short_name
            if code in names and markup.in_chinese()
            else names[code].local_name
            if code in names
            else code
        )
        rows.append((name, tuple(cells), _gap(cells, years, chosen)))
    return StreetTable(tuple(years), tuple(rows), tuple(totals), chosen, scope.as_of.year)


def _gap(cells: list[Any], years: list[int], chosen: int) -> Decimal | None:
    """The chosen year less the year before it, when both are shown and neither is covered."""
    if chosen - 1 not in years or chosen not in years:
        return None
    after, before = cells[years.index(chosen)], cells[years.index(chosen - 1)]
    if any(cell is not None and cell.covered for cell in (after, before)):
        return None
    return (after.number if after else Decimal(0)) - (before.number if before else Decimal(0))


# ── records and citations ───────────────────────────────────────────────────


def records_behind(request: HttpRequest, value: Value) -> dict[str, Any]:
    """The records that this person may see, paged, and how many there are in all."""
    model = value.queryset.model
    seen = access.visible(model, request.user)
    columns = listing.rows_of(model)
    found = seen.filter(pk__in=value.queryset.order_by().values("pk")).order_by("-pk")
    table = listing.table(found, columns, request.GET, per=12)
    return {
        **table,
        "kind": model._meta.verbose_name_plural,
        "all": value.records,
        "open": table["page"].paginator.count,
    }


@dataclass(frozen=True)
class Citation:
    """One frozen value of the figure: where it was cited and whether the records of today still say so."""

    value: Decimal
    unit: str
    words: str
    link: str
    now: Decimal | None  # None when it can no longer be counted
    letters: tuple[tuple[str, str], ...]
    covered: str = ""  # read in place of the value
    covered_now: str = ""

    @property
    def agrees(self) -> bool:
        return self.now == self.value


def citations(asked: Figure, scope: Scope, actor: Any) -> list[Citation]:
    """Readings of this figure in the scope's year and dimensions, newest first, with the letters open to the actor.

    Readings of the same value in the same scope are told once.
    """
    found = Reading.objects.filter(district=scope.district, figure=asked.key)
    if scope.year:
        found = found.filter(year=scope.year)
    for key, chosen in scope.by.items():
        found = found.filter(**{f"by__{key}": chosen})
    readings = list(found.order_by("-as_of", "-pk")[:CITED])
    letters: dict[int, list[ReplyLetter]] = {}
    open_to_actor = replies.letters_visible_to(actor)
    for cited in LetterFigure.objects.filter(reading__in=readings, letter__in=open_to_actor).select_related(
        "letter"
    ):
        letters.setdefault(cited.reading_id, []).append(cited.letter)
    told: dict[tuple[Any, ...], list[Reading]] = {}
    for reading in readings:
        same_as = (
            reading.as_of,
            reading.value,
            reading.year,
            reading.place,
            tuple(sorted(reading.by.items())),
        )
        told.setdefault(same_as, []).append(reading)
    citing = []
    for same in told.values():
        reading = same[0]
        then = figures.scope_of(reading)
        now = figures.agreement(reading, scope.as_of).now
        where = {str(letter): markup.address_of(letter) for one in same for letter in letters.get(one.pk, [])}
        citing.append(
            Citation(
                value=reading.value,
                unit=reading.unit,
                words=scope_words(asked, then),
                link=asked.link(then),
                now=now,
                letters=tuple(where.items()),
                covered=covered(asked, reading.value, actor),
                covered_now=covered(asked, now, actor),
            )
        )
    return citing


def _workbook(actor: Any, asked: Figure, value: Value, streets: StreetTable | None) -> FileResponse:
    """The value with its scope and definition, then the table by street; small counts as the page shows them."""
    heads = [_("What"), _("Value"), *(streets.heads() if streets else [])]
    kinds = ["title", "number", *(["number"] * len(streets.years) if streets else [])]
    pad: list[Any] = [None] * (len(heads) - 2)
    own = covered(asked, value.exact, actor) or value.exact
    rows: list[list[Any]] = [[f"{asked.name}（{asked.unit}）", own, *pad]]
    rows.append([scope_words(asked, value.scope), None, *pad])
    rows += [[f"{label}：{text}", None, *pad] for label, text in asked.definition.parts()]
    if streets:
        rows += [
            [name, None, *(cell.shown if cell else None for cell in cells)]
            for name, cells, _gap in streets.rows
        ]
        rows.append([_("whole district"), None, *(total.shown for total in streets.totals)])
    for column in range(1, len(kinds)):
        if any(isinstance(row[column], str) for row in rows):  # a covered count makes it a column of words
            kinds[column] = "text"
            for row in rows:
                row[column] = figures.plain(row[column]) if isinstance(row[column], Decimal) else row[column]
    return workbook_response(str(asked.name), heads, kinds, rows, actor=actor, name=f"figure.{asked.key}")
