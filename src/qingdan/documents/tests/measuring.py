"""Millimetres read back from a produced PDF: from the letters' boxes, and from the ink itself."""

import io
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pdfplumber

POINT = 25.4 / 72
INK_DPI = 254  # ten pixels a millimetre
RULE_SHARE = 0.6  # a row of pixels is a rule if this share of the page's width is inked


@dataclass(frozen=True)
class Letter:
    """One printed character; `top` and `bottom` are those of its em box, all lengths in mm."""

    text: str
    size: float  # points
    left: float
    right: float
    baseline: float

    @property
    def top(self) -> float:
        return self.baseline - 0.88 * self.size * POINT

    @property
    def bottom(self) -> float:
        return self.baseline + 0.12 * self.size * POINT


@dataclass(frozen=True)
class Line:
    """Letters on one baseline, from left to right."""

    letters: tuple[Letter, ...]

    @property
    def text(self) -> str:
        return "".join(letter.text for letter in self.letters)

    @property
    def size(self) -> float:
        return round(self.letters[0].size, 1)

    @property
    def left(self) -> float:
        return self.letters[0].left

    @property
    def right(self) -> float:
        return self.letters[-1].right

    @property
    def ink_left(self) -> float:
        """The left edge without the empty half of an opening bracket."""
        half = self.size * POINT / 2
        return self.left + (half if self.letters[0].text in "《“‘（〔" else 0)

    @property
    def ink_right(self) -> float:
        """The right edge without the empty half of a closing mark."""
        half = self.size * POINT / 2
        return self.right - (half if self.letters[-1].text in "》”’）〕，。、；：！？" else 0)

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2

    @property
    def top(self) -> float:
        return self.letters[0].top

    @property
    def bottom(self) -> float:
        return self.letters[0].bottom

    @property
    def baseline(self) -> float:
        return self.letters[0].baseline


@dataclass(frozen=True)
class Band:
    """Something inked: its four edges in mm."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


class MeasuredPage:
    """A page of a PDF in millimetres from its upper left corner."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self.width = float(page.width) * POINT
        self.height = float(page.height) * POINT

    @cached_property
    def lines(self) -> list[Line]:
        """The lines of text from top to bottom."""
        rows: dict[int, list[Letter]] = {}
        for character in self._page.chars:
            if not character["text"].strip():
                continue
            baseline = self.height - character["matrix"][5] * POINT
            letter = Letter(
                character["text"],
                character["size"],
                character["x0"] * POINT,
                character["x1"] * POINT,
                baseline,
            )
            rows.setdefault(round(baseline * 4), []).append(letter)
        ordered = (tuple(sorted(row, key=lambda one: one.left)) for _, row in sorted(rows.items()))
        return [Line(row) for row in ordered]

    def line(self, beginning: str) -> Line:
        """The line that begins with `beginning`."""
        found = [line for line in self.lines if line.text.startswith(beginning)]
        assert len(found) == 1, (
            f"{len(found)} lines begin with {beginning}: {[line.text for line in self.lines]}"
        )
        return found[0]

    @property
    def block_lines(self) -> list[Line]:
        """The lines that stand in the text block."""
        return [line for line in self.lines if line.top >= 37 and line.bottom <= 262.1]

    @cached_property
    def _pixels(self) -> Any:
        image = self._page.to_image(resolution=INK_DPI).original.convert("RGB")
        return np.asarray(image).astype(int)

    def _red(self) -> Any:
        red, green, blue = (self._pixels[:, :, channel] for channel in range(3))
        return (red > 150) & (green < 110) & (blue < 110)

    def red_rules(self) -> list[Band]:
        """The red rules from top to bottom."""
        return _rules(self._red())

    def black_rules(self) -> list[Band]:
        """The black rules from top to bottom."""
        return _rules(self._pixels.max(axis=2) < 120)

    def red_mark(self) -> Band:
        """The ink of the red head: all red that is above the first rule."""
        red = self._red()
        first_rule = round(self.red_rules()[0].top / 25.4 * INK_DPI) - 2
        return _band(red[:first_rule])

    def ink(self, left: float, top: float, right: float, bottom: float) -> Band:
        """The edges of all ink inside a window given in mm."""
        scale = INK_DPI / 25.4
        rows, columns = (
            slice(int(top * scale), int(bottom * scale)),
            slice(int(left * scale), int(right * scale)),
        )
        band = _band(self._pixels[rows, columns].max(axis=2) < 160)
        return Band(left + band.left, top + band.top, left + band.right, top + band.bottom)


def measure(content: bytes) -> list[MeasuredPage]:
    """The pages of a PDF."""
    return [MeasuredPage(page) for page in pdfplumber.open(io.BytesIO(content)).pages]


def _band(mask: Any) -> Band:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    scale = 25.4 / INK_DPI
    return Band(columns[0] * scale, rows[0] * scale, (columns[-1] + 1) * scale, (rows[-1] + 1) * scale)


def _rules(mask: Any) -> list[Band]:
    full = np.flatnonzero(mask.sum(axis=1) > RULE_SHARE * mask.shape[1])
    bands = []
    for rows in np.split(full, np.flatnonzero(np.diff(full) > 1) + 1):
        if rows.size:
            band = _band(mask[rows[0] : rows[-1] + 1])
            offset = rows[0] * 25.4 / INK_DPI
            bands.append(Band(band.left, band.top + offset, band.right, band.bottom + offset))
    return bands
