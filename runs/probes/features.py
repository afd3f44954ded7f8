"""What the pictures of a regression mean to the rotation classifier."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from runs.probes.context import Context, Probed
from runs.training.features import BATCH, Rotations, turn_pictures
from runs.training.predict import run_batches


def measure(context: Context) -> Probed:
    """The test pictures as the network paints them, as they are, and in grey, before the classifier.

    Arrays, (M,) float32, one number a test picture:
        distance, grey_distance: from the truth, in the classifier's maps (see ``Features.distances``).
        turns, grey_turns, truth_turns: share of the four quarter turns that the classifier tells right.
    """
    net = context.data.rotations  # trained now where it has not been yet, and so outside of no_grad
    with torch.no_grad():
        rows = _make_rows(context, net)
    return Probed({name: torch.cat(parts).float().cpu().numpy().astype(np.float32) for name, parts in rows.items()})


def _make_rows(context: Context, net: Rotations) -> dict[str, list[Tensor]]:
    """The arrays of :func:`measure`, batch by batch."""
    data = context.data
    rows: dict[str, list[Tensor]] = {}
    painted = run_batches(context.net, data.test_x, BATCH)
    for output, grey, truth in zip(
        painted, torch.split(data.test_x, BATCH), torch.split(data.test_y, BATCH), strict=True
    ):
        shown = {"": output.clamp(0, 1), "grey_": grey.expand_as(truth), "truth_": truth}
        for name, pictures in shown.items():
            rows.setdefault(f"{name}turns", []).append(describe_features(net, pictures))
            if name != "truth_":
                rows.setdefault(f"{name}distance", []).append(net.distances(pictures, truth))
    return rows


@torch.no_grad()
def describe_features(net: Rotations, pictures: Tensor) -> Tensor:
    """(B, 3, S, S) -> (B,): the share of the four quarter turns of each picture that the classifier tells right."""
    right = torch.zeros(len(pictures), device=pictures.device)
    for quarter in range(4):
        turns = torch.full((len(pictures),), quarter, device=pictures.device)
        right += (net.guess(turn_pictures(pictures, turns)).argmax(dim=1) == turns).float()
    return right / 4
