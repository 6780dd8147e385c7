"""Small cells of letters: the rule of `core.small_counts` on everything that the public reads.

One place for all that strangers see of a letter: its page, its files, the verification page. What is covered is
printed “少于5人”, wherever it stands (as printed, as frozen, as of today); whether it agrees is still said.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from qingdan.core import figures, markup
from qingdan.core.figures import Agreement
from qingdan.core.small_counts import SMALL, fewer, is_small
from qingdan.replies.models import LetterFigure, ReplyLetter
from qingdan.replies.rendering import agreements
from qingdan.replies.text import Block, RenderedLetter


def is_public(key: str) -> bool:
    """Whether strangers may open the figure; one that is no longer declared is not public."""
    try:
        return figures.get(key).public
    except figures.UnknownFigure:
        return False


def in_words(value: Decimal, unit: str, *, covers: bool = True) -> str:
    """A value with its unit in the reader's language; “fewer than 5 persons” when it `covers` so small a count."""
    if covers and is_small(value, unit):
        return fewer(markup.unit(unit))
    return f"{markup.number(value)} {markup.unit(unit, value)}"


def covered(unit: str) -> str:
    """What stands for a small count in the letter itself, which is Chinese whatever the language of the page."""
    return f"少于{SMALL}{unit}"


def for_public(letter: RenderedLetter) -> RenderedLetter:
    """The letter as strangers read it: small cells covered in the text and among the figures.

    Answers the same object when nothing is covered.
    """
    small = {one.position for one in letter.figures if is_small(one.value, one.unit)}
    if not small:
        return letter
    words = {one.position: covered(one.unit) for one in letter.figures}
    return replace(
        letter,
        blocks=tuple(_covered(block, small, words) for block in letter.blocks),
        figures=tuple(
            replace(one, printed=words[one.position], approx="under", value=Decimal(SMALL))
            if one.position in small
            else one
            for one in letter.figures
        ),
    )


def _covered(block: Block, small: Iterable[int], words: dict[int, str]) -> Block:
    return Block(
        block.level,
        tuple(
            replace(run, text=words[run.figure]) if run.figure is not None and run.figure in small else run
            for run in block.runs
        ),
    )


@dataclass(frozen=True)
class Shown:
    """One figure on a public page, small cells protected."""

    figure: LetterFigure
    agreement: Agreement

    @property
    def small(self) -> bool:
        """Whether what is printed or what is counted today is a small cell."""
        reading = self.figure.reading
        return is_small(reading.value, reading.unit) or (
            self.agreement.now is not None and is_small(self.agreement.now, reading.unit)
        )

    @property
    def printed(self) -> str:
        reading = self.figure.reading
        return covered(reading.unit) if is_small(reading.value, reading.unit) else self.figure.printed

    @property
    def frozen(self) -> str:
        return in_words(self.figure.reading.value, self.figure.reading.unit)

    @property
    def now(self) -> str:
        """Today's value; empty when the figure is no longer counted."""
        return "" if self.agreement.now is None else in_words(self.agreement.now, self.figure.reading.unit)

    @property
    def definition(self) -> list[tuple[Any, str]]:
        return definition_parts(self.figure.reading.definition)

    @property
    def note(self) -> Any:
        """Why the bureau leaves it although it differs; None when it has not said."""
        return None if self.agreement.agrees else next(iter(self.figure.notes.all()), None)


def definition_parts(definition: str) -> list[tuple[str, str]]:
    """A frozen definition in its parts: what counts, what does not, …"""
    parts = (line.partition("：") for line in definition.splitlines())
    return [(label, words) for label, _colon, words in parts]


def shown_figures(letter: ReplyLetter, today: Any) -> list[Shown]:
    """The letter's public figures held against today's records; those that are not public are left out."""
    held = agreements(letter, today)
    return [
        Shown(figure, held[figure.position])
        for figure in letter.figures.all()
        if is_public(figure.reading.figure)
    ]
