"""A store in, what a report is made from out: the only module of the report that opens the store.

Heads of files are read at once; tables are made, and arrays read, when a section asks for them.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from report.frames import COLUMNS, Frames, Measurement
from report.held import Held, Room
from runs.catalogue import DATA_PROBES, RUN_PROBES, Goal, goals, tuned
from runs.environment import code_digest
from runs.errors import DamagedError
from runs.files import there
from runs.presets import Preset
from runs.spec import RunSpec
from runs.store import Store

#: Run id or "data", probe name, epoch.
Key = tuple[str, str, int]
Name = TypeVar("Name")
Value = TypeVar("Value")

#: Sections that tell of the user's own runs in which one setting is changed; the others see the runs that they want.
TELL_OF_TUNED = ("1.6",)


class StoredProbes(Mapping[Key, Measurement]):
    """The probes of a store, read from disk when asked for; those of another version count as not there."""

    def __init__(self, store: Store, room: Room) -> None:
        self.store, self.room = store, room
        self.read: dict[Key, Measurement | None] = {}
        self.damaged: list[Path] = []

    def _find(self, key: Key) -> Measurement | None:
        if key not in self.read:
            run, name, epoch = key
            stored = self.store.probe(run, name, epoch)
            if stored is None and there(path := self.store.probe_path(run, name, epoch)):
                self.damaged.append(path)
            version = (DATA_PROBES if run == "data" else RUN_PROBES).get(name)
            current = stored is not None and stored.record.get("version") == version
            self.read[key] = (
                Measurement(Held(stored.arrays, self.room, key, lambda: self._again(key)), stored.record["notes"])
                if stored and current
                else None
            )
        return self.read[key]

    def _again(self, key: Key) -> dict[str, NDArray[Any]] | None:
        stored = self.store.probe(*key)
        return None if stored is None else stored.arrays

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

    def __init__(self, store: Store, runs: list[str], room: Room) -> None:
        self.store, self.room = store, room
        self.runs = dict.fromkeys(runs)

    def __getitem__(self, run: str) -> NDArray[np.uint8]:
        held = self.room.get((run, "pictures"), lambda: self._read(run)) if run in self.runs else None
        if held is None:
            raise KeyError(run)
        return held["pictures"]

    def _read(self, run: str) -> dict[str, NDArray[np.uint8]] | None:
        try:
            stored = self.store.state(run)
        except DamagedError:
            return None
        return None if stored is None else {"pictures": stored.arrays["pictures"]}

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
class Kept:
    """A run as the report holds it: a mark of its content, itself in one row, its epochs (E, 6)."""

    mark: str
    row: dict[str, Any]
    epochs: NDArray[np.float64]


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
    def records(self) -> dict[str, Kept]:
        """Each run. A damaged run counts as not there: the report shows its gap."""
        found, today = {}, code_digest()
        for run in self.store.runs():
            try:
                head = self.store.head(run)
            except DamagedError:
                continue
            if head is not None:
                found[run] = Kept(head.mark, _row(run, head.record, today), _epochs(head.record["rows"]))
        return found

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Every run as a plain record."""
        return [kept.row for kept in self.records.values()]

    @property
    def history(self) -> list[dict[str, Any]]:
        """Every epoch of every run as a plain record."""
        return [
            {"run": run, **dict(zip(COLUMNS[1:], [int(row[0]), *row[1:].tolist()], strict=True))}
            for run, kept in self.records.items()
            for row in kept.epochs
        ]

    def wanted(self, section: str) -> list[str]:
        """The stored runs that a section may see."""
        ids = {goal.spec.id for goal in self._goals(section)}
        return [run for run, kept in self.records.items() if run in ids or self._told_of(section, kept)]

    def _told_of(self, section: str, kept: Kept) -> bool:
        return section in TELL_OF_TUNED and kept.row["seed"] in self._seeds and tuned(spec_of(kept.row))

    @cached_property
    def _seeds(self) -> frozenset[int]:
        return frozenset(self.seeds)

    def _goals(self, section: str) -> list[Goal]:
        return goals(self.preset, [section], len(self.seeds))

    def of(self, section: str) -> Frames:
        """What a section may see: the runs that it wants, and the pictures of the data set."""
        return self.verified(self.wanted(section))

    def verified(self, runs: list[str]) -> Frames:
        """Those of the runs whose files are right to the last byte: a number beside damaged weights is no number
        either.
        """
        return self.frames([run for run in runs if self._whole(run)])

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
        stamps = {run: self._stamp(run) for run in self.wanted(section)}
        told = {
            "data": dict(self.data), "stamps": {**stamps, "data": self._data_stamp}, "recipe": code_digest(),
            "wanted": [goal.spec.id for goal in self._goals(section)],
        }  # fmt: skip
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def frames(self, runs: list[str] | None = None) -> Frames:
        """The tables and arrays of some runs, or of all."""
        import pandas as pd

        chosen = {run: self.records[run] for run in (self.records if runs is None else runs)}
        rows = [{key: kept.row[key] for key in kept.row if key != "seconds"} for kept in chosen.values()]
        table = pd.DataFrame(rows).set_index("run") if rows else pd.DataFrame(columns=["epochs", "stale", "diverged"])
        numbers = np.concatenate([kept.epochs for kept in chosen.values()] or [_epochs([])])
        names = np.repeat(np.array(list(chosen), dtype=object), [len(kept.epochs) for kept in chosen.values()])
        epochs = pd.DataFrame({"run": names, "epoch": numbers[:, 0].astype(int)})
        for column, name in enumerate(COLUMNS[2:], 1):
            epochs[name] = numbers[:, column]
        return Frames(
            self.data,
            table,
            epochs,
            Chosen(self._probes, lambda key: key[0] == "data" or key[0] in chosen),
            Chosen(self._pictures, lambda run: run in chosen),
            self.preset,
            self.seeds,
            self.options,
        )

    def _stamp(self, run: str) -> str:
        """A run as it was when its record was read, and its probes as they are before one of them is read."""
        if run not in self._stamps:
            self._stamps[run] = f"{self.records[run].mark} {self.store.stamp(run)}"
        return self._stamps[run]

    @cached_property
    def _stamps(self) -> dict[str, str]:
        return {}

    @cached_property
    def _data_stamp(self) -> str:
        return self.store.stamp("data")

    @cached_property
    def _room(self) -> Room:
        return Room()

    @cached_property
    def _probes(self) -> StoredProbes:
        return StoredProbes(self.store, self._room)

    @property
    def damaged_probes(self) -> list[Path]:
        """The files of probes that were met damaged until now; a kept section does not read its probes again."""
        return self._probes.damaged

    @cached_property
    def _pictures(self) -> StoredPictures:
        return StoredPictures(self.store, list(self.records), self._room)


