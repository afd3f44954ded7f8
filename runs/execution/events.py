"""The events by which the engine reports its progress; the listener decides what to show."""

from __future__ import annotations

from dataclasses import dataclass

from runs.specs.spec import RunSpec


@dataclass(frozen=True)
class Started:
    """A worker has started a run from epoch ``start``, 0 for fresh weights, and is to train up to epoch ``until``."""

    spec: RunSpec
    start: int
    until: int


@dataclass(frozen=True)
class Trained:
    """One more epoch is stored."""

    spec: RunSpec
    epoch: int
    train_loss: float
    val_accuracy: float  # share of pixels, 0..1
    seconds: float
    images_per_second: float


@dataclass(frozen=True)
class Probed:
    """One more probe is stored."""

    run: str
    name: str
    epoch: int
    seconds: float


@dataclass(frozen=True)
class Finished:
    """All that was wanted of a run is stored; or it diverged, and is kept as such."""

    spec: RunSpec
    diverged: bool


@dataclass(frozen=True)
class Retried:
    """A worker died; its run continues from what is stored."""

    run: str
    reason: str


@dataclass(frozen=True)
class Crowded:
    """Memory ran out; the run continues from what is stored, with fewer runs side by side."""

    run: str
    workers: int


@dataclass(frozen=True)
class FellBack:
    """A GPU could not capture the steps of a run; they are taken one kernel at a time, to the same numbers."""

    run: str
    reason: str


@dataclass(frozen=True)
class Failed:
    """A run could not be finished; the others go on."""

    run: str
    reason: str


@dataclass(frozen=True)
class SetAside:
    """A damaged run, or a damaged file of it, was moved away, and is made again."""

    run: str
    where: str


Event = Started | Trained | Probed | Finished | Retried | Crowded | FellBack | Failed | SetAside
