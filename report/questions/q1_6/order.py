"""Question 1.6.b, pooling before the non-linearity: frames in, what is equal, what it saves, what does not commute."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from report.answers import Answer, Cell, Figure, Table
from report.drawing.charts import draw_bars, draw_chart
from report.judging.judge import judge_part
from report.measures.common import fastest_epoch_seconds
from report.questions.curves import draw_over_epochs
from report.questions.from_samples import find_reach, list_missing, map_statuses, write_remarks
from report.questions.q1_6 import leads
from report.questions.q1_6.order_claims import (
    CLAIMS,
    COUNTED,
    IN_LAYERS,
    IN_TRAINING,
    at_case,
    case,
    convolution,
    different_metrics,
    different_pixels,
    of_case,
    operations,
    saved,
    seconds,
    settled,
)
from report.results.frames import Frames
from report.results.values import Sample
from runs.specs.catalogue import CNN, CNN_POOL_FIRST

#: Cases of the probe, as a page says them.
CASES: Mapping[str, str] = {
    "tensors": "ReLU and MaxPool on random tensors",
    "trained network": "the trained network's outputs",
    "gradients": "its gradients on a batch",
    "pooling before BatchNorm": "pooling before BatchNorm, where a channel's scale is negative",
    "non-monotone activation": "a non-linearity that falls and rises (the square)",
}

#: Places that are timed, as a page says them.
PLACES: Mapping[str, str] = {
    "downconv1": "ReLU and MaxPool of downconv1",
    "downconv2": "ReLU and MaxPool of downconv2",
    "network": "the whole network",
}
ORDERS: Mapping[str, str] = {"relu": "ReLU first", "pool": "MaxPool first"}
#: Their colours, the same on every chart.
HUES: Mapping[str, str] = {"ReLU first": "cnn", "MaxPool first": "accent"}
#: The share (0..1) of a batch's time in the whole network that pooling first saves, one number a seed.
IN_NETWORK = saved(*(seconds(order, "network") for order in ORDERS))


def answer(frames: Frames) -> Answer:
    """1.6.b: equality of both orders, what pooling first saves, and what conv2d is."""
    samples = {
        "tensors": frames.take(case("tensors")),
        "network": frames.take(case("trained network")),
        "norm": frames.take(case("pooling before BatchNorm")),
        "square": frames.take(case("non-monotone activation")),
        "metrics": frames.take(different_metrics),
        "pixels": frames.take(different_pixels),
        "counted": frames.take(COUNTED),
        "layers": frames.take(IN_LAYERS),
        "whole": frames.take(IN_NETWORK),
        "training": frames.take(IN_TRAINING),
        "linear": frames.take(convolution("conv_linear_error")),
        "unflipped": frames.take(convolution("conv_flip_error")),
        "flipped": frames.take(convolution("conv_flipped_difference")).shown_as(digits=2),
    }
    # a share that is lost is told as what it takes more
    amounts = {
        name: samples[name] if describe_savings(samples[name]) else samples[name].map(lambda share: -share)
        for name in ("layers", "whole", "training")
    }
    drawn = [draw_times(frames), draw_trajectories(frames)]
    verdicts = judge_part("1.6.b", CLAIMS, frames)
    lead, outcome = leads.lead_order(samples["whole"], samples["network"], map_statuses(verdicts))
    return Answer(
        "1.6.b",
        "Pooling before the non-linearity",
        "In RegressionCNN MaxPool follows ReLU: what happens to the output if the two change places.",
        values={name: sample.measured() for name, sample in (samples | amounts).items()}
        | {f"{name}_equal": do_none_differ(samples[name]) for name in ("tensors", "network", "metrics", "pixels")}
        | {f"{name}_breaks": do_some_differ(samples[name]) for name in ("norm", "square")}
        | {f"{name}_saves": describe_savings(samples[name]) for name in amounts}
        | {"clocks_disagree": find_disagreement(frames, samples["whole"])}
        | {"on_a_gpu": frames.on_a_gpu(samples["metrics"].runs)},
        lead=lead,
        outcome=outcome,
        written=leads.WRITTEN["1.6.b"],
        evidence=leads.prove_order(samples["counted"], samples["layers"]),
        shown=("equality",),
        figures=[one for one in drawn if one is not None],
        tables=[tabulate_equality(frames, samples), tabulate_costs(frames)],
        verdicts=verdicts,
        missing=list_missing(*samples.values()),
        notes=write_remarks(*samples.values()),
    )


def do_none_differ(sample: Sample) -> bool | None:
    """Whether no seed found a difference; None without any."""
    return all(value == 0 for value in sample.values.values()) if sample.ok else None


def do_some_differ(sample: Sample) -> bool | None:
    """Whether every seed found a difference; None without any."""
    return all(value > 0 for value in sample.values.values()) if sample.ok else None


def describe_savings(share: Sample) -> bool | None:
    """Whether a share is saved rather than lost, on the mean; None without any."""
    return share.mean > 0 if share.ok else None


def tabulate_layers(frames: Frames) -> Sample:
    """What pooling first saves in the two blocks, as a share (0..1) of the whole network's time, one number a seed."""
    before, after = (frames.take(seconds(order, "downconv1", "downconv2")) for order in ORDERS)
    whole = frames.take(seconds("relu", "network"))
    return (before - after).paired(whole, lambda gain, time: gain / time if time else 0.0, unit="%")


