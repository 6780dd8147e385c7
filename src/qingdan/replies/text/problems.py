"""What is wrong with a text, where, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _now
from django.utils.translation import ngettext


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that keeps a letter from being issued.

    `start` and `end` are offsets in the source text; `line` and `column` count from 1 for people. A problem of
    the letter's fields, not of its text, has line 0.
    """

    start: int
    end: int
    line: int
    column: int
    code: str
    message: str
    at: int = field(default=-1, compare=False)  # where it stands in the text as filled, if it does

    @property
    def length(self) -> int:
        return self.end - self.start

    @property
    def place(self) -> str:
        """“line 3, column 12”, empty for a problem of the letter's fields."""
        if not self.line:
            return ""
        return _now("line %(line)s, column %(column)s") % {"line": self.line, "column": self.column}

    def __str__(self) -> str:
        return f"{self.place}：{self.message}" if self.place else self.message


def of_letter(code: str, message: str) -> Problem:
    """A problem of the letter as a whole: a missing date, a number already used."""
    return Problem(0, 0, 0, 0, code, message)


class ProblemReport:
    """All problems of a letter as one reason for a refusal; `str()` lists them, one a line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))

    def __bool__(self) -> bool:
        return bool(self.problems)

    def __str__(self) -> str:
        count = len(self.problems)
        head = ngettext(
            "%(count)s problem to put right first:", "%(count)s problems to put right first:", count
        )
        return "\n".join([head % {"count": count}, *(str(problem) for problem in self.problems)])
