from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingdan.core.figures import FigureError, Printed, plain, print_value


@pytest.mark.parametrize(
    ("exact", "options", "printed"),
    [
        (12, {"step": 10}, Printed("10余", "over")),
        (10, {"step": 10}, Printed("10", "none")),
        (26317, {"step": 1000}, Printed("26000余", "over")),
        (5447, {"step": 10}, Printed("5440余", "over")),
        (3866, {}, Printed("3866", "none")),
    ],
)
def test_over_is_a_manner_of_printing(exact, options, printed):
    assert print_value(Decimal(exact), "场", **options) == Printed(printed.text + "场", printed.approx)
    assert print_value(Decimal(exact), "场", bare=True, **options) == printed


def test_money_in_ten_thousands(english):
    assert print_value(Decimal("1500000"), "元", scale=10_000).text == "150万元"
    assert print_value(Decimal("1505000"), "元", scale=10_000).text == "150.5万元"
    assert print_value(Decimal("1505000"), "元", scale=10_000, step=100_000).text == "150万余元"
    with pytest.raises(FigureError, match="without losing digits"):
        print_value(Decimal("1500001"), "元", scale=10_000)


def test_a_step_above_the_value_is_refused(english):
    with pytest.raises(FigureError, match="below the step"):
        print_value(Decimal(7), "场", step=10)


@given(st.integers(0, 10**9), st.sampled_from([10, 100, 1000, 10_000]))
def test_a_lower_bound_never_exceeds_the_value_nor_misses_it_by_a_step(value, step):
    if 0 < value < step:
        with pytest.raises(FigureError):
            print_value(Decimal(value), "人", step=step)
        return
    printed = print_value(Decimal(value), "人", step=step)
    bound = int(printed.text.rstrip("人").rstrip("余"))
    assert bound <= value < bound + step
    assert (printed.approx == "over") == (bound != value)


@given(st.decimals(min_value=0, max_value=10**12, places=2))
def test_plain_loses_no_digit(number):
    assert Decimal(plain(number)) == number
