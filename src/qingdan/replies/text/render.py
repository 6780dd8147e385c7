"""Putting figures, documents and the proposal into a text that has been read.

Rendering never fails and never loses text: what cannot be cited stays as typed, with a problem at its place.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Protocol
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _now

from qingdan.core.figures import FigureError, Printed, Value, plain, print_value
from qingdan.engine.claims import find_claims
from qingdan.replies.text import syntax
from qingdan.replies.text.numerals import in_characters
from qingdan.replies.text.problems import Problem
from qingdan.replies.text.uncited import uncited

# Options that belong to the language; a figure's dimension cannot bear one of these names.
RESERVED = ("year", "place", "step", "as", "reason", "title")
_SCALES = {"": 1, "万": 10_000, "亿": 100_000_000}


@dataclass(frozen=True)
class CitedDocument:
    """A policy document as the letter names it. `number` is empty for a draft."""

    title: str
    number: str
    key: str = ""  # the record's primary key

    @property
    def printed(self) -> str:
        return f"《{self.title}》（{self.number}）" if self.number else f"《{self.title}》"


class NotFound(Exception):
    """A document cannot be named. `str()` says what to do."""


class Sources(Protocol):
    """Where a text takes its facts from."""

    def figure(self, key: str, *, year: int | None, place: str, by: dict[str, str]) -> Value:
        """The figure's value; FigureError when it cannot be given."""

    def document(self, *, number: str, title: str) -> CitedDocument:
        """The policy document; NotFound when there is none or more than one."""

    def proposal(self) -> str:
        """The proposal as the letter's first sentence names it."""


@dataclass(frozen=True)
class Run:
    """A stretch of one kind: text, figure, document, proposal, fixed or broken.

    `figure` is the position of the cited figure (from 1); `source` the offset where it stands in the source.
    """

    text: str
    kind: str = "text"
    figure: int | None = None
    source: int = 0


@dataclass(frozen=True)
class Block:
    """A heading (`level` 1 to 4) or a paragraph (0)."""

    level: int
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True)
class CitedFigure:
    """One figure of the letter, at one place. `approx` is none, over, about or under."""

    position: int
    key: str
    by: dict[str, str]
    year: int | None
    place: str
    name: str
    value: Decimal
    unit: str
    printed: str
    approx: str
    as_of: dt.date
    records: int
    district: str
    definition: str = ""
    offset: int = 0  # in the body's text
    reading: int | None = None  # once issued
    labels: tuple[str, ...] = ()  # the dimensions' values in words
    part: int | None = None  # of a rate: how many
    whole: int | None = None  # of a rate: of how many

    @property
    def link(self) -> str:
        """The page of its evidence; it stands also for a figure that is no longer declared."""
        query: dict[str, Any] = {"as_of": self.as_of.isoformat()}
        if self.year is not None:
            query["year"] = self.year
        if self.place:
            query["place"] = self.place
        query.update({f"by.{name}": value for name, value in self.by.items()})
        return f"{reverse('figure', args=[self.key])}?{urlencode(query)}"

    def as_data(self) -> dict[str, Any]:
        """The figure as `reply.json` and the API give it; the value is exact, an integer when it is whole."""
        whole = self.value == self.value.to_integral_value()
        return {
            "key": self.key,
            "by": dict(self.by),
            "year": self.year,
            "name": self.name,
            "value": int(self.value) if whole else float(self.value),
            "printed": self.printed,
            "unit": self.unit,
            "approx": self.approx,
            "as_of": self.as_of.isoformat(),
            "records": self.records,
            "link": self.link,
        }


@dataclass(frozen=True)
class Fixed:
    """A number that somebody declared to be no figure, and why."""

    text: str
    reason: str
    line: int
    column: int

    def as_data(self) -> dict[str, Any]:
        return {"text": self.text, "reason": self.reason, "line": self.line, "column": self.column}


