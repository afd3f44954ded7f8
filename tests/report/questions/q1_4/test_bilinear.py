"""1.4.b: when a network passes bilinear interpolation, how far it sees, and the row of the assignment's own code."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from models import build_network
from report.measures.layers import find_reach
from report.questions.q1_4.bilinear import (
    assignment_error,
    describe_reasons,
    paint_as_assignment,
    passing_epoch,
)
from report.results.frames import Frames
from runs.probes.layers import time_layers
from runs.specs.catalogue import CNN_UPSCALE, UNET_UPSCALE
from tests.fakes import fake_frames
from tests.report.edited import page, prose, with_metric, with_probe


@pytest.fixture(scope="module")
def frames() -> Frames:
    made = with_probe(fake_frames(seeds=2), None, "references", bilinear_palette_pixel_accuracy=[0.40])
    made = with_metric(made, UNET_UPSCALE, "val_accuracy", [0.30] * 6 + [0.45] * 19)
    return with_metric(made, CNN_UPSCALE, "val_accuracy", 0.39)


def test_network_passes_bilinear_interpolation_after_an_epoch_or_never(frames: Frames, plain_page: None) -> None:
    assert frames.take(passing_epoch(UNET_UPSCALE)).values == {0: 7.0, 1: 7.0}
    assert not frames.take(passing_epoch(CNN_UPSCALE)).ok
    found = describe_reasons(frames)
    assert (found["unet_passes"], found["cnn_passes"]) == ("all", "none")
    told = prose(page("q1_4", frames), "1.4.b")
    assert "right after its first epoch, and more than bilinear interpolation after epoch 7" in told
    assert "right after its first epoch, and never more than bilinear interpolation." in told


def test_reach_is_how_far_the_gradient_of_a_pixel_comes_from() -> None:
    net = build_network("cnn", in_channels=1, outputs=24, seed=0).eval()
    for parameter in net.parameters():
        torch.nn.init.constant_(parameter, 0.01)  # so that no weight cancels another
    widths = []
    for at in range(62, 66):  # pixels of one square of the pooled grid reach differently far
        seen = torch.zeros(128, dtype=torch.bool)
        for _ in range(40):  # each time MaxPool takes other pixels of its squares
            x = torch.rand(1, 1, 128, 128, requires_grad=True)
            (gradient,) = torch.autograd.grad(net(x)[0, :, 64, at].sum(), x)
            seen |= (gradient[0, 0] != 0).any(dim=0)
        widths.append(int(seen.sum()))
    assert find_reach(time_layers(net, torch.rand(1, 1, 128, 128))) == max(widths)


def test_assignment_interpolates_the_picture_in_the_palette_s_colours(frames: Frames) -> None:
    truth = np.full((2, 32, 32, 3), 100, np.uint8)
    made = with_probe(frames, None, "samples")
    stored = made.probes["data", "samples", 0]
    made = replace(
        made,
        data={**made.data, "palette": [[0.0, 0.0, 0.0], [96 / 256, 96 / 256, 96 / 256]]},
        probes={**made.probes, ("data", "samples", 0): replace(stored, arrays={**stored.arrays, "truth": truth})},
    )
    painted = paint_as_assignment(made)
    assert painted is not None
    assert (painted == 96).all()  # the nearer of the two colours, and no longer the true one
    assert made.take(assignment_error).mean == pytest.approx((4 / 256) ** 2)
    assert paint_as_assignment(replace(made, probes={})) is None
