"""Measures that several questions ask for: the end of a training, and thresholds to hold a measure against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import ParamSpec

from report.claims.kinds import Measure
from runs.spec import RunSpec

Settings = ParamSpec("Settings")


def taken_once(factory: Callable[Settings, Measure]) -> Callable[Settings, Measure]:
    """What makes measures from settings, so that those of equal settings are taken once of the same frames."""

    @wraps(factory)
    def made(*settings: Settings.args, **more: Settings.kwargs) -> Measure:
        measure, key = factory(*settings, **more), (factory, settings, *more.items())
        return lambda frames: frames.once(key, lambda: measure(frames))

    return made


def final(spec: RunSpec, column: str) -> Measure:
    """A column of the epochs table after the write-up's 25 epochs, one number a seed."""
    return lambda frames: frames.metric(spec, column)


def flat_at(measure: Measure, value: float) -> Measure:
    """A fixed threshold, given to each seed that ``measure`` has, so that the two can be paired."""
    return lambda frames: replace(measure(frames).map(lambda _: value), given=True)
