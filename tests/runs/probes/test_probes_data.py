"""Probes on the pictures: samples, references and colours, each against a reference."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from runs import probes
from runs.data import pixels
from runs.data.dataset import Dataset
from runs.probes import colours, picture_measures
from runs.probes.picture_measures import BEST_PSNR, find_difference, to_lab
from tests.runs import tiny


def of_test(pictures: np.ndarray) -> Dataset:
    return replace(tiny.dataset(), test=pictures)


def test_samples_are_the_first_test_pictures_and_their_inputs() -> None:
    data = tiny.dataset(test=12)
    arrays = probes.measure_data("samples", data).arrays
    truth = data.test[:10].astype(int)
    np.testing.assert_array_equal(arrays["truth"], truth)
    assert np.abs(arrays["grey"] - truth.mean(axis=-1, keepdims=True)).max() <= 0.51
    blocks = truth.reshape(10, 8, 4, 8, 4, 3).mean(axis=(2, 4))
    assert np.abs(arrays["small"][:, ::4, ::4] - blocks).max() <= 0.51
    np.testing.assert_array_equal(arrays["small"], arrays["small"][:, ::4, ::4].repeat(4, axis=1).repeat(4, axis=2))
    levels = pixels.round_colours(data.palette)
    distances = ((truth[..., None, :] - levels.astype(int)) ** 2).sum(axis=-1)
    np.testing.assert_array_equal(arrays["palette"], levels[distances.argmin(axis=-1)])


def test_interpolated_samples_keep_a_constant_picture_and_smooth_others() -> None:
    flat = np.full((1, 32, 32, 3), (10, 200, 90), np.uint8)
    arrays = probes.measure_data("samples", of_test(np.concatenate([flat, tiny.pictures(1, 5)]))).arrays
    for name in ("bilinear", "bicubic"):
        np.testing.assert_array_equal(arrays[name][0], flat[0])
        steps, truth_steps = (
            np.abs(np.diff(part[1].astype(int), axis=1)).max() for part in (arrays[name], arrays["truth"])
        )
        assert 0 < steps < truth_steps


def test_truth_is_without_error_and_grey_without_colour() -> None:
    arrays = probes.measure_data("references", tiny.dataset()).arrays
    errors = {"pixel_accuracy": 1, "mse": 0, "psnr": BEST_PSNR, "delta_e": 0, "ssim": 1}
    for name, number in errors.items():
        np.testing.assert_allclose(arrays[f"truth_{name}"], number, atol=1e-6)
    assert (arrays["grey_colourfulness"] == 0).all()
    assert (arrays["palette_pixel_accuracy"] == 1).all()
    assert (arrays["palette_mse"] > 0).all()


def test_interpolations_are_held_to_the_palette_as_the_networks_are() -> None:
    data = tiny.dataset()
    arrays = probes.measure_data("references", data).arrays
    for row in ("bilinear", "bicubic"):
        near = data.palette[pixels.classify_pixels(pixels.resize_pictures(data.test, row), data.palette)]
        np.testing.assert_allclose(
            arrays[f"{row}_palette_psnr"], picture_measures.find_psnr(near, data.test), rtol=1e-5
        )
        np.testing.assert_array_equal(arrays[f"{row}_palette_pixel_accuracy"], arrays[f"{row}_pixel_accuracy"])
    assert len(arrays["bicubic_ssim"]) == tiny.TEST


def test_hexagon_is_that_of_the_pure_colours_and_the_path_goes_round_it() -> None:
    arrays = probes.measure_data("colours", tiny.dataset()).arrays
    lightness = dict(zip("RYGCBM", arrays["hexagon_lab"][:, 0], strict=True))
    published = {"R": 53.24, "Y": 97.14, "G": 87.73, "C": 91.11, "B": 32.30, "M": 60.32}
    assert lightness == pytest.approx(published, abs=0.01)
    np.testing.assert_allclose(arrays["path_lab"][::16], arrays["hexagon_lab"], atol=1e-4)
    np.testing.assert_array_equal(colours.trace_path()[8], [255, 128, 0])  # half-way from red to yellow


def test_pairs_are_distances_between_pixels_of_the_test_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(colours, "PAIRS", 300)
    pixels = np.array([[0, 0, 0], [0, 40, 0], [90, 10, 200]], np.uint8)
    pictures = pixels[np.random.default_rng(0).integers(0, 3, (2, 8, 8))]
    arrays = probes.measure_data("colours", of_test(pictures)).arrays
    known = {
        round(float(np.linalg.norm(one.astype(float) - other)), 3): float(find_difference(to_lab(one), to_lab(other)))
        for one in pixels
        for other in pixels
    }
    assert len(arrays["delta_e"]) == arrays["pairs"][0] == 300
    assert {round(float(distance), 3) for distance in arrays["rgb_distance"]} == known.keys()
    for distance, seen in zip(arrays["rgb_distance"], arrays["delta_e"], strict=True):
        assert seen == pytest.approx(known[round(float(distance), 3)], abs=1e-3)
    at_40 = int(np.isclose(arrays["rgb_distance"], 40).sum())
    assert arrays["band_pairs"].tolist() == [0, at_40, 0]
    np.testing.assert_allclose(arrays["band_delta_e"][1], known[40.0], rtol=1e-4)
    assert np.isnan(arrays["band_delta_e"][[0, 2]]).all()


def test_rank_correlation_is_that_of_the_ranks() -> None:
    arrays = probes.measure_data("colours", tiny.dataset()).arrays
    ranks = [np.unique(arrays[key], return_inverse=True, return_counts=True)[1:] for key in ("rgb_distance", "delta_e")]
    means = [(counts.cumsum() - (counts - 1) / 2)[inverse] for inverse, counts in ranks]  # ties share a rank
    assert arrays["rank_correlation"][0] == pytest.approx(np.corrcoef(*means)[0, 1], abs=1e-4)
    assert colours.correlate_ranks(np.arange(9.0), np.arange(9.0) ** 3) == pytest.approx(1)


def test_pictures_of_one_colour_have_no_rank_correlation() -> None:
    arrays = probes.measure_data("colours", of_test(np.full((1, 8, 8, 3), 90, np.uint8))).arrays
    assert np.isnan(arrays["rank_correlation"]).all()
    assert (arrays["delta_e"] == 0).all()


def test_the_same_pictures_give_the_same_pairs() -> None:
    first, again = (probes.measure_data("colours", tiny.dataset()).arrays for _ in range(2))
    np.testing.assert_array_equal(first["rgb_distance"], again["rgb_distance"])
