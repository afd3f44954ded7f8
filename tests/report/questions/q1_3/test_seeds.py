"""1.3: what is said of networks and batches follows each seed and the verdicts, not the means alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from report.drawing.charts import BANDED
from report.questions.q1_3 import batch_charts, blocks
from report.questions.q1_3.batches_claims import SIZES
from report.questions.q1_3.claims import CLAIMS
from report.questions.q1_3.skips_claims import SKIPS
from report.results.frames import Frames
from runs.specs.catalogue import CNN, UNET, make_unet
from runs.specs.spec import RunSpec
from tests.fakes import fake_frames
from tests.report.edited import page, prose, verdicts, with_metric


@pytest.fixture(scope="module")
def frames() -> Frames:
    return fake_frames(seeds=2)


def by_seed(frames: Frames, spec: RunSpec, name: str, array: str, *each: Sequence[object]) -> Frames:
    """An array of a probe, one a seed."""
    probes = dict(frames.probes)
    for seed, numbers in enumerate(each):
        [key] = [key for key in probes if key[:2] == (spec.with_seed(seed).id, name)]
        probes[key] = replace(probes[key], arrays={**probes[key].arrays, array: np.asarray(numbers, np.float32)})
    return replace(frames, probes=probes)


def with_noise(frames: Frames, scales: Mapping[int, Sequence[float]]) -> Frames:
    """Gradient-noise scales by batch size, one a seed."""
    for size, each in scales.items():
        frames = by_seed(frames, make_unet(size), "noise", "noise_scale", *([scale] for scale in each))
    return frames


def test_a_skip_that_a_verdict_leaves_open_is_not_said_to_be_relied_on(frames: Frames, plain_page: None) -> None:
    # whole, and without the skip from downconv2, from downconv1 and from the input
    made = by_seed(frames, UNET, "skips", "val_loss", [1.0, 1.1, 5.0, 1.5], [1.0, 2.5, 5.0, 1.5])
    found = verdicts(CLAIMS, "1.3.b", made)
    assert [found[f"early-{cut}"].status for cut in SKIPS] == ["undecided", "reproduced", "reproduced"]
    text = prose(page("q1_3", made), "1.3.b")
    assert "By the verdicts below the trained network relies on downconv1 and input; whether on downconv2, they" in text
    assert "the dearest cut is that of downconv1 on each seed" in text
    split = by_seed(frames, UNET, "skips", "val_loss", [1.0, 1.1, 1.5, 1.4], [1.0, 2.5, 1.2, 1.3])
    assert "the dearest cut is that of downconv2 on 1 of 2 seeds only" in prose(page("q1_3", split), "1.3.b")


def test_less_gradient_on_each_seed_is_not_yet_a_verdict(frames: Frames, plain_page: None) -> None:
    even = by_seed(frames, CNN, "gradients", "norms", *[[[2, 2, 1, 1, 2, 2]]] * 2)
    made = by_seed(even, UNET, "gradients", "norms", [[1.9, 1.9, 1, 1, 2, 2]], [[0.5, 0.5, 1, 1, 2, 2]])
    assert verdicts(CLAIMS, "1.3.b", made)["gradient-flow"].status == "undecided"
    text = prose(page("q1_3", made), "1.3.b")
    assert "beside what the late ones get, on each seed; the verdict below on better gradient flow is “undecid" in text
    assert "does not show here" not in text


def test_a_time_that_rises_on_average_is_held_against_each_seed_and_the_verdict(
    frames: Frames, plain_page: None
) -> None:
    made = frames
    for size, seconds in zip(SIZES, (2.0, 2.1, 2.2, 2.3, 2.4), strict=True):
        made = with_metric(made, make_unet(size), "train_seconds", seconds)
    made.epochs.loc[made.epochs.run == make_unet(50).with_seed(0).id, "train_seconds"] = 2.05
    text = prose(page("q1_3", made), "1.3.c")
    assert "rises at every step from 200 to 10, as on 1 of 2 seeds only; the verdict below on its rise is “und" in text


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
    figure = batch_charts.draw_noise(made)
    assert figure is not None
    row = next(row for row in figure.rows if row[1] == "noise scale" and row[2] == 200)
    assert row[-3:] == [455.0, 10.0, 900.0]
    assert figure.caption.endswith(BANDED)
    alone = batch_charts.draw_noise(fake_frames(seeds=1))
    assert alone is not None
    assert BANDED not in alone.caption


def test_gradients_on_a_logarithmic_axis_span_the_seeds_and_stay_above_zero() -> None:
    made = by_seed(fake_frames(seeds=2), UNET, "gradients", "norms", [[9, 9, 9, 9, 9, 9]], [[1, 1, 1, 1, 1, 1]])
    figure, alone = (blocks.draw_gradients(each) for each in (made, fake_frames(seeds=1)))
    assert figure is not None
    assert alone is not None
    assert next(row[-3:] for row in figure.rows if row[1] == "UNet") == [5.0, 1.0, 9.0]
    assert BANDED in figure.caption
    assert BANDED not in alone.caption
