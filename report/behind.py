"""The numbers behind a figure, as cells of its data table."""

from __future__ import annotations

import math
from collections.abc import Sequence

Cell = str | float | int | None
Cells = Sequence[Cell]


def filled(numbers: Sequence[float] | None, length: int) -> list[float]:
    """The numbers, filled up with NaN; none at all where there are none."""
    known = [] if numbers is None else [float(number) for number in numbers]
    return [*known, *[math.nan] * (length - len(known))]


def finite(numbers: Sequence[float]) -> list[float]:
    """What is not finite as NaN, which is drawn as a gap."""
    return [float(number) if math.isfinite(number) else math.nan for number in numbers]


def cell(number: float) -> Cell:
    """A number for a data table: whole ones as such, none for what is not finite."""
    if not math.isfinite(number):
        return None
    return int(number) if float(number).is_integer() and abs(number) < 1e15 else float(number)
