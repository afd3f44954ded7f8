"""What a report is made from, read from a store: the only module of the report that opens the store.

Heads of files are read at once; tables are made, and arrays read, when a section asks for them.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from report.results.frames import COLUMNS, Frames, read_copies
from report.results.stored_arrays import Chosen, Room, StoredPictures, StoredProbes
from runs.environment import digest_recipe
from runs.errors import DamagedError
from runs.execution.plan import make_plan
from runs.specs.catalogue import Goal, is_tuned, list_goals
from runs.specs.presets import Preset
from runs.specs.spec import RunSpec
from runs.specs.spec import read_spec as read_record
from runs.storage.filesystem import exists
from runs.storage.records import is_stale
from runs.storage.store import Store

#: Sections that tell of the user's own runs in which one setting is changed; the others see the runs that they want.
TELL_OF_TUNED = ("1.6",)


@dataclass(frozen=True)
class StoredRun:
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
        further: seeds beyond these that count where a run has them.
    """

    store: Store
    preset: Preset
    seeds: tuple[int, ...]
    options: str = ""
    further: tuple[int, ...] = ()
    _verified: dict[str, bool] = field(init=False, repr=False, compare=False, default_factory=dict)
    _stamps: dict[str, str] = field(init=False, repr=False, compare=False, default_factory=dict)

    @property
    def data(self) -> Mapping[str, Any]:
        """The record of the data set."""
        return self.store.data

    @cached_property
    def records(self) -> dict[str, StoredRun]:
        """Each run. A damaged run counts as not there: the report shows its gap."""
        found = {}
        for run in self.store.runs():
            try:
                head = self.store.head(run)
            except DamagedError:
                continue
            if head is not None:
                found[run] = StoredRun(head.mark, _make_row(run, head.record), _read_epochs(head.record["rows"]))
        return found

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Every run as a plain record."""
        return [stored.row for stored in self.records.values()]

    @property
    def history(self) -> list[dict[str, Any]]:
        """Every epoch of every run as a plain record."""
        return [
            {"run": run, **dict(zip(COLUMNS[1:], [int(row[0]), *row[1:].tolist()], strict=True))}
            for run, stored in self.records.items()
            for row in stored.epochs
        ]

    @property
    def copies(self) -> Mapping[str, int]:
        """How many pictures come twice, as the probe of them counted; empty where that is not stored."""
        return read_copies(self._probes)

    def wanted(self, section: str) -> list[str]:
        """The stored runs that a section may see."""
        most = len(self.seeds) + len(self.further)
        ids = {goal.spec.id for goal in list_goals(self.preset, [section], most, self.data["palette_name"])}
        return [run for run, stored in self.records.items() if run in ids or self._told_of(section, stored)]

    def _told_of(self, section: str, stored: StoredRun) -> bool:
        return section in TELL_OF_TUNED and stored.row["seed"] in self._seeds and is_tuned(read_spec(stored.row))

    @cached_property
    def _seeds(self) -> frozenset[int]:
        return frozenset((*self.seeds, *self.further))

    def _goals(self, section: str) -> list[Goal]:
        return list_goals(self.preset, [section], len(self.seeds), self.data["palette_name"])

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
            self._verified[run] = self._pictures.get(run) is not None
        return self._verified[run]

    def inputs(self, section: str) -> str:
        """SHA-256 over all that :meth:`of` gives, without reading it: the stamps of its runs and of the data, and
        which runs are wanted, stored or not.
        """
        stamps = {run: self._stamp(run) for run in self.wanted(section)}
        told = {
            "data": dict(self.data), "stamps": {**stamps, "data": self._data_stamp}, "recipe": digest_recipe(),
            "wanted": [goal.spec.id for goal in self._goals(section)],
        }  # fmt: skip
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def lacks(self, section: str) -> bool:
        """Whether something is left to train or to measure for a section, as far as heads of files tell."""
        return not make_plan(self.store, self._goals(section), self.data["train"], whole=False).empty

    def snapshot(self, run: str, epoch: int) -> dict[str, NDArray[Any]] | None:
        """The weights of a run after an epoch; None when they are not there or damaged."""
        return self.store.snapshot(run, epoch)

    def frames(self, runs: list[str] | None = None) -> Frames:
        """The tables and arrays of some runs, or of all."""
        import pandas as pd

        from report.results.tables import make_table

        chosen = {run: self.records[run] for run in (self.records if runs is None else runs)}
        rows = [{key: stored.row[key] for key in stored.row if key != "seconds"} for stored in chosen.values()]
        table = make_table(rows) if rows else pd.DataFrame(columns=["epochs", "stale", "diverged"])
        numbers = np.concatenate([stored.epochs for stored in chosen.values()] or [_read_epochs([])])
        names = np.repeat(np.array(list(chosen), dtype=object), [len(stored.epochs) for stored in chosen.values()])
        epochs = pd.DataFrame({"run": pd.Series(names, dtype=object), "epoch": numbers[:, 0].astype(int)})
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
            self.further,
        )

    def _stamp(self, run: str) -> str:
        """A run as it was when its record was read, and its probes as they are before one of them is read."""
        if run not in self._stamps:
            self._stamps[run] = f"{self.records[run].mark} {self.store.stamp(run)}"
        return self._stamps[run]

    @cached_property
    def _data_stamp(self) -> str:
        return self.store.stamp("data")

    @cached_property
    def _room(self) -> Room:
        return Room()

    @cached_property
    def _probes(self) -> StoredProbes:
        return StoredProbes(self.store, self._room, exists)

    @property
    def damaged_probes(self) -> list[Path]:
        """The files of probes that were met damaged until now; a kept section does not read its probes again."""
        return self._probes.damaged

    @cached_property
    def _pictures(self) -> StoredPictures:
        return StoredPictures(self.store, list(self.records), self._room)


def read_spec(row: Mapping[str, Any]) -> RunSpec:
    """The spec of a run, from its row."""
    return RunSpec(**{field: row[field] for field in RunSpec.model_fields if field in row})


def _read_epochs(rows: Sequence[Mapping[str, Any]]) -> NDArray[np.float64]:
    """(E, 6): the metrics of a run, the epoch first; what a row does not have is NaN."""
    found = [[row.get(name, math.nan) for name in COLUMNS[1:]] for row in rows]
    return np.array(found, np.float64).reshape(len(found), len(COLUMNS) - 1)


def _make_row(run: str, record: Mapping[str, Any]) -> dict[str, Any]:
    """A run in one row."""
    last = record["segments"][-1]
    environment = last["environment"]
    return {
        "run": run,
        **read_record(record["spec"]).model_dump(),
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
        "gpu": any(segment["environment"]["device"] != "cpu" for segment in record["segments"]),
        "started": record["segments"][0]["started"],
        "stale": is_stale(record),
        "diverged": record["diverged"],
        "seconds": sum(row["train_seconds"] + row["val_seconds"] for row in record["rows"]),
    }
