"""The smallest pieces of a page as HTML: state chip, deadline badge, evidence link, money, date, icon.

They are functions, because a list shows hundreds of them; the template tags of the web room call them.
Nothing here uses inline style or script: the content security policy forbids both.
"""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import models
from django.templatetags.static import static
from django.urls import NoReverseMatch
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext as _now

from qingdan.core import clock
from qingdan.core.calendar import working_days_between
from qingdan.core.figures import Value, plain
from qingdan.core.lifecycle import lifecycle_of
from qingdan.core.looks import Look, look_of
from qingdan.core.pieces import local_day

_RING = '<circle cx="8" cy="8" r="6.5" fill="#fff" stroke="currentColor" stroke-width="1.6"/>'
_DISC = '<circle cx="8" cy="8" r="7.3" fill="currentColor"/>'
_SHAPES = {
    "0": _RING,
    "1": _RING + '<path d="M8 8V4A4 4 0 0 1 12 8Z" fill="currentColor"/>',
    "2": _RING + '<path d="M8 4A4 4 0 0 1 8 12Z" fill="currentColor"/>',
    "3": _RING + '<path d="M8 8V4A4 4 0 1 1 4 8Z" fill="currentColor"/>',
    "4": _DISC + '<path d="M4.6 8.3 7 10.6 11.5 5.8" fill="none" stroke="#fff" stroke-width="1.7"/>',
    "cross": _DISC + '<path d="M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8" stroke="#fff" stroke-width="1.5"/>',
    "arrow": _RING
    + '<path d="M4.8 8h6M8.6 5.8 10.8 8 8.6 10.2" fill="none" stroke="currentColor" stroke-width="1.3"/>',
    "dash": _RING.replace("/>", ' stroke-dasharray="2.4 2"/>'),
    "differ": _DISC
    + '<path d="M4.7 6.4h6.6M4.7 9.6h6.6M9.7 4.2 6.3 11.8" stroke="#fff" stroke-width="1.4"/>',
}
_GLYPHS = {
    key: mark_safe(f'<svg viewBox="0 0 16 16" aria-hidden="true">{shape}</svg>')
    for key, shape in _SHAPES.items()
}

TITLE_CLASS = mark_safe(' class="t"')
NOTHING = mark_safe('<span class="m q-none">—</span>')


def glyph(key: str) -> SafeString:
    """A circle that fills as the matter advances; see `core.looks` for the keys."""
    return _GLYPHS[key]


@cache
def _sprite() -> str:
    return static("vendor/icons.svg")


def icon(name: str) -> SafeString:
    """An icon of the sprite; `web/icons.txt` lists the names."""
    return format_html('<svg class="ic" aria-hidden="true"><use href="{}#{}"/></svg>', _sprite(), name)


def address_of(record: models.Model) -> str:
    """The page of a record; empty when its kind has none in this installation."""
    try:
        return str(record.get_absolute_url())  # type: ignore[attr-defined]  # most kinds have it
    except (AttributeError, NoReverseMatch):
        return ""


# ── states ──────────────────────────────────────────────────────────────────


def chip(look: Look, word: Any, *, big: bool = False) -> SafeString:
    return format_html(
        '<span class="q-st {}{}">{}{}</span>', look.kind, " big" if big else "", glyph(look.glyph), word
    )


def state(record: models.Model, field_name: str = "", *, big: bool = False) -> SafeString:
    """The state of a record as a chip. Without a field name the record's lifecycle says which field it is."""
    states, value, word = _state(record, field_name)
    return chip(look_of(states, value), word, big=big)


def state_word(record: models.Model, field_name: str = "") -> str:
    """The state of a record in words only."""
    return _state(record, field_name)[2]


def _state(record: models.Model, field_name: str) -> tuple[type[models.TextChoices] | None, str, str]:
    lifecycle = lifecycle_of(record)
    name = field_name or (lifecycle.field_name if lifecycle else "state")
    value = str(getattr(record, name))
    states = (
        lifecycle.states if lifecycle and lifecycle.field_name == name else _states_of(type(record), name)
    )
    return states, value, str(states(value).label) if states and value in states.values else value


@cache
def _states_of(model: type[models.Model], name: str) -> type[models.TextChoices] | None:
    """The TextChoices class behind a plain choice field: the class attribute of the default, if it has one."""
    default = model._meta.get_field(name).get_default()  # type: ignore[union-attr]  # a concrete field
    return type(default) if isinstance(default, models.TextChoices) else None


# ── time ────────────────────────────────────────────────────────────────────


def day(date: dt.date | None, *, short: bool = False) -> str:
    """2018年6月29日, or 9月12日 within a sentence that names the year; 29 June 2018 in English."""
    if date is None:
        return ""
    if isinstance(date, dt.datetime):
        date = local_day(date)
    if in_chinese():
        return f"{date.month}月{date.day}日" if short else f"{date.year}年{date.month}月{date.day}日"
    return f"{date.day} {date:%b}" if short else f"{date.day} {date:%B} {date.year}"


def in_chinese() -> bool:
    """Whether the page is in Chinese."""
    return (get_language() or "zh-hans").startswith("zh")


