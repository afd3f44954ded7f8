"""1.3.b, beyond the write-up: both networks with their layers in the order that the assignment's handout draws."""

from __future__ import annotations

from report.answers import Cell, Table
from report.measures.picture_quality import LOOKS, quality
from report.questions.beside_others import Compared
from report.questions.q1_3.batches_claims import WRITTEN
from report.questions.q1_3.skips_claims import UNET_LOSS
from report.questions.written import CNN_FIGURES
from report.results.frames import Frames
from report.results.values import Sample
from runs.specs.catalogue import CNN, CNN_AS_DRAWN, UNET, UNET_AS_DRAWN
from runs.specs.spec import RunSpec

NETWORKS = {
    "CNN": CNN,
    "CNN, the handout’s order": CNN_AS_DRAWN,
    "UNet": UNET,
    "UNet, the handout’s order": UNET_AS_DRAWN,
}
KEYS = ("delta_e", "ssim", "colourfulness")
#: What is held beside others' results.
COMPARED = tuple(
    Compared("UNet", spec, column, UNET_LOSS, decimals=2)
    if (spec, column) == (UNET, "train_loss")
    else Compared(name, spec, column, CNN_FIGURES[column] if spec == CNN else None)
    for name, spec in NETWORKS.items()
    for column in CNN_FIGURES
)
#: What is written of the UNet: its row in the table of batch sizes.
UNET_FIGURES = {column: float(getattr(WRITTEN[UNET.batch_size], column)) for column in CNN_FIGURES}


def list_networks(frames: Frames) -> dict[str, RunSpec]:
    """Those that the preset trains."""
    return {name: spec for name, spec in NETWORKS.items() if frames.trains(spec)}


def measure_orders(frames: Frames) -> list[Sample]:
    """Every number of the table."""
    return [sample for spec in list_networks(frames).values() for sample in _measure(frames, spec)]


def _measure(frames: Frames, spec: RunSpec) -> list[Sample]:
    return [frames.metric(spec, column) for column in CNN_FIGURES] + [frames.take(quality(spec, key)) for key in KEYS]


def tabulate_orders(frames: Frames) -> Table:
    """Each network with its layers in both orders."""
    rows: list[list[Cell]] = [
        [name, *(sample.measured() for sample in _measure(frames, spec))]
        for name, spec in list_networks(frames).items()
    ]
    return Table(
        "orders",
        "Beyond the write-up: each network in the order of the other parts (convolution, BatchNorm, ReLU, pooling) and "
        "in that of the handout’s drawing (pooling before BatchNorm and ReLU, upsampling before BatchNorm).",
        ["network", "training loss", "validation loss", "accuracy", *(LOOKS[key].label for key in KEYS)],
        rows,
    )
