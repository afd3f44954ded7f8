"""A dataset prepared for one task and one seed: tensors that are shuffled once and converted once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from runs.data.dataset import Dataset
from runs.data.pixels import (
    Colours,
    Floats,
    Pixels,
    classify_pixels,
    downsize,
    fit_palette,
    to_grey,
    to_unit,
    upsample_nearest,
)
from runs.specs.spec import RunSpec
from runs.training.features import Features, Rotations, load_vgg_features, train_rotation_features


@dataclass(frozen=True)
class Prepared:
    """What one run trains and is measured on. All tensors lie on one device.

    Attributes:
        train_x: (N, C, 32, 32) float32, in the order that the seed gives; C is 1 (grey) or 3 (small colour).
        train_y: (N, 32, 32) uint8 colour classes, or (N, 3, 32, 32) float32 for a regression.
        test_x, test_y: the same for the test pictures, in their own order.
        test_classes: (M, 32, 32) uint8 colour classes, whatever the model.
        test_rgb: (M, 32, 32, 3) uint8, the truth.
        palette: (K, 3) float64, the colours of the classes, in pixel/256.
        loss: the run's loss, see :class:`runs.specs.spec.RunSpec`.
    """

    train_x: Tensor
    train_y: Tensor
    test_x: Tensor
    test_y: Tensor
    test_classes: Tensor
    test_rgb: Pixels
    palette: Colours
    loss: str = "pixel"

    @cached_property
    def rotations(self) -> Rotations:
        """The rotation classifier, trained on the training pictures of a regression when first asked for."""
        return train_rotation_features(self.train_y)

    @cached_property
    def features(self) -> Features | None:
        """The loss network; None where the loss is on pixels alone."""
        if self.loss == "pixel":
            return None
        return self.rotations if self.loss == "rotation-features" else load_vgg_features(self.train_y)


def make_inputs(pictures: Pixels, task: str) -> Floats:
    """(N, H, W, 3) uint8 -> (N, H, W, C) float32: grey for colourization, small colour for upscaling."""
    return to_grey(pictures)[..., None] if task == "colourize" else upsample_nearest(downsize(pictures))


def prepare(dataset: Dataset, spec: RunSpec, device: str = "cpu") -> Prepared:
    """The tensors of one run. The training pictures are shuffled once, by the seed, as the protocol says."""
    order = np.random.default_rng(spec.seed).permutation(len(dataset.train))
    train = dataset.train[order]
    palette = dataset.palette if spec.palette == "data" else fit_palette(dataset.train, len(dataset.palette))
    test_classes = torch.from_numpy(classify_pixels(dataset.test, palette)).to(device)
    if spec.model == "regression":
        train_y, test_y = to_planes(to_unit(train), device), to_planes(to_unit(dataset.test), device)
    else:
        train_y, test_y = torch.from_numpy(classify_pixels(train, palette)).to(device), test_classes
    return Prepared(
        train_x=to_planes(make_inputs(train, spec.task), device),
        train_y=train_y,
        test_x=to_planes(make_inputs(dataset.test, spec.task), device),
        test_y=test_y,
        test_classes=test_classes,
        test_rgb=dataset.test,
        palette=palette,
        loss=spec.loss,
    )


def to_planes(pictures: Floats, device: str = "cpu") -> Tensor:
    """(N, H, W, C) float32 -> (N, C, H, W) tensor, stored channels last, with the strides of that layout.

    A view of numpy's may give an axis of one channel any stride; torch then takes the tensor, and all that it is
    concatenated with, for channels first, and copies it at every convolution.
    """
    tensor = torch.from_numpy(pictures).permute(0, 3, 1, 2)
    return torch.empty(tensor.shape, device=device, memory_format=torch.channels_last).copy_(tensor)
