"""The language in which a reply is written: plain lines with citations in double braces.

    一、关于建立专项保障资金
    2018年安排专项资金{{funds.budget year=2018 line=DEVELOPMENT as=万元}}。

`syntax` reads it, `render` puts figures, documents and the proposal into it, `uncited` finds the numbers that
somebody typed. Nothing here knows of a letter or a table; `docs/replies.md` is the page for those who write.
"""

from qingdan.replies.text.problems import Problem, ProblemReport
from qingdan.replies.text.render import (
    Block,
    CitedDocument,
    CitedFigure,
    Fixed,
    RenderedLetter,
    Run,
    Sources,
    render,
)

__all__ = [
    "Block",
    "CitedDocument",
    "CitedFigure",
    "Fixed",
    "Problem",
    "ProblemReport",
    "RenderedLetter",
    "Run",
    "Sources",
    "render",
]
