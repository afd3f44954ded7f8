"""Made-up samples, frames and tests of claims, and a case for every kind of test and every status."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from report.judging import claim
from report.judging.claim import Claim, Margin
from report.judging.judge import judge
from report.judging.kinds import Expected, Fact, Identity, Judgement, Ordering, Trend, Value
from report.results.frames import Frames, Measure
from report.results.values import Sample, make_known
from runs.specs.catalogue import PRESETS


def frames(written: str = "same", preset: str = "write-up", stale: tuple[str, ...] = ()) -> Frames:
    runs = pd.DataFrame({"stale": [f"s{i}" in stale for i in range(5)]}, index=[f"s{i}" for i in range(5)])
    return Frames({"written": written}, runs, pd.DataFrame({"run": []}), {}, {}, PRESETS[preset])


def sample(
    *values: float | None,
    missing: tuple[str, ...] = (),
    diverged: tuple[str, ...] = (),
    unit: str = "",
    digits: int = 4,
) -> Sample:
    """One number a seed from 0; a None is a seed without a number."""
    there = {seed: value for seed, value in enumerate(values) if value is not None}
    return Sample(there, unit, digits, tuple(f"s{seed}" for seed in there), missing, diverged)


def gives(*values: float | None, **lack: Any) -> Measure:
    found = sample(*values, **lack)
    return Measure(lambda frames: found)


def fails(error: Exception) -> Measure:
    def measure(frames: Frames) -> Sample:
        raise error

    return Measure(measure)


MISSING, DIVERGED = gives(missing=("r1",)), gives(diverged=("r2",))
LOW, HIGH, OPEN, WIDE = gives(1.0, 1.1, 0.9), gives(2.0, 2.2, 2.0), gives(1.0, 2.0, 0.5), gives(0.0, 3.0, 1.0)


def ordering(larger: Measure, smaller: Measure, margin: float = 0.0) -> Ordering:
    return Ordering(larger, smaller, Margin(margin, "", "a reason"), ("the UNet", "the CNN"))


def trend(*steps: Measure, margin: float = 0.0, turns: tuple[int, ...] = ()) -> Trend:
    return Trend(steps, "abcdefghijkl"[: len(steps)], "rises", Margin(margin, "", "a reason"), turns)


def proxy(*orderings: Ordering) -> Judgement:
    return Judgement({f"proxy {index}": each for index, each in enumerate(orderings)})


HOLDS, REVERSED, UNSURE = ordering(HIGH, LOW), ordering(LOW, HIGH), ordering(OPEN, WIDE)

CASES: dict[tuple[type, str], claim.Rule] = {
    (Value, "reproduced"): Value(1.0, LOW, 0.9),
    (Value, "not reproduced"): Value(3.0, LOW, 0.9),
    (Value, "undecided"): Value(1.4, LOW, 0.5),
    (Value, "not assessable"): Value(1.0, DIVERGED, 0.5),
    (Value, "missing"): Value(1.0, MISSING, 0.5),
    (Expected, "reproduced"): Expected(1.0, LOW, 0.5),
    (Expected, "not reproduced"): Expected(3.0, LOW, 0.5),
    (Expected, "undecided"): Expected(1.4, LOW, 0.5),
    (Expected, "not assessable"): Expected(1.0, DIVERGED, 0.5),
    (Expected, "missing"): Expected(1.0, MISSING, 0.5),
    (Ordering, "reproduced"): HOLDS,
    (Ordering, "not reproduced"): REVERSED,
    (Ordering, "undecided"): UNSURE,
    (Ordering, "not assessable"): ordering(HIGH, DIVERGED),
    (Ordering, "missing"): ordering(HIGH, MISSING),
    (Trend, "reproduced"): trend(gives(1.0, 1.1, 1.2), gives(2.0, 2.101, 2.2), gives(3.0, 3.103, 3.2)),
    (Trend, "not reproduced"): trend(gives(2.0, 2.1, 1.9), gives(1.0, 1.101, 0.9), gives(3.0, 3.1, 2.9)),
    (Trend, "undecided"): trend(LOW, OPEN, HIGH),
    (Trend, "not assessable"): trend(LOW, DIVERGED, HIGH),
    (Trend, "missing"): trend(LOW, MISSING, HIGH),
    (Identity, "reproduced"): Identity(gives(0, 0, 0)),
    (Identity, "not reproduced"): Identity(gives(0, 3, 0)),
    (Identity, "undecided"): Identity(gives(0, 0, diverged=("s2",))),
    (Identity, "not assessable"): Identity(DIVERGED),
    (Identity, "missing"): Identity(MISSING),
    (Fact, "reproduced"): Fact(0.25, Measure(lambda frames: make_known(0.25)), "one side over the other"),
    (Fact, "not reproduced"): Fact(0.5, Measure(lambda frames: make_known(0.25)), "one side over the other"),
    (Fact, "undecided"): Fact(5, gives(5, 6, digits=0), "the layers, one by one"),
    (Fact, "not assessable"): Fact(5, Measure(lambda frames: make_known(math.nan)), "one side over the other"),
    (Fact, "missing"): Fact(5, MISSING, "the layers, one by one"),
    (Judgement, "reproduced"): proxy(HOLDS, HOLDS),
    (Judgement, "not reproduced"): proxy(REVERSED, REVERSED),
    (Judgement, "undecided"): proxy(HOLDS, REVERSED),
    (Judgement, "not assessable"): Judgement(reason="taste"),
    (Judgement, "missing"): proxy(HOLDS, ordering(HIGH, MISSING)),
}


def verdict(test: claim.Rule, found: Frames | None = None, **fields: str) -> Any:
    """A Verdict; not called so, as the tests take its optional parts as there."""
    return judge(Claim("1.1.a.some", "A statement.", "1", test, "A reason.", **fields), found or frames())
