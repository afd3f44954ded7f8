"""Measures that several questions ask for: the end of a training, and thresholds to hold a measure against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import ParamSpec

import numpy as np

from report.results.frames import Frames, Measure
from report.results.values import Sample
from runs.specs.catalogue import BASE, REGRESSION
from runs.specs.spec import RunSpec


def training_loss(written_epoch: int) -> Measure:
    """RegressionCNN's training loss: squared error in RGB, pixels in 0..1."""
    return lambda frames: frames.metric(REGRESSION, "train_loss", written_epoch)


def fastest_epoch_seconds(spec: RunSpec) -> Measure:
    """The time of the fastest epoch of training, one number a seed: what else runs on a machine only adds to it."""

    def measure(frames: Frames) -> Sample:
        last = frames.preset.epoch(BASE)
        time = frames.gather(
            spec, "train_seconds", lambda rows: float(np.nanmin(rows.until("train_seconds", last))), last
        )
        return time.map(float, digits=2)

    return measure


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
