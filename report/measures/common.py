"""Measures that several questions ask for: the end of a training, and thresholds to hold a measure against."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from report.results.frames import Frames, Measure, make_measure
from report.results.values import Sample
from runs.specs.catalogue import BASE, REGRESSION
from runs.specs.spec import RunSpec


@make_measure
def training_loss(frames: Frames, written_epoch: int) -> Sample:
    """RegressionCNN's training loss: squared error in RGB, pixels in 0..1."""
    return frames.metric(REGRESSION, "train_loss", written_epoch)


@make_measure
def printed_loss(frames: Frames, written_epoch: int) -> Sample:
    """RegressionCNN's loss as the assignment's notebook prints it: the training loss of the last batch of an epoch."""
    return frames.metric(REGRESSION, "last_batch_loss", written_epoch)


@make_measure
def fastest_epoch_seconds(frames: Frames, spec: RunSpec) -> Sample:
    """The time of the fastest epoch of training, one number a seed: what else runs on a machine only adds to it."""
    last = frames.preset.epoch(BASE)
    time = frames.gather(spec, "train_seconds", lambda rows: float(np.nanmin(rows.until("train_seconds", last))), last)
    return time.shown_as(digits=2)


@make_measure
def final(frames: Frames, spec: RunSpec, column: str) -> Sample:
    """A column of the epochs table after the write-up's 25 epochs, one number a seed."""
    return frames.metric(spec, column)


@make_measure
def flat_at(frames: Frames, measure: Measure, value: float) -> Sample:
    """A fixed threshold, given to each seed that ``measure`` has, so that the two can be paired."""
    return replace(frames.take(measure).map(lambda _: value), given=True)
