"""The plan: what is left to train, keep and measure for some goals, the longest run first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from runs.errors import DamagedError
from runs.specs.catalogue import Goal
from runs.specs.probe_outputs import DATA_PROBES, RUN_PROBES
from runs.specs.spec import RunSpec, read_spec
from runs.storage.records import is_stale
from runs.storage.store import DATA, Store

#: Seconds that one TFLOP takes on one core: a first guess, until stored runs tell.
SECONDS_PER_TFLOP = 15.7
#: TFLOP of an epoch over 5,000 pictures, counted from the layers (forward and backward).
TFLOP = {"regression": 0.26, "cnn": 0.47, "unet": 0.56}
#: How much longer a step takes with a loss network beside the pixel loss.
LOSS_FACTOR = {"pixel": 1.0, "rotation-features": 1.6, "vgg16-features": 12.0}
#: What every step costs beside the arithmetic, as TFLOP of the same core.
TFLOP_PER_STEP = 0.00015


@dataclass(frozen=True)
class Work:
    """What is left to do for one run.

    Attributes:
        spec: the run.
        start: epochs that are stored already.
        until: the epoch up to which it is to be trained on from there; equal to ``start`` when nothing is.
        keep: epochs whose weights are to be kept; not those of which whole ones are stored.
        probes: epoch -> names of the probes that are still wanted there.
        retrace: the epoch up to which stored epochs have to be trained again, from the first, for weights that were
            not kept; 0 when none. What is stored stays as it is.
    """

    spec: RunSpec
    start: int
    until: int
    keep: frozenset[int] = frozenset()
    probes: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    retrace: int = 0

    @property
    def epochs(self) -> int:
        """Epochs to train."""
        return self.retrace + self.until - self.start

    @property
    def legs(self) -> tuple[tuple[int, int], ...]:
        """The stretches to train, each from the weights after one epoch (0: fresh ones) up to another."""
        return tuple(leg for leg in ((0, self.retrace), (self.start, self.until)) if leg[0] < leg[1])

    @property
    def ends(self) -> tuple[int, int]:
        """After which epoch training begins and up to which it goes; the same when there is none."""
        return (self.legs[0][0], self.legs[-1][1]) if self.legs else (self.until, self.until)


@dataclass(frozen=True)
class DataWork:
    """The probes on the pictures that are left: a piece of work beside those of the runs."""

    probes: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """What is stored of one run.

    Attributes:
        epochs: how many; 0 when it is not there or damaged.
        seconds: time that they took.
        diverged: whether its loss is no number any more.
        damaged: whether its state was altered or cut short.
        stale: whether other code of the recipe than today's trained any of it.
    """

    epochs: int = 0
    seconds: float = 0.0
    diverged: bool = False
    damaged: bool = False
    stale: bool = False


@dataclass(frozen=True)
class Plan:
    """All that is left: the runs, longest first, and the probes on the pictures; and what is there of each run."""

    works: tuple[Work, ...]
    data_probes: tuple[str, ...]
    train: int
    seconds_per_tflop: float = SECONDS_PER_TFLOP
    standings: Mapping[str, Standing] = field(default_factory=dict)
    measured: bool = False  # whether stored epochs tell that pace, and it is no first guess

    @property
    def empty(self) -> bool:
        """Whether there is nothing left to do."""
        return not self.works and not self.data_probes

    @property
    def stale(self) -> tuple[str, ...]:
        """The runs of which other code of the recipe than today's trained any part: a state beside what is left."""
        return tuple(run for run, stood in self.standings.items() if stood.stale)

    @property
    def mixed(self) -> tuple[str, ...]:
        """Those of them that are to be trained on, by today's code."""
        return tuple(work.spec.id for work in self.works if work.epochs and work.spec.id in set(self.stale))

    def seconds(self, workers: int) -> float:
        """About how long it takes on so many workers, from the epochs stored so far or a first guess."""
        work = sum(estimate_cost(one.spec, self.train) * one.epochs for one in self.works) * self.seconds_per_tflop
        longest = max((estimate_cost(one.spec, self.train) * one.epochs for one in self.works), default=0.0)
        return max(work / max(workers, 1), longest * self.seconds_per_tflop)


