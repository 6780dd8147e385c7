"""Measure the claims reader on the labelled texts: `python -m qingdan.engine.claims.quality [--show]`.

A labelled text marks each claim 【text|value|unit|approx|subject】 (a range as low~high; approx left out
when it is none; of the subject the nouns that will do, as one/another, or nothing) and each trap, a numeral
that claims nothing, 〖text〗. A claim found counts as right only when span, value, unit and approx are all
as labelled; its subject is measured apart.
"""

import re
import sys
import time
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import click

from .finding import Claim, find_claims

FOLDER = Path(__file__).parent / "tests"
SETS = ("development", "held_out")
_MARK = re.compile(r"【([^|】]+)\|([^|】]+)\|([^|】]+)(?:\|([^|】]*))?(?:\|([^】]+))?】|〖([^〗]*)〗")

Label = tuple[int, str, object, str, str]


@dataclass(frozen=True)
class Labelled:
    """A text without its marks, the claims a careful reader finds in it, and the spans of its traps."""

    text: str
    claims: list[Label]
    traps: list[tuple[int, int]]
    subjects: dict[int, list[str]]  # offset of a claim → the nouns that will do


@dataclass(frozen=True)
class Score:
    """How a reading compares with the labels; traps_sprung counts traps that a claim overlaps.

    `strangers` are the claims whose subject is none of those labelled, of `subjects` held against labels.
    """

    labelled: int
    found: int
    right: int
    traps: int
    traps_sprung: int
    missed: list[Label]
    wrong: list[Label]
    subjects: int
    strangers: list[Claim]

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.labelled if self.labelled else 1.0


def read_labels(marked: str) -> Labelled:
    """Take the marks out of a labelled text and keep what they say."""
    marked = "\n".join(line for line in marked.splitlines() if not line.startswith("#"))
    parts: list[str] = []
    claims: list[Label] = []
    traps: list[tuple[int, int]] = []
    subjects: dict[int, list[str]] = {}
    at = length = 0
    for mark in _MARK.finditer(marked):
        parts.append(marked[at : mark.start()])
        length += mark.start() - at
        at = mark.end()
        printed = mark[1] or mark[6]
        if mark[1]:
            claims.append((length, printed, _value(mark[2]), mark[3], mark[4] or "none"))
            if mark[5]:
                subjects[length] = mark[5].split("/")
        else:
            traps.append((length, length + len(printed)))
        parts.append(printed)
        length += len(printed)
    parts.append(marked[at:])
    return Labelled("".join(parts), claims, traps, subjects)


def _value(printed: str) -> object:
    if "~" in printed:
        low, high = printed.split("~")
        return Decimal(low), Decimal(high)
    return Decimal(printed)


def as_label(claim: Claim) -> Label:
    return claim.start, claim.text, claim.value, claim.unit, claim.approx


def fits(subject: str, nouns: list[str]) -> bool:
    """Whether a subject is one of the nouns: it holds one and little more, or is the end of one."""
    return any(
        (noun in subject and len(subject) <= len(noun) + 12) or (len(subject) > 1 and noun.endswith(subject))
        for noun in nouns
    )


def measure(labelled: Labelled) -> Score:
    """Read the text and hold the reading against its labels."""
    found = find_claims(labelled.text)
    labels, readings = set(labelled.claims), {as_label(claim) for claim in found}
    told = [claim for claim in found if claim.start in labelled.subjects]
    sprung = sum(any(c.start < end and start < c.end for c in found) for start, end in labelled.traps)
    return Score(
        labelled=len(labels),
        found=len(readings),
        right=len(labels & readings),
        traps=len(labelled.traps),
        traps_sprung=sprung,
        missed=sorted(labels - readings, key=lambda label: label[0]),
        wrong=sorted(readings - labels, key=lambda label: label[0]),
        subjects=len(told),
        strangers=[claim for claim in told if not fits(claim.subject, labelled.subjects[claim.start])],
    )


def load(name: str) -> Labelled:
    path = FOLDER / f"labelled_{name}.txt" if name in SETS else Path(name)
    return read_labels(path.read_text(encoding="utf-8"))


def speed(text: str, characters: int = 200_000) -> tuple[float, float]:
    """Megabytes of UTF-8 in a text repeated to this length; best of three processor times to read it."""
    whole = (text + "\n") * (characters // len(text) + 1)
    seconds = []
    for _ in range(3):
        began = time.process_time()
        find_claims(whole)
        seconds.append(time.process_time() - began)
    return len(whole.encode()) / 1e6, min(seconds)


@click.command()
@click.argument("names", nargs=-1)
@click.option("--show", is_flag=True, help="Print every claim missed or wrongly found.")
def main(names: tuple[str, ...], show: bool) -> None:
    """Precision, recall and speed of the claims reader, on the named sets or labelled files."""
    for name in names or SETS:
        labelled = load(name)
        score = measure(labelled)
        click.echo(
            f"{Path(name).stem:12} precision {score.precision:.3f}  recall {score.recall:.3f}  "
            f"claims {score.labelled}  found {score.found}  right {score.right}  "
            f"traps {score.traps}, sprung {score.traps_sprung}  "
            f"subjects {score.subjects - len(score.strangers)}/{score.subjects}"
        )
        for title, labels in (("missed", score.missed), ("wrong", score.wrong)) if show else ():
            for start, printed, value, unit, approx in labels:
                around = labelled.text[max(0, start - 10) : start + len(printed) + 8].replace("\n", "⏎")
                click.echo(f"  {title:7} {printed} = {value} {unit} {approx}   …{around}…")
        for claim in score.strangers if show else ():
            nouns = "/".join(labelled.subjects[claim.start])
            click.echo(
                f"  subject {claim.text}: {claim.subject or '-'}, not {nouns}   …{claim.context[:40]}…"
            )
    for title, text in (("as labelled", load("development").text), ("with prose", _PROSE)):
        size, seconds = speed(text)
        per_megabyte = len(find_claims(text)) / len(text.encode()) * 1e6
        click.echo(
            f"speed {title:12} {size:.2f} MB in {seconds:.2f} s = {size / seconds:.2f} MB/s "
            f"({per_megabyte:,.0f} claims a MB)"
        )


_PROSE = (
    "示例区民政局坚持以居民需求为导向，推动社会组织有序参与基层治理，完善购买服务机制，健全监督评价办法。"
    "各街道结合实际，把服务送到居民身边，持续改善老年人、儿童和残疾人的生活质量。"
    "全年开展活动24场，服务1,126人次。下一步将继续优化流程，压实责任，加强部门协同，推动各项措施落地见效，不断提升群众的获得感。\n"
)


if __name__ == "__main__":
    sys.exit(main())
