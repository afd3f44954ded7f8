"""How often equals are decided over all looks at growing seeds, and what it costs that they rarely are.

Run it from the top folder: python -m benchmarks.calibration
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import click
import numpy as np
from numpy.typing import NDArray

from report.results.format import show_per_cent
from report.results.sequential import (
    ORDERING_LEVEL,
    VALUE_LEVEL,
    find_mean_limits,
    find_run_limits,
    find_steps_level,
)

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Draw = Callable[[np.random.Generator, tuple[int, ...]], Floats]
#: Numbers of seeds and a level -> how many standard errors the interval of a mean reaches.
Rule = Callable[[Floats, float], Floats]

SIMULATIONS, DRAWS, MOST = 100, 2000, 100
#: The level at which the rule that looked once decided an ordering.
ONCE_LEVEL = 0.97
#: When one looks: at which numbers of seeds.
LOOKS: Mapping[str, Sequence[int]] = {
    "3 seeds, once": (3,),
    "3, 5, 10 and 20 seeds": (3, 5, 10, 20),
    "every n from 3 to 50": range(3, 51),
    "every n from 2 to 100": range(2, 101),
}
#: True differences, in standard deviations of a difference.
GAPS = (1, 2, 3, 5, 10)

#: How single seeds scatter about the truth.
SHAPES: Mapping[str, Draw] = {
    "normal": lambda rng, shape: rng.standard_normal(shape),
    "uniform": lambda rng, shape: rng.random(shape),
    "Student's t, 5 degrees": lambda rng, shape: rng.standard_t(5, shape),
    "exponential": lambda rng, shape: rng.standard_exponential(shape),
    "two clusters": lambda rng, shape: rng.integers(0, 2, shape) + 0.1 * rng.standard_normal(shape),
}


def decide_once(n: Floats, level: float) -> Floats:
    """Student's t (1908): the rule that holds at one number of seeds alone, for comparison."""
    from scipy.special import stdtrit

    return np.asarray(stdtrit(n - 1, 0.5 + level / 2))