def make_plan(store: Store | None, goals: Iterable[Goal], train: int, whole: bool = True) -> Plan:
    """What is left to do.

    Args:
        store: what is there; None when nothing is.
        goals: what is wanted.
        train: the number of training pictures.
        whole: verify every stored file to its last byte, as must be before anything is trained from it; else only
            heads are read, which takes seconds for ten thousand runs of any size.
    """
    works, standings = [], {}
    wanted = list(goals)
    for goal in wanted:
        there = find_standing(store, goal.spec.id, whole)
        standings[goal.spec.id] = there
        work = _list_left(store, goal, there, whole)
        if work is not None:
            works.append(work)
    works.sort(key=lambda work: -estimate_cost(work.spec, train) * (work.epochs + 0.1))
    missing = list_missing_data_probes(store, whole)
    pace = measure_pace(store, wanted, standings, train)
    return Plan(tuple(works), missing, train, pace or SECONDS_PER_TFLOP, standings, pace is not None)


def list_missing_data_probes(store: Store | None, whole: bool = True) -> tuple[str, ...]:
    """The probes on the pictures that are not stored in today's version; see :func:`make_plan` for ``whole``."""
    return tuple(
        name
        for name, version in DATA_PROBES.items()
        if store is None or store.probe_version(DATA, name, 0, whole) != version
    )


def find_standing(store: Store | None, run: str, whole: bool = True) -> Standing:
    """What is stored of a run; ``whole``: verified to its last byte."""
    try:
        record = store.record(run, whole) if store else None
    except DamagedError:
        return Standing(damaged=True)
    return Standing() if record is None else _find_standing(record)


def _find_standing(record: Mapping[str, Any]) -> Standing:
    seconds = sum(row["train_seconds"] + row["val_seconds"] for row in record["rows"])
    return Standing(len(record["rows"]), seconds, record["diverged"], stale=is_stale(record))


def estimate_remaining(store: Store | None, goal: Goal) -> Work | None:
    """What is left of one goal; None when nothing is. What is damaged, to its last byte, counts as not there."""
    return _list_left(store, goal, find_standing(store, goal.spec.id), whole=True)


def _list_left(store: Store | None, goal: Goal, there: Standing, whole: bool) -> Work | None:
    run, done = goal.spec.id, there.epochs
    if there.diverged:
        return None
    probes: dict[int, tuple[str, ...]] = {}
    keep = {epoch for epoch in goal.probes if epoch > done}
    for epoch, wanted in goal.probes.items():
        names = wanted
        if store is not None and epoch <= done:
            names = tuple(name for name in wanted if store.probe_version(run, name, epoch, whole) != RUN_PROBES[name])
            if not store.has_snapshot(run, epoch, whole):
                keep.add(epoch)
        if names:
            probes[epoch] = names
    lost = max((epoch for epoch in keep if epoch <= done), default=0)
    if not probes and not lost and done >= goal.epochs:
        return None
    return Work(goal.spec, done, max(goal.epochs, done), frozenset(keep), probes, lost)


def estimate_cost(spec: RunSpec, train: int) -> float:
    """TFLOP of one epoch, about: the arithmetic of the layers and what every step costs beside it."""
    size = (spec.filters / 32) ** 1.5 * (spec.kernel / 3) ** 2 * (0.8 + 0.2 * spec.depth)
    size *= LOSS_FACTOR[spec.loss]
    return TFLOP[spec.model] * size * train / 5000 + TFLOP_PER_STEP * -(-train // spec.batch_size)


def measure_pace(
    store: Store | None, goals: Iterable[Goal], standings: Mapping[str, Standing], train: int
) -> float | None:
    """Seconds a TFLOP on this kind of machine: from what is stored of the goals, else from other stored runs; None
    where no epoch is stored.
    """
    there = [(goal.spec, standings[goal.spec.id]) for goal in goals]
    if store and not any(stood.epochs for _, stood in there):
        there = list(_list_others(store))
    seconds = sum(stood.seconds for _, stood in there)
    work = sum(estimate_cost(spec, train) * stood.epochs for spec, stood in there)
    return seconds / work if work and seconds else None


def _list_others(store: Store) -> Iterator[tuple[RunSpec, Standing]]:
    for run in store.runs():
        try:
            record = store.record(run)
        except DamagedError:
            continue
        if record:
            yield read_spec(record["spec"]), _find_standing(record)
