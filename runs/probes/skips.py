"""What each skip connection of a trained UNet is worth: one is cut, and the network is measured again."""

from __future__ import annotations

import copy

import numpy as np
import torch
from torch import Tensor, nn

from models import RegressionCNN
from runs.probes.context import Context, Probed
from runs.training.trainer import evaluate

#: What a skip brings -> the block that takes it in. "none" cuts nothing.
CUTS = {"none": "", "downconv2": "upconv1", "downconv1": "upconv2", "input": "finalconv"}


def measure(context: Context) -> Probed:
    """Validation with the channels of each skip set to zero in turn, weights as trained.

    Arrays:
        val_loss, val_accuracy: (4,) float32, in the order of the note ``cuts``; over all test pictures.
    """
    rows = []
    for cut in CUTS:
        net = cut_skip(context.net, cut)
        rows.append(evaluate(context.spec, net, context.data))
    loss, accuracy = np.array(rows, np.float32).T
    return Probed({"val_loss": loss, "val_accuracy": accuracy}, {"cuts": list(CUTS)})


def cut_skip(net: RegressionCNN, cut: str) -> RegressionCNN:
    """A copy of the network in which a skip, named by what it brings, carries only zeros."""
    severed = copy.deepcopy(net)
    if cut == "none":
        return severed
    block = net.downconv1 if cut == "input" else getattr(net, cut)
    outputs, inputs = block[0].get_parameter("weight").shape[:2]
    brought = inputs if cut == "input" else outputs

    def zero(module: nn.Module, args: tuple[Tensor]) -> Tensor:
        kept, lost = args[0][:, :-brought], args[0][:, -brought:]  # what a skip brings comes last
        return torch.cat([kept, torch.zeros_like(lost)], dim=1)

    getattr(severed, CUTS[cut]).register_forward_pre_hook(zero)
    return severed
