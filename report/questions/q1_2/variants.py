"""1.2.b, beyond the write-up: what another palette and the handout's order of layers change of the CNN's figures."""

from __future__ import annotations

from report.answers import Cell, Table
from report.measures.picture_quality import LOOKS, quality
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
    return variants


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


def say_nearer_order(frames: Frames) -> str:
    """By which figures the handout's order of layers, and by which the order of the other parts, is the nearer to what
    is written; "" where a number is not stored.
    """
    drawn: list[str] = []
    other: list[str] = []
    for column, written in CNN_FIGURES.items():
        ours, theirs = frames.metric(CNN, column), frames.metric(CNN_AS_DRAWN, column)
        if not (ours.ok and theirs.ok):
            return ""
        (drawn if abs(theirs.mean - written) < abs(ours.mean - written) else other).append(COLUMNS[column])
    if not other:
        return "By all three figures the written CNN is nearer to the handout’s order of layers."
    if not drawn:
        return "By none of the three figures is the written CNN nearer to the handout’s order of layers."
    return (
        f"The written CNN is nearer to the handout’s order of layers by its {' and '.join(drawn)}, and nearer to that "
        f"of the other parts by its {' and '.join(other)}."
    )