def find_running(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Numbers of seeds from 2 on (n - 1,), and of the first so many values mean and spread (..., n - 1)."""
    n = np.arange(1, values.shape[-1] + 1, dtype=np.float64)
    mean = values.cumsum(axis=-1) / n
    squares = (values**2).cumsum(axis=-1) - n * mean**2
    spread = np.sqrt(np.maximum(squares[..., 1:], 0) / (n[1:] - 1))
    return n[1:], mean[..., 1:], spread


def find_ways(values: Floats, level: float, rule: Rule = find_mean_limits) -> NDArray[np.int8]:
    """(..., n) paired differences -> (..., n - 1): 1 above 0, -1 below, 0 open, for each number of them from 2 on."""
    n, mean, spread = find_running(values)
    return (np.sign(mean) * (np.abs(mean) > rule(n, level) * spread / np.sqrt(n))).astype(np.int8)


def decide_equals(draw: Draw, rng: np.random.Generator) -> Bools:
    """(draws,): whether an ordering between equals is decided at any number of seeds."""
    shape = (DRAWS, MOST)
    return np.asarray(find_ways(draw(rng, shape) - draw(rng, shape), ORDERING_LEVEL).any(axis=-1))


def decide_trends(draw: Draw, rng: np.random.Generator, points: int = 5) -> Bools:
    """(draws,): whether a trend over equal points is decided, for or against, at any number of seeds."""
    steps = np.diff(draw(rng, (DRAWS, points, MOST)), axis=1)
    holds = (find_ways(steps, ORDERING_LEVEL) > 0).all(axis=1)
    fails = (find_ways(steps, find_steps_level(points - 1)) < 0).any(axis=1)
    return np.asarray((holds | fails).any(axis=-1))


def decide_ties(draw: Draw, rng: np.random.Generator) -> Bools:
    """(draws,): whether a difference of exactly the margin is called a tie at any number of seeds."""
    noise = draw(rng, (DRAWS, MOST)) - draw(rng, (DRAWS, MOST))
    margin = float(noise.std())
    n, mean, spread = find_running(noise + margin)
    half = find_mean_limits(n, ORDERING_LEVEL) * spread / np.sqrt(n)
    return np.asarray((np.abs(mean) + half < margin).any(axis=-1))


def miss_runs(draw: Draw, rng: np.random.Generator, once: bool = False) -> Bools:
    """(draws,): whether one more run lies outside its prediction at any number of seeds; ``once``: outside Student's,
    which holds at one number of them alone.
    """
    new, values = draw(rng, (DRAWS, 1)), draw(rng, (DRAWS, MOST))
    n, mean, spread = find_running(values)
    limits = decide_once(n, VALUE_LEVEL) * np.sqrt(1 + 1 / n) if once else find_run_limits(n, VALUE_LEVEL)
    return np.asarray((np.abs(new - mean) > limits * spread).any(axis=-1))


def find_chances(gap: float, rule: Rule, level: float, rng: np.random.Generator) -> Floats:
    """(n - 1,): the share decided the right way by n seeds, looking at every number from 2 on."""
    ways = find_ways(rng.standard_normal((10 * DRAWS, 50)) + gap, level, rule)
    return np.maximum.accumulate(ways > 0, axis=-1).mean(axis=0)


def list_looks(rng: np.random.Generator) -> Iterator[list[str]]:
    """What repeated looks do to the rule that holds once, and to the one that holds always."""
    yield ["looking at", f"Student's, {show_per_cent(ONCE_LEVEL)}", f"sequential, {show_per_cent(ORDERING_LEVEL)}"]
    values = rng.standard_normal((50 * DRAWS, MOST))
    rules: Sequence[tuple[Rule, float]] = (decide_once, ONCE_LEVEL), (find_mean_limits, ORDERING_LEVEL)
    decided = [find_ways(values, level, rule) != 0 for rule, level in rules]
    for name, looks in LOOKS.items():
        at = np.asarray(looks) - 2
        yield [name, *(f"{100 * each[:, at].any(axis=1).mean():.1f} %" for each in decided)]


def list_shares(rng: np.random.Generator) -> Iterator[list[str]]:
    """For seeds of each shape the share decided wrongly at any n from 2 to 100."""
    yield ["seeds scatter as", "ordering", "trend of 5", "tie at the margin", "one more run"]
    for name, draw in SHAPES.items():
        row = [name]
        for decide in (decide_equals, decide_trends, decide_ties, miss_runs):
            shares = [100 * decide(draw, rng).mean() for _ in range(SIMULATIONS)]
            row.append(f"{np.mean(shares):.1f} % (≤ {max(shares):.1f} %)")
        yield row


def list_costs(rng: np.random.Generator) -> Iterator[list[str]]:
    """By how many seeds a gap is decided, by the rule that holds once and by the one that holds always."""
    at = (3, 4, 5, 10)
    yield ["gap", "half, Student's", "half, sequential", *(f"n = {n}" for n in at)]
    for gap in GAPS:
        once = find_chances(gap, decide_once, ONCE_LEVEL, rng)
        always = find_chances(gap, find_mean_limits, ORDERING_LEVEL, rng)
        half = [str(int(np.argmax(chances >= 0.5)) + 2) for chances in (once, always)]
        shares = [f"{100 * once[n - 2]:.0f} → {100 * always[n - 2]:.0f} %" for n in at]
        yield [f"{gap} spread{'s' if gap > 1 else ''}", *half, *shares]


def make_table(rows: Iterator[list[str]]) -> str:
    """Markdown, the first row its head."""
    heads = next(rows)
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


@click.command()
def main() -> None:
    """Prints the tables of docs/statistics.md, in some minutes."""
    for rows in (list_looks, list_shares, list_costs):
        click.echo(f"{make_table(rows(np.random.default_rng(20240)))}\n")
    missed = np.concatenate([miss_runs(SHAPES["normal"], np.random.default_rng(seed), once=True) for seed in range(10)])
    click.echo(f"One more run outside Student's prediction at any n from 2 to 100: {100 * missed.mean():.1f} %.")


if __name__ == "__main__":
    main()
