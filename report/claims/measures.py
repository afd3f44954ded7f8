"""Measures that several questions ask for: the end of a training, and thresholds to hold a measure against."""

from __future__ import annotations

from dataclasses import replace

from report.claims.kinds import Measure
from runs.spec import RunSpec


def final(spec: RunSpec, column: str) -> Measure:
    """A column of the epochs table after the write-up's 25 epochs, one number a seed."""
    return lambda frames: frames.metric(spec, column)


def flat_at(measure: Measure, value: float) -> Measure:
    """A fixed threshold, given to each seed that ``measure`` has, so that the two can be paired."""
    return lambda frames: replace(measure(frames).map(lambda _: value), given=True)
