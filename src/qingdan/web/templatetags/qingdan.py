"""The components of the look: `{% load qingdan %}`.

{% state need %}  {% due need.verify_by %}  {% evidence value %}  {% money contract.amount %}  {% icon "plus" %}
{% trace steps %}  {% score parts %}  {% timeline history %}  {% next_steps steps %}  {% facts facts %}
{% error_summary form %}  {% field form.title %}  {% empty _("No calls are open") %}  {% day call.closes_on %}
"""

from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qingdan.core import markup
from qingdan.core.columns import Column
from qingdan.core.figures import Value
from qingdan.core.looks import Look
from qingdan.core.pieces import Fact, ScorePart, TraceStep

register = template.Library()

register.simple_tag(markup.icon, name="icon")
register.simple_tag(markup.due, name="due")
register.simple_tag(markup.day, name="day")
register.simple_tag(markup.money, name="money")
register.simple_tag(markup.number, name="number")
register.simple_tag(markup.unit, name="unit")
register.simple_tag(markup.amount, name="amount")
register.filter("dots", markup.dots)


@register.simple_tag
def state(record: Any, field: str = "", *, big: bool = False) -> SafeString:
    """The record's state: glyph and word."""
    return markup.state(record, field, big=big)


@register.simple_tag
def chip(kind: str, glyph: str, word: Any) -> SafeString:
    """A chip that belongs to no record, such as “differs”: kind, glyph and word."""
    return markup.chip(Look(kind, glyph), word)


@register.simple_tag
def evidence(value: Value | None, text: Any = None) -> SafeString:
    """A figure's value as a link to its records."""
    return markup.NOTHING if value is None else markup.evidence(value, text)


@register.simple_tag
def signed(value: Any) -> str:
    """A difference with its sign: +451, −11, 0."""
    shown = markup.number(value)
    return shown if not value else "−" + shown.lstrip("-") if value < 0 else "+" + shown


@register.simple_tag
def note(text: Any, kind: str = "") -> SafeString:
    """A remark beside a rule; kinds: amber (look here), red (stopped), green (done)."""
    return format_html('<p class="q-note {}">{}</p>', kind, text)


@register.simple_tag
def address(state: Any, **changes: Any) -> str:
    """The listing's address with one thing changed; an empty text takes it away."""
    return str(state.address(**changes))


_NODES = {"done": "4", "run": "2", "here": "4", "next": "0", "bad": "differ"}


@register.inclusion_tag("components/trace.html")
def trace(steps: list[TraceStep]) -> dict[str, Any]:
    """The way from need to letter, one node a stage."""
    words = {
        "done": pgettext("trace", "done"),
        "run": _("under way"),
        "here": _("this record"),
        "next": _("still to come"),
        "bad": _("differs"),
    }
    return {
        "steps": [
            {
                "stage": step.stage,
                "value": step.value,
                "url": step.url,
                "facts": step.facts,
                "css": "" if step.state == "done" else step.state,
                "glyph": markup.glyph(_NODES[step.state]),
                "words": words[step.state],
            }
            for step in steps
        ]
    }


@register.inclusion_tag("components/score.html")
def score(parts: list[ScorePart]) -> dict[str, Any]:
    """Where the points of a score come from."""
    return {"parts": parts}


@register.inclusion_tag("components/timeline.html")
def timeline(history: list[Any]) -> dict[str, Any]:
    return {"history": history}


@register.inclusion_tag("components/next_steps.html", takes_context=True)
def next_steps(context: Context, steps: list[Any]) -> dict[str, Any]:
    return {"steps": steps, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("components/facts.html")
def facts(facts: list[Fact]) -> dict[str, Any]:
    """Labels and what is known, each shown by its kind."""
    shown = []
    for fact in facts:
        column = Column("fact", fact.label, value=lambda record: record, kind=fact.kind)
        html = column.cell(fact.value).html
        if fact.url:
            html = format_html('<a href="{}">{}</a>', fact.url, html)
        shown.append({"label": fact.label, "shown": html})
    return {"facts": shown}


@register.inclusion_tag("components/empty.html")
def empty(heading: Any, text: Any = "", url: str = "", action: Any = "") -> dict[str, Any]:
    """Nothing here: why, and one thing to do."""
    return {"heading": heading, "text": text, "url": url, "action": action}


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: Any) -> dict[str, Any]:
    """All that is to be corrected, each with the name of its field and a link to it."""
    return {"form": form}


@register.simple_tag
def named(field: BoundField) -> str:
    """The field's label before an error: a colon after it, unless it is a sentence or a question."""
    label = capfirst(str(field.label))
    if label.endswith(("？", "。")):
        return label
    return label + (" " if label.endswith(("?", ".")) else _(": "))


@register.inclusion_tag("components/field.html")
def field(field: BoundField) -> dict[str, Any]:
    """A form field: label, “optional”, hint, error, control. Radios become tiles, a single box a consent line."""
    widget = field.field.widget
    if isinstance(widget, CheckboxSelectMultiple | RadioSelect):
        return {"field": field, "group": True}
    if isinstance(widget, CheckboxInput):
        return {"field": field, "consent": True}
    classes = "form-select" if isinstance(widget, Select) else "form-control"
    if own := widget.attrs.get("class"):
        classes += f" {own}"
    described = " ".join(
        f"{field.auto_id}_{part}"
        for part, there in (("helptext", field.help_text), ("error", field.errors))
        if there
    )
    attrs: dict[str, str | bool] = {"class": classes}
    if described:
        attrs["aria-describedby"] = described
    return {"field": field, "control": field.as_widget(attrs=attrs)}
