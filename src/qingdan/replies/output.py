"""A letter as files: reply.docx, reply.pdf, reply.json."""

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from qingdan.documents.fonts import find_fonts
from qingdan.replies.models import ReplyLetter
from qingdan.replies.paper import as_paper
from qingdan.replies.text import RenderedLetter

KINDS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": "application/json",
}


def as_json(letter: ReplyLetter, filled: RenderedLetter) -> dict[str, Any]:
    """The letter's figures as data: exact values, as printed, and the way to the records."""
    return {
        "proposal": letter.proposal.number,
        "number": letter.number,
        "date": letter.dated_on.isoformat() if letter.dated_on else None,
        "as_of": letter.as_of.isoformat(),
        "state": letter.state,
        "title": letter.title,
        "figures": [figure.as_data() for figure in filled.figures],
    }


def file_bytes(letter: ReplyLetter, filled: RenderedLetter, kind: str, *, layout: str = "") -> bytes:
    """One of the files. FontsMissing when the PDF cannot be set."""
    if kind == "json":
        return (json.dumps(as_json(letter, filled), ensure_ascii=False, indent=2) + "\n").encode()
    from qingdan.documents.docx import render_docx  # the libraries of paper are loaded when a paper is made
    from qingdan.documents.pdf import render_pdf

    paper = as_paper(letter, filled, layout=layout)
    return render_pdf(paper, find_fonts()) if kind == "pdf" else render_docx(paper)


def write_files(letter: ReplyLetter, filled: RenderedLetter, out: Path, *, layout: str = "") -> list[Path]:
    """Write the three files into `out`, all or none: they are made first, then put in place together.

    OSError when `out` cannot be written; what stood there before stands there still.
    """
    contents = {f"reply.{kind}": file_bytes(letter, filled, kind, layout=layout) for kind in KINDS}
    made = not out.exists()
    out.mkdir(parents=True, exist_ok=True)
    desk = Path(tempfile.mkdtemp(prefix=".reply-", dir=out))
    placed: list[str] = []
    try:
        for name, content in contents.items():
            (desk / name).write_bytes(content)
        for name in contents:
            if (out / name).is_dir():
                raise IsADirectoryError(21, "Is a directory", str(out / name))
            if (out / name).exists():
                os.replace(out / name, desk / f"old-{name}")
            os.replace(desk / name, out / name)
            placed.append(name)
    except BaseException:
        for name in contents:
            if (desk / f"old-{name}").exists():
                os.replace(desk / f"old-{name}", out / name)
            elif name in placed:
                (out / name).unlink()
        shutil.rmtree(desk, ignore_errors=True)
        if made:
            shutil.rmtree(out, ignore_errors=True)
        raise
    shutil.rmtree(desk)
    return [out / name for name in contents]
