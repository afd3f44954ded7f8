"""Training against the assignment's plain loop, and evaluation against sums written out."""

from __future__ import annotations

import math
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from models import build_network
from runs.data.dataset import Dataset
from runs.specs.spec import RunSpec
from runs.training import trainer as train
from runs.training.prepared import prepare
from runs.training.trainer import Trainer, build_fresh, evaluate
from tests.runs.tiny import pictures

COLOURS = 6
BASE: dict[str, Any] = {"batch_size": 8, "filters": 4, "learning_rate": 0.002, "seed": 3}
SPECS = {
    "regression": RunSpec(model="regression", **BASE),
    "cnn": RunSpec(model="cnn", **BASE),
    "unet": RunSpec(model="unet", **BASE),
    "upscale": RunSpec(model="unet", task="upscale", **BASE),
}
every_kind = pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)


@pytest.fixture(scope="module")
def data() -> Dataset:
    """22 training pictures, so that a batch of 8 leaves 6 for the last, and 7 test pictures."""
    palette = np.random.default_rng(3).integers(0, 256, (COLOURS, 3)) / 256
    return Dataset("folder", "tiny", "made up", pictures(22, 1), pictures(7, 2), palette, "other")


def plain_inputs(rgb: np.ndarray, task: str) -> np.ndarray:
    """(N, 32, 32, 3) uint8 -> (N, C, 32, 32) float32, as the assignment says it."""
    colour = np.transpose(rgb / 256.0, [0, 3, 1, 2]).astype(np.float32)
    if task == "colourize":
        return colour.mean(axis=1, keepdims=True)
    small = functional.avg_pool2d(functional.avg_pool2d(torch.from_numpy(colour), 2), 2)
    return functional.interpolate(functional.interpolate(small, scale_factor=2), scale_factor=2).numpy()


def plain_classes(rgb: np.ndarray, palette: np.ndarray) -> np.ndarray:
    """(N, 32, 32, 3) uint8 -> (N, 32, 32) int64: the nearest colour, by every distance on pixels / 256."""
    away = rgb[..., None, :] / 256 - palette
    return (away**2).sum(axis=-1).argmin(axis=-1)


