"""The answer to 1.3.c, on UNets of five batch sizes: losses, accuracy, times, steps and gradient noise."""

from __future__ import annotations

from typing import Any

from report.answers import Answer, Cell, Table
from report.judging.judge import judge_part
from report.questions.beside_others import draw_beside_others, say_outliers, tabulate_beside_others
from report.questions.from_samples import list_missing, map_statuses, write_remarks
from report.questions.phrases import list_words, say_course, say_course_on_seeds, say_epochs, say_length
from report.questions.q1_3 import leads
from report.questions.q1_3.batch_charts import COLUMNS, draw_against_batch, draw_batch_curves, draw_noise, draw_times
from report.questions.q1_3.batch_pictures import (
    COMPARED,
    describe_lowest,
    describe_pictures,
    draw_pictures,
    tabulate_lowest,
    tabulate_pictures,
)
from report.questions.q1_3.batches_claims import (
    SIZES,
    WRITTEN,
    at,
    mean_epoch_seconds,
    mean_step_milliseconds,
    noise_scale,
    seconds,
    signal_share,
    slowdown,
    steps_an_epoch,
    train_seconds,
)
from report.questions.q1_3.claims import CLAIMS
from report.results.frames import Frames
from report.results.values import ON_PICTURES, Sample, make_computed
from runs.specs.catalogue import BASE

_LABELS = tuple(str(size) for size in SIZES)


def answer_batches(frames: Frames) -> Answer:
    """1.3.c: the five batch sizes beside the written table, and what bears on the reason."""
    cells = {column: [frames.take(at(size, column)) for size in SIZES] for column in COLUMNS}
    times = [frames.take(train_seconds(size)) for size in SIZES]
    signal = [frames.take(signal_share(size)) for size in SIZES]
    everything = [*(sample for row in cells.values() for sample in row), *times, *signal]
    verdicts = judge_part("1.3.c", CLAIMS, frames)
    figures = [draw_against_batch(frames), draw_pictures(frames), draw_batch_curves(frames), draw_times(frames)]
    figures += [draw_noise(frames), *draw_beside_others(frames, COMPARED)]
    more = [tabulate_lowest(frames), tabulate_pictures(frames), tabulate_beside_others(frames, COMPARED)]
    status, best = map_statuses(verdicts), find_best(cells)
    lead, outcome = leads.lead_batches(cells["val_accuracy"][0], cells["val_accuracy"][-1], status)
    return Answer(
        "1.3.c",
        "The batch size",
        "To train more UNets with other batch sizes, the epochs fixed: what the batch size does to the training loss, "
        "to the validation loss and to the final pictures.",
        values=describe_courses(cells, times)
        | best
        | give_reasons(frames, signal)
        | describe_lowest(frames)
        | describe_pictures(frames)
        | {
            "length": say_length(frames, BASE),
            "slowdown": frames.take(slowdown).measured(),
            "largest": str(SIZES[0]),
            "smallest": str(SIZES[-1]),
            "time_rises": status["time-rises-each"],
        },
        lead=lead,
        outcome=outcome,
        written=leads.WRITTEN["1.3.c"],
        evidence=leads.prove_batches(
            cells["train_loss"], best["val_loss_best_batch"], frames.take(slowdown).measured()
        ),
        shown=("against-batch", "batches", "pictures"),
        figures=[figure for figure in figures if figure is not None],
        tables=[tabulate_losses(frames), tabulate_times(frames), tabulate_steps(frames), *more],
        verdicts=verdicts,
        missing=list_missing(*everything),
        notes=[
            "The training loss of an epoch is the mean over its batches while the network still learns; with few "
            "steps an epoch it lags behind the network more.",
            "Seconds are of this machine, with other runs beside; their order is what can be held against another’s.",
            *filter(None, [say_outliers(frames, COMPARED)]),
            *write_remarks(*everything),
        ],
    )


def describe_courses(cells: dict[str, list[Sample]], times: list[Sample]) -> dict[str, Any]:
    """The way each column goes as the batch shrinks, in words."""
    found: dict[str, Any] = {f"{column}_course": say_course(_LABELS, row) for column, row in cells.items()}
    return found | {"time_course": say_course(_LABELS, times), "time_seeds": say_course_on_seeds(times)}


def find_best(cells: dict[str, list[Sample]]) -> dict[str, Any]:
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


def give_reasons(frames: Frames, signal: list[Sample]) -> dict[str, Any]:
    """Steps taken and gradient noise: the two things that the batch size changes."""
    epochs = frames.preset.epoch(BASE)
    few, many = (
        make_computed(steps_an_epoch(frames, size) * epochs, digits=0, runs=ON_PICTURES)
        for size in (SIZES[0], SIZES[-1])
    )
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
        "signal_course": say_course(_LABELS, signal),
        "noisy": ("all" if len(noisy) == len(SIZES) else list_words(noisy)) if complete else None,
        "noisy_split": list_words(split) if complete else None,
    }


def tabulate_losses(frames: Frames) -> Table:
    """The five sizes with spread, each number beside the written one."""
    rows: list[list[Cell]] = []
    for size, written in WRITTEN.items():
        row: list[Cell] = [str(size)]
        for column in COLUMNS:
            figure = float(getattr(written, column))
            row += [
                frames.take(at(size, column)).measured(),
                _show_percent(figure) if "accuracy" in column else f"{figure:.4f}",
            ]
        rows.append(row)
    heads = [head for name, _ in COLUMNS.values() for head in (name, "written")]
    return Table(
        "batches",
        f"The UNet by batch size after epoch {say_epochs(frames, BASE)}, beside the written figures.",
        ["batch", *heads],
        rows,
    )


def _show_percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def tabulate_times(frames: Frames) -> Table:
    """Time of training and of all, beside the written times."""
    rows: list[list[Cell]] = [
        [
            str(size),
            frames.take(train_seconds(size)).measured(),
            f"{written.train_seconds:g} s",
            frames.take(seconds(size)).measured(),
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


def tabulate_steps(frames: Frames) -> Table:
    """What the batch size changes: time of an epoch and of a step, steps taken, gradient noise."""
    epochs = frames.preset.epoch(BASE)
    rows: list[list[Cell]] = [
        [
            str(size),
            frames.take(mean_epoch_seconds(size)).measured(),
            frames.take(mean_step_milliseconds(size)).measured(),
            make_computed(steps_an_epoch(frames, size) * epochs, digits=0, runs=ON_PICTURES),
            frames.take(noise_scale(size)).measured(),
            frames.take(signal_share(size)).measured(),
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
