"""The lengths of GB/T 9704-2012 that both renderers share, and the size of a red head.

Millimetres and points as their names say; `paper.typ` holds the same page, because typst reads no Python.
"""

import math
from dataclasses import dataclass

from qingdan.documents.titles import break_title, width

POINTS_A_MM = 72 / 25.4

PAGE_WIDTH_MM, PAGE_HEIGHT_MM = 210, 297
TOP_MM, LEFT_MM, RIGHT_MM, BOTTOM_MM = 37, 28, 26, 35
BLOCK_WIDTH_MM, BLOCK_HEIGHT_MM = 156, 225
CHARACTERS, LINES = 28, 22

SIZE_2, SIZE_3, SIZE_4 = 22, 16, 14  # 2号, 3号, 4号 in points
CELL_PT = BLOCK_WIDTH_MM * POINTS_A_MM / CHARACTERS
PITCH_PT = BLOCK_HEIGHT_MM * POINTS_A_MM / LINES

TITLE_CAPACITY = BLOCK_WIDTH_MM * POINTS_A_MM / SIZE_2
RED = "D0171A"
SAMPLE_TEXT = "样例数据，不是正式公文"

RULE_MM, DOUBLE_RULE_MM = 0.5, 1.7
TITLE_PITCH_MOST_PT = 38

MARK_WIDTH_MM = 152  # a red head as wide as the block would touch the ends of the rule
MARK_LARGEST_PT = 48
MARK_SMALLEST_PT = 34  # below this the letters are narrowed instead
MARK_NARROWEST = 0.6
MARK_INK_HEIGHT = 0.91  # of the letters of a red head, in ems


@dataclass(frozen=True, slots=True)
class Mark:
    """The red head: letters of `size` points, narrowed to `stretch` of their width."""

    size: float
    stretch: float


def fit_mark(mark: str) -> Mark:
    """How large a red head is set: as large as the block allows, narrowed rather than small."""
    widest = MARK_WIDTH_MM * POINTS_A_MM / width(mark)
    size = min(MARK_LARGEST_PT, max(widest, MARK_SMALLEST_PT))
    stretch = min(1.0, widest / size)
    if stretch < MARK_NARROWEST:
        size, stretch = widest / MARK_NARROWEST, MARK_NARROWEST
    return Mark(round(size, 2), round(stretch, 4))


def title_lines(title: str) -> list[str]:
    """A title's lines at 2号 in the width of the block."""
    return break_title(title, TITLE_CAPACITY)


@dataclass(frozen=True, slots=True)
class TitlePlace:
    """Where the title of the first page goes, in points from the top of the text block.

    The letters begin `top` below it, two blank lines under the rule or the last element; the lines follow
    each other by `pitch`; `end` is the line of the grid, from 0, where the text takes up the grid again.
    What is left over between title and grid widens the title's own lines first: 2号 wants more air than
    3号 anyway.
    """

    top: float
    pitch: float
    end: int


def place_title_file(mark: Mark, lines: int) -> TitlePlace:
    """The place of a title of so many lines in the file form, by the usual height of the head's letters."""
    head = 35 * POINTS_A_MM + MARK_INK_HEIGHT * mark.size
    number = 2 * PITCH_PT + SIZE_3
    return _place_title(head + number + (4 + RULE_MM) * POINTS_A_MM, lines)


def place_title_letter(mark: Mark, rows: int, lines: int) -> TitlePlace:
    """The same in the letter form, under `rows` lines of number and marks."""
    rule = (30 + 4 + DOUBLE_RULE_MM - TOP_MM) * POINTS_A_MM + MARK_INK_HEIGHT * mark.size
    return _place_title(rule + 7 / 8 * SIZE_3 + (rows - 1) * PITCH_PT + SIZE_3, lines)


def _place_title(above: float, lines: int) -> TitlePlace:
    top = above + 2 * PITCH_PT
    air_below = (PITCH_PT - SIZE_2) / 2
    end = math.ceil((top + SIZE_2 + (lines - 1) * PITCH_PT + air_below) / PITCH_PT)
    room = end * PITCH_PT - top - SIZE_2 - air_below
    pitch = min(TITLE_PITCH_MOST_PT, room / (lines - 1)) if lines > 1 else PITCH_PT
    return TitlePlace(top, pitch, end)
