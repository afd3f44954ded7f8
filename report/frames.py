"""Stored runs in, tidy pandas frames out. The only module of the report that opens the store."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from report.values import Sample
from runs.catalogue import DATA_PROBES, RUN_PROBES
from runs.environment import code_digest
from runs.errors import DamagedError
from runs.presets import PRESETS, Preset
from runs.spec import RunSpec
from runs.store import Store

Arrays = Mapping[str, NDArray[Any]]

UNITS = {"train_seconds": ("s", 1), "val_seconds": ("s", 1), "seconds": ("s", 1), "val_accuracy": ("%", 1)}


@dataclass(frozen=True)
class Measurement:
    """A stored probe: its arrays and its notes."""

    arrays: Arrays
    notes: Mapping[str, Any] = field(default_factory=dict)


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


class StoredProbes(Mapping[tuple[str, str, int], Measurement]):
    """The probes of a store, read from disk when asked for; those of another version count as not there."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.read: dict[tuple[str, str, int], Measurement | None] = {}

    def _find(self, key: tuple[str, str, int]) -> Measurement | None:
        if key not in self.read:
            run, name, epoch = key
            stored = self.store.probe(run, name, epoch)
            version = (DATA_PROBES if run == "data" else RUN_PROBES).get(name)
            current = stored is not None and stored.record.get("version") == version
            self.read[key] = Measurement(stored.arrays, stored.record["notes"]) if stored and current else None
        return self.read[key]

    def __contains__(self, key: object) -> bool:
        return isinstance(key, tuple) and self._find(key) is not None

    def __getitem__(self, key: tuple[str, str, int]) -> Measurement:
        found = self._find(key)
        if found is None:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[tuple[str, str, int]]:
        return iter([key for key, found in self.read.items() if found is not None])

    def __len__(self) -> int:
        return sum(1 for _ in self)


class StoredPictures(Mapping[str, NDArray[np.uint8]]):
    """The kept predictions of the runs of a store, read and verified when asked for."""

    def __init__(self, store: Store, runs: list[str]) -> None:
        self.store, self.runs = store, runs
        self.read: dict[str, NDArray[np.uint8]] = {}

    def __getitem__(self, run: str) -> NDArray[np.uint8]:
        if run not in self.runs:
            raise KeyError(run)
        if run not in self.read:
            try:
                stored = self.store.state(run)
            except DamagedError:
                stored = None
            if stored is None:
                raise KeyError(run)
            self.read[run] = stored.arrays["pictures"]
        return self.read[run]

    def __iter__(self) -> Iterator[str]:
        return iter(self.runs)

    def __len__(self) -> int:
        return len(self.runs)


def load(store: Store, preset: Preset, seeds: int, options: str = "") -> Frames:
    """All that is stored of one data set. A damaged run counts as not there: the report shows its gap.

    Args:
        store: the results of one data set.
        preset: which epochs stand for the write-up's.
        seeds: the report speaks of seeds 0 to ``seeds`` - 1.
        options: what a command must be given to mean the same.
    """
    rows: list[dict[str, Any]] = []
    epochs: list[dict[str, Any]] = []
    today = code_digest()
    for run in store.runs():
        try:
            stored = store.state(run)  # to its last byte: a number beside damaged weights is no number either
        except DamagedError:
            continue
        if stored is None:
            continue
        record = stored.record
        last = record["segments"][-1]
        environment = last["environment"]
        rows.append(
            {
                "run": run,
                **record["spec"],
                "epochs": len(record["rows"]),
                "parameters": record["parameters"],
                "device": environment["device"],
                "device_name": environment["device_name"],
                "commit": environment["commit"],
                "torch": environment["packages"]["torch"],
                "python": environment["python"],
                "workers": last["workers"],
                "started": record["segments"][0]["started"],
                "stale": any(segment["environment"]["code"] != today for segment in record["segments"]),
                "diverged": record["diverged"],
            }
        )
        epochs.extend({"run": run, **row} for row in record["rows"])
    columns = ["run", "epoch", "train_loss", "val_loss", "val_accuracy", "train_seconds", "val_seconds"]
    runs = pd.DataFrame(rows).set_index("run") if rows else pd.DataFrame(columns=["epochs", "stale", "diverged"])
    return Frames(
        store.data,
        runs,
        pd.DataFrame(epochs, columns=columns),
        StoredProbes(store),
        StoredPictures(store, list(runs.index)),
        preset,
        tuple(range(seeds)),
        options,
    )
