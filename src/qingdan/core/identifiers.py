"""National identifiers: their form, their check digit and what may be read out of them.

Nothing here knows a person or an organisation; a number goes in, facts come out. Numbers are normalised
first (full-width to half-width, blanks and hyphens dropped, upper case), so that what a clerk pastes works.

- unified social credit code (USCC): GB 32100-2015, with the organisation code of GB 11714
- resident identity number: GB 11643-1999
"""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from stdnum.cn import ric, uscc

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
_PROVINCES = "11-15 21-23 31-37 41-46 50-54 61-65 71-71 81-83"  # 83: residence permits of Taiwan residents
PROVINCES = frozenset(
    str(code)
    for first, last in (span.split("-") for span in _PROVINCES.split())
    for code in range(int(first), int(last) + 1)
)


class IdentifierError(ValidationError):
    """A number that cannot be what it claims; the message says what to do, `code` names the reason."""

    def __init__(self, message: Any, code: str) -> None:
        super().__init__(message, code=code)


def normalise(number: str) -> str:
    """Half-width, upper case, without blanks, hyphens or invisible characters."""
    text = unicodedata.normalize("NFKC", str(number)).upper()
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) not in {"Pd", "Cf", "Cc"})


# --- unified social credit code -------------------------------------------------------------------

CIVIL_AFFAIRS = "5"


class UsccKind(StrEnum):
    """What a code says its bearer is; only the civil-affairs kinds (department 5) are told apart."""

    ASSOCIATION = "51"
    SERVICE_INSTITUTION = "52"
    FOUNDATION = "53"
    OTHER_CIVIL_AFFAIRS = "59"
    ELSEWHERE = ""

    @property
    def label(self) -> Promise:
        return _USCC_KINDS[self]


_USCC_KINDS = {
    UsccKind.ASSOCIATION: _("association"),
    UsccKind.SERVICE_INSTITUTION: _("private non-enterprise unit"),
    UsccKind.FOUNDATION: _("foundation"),
    UsccKind.OTHER_CIVIL_AFFAIRS: _("other body registered by civil affairs"),
    UsccKind.ELSEWHERE: _("body registered by another department"),
}


@dataclass(frozen=True)
class Uscc:
    """A valid unified social credit code, taken apart."""

    code: str

    @property
    def department(self) -> str:
        """Registering department: "5" civil affairs, "9" market regulation, "1" staffing office …"""
        return self.code[0]

    @property
    def kind(self) -> UsccKind:
        if self.department != CIVIL_AFFAIRS:
            return UsccKind.ELSEWHERE
        try:
            return UsccKind(self.code[:2])
        except ValueError:
            return UsccKind.OTHER_CIVIL_AFFAIRS

    @property
    def area(self) -> str:
        """GB/T 2260 code of the registrar, 6 digits."""
        return self.code[2:8]

    @property
    def organisation_code(self) -> str:
        """The nine characters of GB 11714 inside the code."""
        return self.code[8:17]

    def warnings(self, *, district: str = "") -> list[Promise]:
        """What is unusual but no error: another department, another area, a doubtful inner check digit.

        An organisation registered with the city or the province may serve in the district, so these
        never refuse.
        """
        found: list[Promise] = []
        if self.department != CIVIL_AFFAIRS:
            found.append(_("This code was not issued by a civil-affairs department."))
        if district and self.area != district[:6]:
            found.append(_("This code was issued in another area; check that its bearer may serve here."))
        if not organisation_code_ok(self.organisation_code):
            found.append(_("The organisation code inside has a wrong check digit; check the certificate."))
        return found


def parse_uscc(number: str) -> Uscc:
    """Read a unified social credit code; raises IdentifierError.

    python-stdnum's own `validate` wants eight leading digits; the standard also knows letters there
    (N for rural collectives, A for the military), so only its check digit is used.
    """
    code = normalise(number)
    if re.fullmatch(r"\d{15}", code):
        raise IdentifierError(
            _("This is an old 15-digit registration number; give the 18-character code."), "old_number"
        )
    if len(code) != 18:
        raise IdentifierError(_("A unified social credit code has 18 characters."), "length")
    if any(c not in USCC_ALPHABET for c in code) or not code[2:8].isdigit():
        raise IdentifierError(
            _("A unified social credit code has digits and capitals, but never I, O, S, V or Z."),
            "format",
        )
    if code[17] != uscc.calc_check_digit(code[:17]):
        raise IdentifierError(
            _("The check digit of this code is wrong; compare it with the certificate."), "check_digit"
        )
    return Uscc(code)


def organisation_code_ok(code: str) -> bool:
    """GB 11714: eight characters (A = 10 … Z = 35) and a check digit, 10 written X."""
    if not re.fullmatch(r"[0-9A-Z]{8}[0-9X]", code):
        return False
    rest = 11 - sum(w * int(c, 36) for w, c in zip((3, 7, 9, 10, 5, 8, 4, 2), code[:8], strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest)) == code[8]


# --- resident identity number ---------------------------------------------------------------------


