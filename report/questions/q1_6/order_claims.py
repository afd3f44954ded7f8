"""Question 1.6.b, pooling before or after the non-linearity: what commutes, what it costs, what conv2d does."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from report.judging.claim import Claim, Margin
from report.judging.kinds import Fact, Identity, Ordering
from report.measures.common import fastest_epoch_seconds, flat_at
from report.results.frames import Frames, Measure, Measurement, make_measure
from report.results.values import Sample, make_known
from runs.specs.catalogue import BASE, CNN, CNN_POOL_FIRST

#: "A lot" of running time, as a share (0..1) of it.
A_LOT = 0.1

#: What two timings of one and the same thing differ by.
CLOCK = Margin(0.02, "points", "a fiftieth of the time, our reading of the clock’s own noise")

#: Columns of the epochs table that must agree for two trajectories to be one.
COMPARED = ("train_loss", "val_loss", "val_accuracy")

#: Rounding of a single-precision sum, as a share of the largest output.
ROUNDING = 1e-4

RISING: Mapping[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "ReLU": lambda x: np.maximum(x, 0),
    "leaky ReLU": lambda x: np.where(x > 0, x, 0.01 * x),
    "tanh": np.tanh,
    "a staircase": np.floor,
}


def pooled(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, H, W) -> (N, H/2, W/2): the largest of each 2×2 square."""
    n, h, w = x.shape
    largest: NDArray[np.float64] = x.reshape(n, h // 2, 2, w // 2, 2).max(axis=(2, 4))
    return largest


@Measure
def rising_differences(frames: Frames) -> Sample:
    """Elements in which the two orders differ, over four rising functions; random, tied, huge and infinite values."""
    rng = np.random.default_rng(0)
    x = np.concatenate(
        [rng.standard_normal((4, 16, 16)), rng.integers(-2, 3, (4, 16, 16)), rng.standard_normal((4, 16, 16)) * 1e300]
    )
    x[0, :2, :2] = [[np.inf, -np.inf], [0.0, -0.0]]
    different = sum(int((pooled(f(x)) != f(pooled(x))).sum()) for f in RISING.values())
    return make_known(different, digits=0)


def at_case(stored: Measurement, key: str, name: str) -> float:
    """A number of the commute probe at one of its cases; NaN where it has no such case."""
    return float(stored.row(key, "cases", name)) if name in stored.notes["cases"] else math.nan


@make_measure
def of_case(frames: Frames, name: str, key: str, digits: int = 0) -> Sample:
    """A number of the commute probe at one of its cases, one number a seed."""
    return frames.probed(CNN, "commute", lambda stored: at_case(stored, key, name), digits=digits)


@make_measure
def case(frames: Frames, name: str) -> Sample:
    """1 on each seed where a case of the commute probe found a difference between the orders, else 0."""
    equal = of_case(name, "equal")
    return frames.take(equal).map(lambda value: float(value == 0))


@Measure
def both(frames: Frames) -> Sample:
    """The seeds for which both orders were trained to the end; the values say nothing."""
    first, second = frames.metric(CNN, "val_loss"), frames.metric(CNN_POOL_FIRST, "val_loss")
    return replace(first.paired(second, lambda a, b: 0.0), unit="", digits=0)


@Measure
def different_metrics(frames: Frames) -> Sample:
    """Epochs × metrics in which the two trained runs differ by as little as one bit, one count a seed."""
    last, pair = frames.preset.epoch(BASE), frames.take(both)

    def table(run: str) -> NDArray[np.float64]:
        rows = frames.by_run[run]
        order = np.argsort(rows.until("epoch", last), kind="stable")
        return np.stack([rows.until(column, last)[order] for column in COMPARED], axis=1)

    def count(seed: int) -> float:
        first, second = (table(spec.with_seed(seed).id) for spec in (CNN, CNN_POOL_FIRST))
        return float((first != second).sum())

    return replace(pair, values={seed: count(seed) for seed in pair.values})


@Measure
def different_pixels(frames: Frames) -> Sample:
    """Pixels of the kept pictures of all epochs in which the two trained runs differ, one count a seed."""
    last, pair = frames.preset.epoch(BASE), frames.take(both)
    values, missing = {}, list(pair.missing)
    for seed in pair.values:
        ids = [spec.with_seed(seed).id for spec in (CNN, CNN_POOL_FIRST)]
        kept = [frames.pictures.get(run) for run in ids]
        if kept[0] is None or kept[1] is None:
            missing += [run for run, pictures in zip(ids, kept, strict=True) if pictures is None]
        else:
            values[seed] = float((kept[0][:last] != kept[1][:last]).any(axis=-1).sum())
    return replace(pair, values=values, missing=tuple(missing))


@make_measure
def seconds(frames: Frames, order: str, *places: str, step: bool = True) -> Sample:
    """Measured time of one batch through places of the network, in ms, in one order ("relu" or "pool" first).

    At a block it is the time of ReLU and MaxPool alone. The median over the repetitions, added up over the
    places; one number a seed. ``step``: forward and backward, as in training; else forward only.
    """
    key = f"{order}_first_{'step_' if step else ''}seconds"

    def time(stored: Measurement) -> float:
        return float(sum(np.median(stored.row(key, "places", place)) for place in places)) * 1000

    return frames.probed(CNN, "commute", time, unit="ms", digits=2)


def operations(order: str) -> Measure:
    """Comparisons that ReLU and MaxPool of both blocks make for one picture; the same on every seed."""
    return settled(lambda stored: float(stored.arrays[f"{order}_first_operations"].sum()), 0)


@make_measure
def settled(frames: Frames, number: Callable[[Measurement], float], digits: int) -> Sample:
    """A number of the commute probe that no training changes: the largest of those that the seeds give."""
    found = frames.probed(CNN, "commute", number, digits=digits)
    return replace(found, values={-1: max(found.values.values())} if found.ok else {})


@make_measure
def saved(frames: Frames, before: Measure, after: Measure) -> Sample:
    """The share (0..1) of ``before`` that ``after`` saves, one number a seed; negative where it costs."""
    share = frames.take(before).paired(frames.take(after), lambda a, b: 1 - b / a if a else 0.0, unit="%")
    return replace(share, digits=1)


def convolution(key: str) -> Measure:
    """What the commute probe found of conv2d, as a share of its largest output."""
    return settled(lambda stored: float(stored.arrays[key].max()), 4)


def a_lot(share: Measure) -> Ordering:
    """The test that a saved share is a lot."""
    return Ordering(share, flat_at(share, A_LOT), CLOCK, ("the share saved", "a tenth of the time"))


COUNTED = saved(operations("relu"), operations("pool"))
IN_LAYERS = saved(seconds("relu", "downconv1", "downconv2"), seconds("pool", "downconv1", "downconv2"))
IN_TRAINING = saved(fastest_epoch_seconds(CNN), fastest_epoch_seconds(CNN_POOL_FIRST))

CLAIMS: tuple[Claim, ...] = (
    Claim(
        "1.6.b.tensors",
        "MaxPool(ReLU(x)) equals ReLU(MaxPool(x)).",
        "MaxPool(ReLU(x)) = ReLU(MaxPool(x)) for any x",
        Identity(case("tensors")),
        "The statement is exact, so the tensors must agree in every element. Zeros of either sign are one value.",
    ),
    Claim(
        "1.6.b.rising",
        "MaxPool commutes with any rising non-linearity, on any x.",
        "MaxPool and a rising non-linearity commute, for any x",
        Fact(
            0.0,
            rising_differences,
            "elements that differ between the two orders, over ReLU, leaky ReLU, tanh and a staircase, on tensors with "
            "random, tied, huge and infinite values",
        ),
        "A rising function keeps the order of its inputs, so the largest stays the largest.",
        comment="“Rising” must be taken as never falling. A function that falls anywhere is a counterexample; the "
        "table of what does not commute has one.",
    ),
    Claim(
        "1.6.b.network",
        "A trained network gives the same output in both orders.",
        "the result is the same",
        Identity(case("trained network")),
        "The statement is exact: every output of the network must agree.",
    ),
    Claim(
        "1.6.b.same-losses",
        "Trained in either order, the network has the same losses and accuracy at every epoch.",
        "the result is the same",
        Identity(different_metrics, trained=True),
        "If both orders give the same outputs and gradients, the runs stay equal to the last bit.",
        below="1.6.b.network",
    ),
    Claim(
        "1.6.b.same-pictures",
        "Trained in either order, the network makes the same pictures at every epoch.",
        "the result is the same",
        Identity(different_pixels, trained=True),
        "Every pixel of every kept picture must agree.",
        below="1.6.b.network",
    ),
    Claim(
        "1.6.b.cheaper-counted",
        "Pooling first needs fewer operations.",
        "pooling first is cheaper",
        Ordering(
            operations("relu"),
            operations("pool"),
            Margin(1.0, "", "operations are counted, so that one is a difference"),
            ("comparisons with ReLU first", "with MaxPool first"),
        ),
        "Counted from the shapes: after pooling, ReLU has a quarter of the values to look at.",
    ),
    Claim(
        "1.6.b.cheaper-measured",
        "Pooling first takes less time in the two blocks that pool: ReLU and MaxPool themselves.",
        "pooling first is cheaper",
        Ordering(IN_LAYERS, flat_at(IN_LAYERS, 0.0), CLOCK, ("the share saved", "nothing")),
        "Median time of a batch through ReLU and MaxPool of both blocks, forward and backward, the two orders timed in "
        "turn on the same machine.",
        below="1.6.b.cheaper-counted",
    ),
    Claim(
        "1.6.b.a-lot",
        "Pooling first saves a lot of running time.",
        "saves “a lot” of running time",
        a_lot(IN_TRAINING),
        "The write-up gives no figure. A lot is read as at least a tenth, what a user would notice, of the training of "
        "the whole network. The fastest epoch of each of the two runs is taken, as in 1.6.a: it is disturbed least.",
        comment="The clock times of single batches stand in the table but decide nothing: a few repetitions on a "
        "machine that does other work scatter too widely.",
    ),
    Claim(
        "1.6.b.linear",
        "conv2d is linear.",
        "conv2d is linear",
        Fact(
            0.0,
            convolution("conv_linear_error"),
            "largest difference between conv2d of a weighted sum and the weighted sum of conv2d, as a share of the "
            "largest output, on random tensors",
            ROUNDING,
        ),
        "Sums in single precision round; one part in ten thousand is far above rounding and far below any real effect.",
        comment="Without its bias. With a bias it is affine: a constant is added to every output.",
    ),
    Claim(
        "1.6.b.no-flip",
        "conv2d does not flip its kernel.",
        "does not flip its kernel",
        Fact(
            0.0,
            convolution("conv_flip_error"),
            "largest difference between conv2d and a plain sum of products with the kernel as it is, as a share of the "
            "largest output, on random tensors",
            ROUNDING,
        ),
        "What is called convolution here is cross-correlation; the same rounding as above.",
    ),
)