def due_group(due: dt.date | dt.datetime | None) -> str:
    """late, today, soon (within three working days) or calm."""
    if due is None:
        return "calm"
    date, today = (local_day(due) if isinstance(due, dt.datetime) else due), clock.today()
    if date < today or (isinstance(due, dt.datetime) and due < clock.now()):
        return "late"
    if date == today:
        return "today"
    return "soon" if working_days_between(today, date) <= 3 else "calm"


def due(deadline: dt.date | dt.datetime | None, *, with_day: bool = True) -> SafeString:
    """A deadline: working days first, the day second. Overdue is red, today and three days amber."""
    if deadline is None:
        return NOTHING
    date = local_day(deadline) if isinstance(deadline, dt.datetime) else deadline
    today, group = clock.today(), due_group(deadline)
    if group == "late":
        days = -working_days_between(today, date)
        words = (
            ngettext("%(n)d working day late", "%(n)d working days late", days) % {"n": days}
            if days
            else _now("overdue")
        )
    elif group == "today":
        words = (
            _now("today before %(time)s") % {"time": f"{clock_time(deadline):%H:%M}"}
            if isinstance(deadline, dt.datetime)
            else _now("today")
        )
    else:
        days = working_days_between(today, date)
        words = ngettext("%(n)d working day left", "%(n)d working days left", days) % {"n": days}
    second = day(date, short=date.year == today.year) if with_day else ""
    return format_html('<span class="q-due {}"><b>{}</b><i>{}</i></span>', group, words, second)


def clock_time(moment: dt.datetime) -> dt.time:
    return (timezone.localtime(moment) if timezone.is_aware(moment) else moment).time()


# ── numbers ─────────────────────────────────────────────────────────────────


def number(value: Any) -> str:
    """Digits with separators and no idle zeros: 3,866."""
    if value is None or value == "":
        return ""
    text = plain(Decimal(str(value)))
    whole, _dot, rest = text.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return sign + f"{int(digits):,}" + (f".{rest}" if rest else "")


def money(fen: int | None, *, cents: bool = False) -> str:
    """Fen as yuan: 180,000 on screen, 180,000.00 where money moves. The unit stands in the head of the column."""
    if fen is None:
        return ""
    sign, (whole, rest) = "-" if fen < 0 else "", divmod(abs(int(fen)), 100)
    return f"{sign}{whole:,}" + (f".{rest:02d}" if cents or rest else "")


def evidence(value: Value, text: Any = None) -> SafeString:
    """A number that opens its records; without records it is a plain number."""
    words = number(value.exact) if text is None else text
    if not value.records:
        return format_html('<span class="num">{}</span>', words)
    return format_html('<a class="q-fig" href="{}">{}</a>', value.link, words)


_UNITS = {
    "人": pgettext_lazy("unit", "persons"),
    "人次": pgettext_lazy("unit", "attendances"),
    "户": pgettext_lazy("unit", "households"),
    "场": pgettext_lazy("unit", "events"),
    "届": pgettext_lazy("unit", "editions"),
    "次": pgettext_lazy("unit", "times"),
    "家": pgettext_lazy("unit", "organisations"),
    "个": pgettext_lazy("unit", "in number"),
    "项": pgettext_lazy("unit", "items"),
    "条": pgettext_lazy("unit", "records"),
    "份": pgettext_lazy("unit", "copies"),
    "件": pgettext_lazy("unit", "matters"),
    "元": pgettext_lazy("unit", "yuan"),
    "万元": pgettext_lazy("unit", "ten thousand yuan"),
    "小时": pgettext_lazy("unit", "hours"),
    "学时": pgettext_lazy("unit", "hours of training"),
    "天": pgettext_lazy("unit", "days"),
    "个工作日": pgettext_lazy("unit", "working days"),
    "分": pgettext_lazy("unit", "points"),
}


# English only: Chinese has one form.
_SINGULAR = {
    "人": "person",
    "人次": "attendance",
    "户": "household",
    "场": "event",
    "届": "edition",
    "次": "time",
    "家": "organisation",
    "项": "item",
    "条": "record",
    "份": "copy",
    "件": "matter",
    "小时": "hour",
    "学时": "hour of training",
    "天": "day",
    "个工作日": "working day",
    "分": "point",
}


def dots(parts: Iterable[Any]) -> str:
    """Short facts in one line: “关上·双桥” in Chinese, “Guanshang · Shuangqiao” in English."""
    return ("·" if in_chinese() else " · ").join(str(part) for part in parts if part not in (None, ""))


def unit(name: str, number: Any = None) -> str:
    """A figure's unit in the reader's language, in the singular after 1; figures declare the Chinese measure word."""
    if in_chinese() or name not in _UNITS:
        return name
    return _SINGULAR[name] if number == 1 and name in _SINGULAR else str(_UNITS[name])


def amount(value: Value) -> SafeString:
    """A figure's number with its unit in small type; whole hundreds of yuan in 万元 where the reader is Chinese."""
    exact, name = value.exact, value.figure.unit
    if name == "元" and in_chinese() and exact >= 10_000 and exact % 100 == 0:
        exact, name = exact / 10_000, "万元"
    return format_html("{}<small>{}</small>", number(exact), unit(name, exact))
