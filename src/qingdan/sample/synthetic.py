"""Makers of synthetic people, codes and days. Everything is a function of a number: no randomness, no clock."""

import datetime as dt
import hashlib
from collections.abc import Iterator

from stdnum.cn import ric, uscc

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"


def spread(number: int, size: int, salt: int = 0) -> int:
    """A steady, well-mixed index below `size`, the same on every machine; different salts are independent."""
    digest = hashlib.blake2b(f"{salt}:{number}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) * size >> 64


def name(number: int) -> str:
    """A plainly synthetic name: 赵样本, with a number so that no two are alike."""
    return f"{SURNAMES[spread(number, len(SURNAMES), 1)]}样本{number:04d}"


def resident_ids(
    first_birth: dt.date, last_birth: dt.date, areas: tuple[str, ...]
) -> Iterator[tuple[str, dt.date]]:
    """Distinct resident numbers valid by arithmetic (GB 11643-1999), all with the never-issued order number 000."""
    days = (last_birth - first_birth).days + 1
    for area in areas:
        for step in range(days):
            # a stride that is prime to most spans mixes the birth dates
            birth = first_birth + dt.timedelta(days=step * 211 % days if days % 211 else step)
            body = f"{area}{birth:%Y%m%d}000"
            yield body + ric.calc_check_digit(body + "0"), birth  # stdnum drops the last character itself


def credit_code(kind: int, serial: int, area: str = "530111") -> str:
    """A unified social credit code valid by arithmetic; kind 1 association, 2 service institution, 3 foundation."""
    body = f"MJ{serial:06d}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(weight * int(char, 36) for weight, char in zip(weights, body, strict=True))
    check = (11 - total % 11) % 11
    front = f"5{kind}{area}{body}{'X' if check == 10 else check}"
    return front + str(uscc.calc_check_digit(front))


def workday_like(start: dt.date, end: dt.date, number: int, salt: int = 0) -> dt.date:
    """A day between the two, both included, avoiding Sundays."""
    day = start + dt.timedelta(days=spread(number, (end - start).days + 1, salt))
    return day - dt.timedelta(days=1) if day.weekday() == 6 and day > start else day
