"""Choosing what to cite: a figure's period and dimensions as it declares them, its live value, the citation.

Also the figures that a number typed by hand may mean.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _now

from qingdan.core.figures import Figure, FigureError, Scope, Value
from qingdan.directory import queries as directory
from qingdan.engine.claims import find_claims, match_claims
from qingdan.policies.models import NormativeDocument
from qingdan.replies.text import Problem, RenderedLetter
from qingdan.replies.text.render import Refusal, print_figure
from qingdan.replies.tracing import LANGUAGE, Recorded, recorded_values

OFFERED = 3  # figures that a typed number may mean


@dataclass(frozen=True)
class Choice:
    """One select of the picker: what may be chosen, and what is."""

    name: str
    label: Any
    options: list[tuple[str, Any]]
    chosen: str
    required: bool = False  # its values contain one another, so that no sum over them is cited


@dataclass(frozen=True)
class Pick:
    """A figure in the scope chosen so far. `value` is None, and `problem` says why, when it cannot be cited."""

    figure: Figure
    choices: list[Choice]
    shape: str
    shapes: list[tuple[str, Any]]
    step: str
    as_of: dt.date
    value: Value | None
    printed: str
    citation: str
    problem: str

    @property
    def definition(self) -> str:
        return str(self.figure.definition.counts)


def pick(figure: Figure, district: str, as_of: dt.date, asked: Mapping[str, str]) -> Pick:
    """The picker for a figure; `asked` holds year, place, by.KEY, as and step as far as chosen."""
    with translation.override(LANGUAGE):
        choices = list(_choices(figure, Scope(district, as_of), asked))
    chosen = {choice.name: choice.chosen for choice in choices if choice.chosen}
    by = {name[3:]: value for name, value in chosen.items() if name.startswith("by.")}
    scope = Scope(
        district, as_of, int(chosen["year"]) if "year" in chosen else None, chosen.get("place", ""), by
    )
    shapes = _shapes(figure.unit)
    shape = asked.get("as", "") if asked.get("as", "") in dict(shapes) else ""
    step = asked.get("step", "")[:9]
    made = Pick(figure, choices, shape, shapes, step, as_of, None, "", "", "")
    missing = next((one for one in choices if one.required and not one.chosen), None)
    if missing:
        return replace(made, problem=_now("Choose first: %(field)s.") % {"field": missing.label})
    try:
        value = figure.read(scope)
        if not value.records:
            raise FigureError(
                _now("No records here as of %(day)s: choose something else.") % {"day": as_of.isoformat()}
            )
        if step and not (step.isascii() and step.isdigit() and int(step) > 1):
            raise FigureError(_now("The step is a whole number from 2: 10, 100, 1000."))
        printed = print_figure(value.exact, figure.unit, step=int(step) if step else None, shape=shape)
    except (FigureError, Refusal) as error:
        return replace(made, problem=str(error))
    return replace(made, value=value, printed=printed.text, citation=citation(scope, figure.key, shape, step))


def citation(scope: Scope, key: str, shape: str = "", step: str = "") -> str:
    """As the language of letters cites it: {{activities.training year=2018 topic=LINKAGE step=10}}."""
    options = {
        **({"year": str(scope.year)} if scope.year else {}),
        **({"place": scope.place} if scope.place else {}),
        **scope.by,
        **({"step": step} if step else {}),
        **({"as": shape} if shape else {}),
    }
    quoted = (
        f'{name}="{value}"' if re.search(r"\s", value) else f"{name}={value}"
        for name, value in options.items()
    )
    return "{{" + " ".join([key, *quoted]) + "}}"


def document_citation(document: NormativeDocument) -> str:
    """A policy document by its number; a draft by its title."""
    if document.number:
        return f"{{{{document {document.number}}}}}"
    title = f'"{document.title}"' if " " in document.title else document.title
    return f"{{{{document title={title}}}}}"


def _choices(figure: Figure, scope: Scope, asked: Mapping[str, str]) -> list[Choice]:
    found = []
    if figure.year_path:
        years = sorted((int(year) for year in figure.split(scope, figure.year_path) if year), reverse=True)
        found.append(_choice("year", _now("year"), [(str(year), year) for year in years], asked))
    if figure.place_path:
        values = figure.split_by_street(scope)
        streets = [
            (place.code, place.local_name)
            for place in directory.streets(scope.district, scope.as_of)
            if values.get(place.code)
        ]
        if streets:
            found.append(_choice("place", _now("street"), streets, asked))
    for dimension in figure.dimensions:
        values = figure.split_by(scope, dimension.key)
        options = [
            (str(code), label) for code, label in dimension.choices(scope.district) if values.get(str(code))
        ]
        one = _choice(f"by.{dimension.key}", dimension.label, options, asked)
        found.append(replace(one, required=not dimension.adds))
    return found


def _choice(name: str, label: Any, options: list[tuple[str, Any]], asked: Mapping[str, str]) -> Choice:
    chosen = asked.get(name, "")
    return Choice(name, label, options, chosen if chosen in dict(options) else "")


def _shapes(unit: str) -> list[tuple[str, Any]]:
    shapes: list[tuple[str, Any]] = [("", _now("digits with the unit")), ("数字", _now("digits alone"))]
    if unit == "元":
        shapes += [("万元", "万元"), ("亿元", "亿元")]
    else:
        shapes.append(("汉字", _now("in Chinese characters")))
    return shapes


@dataclass(frozen=True)
class Offer:
    """A problem of a text; for a typed number with the figures that it may mean, the likeliest first."""

    problem: Problem
    figures: tuple[Recorded, ...] = ()

    typed: str = ""

    @property
    def cited(self) -> list[tuple[Recorded, str]]:
        """Each figure with its citation, money in the unit that was typed."""
        shape = next((unit for unit in ("万元", "亿元") if unit in self.typed), "")
        return [
            (one, citation(one.scope, one.key, shape if one.unit == "元" else "")) for one in self.figures
        ]


def offers(letter: RenderedLetter, district: str, as_of: dt.date) -> list[Offer]:
    """The problems of a text, each typed number with the figures on record that fit it."""
    typed = [one for one in letter.problems if one.code == "uncited"]
    if not typed:
        return [Offer(one) for one in letter.problems]
    verdicts = match_claims(find_claims(letter.text), recorded_values(district, as_of))
    found: dict[Problem, Offer] = {}
    for problem in typed:
        verdict = next((one for one in verdicts if one.claim.start <= problem.at < one.claim.end), None)
        if verdict is None:
            continue
        known = [verdict.figure, *(one.figure for one in verdict.candidates)]
        records = [one for one in known if isinstance(one, Recorded)]
        different = tuple(one for n, one in enumerate(records) if one not in records[:n])
        found[problem] = Offer(problem, different[:OFFERED], verdict.claim.text)
    return [found.get(one, Offer(one)) for one in letter.problems]
