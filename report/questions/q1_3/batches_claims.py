"""What 1.3.c says of the batch size: its table, its statements, and the measures that test them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import add
from typing import Literal

from report.judging.claim import Claim, Margin
from report.judging.kinds import Expected, Fact, Judgement, Ordering, Trend, Value
from report.judging.margins import STEP_ACCURACY, STEP_LOSS, about
from report.measures.common import fastest_epoch_seconds, flat_at
from report.results.frames import Frames, Measure, Measurement, make_measure
from report.results.values import Sample, make_known
from runs.specs.catalogue import BASE, make_unet


@dataclass(frozen=True)
class Written:
    """A row of the write-up's table.

    Attributes:
        train_seconds: time of training, in seconds.
        seconds: time of all, in seconds.
        val_accuracy: 0..1.
    """

    train_loss: float
    train_seconds: float
    val_loss: float
    val_accuracy: float
    seconds: float


#: The write-up's table, by batch size, in its order.
WRITTEN = {
    200: Written(1.3450, 56, 1.4070, 0.469, 57),
    100: Written(1.2606, 58, 1.3347, 0.494, 59),
    50: Written(1.2194, 71, 1.3370, 0.495, 72),
    20: Written(1.2089, 113, 1.2902, 0.508, 114),
    10: Written(1.1646, 161, 1.3068, 0.511, 161),
}
SIZES = tuple(WRITTEN)
_LABELS = tuple(f"batch {size}" for size in SIZES)

#: The step of the table, from batch 20 to 10, at which the written validation loss turns up.
TURN = SIZES.index(20)


@make_measure
def at(frames: Frames, size: int, column: str) -> Sample:
    """A column of the epochs table of the UNet with a batch size, after the write-up's 25 epochs."""
    return frames.metric(make_unet(size), column, BASE)


@make_measure
def train_seconds(frames: Frames, size: int) -> Sample:
    """Seconds of training in all 25 epochs."""
    return frames.total(make_unet(size), "train_seconds", BASE)


@make_measure
def times_largest(frames: Frames, size: int) -> Sample:
    """Time of training as a multiple of that with the largest batch."""
    return (frames.take(train_seconds(size)) / frames.take(train_seconds(SIZES[0]))).shown_as(digits=2)


@make_measure
def fastest_times_largest(frames: Frames, size: int) -> Sample:
    """Time of the fastest epoch as a multiple of that with the largest batch: what else runs only adds to a time."""
    fastest = [frames.take(fastest_epoch_seconds(make_unet(each))) for each in (size, SIZES[0])]
    return (fastest[0] / fastest[1]).shown_as(digits=2)


@make_measure
def seconds(frames: Frames, size: int) -> Sample:
    """Seconds of training and validation in all 25 epochs."""
    return frames.take(train_seconds(size)).paired(
        frames.total(make_unet(size), "val_seconds", BASE), lambda a, b: a + b
    )


