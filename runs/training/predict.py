"""The pictures that a network paints from its inputs, pixel by pixel."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from models import RegressionCNN
from runs.data.pixels import Colours, Pixels, round_colours

#: Pictures a forward pass.
BATCH = 100


def run_batches(net: RegressionCNN, x: Tensor, batch: int = BATCH) -> Iterator[Tensor]:
    """(N, C, H, W) -> the outputs (B, outputs, H, W) of one batch after another, without gradients.

    The network is used in the mode it is in: eval mode is the caller's to set.
    """
    for part in torch.split(x, batch):
        with torch.no_grad():
            yield net(part)


def run_network(net: RegressionCNN, x: Tensor, batch: int = BATCH) -> Tensor:
    """(N, C, H, W) -> (N, outputs, H, W): what the network gives, on its device."""
    return torch.cat(list(run_batches(net, x, batch)))


def predict(net: RegressionCNN, x: Tensor, palette: Colours, model: str, batch: int = BATCH) -> Pixels:
    """(N, C, H, W) -> (N, H, W, 3) uint8: the colours that the network paints."""
    return np.concatenate([paint(output, palette, model) for output in run_batches(net, x, batch)])


def paint(output: Tensor, palette: Colours, model: str) -> Pixels:
    """Outputs (N, outputs, H, W) -> pictures (N, H, W, 3) uint8.

    A regression gives the colour itself, clipped to what can be shown; a classification gives the likeliest
    colour of the palette. What is no number (of a run that diverged) is painted black by a regression.
    """
    if model == "regression":
        return show_output(output).cpu().numpy()
    return round_colours(palette)[find_likeliest(output)]


def show_output(output: Tensor) -> Tensor:
    """Outputs of a regression (N, 3, H, W) -> (N, H, W, 3) uint8 on their device.

    The same as :func:`runs.data.pixels.to_uint8`.
    """
    scaled = torch.nan_to_num(output.permute(0, 2, 3, 1).float()) * 256
    return scaled.round().clamp(0, 255).to(torch.uint8)


def find_likeliest(output: Tensor) -> Pixels:
    """Outputs of a classification (N, K, H, W) -> (N, H, W) uint8: the class with the largest of them."""
    return output.argmax(dim=1).to(torch.uint8).cpu().numpy()


def anneal_mean(output: Tensor, palette: Colours, temperature: float) -> Pixels:
    """Outputs of a classification (N, K, H, W) -> (N, H, W, 3) uint8: the annealed mean of the palette.

    Probabilities are raised to 1 / temperature and brought back to sum 1, and the mean colour in RGB is taken
    (Zhang, Isola & Efros 2016). Temperature 1 gives the plain mean, 0 the likeliest colour.
    """
    if temperature <= 0:
        return round_colours(palette)[find_likeliest(output)]
    shares = torch.softmax(output / temperature, dim=1)  # softmax(z / T) = softmax(z)^(1/T) / sum
    colours = torch.from_numpy(palette).to(shares.device, shares.dtype)
    mean = shares.permute(0, 2, 3, 1) @ colours  # (N, H, W, K) @ (K, 3) -> (N, H, W, 3)
    return np.rint(np.nan_to_num(mean.cpu().numpy()) * 256).clip(0, 255).astype(np.uint8)
