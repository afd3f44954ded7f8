"""Measures of the pictures kept at the epochs that the write-up speaks of, one number for each seed.

The losses and accuracies at the same moments stand beside them, and what changes from one moment to another.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from report.measures.kept_pictures import ASPECTS, Beside, Shown
from report.results.frames import Frames, Measurement, make_measure
from report.results.values import Sample
from runs.specs.catalogue import BASE
from runs.specs.spec import RunSpec


@make_measure
def enlarged(frames: Frames, row: str, aspect: str) -> Sample:
    """An aspect of the kept small inputs, enlarged in one way ("small" repeats pixels, "bilinear" averages them)."""
    return truth_has(frames, aspect, row)


#: The write-up's picture numbers (counted from 0), and the last picture of a run.
FIRST, EARLY, LATER, LAST = 0, 5, 15, -1
NUMBERS = (FIRST, EARLY, LATER, LAST)

#: Seeds whose pictures are followed through every epoch: more of them do not change what a chart shows.
DRAWN = 20

#: The last epochs over which a run that is not done still gains are one in ``TAIL``, and it gains ``UNFINISHED``.
TAIL = 5
UNFINISHED = 0.01


def epoch_of(frames: Frames, number: int) -> int:
    """The epoch (from 1) that stands for a picture number of the write-up; ``LAST`` is the last of the run."""
    last = frames.preset.epoch(BASE)
    return last if number == LAST else min(frames.preset.picture(number), last)


def beside(frames: Frames, run: str) -> Beside | None:
    """What the pictures of a run are held against; None where they or the truth are not
    stored.
    """
    samples, pictures = frames.data_probe("samples"), frames.pictures.get(run)
    last = frames.preset.epoch(BASE)
    if samples is None or pictures is None or len(pictures) < last:
        return None
    final, truth = pictures[last - 1], np.asarray(samples.arrays["truth"])
    if len(final) > len(truth):  # a run of other pictures
        return None
    return Beside(truth[: len(final)], final)


@make_measure
def at(frames: Frames, spec: RunSpec, number: int, aspect: str) -> Sample:
    """One number a seed: an aspect of the pictures kept at a picture number of the write-up."""
    kind, epoch = ASPECTS[aspect], epoch_of(frames, number)
    values: dict[int, float] = {}
    runs, missing, diverged = [], [], []
    for seed, run in frames.ids(spec).items():
        if run in frames.diverged:
            diverged.append(run)
        elif not (looks := looks_of(frames, run)):
            missing.append(run)
        else:
            runs.append(run)
            values[seed] = looks[epoch, aspect]
    return Sample(values, kind.unit, kind.digits, tuple(runs), tuple(missing), tuple(diverged))


def looks_of(frames: Frames, run: str) -> Mapping[tuple[int, str], float]:
    """Every aspect of the pictures of a run at every moment, by epoch: taken together, while its pictures are at hand;
    empty where they are not stored.
    """

    def look() -> dict[tuple[int, str], float]:
        held = beside(frames, run)
        if held is None:
            return {}
        epochs = sorted({epoch_of(frames, number) for number in NUMBERS})
        shown = Shown(frames.pictures[run][[epoch - 1 for epoch in epochs]])
        found = {name: kind.look(shown, held).tolist() for name, kind in ASPECTS.items()}
        return {(epoch, name): row[place] for name, row in found.items() for place, epoch in enumerate(epochs)}

    return frames.once(("looks", run), look)


def course(frames: Frames, spec: RunSpec, aspect: str) -> pd.DataFrame:
    """An aspect after every epoch: index epoch (from 1), one column a seed, of the first ``DRAWN`` that are stored;
    empty when nothing is. Several charts follow the same network.
    """

    def follow() -> pd.DataFrame:
        columns: dict[int, list[float]] = {}
        for seed, run in frames.ids(spec).items():
            if len(columns) == DRAWN:
                break
            held = beside(frames, run)
            if held is not None:
                kept = frames.pictures[run][: frames.preset.epoch(BASE)]
                columns[seed] = ASPECTS[aspect].look(Shown(kept), held).tolist()
        rows = max((len(column) for column in columns.values()), default=0)
        return pd.DataFrame(columns, index=pd.RangeIndex(1, rows + 1, name="epoch"))

    return frames.once(("course", spec, aspect), follow)


def truth_has(frames: Frames, aspect: str, row: str = "truth") -> Sample:
    """The same aspect of the true pictures, or of the truth in the colours of the palette ("palette")."""
    kind = ASPECTS[aspect]

    def look(samples: Measurement) -> float:
        truth, pictures = (np.asarray(samples.arrays[name]) for name in ("truth", row))
        return float(kind.look(Shown(pictures[None]), Beside(truth, pictures))[0])

    return frames.once(("truth", aspect, row), lambda: frames.data_probed("samples", look, kind.unit, kind.digits))


@make_measure
def metric_at(frames: Frames, spec: RunSpec, number: int, column: str) -> Sample:
    """A column of the epochs table at a picture number of the write-up, one number a seed."""
    return frames.at_epoch(spec, column, epoch_of(frames, number))


@make_measure
def block(frames: Frames, spec: RunSpec, statistic: str, name: str, digits: int = 3, unit: str = "") -> Sample:
    """A statistic of one block's activations, one number a seed."""
    return frames.probed(
        spec,
        "activations",
        lambda stored: float(stored.row(statistic, "blocks", name)),
        unit=unit,
        digits=digits,
    )


@make_measure
def gain(frames: Frames, spec: RunSpec, start: int, end: int) -> Sample:
    """What the accuracy gained from one picture number to another, in points, one number a seed."""
    before, after = (metric_at(spec, number, "val_accuracy") for number in (start, end))
    return points(frames.take(after), frames.take(before))


@make_measure
def error_fall(frames: Frames, spec: RunSpec, start: int, end: int) -> Sample:
    """The share (0..1) of the kept pictures' squared error that is lost from one picture number to another."""
    before, after = (at(spec, number, "error") for number in (start, end))
    share = frames.take(before).paired(frames.take(after), lambda a, b: 1 - b / a if a else 0.0, unit="%")
    return share.shown_as(digits=1)


@make_measure
def tail_fall(frames: Frames, spec: RunSpec) -> Sample:
    """Share by which the validation loss falls over the last fifth of the epochs, one number a seed."""
    last = frames.curve(spec, "val_loss").index.max()
    final = frames.take(metric_at(spec, LAST, "val_loss"))
    if not final.ok:
        return final
    start = max(1, int(last) - max(1, int(last) // TAIL))
    before = frames.gather(spec, "val_loss", lambda rows: rows.at("val_loss", start), int(last))
    return before.paired(final, lambda a, b: (a - b) / a if a else 0.0, unit="%").shown_as(digits=1)


@make_measure
def accuracy_lead(frames: Frames, larger: RunSpec, smaller: RunSpec, number: int) -> Sample:
    """What one network has over another in accuracy at a picture number, in points, one number a seed."""
    one, other = (metric_at(spec, number, "val_accuracy") for spec in (larger, smaller))
    return points(frames.take(one), frames.take(other))


def points(one: Sample, other: Sample) -> Sample:
    """The difference of two shares, paired by seed."""
    return (one - other).shown_as(unit="points")


@make_measure
def truth_edges(frames: Frames, spec: RunSpec, number: int) -> Sample:
    """The edge content of the truth, given to each seed that a run has, so that the two can be paired."""
    kept = at(spec, number, "edges")
    return frames.take(kept).map(lambda _: truth_has(frames, "edges").mean)