def steps_an_epoch(frames: Frames, size: int) -> int:
    """Batches in an epoch, a short last one included."""
    return -(-int(frames.data["train"]) // size)


@make_measure
def mean_epoch_seconds(frames: Frames, size: int) -> Sample:
    """Time of an epoch's training: the mean over the run."""
    return frames.take(train_seconds(size)).map(lambda total: total / frames.preset.epoch(BASE), "s", 2)


@make_measure
def mean_step_milliseconds(frames: Frames, size: int) -> Sample:
    """Time of a training step: the mean over the run."""
    steps = steps_an_epoch(frames, size) * frames.preset.epoch(BASE)
    return frames.take(train_seconds(size)).map(lambda total: 1000 * total / steps, "ms", 1)


@make_measure
def noise_scale(frames: Frames, size: int) -> Sample:
    """Gradient-noise scale at the trained weights, in pictures (McCandlish et al., 2018).

    The batch at which noise and gradient are equally large; not finite where noise is all that was found.
    """
    return frames.probed(
        make_unet(size), "noise", lambda probe: float(probe.arrays["noise_scale"].reshape(-1)[0]), BASE, digits=0
    )


@make_measure
def signal_share(frames: Frames, size: int) -> Sample:
    """How much of the squared gradient of one batch is the gradient of all pictures, 0..1; the rest is noise."""

    def share(probe: Measurement) -> float:
        return size / (size + float(probe.arrays["noise_scale"].reshape(-1)[0]))

    return frames.probed(make_unet(size), "noise", share, BASE, unit="%", digits=0)


@make_measure
def mean_step(frames: Frames, *row: Measure) -> Sample:
    """By how much a number changes from one batch size of the table to the next smaller one: the slope of the straight
    line through all of them by least squares, one number a seed.
    """
    middle = (len(row) - 1) / 2
    whole = sum((index - middle) ** 2 for index in range(len(row)))
    shares = [
        frames.take(each).map(lambda value, share=(index - middle) / whole: share * value)  # type: ignore[misc]
        for index, each in enumerate(row)
    ]
    return reduce(lambda one, other: one.paired(other, add), shares)


@Measure
def slowdown(frames: Frames) -> Sample:
    """Time of training with the smallest batch over that with the largest."""
    return frames.take(times_largest(SIZES[-1]))


@Measure
def _rise(frames: Frames) -> Sample:
    return frames.take(at(10, "val_loss")) - frames.take(at(20, "val_loss"))


def against(figures: Sequence[float], direction: str, turns: Sequence[int] = ()) -> list[int]:
    """The steps, by index, at which a row of figures goes against a statement: a standstill counts."""
    wrong = []
    for index, (before, after) in enumerate(pairwise(figures)):
        falls = (direction == "falls") != (index in turns)
        if not (after < before if falls else after > before):
            wrong.append(index)
    return wrong


@make_measure
def counted_steps(frames: Frames, steps: int) -> Sample:
    """So many steps of the write-up's own table: counted without any run."""
    return make_known(steps, digits=0)


def tend(
    name: str,
    statement: str,
    written: str,
    row: Sequence[Measure],
    direction: Literal["rises", "falls"],
    margin: Margin,
    why: str,
    conflict: str = "",
) -> tuple[Claim, Claim]:
    """A statement on the whole row, by its slope, and below it its stricter reading: at every step."""
    slope = mean_step(*row)
    level = flat_at(slope, 0.0)
    names = ("the mean step", "no change")
    pair = (slope, level) if direction == "rises" else (level, slope)
    return (
        Claim(
            f"1.3.c.{name}", statement, written,
            Ordering(*pair, margin, names if direction == "rises" else names[::-1]),
            f"Over all batch sizes together: the slope of the line through them, in steps of the table. {why}",
            conflict=conflict,
        ),
        Claim(
            f"1.3.c.{name}-each", f"{statement.removesuffix('.')}, at every step.", written,
            Trend(row, _LABELS[: len(row)], direction, margin),
            f"The stricter reading: each step counts by its direction. {why}", below=f"1.3.c.{name}",
        ),
    )  # fmt: skip


def own_table(name: str, column: str, words: str, direction: str, turns: Sequence[int] = ()) -> Claim:
    """The statement held against the write-up's own table: the number of its steps that go the other way."""
    figures = [float(getattr(row, column)) for row in WRITTEN.values()]
    told = [f"{100 * figure:.1f}" if column == "val_accuracy" else f"{figure:.4f}" for figure in figures]
    wrong = against(figures, direction, turns)
    places = "; ".join(
        f"{told[step]} at batch {SIZES[step]}, then {told[step + 1]} at batch {SIZES[step + 1]}" for step in wrong
    )
    found = f"found: {places}" if wrong else "none is found"
    row = ", ".join(told)
    return Claim(
        f"1.3.c.own-{name}", f"The write-up's own table shows that {words}.", "no step the other way",
        Fact(
            0.0, counted_steps(len(wrong)),
            f"counted are the steps that go the other way in {row}, from batch {SIZES[0]} to {SIZES[-1]}; {found}",
        ),
        "The written figures are compared with each other, exactly; no run is needed.",
        conflict=f"Its table goes against its sentence: {places}." if wrong else "", below=f"1.3.c.{name}-trend",
    )  # fmt: skip


_UNITS = {"train_loss": "", "val_loss": "", "val_accuracy": "%"}
_FIGURES = {"train_loss": "training loss", "val_loss": "validation loss", "val_accuracy": "validation accuracy"}

_CELLS = tuple(
    Claim(
        f"1.3.c.{column.replace('_', '-')}-{size}", f"The {label} of the UNet with batch {size} after 25 epochs.",
        f"{written:.1%}".replace("%", " %") if _UNITS[column] else f"{written:.4f}",
        Value(written, at(size, column), about(written).size, _UNITS[column]), about(written).why,
    )
    for column, label in _FIGURES.items()
    for size, row in WRITTEN.items()
    for written in (float(getattr(row, column)),)
)  # fmt: skip

_TIMES = tuple(
    Claim(
        f"1.3.c.{name}-{size}", f"The UNet with batch {size} takes {written:g} s {words}.", f"{written:g} s",
        Judgement(
            reason="seconds belong to the machine they were taken on, and the write-up names none. Those of this one "
            "stand in the table of times; the order of the times is tested by itself.",
            because="another machine’s seconds",
        ),
        "No tolerance could tell another machine from another result.", role="machine",
    )
    for name, column, words in (
        ("train-seconds", "train_seconds", "to train"),
        ("seconds", "seconds", "in all"),
    )
    for size, row in WRITTEN.items()
    for written in (float(getattr(row, column)),)
)  # fmt: skip

_LOSS_WORDS = "the validation loss falls with the batch down to 20 and rises at 10"

CLAIMS: tuple[Claim, ...] = (
    *_CELLS,
    *_TIMES,
    *tend(
        "time-rises", "Training takes longer as the batch shrinks.", "56, 58, 71, 113, 161 s",
        [fastest_times_largest(size) for size in SIZES], "rises",
        Margin(0.015, "", "less than half of the smallest step in the written table, from 56 to 58 s"),
        "More steps for the same pictures cost more on any machine, if by ever so little: the order can be tested, and "
        "by how much cannot. Each time is that of the fastest epoch, which other work disturbs least, as a multiple of "
        "that with batch 200, so that a slow seed is slow throughout.",
    ),
    Claim(
        "1.3.c.time-ratio", "Training with batch 10 takes nearly three times as long as with batch 200.",
        "161 s / 56 s",
        Judgement(
            reason="the ratio belongs to the kind of machine as the seconds do, and the write-up names none. It "
            "depends on what a step costs beside its pictures: much on a GPU that small batches leave idle, little on "
            "a processor that is busy with either",
            beside={"batch 10 over batch 200": slowdown}, because="another machine’s seconds",
        ),
        "No tolerance could tell another machine from another result.", role="machine",
    ),
    *tend(
        "val-loss-trend", f"The validation loss falls as the batch shrinks to {SIZES[TURN]}.",
        "1.4070, 1.3347, 1.3370, 1.2902",
        [at(size, "val_loss") for size in SIZES[: TURN + 1]], "falls", STEP_LOSS,
        "The statement gives no size. What it says of batch 10 is the next one.",
        conflict="Its own table rises from 1.3347 at batch 100 to 1.3370 at batch 50.",
    ),
    Claim(
        "1.3.c.slight-rise", "The rise of the validation loss from batch 20 to batch 10 is slight.", "0.0166",
        Expected(WRITTEN[10].val_loss - WRITTEN[20].val_loss, _rise, 0.0166),
        "The difference of the two written figures; anything from no rise to twice that counts as slight.",
    ),
    *tend(
        "train-loss-trend", "The training loss falls as the batch shrinks.", "1.3450, 1.2606, 1.2194, 1.2089, 1.1646",
        [at(size, "train_loss") for size in SIZES], "falls", STEP_LOSS, "The statement gives no size.",
    ),
    *tend(
        "accuracy-trend", "The validation accuracy keeps rising as the batch shrinks.",
        "46.9, 49.4, 49.5, 50.8, 51.1 %",
        [at(size, "val_accuracy") for size in SIZES], "rises", STEP_ACCURACY, "The statement gives no size.",
    ),
    own_table("val-loss", "val_loss", _LOSS_WORDS, "falls", (TURN,)),
    own_table("train-loss", "train_loss", "the training loss falls as the batch shrinks", "falls"),
    own_table("accuracy", "val_accuracy", "the validation accuracy rises as the batch shrinks", "rises"),
)  # fmt: skip
