"""How probably each gap that the write-up reports is decided, by the number of seeds.

Run it from the top folder: python -m benchmarks.power
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import click

from report.results.format import show_amount, show_per_cent, show_written
from report.results.outlook import MOST_SEEDS, PROBABLY
from report.results.sequential import ORDERING_LEVEL, find_mean_limits

SEEDS = (3, 5, 10)


@dataclass(frozen=True)
class Gap:
    """A difference that the write-up reports, and how widely it may scatter from seed to seed.

    Attributes:
        what: which two numbers.
        size: their written difference; of two shares, in 0..1.
        spreads: plausible standard deviations of the paired difference, from calm to noisy.
        unit: "" or "points".
    """

    what: str
    size: float
    spreads: Sequence[float]
    unit: str = ""


_REGRESSION = (0.0001, 0.0003, 0.0006)
_LOSS = (0.005, 0.01, 0.02)
_ACCURACY = (0.002, 0.004, 0.008)

GAPS = (
    Gap("1.1.c regression loss, 25 against 15 epochs", 0.0006, _REGRESSION),
    Gap("1.1.c regression loss, 50 against 25 epochs", 0.0028, _REGRESSION),
    Gap("1.3.b validation loss, UNet against CNN", 0.2398, _LOSS),
    Gap("1.3.b accuracy, UNet against CNN", 0.078, _ACCURACY, "points"),
    Gap("1.3.c validation loss, batch 200 against 100", 0.0723, _LOSS),
    Gap("1.3.c validation loss, batch 100 against 50", 0.0023, _LOSS),
    Gap("1.3.c validation loss, batch 50 against 20", 0.0468, _LOSS),
    Gap("1.3.c validation loss, batch 10 against 20", 0.0166, _LOSS),
    Gap("1.3.c training loss, batch 50 against 20", 0.0105, _LOSS),
    Gap("1.3.c accuracy, batch 100 against 200", 0.025, _ACCURACY, "points"),
    Gap("1.3.c accuracy, batch 50 against 100", 0.001, _ACCURACY, "points"),
    Gap("1.3.c accuracy, batch 20 against 50", 0.013, _ACCURACY, "points"),
    Gap("1.3.c accuracy, batch 10 against 20", 0.003, _ACCURACY, "points"),
    Gap("1.6.a accuracy, rate 0.001 against 0.01", 0.008, _ACCURACY, "points"),
    Gap("1.6.a validation loss, rate 0.01 against 0.001", 0.0116, _LOSS),
    Gap("1.6.a training loss, rate 0.001 against 0.01", 0.0397, _LOSS),
)


def find_power(gap: float, spread: float, n: int) -> float:
    """The chance (0..1) that n paired differences decide an ordering the right way, by the noncentral t,
    whatever fewer of them would have said.

    Args:
        gap: the true mean difference.
        spread: the true standard deviation of a difference, above 0.
        n: seeds, at least 2.
    """
    from scipy.special import nctdtr

    limit = float(find_mean_limits(n, ORDERING_LEVEL))
    return 0.0 if math.isinf(limit) else float(1 - nctdtr(n - 1, abs(gap) * math.sqrt(n) / spread, limit))


def count_seeds_for(gap: float, spread: float) -> int | None:
    """The fewest seeds that probably decide; None when it takes more than 200."""
    return next((n for n in range(2, MOST_SEEDS + 1) if find_power(gap, spread, n) >= PROBABLY), None)


def table(gaps: Sequence[Gap] = GAPS) -> str:
    """Markdown: a row for each gap and spread."""
    heads = ["gap", "size", "spread", *(f"n = {n}" for n in SEEDS), f"seeds for {show_per_cent(PROBABLY)}"]
    rows = [heads, ["---", *["---:"] * (len(heads) - 1)]]
    for gap in gaps:
        for spread in gap.spreads:
            chances = [f"{100 * find_power(gap.size, spread, n):.0f} %" for n in SEEDS]
            fewest = count_seeds_for(gap.size, spread)
            size, noise = show_written(gap.size, gap.unit), show_amount(spread, gap.unit, 1 if gap.unit else 4)
            rows.append([gap.what, size, noise, *chances, f"over {MOST_SEEDS}" if fewest is None else str(fewest)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


@click.command()
def main() -> None:
    """Prints the table of docs/statistics.md."""
    click.echo(f"Power at the {show_per_cent(ORDERING_LEVEL)} level, paired by seed.\n")
    click.echo(table())


if __name__ == "__main__":
    main()
