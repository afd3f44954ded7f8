"""The evidence for 1.3.b block by block, from the stored probes: gradients, effective rank and dead channels."""

from __future__ import annotations

import numpy as np
import pandas as pd

from report.answers import Cell, Figure, Table
from report.drawing.charts import Panel, Series, band_of_seeds, draw_chart
from report.measures.blocks import block_norms
from report.results.frames import Frames, Measurement
from report.results.values import Sample, make_computed
from runs.specs.catalogue import BASE, CNN, UNET
from runs.specs.spec import RunSpec

_NETWORKS = {"CNN": CNN, "UNet": UNET}


def list_blocks(frames: Frames, probe: str) -> list[str]:
    """The names of the blocks that a probe speaks of; empty where it is not stored."""
    for spec in _NETWORKS.values():
        for found in frames.probe(spec, probe, BASE).values():
            return [str(name) for name in found.notes["blocks"]]
    return []


def find_typical_norm(frames: Frames, spec: RunSpec, block: str) -> Sample:
    """The median norm of a block's gradient over the first epoch, one number a seed."""

    def typical(probe: Measurement) -> float:
        return float(np.median(block_norms(probe, (block,))))

    return frames.once(("typical norm", spec, block), lambda: frames.probed(spec, "gradients", typical, BASE))


def measure_block(frames: Frames, spec: RunSpec, key: str, block: str, digits: int) -> Sample:
    """A number of the activations probe for one block, one a seed."""
    return frames.probed(spec, "activations", lambda probe: float(probe.row(key, "blocks", block)), BASE, digits=digits)


def draw_gradients(frames: Frames) -> Figure | None:
    """The norm of each block's gradient at every step of the first epoch, one panel a block."""
    panels, medians = [], []
    for block in list_blocks(frames, "gradients"):
        lines = []
        for name, spec in _NETWORKS.items():
            found = frames.probe(spec, "gradients", BASE)
            steps = pd.DataFrame({seed: pd.Series(block_norms(probe, (block,))) for seed, probe in found.items()})
            if not steps.empty:
                steps.index = steps.index + 1
                lines.append(Series(name, *band_of_seeds(steps), colour=name.lower()))
                medians.append(f"{name} {block} {find_typical_norm(frames, spec, block).mean:.3g}")
        panels.append(Panel(lines, "step of the first epoch", "gradient norm", title=block, log_y=True))
    if not panels:
        return None
    return draw_chart(
        "gradients",
        "Norm of the gradient that reaches each block, at every step of the first epoch (logarithmic).",
        f"One small chart a block. Medians: {'; '.join(medians)}.",
        *panels,
        columns=3,
    )


def tabulate_gradients(frames: Frames) -> Table | None:
    """The median norm of each block's gradient, CNN beside UNet."""
    rows = [
        [
            block,
            *(find_typical_norm(frames, spec, block).measured() for spec in _NETWORKS.values()),
            _find_ratio(frames, block).measured(),
        ]
        for block in list_blocks(frames, "gradients")
    ]
    if not rows:
        return None
    return Table(
        "gradients-by-block",
        "Norm of the gradient of each block: the median over the steps of the first epoch.",
        ["block", "CNN", "UNet", "UNet / CNN"],
        rows,
    )


def _find_ratio(frames: Frames, block: str) -> Sample:
    return (find_typical_norm(frames, UNET, block) / find_typical_norm(frames, CNN, block)).shown_as(digits=2)


def tabulate_activations(frames: Frames) -> Table | None:
    """Channels, effective rank and dead channels of each block, CNN beside UNet."""
    rows: list[list[Cell]] = []
    for block in list_blocks(frames, "activations"):
        channels = [measure_block(frames, spec, "channels", block, 0) for spec in _NETWORKS.values()]
        known = next((make_computed(sample.mean, digits=0, runs=sample.runs) for sample in channels if sample.ok), None)
        rows.append(
            [
                block,
                known,
                *(measure_block(frames, spec, "rank", block, 1).measured() for spec in _NETWORKS.values()),
                *(measure_block(frames, spec, "dead_channels", block, 1).measured() for spec in _NETWORKS.values()),
            ]
        )
    if not rows:
        return None
    return Table(
        "activations",
        "Effective rank of the activations (as many channels as there would be if none depended on others) and "
        "channels that are dead: never active in the test pictures looked at.",
        ["block", "channels", "rank, CNN", "rank, UNet", "dead, CNN", "dead, UNet"],
        rows,
    )
