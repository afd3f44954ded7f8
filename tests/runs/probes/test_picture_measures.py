"""Measures of pictures against scikit-image, published values and closed forms."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from skimage import metrics
from skimage.color import rgb2gray
from skimage.filters import sobel_h, sobel_v

from runs.data.pixels import to_uint8, to_unit
from runs.probes import picture_measures

# Sharma, Wu & Dalal (2005), "The CIEDE2000 color-difference formula", table 1: two L*a*b* colours, difference.
PUBLISHED = [
    ((50.0000, 2.6772, -79.7751), (50.0000, 0.0000, -82.7485), 2.0425),
    ((50.0000, 3.1571, -77.2803), (50.0000, 0.0000, -82.7485), 2.8615),
    ((50.0000, 2.8361, -74.0200), (50.0000, 0.0000, -82.7485), 3.4412),
    ((50.0000, -1.3802, -84.2814), (50.0000, 0.0000, -82.7485), 1.0000),
    ((50.0000, 0.0000, 0.0000), (50.0000, -1.0000, 2.0000), 2.3669),
    ((50.0000, 2.4900, -0.0010), (50.0000, -2.4900, 0.0009), 7.1792),
    ((50.0000, 2.4900, -0.0010), (50.0000, -2.4900, 0.0011), 7.2195),
    ((50.0000, 2.5000, 0.0000), (73.0000, 25.0000, -18.0000), 27.1492),
    ((50.0000, 2.5000, 0.0000), (61.0000, -5.0000, 29.0000), 22.8977),
    ((50.0000, 2.5000, 0.0000), (56.0000, -27.0000, -3.0000), 31.9030),
    ((50.0000, 2.5000, 0.0000), (58.0000, 24.0000, 15.0000), 19.4535),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((63.0109, -31.0961, -5.8663), (62.8187, -29.7946, -4.0864), 1.2630),
    ((6.7747, -0.2908, -2.4247), (5.8714, -0.0985, -2.2286), 0.6377),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]
PALETTE = np.array([[0, 0, 0], [255, 0, 0], [0, 0, 255], [255, 255, 255]], np.uint8)


def noise(count: int = 3, height: int = 32, width: int = 32, seed: int = 0) -> picture_measures.Pixels:
    return np.random.default_rng(seed).integers(0, 256, (count, height, width, 3), dtype=np.uint8)


def near(pictures: picture_measures.Pixels, seed: int = 1) -> picture_measures.Pixels:
    shift = np.random.default_rng(seed).normal(0, 20, pictures.shape)
    return (pictures + shift).clip(0, 255).astype(np.uint8)


def flat(colour: tuple[int, int, int]) -> picture_measures.Pixels:
    return np.full((1, 8, 8, 3), colour, np.uint8)


def greys(levels: np.ndarray) -> picture_measures.Pixels:
    return np.repeat(np.asarray(levels, np.uint8)[None, ..., None], 3, axis=-1)


@pytest.mark.parametrize(("one", "other", "expected"), PUBLISHED)
def test_colour_difference_is_the_published_one(one: tuple, other: tuple, expected: float) -> None:
    assert picture_measures.find_difference(np.array(one), np.array(other)) == pytest.approx(expected, abs=5e-5)


def test_lab_of_the_primaries_is_the_published_one() -> None:
    lab = picture_measures.to_lab(np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]], np.uint8))
    expected = [[53.24, 80.09, 67.20], [87.73, -86.18, 83.18], [32.30, 79.19, -107.86], [100.0, 0.0, 0.0]]
    np.testing.assert_allclose(lab, expected, atol=0.02)


def test_delta_e_of_a_picture_is_the_mean_over_its_pixels() -> None:
    picture, truth = noise(1, 4, 5), noise(1, 4, 5, seed=3)
    pixels = [
        float(
            picture_measures.find_difference(
                picture_measures.to_lab(one).astype(float), picture_measures.to_lab(other).astype(float)
            )
        )
        for one, other in zip(picture.reshape(-1, 3), truth.reshape(-1, 3), strict=True)
    ]
    assert picture_measures.find_delta_e(picture, truth)[0] == pytest.approx(np.mean(pixels), rel=1e-5)


def test_black_and_white_differ_by_100() -> None:
    assert picture_measures.find_delta_e(flat((0, 0, 0)), flat((255, 255, 255)))[0] == pytest.approx(100, abs=1e-3)


@pytest.mark.parametrize("shape", [(32, 32), (7, 12), (20, 9)])
def test_ssim_is_that_of_scikit_image(shape: tuple[int, int]) -> None:
    truth = noise(3, *shape)
    pictures = np.concatenate([near(truth[:1]), truth[1:2], noise(1, *shape, seed=5)])  # near, equal, unlike
    expected = [
        metrics.structural_similarity(one, other, channel_axis=-1, data_range=255)
        for one, other in zip(pictures, truth, strict=True)
    ]
    np.testing.assert_allclose(picture_measures.find_ssim(pictures, truth), expected, atol=1e-9)


def test_squared_error_and_psnr_are_those_of_scikit_image() -> None:
    truth = noise()
    pictures = near(truth)
    pairs = list(zip(pictures, truth, strict=True))
    errors = [metrics.mean_squared_error(one, other) / 256**2 for one, other in pairs]
    ratios = [metrics.peak_signal_noise_ratio(other, one, data_range=255) for one, other in pairs]
    np.testing.assert_allclose(picture_measures.find_mse(pictures, truth), errors, rtol=1e-6)
    np.testing.assert_allclose(picture_measures.find_psnr(pictures, truth), ratios, rtol=1e-6)


def test_equal_pictures_have_the_best_psnr_and_no_error() -> None:
    measured = picture_measures.measure_errors(noise(), noise(), PALETTE)
    expected = {"pixel_accuracy": 1, "mse": 0, "psnr": picture_measures.BEST_PSNR, "delta_e": 0, "ssim": 1}
    assert {name: pytest.approx([number] * 3, abs=1e-9) for name, number in expected.items()} == {
        name: list(numbers) for name, numbers in measured.items()
    }


def test_pixel_accuracy_counts_pixels_nearest_to_the_same_colour() -> None:
    one, other = noise(2, 5, 6), noise(2, 5, 6, seed=9)

    def nearest(pixel: np.ndarray) -> int:
        return min(
            range(len(PALETTE)),
            key=lambda k: sum((int(a) - int(b)) ** 2 for a, b in zip(pixel, PALETTE[k], strict=True)),
        )

    expected = [
        np.mean([nearest(a) == nearest(b) for a, b in zip(x.reshape(-1, 3), y.reshape(-1, 3), strict=True)])
        for x, y in zip(one, other, strict=True)
    ]
    assert 0 < expected[0] < 1
    np.testing.assert_allclose(
        picture_measures.find_pixel_accuracy(picture_measures.find_same_class(one, other, PALETTE / 256)), expected
    )


def test_classes_that_the_network_names_are_taken_as_they_are() -> None:
    right = np.zeros((3, 32, 32), bool)
    right[0, :16] = True
    measured = picture_measures.measure_errors(noise(), noise(), PALETTE, right)["pixel_accuracy"]
    assert list(measured) == [0.5, 0, 0]


def hasler(picture: np.ndarray) -> float:
    """Hasler & Süsstrunk (2003), equations 1 to 4, pixel by pixel."""
    red_green = [float(r) - float(g) for r, g, _ in picture.reshape(-1, 3)]
    yellow_blue = [0.5 * (float(r) + float(g)) - float(b) for r, g, b in picture.reshape(-1, 3)]
    spread = (np.var(red_green) + np.var(yellow_blue)) ** 0.5
    mean = (np.mean(red_green) ** 2 + np.mean(yellow_blue) ** 2) ** 0.5
    return float(spread + 0.3 * mean)


def test_colourfulness_follows_its_definition() -> None:
    pictures = noise(2, 6, 7)
    np.testing.assert_allclose(
        picture_measures.find_colourfulness(pictures), [hasler(picture) for picture in pictures], rtol=1e-6
    )


def test_grey_has_no_colourfulness_and_pure_red_its_closed_form() -> None:
    assert picture_measures.find_colourfulness(greys(np.arange(64).reshape(8, 8)))[0] == 0
    assert picture_measures.find_colourfulness(flat((255, 0, 0)))[0] == pytest.approx(0.3 * 255 * 1.25**0.5)


@pytest.mark.parametrize(
    "measure", [picture_measures.find_total_variation, picture_measures.find_contrast, picture_measures.find_sharpness]
)
def test_a_constant_picture_has_no_variation(
    measure: Callable[[picture_measures.Floats], picture_measures.Numbers],
) -> None:
    assert measure(picture_measures.to_luminance(flat((200, 100, 50))))[0] == pytest.approx(0, abs=1e-7)


def test_looks_of_known_pictures_have_their_closed_form() -> None:
    checkers = picture_measures.to_luminance(greys(255 * (np.indices((8, 8)).sum(axis=0) % 2)))
    halves = picture_measures.to_luminance(greys(255 * (np.indices((8, 8))[0] < 4)))
    ramp = picture_measures.to_luminance(greys(3 * np.indices((9, 8))[1]))
    assert picture_measures.find_total_variation(checkers)[0] == pytest.approx(1)
    assert picture_measures.find_total_variation(halves)[0] == pytest.approx(
        8 / 112
    )  # 8 of the 112 pairs of neighbours differ
    assert picture_measures.find_contrast(halves)[0] == pytest.approx(0.5)
    assert picture_measures.find_sharpness(ramp)[0] == pytest.approx(3 / 255)
    assert picture_measures.find_sharpness(checkers)[0] == pytest.approx(0, abs=1e-7)


def test_luminance_is_that_of_scikit_image() -> None:
    np.testing.assert_allclose(picture_measures.to_luminance(noise()), rgb2gray(noise()), atol=1e-6)


def test_sharpness_is_the_sobel_gradient_of_scikit_image_inside_the_border() -> None:
    light = picture_measures.to_luminance(noise())
    # scikit-image's kernels give two units for a slope of one
    expected = [np.hypot(sobel_h(one), sobel_v(one))[1:-1, 1:-1].mean() / 2 for one in light]
    np.testing.assert_allclose(picture_measures.find_sharpness(light), expected, rtol=1e-5)


def test_floats_measure_as_the_levels_they_stand_for() -> None:
    pictures, truth = near(noise()), noise()
    whole = picture_measures.measure_errors(pictures, truth, PALETTE) | picture_measures.measure_looks(pictures)
    floats = picture_measures.measure_errors(
        to_unit(pictures), to_unit(truth), PALETTE
    ) | picture_measures.measure_looks(to_unit(pictures))
    assert (to_uint8(to_unit(pictures)) == pictures).all()
    for name in picture_measures.ERRORS + picture_measures.LOOKS:
        np.testing.assert_array_equal(whole[name], floats[name])


def test_pictures_do_not_mix_across_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    truth = noise(5)
    pictures = near(truth)
    monkeypatch.setattr(picture_measures, "CHUNK", 2)
    together = picture_measures.measure_errors(pictures, truth, PALETTE) | picture_measures.measure_looks(pictures)
    for name, numbers in together.items():
        assert numbers.shape == (5,)
        alone = (
            picture_measures.measure_errors(pictures[4:], truth[4:], PALETTE)
            | picture_measures.measure_looks(pictures[4:])
        )[name]
        assert numbers[4] == pytest.approx(alone[0], rel=1e-6)


def test_no_picture_gives_no_number() -> None:
    empty = noise(0)
    measured = picture_measures.measure_errors(empty, empty, PALETTE) | picture_measures.measure_looks(empty)
    assert {name: numbers.shape for name, numbers in measured.items()} == dict.fromkeys(
        picture_measures.ERRORS + picture_measures.LOOKS, (0,)
    )
