"""The UNets of five batch sizes in, the answer to 1.3.c out: losses, accuracy, times, steps and gradient noise."""

from __future__ import annotations

from typing import Any

from report.answers import Answer, Cell, Figure, Table
from report.claims.judge import judge_part
from report.claims.q1_3 import CLAIMS
from report.claims.q1_3_batches import (
    SIZES,
    WRITTEN,
    at,
    noise_scale,
    seconds,
    signal_share,
    slowdown,
    steps_an_epoch,
    train_seconds,
)
from report.figures import SPANNED, Panel, Series, band, chart
from report.frames import Frames
from report.questions.phrases import course, course_seeds, length
from report.questions.samples import epoch_words, listed, points, remarks, statuses, wanted
from report.values import Sample, computed
from runs.catalogue import BASE, unet

#: Columns of the table: what they are called, and how a chart scales them.
COLUMNS = {
    "train_loss": ("training loss", 1.0),
    "val_loss": ("validation loss", 1.0),
    "val_accuracy": ("pixels right", 100.0),
}
_LABELS = tuple(str(size) for size in SIZES)


def answer_batches(frames: Frames) -> Answer:
    """1.3.c: the five batch sizes beside the written table, and what bears on the reason."""
    cells = {column: [at(size, column)(frames) for size in SIZES] for column in COLUMNS}
    times = [train_seconds(size)(frames) for size in SIZES]
    signal = [signal_share(size)(frames) for size in SIZES]
    everything = [*(sample for row in cells.values() for sample in row), *times, *signal]
    verdicts = judge_part("1.3.c", CLAIMS, frames)
    figures = [against_batch(frames), curves(frames), time_figure(frames), noise_figure(frames)]
    return Answer(
        "1.3.c",
        "The batch size",
        "How the batch size changes the UNet's training loss, validation loss, accuracy and time of training.",
        values=courses(cells, times)
        | best(cells)
        | reasons(frames, signal)
        | {
            "length": length(frames, BASE),
            "slowdown": slowdown(frames).measured(),
            "largest": str(SIZES[0]),
            "smallest": str(SIZES[-1]),
            "time_rises": statuses(verdicts)["time-rises"],
        },
        figures=[figure for figure in figures if figure is not None],
        tables=[losses(frames), times_table(frames), steps_table(frames)],
        verdicts=verdicts,
        missing=wanted(*everything),
        notes=[
            "The training loss of an epoch is the mean over its batches while the network still learns; with few "
            "steps an epoch it lags behind the network more.",
            "Seconds are of this machine, with other runs beside; only their order and ratio carry over.",
            *remarks(*everything),
        ],
    )


def courses(cells: dict[str, list[Sample]], times: list[Sample]) -> dict[str, Any]:
    """The way each column goes as the batch shrinks, in words."""
    found: dict[str, Any] = {f"{column}_course": course(_LABELS, row) for column, row in cells.items()}
    return found | {"time_course": course(_LABELS, times), "time_seeds": course_seeds(times)}


def best(cells: dict[str, list[Sample]]) -> dict[str, Any]:
    """For each column the batch size that does best on average, and its number."""
    found: dict[str, Any] = {}
    for column, row in cells.items():
        better = max if column == "val_accuracy" else min
        there = [index for index, sample in enumerate(row) if sample.ok]
        complete = len(there) == len(row)
        index = better(there, key=lambda i: row[i].mean) if complete else 0
        found |= {
            f"{column}_best": row[index].measured() if complete else None,
            f"{column}_best_batch": _LABELS[index] if complete else None,
        }
    return found | {"smallest_learns_best": found["train_loss_best_batch"] == _LABELS[-1]}


