"""Truth against prediction: the pictures that a probe chose, in the order in which it chose them."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from report.questions.extremes import draw_comparison, draw_comparisons, measure_distance
from report.results.frames import Frames
from runs.specs.catalogue import CNN, REGRESSION, UNET
from tests.fakes import TEST, fake_frames


@pytest.fixture(scope="module")
def frames() -> Frames:
    return fake_frames(seeds=2)


def test_rows_hold_the_worst_first_and_each_prediction_above_its_truth(frames: Frames) -> None:
    figure = draw_comparison(frames, "CNN", CNN)
    assert figure is not None
    arrays = frames.probes[CNN.id, "extremes", 25].arrays
    assert figure.tiles == 6
    assert [(strip.label, strip.role) for strip in figure.strips] == [
        ("input", "aside"), ("CNN", "prediction"), ("truth", "truth"),
    ]  # fmt: skip
    for strip, key in zip(figure.strips, ("input", "prediction", "truth"), strict=True):
        shown = np.asarray(Image.open(io.BytesIO(strip.png)).convert("RGB"))
        for index, picture in enumerate(arrays[key][:, :2].reshape(6, 32, 32, 3)):
            assert (shown[:, index * 33 : index * 33 + 32] == picture).all()


def test_every_picture_says_its_group_place_number_and_distance(frames: Frames) -> None:
    figure = draw_comparison(frames, "CNN", CNN)
    assert figure is not None
    arrays = frames.probes[CNN.id, "extremes", 25].arrays
    assert [row[0] for row in figure.rows] == ["worst"] * 2 + ["median"] * 2 + ["best"] * 2
    assert [row[1] for row in figure.rows] == [1, 2, 5, 6, 10, 11]
    assert [row[2] for row in figure.rows] == arrays["index"][:, :2].ravel().tolist()
    assert [row[3] for row in figure.rows] == pytest.approx(arrays["delta_e"][:, :2].ravel(), abs=0.051)
    assert f"of the {TEST} test pictures" in figure.caption
    assert f"worst {arrays['delta_e'][0, :2].mean():.1f}" in figure.alt


def test_networks_without_stored_pictures_are_left_out_and_named_as_missing() -> None:
    frames = fake_frames(seeds=2, without=("cnn-b100-lr0.001-s0", "regression"))
    figures = draw_comparisons(frames, {"RegressionCNN": REGRESSION, "CNN": CNN, "UNet": UNET})
    assert [figure.name for figure in figures] == ["extremes-cnn-colourize", "extremes-unet-colourize"]
    assert measure_distance(frames, CNN).missing == (CNN.id,)
    assert measure_distance(frames, CNN).values.keys() == {1}