def plain_loop(spec: RunSpec, data: Dataset, epochs: int) -> list[float]:
    """The assignment's loop: numpy batches, default layout, plain Adam; the mean training loss of each epoch."""
    order = np.random.default_rng(spec.seed).permutation(len(data.train))
    rgb = data.train[order]
    x = plain_inputs(rgb, spec.task)
    regression = spec.model == "regression"
    y = np.transpose(rgb / 256.0, [0, 3, 1, 2]).astype(np.float32) if regression else plain_classes(rgb, data.palette)
    outputs = 3 if regression else COLOURS
    net = build_network(spec.model, in_channels=x.shape[1], outputs=outputs, filters=spec.filters, seed=spec.seed)
    criterion: nn.Module = nn.MSELoss() if regression else nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(net.parameters(), lr=spec.learning_rate, fused=False, foreach=False)
    means = []
    for _ in range(epochs):
        net.train()
        losses = []
        for i in range(0, len(x), spec.batch_size):
            images, labels = torch.tensor(x[i : i + spec.batch_size]), torch.tensor(y[i : i + spec.batch_size])
            optimizer.zero_grad()
            loss = criterion(net(images), labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        means.append(sum(losses) / len(losses))
    return means


@every_kind
def test_training_losses_are_those_of_the_plain_loop(spec: RunSpec, data: Dataset) -> None:
    trainer = Trainer(spec, prepare(data, spec))
    ours = [trainer.train_epoch().train_loss for _ in range(2)]
    assert ours == pytest.approx(plain_loop(spec, data, 2), rel=1e-4)
    assert ours[0] != pytest.approx(ours[1], rel=1e-3)  # it learns: the second epoch is another one


@every_kind
def test_prepared_pictures_are_those_of_the_assignment(spec: RunSpec, data: Dataset) -> None:
    prepared = prepare(data, spec)
    order = np.random.default_rng(spec.seed).permutation(22)
    np.testing.assert_allclose(prepared.train_x.numpy(), plain_inputs(data.train[order], spec.task), atol=1e-6)
    np.testing.assert_allclose(prepared.test_x.numpy(), plain_inputs(data.test, spec.task), atol=1e-6)
    np.testing.assert_array_equal(prepared.test_classes.numpy(), plain_classes(data.test, data.palette))


def plain_validation(spec: RunSpec, net: nn.Module, data: Dataset) -> tuple[float, float]:
    """Loss and accuracy by sums in double precision, picture by picture, pixel by pixel."""
    net.eval()
    truth = plain_classes(data.test, data.palette)
    losses: list[float] = []
    right: list[bool] = []
    for picture, rgb, labels in zip(plain_inputs(data.test, spec.task), data.test, truth, strict=True):
        with torch.no_grad():
            output = net(torch.from_numpy(picture)[None])[0].double().numpy()  # (C, 32, 32)
        if spec.model == "regression":
            losses += list(((output - np.transpose(rgb / 256.0, [2, 0, 1])) ** 2).ravel())
            painted = np.clip(np.rint(output * 256), 0, 255).transpose(1, 2, 0)
            guess = plain_classes(painted[None], data.palette)[0]
        else:
            for i in range(32):
                for j in range(32):
                    scores = output[:, i, j]
                    losses.append(math.log(np.exp(scores).sum()) - scores[labels[i, j]])
            guess = output.argmax(axis=0)
        right += list((guess == labels).ravel())
    return sum(losses) / len(losses), sum(right) / len(right)


@every_kind
@pytest.mark.parametrize("at_once", [250, 3])
def test_validation_is_what_a_sum_over_all_pixels_gives(
    spec: RunSpec, at_once: int, data: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train, "EVAL_BATCH", at_once)
    trainer = Trainer(spec, prepare(data, spec))
    row = trainer.train_epoch()
    loss, accuracy = plain_validation(spec, trainer.net, data)
    assert row.val_loss == pytest.approx(loss, rel=1e-5)
    assert row.val_accuracy == pytest.approx(accuracy, abs=2 / (7 * 1024))  # a tie may fall the other way
    assert 0 < row.val_accuracy < 1


def test_evaluation_leaves_the_network_as_it_was(data: Dataset) -> None:
    spec = SPECS["unet"]
    prepared = prepare(data, spec)
    trainer = Trainer(spec, prepared)
    trainer.train_epoch()
    before = trainer.weights()
    first = evaluate(spec, trainer.net, prepared)
    assert evaluate(spec, trainer.net, prepared) == first
    assert all(np.array_equal(array, before[name]) for name, array in trainer.weights().items())


def test_training_loss_is_the_mean_over_batches_the_short_last_one_included(data: Dataset) -> None:
    spec = SPECS["cnn"].model_copy(update={"learning_rate": 1e-30, "batch_size": 20})  # weights stand still
    prepared = prepare(data, spec)
    net = build_fresh(spec, COLOURS).train()
    losses = [
        functional.cross_entropy(net(prepared.train_x[part]), prepared.train_y[part].long()).item()
        for part in (slice(0, 20), slice(20, 22))
    ]
    over_pixels = (20 * losses[0] + 2 * losses[1]) / 22
    assert abs(over_pixels - sum(losses) / 2) > 1e-4  # so that the two can be told apart
    assert Trainer(spec, prepared).train_epoch().train_loss == pytest.approx(sum(losses) / 2, abs=1e-6)


@pytest.mark.parametrize("batch_size", [21, 22])
def test_last_batch_may_be_one_picture_or_none(batch_size: int, data: Dataset) -> None:
    spec = SPECS["unet"].model_copy(update={"batch_size": batch_size})
    trainer = Trainer(spec, prepare(data, spec))
    assert trainer.train_epoch().finite
    steps = {float(array) for name, array in trainer.arrays().items() if name.endswith(".step")}
    assert steps == {math.ceil(22 / batch_size)}


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "rmsprop"])
def test_continued_run_has_the_bits_of_an_unbroken_one(optimizer: str, data: Dataset) -> None:
    spec = SPECS["unet"].model_copy(update={"optimizer": optimizer})
    prepared = prepare(data, spec)
    unbroken = Trainer(spec, prepared)
    rows = [unbroken.train_epoch() for _ in range(3)]

    first = Trainer(spec, prepared)
    first.train_epoch()
    kept = first.arrays()
    second = Trainer(spec, prepare(data, spec), kept, epoch=1)
    again = [second.train_epoch() for _ in range(2)]

    assert [row.epoch for row in again] == [2, 3]
    assert [numbers(row) for row in again] == [numbers(row) for row in rows[1:]]
    assert bits(second) == bits(unbroken)
    # without the moments the path is another one
    weights_alone = Trainer(spec, prepared, first.weights(), epoch=1)
    weights_alone.train_epoch()
    weights_alone.train_epoch()
    assert bits(weights_alone) != bits(unbroken)


