"""Probes on what a network paints: quality, temperature, the order of pooling, larger pictures."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch
from torch.nn import functional

from runs import probes
from runs.data.photographs import list_photographs, split_photograph
from runs.data.pixels import classify_pixels, downsize, to_grey, upsample_nearest
from runs.probes import commute, extremes, hooks, lightness, sizes
from runs.probes.picture_measures import find_delta_e, to_lab
from runs.probes.samples import remove_colour
from runs.training.predict import anneal_mean, predict
from runs.training.trainer import evaluate
from tests.runs import tiny

PALETTE = np.array([[0, 0, 0], [200, 100, 0], [0, 0, 250]], np.uint8)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commute, "REPETITIONS", 2)
    monkeypatch.setattr(commute, "fill_outputs", partial(hooks.fill_outputs, count=3))


@pytest.mark.parametrize("model", ["regression", "cnn"])
def test_mean_pixel_accuracy_is_the_validation_accuracy(model: str) -> None:
    context = tiny.context(model)
    accuracy = probes.measure("quality", context).arrays["pixel_accuracy"]
    assert accuracy.mean() == pytest.approx(evaluate(context.spec, context.net, context.data)[1], rel=1e-6)


def test_a_colour_that_the_palette_holds_twice_counts_as_the_class_that_was_named() -> None:
    data = tiny.dataset()
    twice = replace(data, palette=data.palette.repeat(2, axis=0)[:24])
    context = tiny.context("cnn", twice)
    accuracy = probes.measure("quality", context).arrays["pixel_accuracy"]
    assert accuracy.mean() == pytest.approx(evaluate(context.spec, context.net, context.data)[1], rel=1e-6)
    painted = predict(context.net, context.data.test_x, twice.palette, "cnn")
    assert (
        accuracy.mean() < (classify_pixels(painted, twice.palette) == classify_pixels(twice.test, twice.palette)).mean()
    )


def test_quality_measures_the_prediction_against_the_truth() -> None:
    context = tiny.context()
    painted = predict(context.net, context.data.test_x, context.data.palette, "cnn")
    arrays = probes.measure("quality", context).arrays
    np.testing.assert_allclose(arrays["delta_e"], find_delta_e(painted, context.data.test_rgb), rtol=1e-5)
    assert len(np.unique(painted.reshape(tiny.TEST, -1), axis=0)) == tiny.TEST  # no two alike
    assert len(arrays["contrast"]) == tiny.TEST


@pytest.mark.parametrize(("model", "task"), [("regression", "colourize"), ("cnn", "colourize"), ("unet", "upscale")])
def test_extremes_are_the_ends_and_the_middle_of_the_quality(model: str, task: str) -> None:
    context = tiny.context(model, tiny.dataset(8, 10), task=task)
    differences = probes.measure("quality", context).arrays["delta_e"]
    found = probes.measure("extremes", context)
    index, arrays = found.arrays["index"], found.arrays
    assert found.notes == {"groups": ["worst", "median", "best"], "pictures": 10}
    assert arrays["rank"].tolist() == [[1, 2, 3], [4, 5, 6], [8, 9, 10]]
    np.testing.assert_allclose(arrays["delta_e"], differences[index], rtol=1e-5)
    worst, middle, best = differences[index]
    left = np.delete(differences, index)
    assert (np.diff(arrays["delta_e"].ravel()) <= 0).all()
    assert worst.min() >= max(left.max(), middle.max())
    assert best.max() <= left.min()
    data = context.data
    assert (arrays["truth"] == data.test_rgb[index]).all()
    assert (arrays["prediction"] == predict(context.net, data.test_x, data.palette, model)[index]).all()
    shown = to_grey(data.test_rgb)[..., None] if task == "colourize" else upsample_nearest(downsize(data.test_rgb))
    assert np.abs(arrays["input"] - 256 * shown[index]).max() <= 1.5  # 256 is shown as 255


@pytest.mark.parametrize(("count", "places"), [(1, [[0]] * 3), (2, [[0], [0], [1]]), (5, [[0], [2], [4]])])
def test_few_pictures_make_small_groups(count: int, places: list[list[int]]) -> None:
    assert extremes.choose_pictures(count).tolist() == places


def outputs_of(shares: list[float]) -> torch.Tensor:
    """One pixel whose class probabilities are ``shares``: (1, 3, 1, 1)."""
    return torch.log(torch.tensor(shares)).reshape(1, 3, 1, 1) + 5  # softmax does not see a constant


@pytest.mark.parametrize("temperature", [0.2, 0.38, 0.5, 1.0])
def test_annealed_mean_weighs_by_the_power_of_the_probabilities(temperature: float) -> None:
    shares = [0.5, 0.3, 0.2]
    powers = np.array(shares) ** (1 / temperature)
    expected = (powers / powers.sum()) @ PALETTE
    np.testing.assert_allclose(
        anneal_mean(outputs_of(shares), PALETTE / 256, temperature)[0, 0, 0], expected, atol=0.51
    )


def test_annealed_mean_at_zero_is_the_likeliest_colour_and_at_one_the_plain_mean() -> None:
    assert list(anneal_mean(outputs_of([0.3, 0.4, 0.3]), PALETTE / 256, 0)[0, 0, 0]) == [200, 100, 0]
    assert list(anneal_mean(outputs_of([0.25, 0.5, 0.25]), PALETTE / 256, 1)[0, 0, 0]) == [100, 50, 62]


def test_temperature_zero_measures_the_prediction_itself() -> None:
    context = tiny.context()
    arrays = probes.measure("temperature", context).arrays
    quality = probes.measure("quality", context).arrays
    for name in ("colourfulness", "mse", "delta_e", "pixel_accuracy"):
        assert arrays[name][0] == pytest.approx(quality[name].mean(), rel=1e-5)
    painted = predict(context.net, context.data.test_x, context.data.palette, "cnn")
    np.testing.assert_array_equal(arrays["pictures"][0], painted)
    assert arrays["pictures"].shape == (7, tiny.TEST, 32, 32, 3)
    assert arrays["temperature"][0] == 0 < arrays["temperature"][-1] == 1


def case(probed: probes.Probed, name: str) -> dict[str, float]:
    row = probed.notes["cases"].index(name)
    return {key: probed.arrays[key][row].item() for key in ("equal", "largest", "compared", "zero_signs")}


def test_both_orders_are_equal_and_the_counterexamples_are_not() -> None:
    probed = probes.measure("commute", tiny.context())
    for name in ("tensors", "trained network", "gradients"):
        found = case(probed, name)
        assert (found["equal"], found["largest"]) == (1, 0), name
        assert found["compared"] > 0
    for name in ("pooling before BatchNorm", "non-monotone activation"):
        found = case(probed, name)
        assert found["equal"] == 0, name
        assert found["largest"] > 0
    assert case(probed, "trained network")["compared"] == tiny.TEST * 24 * 32 * 32
    assert case(probed, "tensors")["zero_signs"] > 0


def test_a_trained_network_is_compared_with_its_twin_of_the_other_order() -> None:
    context = tiny.context(order="pool-relu")
    first, second = commute.make_both_orders(context.spec, context.net)
    assert [type(part).__name__ for part in first.downconv1[2:]] == ["ReLU", "MaxPool2d"]
    assert [type(part).__name__ for part in second.downconv1[2:]] == ["MaxPool2d", "ReLU"]
    for net in (first, second):
        assert all(torch.equal(net.state_dict()[key], value) for key, value in context.net.state_dict().items())


def test_comparison_tells_values_signs_of_zero_and_what_is_no_number_apart() -> None:
    nan = float("nan")
    one = torch.tensor([1.0, 0.0, nan, -3.0])
    assert commute.compare(one, torch.tensor([1.0, -0.0, nan, -3.0])) == commute.Compared(True, 0.0, 4, 1)
    assert commute.compare(one, torch.tensor([1.0, 0.0, nan, 1.5])) == commute.Compared(False, 4.5, 4, 0)
    assert not commute.compare(one, torch.tensor([1.0, 0.0, 0.0, -3.0])).equal


def test_pooling_commutes_with_a_scale_that_is_not_negative() -> None:
    """The counterexample rests on the negative scales alone."""
    maps = torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(1))
    norm = tiny.context().net.downconv1[1]
    with torch.no_grad():
        norm.weight.abs_()
        assert commute.run_both_ways(maps, norm).equal
        assert not commute.compare_before_norm(maps, norm).equal
    assert commute.run_both_ways(maps, functional.relu).equal


def test_operations_are_counted_for_one_picture() -> None:
    arrays = probes.measure("commute", tiny.context(filters=32)).arrays
    assert arrays["relu_first_operations"].tolist() == [
        [32 * 32 * 32, 3 * 32 * 16 * 16],
        [64 * 16 * 16, 3 * 64 * 8 * 8],
    ]
    assert arrays["pool_first_operations"].tolist() == [[32 * 16 * 16, 3 * 32 * 16 * 16], [64 * 8 * 8, 3 * 64 * 8 * 8]]
    for order in ("relu", "pool"):
        for kind in ("seconds", "step_seconds"):
            assert (arrays[f"{order}_first_{kind}"] > 0).all()


def test_negative_scales_of_the_network_are_counted() -> None:
    context = tiny.context()
    with torch.no_grad():
        context.net.downconv1[1].weight.copy_(torch.tensor([-1.0, 1, -1, -1]))
        context.net.downconv2[1].weight.fill_(1)
    assert probes.measure("commute", context).notes["negative_scales"] == {"downconv1": 3, "downconv2": 0}


def test_photographs_come_from_the_parts_that_training_leaves_out() -> None:
    squares = sizes.cut_crops()
    assert 1 <= len(squares) <= sizes.PHOTOGRAPHS
    for name, square in squares.items():
        region = split_photograph(list_photographs()[name])[1]
        assert square.shape == (256, 256, 3)
        top, left = ((length - 256) // 2 for length in region.shape[:2])
        np.testing.assert_array_equal(square, region[top : top + 256, left : left + 256])


def test_direct_colouring_is_the_network_on_the_whole_picture() -> None:
    context = tiny.context()
    arrays = probes.measure("sizes", context).arrays
    x = torch.from_numpy(to_grey(arrays["truth_64"]))[:, None]
    expected = predict(context.net, x, context.data.palette, "cnn")
    np.testing.assert_array_equal(arrays["direct_64"], expected)
    np.testing.assert_allclose(arrays["direct_delta_e"][0], find_delta_e(expected, arrays["truth_64"]), rtol=1e-5)
    assert (arrays["grey_colourfulness"] == 0).all()
    assert (arrays["truth_colourfulness"] > 0).all()


def test_upsampled_colouring_keeps_the_lightness_and_takes_the_chroma(monkeypatch: pytest.MonkeyPatch) -> None:
    truth = np.full((1, 64, 64, 3), (120, 130, 140), np.uint8)
    truth[:, 32:] = (60, 70, 50)
    colour = np.full((1, 32, 32, 3), (140, 120, 110), np.uint8)
    monkeypatch.setattr(sizes, "colour_picture", lambda context, light: colour)
    result = to_lab(sizes.upsample(tiny.context(), truth))
    np.testing.assert_allclose(
        result[..., 0], to_lab(remove_colour(truth))[..., 0], atol=0.6
    )  # levels are whole numbers
    np.testing.assert_allclose(result[..., 1:], np.broadcast_to(to_lab(colour)[0, 0, 0, 1:], (1, 64, 64, 2)), atol=1.2)


def test_the_small_picture_that_is_coloured_is_the_mean_of_each_square(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def remember(context: object, light: np.ndarray) -> np.ndarray:
        seen.append(light)
        return np.zeros((1, 32, 32, 3), np.uint8)

    monkeypatch.setattr(sizes, "colour_picture", remember)
    truth = np.random.default_rng(0).integers(0, 256, (1, 64, 64, 3), dtype=np.uint8)
    sizes.upsample(tiny.context(), truth)
    means = [truth[0, i : i + 2, j : j + 2].mean() / 256 for i in range(0, 64, 2) for j in range(0, 64, 2)]
    np.testing.assert_allclose(seen[0].reshape(-1), means, rtol=1e-5)


def test_chroma_that_no_screen_can_show_is_cut_off_without_a_warning() -> None:
    beyond = np.array([[[50.0, 0.0, 200.0], [0.5, 120.0, -120.0], [100.0, -120.0, 120.0]]], np.float32)
    assert sizes.convert_from_lab(beyond).dtype == np.uint8


def test_chroma_is_the_networks_and_lightness_the_pictures() -> None:
    colour = np.full((1, 8, 8, 3), (140, 120, 110), np.uint8)
    truth = tiny.pictures(1, 3)[:, :8, :8] // 2 + 60
    result = to_lab(lightness.put_under(colour, truth))
    np.testing.assert_allclose(
        result[..., 0], to_lab(remove_colour(truth))[..., 0], atol=0.6
    )  # levels are whole numbers
    np.testing.assert_allclose(result[..., 1:], np.broadcast_to(to_lab(colour)[..., 1:], (1, 8, 8, 2)), atol=1.5)


def test_grey_under_its_own_lightness_is_the_grey_copy_and_the_truth_nearly_itself() -> None:
    truth = tiny.pictures(3, 1)
    np.testing.assert_array_equal(lightness.put_under(remove_colour(truth), truth), remove_colour(truth))
    own = to_lab(truth)[..., 1:], to_lab(lightness.put_under(truth, truth))[..., 1:]
    assert np.median(np.abs(own[0] - own[1])) < 1  # where a screen can show it


def test_lightness_is_measured_on_all_test_pictures_and_on_the_photographs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "PHOTOGRAPHS", 1)
    context = tiny.context()
    arrays = probes.measure("lightness", context).arrays
    painted = predict(context.net, context.data.test_x, context.data.palette, "cnn")
    kept = lightness.put_under(painted, context.data.test_rgb)
    np.testing.assert_allclose(arrays["delta_e"], find_delta_e(kept, context.data.test_rgb), rtol=1e-5)
    direct = probes.measure("sizes", context).arrays
    large = lightness.put_under(direct["direct_128"], direct["truth_128"])
    np.testing.assert_allclose(arrays["large_delta_e"][1], find_delta_e(large, direct["truth_128"]), rtol=1e-5)