def spec_of(row: Mapping[str, Any]) -> RunSpec:
    """The spec of a run, from its row."""
    return RunSpec(**{field: row[field] for field in RunSpec.model_fields if field in row})


def _epochs(rows: Sequence[Mapping[str, Any]]) -> NDArray[np.float64]:
    """(E, 6): the metrics of a run, the epoch first; what a row does not have is NaN."""
    found = [[row.get(name, math.nan) for name in COLUMNS[1:]] for row in rows]
    return np.array(found, np.float64).reshape(len(found), len(COLUMNS) - 1)


def _row(run: str, record: Mapping[str, Any], today: str) -> dict[str, Any]:
    """A run in one row; ``today``: the digest of the code that would train it now."""
    last = record["segments"][-1]
    environment = last["environment"]
    return {
        "run": run,
        **RunSpec(**record["spec"]).model_dump(),
        "epochs": len(record["rows"]),
        "parameters": record["parameters"],
        "device": environment["device"],
        "device_name": environment["device_name"],
        "commit": environment["commit"],
        **environment["packages"],
        "python": environment["python"],
        "code": environment["code"],
        "workers": last["workers"],
        "plain_steps_because": next((why for part in record["segments"] if (why := part.get("uncaptured"))), ""),
        "started": record["segments"][0]["started"],
        "stale": any(segment["environment"]["code"] != today for segment in record["segments"]),
        "diverged": record["diverged"],
        "seconds": sum(row["train_seconds"] + row["val_seconds"] for row in record["rows"]),
    }
