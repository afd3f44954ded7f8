"""1.3.c: the lowest validation loss by batch size, and what the batch size does to the pictures."""

from __future__ import annotations

from typing import Any

import numpy as np

from report.answers import Cell, Figure, Table
from report.drawing.charts import draw_strips
from report.measures.picture_quality import LOOKS, quality, reference
from report.questions.beside_others import Compared
from report.questions.from_samples import find_picture
from report.questions.phrases import list_words, say_course, say_course_on_seeds, say_epochs, say_first_pictures
from report.questions.q1_3.batches_claims import SIZES, WRITTEN
from report.results.frames import Frames, make_measure
from report.results.values import Sample
from runs.specs.catalogue import BASE, make_unet

#: Measures of the final pictures.
KEYS = ("delta_e", "ssim", "colourfulness", "sharpness")
#: What is held beside others' results.
COMPARED = tuple(
    Compared(f"UNet, batch {size}", make_unet(size), column, float(getattr(written, column)))
    for size, written in WRITTEN.items()
    for column in ("train_loss", "val_loss", "val_accuracy")
)


@make_measure
def lowest_loss(frames: Frames, size: int) -> Sample:
    """The lowest validation loss of the UNet with a batch size in 25 epochs, one number a seed."""
    last = frames.preset.epoch(BASE)
    return frames.gather(make_unet(size), "val_loss", lambda rows: float(rows.until("val_loss", last).min()), last)


@make_measure
def lowest_epoch(frames: Frames, size: int) -> Sample:
    """The epoch of that loss."""
    last = frames.preset.epoch(BASE)
    epochs = frames.gather(
        make_unet(size),
        "val_loss",
        lambda rows: float(rows.until("epoch", last)[np.argmin(rows.until("val_loss", last))]),
        last,
    )
    return epochs.shown_as(digits=0)


def describe_lowest(frames: Frames) -> dict[str, Any]:
    """What a template says of the lowest validation loss: that of the smallest and the largest batch, how it goes from
    one to the other, and at which sizes the loss has risen again by the end of training, on each seed.
    """
    lowest = {size: frames.take(lowest_loss(size)) for size in SIZES}
    risen = {size: frames.metric(make_unet(size), "val_loss") - found for size, found in lowest.items()}
    best = min((size for size in SIZES if lowest[size].ok), key=lambda size: lowest[size].mean, default=None)
    found: dict[str, Any] = {
        "lowest_course": say_course([str(size) for size in SIZES], list(lowest.values())),
        "lowest_best_batch": None if best is None else str(best),
        "risen_sizes": list_words(
            [str(size) for size in SIZES if risen[size].ok and min(risen[size].values.values()) > 0]
        ),
    }
    for name, size in (("smallest", SIZES[-1]), ("largest", SIZES[0])):
        found |= {
            f"lowest_{name}": lowest[size].measured(),
            f"lowest_epoch_{name}": frames.take(lowest_epoch(size)).measured(),
            f"risen_{name}": risen[size].measured(),
        }
    return found


def describe_pictures(frames: Frames) -> dict[str, Any]:
    """What a template says of the final pictures: how each measure goes from the largest batch to the smallest."""
    labels, found = [str(size) for size in SIZES], dict[str, Any]()
    for key in KEYS:
        row = [frames.take(quality(make_unet(size), key)) for size in SIZES]
        found |= {
            f"{key}_course": say_course(labels, row),
            f"{key}_seeds": say_course_on_seeds(row),
            f"{key}_largest": row[0].measured(),
            f"{key}_smallest": row[-1].measured(),
        }
    return found | {
        f"truth_{key}": frames.take(reference("truth", key)).measured() for key in ("colourfulness", "sharpness")
    }


def tabulate_lowest(frames: Frames) -> Table:
    """The lowest validation loss and its epoch beside the last, by batch size."""
    rows: list[list[Cell]] = []
    for size in SIZES:
        last, least = frames.metric(make_unet(size), "val_loss"), frames.take(lowest_loss(size))
        rows.append(
            [
                str(size),
                last.measured(),
                least.measured(),
                frames.take(lowest_epoch(size)).measured(),
                (last - least).measured(),
            ]
        )
    return Table(
        "lowest",
        f"The validation loss after epoch {say_epochs(frames, BASE)}, the lowest before, its epoch, and how far "
        "the loss has risen since.",
        ["batch", "last", "lowest", "its epoch", "risen by"],
        rows,
    )


def tabulate_pictures(frames: Frames) -> Table:
    """The final pictures of each batch size on one scale."""
    rows: list[list[Cell]] = [
        [str(size), *(frames.take(quality(make_unet(size), key)).measured() for key in KEYS)] for size in SIZES
    ]
    return Table(
        "picture-measures",
        "The final pictures by batch size: what the UNets paint of the test pictures.",
        ["batch", *(LOOKS[key].label for key in KEYS)],
        rows,
    )


def draw_pictures(frames: Frames) -> Figure | None:
    """The first test pictures as each UNet paints them; None without a run."""
    epoch = frames.preset.epoch(BASE)
    made = {
        f"batch {size}": pictures
        for size in SIZES
        if (pictures := find_picture(frames, make_unet(size), epoch)) is not None
    }
    if not made:
        return None
    samples = frames.data_probe("samples")
    rows = ({} if samples is None else {"truth": samples.arrays["truth"]}) | made
    return draw_strips(
        "pictures",
        f"{say_first_pictures(rows)}: the truth, and what the UNet of each batch size paints.",
        f"Rows of small pictures: {', '.join(rows)}.",
        rows,
    )