def reasons(frames: Frames, signal: list[Sample]) -> dict[str, Any]:
    """Steps taken and gradient noise: the two things that the batch size changes."""
    epochs = frames.preset.epoch(BASE)
    few, many = (computed(steps_an_epoch(frames, size) * epochs, digits=0) for size in (SIZES[0], SIZES[-1]))
    complete = all(sample.ok for sample in signal)
    seeds = {
        label: [share < 0.5 for share in found.values.values()] for label, found in zip(_LABELS, signal, strict=True)
    }
    noisy = [label for label, found in seeds.items() if all(found)]
    split = [f"{label} on {sum(found)} of {len(found)} seeds" for label, found in seeds.items() if len(set(found)) > 1]
    return {
        "few_steps": few,
        "many_steps": many,
        "signal_largest": signal[0].measured(),
        "signal_smallest": signal[-1].measured(),
        "signal_course": course(_LABELS, signal),
        "noisy": ("all" if len(noisy) == len(SIZES) else listed(noisy)) if complete else None,
        "noisy_split": listed(split) if complete else None,
    }


def losses(frames: Frames) -> Table:
    """The five sizes with spread, each number beside the written one."""
    rows: list[list[Cell]] = []
    for size, written in WRITTEN.items():
        row: list[Cell] = [str(size)]
        for column in COLUMNS:
            figure = float(getattr(written, column))
            row += [at(size, column)(frames).measured(), _percent(figure) if "accuracy" in column else f"{figure:.4f}"]
        rows.append(row)
    heads = [head for name, _ in COLUMNS.values() for head in (name, "written")]
    return Table(
        "batches",
        f"The UNet by batch size after epoch {epoch_words(frames, BASE)}, beside the written figures.",
        ["batch", *heads],
        rows,
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def step_milliseconds(frames: Frames, size: int) -> Sample:
    """Time of a training step: the mean over the run."""
    steps = steps_an_epoch(frames, size) * frames.preset.epoch(BASE)
    return train_seconds(size)(frames).map(lambda total: 1000 * total / steps, "ms", 1)


def epoch_seconds(frames: Frames, size: int) -> Sample:
    """Time of an epoch's training: the mean over the run."""
    return train_seconds(size)(frames).map(lambda total: total / frames.preset.epoch(BASE), "s", 2)


def times_table(frames: Frames) -> Table:
    """Time of training and of all, beside the written times."""
    rows: list[list[Cell]] = [
        [
            str(size),
            train_seconds(size)(frames).measured(),
            f"{written.train_seconds:g} s",
            seconds(size)(frames).measured(),
            f"{written.seconds:g} s",
        ]
        for size, written in WRITTEN.items()
    ]
    return Table(
        "times",
        "Time of training and of training with validation, on this machine beside the written times of another.",
        ["batch", "training", "written", "in all", "written"],
        rows,
    )


def steps_table(frames: Frames) -> Table:
    """What the batch size changes: time of an epoch and of a step, steps taken, gradient noise."""
    epochs = frames.preset.epoch(BASE)
    rows: list[list[Cell]] = [
        [
            str(size),
            epoch_seconds(frames, size).measured(),
            step_milliseconds(frames, size).measured(),
            computed(steps_an_epoch(frames, size) * epochs, digits=0),
            noise_scale(size)(frames).measured(),
            signal_share(size)(frames).measured(),
        ]
        for size in SIZES
    ]
    return Table(
        "steps",
        "Time of an epoch and of a step, steps taken, the gradient-noise scale in pictures (the batch at which noise "
        "and gradient are equally large), and how much of the squared gradient of one batch is not noise; the last "
        "two at the trained weights.",
        ["batch", "an epoch", "a step", "steps taken", "noise scale", "not noise"],
        rows,
    )


def against_batch(frames: Frames) -> Figure | None:
    """Loss and accuracy against the batch size, with the written values."""
    panels, said = [], []
    for column, (name, factor) in COLUMNS.items():
        there = [(size, at(size, column)(frames).map(lambda x, f=factor: x * f)) for size in SIZES]  # type: ignore[misc]
        there = [(size, sample) for size, sample in there if sample.ok]
        lines = [points("measured", [size for size, _ in there], [s for _, s in there], "unet")] if there else []
        figures = [float(getattr(row, column)) * factor for row in WRITTEN.values()]
        lines.append(Series("written", list(SIZES), figures, colour="reference", dashed=True, marker=True))
        panels.append(Panel(lines, "batch size", f"{name}, %" if factor != 1 else name, log_x=True))
        said += [f"{name} {sample.mean:.4g} at batch {size}" for size, sample in there]
    if not said:
        return None
    return chart(
        "against-batch",
        "Loss and accuracy against the batch size (logarithmic), measured and as written.",
        f"Three line charts: {'; '.join(said)}.",
        *panels,
    )


def curves(frames: Frames) -> Figure | None:
    """Validation loss and accuracy over the epochs, one line a batch size."""
    panels, said = [], []
    for column in ("val_loss", "val_accuracy"):
        name, factor = COLUMNS[column]
        lines = []
        for size in SIZES:
            frame = frames.curve(unet(size), column, BASE) * factor
            if not frame.empty:
                lines.append(Series(f"batch {size}", *band(frame), colour=f"batch-{size}"))
                said.append(f"{name} {lines[-1].y[-1]:.4g} with batch {size}")
        panels.append(Panel(lines, "epoch", f"{name}, %" if factor != 1 else name))
    if not said:
        return None
    return chart(
        "curves",
        "Loss and accuracy on the test pictures after each epoch, by batch size.",
        f"Two line charts over the epochs. Last values: {'; '.join(said)}.",
        *panels,
    )


def time_figure(frames: Frames) -> Figure | None:
    """Time of an epoch and of a step against the batch size."""
    there = [size for size in SIZES if train_seconds(size)(frames).ok]
    if not there:
        return None
    epoch = [epoch_seconds(frames, size) for size in there]
    step = [step_milliseconds(frames, size) for size in there]
    said = [
        f"batch {size} {a.mean:.3g} s an epoch, {b.mean:.3g} ms a step"
        for size, a, b in zip(there, epoch, step, strict=True)
    ]
    return chart(
        "time",
        "Time of an epoch and of a step against the batch size, on this machine.",
        f"Two line charts: {'; '.join(said)}.",
        Panel([points("an epoch", there, epoch, "unet")], "batch size", "time of an epoch, s", log_x=True),
        Panel([points("a step", there, step, "unet")], "batch size", "time of a step, ms", log_x=True),
    )


def noise_figure(frames: Frames) -> Figure | None:
    """Steps taken and the gradient-noise scale against the batch size."""
    steps = [float(steps_an_epoch(frames, size) * frames.preset.epoch(BASE)) for size in SIZES]
    noise = {size: noise_scale(size)(frames) for size in SIZES}
    there = [size for size in SIZES if noise[size].ok]
    if not there:
        return None
    said = [f"batch {size} {noise[size].mean:.3g} pictures" for size in there]
    several = any(noise[size].n > 1 for size in there)
    spanned = SPANNED if several else ""
    equal = Series("noise as large as the batch", list(SIZES), list(SIZES), colour="reference", dashed=True)
    return chart(
        "noise",
        "What the batch size changes: the steps taken, and the gradient noise. Above the dashed line the noise in the "
        "gradient of one batch is larger than the gradient." + spanned,
        f"Two line charts. Steps: {steps[0]:,.0f} at batch {SIZES[0]} to {steps[-1]:,.0f} at batch {SIZES[-1]}. "
        f"Noise scale: {'; '.join(said)}.",
        Panel(
            [Series("steps", list(SIZES), steps, colour="unet", marker=True)],
            "batch size", "steps taken", log_x=True, log_y=True,
        ),
        Panel(
            [points("noise scale", there, [noise[size] for size in there], "unet", spanned=True), equal],
            "batch size", "gradient-noise scale, pictures", log_x=True, log_y=True,
        ),
    )  # fmt: skip
