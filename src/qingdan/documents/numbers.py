"""Document numbers 官民函〔2018〕51号 and dates 2018年6月29日: read, write, and name what is wrong with them.

GB/T 9704-2012 clause 7.2.5: agency code, year in full between the hexagonal brackets 〔 〕 (U+3014,
U+3015), serial without leading zeros and without 第, then 号.
"""

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

_EXACT = re.compile(r"(?P<code>[\u4e00-\u9fff〇]{1,12})〔(?P<year>[12]\d{3})〕(?P<serial>[1-9]\d*)号")

_DIGITS = "0-9０-９"
# Anything that was meant as a document number: a code, a year in any bracket, a serial, 号. No spaces may
# stand between code and bracket in running text, else half a sentence is taken for the code.
_MEANT = re.compile(
    rf"(?P<code>[\u4e00-\u9fff〇]{{1,12}})"
    rf"(?P<open>[〔\[［【(（﹝〈<])[ \u3000]*(?P<year>[{_DIGITS}]{{2,4}})"
    rf"[ \u3000]*年?[ \u3000]*(?P<close>[〕\]］】)）﹞〉>])"
    rf"(?P<gap>[ \u3000]*)(?P<ordinal>第?)(?P<serial>[{_DIGITS}]+)(?P<gap2>[ \u3000]*)号"
)
_DATE = re.compile(
    rf"(?P<year>(?<![{_DIGITS}])[{_DIGITS}]{{2,4}})年(?P<month>[{_DIGITS}]{{1,2}})月(?P<day>[{_DIGITS}]{{1,2}})日"
)
_HALF_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")


@dataclass(frozen=True, slots=True, order=True)
class DocumentNumber:
    """A document number; orders by code, year, serial."""

    code: str
    year: int
    serial: int

    def __post_init__(self) -> None:
        if not _EXACT.fullmatch(str(self)):
            raise ValueError(_not_a_number(str(self)))

    def __str__(self) -> str:
        return f"{self.code}〔{self.year}〕{self.serial}号"

    @classmethod
    def parse(cls, text: str) -> "DocumentNumber":
        """The number in `text`; ValueError says what is wrong and what to write instead."""
        match = _EXACT.fullmatch(text.strip())
        if match:
            return cls(match["code"], int(match["year"]), int(match["serial"]))
        for finding in check_numbers(text):
            raise ValueError(finding.advice)
        raise ValueError(_not_a_number(text.strip()[:40]))


@dataclass(frozen=True, slots=True)
class NumberFinding:
    """A mistake in a printed number or date: where it is, what it is, what to write instead.

    `code` is stable for programs: brackets, width, spaces, short_year, ordinal, leading_zero, no_such_day.
    `start` is a character offset into the text given; `suggestion` is empty if none can be known.
    """

    code: str
    text: str
    start: int
    suggestion: str
    message: str

    @property
    def advice(self) -> str:
        """What is wrong and, where it can be known, what to write instead."""
        if not self.suggestion:
            return self.message
        return _now("%(wrong)s Write %(better)s.") % {"wrong": self.message, "better": self.suggestion}


REASONS = {
    "brackets": _("The year of a document number stands in hexagonal brackets 〔 〕."),
    "width": _("Digits are half-width."),
    "spaces": _("No blanks inside a document number."),
    "short_year": _("The year is written in full, with four digits."),
    "ordinal": _("No “第” before the serial of a document number."),
    "leading_zero": _("No leading zeros."),
    "no_such_day": _("There is no such day."),
}


def check_numbers(text: str) -> list[NumberFinding]:
    """What is wrong with the document numbers in `text`, in the order of the text; [] if nothing is.

    One finding a kind of mistake; all findings of one number carry the same, fully corrected suggestion.
    """
    return [finding for match in _MEANT.finditer(text) for finding in _number_findings(match)]


def check_dates(text: str) -> list[NumberFinding]:
    """What is wrong with the dates in `text`: a short year, leading zeros, full-width digits, no such day."""
    return [finding for match in _DATE.finditer(text) for finding in _date_findings(match)]


def format_date(day: date) -> str:
    """2018年6月29日: Arabic digits, no leading zeros (clause 7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"


def parse_date(text: str) -> date:
    """The day that `text` (2018年6月29日) names; ValueError says what is wrong."""
    match = _DATE.fullmatch(text.strip())
    if not match:
        raise ValueError(
            _now("“%(text)s” is no date; write it as 2018年6月29日.") % {"text": text.strip()[:20]}
        )
    for finding in _date_findings(match):
        raise ValueError(finding.advice)
    return date(*(int(match[part]) for part in ("year", "month", "day")))


def _number_findings(match: re.Match[str]) -> list[NumberFinding]:
    year = match["year"].translate(_HALF_WIDTH)
    serial = match["serial"].translate(_HALF_WIDTH)
    inner = match[0][match.start("open") - match.start() : match.end("close") - match.start()]
    wrong = {
        "brackets": (match["open"], match["close"]) != ("〔", "〕"),
        "width": (year, serial) != (match["year"], match["serial"]),
        "spaces": bool(match["gap"] or match["gap2"]) or " " in inner or "\u3000" in inner,
        "short_year": len(year) != 4 or "年" in inner,
        "ordinal": bool(match["ordinal"]),
        "leading_zero": serial.startswith("0"),
    }
    full_year = year if len(year) == 4 else f"20{year}" if len(year) == 2 else ""
    plain_serial = serial.lstrip("0")
    known = full_year and plain_serial
    suggestion = f"{match['code']}〔{full_year}〕{plain_serial}号" if known else ""
    return [
        NumberFinding(code, match[0], match.start(), suggestion, str(REASONS[code]))
        for code, is_wrong in wrong.items()
        if is_wrong
    ]


def _date_findings(match: re.Match[str]) -> list[NumberFinding]:
    year, month, day = (match[part].translate(_HALF_WIDTH) for part in ("year", "month", "day"))
    wrong = {
        "width": (year, month, day) != (match["year"], match["month"], match["day"]),
        "short_year": len(year) != 4,
        "leading_zero": month.startswith("0") or day.startswith("0"),
    }
    suggestion = ""
    full_year = year if len(year) == 4 else f"20{year}" if len(year) == 2 else ""
    if full_year:
        try:
            suggestion = format_date(date(int(full_year), int(month), int(day)))
        except ValueError:
            wrong["no_such_day"] = True
    return [
        NumberFinding(code, match[0], match.start(), suggestion, str(REASONS[code]))
        for code, is_wrong in wrong.items()
        if is_wrong
    ]


def _not_a_number(text: str) -> str:
    return _now("“%(text)s” is no document number; write it as 官民函〔2018〕51号.") % {"text": text}
