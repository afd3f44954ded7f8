"""What a section is made from: tidy tables of the runs and their epochs, and the probes; numbers by seed out."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from report.results.epochs import Rows, group_by_run
from report.results.values import ON_PICTURES, Sample, make_known
from runs.specs.catalogue import list_goals, trains
from runs.specs.presets import PRESETS, Preset
from runs.specs.spec import RunSpec

if TYPE_CHECKING:
    import pandas as pd


#: Of the epochs: epoch from 1, losses, the share of pixels right, seconds.
COLUMNS = ("run", "epoch", "train_loss", "val_loss", "val_accuracy", "train_seconds", "val_seconds", "last_batch_loss")

Arrays = Mapping[str, NDArray[Any]]

Made = TypeVar("Made")

UNITS = {"train_seconds": ("s", 1), "val_seconds": ("s", 1), "seconds": ("s", 1), "val_accuracy": ("%", 1)}


@dataclass(frozen=True)
class Measurement:
    """A stored probe: its arrays and its notes."""

    arrays: Arrays
    notes: Mapping[str, Any] = field(default_factory=dict)

    def row(self, key: str, note: str, name: str) -> Any:
        """The row of an array that belongs to ``name``, its rows being named by a note: a number or an array."""
        return self.arrays[key][list(self.notes[note]).index(name)]


def read_copies(probes: Mapping[tuple[str, str, int], Measurement]) -> Mapping[str, int]:
    """How many pictures come twice, of the measurements of a data set; empty where that is not among them."""
    found = probes.get(("data", "copies", 0))
    return {} if found is None else found.notes["copies"]


@dataclass(frozen=True)
class Frames:
    """All that is stored of one data set, as tables and arrays.

    Attributes:
        data: the record of the data set: id, source, category, origin, train, test (counts), written ("same",
            "copies" or "other"), digest, palette (a list of [r, g, b] in pixel/256), palette_name.
        runs: one row a run, indexed by run id: the fields of RunSpec, epochs, device, commit, stale (bool) ….
        epochs: one row a run and epoch: run, epoch (from 1), train_loss, val_loss, val_accuracy (0..1),
            train_seconds, val_seconds, last_batch_loss (NaN where the first recipe kept none).
        probes: (run id or "data", probe name, epoch; 0 for data) -> Measurement. Read when asked for.
        pictures: run id -> (E, K, 32, 32, 3) uint8, the predictions of the first K test pictures after
            epochs 1 to E. Read when asked for.
        preset: which epochs stand for the write-up's.
        seeds: the seeds that the report is to speak of.
        options: what a command must be given to mean the same data and seeds, e.g. "--data photos --seeds 3".
        further: seeds beyond these that count where a run has them; none of them is ever missing.
    """

    data: Mapping[str, Any]
    runs: pd.DataFrame
    epochs: pd.DataFrame
    probes: Mapping[tuple[str, str, int], Measurement]
    pictures: Mapping[str, NDArray[np.uint8]]
    preset: Preset = PRESETS["write-up"]
    seeds: tuple[int, ...] = (0,)
    options: str = ""
    further: tuple[int, ...] = ()
    _made: dict[Hashable, Any] = field(init=False, repr=False, compare=False, default_factory=dict)

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

    @property
    def copies(self) -> Mapping[str, int]:
        """How many pictures come twice, as the probe of them counted."""
        return read_copies(self.probes)

    def of(self, section: str) -> Frames:
        """All of it, for every section."""
        return self

    def inputs(self, section: str) -> str:
        """Not known: tables in memory say nothing of where they come from."""
        return ""

    def lacks(self, section: str) -> bool:
        """Whether a run that it wants is not among these."""
        goals = list_goals(self.preset, [section], len(self.seeds), self.data["palette_name"])
        return any(goal.spec.id not in self.runs.index for goal in goals)

    @cached_property
    def by_run(self) -> dict[str, Rows]:
        """The epochs by run id."""
        return group_by_run(self.epochs)

    def ids(self, spec: RunSpec) -> dict[int, str]:
        """The ids of a run, by seed, for the seeds that the report is to speak of: those of every run, and the further
        ones that this run has.
        """
        return self.once(("ids", spec), lambda: self._list_ids(spec))

    def _list_ids(self, spec: RunSpec) -> dict[int, str]:
        ids = {seed: spec.with_seed(seed).id for seed in self.seeds}
        further = {seed: spec.with_seed(seed).id for seed in self.further}
        return {**ids, **{seed: run for seed, run in further.items() if run in self.runs.index}}

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What is made of these tables, made once: many claims and tables ask for the same numbers."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def take(self, measure: Measure) -> Sample:
        """What a measure gives of these tables."""
        return self.once(measure, lambda: measure.function(self, *measure.settings, **dict(measure.options)))

    @cached_property
    def diverged(self) -> frozenset[str]:
        """Ids of the runs whose loss is no number any more."""
        return self._marked("diverged")

    @cached_property
    def stale(self) -> frozenset[str]:
        """Ids of the runs that other code than today's made."""
        return self._marked("stale")

    def on_a_gpu(self, runs: Iterable[str]) -> bool:
        """Whether one of some runs was trained on a GPU, if only for some epochs."""
        return not self._marked("gpu").isdisjoint(runs)

    def _marked(self, column: str) -> frozenset[str]:
        if column not in self.runs.columns:
            return frozenset()
        return frozenset(str(run) for run in self.runs.index[self.runs[column].astype(bool)])

    def metric(self, spec: RunSpec, column: str, written_epoch: int = 25) -> Sample:
        """A column of ``epochs`` at the epoch that stands for the write-up's, one number a seed."""
        return self.at_epoch(spec, column, self.preset.epoch(written_epoch))

    def at_epoch(self, spec: RunSpec, column: str, epoch: int) -> Sample:
        """A column of ``epochs`` after so many epochs of the run itself, one number a seed."""
        return self.once(
            ("metric", spec, column, epoch),
            lambda: self.gather(spec, column, lambda rows: rows.at(column, epoch), epoch),
        )

    def total(self, spec: RunSpec, column: str, written_epoch: int = 25) -> Sample:
        """The sum of a column over the epochs up to the one that stands for the write-up's."""
        epoch = self.preset.epoch(written_epoch)
        return self.once(
            ("total", spec, column, epoch),
            lambda: self.gather(spec, column, lambda rows: float(np.nansum(rows.until(column, epoch))), epoch),
        )

    def trains(self, spec: RunSpec) -> bool:
        """Whether the preset wants a run, so that it is missing where it is not stored."""
        return trains(self.preset, spec)

    def gather(self, spec: RunSpec, column: str, number: Callable[[Rows], float], epoch: int) -> Sample:
        """One number a seed, from the rows of each run that reached ``epoch``."""
        unit, digits = UNITS.get(column, ("", 4))
        values: dict[int, float] = {}
        runs, missing, diverged = [], [], []
        for seed, run in self.ids(spec).items():
            rows = self.by_run.get(run)
            if run in self.diverged:
                diverged.append(run)
            elif rows is None or rows.last < epoch:
                if seed in self.seeds:
                    missing += [run] * self.trains(spec)
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
        import pandas as pd

        last = self.preset.epoch(written_epoch)
        stored = {seed: self.by_run[run] for seed, run in self.ids(spec).items() if run in self.by_run}
        epochs = {seed: rows.until("epoch", last).astype(int) for seed, rows in stored.items()}
        index = np.unique(np.concatenate([*epochs.values()])) if epochs else np.empty(0, int)
        table = np.full((len(index), len(stored)), math.nan)
        for place, (seed, rows) in enumerate(stored.items()):
            table[np.searchsorted(index, epochs[seed]), place] = rows.until(column, last)
        return pd.DataFrame(
            table, index=pd.Index(index, name="epoch"), columns=pd.Index(list(stored), name="seed", dtype=int)
        )

    def probe(self, spec: RunSpec, name: str, written_epoch: int = 25) -> dict[int, Measurement]:
        """A probe at the epoch that stands for the write-up's: seed -> Measurement, for the seeds that have it."""
        epoch = self.preset.epoch(written_epoch)
        keys = {seed: (run, name, epoch) for seed, run in self.ids(spec).items()}
        return self.once(
            ("probe", spec, name, epoch),
            lambda: {seed: found for seed, key in keys.items() if (found := self.probes.get(key)) is not None},
        )

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
        ids = self.ids(spec)
        return Sample(
            {seed: value for seed, value in numbers.items() if math.isfinite(value)},
            unit,
            digits,
            tuple(ids[seed] for seed in numbers),
            tuple(ids[seed] for seed in self.seeds if seed not in numbers and self.trains(spec)),
            tuple(ids[seed] for seed, value in numbers.items() if not math.isfinite(value)),
        )

    def data_probe(self, name: str) -> Measurement | None:
        """A measurement of the pictures themselves; None when it is not stored."""
        return self.probes.get(("data", name, 0))

    def data_probed(
        self,
        name: str,
        number: Callable[[Measurement], float],
        unit: str = "",
        digits: int = 4,
        runs: tuple[str, ...] = ON_PICTURES,
    ) -> Sample:
        """One number that no seed changes, from a measurement of the pictures themselves; ``runs`` is empty where it
        is stored beside them and yet the same for any pictures.
        """
        found = self.data_probe(name)
        if found is None:
            return Sample({}, unit, digits, missing=("data",))
        value = float(number(found))
        return (
            make_known(value, unit, digits, runs)
            if math.isfinite(value)
            else Sample({}, unit, digits, diverged=("data",))
        )

    def picture(self, spec: RunSpec, epoch: int, seed: int = 0) -> NDArray[np.uint8] | None:
        """The kept predictions after ``epoch`` epochs (from 1): (K, 32, 32, 3) uint8; None when not stored."""
        pictures = self.pictures.get(spec.with_seed(seed).id)
        return None if pictures is None or len(pictures) < epoch else pictures[epoch - 1]


@dataclass(frozen=True)
class Measure:
    """What is measured on each seed: a function of the frames, with its settings. Equal ones are taken once.

    A function of the frames alone becomes one by ``@Measure``; one with settings makes them by ``@make_measure``.
    It may find nothing, for a run is missing: it then gives an empty Sample that names what is missing.
    """

    function: Callable[..., Sample]
    settings: tuple[Any, ...] = ()
    options: tuple[tuple[str, Any], ...] = ()

    @property
    def name(self) -> str:
        """What it is called where it failed: "training_loss(25)"."""
        given = [*map(str, self.settings), *(f"{name}={value}" for name, value in self.options)]
        return f"{self.function.__name__}({', '.join(given)})"


Settings = ParamSpec("Settings")


def make_measure(function: Callable[Concatenate[Frames, Settings], Sample]) -> Callable[Settings, Measure]:
    """A function of the frames and of settings, as one that takes the settings and gives a :class:`Measure`."""

    @wraps(function)
    def make(*settings: Settings.args, **options: Settings.kwargs) -> Measure:
        return Measure(function, settings, tuple(options.items()))

    return make
