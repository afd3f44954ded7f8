from __future__ import annotations

import math
from typing import Any

import pytest

from report.results.format import (
    count_digits,
    find_difference_unit,
    join_words,
    show_amount,
    show_interval,
    show_interval_of,
    show_number,
    show_per_cent,
    show_plain,
    show_written,
)
from report.results.values import Measured


@pytest.mark.parametrize(
    ("measured", "text"),
    [
        (Measured(0.4938, "%", 1, 0.00302, 5), "49.4 % ± 0.3 (n = 5)"),
        (Measured(0.0096, "", 4, None, 1), "0.0096 (one seed)"),
        (Measured(56.23, "s", 1, None, 0), "56.2 s"),
        (Measured(56.23, "s", 1, 0.42, 3), "56.2 s ± 0.4 (n = 3)"),
        (Measured(24, "", 0, None, 0), "24"),
        (Measured(-0.0783, "points", 1, 0.002, 2), "−7.8 points ± 0.2 (n = 2)"),
        (Measured(1.342, "", 3, 0.0, 2), "1.342 (n = 2)"),
        (Measured(1.342, "", 3, 0.00004, 2), "1.34200 ± 0.00004 (n = 2)"),
        (Measured(0.22187, "%", 1, 0.000077, 2), "22.187 % ± 0.008 (n = 2)"),
        (Measured(17.29999, "", 4, 1.4732, 3), "17.3 ± 1.5 (n = 3)"),
        (Measured(1.57977, "", 4, 0.01059, 3), "1.580 ± 0.011 (n = 3)"),
        (Measured(12.3, "", 4, 0.996, 3), "12.3 ± 1.0 (n = 3)"),
        (Measured(12.3, "", 4, 0.994, 3), "12.30 ± 0.99 (n = 3)"),
        (Measured(0.5, "%", 1, 0.0999, 3), "50 % ± 10 (n = 3)"),
        (Measured(456.3, "", 1, 514.2, 3), "456 ± 514 (n = 3)"),
        (Measured(0.0059, "", 1, 0.14, 3), "0.0 ± 0.1 (n = 3)"),
        (Measured(-0.0059, "", 1, 0.14, 3), "0.0 ± 0.1 (n = 3)"),
        (Measured(0.00003, "", 4, 0.00001, 3), "0.00003 ± 0.00001 (n = 3)"),
        (Measured(2e12, "", 0, 1e11, 3), "2.0 × 10¹² ± 1.0 × 10¹¹ (n = 3)"),
        (Measured(math.nan), "no number (one seed)"),
    ],
)
def test_number(measured: Any, text: Any) -> None:
    assert show_number(measured) == text


def test_plain_leaves_n_out() -> None:
    assert show_plain(Measured(0.4938, "%", 1, 0.003, 5)) == "49.4 % ± 0.3"


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.0, 4, "0.0000"),
        (-0.0, 1, "0.0"),
        (0.000032, 4, "0.000032"),
        (-0.000032, 4, "−0.000032"),
        (0.000996, 2, "0.0010"),
        (3.24e-7, 4, "3.2 × 10⁻⁷"),
        (-1.5e12, 1, "−1.5 × 10¹²"),
        (1234.56789, 4, "1,234.57"),
        (294912.0, 0, "294,912"),
        (12345678.9, 4, "12,345,679"),
        (0.5, 8, "0.50000000"),
        (math.inf, 2, "∞"),
        (-math.inf, 2, "−∞"),
        (math.nan, 2, "no number"),
    ],
)
def test_digits(value: Any, digits: Any, text: Any) -> None:
    assert count_digits(value, digits) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1.3347, "", "1.3347"),
        (0.469, "%", "46.9 %"),
        (0.005, "points", "0.5 points"),
        (0.01, "points", "1 point"),
        (57.0, "s", "57 s"),
        (5000, "", "5,000"),
        (0.00005, "", "0.00005"),
        (0.0, "", "0"),
    ],
)
def test_written_figures_keep_their_last_digit_and_no_more(value: Any, unit: Any, text: Any) -> None:
    assert show_written(value, unit) == text


@pytest.mark.parametrize(
    ("value", "unit", "typed", "text"),
    [
        (1.345, "", "1.3450", "1.3450"),
        (0.47, "%", "47.0 %", "47.0 %"),
        (1.25, "", "1.250 against 1.55", "1.250"),
        (5000, "", "5,000", "5,000"),
        (2.875, "", "161 s / 56 s", "2.875"),
        (-0.5, "", "−0.50", "−0.50"),
        (0.0, "", "no step the other way", "0"),
    ],
)
def test_written_figures_keep_the_zeros_that_they_were_typed_with(value: Any, unit: Any, typed: Any, text: Any) -> None:
    assert show_written(value, unit, typed) == text


def test_interval_names_the_unit_once() -> None:
    assert show_interval((0.4812, 0.4951), "%", 1) == "48.1 to 49.5 %"
    assert show_interval((-0.01, 0.02), "", 2) == "−0.01 to 0.02"


def test_interval_shows_its_width() -> None:
    assert show_interval((0.00002, 0.0001), "", 4) == "0.00002 to 0.00010"
    assert show_interval((0.00971, 0.00974), "", 4) == "0.00971 to 0.00974"
    assert show_interval((1.0, 1.0), "", 4) == "1.0000 to 1.0000"
    assert show_interval((-0.0003, 2.0), "", 2) == "0.00 to 2.00"
    assert show_interval((-math.inf, 2.0), "", 2) == "−∞ to 2.00"


def test_interval_of_a_number_has_its_decimals_and_shows_on_which_side_of_0_it_ends() -> None:
    assert show_interval_of(Measured(1.57977, "", 4, 0.01059, 3), (1.55343, 1.60617)) == "1.553 to 1.606"
    assert show_interval_of(Measured(0.02523, "", 4, 0.0212, 3), (-0.00014, 0.0506)) == "−0.0001 to 0.0506"
    assert show_interval_of(Measured(0.3, "%", 1), (0.25, 0.35)) == "25.0 to 35.0 %"


def test_small_words() -> None:
    assert show_amount(0.078, "points", 1) == "7.8 points"
    assert (find_difference_unit("%"), find_difference_unit("s"), find_difference_unit("")) == ("points", "s", "")
    assert (show_per_cent(0.97), show_per_cent(0.9925)) == ("97 %", "99.25 %")
    assert (join_words(["a", "b"]), join_words("abcdef", 4)) == ("a, b", "a, b, c, d and 2 more")