def test_kept_arrays_are_copies_that_further_training_does_not_touch(data: Dataset) -> None:
    trainer = Trainer(SPECS["cnn"], prepare(data, SPECS["cnn"]))
    trainer.train_epoch()
    kept = trainer.arrays()
    before = {name: array.tobytes() for name, array in kept.items()}
    trainer.train_epoch()
    assert {name: array.tobytes() for name, array in kept.items()} == before
    assert bits(trainer) != before


def test_same_seed_gives_the_same_bits_and_another_one_other_weights_and_another_order(data: Dataset) -> None:
    spec, other = SPECS["cnn"], SPECS["cnn"].with_seed(4)
    torch.manual_seed(1)
    np.random.seed(1)
    first = Trainer(spec, prepare(data, spec))
    first.train_epoch()
    torch.manual_seed(2)
    np.random.seed(2)
    second = Trainer(spec, prepare(data, spec))
    second.train_epoch()
    assert bits(first) == bits(second)

    ours, theirs = prepare(data, spec), prepare(data, other)
    assert not torch.equal(ours.train_x, theirs.train_x)
    assert {x.numpy().tobytes() for x in ours.train_x} == {x.numpy().tobytes() for x in theirs.train_x}
    assert torch.equal(ours.test_x, theirs.test_x)
    assert not torch.equal(build_fresh(spec, COLOURS).finalconv.weight, build_fresh(other, COLOURS).finalconv.weight)


def test_picture_is_what_the_network_paints_of_the_first_test_pictures(data: Dataset) -> None:
    for spec in (SPECS["cnn"], SPECS["regression"]):
        trainer = Trainer(spec, prepare(data, spec))
        trainer.train_epoch()
        with torch.no_grad():
            output = trainer.net(torch.from_numpy(plain_inputs(data.test, spec.task))).numpy()
        if spec.model == "regression":
            expected = np.clip(np.rint(output * 256), 0, 255).transpose(0, 2, 3, 1).astype(int)
        else:
            expected = (256 * data.palette).astype(int)[output.argmax(axis=1)]
        picture = trainer.picture()
        assert picture.dtype == np.uint8
        assert picture.shape == (7, 32, 32, 3)
        off = picture.astype(int) != expected
        assert off.mean() < 0.001  # rounding may fall the other way


def test_diverged_run_says_that_it_is_not_finite(data: Dataset) -> None:
    spec = SPECS["regression"].model_copy(update={"optimizer": "sgd", "learning_rate": 10.0})
    trainer = Trainer(spec, prepare(data, spec))
    rows = [trainer.train_epoch() for _ in range(12)]
    assert not rows[-1].finite
    assert trainer.picture().shape == (7, 32, 32, 3)


def numbers(row: train.EpochRow) -> list[float]:
    """A row without its wall-clock times."""
    return [getattr(row, field.name) for field in fields(row) if not field.name.endswith("seconds")]


def bits(trainer: Trainer) -> dict[str, bytes]:
    return {name: array.tobytes() for name, array in trainer.arrays().items()}