def find_disagreement(frames: Frames, whole: Sample) -> bool:
    """Whether the clock says of the whole network what its two blocks cannot account for."""
    layers = tabulate_layers(frames)
    return layers.ok and whole.ok and ((layers.mean > 0) != (whole.mean > 0) or abs(whole.mean) > 2 * abs(layers.mean))


def tabulate_equality(frames: Frames, samples: Mapping[str, Sample]) -> Table:
    """What was compared between the two orders, whether all of it was equal, and by how much it differed."""
    rows: list[list[Cell]] = []
    for name, words in CASES.items():
        elements = frames.take(settled(partial(at_case, key="compared", name=name), 0))
        largest = frames.take(of_case(name, "largest", 3))
        rows.append([words, find_verdict(frames.take(case(name))), elements.measured(), largest.measured()])
    for key, words in (
        ("metrics", "losses and accuracy of both runs, every epoch"),
        ("pixels", "pictures of both runs"),
    ):
        rows.append([words, find_verdict(samples[key]), None, None])
    return Table(
        "equality",
        "Both orders compared element by element: first what commutes, then what does not, then the two trained runs.",
        ["compared", "equal", "elements", "largest difference"],
        rows,
    )


def find_verdict(differences: Sample) -> str | None:
    """Whether all was equal: "yes", "no", or on how many seeds; None without any."""
    if not differences.ok:
        return None
    equal = sum(value == 0 for value in differences.values.values())
    if equal in (0, differences.n):
        return "yes" if equal else "no"
    return f"on {equal} of {differences.n} seeds"


def tabulate_costs(frames: Frames) -> Table:
    """What both orders cost, counted and measured, and the share that pooling first saves."""
    rows: list[list[Cell]] = [
        [
            "comparisons for a picture, both blocks",
            *(frames.take(operations(order)).measured() for order in ORDERS),
            frames.take(COUNTED).measured(),
        ]
    ]
    for place, words in PLACES.items():
        for step, kind in ((False, "forward"), (True, "forward and backward")):
            both = [seconds(order, place, step=step) for order in ORDERS]
            rows.append(
                [
                    f"{words}, {kind}",
                    *(frames.take(one).measured() for one in both),
                    frames.take(saved(*both)).measured(),
                ]
            )
    runs = [fastest_epoch_seconds(spec) for spec in (CNN, CNN_POOL_FIRST)]
    rows.append(
        [
            "the fastest epoch of training",
            *(frames.take(run).measured() for run in runs),
            frames.take(IN_TRAINING).measured(),
        ]
    )
    return Table(
        "costs",
        "What both orders cost: counted from the shapes, timed on a batch in turn on one machine, and in the two runs. "
        "A negative share is a loss.",
        ["", *ORDERS.values(), "saved by pooling first"],
        rows,
    )


def draw_times(frames: Frames) -> Figure | None:
    """Times of a batch at each place in both orders, forward and backward; None without the probe."""
    found = {name: [frames.take(seconds(order, place)) for place in PLACES] for order, name in ORDERS.items()}
    if not all(sample.ok for row in found.values() for sample in row):
        return None
    told = [
        f"{words}: " + ", ".join(f"{name} {row[at].mean:.3g} ms" for name, row in found.items())
        for at, words in enumerate(PLACES.values())
    ]
    return draw_bars(
        "times",
        "Time of a batch in both orders, forward and backward; at the blocks, of ReLU and MaxPool alone.",
        "Pairs of bars. " + "; ".join(told) + ".",
        list(PLACES.values()),
        {name: [sample.mean for sample in row] for name, row in found.items()},
        "time of a batch, ms",
        {name: find_reach(row) for name, row in found.items()},
        HUES,
    )


def draw_trajectories(frames: Frames) -> Figure | None:
    """The validation loss of both orders over the epochs; None without any run."""
    first, second = ORDERS.values()
    lines = {first: (CNN, HUES[first]), second: (CNN_POOL_FIRST, HUES[second])}
    panel = draw_over_epochs(frames, "val_loss", "validation loss", lines, dashed=(second,))
    if not panel.series:
        return None
    ends = "; ".join(f"{line.label} ends at {line.y[-1]:.4f}" for line in panel.series)
    return draw_chart(
        "trajectories",
        "Validation loss of the CNN trained in both orders: where the dashed line covers the other, they are one.",
        f"A line chart over the epochs. {ends}.",
        panel,
    )