@dataclass(frozen=True)
class RenderedLetter:
    """A text with everything in its place."""

    blocks: tuple[Block, ...]
    figures: tuple[CitedFigure, ...] = ()
    documents: tuple[CitedDocument, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    problems: tuple[Problem, ...] = ()
    values: tuple[Value, ...] = field(default=(), repr=False)  # live answers, one a figure; empty once issued

    @property
    def text(self) -> str:
        """The body as plain text, a block a line."""
        return "\n".join(block.text for block in self.blocks)


def body_data(blocks: tuple[Block, ...]) -> list[dict[str, Any]]:
    """Blocks as JSON, for keeping."""
    return [
        {
            "level": block.level,
            "runs": [
                {"text": run.text, "kind": run.kind} | ({"figure": run.figure} if run.figure else {})
                for run in block.runs
            ],
        }
        for block in blocks
    ]


def body_blocks(data: list[dict[str, Any]]) -> tuple[Block, ...]:
    """What `body_data` kept."""
    return tuple(
        Block(
            block["level"],
            tuple(Run(run["text"], run["kind"], run.get("figure")) for run in block["runs"]),
        )
        for block in data
    )


class Refusal(Exception):
    """A citation that cannot be filled; carries the problem's code and its sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def render(source: str, sources: Sources) -> RenderedLetter:
    """The text filled from `sources`, with everything that is wrong with it."""
    return _Rendering(syntax.parse(source), sources).letter()


class _Rendering:
    def __init__(self, template: syntax.Template, sources: Sources) -> None:
        self.template, self.sources = template, sources
        self.problems: list[Problem] = list(template.problems)
        self.figures: list[CitedFigure] = []
        self.values: list[Value] = []
        self.documents: list[CitedDocument] = []
        self.fixed: list[Fixed] = []
        self._read: dict[tuple[Any, ...], Value] = {}
        self._offset = 0

    def letter(self) -> RenderedLetter:
        blocks = []
        for line in self.template.lines:
            runs = []
            for piece in line.pieces:
                run = self._run(piece)
                self._offset += len(run.text)
                runs.append(run)
            self._offset += 1
            blocks.append(Block(line.level, tuple(runs)))
        self._check_numbers(blocks)
        return RenderedLetter(
            tuple(blocks),
            tuple(self.figures),
            tuple(self.documents),
            tuple(self.fixed),
            tuple(sorted(self.problems)),
            tuple(self.values),
        )

    def _run(self, piece: syntax.Piece) -> Run:
        if isinstance(piece, syntax.Words):
            return Run(piece.text, "text", source=piece.start)
        if isinstance(piece, syntax.Broken):
            return Run(piece.text, "broken", source=piece.start)
        fill: dict[str, Callable[[syntax.Citation], Run]] = {
            "document": self._document,
            "fixed": self._fixed,
            "proposal": self._proposal,
        }
        try:
            return fill.get(piece.name, self._figure)(piece)
        except Refusal as refusal:
            self._problem(piece, refusal.code, str(refusal))
        except NotFound as missing:
            self._problem(piece, "document", str(missing))
        except FigureError as error:
            self._problem(piece, "figure", str(error))
        return Run(piece.source, "broken", source=piece.start)

    def _problem(self, piece: syntax.Citation, code: str, message: str) -> None:
        self.problems.append(self.template.places.problem(piece.start, piece.end, code, message))

    # ── the four kinds of citation ──────────────────────────────────────────

    def _figure(self, piece: syntax.Citation) -> Run:
        if piece.word:
            raise Refusal(
                "word",
                _now(
                    "“%(word)s” is not of the form name=value. A value with blanks stands in quotation marks."
                )
                % {"word": piece.word},
            )
        options = dict(piece.options)
        year = _whole(options.pop("year", None), "year", 1900, 2999)
        step = _whole(options.pop("step", None), "step", 2, 10**12)
        shape = options.pop("as", "")
        place = options.pop("place", "")
        for strange in ("reason", "title"):
            if strange in options:
                raise Refusal("option", _now("A figure takes no “%(option)s”.") % {"option": strange})
        asked = (piece.name, year, place, *sorted(options.items()))
        value = self._read.get(asked)
        if value is None:
            value = self.sources.figure(piece.name, year=year, place=place, by=options)
            self._read[asked] = value
        if not value.records:
            raise Refusal(
                "no_records",
                _now("Figure %(figure)s has no records here as of %(day)s, so it cannot be cited.")
                % {"figure": piece.name, "day": value.scope.as_of.isoformat()},
            )
        printed = print_figure(value.exact, value.figure.unit, step=step, shape=shape)
        figure = value.figure
        position = len(self.figures) + 1
        self.values.append(value)
        self.figures.append(
            CitedFigure(
                position=position,
                key=figure.key,
                by=dict(value.scope.by),
                year=year,
                place=place,
                name=str(figure.name),
                value=value.exact,
                unit=figure.unit,
                printed=printed.text,
                approx=printed.approx,
                as_of=value.scope.as_of,
                records=value.records,
                district=value.scope.district,
                definition=str(figure.definition),
                offset=self._offset,
                labels=tuple(
                    figure.dimension(key).label_of(value.scope.district, chosen)
                    for key, chosen in options.items()
                ),
                part=value.part,
                whole=value.whole,
            )
        )
        return Run(printed.text, "figure", position, piece.start)

    def _document(self, piece: syntax.Citation) -> Run:
        _only(piece, "title")
        title = piece.options.get("title", "")
        if bool(piece.word) == bool(title):
            raise Refusal(
                "document",
                _now(
                    "Name the document by its number or, if it has none, by title=…, as in {{document title=…}}."
                ),
            )
        found = self.sources.document(number=piece.word, title=title)
        self.documents.append(found)
        return Run(found.printed, "document", source=piece.start)

    def _proposal(self, piece: syntax.Citation) -> Run:
        _only(piece)
        if piece.word:
            raise Refusal("word", _now("{{proposal}} takes nothing more."))
        return Run(self.sources.proposal(), "proposal", source=piece.start)

    def _fixed(self, piece: syntax.Citation) -> Run:
        _only(piece, "reason")
        reason = piece.options.get("reason", "")
        if not piece.word or not reason:
            raise Refusal(
                "fixed",
                _now(
                    "Write the number and why it is no figure: {{fixed 两 reason=…}}. "
                    "The reason is kept with the letter."
                ),
            )
        line, column = self.template.places.of(piece.start)
        self.fixed.append(Fixed(piece.word, reason, line, column))
        return Run(piece.word, "fixed", source=piece.start)

    # ── numbers typed by hand ───────────────────────────────────────────────

    def _check_numbers(self, blocks: list[Block]) -> None:
        """Every quantity stands in a citation, and no word typed beside one changes what it says."""
        text = "\n".join(block.text for block in blocks)
        places = list(_spans(blocks))
        claims = find_claims(text)
        cited = [(start, end) for start, end, run in places if run.kind != "text"]
        for found in uncited(text, claims, cited):
            self._problem_in(
                places,
                found.start,
                found.text,
                "uncited",
                _now(
                    "“%(text)s” is a number that cites nothing: cite a figure, or declare it with "
                    "{{fixed %(text)s reason=…}}."
                )
                % {"text": found.text},
            )
        for start, end, run in places:
            if run.figure is None:
                continue
            figure = self.figures[run.figure - 1]
            for claim in claims:
                if claim.start <= start and end <= claim.end and claim.approx != figure.approx:
                    self._problem_in(
                        places,
                        start,
                        run.text,
                        "qualified",
                        _now(
                            "“%(text)s” says more or less than the figure does: leave out the words beside the "
                            "number; step=… prints “over”."
                        )
                        % {"text": claim.text},
                    )

    def _problem_in(
        self, places: list[tuple[int, int, Run]], at: int, text: str, code: str, message: str
    ) -> None:
        """A problem at an offset of the rendered text, told at its place in the source."""
        start, run = next((start, run) for start, end, run in places if start <= at < end)
        source = run.source + (at - start if run.kind == "text" else 0)
        problem = self.template.places.problem(source, source + len(text), code, message)
        self.problems.append(replace(problem, at=at))


def _spans(blocks: list[Block]) -> Iterator[tuple[int, int, Run]]:
    at = 0
    for block in blocks:
        for run in block.runs:
            yield at, at + len(run.text), run
            at += len(run.text)
        at += 1


def _only(piece: syntax.Citation, *known: str) -> None:
    for option in piece.options:
        if option not in known:
            raise Refusal(
                "option",
                _now("{{%(name)s}} takes no “%(option)s”.") % {"name": piece.name, "option": option},
            )


def _whole(text: str | None, option: str, least: int, most: int) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise Refusal(
            option,
            _now("%(option)s=%(text)s: write a whole number from %(least)s to %(most)s.")
            % {"option": option, "text": text, "least": least, "most": most},
        )
    return int(text)


def print_figure(exact: Decimal, unit: str, *, step: int | None = None, shape: str = "") -> Printed:
    """A value as the letter prints it. `shape` is what stands after `as=`:

    nothing `1500000元` · 数字 `1500000` · 万元 `150万元` · 万 `150万` · 亿元, 亿 · 汉字 `三个` (whole, 1 to 99).
    """
    if shape == "汉字":
        if step or exact != exact.to_integral_value() or not 1 <= exact <= 99:
            raise Refusal("as", _now("as=汉字 prints whole numbers from 1 to 99, without step."))
        return Printed(in_characters(int(exact), counting=True) + unit)
    if shape == "数字":
        return print_value(exact, unit, step=step, bare=True)
    for word, scale in _SCALES.items():
        if shape == (word + unit if word else ""):
            return print_value(exact, unit, step=step, scale=scale)
        if word and shape == word:
            return print_value(exact, unit, step=step, scale=scale, bare=True)
    raise Refusal(
        "as",
        _now("as=%(shape)s is not known for %(value)s. Known: %(known)s.")
        % {
            "shape": shape,
            "value": plain(exact) + unit,
            "known": "、".join(["数字", "汉字", "万" + unit, "亿" + unit, "万", "亿"]),
        },
    )
