"""1.3.c: what is said of the noise of a batch follows each seed, and is drawn on an axis that can hold it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from report.claims.q1_3_batches import SIZES
from report.frames import Frames
from report.questions import q1_3_batches, q1_3_blocks, q1_3_skips
from runs.catalogue import unet
from tests.fakes import fake_frames
from tests.report.edited import page, prose, undrawn


@pytest.fixture(scope="module")
def frames() -> Frames:
    return fake_frames(seeds=2)


@pytest.fixture
def plain_page(monkeypatch: pytest.MonkeyPatch) -> None:
    undrawn(monkeypatch, q1_3_skips, q1_3_blocks, q1_3_batches)


def with_noise(frames: Frames, scales: dict[int, tuple[float, ...]]) -> Frames:
    """Gradient-noise scales by batch size, one a seed."""
    probes = dict(frames.probes)
    for size, each in scales.items():
        for seed, scale in enumerate(each):
            run = unet(size).with_seed(seed).id
            [key] = [key for key in probes if key[:2] == (run, "noise")]
            probes[key] = replace(probes[key], arrays={**probes[key].arrays, "noise_scale": np.array([scale])})
    return replace(frames, probes=probes)


@pytest.mark.parametrize(
    ("largest", "others", "words"),
    [
        ((400.0, 300.0), 1000.0, "At all five sizes noise outweighs the gradient on each seed."),
        (
            (1000.0, 100.0), 1000.0,
            "Noise outweighs the gradient at batch 100, 50, 20 and 10 on each seed, at batch 200 on 1 of 2 seeds only.",
        ),
        (
            (1000.0, 100.0), 1.0,
            "At none of the sizes does noise outweigh the gradient on each seed; it does so at batch 200 on 1 of 2 "
            "seeds.",
        ),
        ((1.0, 1.0), 1.0, "At none of the sizes does noise outweigh the gradient."),
    ],
)  # fmt: skip
def test_noise_outweighs_the_gradient_only_where_it_does_on_each_seed(
    frames: Frames, plain_page: None, largest: tuple[float, float], others: float, words: str
) -> None:
    made = with_noise(frames, {200: largest, **dict.fromkeys(SIZES[1:], (others, others))})
    assert words in prose(page("q1_3", made), "1.3.c")


def test_a_band_on_a_logarithmic_axis_stays_above_zero_and_says_what_it_is(frames: Frames) -> None:
    made = with_noise(frames, {200: (900.0, 10.0)})
    figure = q1_3_batches.noise_figure(made)
    assert figure is not None
    row = next(row for row in figure.rows if row[1] == "noise scale" and row[2] == 200)
    assert row[-3:] == [455.0, 10.0, 900.0]
    assert "from the least of the seeds to the greatest" in figure.caption
    alone = q1_3_batches.noise_figure(fake_frames(seeds=1))
    assert alone is not None
    assert "of the seeds" not in alone.caption
