"""A store in, what a report is made from out: the only module of the report that opens the store.

Heads of files are read at once; tables are made, and arrays read, when a section asks for them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from report.frames import COLUMNS, Frames, Measurement
from runs.catalogue import DATA_PROBES, RUN_PROBES, goals
from runs.environment import code_digest
from runs.errors import DamagedError
from runs.presets import Preset
from runs.store import Store

#: Run id or "data", probe name, epoch.
Key = tuple[str, str, int]
Name = TypeVar("Name")
Value = TypeVar("Value")

#: Sections that tell of every stored run, the user's own among them; the others see the runs that they want.
TELL_OF_ALL = ("1.6",)


class StoredProbes(Mapping[Key, Measurement]):
    """The probes of a store, read from disk when asked for; those of another version count as not there."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.read: dict[Key, Measurement | None] = {}

    def _find(self, key: Key) -> Measurement | None:
        if key not in self.read:
            run, name, epoch = key
            stored = self.store.probe(run, name, epoch)
            version = (DATA_PROBES if run == "data" else RUN_PROBES).get(name)
            current = stored is not None and stored.record.get("version") == version
            self.read[key] = Measurement(stored.arrays, stored.record["notes"]) if stored and current else None
        return self.read[key]

    def __contains__(self, key: object) -> bool:
        return isinstance(key, tuple) and self._find(key) is not None

    def __getitem__(self, key: Key) -> Measurement:
        found = self._find(key)
        if found is None:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[Key]:
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


class Chosen(Mapping[Name, Value]):
    """Those items of a mapping whose names are chosen; the mapping itself is shared, with what it has read."""

    def __init__(self, whole: Mapping[Name, Value], chosen: Callable[[Name], bool]) -> None:
        self.whole, self.chosen = whole, chosen

    def __getitem__(self, name: Name) -> Value:
        if not self.chosen(name):
            raise KeyError(name)
        return self.whole[name]

    def __iter__(self) -> Iterator[Name]:
        return (name for name in self.whole if self.chosen(name))

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True)
class Shelf:
    """The stored results that a report speaks of; a section sees those that it wants.

    Attributes:
        store: the results of one data set.
        preset: which epochs stand for the write-up's.
        seeds: the seeds that the report is to speak of.
        options: what a command must be given to mean the same data and seeds.
    """

    store: Store
    preset: Preset
    seeds: tuple[int, ...]
    options: str = ""

    @property
    def data(self) -> Mapping[str, Any]:
        """The record of the data set."""
        return self.store.data

    @cached_property
    def records(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """The stamp and the record of each run. A damaged run counts as not there: the report shows its gap."""
        found = {}
        for run in self.store.runs():
            stamp = self.store.stamp(run)  # before anything is read: what changes meanwhile must not pass for known
            try:
                record = self.store.record(run)
            except DamagedError:
                continue
            if record is not None:
                found[run] = (stamp, record)
        return found

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """Every run as a plain record."""
        today = code_digest()
        return [_row(run, record, today) for run, (_, record) in self.records.items()]

    @property
    def history(self) -> list[dict[str, Any]]:
        """Every epoch of every run as a plain record."""
        return [{"run": run, **row} for run, (_, record) in self.records.items() for row in record["rows"]]

    def wanted(self, section: str) -> list[str]:
        """The stored runs that a section may see."""
        ids = self._goals(section)
        return [run for run in self.records if section in TELL_OF_ALL or run in ids]

    def _goals(self, section: str) -> list[str]:
        return [goal.spec.id for goal in goals(self.preset, [section], len(self.seeds))]

    def of(self, section: str) -> Frames:
        """What a section may see: the runs that it wants, and the pictures of the data set. Their files are verified
        to the last byte: a number beside damaged weights is no number either.
        """
        return self.frames([run for run in self.wanted(section) if self._whole(run)])

    def _whole(self, run: str) -> bool:
        if run not in self._verified:
            try:
                self._verified[run] = self.store.state(run) is not None
            except DamagedError:
                self._verified[run] = False
        return self._verified[run]

    @cached_property
    def _verified(self) -> dict[str, bool]:
        return {}

    def inputs(self, section: str) -> str:
        """SHA-256 over all that :meth:`of` gives, without reading it: the stamps of its runs and of the data, and
        which runs are wanted, stored or not.
        """
        stamps = {run: self.records[run][0] for run in self.wanted(section)}
        told = {
            "data": dict(self.data), "stamps": {**stamps, "data": self._data_stamp}, "wanted": self._goals(section),
            "recipe": code_digest(),
        }  # fmt: skip
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def frames(self, runs: list[str] | None = None) -> Frames:
        """The tables and arrays of some runs, or of all."""
        import pandas as pd

        chosen = set(self.records if runs is None else runs)
        rows = [{key: row[key] for key in row if key != "seconds"} for row in self.rows if row["run"] in chosen]
        epochs = [row for row in self.history if row["run"] in chosen]
        table = pd.DataFrame(rows).set_index("run") if rows else pd.DataFrame(columns=["epochs", "stale", "diverged"])
        return Frames(
            self.data,
            table,
            pd.DataFrame(epochs, columns=list(COLUMNS)),
            Chosen(self._probes, lambda key: key[0] == "data" or key[0] in chosen),
            Chosen(self._pictures, lambda run: run in chosen),
            self.preset,
            self.seeds,
            self.options,
        )

    @cached_property
    def _data_stamp(self) -> str:
        return self.store.stamp("data")

    @cached_property
    def _probes(self) -> StoredProbes:
        return StoredProbes(self.store)

    @cached_property
    def _pictures(self) -> StoredPictures:
        return StoredPictures(self.store, list(self.records))


def _row(run: str, record: Mapping[str, Any], today: str) -> dict[str, Any]:
    """A run in one row; ``today``: the digest of the code that would train it now."""
    last = record["segments"][-1]
    environment = last["environment"]
    return {
        "run": run,
        **record["spec"],
        "epochs": len(record["rows"]),
        "parameters": record["parameters"],
        "device": environment["device"],
        "device_name": environment["device_name"],
        "commit": environment["commit"],
        **environment["packages"],
        "python": environment["python"],
        "code": environment["code"],
        "workers": last["workers"],
        "started": record["segments"][0]["started"],
        "stale": any(segment["environment"]["code"] != today for segment in record["segments"]),
        "diverged": record["diverged"],
        "seconds": sum(row["train_seconds"] + row["val_seconds"] for row in record["rows"]),
    }
