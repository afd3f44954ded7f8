import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_info, threadpool_limits
from torch.nn import functional

from runs.data.pixels import (
    average_pool,
    classify_pixels,
    downsize,
    fit_palette,
    resize_pictures,
    to_grey,
    to_uint8,
    to_unit,
    upsample_nearest,
)


def some(count: int = 3, side: int = 32, seed: int = 0):
    return np.random.default_rng(seed).integers(0, 256, (count, side, side, 3), dtype=np.uint8)


def planes(pictures) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2)


def test_unit_and_to_uint8_are_inverse_on_every_level():
    levels = np.arange(256, dtype=np.uint8)
    np.testing.assert_array_equal(to_uint8(to_unit(levels)), levels)
    assert to_unit(levels)[255] == np.float32(255 / 256)


def test_to_uint8_clips_what_a_network_overshoots():
    np.testing.assert_array_equal(to_uint8(np.array([-3.0, -0.001, 0.999, 7.0], np.float32)), [0, 0, 255, 255])


def test_grey_is_the_mean_of_the_three_channels():
    pictures = some()
    np.testing.assert_allclose(to_grey(pictures), pictures.astype(np.float64).mean(axis=-1) / 256, rtol=1e-6)
    assert to_grey(np.full((1, 1, 1, 3), 255, np.uint8))[0, 0, 0] == np.float32(255 / 256)


def test_average_pool_is_that_of_torch():
    pictures = to_unit(some())
    expected = functional.avg_pool2d(planes(pictures), 2)
    torch.testing.assert_close(planes(average_pool(pictures)), expected)


def test_downsized_is_average_pooling_twice():
    pictures = some()
    expected = functional.avg_pool2d(functional.avg_pool2d(planes(to_unit(pictures)), 2), 2)
    torch.testing.assert_close(planes(downsize(pictures)), expected)


def test_repeat_is_nearest_neighbour_upsampling_twice():
    small = downsize(some())
    once = functional.interpolate(planes(small), scale_factor=2, mode="nearest")
    expected = functional.interpolate(once, scale_factor=2, mode="nearest")
    assert torch.equal(planes(upsample_nearest(small)), expected)


def test_bilinear_is_that_of_torch_to_a_level():
    pictures = some()
    small = planes(to_uint8(downsize(pictures))).float()
    expected = functional.interpolate(small, scale_factor=4, mode="bilinear", align_corners=False)
    assert (planes(resize_pictures(pictures, "bilinear")).float() - expected).abs().max() <= 1


levels = st.one_of(st.integers(0, 255), st.sampled_from([0, 1, 2, 254, 255]))  # near the ends, ties are many


@given(
    arrays(np.uint8, st.tuples(st.integers(1, 20), st.just(3)), elements=levels),
    arrays(np.uint8, st.tuples(st.integers(1, 24), st.just(3)), elements=levels),
    st.integers(1, 30),
)
def test_class_is_the_first_of_the_nearest_colours(pixels, palette, chunk):
    expected = []
    for pixel in pixels.tolist():
        distances = [sum((a - b) ** 2 for a, b in zip(pixel, colour, strict=True)) for colour in palette.tolist()]
        expected.append(distances.index(min(distances)))
    assert classify_pixels(pixels, palette / 256, chunk).tolist() == expected


def test_classes_keep_the_shape_of_the_pictures():
    found = classify_pixels(some(2), some(1, side=2).reshape(-1, 3) / 256)
    assert found.shape == (2, 32, 32)
    assert found.dtype == np.uint8


def test_palette_has_the_asked_colours_darkest_first():
    palette = fit_palette(some(4), 24)
    brightness = (palette * 256).astype(int).sum(axis=1)
    assert palette.shape == (24, 3)
    assert palette.dtype == np.float64
    assert (np.diff(brightness) >= 0).all()


def test_palette_finds_the_centres_that_the_pixels_were_drawn_around():
    centres = np.array([[20, 20, 30], [200, 30, 30], [40, 180, 60], [60, 70, 220], [230, 230, 220]])
    rng = np.random.default_rng(0)
    drawn = centres[rng.integers(0, 5, (3, 32, 32))] + rng.integers(-9, 10, (3, 32, 32, 3))
    found = (fit_palette(drawn.astype(np.uint8), 5) * 256).astype(int)
    assert np.abs(found - centres[np.argsort(centres.sum(axis=1), kind="stable")]).max() <= 1


def test_colour_that_occurs_more_often_weighs_more():
    pictures = np.zeros((1, 32, 32, 3), np.uint8)
    pictures[:, :8] = 200
    assert (fit_palette(pictures, 1) * 256).tolist() == [[50, 50, 50]]


def test_palette_is_within_a_hundredth_of_a_long_search():
    pictures = np.clip(np.random.default_rng(1).normal(120, 50, (8, 32, 32, 3)), 0, 255).astype(np.uint8)
    pixels = pictures.reshape(-1, 3).astype(np.float64)

    def error(palette) -> float:
        return float(((pixels / 256 - palette[classify_pixels(pictures, palette).ravel()]) ** 2).sum(axis=1).mean())

    with threadpool_limits(limits=1):
        long = KMeans(8, n_init=5, random_state=1).fit(pixels).cluster_centers_
    assert error(fit_palette(pictures, 8)) <= 1.01 * error(np.rint(long) / 256)


@pytest.mark.parametrize("distinct", [1, 5])
def test_pictures_of_few_colours_still_give_a_full_palette(distinct):
    colours = np.random.default_rng(0).integers(0, 256, (distinct, 3), dtype=np.uint8)
    pictures = np.resize(colours, (1, 32, 32, 3))
    palette = fit_palette(pictures, 24)
    assert palette.shape == (24, 3)
    assert {tuple(colour) for colour in (palette * 256).tolist()} == {tuple(colour) for colour in colours.tolist()}


def test_palette_is_fitted_on_one_thread_whatever_the_machine_offers(monkeypatch):
    seen: list[int] = []
    fit = KMeans.fit

    def watched(self, *args, **kwargs):
        seen.extend(pool["num_threads"] for pool in threadpool_info())
        return fit(self, *args, **kwargs)

    monkeypatch.setattr(KMeans, "fit", watched)
    palettes = []
    for threads in (1, 3):
        with threadpool_limits(limits=threads):
            palettes.append(fit_palette(some(), 24))
            assert {pool["num_threads"] for pool in threadpool_info()} == {threads}
    assert set(seen) == {1}
    np.testing.assert_array_equal(*palettes)
