"""The noise of the gradients of a trained network's batches."""

from __future__ import annotations

import copy
import math

import numpy as np
import torch
from torch import Tensor

from models import RegressionCNN
from runs.probes.context import Context, Probed
from runs.specs.spec import RunSpec
from runs.training.prepared import Prepared
from runs.training.trainer import act_in_place, compute_loss

#: Pictures whose gradients are taken at most, and the share of the training pictures at most: the same for
#: every batch size, so that the estimates can be compared.
PICTURES, SHARE = 1600, 3


def measure(context: Context) -> Probed:
    """Gradients of single batches at the trained weights, in training mode, without a step.

    The gradient of a batch of B pictures is the true one plus noise of covariance Σ / B. The simple noise
    scale tr(Σ) / |G|² (McCandlish, Kaplan, Amodei et al. 2018) is the batch size at which both are equal.

    Arrays:
        batch_norms: (n,) float32, L2 norm of each batch's gradient.
        mean_norm: (1,) L2 norm of the mean of these gradients.
        signal_norm: (1,) estimate of |G|: the mean norm without what noise adds to it; 0 where noise is all.
        noise_scale: (1,) pictures; infinite where noise is all, NaN with one batch.
        batch_noise: (1,) noise_scale / B: the noise of a batch's gradient over its signal, both squared.
        steps: (1,) optimizer steps in an epoch.
    """
    spec, data = context.spec, context.data
    net = copy.deepcopy(context.net).train()
    size, pictures = spec.batch_size, len(data.train_x)
    full = max(1, pictures // size)  # a shorter last batch would be noisier than the others
    count = min(full, max(2, min(PICTURES, pictures // SHARE) // size))
    total: Tensor | float = 0.0
    norms = []
    with act_in_place(net):  # a large batch needs the most memory of all here
        for start in range(0, count * size, size):
            flat = find_batch_gradient(spec, net, data, slice(start, start + size)).cpu().double()
            total = total + flat
            norms.append(float(flat.norm()))
    mean_norm = float(torch.as_tensor(total / count).norm())
    noise_scale, signal = find_noise_scale(norms, mean_norm, min(size, pictures))
    numbers = {
        "noise_scale": noise_scale,
        "batch_noise": noise_scale / min(size, pictures),
        "mean_norm": mean_norm,
        "signal_norm": signal,
        "steps": math.ceil(pictures / size),
    }
    arrays = {name: np.array([number], np.float32) for name, number in numbers.items()}
    return Probed(arrays | {"batch_norms": np.array(norms, np.float32)})


def find_batch_gradient(spec: RunSpec, net: RegressionCNN, data: Prepared, part: slice) -> Tensor:
    """The gradient of the loss on some training pictures in all parameters, as one vector. No weight moves."""
    loss = compute_loss(spec, net(data.train_x[part]), data.train_y[part], data.features)
    return torch.cat([gradient.flatten() for gradient in torch.autograd.grad(loss, list(net.parameters()))])


def find_noise_scale(norms: list[float], mean_norm: float, size: int) -> tuple[float, float]:
    """tr(Σ) / |G|² in pictures, and |G|, from the gradients of single batches.

    Args:
        norms: L2 norm of each batch's gradient.
        mean_norm: L2 norm of the mean of these gradients.
        size: pictures in a batch.

    Returns:
        Both estimates without bias before the division: the mean over n batches still carries 1/n of the noise.
    """
    n = len(norms)
    if n < 2 or not math.isfinite(mean_norm):
        return math.nan, math.nan
    scatter = sum(norm**2 for norm in norms) - n * mean_norm**2
    variance = max(0.0, scatter) / (n - 1)  # tr(Σ) / size
    signal = mean_norm**2 - variance / n
    if signal <= 0:
        return (math.inf if variance > 0 else math.nan), 0.0
    return size * variance / signal, math.sqrt(signal)
