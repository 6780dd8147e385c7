from decimal import Decimal

import cn2an
import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from qingdan.core import money

amounts = st.integers(-money.MAX_FEN, money.MAX_FEN)


@given(amounts)
def test_fen_and_yuan_are_each_others_inverse(amount):
    assert money.fen(money.yuan(amount)) == amount
    assert money.fen(money.format_yuan(amount, decimals=True)) == amount
    assert money.fen(money.format_yuan(amount)) == amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("180000", 18_000_000),
        ("180,000.00", 18_000_000),
        ("１８０，０００．５", 18_000_050),
        ("¥ 0.01", 1),
        ("￥12.30元", 1230),
        ("人民币12元整", 1200),
        ("70万元", 70_000_000),
        ("1.5万", 1_500_000),
        ("0.000001万元", 1),
        ("2亿", 20_000_000_000),
        ("-3.2", -320),
        (".5", 50),
        ("5.", 500),
    ],
)
def test_amounts_as_people_write_them(text, amount):
    assert money.fen(text) == amount


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (1.0, "float"),
        (True, "float"),
        ("", "number"),
        (".", "number"),
        ("元", "number"),
        ("abc", "number"),
        ("1e5", "number"),
        ("NaN", "number"),
        ("Infinity", "number"),
        ("1,00", "number"),
        ("1 2 x", "number"),
        ("1" * 50, "number"),
        ("٣x", "number"),
        ("0.001", "decimals"),
        ("1.005", "decimals"),
        ("0.0000001万", "decimals"),
        (Decimal("NaN"), "number"),
        (Decimal("Infinity"), "number"),
        (Decimal("1e-7"), "decimals"),
        (Decimal("1e999999"), "range"),
        ("9999999999999999", "range"),
    ],
)
def test_what_is_no_exact_amount_is_refused(value, reason):
    with pytest.raises(money.MoneyError) as refused:
        money.fen(value)
    assert refused.value.code == reason


def test_formats():
    assert money.format_yuan(18_000_000) == "180,000"
    assert money.format_yuan(18_000_000, decimals=True) == "180,000.00"
    assert money.format_yuan(-5) == "-0.05"
    assert money.format_yuan(18_000_000, decimals=False) == "180,000"
    with pytest.raises(money.MoneyError):
        money.format_yuan(1, decimals=False)


@pytest.mark.parametrize(
    ("yuan", "words"),
    [
        # Examples of the settlement rules, then the awkward ones.
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("180000", "壹拾捌万元整"),
        ("0", "零元整"),
        ("0.01", "壹分"),
        ("0.10", "壹角整"),
        ("0.12", "壹角贰分"),
        ("10", "壹拾元整"),
        ("100000", "壹拾万元整"),
        ("1000001", "壹佰万零壹元整"),
        ("10000001.50", "壹仟万零壹元伍角整"),
        ("100000000", "壹亿元整"),
        ("100010000", "壹亿零壹万元整"),
        ("100000001", "壹亿零壹元整"),
        ("120003400", "壹亿贰仟万叁仟肆佰元整"),
        ("1000000000000", "壹万亿元整"),
        ("1000012340000", "壹万亿零壹仟贰佰叁拾肆万元整"),
        ("-7.05", "负柒元零伍分"),
    ],
)
def test_capitals(yuan, words):
    assert money.capitals(money.fen(yuan)) == "人民币" + words


def read_capitals(text):
    """The way back, written apart from the code under test."""
    text = text.removeprefix("人民币").removesuffix("整")
    sign = -1 if text.startswith("负") else 1
    whole, _, rest = text.removeprefix("负").rpartition("元")
    total, section, digit = 0, 0, 0
    high = 0
    for c in whole:
        if c in money._DIGITS:
            digit = money._DIGITS.index(c)
        elif c in "拾佰仟":
            section, digit = section + digit * {"拾": 10, "佰": 100, "仟": 1000}[c], 0
        elif c == "万":
            total, section, digit = total + (section + digit) * 10_000, 0, 0
        elif c == "亿":
            high, total, section, digit = (total + section + digit) * 10**8, 0, 0, 0
    cents = 0
    for mark, worth in (("角", 10), ("分", 1)):
        if mark in rest:
            cents += money._DIGITS.index(rest[rest.index(mark) - 1]) * worth
    return sign * ((high + total + section + digit) * 100 + cents)


@given(amounts | st.integers(-200, 200) | st.integers(0, 10**13).map(lambda n: n * 100))
def test_capitals_can_be_read_back(amount):
    words = money.capitals(amount)
    assert read_capitals(words) == amount
    assert "零零" not in words
    assert not words.endswith("零")


@given(st.integers(1, 10**12 - 1))
def test_capitals_of_whole_yuan_agree_with_cn2an(whole):
    # cn2an keeps a zero before a thousand after an empty unit digit now and then; zeros aside they agree.
    ours = money.capitals(whole * 100).removeprefix("人民币")
    assert ours.replace("零", "") == cn2an.an2cn(str(whole), "rmb").replace("零", "")


def test_capitals_have_an_end():
    with pytest.raises(money.MoneyError):
        money.capitals(money.MAX_FEN + 1)


@given(
    st.integers(0, money.MAX_FEN),
    st.lists(st.integers(0, 10_000), min_size=0, max_size=5).filter(lambda p: sum(p) <= 10_000),
)
def test_parts_sum_to_the_whole(amount, basis_points):
    shares = [Decimal(p) / 100 for p in basis_points]
    shares.append(100 - sum(shares))
    parts = money.split(amount, shares)
    assert sum(parts) == amount
    for part, share in zip(parts[:-1], shares[:-1], strict=True):
        assert 0 <= Decimal(amount) * share / 100 - part < 1
    assert 0 <= parts[-1] - Decimal(amount) * shares[-1] / 100 < len(parts)


def test_a_usual_split():
    assert money.split(10_000_001, [50, 40, 10]) == [5_000_000, 4_000_000, 1_000_001]


@pytest.mark.parametrize("shares", [[], [50, 40], [110, -10], [Decimal("NaN"), 100], [50.0, 50]])
def test_wrong_percentages(shares):
    with pytest.raises(money.MoneyError):
        money.split(100, shares)


class AmountForm(forms.Form):
    amount = money.YuanFormField(min_fen=0, max_fen=money.MAX_FEN)


def test_a_form_takes_yuan_and_gives_fen():
    form = AmountForm({"amount": "180,000.05"})
    assert form.is_valid()
    assert form.cleaned_data["amount"] == 18_000_005
    assert 'value="180000.05"' in str(AmountForm(initial={"amount": 18_000_005})["amount"])
    assert not AmountForm({"amount": "180000.05"}, initial={"amount": 18_000_005}).has_changed()
    assert AmountForm({"amount": "x"}, initial={"amount": 18_000_005}).has_changed()


@pytest.mark.parametrize("text", ["", "-1", "0.001", "abc", "1e3"])
def test_a_form_refuses_other_amounts(text):
    assert "amount" in AmountForm({"amount": text}).errors


def test_a_refused_text_is_shown_again():
    assert 'value="abc"' in str(AmountForm({"amount": "abc"})["amount"])
