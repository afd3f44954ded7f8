"""Loss networks: a classifier that learns, a distance written out, weights that are checked before they are loaded."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch
import torchvision
from torch.nn import functional
from torchvision.models.vgg import make_layers

from runs import probes
from runs.errors import UsageError
from runs.probes.features import describe_features
from runs.specs.spec import RunSpec
from runs.specs.vgg16 import find_vgg16
from runs.training import features
from runs.training.features import WEIGHT, Features, load_vgg_features, train_rotation_features, turn_pictures
from runs.training.prepared import prepare
from runs.training.trainer import Trainer, compute_loss
from tests.runs import tiny


def upright(count: int, seed: int) -> torch.Tensor:
    """Pictures whose turn can be told: bright above, dark below, under noise. (count, 3, 32, 32) in 0..1."""
    rng = np.random.default_rng(seed)
    ramp = np.linspace(0.9, 0.1, 32, dtype=np.float32)[None, None, :, None]
    noise = rng.normal(0, 0.05, (count, 3, 32, 32)).astype(np.float32)
    return torch.from_numpy(np.clip(ramp + noise, 0, 1).astype(np.float32))


def test_a_quarter_turn_is_that_of_numpy() -> None:
    pictures = torch.rand(4, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    made = turn_pictures(pictures, torch.arange(4))
    for number, (before, after) in enumerate(zip(pictures.numpy(), made.numpy(), strict=True)):
        np.testing.assert_array_equal(after, np.rot90(before, number, axes=(1, 2)))


def test_the_classifier_learns_to_tell_turns_on_pictures_it_has_not_seen() -> None:
    net = train_rotation_features(upright(200, 1))
    shares = describe_features(net, upright(20, 2))
    assert float(shares.mean()) > 0.9
    assert set(shares.tolist()) <= {0, 0.25, 0.5, 0.75, 1}


def test_the_same_pictures_give_the_same_classifier_and_torchs_generator_is_left_alone() -> None:
    before = torch.get_rng_state()
    first, second = (train_rotation_features(upright(20, 1)) for _ in range(2))
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(one, other) for one, other in zip(first.parameters(), second.parameters(), strict=True))
    assert not any(parameter.requires_grad for parameter in first.parameters())
    assert not first.training


def test_distance_is_the_squared_difference_of_the_maps_over_their_variance() -> None:
    stages = [torch.nn.Conv2d(3, 4, 3), torch.nn.AvgPool2d(2)]
    pictures = torch.rand(6, 3, 8, 8, generator=torch.Generator().manual_seed(1))
    net = Features(list(stages), (0.5, 0.4, 0.3), (0.2, 0.3, 0.4)).settled(pictures)
    one, other = pictures[:2], pictures[2:4]

    def maps(rgb: torch.Tensor) -> list[np.ndarray]:
        mean, std = np.array([0.5, 0.4, 0.3])[:, None, None], np.array([0.2, 0.3, 0.4])[:, None, None]
        first = stages[0](torch.from_numpy((rgb.numpy() - mean) / std).float())
        return [first.detach().numpy(), stages[1](first).detach().numpy()]

    spreads = [each.var(axis=(0, 2, 3), ddof=1).mean() for each in maps(pictures)]
    expected = np.mean(
        [
            ((a - b) ** 2).mean(axis=(1, 2, 3)) / spread
            for a, b, spread in zip(maps(one), maps(other), spreads, strict=True)
        ],
        axis=0,
    )
    np.testing.assert_allclose(net.distances(one, other).numpy(), expected, rtol=1e-4)
    assert net.distances(one, one).abs().max() == 0


def test_pictures_of_noise_lie_about_two_apart() -> None:
    noise = torch.rand(400, 3, 16, 16, generator=torch.Generator().manual_seed(2))
    net = Features([torch.nn.Conv2d(3, 8, 3)]).settled(noise)
    assert float(net.distances(noise[:200], noise[200:]).mean()) == pytest.approx(2, rel=0.1)


def test_the_loss_adds_the_weighted_distance_and_its_gradient_reaches_the_picture_alone() -> None:
    data = prepare(tiny.dataset(), RunSpec(model="regression", loss="rotation-features"))
    assert data.features is data.rotations
    output = torch.full_like(data.train_y, 0.4).requires_grad_()
    spec = RunSpec(model="regression", loss="rotation-features")
    loss = compute_loss(spec, output, data.train_y, data.features)
    pixels = functional.mse_loss(output, data.train_y)
    distance = data.rotations.distances(output, data.train_y).mean()
    assert loss.item() == pytest.approx((pixels + WEIGHT * distance).item(), rel=1e-6)
    for parameter in data.rotations.parameters():
        parameter.grad = None  # what its own training left
    loss.backward()
    assert output.grad is not None
    assert float(output.grad.abs().max()) > 0
    assert all(parameter.grad is None for parameter in data.rotations.parameters())


def test_a_loss_on_pixels_trains_no_classifier(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "Rotations", None)  # would fail if it were built
    spec = RunSpec(model="regression", filters=4)
    data = prepare(tiny.dataset(), spec)
    assert data.features is None
    Trainer(spec, data).train_epoch()


def test_a_broken_off_run_with_a_perceptual_loss_goes_on_to_the_same_bits() -> None:
    spec = RunSpec(model="regression", filters=4, batch_size=4, loss="rotation-features")
    whole = Trainer(spec, prepare(tiny.dataset(), spec))
    whole.train_epoch()
    kept = whole.arrays()
    last = whole.train_epoch()
    again = Trainer(spec, prepare(tiny.dataset(), spec), kept, 1)
    row = again.train_epoch()
    assert (row.train_loss, row.val_loss) == (last.train_loss, last.val_loss)
    assert all(np.array_equal(array, again.arrays()[name]) for name, array in whole.arrays().items())


def test_probe_knows_the_truth_from_grey() -> None:
    context = tiny.context("regression")
    arrays = probes.measure("features", context).arrays
    net, data = context.data.rotations, context.data
    grey = data.test_x.expand_as(data.test_y)
    np.testing.assert_allclose(arrays["grey_distance"], net.distances(grey, data.test_y).detach(), rtol=1e-5)
    np.testing.assert_array_equal(arrays["truth_turns"], describe_features(net, data.test_y).numpy())
    assert (arrays["grey_distance"] > 0).all()


def test_vgg_weights_that_are_not_there_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(UsageError, match=r"found none.*--loss rotation-features"):
        load_vgg_features(upright(2, 1))


def test_vgg_weights_of_another_digest_are_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    find_vgg16().parent.mkdir(parents=True)
    find_vgg16().write_bytes(b"not the weights")
    monkeypatch.setattr(torch, "load", None)  # would fail if it were called
    with pytest.raises(UsageError, match="begins with 397923af"):
        load_vgg_features(upright(2, 1))


class Headless(torch.nn.Module):
    """The first layers of torchvision's VGG-16, without the layers behind them that make the file large."""

    def __init__(self) -> None:
        super().__init__()
        self.features = make_layers([64, 64, "M", 128, 128])


def test_vgg_features_are_the_maps_of_torchvisions_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    find_vgg16().parent.mkdir(parents=True)
    net = Headless()
    monkeypatch.setattr(torchvision.models, "vgg16", Headless)
    torch.save(net.state_dict(), find_vgg16())
    with find_vgg16().open("rb") as file:
        monkeypatch.setattr(features, "VGG16_DIGEST", hashlib.file_digest(file, "sha256").hexdigest()[:8])
    pictures = upright(3, 1)
    maps = load_vgg_features(pictures)(pictures)
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    given = (pictures - mean[:, None, None]) / std[:, None, None]
    assert [each.shape[1:] for each in maps] == [(64, 32, 32), (128, 16, 16)]
    torch.testing.assert_close(maps[0], net.features[:4](given))  # relu1_2
    torch.testing.assert_close(maps[1], net.features[:9](given))  # relu2_2
