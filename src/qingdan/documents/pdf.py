"""A paper as PDF, laid out by typst to the millimetres of GB/T 9704-2012.

The layout itself is `paper.typ`; this module hands it the paper as JSON. The same paper and the same fonts
give the same bytes: the time in the file is the document's date, not the clock.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from qingdan.documents.fonts import Face, FontSet, FontsMissing
from qingdan.documents.numbers import format_date
from qingdan.documents.paper import Block, Heading, Paper, attachment_lines, text_blocks, with_colon
from qingdan.documents.titles import break_title, width

TEMPLATE = Path(__file__).with_name("paper.typ")

BLOCK_WIDTH_MM = 156
TITLE_CAPACITY = BLOCK_WIDTH_MM / 25.4 * 72 / 22
SAMPLE_TEXT = "样例数据，不是正式公文"

# 51号 stays on one line; in capturing brackets, so that split() gives it back at the odd places.
_SERIAL = re.compile(r"([0-9]+号)")

MARK_WIDTH_MM = 152  # a red head as wide as the block would touch the rule's ends
MARK_LARGEST_PT = 48
MARK_SMALLEST_PT = 34  # below this the letters are narrowed instead
MARK_NARROWEST = 0.6


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something stands: page from 1, millimetres from the page's upper left corner."""

    kind: str
    index: int | None
    page: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Mark:
    """The red head: letters of `size` points, narrowed to `stretch` of their width."""

    size: float
    stretch: float


def render_pdf(paper: Paper, fonts: FontSet) -> bytes:
    """The paper as a tagged PDF/A-2u file. FontsMissing names characters that no font here can print."""
    moment = datetime(paper.date.year, paper.date.month, paper.date.day, tzinfo=UTC)
    try:
        compiled = _compiler(fonts).compile(
            format="pdf", sys_inputs={"paper": _as_json(paper, fonts)}, timestamp=moment, pdf_standards="a-2u"
        )
    except typst.TypstError as error:
        if "could not be displayed" in error.message or "glyph" in error.message:
            raise FontsMissing(f"有的字在已有字体里没有字形（{error.message}）：请安装收录该字的字体。") from error
        raise
    if not isinstance(compiled, bytes):
        raise TypeError("typst gave no PDF")
    return compiled


def find_spots(paper: Paper, fonts: FontSet) -> list[Spot]:
    """Where the figures (`figure`), the centre of the seal (`seal`) and the signature's end (`sign`) stand."""
    answer = _compiler(fonts).query("<spot>", field="value", sys_inputs={"paper": _as_json(paper, fonts)})
    return [Spot(**value) for value in json.loads(answer)]


def fit_mark(mark: str) -> Mark:
    """How large a red head is set: as large as the block allows, narrowed rather than small."""
    widest = MARK_WIDTH_MM / 25.4 * 72 / width(mark)
    size = min(MARK_LARGEST_PT, max(widest, MARK_SMALLEST_PT))
    stretch = min(1.0, widest / size)
    if stretch < MARK_NARROWEST:
        size, stretch = widest / MARK_NARROWEST, MARK_NARROWEST
    return Mark(round(size, 2), round(stretch, 4))


def title_lines(title: str) -> list[str]:
    """A title's lines at 2号 in the block's width."""
    return break_title(title, TITLE_CAPACITY)


def _compiler(fonts: FontSet) -> typst.Compiler:
    # One compiler a call: it keeps the inputs of the last call, and callers may be threads.
    return typst.Compiler(TEMPLATE.read_bytes(), root=TEMPLATE.parent, font_paths=fonts.source)


def _as_json(paper: Paper, fonts: FontSet) -> str:
    mark = fit_mark(paper.mark)
    orders: Counter[int] = Counter()
    return json.dumps(
        {
            "form": paper.form.value,
            "mark": {"text": paper.mark, "size": mark.size, "stretch": mark.stretch},
            "number": paper.number,
            "copy-number": paper.copy_number,
            "secrecy": paper.secrecy,
            "urgency": paper.urgency,
            "signer": paper.signer,
            "marks": paper.marks,
            "title": title_lines(paper.title),
            "description": f"{paper.number}，{fonts.describe()}",
            "addressee": with_colon(paper.addressee),
            "body": _blocks(text_blocks(paper), orders),
            "attachments": [
                {
                    "number": number,
                    "name": name,
                    "title": title_lines(attachment.title),
                    "body": _blocks(attachment.body, orders),
                }
                for attachment, (number, name) in zip(paper.attachments, attachment_lines(paper), strict=True)
            ],
            "signature": paper.signature,
            "sealed": paper.sealed,
            "date": {"year": paper.date.year, "month": paper.date.month, "day": paper.date.day},
            "printed-date": paper.printed_date,
            "notes": paper.note_text,
            "copies-to": paper.copies_text,
            "printed-by": paper.printed_by,
            "printed-on": format_date(paper.printed_on) if paper.printed_on else "",
            "sample": SAMPLE_TEXT if paper.sample else None,
            "fonts": {
                "fangsong": _face(fonts.fangsong),
                "title": _face(fonts.title),
                "hei": _face(fonts.hei),
                "kai": _face(fonts.kai),
                "song": _face(fonts.song),
                "latin": fonts.latin.family if fonts.latin else None,
                "fallback": fonts.fallback,
            },
        },
        ensure_ascii=False,
    )


def _blocks(blocks: Iterable[Block], orders: Counter[int]) -> list[dict[str, Any]]:
    """The blocks for typst; each print of the same figure gets its own order, so that labels are unique."""
    answer = []
    for block in blocks:
        runs: list[dict[str, Any]] = []
        for run in block.runs:
            if run.figure is not None:
                orders[run.figure] += 1
                runs.append({"text": run.text, "figure": run.figure, "order": orders[run.figure]})
                continue
            for index, part in enumerate(_SERIAL.split(run.text)):
                if part:
                    runs.append({"text": part, "figure": None, "whole": index % 2 == 1})
        answer.append({"level": block.level if isinstance(block, Heading) else 0, "runs": runs})
    return answer


def _face(face: Face) -> dict[str, Any]:
    return {"family": face.family, "weight": face.weight}
