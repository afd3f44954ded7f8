"""Measured numbers as text: value, spread, unit and n, the way pages, sentences and terminals show them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import Decimal

from report.results.values import Measured

#: Decimals are cut where they would take a number past this many digits.
SIGNIFICANT = 6
#: Numbers below the first and from the second on are written as powers of ten.
TINY, HUGE = 1e-5, 1e9

#: A share (0..1) and a difference of shares (-1..1) are shown times a hundred.
SHARES = ("%", "points")

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def show_number(measured: Measured) -> str:
    """Value, unit, spread and n: "49.4 % ± 0.3 (n = 5)", "0.0096 (one seed)", "24" where it was computed."""
    text = show_plain(measured)
    if measured.n == 0:
        return text
    return f"{text} (one seed)" if measured.n == 1 else f"{text} (n = {measured.n})"


def show_plain(measured: Measured) -> str:
    """Value, unit and spread, without n: "49.4 % ± 0.3". What is the same on every seed has no spread to show."""
    unit, digits = measured.unit, count_decimals(measured)
    if not measured.spread:
        return show_amount(measured.value, unit, digits)
    value, spread = _scale(measured.value, unit), _scale(measured.spread, unit)
    if abs(value) < spread:
        return f"{_join_unit(_show_fixed(value, digits), unit)} ± {count_digits(spread, digits)}"
    return f"{show_amount(measured.value, unit, digits)} ± {_show_fixed(spread, digits)}"


def count_decimals(measured: Measured) -> int:
    """The decimals to show: as many as two significant digits of the spread need, for further ones of the value are
    noise, and no more than the measure has; past those only where a spread would look like none.
    """
    spread = _scale(measured.spread or 0.0, measured.unit)
    if not (spread and math.isfinite(spread)):
        return measured.digits
    if round(spread, measured.digits) == 0:
        return _count_finer(spread, measured.digits)
    return max(0, min(measured.digits, _count_two_digits(spread)))


def show_deviation(measured: Measured) -> str:
    """The spread with its unit, for a number that has one: "0.3 points" where the number is a share."""
    return show_amount(measured.spread or 0.0, find_difference_unit(measured.unit), count_decimals(measured))


def show_amount(value: float, unit: str = "", digits: int = 4) -> str:
    """One number with its unit: "49.4 %", "56.2 s", "7.8 points"; ``value`` as stored (a share is in 0..1)."""
    return _join_unit(count_digits(_scale(value, unit), digits), unit)


def show_interval(bounds: tuple[float, float], unit: str = "", digits: int = 4) -> str:
    """Both ends and the unit once: "48.1 to 49.5 %"."""
    low, high = (_scale(bound, unit) for bound in bounds)
    digits = _count_finer(high - low, digits)
    return _join_unit(f"{_show_fixed(low, digits)} to {_show_fixed(high, digits)}", unit)


def show_interval_of(measured: Measured, bounds: tuple[float, float]) -> str:
    """The interval of a number, with the decimals of the number; those of its measure where an end that is not 0 would
    look like 0, for then they tell on which side it lies.
    """
    digits = count_decimals(measured)
    ends = [_scale(bound, measured.unit) for bound in bounds]
    if any(end and round(end, digits) == 0 for end in ends):
        digits = max(digits, measured.digits)
    return show_interval(bounds, measured.unit, digits)


def show_written(value: float, unit: str = "", typed: str = "") -> str:
    """A figure as it was typed, to its last digit and no further: 0.469 with "%" is "46.9 %".

    ``typed`` is the text that it was read from, which also knows of zeros at its end: 1.345 in "1.3450" is "1.3450".
    """
    scaled = _scale(value, unit)
    figures = (figure.replace(",", "") for figure in re.findall(r"\d[\d,]*(?:\.\d+)?", typed))
    same = [figure for figure in figures if math.isclose(float(figure), abs(scaled), rel_tol=1e-9)]
    if same:
        return _join_unit(_show_fixed(scaled, len(same[0].partition(".")[2])), unit)
    exponent = Decimal(f"{scaled:.10g}").normalize().as_tuple().exponent
    return _join_unit(count_digits(scaled, max(0, -exponent) if isinstance(exponent, int) else 0), unit)


def round_interval(value: float, unit: str = "", typed: str = "") -> tuple[float, float]:
    """From the least to the greatest number that rounds to a written figure, as it was typed: for 0.469 with "%",
    "46.9 %", that is 0.4685 and 0.4695.
    """
    shown = re.search(r"\d+(?:\.(\d+))?", show_written(value, unit, typed))
    decimals = len(shown[1] or "") if shown else 0
    half = 0.5 * 10.0**-decimals / _scale(1.0, unit)
    return value - half, value + half


def find_difference_unit(unit: str) -> str:
    """The unit of a difference: two shares differ by points."""
    return "points" if unit == "%" else unit


def show_per_cent(share: float) -> str:
    """A level of confidence: 0.97 is "97 %"."""
    return f"{100 * share:.4g} %"


def join_words(items: Sequence[str], most: int = 4) -> str:
    """Names in a row; the rest are counted: "a, b, c, d and 3 more"."""
    text = ", ".join(items[:most])
    return f"{text} and {len(items) - most} more" if len(items) > most else text


def count_digits(value: float, digits: int) -> str:
    """A bare number with at most ``digits`` decimals.

    One that these would show as 0 gets two digits that are not 0; a huge or tiny one becomes a power of ten.
    """
    if value and math.isfinite(value) and round(value, digits) == 0:
        digits = _count_two_digits(value)
        if abs(value) < TINY:
            return _find_power(value)
    return _show_fixed(value, digits)


def _show_fixed(value: float, digits: int) -> str:
    """At most ``digits`` decimals, come what may: what is smaller is 0."""
    if not math.isfinite(value):
        return "no number" if math.isnan(value) else ("−∞" if value < 0 else "∞")
    size = abs(value)
    if size >= HUGE:
        return _find_power(value)
    decimals = digits if size < 1 else max(0, min(digits, SIGNIFICANT - len(str(int(size)))))
    return f"{value:,.{decimals}f}".replace("-", "−") if round(value, decimals) else f"{0:.{decimals}f}"


def _count_two_digits(value: float) -> int:
    """Decimals that show two significant digits, as they are once rounded: 0.996 is 1.0."""
    return 1 - int(f"{value:.1e}".partition("e")[2])


def _count_finer(size: float, digits: int) -> int:
    """Decimals that show the first digit of ``size``; no more than three beyond ``digits``."""
    if not math.isfinite(size) or size <= 0:
        return digits
    needed = -math.floor(math.log10(size))
    return needed if digits < needed <= digits + 3 else digits


def _find_power(value: float) -> str:
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa.replace('-', '−')} × 10{str(int(exponent)).translate(_SUPERSCRIPT)}"


def _scale(value: float, unit: str) -> float:
    return 100 * value if unit in SHARES else value


def _join_unit(text: str, unit: str) -> str:
    if unit == "points" and text in ("1", "−1"):
        return f"{text} point"
    return f"{text} {unit}" if unit else text
