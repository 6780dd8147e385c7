"""Money: integer fen inside, `Decimal` yuan at the edges, never a float.

A fen is a hundredth of a yuan. Functions raise `MoneyError` (a ValidationError) for anything that is no
exact amount: a float, NaN, an infinity, more than two decimals, more than fits the database.
"""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MAX_FEN = 10**15  # ten trillion yuan: far above any district, and every fen below is exact in Excel
_UNITS = {"": 1, "元": 1, "万": 10_000, "万元": 10_000, "亿": 100_000_000, "亿元": 100_000_000}
_AMOUNT = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)?(\.\d*)?(万元|亿元|元|万|亿)?整?")


class MoneyError(ValidationError):
    """No exact amount of yuan; `code` is one of float, number, decimals, range, split."""

    def __init__(self, message: Any, code: str) -> None:
        super().__init__(message, code=code)


def fen(yuan: Decimal | int | str) -> int:
    """Yuan to fen, exactly. Text may carry ¥, thousands separators and 元, 万元 or 亿元."""
    if isinstance(yuan, bool | float):
        raise MoneyError(_("An amount is never a floating-point number."), "float")
    if isinstance(yuan, str):
        return _from_text(yuan)
    return _from_decimal(Decimal(yuan))


def _from_decimal(yuan: Decimal) -> int:
    if not yuan.is_finite():
        raise MoneyError(_("Enter an amount in yuan, such as 180000.00."), "number")
    if abs(yuan) > MAX_FEN:  # before scaling, which costs memory for huge exponents
        raise MoneyError(_("This amount is too large."), "range")
    if yuan and yuan.adjusted() < -2:
        raise MoneyError(_("An amount has at most two decimals."), "decimals")
    whole = yuan.scaleb(2)
    result = int(whole)
    if result != whole:
        raise MoneyError(_("An amount has at most two decimals."), "decimals")
    if abs(result) > MAX_FEN:
        raise MoneyError(_("This amount is too large."), "range")
    return result


def _from_text(text: str) -> int:
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).lstrip("¥￥").removeprefix("人民币")
    match = _AMOUNT.fullmatch(plain.lstrip("¥￥")) if len(plain) <= 40 else None
    if match is None or not (match[2] or (match[3] and match[3] != ".")):
        raise MoneyError(_("Enter an amount in yuan, such as 180000.00."), "number")
    sign, whole, decimals, unit = match[1], (match[2] or "0").replace(",", ""), match[3] or "", match[4] or ""
    try:
        number = Decimal(f"{sign}{whole}{decimals}")
    except InvalidOperation:
        raise MoneyError(_("Enter an amount in yuan, such as 180000.00."), "number") from None
    return _from_decimal(number * _UNITS[unit])


def yuan(amount: int) -> Decimal:
    """Fen to yuan with exactly two decimals."""
    return Decimal(amount).scaleb(-2)


def format_yuan(amount: int, *, decimals: bool | None = None) -> str:
    """`180,000.00`; with `decimals=None` whole yuan lose their `.00`, with False they must be whole."""
    if decimals is False and amount % 100:
        raise MoneyError(_("This amount is not in whole yuan."), "decimals")
    sign, (whole, rest) = "-" if amount < 0 else "", divmod(abs(amount), 100)
    return f"{sign}{whole:,}" + (f".{rest:02d}" if decimals or (decimals is None and rest) else "")


# --- capitals -------------------------------------------------------------------------------------

_DIGITS = "零壹贰叁肆伍陆柒捌玖"


def capitals(amount: int) -> str:
    """The amount in capitals for cheques and agreements: 人民币壹拾捌万元整.

    After the payment and settlement rules of the People's Bank (支付结算办法, annex 1): 整 after 元 and 角,
    none after 分; one 零 for zeros inside, and 零 before 分 when there is no 角.
    """
    if abs(amount) > MAX_FEN:
        raise MoneyError(_("This amount is too large."), "range")
    whole, rest = divmod(abs(amount), 100)
    jiao, cents = divmod(rest, 10)
    text = _capital_integer(whole) + "元" if whole else ""
    if jiao:
        text += _DIGITS[jiao] + "角"
    elif cents and whole:
        text += "零"
    text += _DIGITS[cents] + "分" if cents else "整"
    if not whole and not rest:
        text = "零元整"
    return "人民币" + ("负" if amount < 0 else "") + text


def _capital_integer(number: int) -> str:
    """Groups of four digits, named 万, 亿, 万亿; zeros between two written digits give one 零."""
    groups: list[int] = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    text = ""
    gap = False
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if group:
            if text and (gap or group < 1000):
                text += "零"
            text += _capital_group(group) + ("万" if place % 2 else "")
        gap = not group
        if place == 2:  # 亿 closes everything above it, also when its own group is empty
            text += "亿"
    return text


def _capital_group(group: int) -> str:
    text = ""
    for unit, digit in zip(("仟", "佰", "拾", ""), f"{group:04d}", strict=True):
        if digit != "0":
            text += _DIGITS[int(digit)] + unit
        elif text and not text.endswith("零"):
            text += "零"
    return text.rstrip("零")


# --- splitting ------------------------------------------------------------------------------------


def split(amount: int, percentages: Sequence[Decimal | int]) -> list[int]:
    """Parts of an amount in fen by percentages that sum to 100; the last part takes the remainder.

    Every part but the last is rounded down to a whole fen, so the last is never short.
    """
    shares = [Decimal(p) for p in percentages]
    if isinstance(amount, bool | float) or any(isinstance(p, bool | float) for p in percentages):
        raise MoneyError(_("An amount is never a floating-point number."), "float")
    if amount < 0 or not shares or any(not s.is_finite() or s < 0 for s in shares) or sum(shares) != 100:
        raise MoneyError(_("The percentages must be positive and sum to 100."), "split")
    parts = [int(amount * share // 100) for share in shares[:-1]]
    return [*parts, amount - sum(parts)]


# --- a field --------------------------------------------------------------------------------------


class YuanFormField(forms.CharField):
    """Takes yuan as people write it, gives fen; shows fen as yuan with two decimals."""

    def __init__(self, *, min_fen: int | None = None, max_fen: int | None = None, **kwargs: Any) -> None:
        self.min_fen, self.max_fen = min_fen, max_fen
        super().__init__(**{"max_length": 40, **kwargs})
        self.widget.attrs.setdefault("inputmode", "decimal")

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return fen(text) if text else None

    def run_validators(self, value: Any) -> None:
        if value is None:
            return
        if self.min_fen is not None and value < self.min_fen:
            raise ValidationError(
                _("At least %(amount)s yuan."), "min", {"amount": format_yuan(self.min_fen)}
            )
        if self.max_fen is not None and value > self.max_fen:
            high = {"amount": format_yuan(self.max_fen)}
            raise ValidationError(_("At most %(amount)s yuan."), "max", high)

    def prepare_value(self, value: Any) -> Any:
        return str(yuan(value)) if isinstance(value, int) and not isinstance(value, bool) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True
