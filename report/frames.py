"""What a section is made from: tidy tables of the runs and their epochs, and the probes; numbers by seed out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from report.values import Sample
from runs.presets import PRESETS, Preset
from runs.spec import RunSpec

if TYPE_CHECKING:
    import pandas as pd

#: Of the epochs: epoch from 1, losses, the share of pixels right, seconds.
COLUMNS = ("run", "epoch", "train_loss", "val_loss", "val_accuracy", "train_seconds", "val_seconds")

Arrays = Mapping[str, NDArray[Any]]

UNITS = {"train_seconds": ("s", 1), "val_seconds": ("s", 1), "seconds": ("s", 1), "val_accuracy": ("%", 1)}


@dataclass(frozen=True)
class Measurement:
    """A stored probe: its arrays and its notes."""

    arrays: Arrays
    notes: Mapping[str, Any] = field(default_factory=dict)


class Source(Protocol):
    """Where a report takes its content from: :class:`Frames`, or a store that gives each section its own."""

    @property
    def data(self) -> Mapping[str, Any]:
        """The record of the data set, as in :class:`Frames`."""

    @property
    def preset(self) -> Preset:
        """Which epochs stand for the write-up's."""

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds that the report is to speak of."""

    @property
    def options(self) -> str:
        """What a command must be given to mean the same data and seeds."""

    @property
    def rows(self) -> Sequence[Mapping[str, Any]]:
        """Every run as a plain record: what ``Frames.runs`` holds, "run" (its id) and "seconds" (in all)."""

    @property
    def history(self) -> Sequence[Mapping[str, Any]]:
        """Every epoch of every run as a plain record, of ``COLUMNS`` at least."""

    def of(self, section: str) -> Frames:
        """What a section may see."""

    def inputs(self, section: str) -> str:
        """A digest of what a section is made from; "" where it is not known."""


@dataclass(frozen=True)
class Frames:
    """All that is stored of one data set, as tables and arrays.

    Attributes:
        data: the record of the data set: id, source, category, origin, train, test (counts), written ("same",
            "copies" or "other"), digest, palette (a list of [r, g, b]).
        runs: one row a run, indexed by run id: the fields of RunSpec, epochs, device, commit, stale (bool) ….
        epochs: one row a run and epoch: run, epoch (from 1), train_loss, val_loss, val_accuracy (0..1),
            train_seconds, val_seconds.
        probes: (run id or "data", probe name, epoch; 0 for data) -> Measurement. Read when asked for.
        pictures: run id -> (E, K, 32, 32, 3) uint8, the predictions of the first K test pictures after
            epochs 1 to E. Read when asked for.
        preset: which epochs stand for the write-up's.
        seeds: the seeds that the report is to speak of.
        options: what a command must be given to mean the same data and seeds, e.g. "--data photos --seeds 3".
    """

    data: Mapping[str, Any]
    runs: pd.DataFrame
    epochs: pd.DataFrame
    probes: Mapping[tuple[str, str, int], Measurement]
    pictures: Mapping[str, NDArray[np.uint8]]
    preset: Preset = PRESETS["write-up"]
    seeds: tuple[int, ...] = (0,)
    options: str = ""

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The runs as plain records, each with its id and the seconds of all its epochs."""
        found: list[dict[str, Any]] = []
        for run, row in self.runs.iterrows():
            own = self.epochs[self.epochs.run == run]
            seconds = float(own.train_seconds.sum() + own.val_seconds.sum())
            found.append({"run": str(run), "seconds": seconds, **{str(key): value for key, value in row.items()}})
        return found

    @property
    def history(self) -> list[dict[str, Any]]:
        """The epochs as plain records."""
        return [{str(key): value for key, value in row.items()} for row in self.epochs.to_dict("records")]

    def of(self, section: str) -> Frames:
        """All of it, for every section."""
        return self

    def inputs(self, section: str) -> str:
        """Not known: tables in memory say nothing of where they come from."""
        return ""

    @cached_property
    def by_run(self) -> dict[str, pd.DataFrame]:
        """The rows of ``epochs`` by run id."""
        return {str(run): rows for run, rows in self.epochs.groupby("run")}

    @cached_property
    def diverged(self) -> frozenset[str]:
        """Ids of the runs whose loss is no number any more."""
        return self._marked("diverged")

    @cached_property
    def stale(self) -> frozenset[str]:
        """Ids of the runs that other code than today's made."""
        return self._marked("stale")

    def _marked(self, column: str) -> frozenset[str]:
        if column not in self.runs.columns:
            return frozenset()
        return frozenset(str(run) for run in self.runs.index[self.runs[column].astype(bool)])

    def metric(self, spec: RunSpec, column: str, written_epoch: int = 25) -> Sample:
        """A column of ``epochs`` at the epoch that stands for the write-up's, one number a seed."""
        epoch = self.preset.epoch(written_epoch)
        return self.gather(
            spec, column, lambda rows: float(rows[column].to_numpy()[rows.epoch.to_numpy() == epoch][0]), epoch
        )

    def total(self, spec: RunSpec, column: str, written_epoch: int = 25) -> Sample:
        """The sum of a column over the epochs up to the one that stands for the write-up's."""
        epoch = self.preset.epoch(written_epoch)
        return self.gather(spec, column, lambda rows: float(rows.loc[rows.epoch <= epoch, column].sum()), epoch)

    def gather(self, spec: RunSpec, column: str, number: Callable[[pd.DataFrame], float], epoch: int) -> Sample:
        """One number a seed, from the rows of each run that reached ``epoch``."""
        unit, digits = UNITS.get(column, ("", 4))
        values: dict[int, float] = {}
        runs, missing, diverged = [], [], []
        for seed in self.seeds:
            run = spec.with_seed(seed).id
            rows = self.by_run.get(run)
            if run in self.diverged:
                diverged.append(run)
            elif rows is None or int(rows.epoch.to_numpy().max()) < epoch:
                missing.append(run)
            else:
                value = number(rows)
                runs.append(run)
                if math.isfinite(value):
                    values[seed] = value
                else:
                    diverged.append(run)
        return Sample(values, unit, digits, tuple(runs), tuple(missing), tuple(diverged))

    def curve(self, spec: RunSpec, column: str, written_epoch: int = 25) -> pd.DataFrame:
        """A column over the epochs up to the one that stands for the write-up's: index epoch (from 1), one
        column a seed; empty when no run is stored.
        """
        ids = {spec.with_seed(seed).id: seed for seed in self.seeds}
        last = self.preset.epoch(written_epoch)
        rows = self.epochs[self.epochs.run.isin(list(ids)) & (self.epochs.epoch <= last)]
        return rows.assign(seed=rows.run.map(ids)).pivot(index="epoch", columns="seed", values=column)

    def probe(self, spec: RunSpec, name: str, written_epoch: int = 25) -> dict[int, Measurement]:
        """A probe at the epoch that stands for the write-up's: seed -> Measurement, for the seeds that have it."""
        epoch = self.preset.epoch(written_epoch)
        found = {}
        for seed in self.seeds:
            key = (spec.with_seed(seed).id, name, epoch)
            if key in self.probes:
                found[seed] = self.probes[key]
        return found

    def probed(
        self,
        spec: RunSpec,
        name: str,
        number: Callable[[Measurement], float],
        written_epoch: int = 25,
        unit: str = "",
        digits: int = 4,
    ) -> Sample:
        """One number a seed from a probe, e.g. ``lambda m: float(m.arrays["delta_e"].mean())``."""
        found = self.probe(spec, name, written_epoch)
        numbers = {seed: float(number(measurement)) for seed, measurement in found.items()}
        ids = {seed: spec.with_seed(seed).id for seed in self.seeds}
        return Sample(
            {seed: value for seed, value in numbers.items() if math.isfinite(value)},
            unit,
            digits,
            tuple(ids[seed] for seed in numbers),
            tuple(ids[seed] for seed in self.seeds if seed not in numbers),
            tuple(ids[seed] for seed, value in numbers.items() if not math.isfinite(value)),
        )

    def data_probe(self, name: str) -> Measurement | None:
        """A measurement of the pictures themselves; None when it is not stored."""
        return self.probes.get(("data", name, 0))

    def picture(self, spec: RunSpec, epoch: int, seed: int = 0) -> NDArray[np.uint8] | None:
        """The kept predictions after ``epoch`` epochs (from 1): (K, 32, 32, 3) uint8; None when not stored."""
        pictures = self.pictures.get(spec.with_seed(seed).id)
        return None if pictures is None or len(pictures) < epoch else pictures[epoch - 1]
