"""1.2.b, beyond the write-up: what another palette and the handout's order of layers change of the CNN's figures."""

from __future__ import annotations

from typing import Any

from report.answers import Cell, Table
from report.measures.picture_quality import LOOKS, quality
from report.questions.phrases import say_side
from report.questions.written import CNN_FIGURES
from report.results.frames import Frames
from report.results.values import Sample
from runs.data.palette_names import KMEANS
from runs.specs.catalogue import CNN, CNN_AS_DRAWN, CNN_KMEANS
from runs.specs.spec import RunSpec

COLUMNS = {"train_loss": "training loss", "val_loss": "validation loss", "val_accuracy": "accuracy"}
#: Measures of the pictures, which are on one scale whatever the palette.
KEYS = ("delta_e", "ssim", "colourfulness")


def list_variants(frames: Frames) -> dict[str, RunSpec]:
    """The CNN and what is changed once in it; k-means only beside a palette that is another."""
    variants = {"as in the other parts": CNN, "layers in the handout’s order": CNN_AS_DRAWN}
    if frames.data["palette_name"] != KMEANS:
        variants["colours by k-means of the same pictures"] = CNN_KMEANS
    return {name: spec for name, spec in variants.items() if frames.trains(spec)}


def measure_variants(frames: Frames) -> list[Sample]:
    """Every number of the table."""
    return [sample for spec in list_variants(frames).values() for sample in _measure(frames, spec)]


def _measure(frames: Frames, spec: RunSpec) -> list[Sample]:
    return [frames.metric(spec, column) for column in COLUMNS] + [frames.take(quality(spec, key)) for key in KEYS]


def tabulate_variants(frames: Frames) -> Table:
    """The CNN, changed once in a row, beside the written figures."""
    rows: list[list[Cell]] = [
        [name, *(sample.measured() for sample in _measure(frames, spec))]
        for name, spec in list_variants(frames).items()
    ]
    loss, accuracy = CNN_FIGURES["val_loss"], CNN_FIGURES["val_accuracy"]
    written = [f"{CNN_FIGURES['train_loss']:.4f}", f"{loss:.4f}", f"{100 * accuracy:.1f} %"]
    rows.append(["written (1.6.a)", *written, *[None for _ in KEYS]])
    return Table(
        "variants",
        "Beyond the write-up: the CNN with one thing changed, and the written figures. Loss and accuracy under other "
        "colours are of other classes, and so on another scale; the measures of the pictures are on one.",
        ["CNN", *COLUMNS.values(), *(LOOKS[key].label for key in KEYS)],
        rows,
    )


def describe_variants(frames: Frames) -> dict[str, Any]:
    """What a template says of the other palette and the other order: each measure of the pictures beside the CNN's."""
    found: dict[str, Any] = {"other_palette": frames.data["palette_name"] != KMEANS}
    for name, spec in (("kmeans", CNN_KMEANS), ("drawn", CNN_AS_DRAWN)):
        found[f"{name}_stored"] = all(sample.ok for sample in _measure(frames, spec))
        for key in KEYS:
            ours, theirs = frames.take(quality(CNN, key)), frames.take(quality(spec, key))
            found |= {f"{name}_{key}": theirs.measured() or "", f"{name}_{key}_side": say_side(theirs, ours) or ""}
        for column in COLUMNS:
            found[f"{name}_{column}"] = frames.metric(spec, column).measured() or ""
    return found
