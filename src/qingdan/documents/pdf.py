"""A paper as PDF, laid out by typst to the millimetres of GB/T 9704-2012.

The layout itself is `paper.typ`; this module hands it the paper as JSON. The same paper and the same fonts
give the same bytes: the time in the file is the document's date, not the clock.
"""

import io
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdf
import typst
from django.utils.translation import gettext as _
from pypdf.generic import ArrayObject, FloatObject, NameObject, NullObject, TextStringObject

from qingdan.documents.fonts import Face, FontSet, FontsMissing
from qingdan.documents.geometry import (
    PAGE_HEIGHT_MM,
    POINTS_A_MM,
    SAMPLE_TEXT,
    fit_mark,
    place_title_file,
    place_title_letter,
    title_lines,
)
from qingdan.documents.numbers import format_date
from qingdan.documents.paper import Block, Form, Heading, Paper, attachment_lines, text_blocks, with_colon

TEMPLATE = Path(__file__).with_name("paper.typ")

# 51号 stays on one line; in capturing brackets, so that split() gives it back at the odd places.
_SERIAL = re.compile(r"([0-9]+号)")

_MISSING_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed')


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something stands: page from 1, millimetres from the page's upper left corner.

    `kind` is `figure` (upper left corner of its line; `index` the figure's, `order` counts its prints from
    1), `seal` (the centre of the seal of a sealed paper) or `sign` (the end of signature, date and notes).
    """

    kind: str
    index: int | None
    order: int
    page: int
    x: float
    y: float

    @property
    def name(self) -> str:
        """The name of a figure's destination in the PDF and bookmark in the Word document."""
        return f"figure-{self.index}-{self.order}"


def render_pdf(paper: Paper, fonts: FontSet) -> bytes:
    """The paper as a tagged PDF/A-2u file, each figure a named destination `figure-INDEX-ORDER`.

    FontsMissing names a character that no font here can print.
    """
    compiler = _compiler(paper, fonts)
    moment = datetime(paper.date.year, paper.date.month, paper.date.day, tzinfo=UTC)
    try:
        compiled = compiler.compile(format="pdf", timestamp=moment, pdf_standards="a-2u")
    except typst.TypstError as error:
        missing = _MISSING_GLYPH.search(error.message)
        if missing is None:
            raise
        raise FontsMissing(
            _("No font here prints “%(character)s”: install one that has it (SimSun-ExtB or LXGW WenKai).")
            % {"character": missing[1]}
        ) from error
    if not isinstance(compiled, bytes):
        raise TypeError("typst gave no PDF")
    return _with_destinations(compiled, [spot for spot in _spots(compiler) if spot.kind == "figure"])


def find_spots(paper: Paper, fonts: FontSet) -> list[Spot]:
    """Where the figures, the seal and the end of the signature stand, in the order of the text."""
    return _spots(_compiler(paper, fonts))


def _spots(compiler: typst.Compiler) -> list[Spot]:
    return [Spot(**value) for value in json.loads(compiler.query("<spot>", field="value"))]


def _with_destinations(content: bytes, figures: list[Spot]) -> bytes:
    """The file with a named destination for each figure, appended as an update: typst names headings only."""
    if not figures:
        return content
    writer = pypdf.PdfWriter(io.BytesIO(content), incremental=True)
    for spot in figures:
        place = [FloatObject(spot.x * POINTS_A_MM), FloatObject((PAGE_HEIGHT_MM - spot.y) * POINTS_A_MM)]
        page = writer.pages[spot.page - 1].indirect_reference
        target = ArrayObject([page, NameObject("/XYZ"), *place, NullObject()])
        writer.add_named_destination_array(TextStringObject(spot.name), target)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _compiler(paper: Paper, fonts: FontSet) -> typst.Compiler:
    return typst.Compiler(
        TEMPLATE,  # the file, not its bytes: a compiler forgets bytes after one use
        root=TEMPLATE.parent,
        font_paths=fonts.source,
        sys_inputs={"paper": _as_json(paper, fonts)},
    )


def _as_json(paper: Paper, fonts: FontSet) -> str:
    mark, title = fit_mark(paper.mark), title_lines(paper.title)
    if paper.form is Form.LETTER:
        place = place_title_letter(mark, paper.head_rows, len(title))
    else:
        place = place_title_file(mark, len(title))
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
            "title": title,
            "title-pitch": place.pitch,
            "title-end": place.end,
            "rows": paper.head_rows,
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
            "qr": _qr(paper),
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


def _qr(paper: Paper) -> dict[str, Any] | None:
    if not paper.qr:
        return None
    from qingdan.documents import qr  # few papers bear a code; the others do without its library

    place = {"left": qr.LEFT_MM, "top": qr.TOP_MM, "side": qr.SIDE_MM}
    return {"svg": qr.as_svg(paper.qr), "address": paper.qr, "caption": qr.CAPTION, **place}


def _blocks(blocks: Iterable[Block], orders: Counter[int]) -> list[dict[str, Any]]:
    """The blocks for typst; prints of the same figure are counted, so that their names differ."""
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
