"""Seeds from equal truths in, how often an ordering or a trend is decided nevertheless out.

Run it from the top folder: python -m benchmarks.calibration
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import click
import numpy as np
from numpy.typing import NDArray

from report.results.format import show_per_cent
from report.results.statistics import ORDERING_LEVEL, VALUE_LEVEL, find_steps_level, find_t_quantile

Floats = NDArray[np.float64]
Draw = Callable[[np.random.Generator, tuple[int, ...]], Floats]

SEEDS = (3, 5, 10)
SIMULATIONS, DRAWS = 100, 2000

#: How single seeds scatter about the truth.
SHAPES: Mapping[str, Draw] = {
    "normal": lambda rng, shape: rng.standard_normal(shape),
    "uniform": lambda rng, shape: rng.random(shape),
    "Student's t, 5 degrees": lambda rng, shape: rng.standard_t(5, shape),
    "exponential": lambda rng, shape: rng.standard_exponential(shape),
    "two clusters": lambda rng, shape: rng.integers(0, 2, shape) + 0.1 * rng.standard_normal(shape),
}


def decided(values: Floats, level: float) -> NDArray[np.bool_]:
    """(..., n) paired differences -> (...): whether their interval excludes 0, either way."""
    n = values.shape[-1]
    half = find_t_quantile(level, n - 1) * values.std(axis=-1, ddof=1) / np.sqrt(n)
    return np.abs(values.mean(axis=-1)) > half


def orderings(draw: Draw, n: int, level: float, rng: np.random.Generator) -> Floats:
    """The share decided in each of 100 simulations of 2,000 orderings between equals."""
    shape = (SIMULATIONS, DRAWS, n)
    return decided(draw(rng, shape) - draw(rng, shape), level).mean(axis=1)


def trends(draw: Draw, n: int, points: int, rng: np.random.Generator) -> Floats:
    """The share of trends over equal points that are decided, for or against, in each of 100 simulations."""
    steps = np.diff(draw(rng, (SIMULATIONS, DRAWS, points, n)), axis=2)
    holds = (decided(steps, ORDERING_LEVEL) & (steps.mean(axis=-1) > 0)).all(axis=-1)
    fails = (decided(steps, find_steps_level(points - 1)) & (steps.mean(axis=-1) < 0)).any(axis=-1)
    return (holds | fails).mean(axis=1)


def table() -> str:
    """Markdown: the mean share and the largest in any one simulation."""
    rng = np.random.default_rng(20240)
    heads = [
        "seeds scatter as",
        "n",
        *(f"ordering, {show_per_cent(x)}" for x in (VALUE_LEVEL, ORDERING_LEVEL)),
        "trend of 5",
    ]
    rows = [heads, ["---", *["---:"] * (len(heads) - 1)]]
    for name, draw in SHAPES.items():
        for n in SEEDS:
            shares = [orderings(draw, n, level, rng) for level in (VALUE_LEVEL, ORDERING_LEVEL)]
            shares.append(trends(draw, n, 5, rng))
            rows.append([name, str(n), *(f"{100 * s.mean():.1f} % (≤ {100 * s.max():.1f} %)" for s in shares)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


@click.command()
def main() -> None:
    """Prints the table of docs/statistics.md, in about a minute."""
    click.echo(table())


if __name__ == "__main__":
    main()
