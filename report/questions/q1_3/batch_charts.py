"""The charts of 1.3.c, which show the UNets of five batch sizes: losses, accuracy, times and gradient noise."""

from __future__ import annotations

from report.answers import Figure
from report.drawing.charts import Panel, Series, draw_chart, draw_strips
from report.questions.curves import draw_over_epochs
from report.questions.from_samples import find_picture, list_points
from report.questions.phrases import say_first_pictures
from report.questions.q1_3.batches_claims import (
    SIZES,
    WRITTEN,
    at,
    mean_epoch_seconds,
    mean_step_milliseconds,
    noise_scale,
    steps_an_epoch,
    train_seconds,
)
from report.results.frames import Frames
from runs.specs.catalogue import BASE, make_unet

#: Columns of the epochs table: what a page calls them, and how a chart scales them.
COLUMNS = {
    "train_loss": ("training loss", 1.0),
    "val_loss": ("validation loss", 1.0),
    "val_accuracy": ("pixels right", 100.0),
}


def label_batches(column: str) -> str:
    """What a column is called at the axis of a chart."""
    name, factor = COLUMNS[column]
    return f"{name}, %" if factor != 1 else name


def draw_against_batch(frames: Frames) -> Figure | None:
    """Loss and accuracy against the batch size, with the written values."""
    panels, said = [], []
    for column, (name, factor) in COLUMNS.items():
        there = [(size, frames.take(at(size, column)).map(lambda x, f=factor: x * f)) for size in SIZES]  # type: ignore[misc]
        there = [(size, sample) for size, sample in there if sample.ok]
        lines = [list_points("measured", [size for size, _ in there], [s for _, s in there], "unet")] if there else []
        if not frames.preset.shortened:
            figures = [float(getattr(row, column)) * factor for row in WRITTEN.values()]
            lines.append(Series("written", list(SIZES), figures, colour="reference", dashed=True, marker=True))
        panels.append(Panel(lines, "batch size", label_batches(column), log_x=True))
        said += [f"{name} {sample.mean:.4g} at batch {size}" for size, sample in there]
    if not said:
        return None
    return draw_chart(
        "against-batch",
        "Loss and accuracy against the batch size (logarithmic)"
        + ("." if frames.preset.shortened else ", measured and as written."),
        f"Three line charts: {'; '.join(said)}.",
        *panels,
    )


def draw_batch_pictures(frames: Frames) -> Figure | None:
    """Truth, and what the UNet paints after training with each batch size; None without any picture."""
    epoch = frames.preset.epoch(BASE)
    samples = frames.data_probe("samples")
    rows = {} if samples is None else {"truth": samples.arrays["truth"]}
    made = {f"batch {size}": find_picture(frames, make_unet(size), epoch) for size in SIZES}
    rows |= {name: found for name, found in made.items() if found is not None}
    if len(rows) < 2:
        return None
    return draw_strips(
        "pictures",
        f"{say_first_pictures(rows)}: the truth, and what the UNet paints after training with each batch size.",
        f"Rows of small pictures: {', '.join(rows)}.",
        rows,
    )


def draw_batch_curves(frames: Frames) -> Figure | None:
    """Validation loss and accuracy over the epochs, one line a batch size."""
    lines = {f"batch {size}": (make_unet(size), f"batch-{size}") for size in SIZES}
    panels = {
        column: draw_over_epochs(frames, column, label_batches(column), lines)
        for column in ("val_loss", "val_accuracy")
    }
    said = [
        f"{COLUMNS[column][0]} {line.y[-1]:.4g} with {line.label}"
        for column, panel in panels.items()
        for line in panel.series
    ]
    if not said:
        return None
    return draw_chart(
        "curves",
        "Loss and accuracy on the test pictures after each epoch, by batch size.",
        f"Two line charts over the epochs. Last values: {'; '.join(said)}.",
        *panels.values(),
    )


def draw_times(frames: Frames) -> Figure | None:
    """Time of an epoch and of a step against the batch size."""
    there = [size for size in SIZES if frames.take(train_seconds(size)).ok]
    if not there:
        return None
    epoch = [frames.take(mean_epoch_seconds(size)) for size in there]
    step = [frames.take(mean_step_milliseconds(size)) for size in there]
    said = [
        f"batch {size} {a.mean:.3g} s an epoch, {b.mean:.3g} ms a step"
        for size, a, b in zip(there, epoch, step, strict=True)
    ]
    return draw_chart(
        "time",
        "Time of an epoch and of a step against the batch size, on this machine.",
        f"Two line charts: {'; '.join(said)}.",
        Panel([list_points("an epoch", there, epoch, "unet")], "batch size", "time of an epoch, s", log_x=True),
        Panel([list_points("a step", there, step, "unet")], "batch size", "time of a step, ms", log_x=True),
    )


def draw_noise(frames: Frames) -> Figure | None:
    """Steps taken and the gradient-noise scale against the batch size."""
    steps = [float(steps_an_epoch(frames, size) * frames.preset.epoch(BASE)) for size in SIZES]
    noise = {size: frames.take(noise_scale(size)) for size in SIZES}
    there = [size for size in SIZES if noise[size].ok]
    if not there:
        return None
    said = [f"batch {size} {noise[size].mean:.3g} pictures" for size in there]
    equal = Series("as large as the batch", list(SIZES), list(SIZES), colour="reference", dashed=True)
    return draw_chart(
        "noise",
        "What the batch size changes: the steps taken, and the gradient noise. Above the dashed line the noise in the "
        "gradient of one batch is larger than the gradient.",
        f"Two line charts. Steps: {steps[0]:,.0f} at batch {SIZES[0]} to {steps[-1]:,.0f} at batch {SIZES[-1]}. "
        f"Noise scale: {'; '.join(said)}.",
        Panel(
            [Series("steps", list(SIZES), steps, colour="unet", marker=True)],
            "batch size", "steps taken", log_x=True, log_y=True,
        ),
        Panel(
            [list_points("noise scale", there, [noise[size] for size in there], "unet"), equal],
            "batch size", "gradient-noise scale, pictures", log_x=True, log_y=True,
        ),
    )  # fmt: skip
