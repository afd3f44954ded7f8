"""1.1.d: how far RGB is from the eye is measured, and the page says what was measured."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import spearmanr
from skimage.color import rgb2lab

from report.questions.q1_1.colour_space import make_regular
from report.questions.q1_1.colour_space_claims import angles, picture_rank_correlation, sides
from report.results.frames import Frames
from runs.specs.catalogue import REGRESSION
from tests.fakes import fake_frames
from tests.report.first_questions import (
    page,
    part,
    verdict,
    with_probe,
)

HEXAGON = np.array([[255, 0, 0], [255, 255, 0], [0, 255, 0], [0, 255, 255], [0, 0, 255], [255, 0, 255]], np.uint8)


@pytest.fixture(scope="module")
def frames() -> Frames:
    return fake_frames()


def with_colours(frames: Frames, lab: Any, correlation: float, quantiles: Any) -> Frames:
    return with_probe(
        frames, None, "colours", 0, hexagon_rgb=HEXAGON, hexagon_lab=np.asarray(lab, np.float32),
        rank_correlation=np.array([correlation]), band_delta_e=np.asarray(quantiles, np.float32),
    )  # fmt: skip


WIDE, NARROW = [[5, 8, 10, 12, 20]] * 3, [[9, 9.5, 10, 10.5, 11]] * 3


def test_the_hexagon_of_rgb_is_warped_to_the_eye(frames: Frames) -> None:
    real = with_colours(frames, rgb2lab(HEXAGON[None] / 255)[0], 0.9, WIDE)
    for name in ("lightness", "hexagon-sides", "hexagon-angles", "distance-rank", "distance-spread"):
        assert verdict(real, f"1.1.d.{name}").status == "reproduced", name
    values = part(real, "1.1.d").values
    assert values["green"].value == pytest.approx(87.73, abs=0.05)  # CIE 1976 of the sRGB primaries
    assert values["blue"].value == pytest.approx(32.30, abs=0.05)
    text = page(real, "1.1.d")
    assert "is warped in the a*b* plane" in text
    assert "far apart in lightness: L* is 87.7 for green and 32.3 for blue" in text
    assert "can look very different" in text


def test_a_space_that_matched_the_eye_would_be_said_to(frames: Frames) -> None:
    turns = np.arange(6) * np.pi / 3
    even = np.stack([np.full(6, 60.0), 50 * np.cos(turns), 50 * np.sin(turns)], axis=1)
    ideal = with_colours(frames, even, 0.99, NARROW)
    for name in ("lightness", "hexagon-sides", "hexagon-angles", "distance-rank", "distance-spread"):
        assert verdict(ideal, f"1.1.d.{name}").status == "not reproduced", name
    text = page(ideal, "1.1.d")
    assert "stays nearly regular" in text
    assert "follows the other closely" in text
    assert "look about equally different" in text


@pytest.mark.parametrize("sense", [1, -1])
def test_sides_and_angles_of_a_known_shape(sense: int) -> None:
    # A square of side 2 with one corner pushed in: right angles at three corners of the four only by half.
    corners = np.array([[0.0, 0.0], [2.0, 0.0], [0.5, 0.5], [0.0, 2.0]])[::sense]
    tip = np.degrees(np.arctan2(0.5, 1.5))
    assert angles(corners)[::sense] == pytest.approx([90.0, tip, 270.0 - 2 * tip, tip])
    assert sorted(sides(corners)) == pytest.approx([2.5**0.5, 2.5**0.5, 2.0, 2.0])


def test_the_regular_hexagon_is_found_back_whichever_way_it_turns() -> None:
    turns = 0.3 - np.arange(6) * np.pi / 3
    corners = np.stack([5 + 20 * np.cos(turns), -3 + 20 * np.sin(turns)], axis=1)
    assert make_regular(corners) == pytest.approx(corners)


def test_pictures_are_ranked_as_spearman_does(frames: Frames) -> None:
    squared = np.array([0.1, 0.2, 0.2, 0.4, 0.5, 0.3])
    seen = np.array([3.0, 1.0, 2.0, 6.0, 5.0, 5.0])
    made = with_probe(frames, REGRESSION, "quality", 25, mse=squared, delta_e=seen)
    assert made.take(picture_rank_correlation).mean == pytest.approx(spearmanr(squared, seen).statistic)
    alike = with_probe(frames, REGRESSION, "quality", 25, mse=np.ones(6), delta_e=seen)
    assert not alike.take(picture_rank_correlation).ok


def test_storage_takes_a_byte_a_channel(frames: Frames) -> None:
    found = verdict(frames, "1.1.d.storage")
    assert found.status == "reproduced"
    deeper = with_probe(frames, None, "samples", 0, truth=np.zeros((2, 32, 32, 3), np.uint16))
    changed = verdict(deeper, "1.1.d.storage")
    assert changed.status == "not reproduced"
    assert changed.measured is not None
    assert changed.measured.value == 6


def test_statements_that_no_run_bears_on_say_why(frames: Frames) -> None:
    for name in ("adjust", "displays"):
        found = verdict(frames, f"1.1.d.{name}")
        assert found.status == "not assessable"
        assert found.claim.test.reason in found.sentence  # type: ignore[union-attr]
