"""The maps of a loss network, which a perceptual loss compares (Johnson, Alahi & Fei-Fei 2016).

The loss network is torchvision's VGG-16 where its weights are there, else a classifier trained here, on the
run's own training pictures, to tell by which quarter turn a picture was rotated (Gidaris, Singh & Komodakis
2018): a task that needs no labels, and that asks what a picture shows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from runs.errors import UsageError
from runs.specs.vgg16 import VGG16_DIGEST, find_vgg16

#: What the distance of the maps counts beside the squared error in RGB. A typical regression ends at a squared
#: error of 0.007 and a distance of a half: the two then weigh about the same.
WEIGHT = 0.02
#: How the rotation classifier is trained: passes over the pictures, batch size, learning rate, filters.
PASSES, BATCH, RATE, FILTERS = 10, 100, 0.001, (16, 32, 64)
#: Training pictures over which the spread of the maps is taken.
SPREAD = 1000
#: The stages of VGG-16 whose maps are compared: up to relu1_2 and relu2_2.
VGG_STAGES = ((0, 4), (4, 9))
#: What VGG-16 was trained on: mean and standard deviation of the channels.
VGG_MEAN, VGG_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Features(nn.Module):
    """A row of stages whose outputs are compared.

    Args:
        stages: each takes the output of the one before.
        mean, std: of the channels that the first stage expects.
    """

    mean: Tensor
    std: Tensor
    spread: Tensor

    def __init__(
        self,
        stages: list[nn.Module],
        mean: tuple[float, float, float] = (0.5, 0.5, 0.5),
        std: tuple[float, float, float] = (0.25, 0.25, 0.25),
    ) -> None:
        super().__init__()
        self.stages = nn.ModuleList(stages)
        self.register_buffer("mean", torch.tensor(mean)[:, None, None])
        self.register_buffer("std", torch.tensor(std)[:, None, None])
        self.register_buffer("spread", torch.ones(len(stages)))

    def forward(self, rgb: Tensor) -> list[Tensor]:
        """(B, 3, H, W) in 0..1 -> the maps (B, C, h, w) of every stage."""
        maps = []
        h = (rgb - self.mean) / self.std
        for stage in self.stages:
            h = stage(h)
            maps.append(h)
        return maps

    def distances(self, output: Tensor, target: Tensor) -> Tensor:
        """(B, 3, H, W) twice, in 0..1 -> (B,): the mean squared difference of the maps over their variance.

        Zero for the same picture, about two for pictures that have nothing to do with each other.
        """
        with torch.no_grad():
            wanted = self(target)
        apart = [(one - other).square().flatten(1).mean(1) for one, other in zip(self(output), wanted, strict=True)]
        return torch.stack([row / spread for row, spread in zip(apart, self.spread, strict=True)]).mean(0)

    @torch.no_grad()
    def settled(self, rgb: Tensor) -> Features:
        """The same with its weights fixed, and with the spread of its maps over the pictures (N, 3, H, W) taken."""
        self.eval().requires_grad_(False)
        total = torch.zeros(len(self.stages), dtype=torch.float64)
        parts = torch.split(rgb[:SPREAD], BATCH)
        for part in parts:
            total += torch.stack([maps.var(dim=(0, 2, 3)).mean().double().cpu() for maps in self(part)])
        self.spread.copy_((total / len(parts)).clamp(min=1e-12))
        return self


class Rotations(Features):
    """The rotation classifier: three stages, then a guess of the quarter turn."""

    def __init__(self) -> None:
        widths = (3, *FILTERS)
        stages = []
        for index, (inputs, outputs) in enumerate(zip(widths, FILTERS, strict=False)):
            shrink = [nn.MaxPool2d(2)] if index else []
            stages.append(
                nn.Sequential(
                    *shrink, nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
                )
            )
        super().__init__(list(stages))
        self.head = nn.Linear(FILTERS[-1], 4)

    def guess(self, rgb: Tensor) -> Tensor:
        """(B, 3, H, W) in 0..1 -> (B, 4): how likely each number of quarter turns is, before the softmax."""
        scores: Tensor = self.head(self(rgb)[-1].mean(dim=(2, 3)))
        return scores


def turn_pictures(rgb: Tensor, turns: Tensor) -> Tensor:
    """(B, 3, S, S), (B,) quarter turns 0..3 -> the pictures, each turned."""
    result = rgb.clone()
    for quarter in (1, 2, 3):
        chosen = turns == quarter
        result[chosen] = torch.rot90(rgb[chosen], quarter, dims=(2, 3))
    return result


def train_rotation_features(rgb: Tensor) -> Rotations:
    """A rotation classifier trained on the pictures (N, 3, S, S) in 0..1, in their order: the same every time."""
    generator = torch.Generator().manual_seed(0)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        net = Rotations()
    net = net.to(rgb.device).to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(net.parameters(), lr=RATE, fused=True)
    for part in split_batches(rgb):
        turns = torch.randint(4, (len(part),), generator=generator).to(rgb.device)
        optimizer.zero_grad(set_to_none=True)
        functional.cross_entropy(net.guess(turn_pictures(part, turns)), turns).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    net.settled(rgb)
    return net


def split_batches(rgb: Tensor) -> Iterator[Tensor]:
    """The pictures (N, 3, S, S) in batches, as often as the classifier sees them."""
    for _ in range(PASSES):
        yield from torch.split(rgb, BATCH)


def load_vgg_features(rgb: Tensor) -> Features:
    """VGG-16 up to relu2_2, from weights that are on this machine already; nothing is downloaded.

    Raises:
        UsageError: the weights are not there, or are not those of torchvision.
    """
    from torchvision.models import vgg16

    path = find_vgg16()
    net = vgg16()
    net.load_state_dict(torch.load(check_weights(path), map_location="cpu", weights_only=True))
    layers = [nn.Sequential(*net.features[start:end]) for start, end in VGG_STAGES]
    features = Features(list(layers), VGG_MEAN, VGG_STD).to(rgb.device).to(memory_format=torch.channels_last)
    return features.settled(rgb)


def check_weights(path: Path) -> Path:
    """The same path, once its digest has been found to be the one that torchvision names.

    Raises:
        UsageError: it is not there, or is another file.
    """
    if not path.is_file():
        raise UsageError(
            f"Expected torchvision's weights of VGG-16 at {path}, found none. Put {path.name} there, or train with "
            "--loss rotation-features."
        )
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if not digest.startswith(VGG16_DIGEST):
        raise UsageError(
            f"Expected {path} to have a SHA-256 that begins with {VGG16_DIGEST}, got {digest[:8]}. Fetch it again."
        )
    return path