class Sex(StrEnum):
    MALE = "M"
    FEMALE = "F"


@dataclass(frozen=True)
class ResidentId:
    """A valid resident identity number, taken apart. Personal: keep it sealed, show it masked."""

    number: str

    def __repr__(self) -> str:  # never in a log
        return f"ResidentId({mask_id(self.number)})"

    __str__ = __repr__

    @property
    def area(self) -> str:
        """Area code at the time of the first registration; it may no longer exist today."""
        return self.number[:6]

    @property
    def birth_date(self) -> dt.date:
        return dt.date(int(self.number[6:10]), int(self.number[10:12]), int(self.number[12:14]))

    @property
    def sex(self) -> Sex:
        return Sex.MALE if int(self.number[16]) % 2 else Sex.FEMALE

    def age_on(self, day: dt.date) -> int:
        return age_on(self.birth_date, day)

    def under_14_on(self, day: dt.date) -> bool:
        return under_14_on(self.birth_date, day)


def parse_resident_id(number: str, *, today: dt.date | None = None) -> ResidentId:
    """Read a resident identity number; raises IdentifierError.

    `today` bounds the birth date; without it the date is only held against the calendar. The area is
    held against the provinces alone: counties come and go, and the number keeps the old one.
    """
    text = normalise(number)
    if len(text) == 15 and text.isdigit():
        raise IdentifierError(_("This is an old 15-digit number; give the 18-digit one."), "old_number")
    if len(text) != 18:
        raise IdentifierError(_("A resident identity number has 18 digits."), "length")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", text):
        raise IdentifierError(_("A resident identity number has 17 digits and a digit or X."), "format")
    if text[:2] not in PROVINCES:
        raise IdentifierError(_("The first two digits of this identity number are no province."), "area")
    try:
        birth = ResidentId(text).birth_date
    except ValueError:
        raise IdentifierError(
            _("The birth date in this identity number does not exist."), "birth_date"
        ) from None
    if today is not None and birth > today:
        raise IdentifierError(_("The birth date in this identity number lies in the future."), "birth_date")
    if text[17] != ric.calc_check_digit(text):
        raise IdentifierError(
            _("The check digit of this identity number is wrong; compare it with the card."), "check_digit"
        )
    return ResidentId(text)


def age_on(birth: dt.date, day: dt.date) -> int:
    """Full years; someone born on 29 February comes of age on 1 March of common years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def under_14_on(birth: dt.date, day: dt.date) -> bool:
    """Whether the person's data are a child's (Personal Information Protection Law, articles 28 and 31)."""
    return age_on(birth, day) < 14


# --- names and masks ------------------------------------------------------------------------------

MIDDLE_DOT = "·"
_DOTS = str.maketrans(dict.fromkeys("•・‧∙⋅．。｡●", MIDDLE_DOT))
NAME_LENGTH = 50  # code points; long minority names with dots stay well below


def clean_name(name: str) -> str:
    """A person's name in its registered form; raises IdentifierError.

    Counted in code points, characters beyond the BMP included; letters and ideographs of any script,
    with one kind of middle dot inside (never first, last or doubled). Latin names may hold a space,
    hyphen or apostrophe. Characters are not normalised: registered variants stay as they are.
    """
    text = " ".join(str(name).split())
    if not text.isascii():
        text = text.translate(_DOTS).replace(" ·", "·").replace("· ", "·")
    if not text:
        raise IdentifierError(_("Give a name."), "required")
    if len(text) > NAME_LENGTH:
        raise IdentifierError(_("This name is too long."), "length")
    # Private-use characters stand for rare ideographs not yet encoded; old registers hold them.
    allowed = {"Lo", "Lu", "Ll", "Lt", "Lm", "Mn", "Mc", "Co", "Nl"}
    if any(unicodedata.category(c) not in allowed and c not in "· -'’." for c in text):
        raise IdentifierError(_("A name has letters or characters only, with · between its parts."), "format")
    if text.startswith(MIDDLE_DOT) or text.endswith(MIDDLE_DOT) or MIDDLE_DOT * 2 in text:
        raise IdentifierError(_("A middle dot · stands between the parts of a name only."), "format")
    if all(c in "· -'’." for c in text):
        raise IdentifierError(_("Give a name."), "required")
    return text


def mask_id(number: str) -> str:
    """First four and last two characters; anything too short for that is hidden whole."""
    if len(number) <= 8:
        return "*" * len(number)
    return number[:4] + "*" * (len(number) - 6) + number[-2:]


def mask_phone(number: str) -> str:
    """Mobile numbers keep three and four digits, others the last two."""
    digits = normalise(number)
    if re.fullmatch(r"1\d{10}", digits):
        return digits[:3] + "****" + digits[-4:]
    return "*" * (len(digits) - 2) + digits[-2:] if len(digits) > 4 else "*" * len(digits)


def mask_name(name: str) -> str:
    """The first character, the rest hidden; middle dots stay so that the form of the name is seen."""
    if len(name) < 2:
        return "*" * len(name)
    return name[0] + "".join(c if c in "· " else "*" for c in name[1:])
