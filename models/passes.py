"""Normalisation, ReLU and pooling as one step of autograd, and how tensors are handed to the compiled passes."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from models import kernels

NO_ORIGIN = np.empty((0, 0, 0, 0), np.uint8)


class Pass(torch.autograd.Function):
    """Normalisation and ReLU, with the pooling beside them or without."""

    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        shift: Tensor | None,
        weight: Tensor,
        bias: Tensor,
        norm: nn.BatchNorm2d,
        pool: bool,
        times: int,
    ) -> Tensor:
        """(B, C, H, W), channels last -> the same shape, or, pooled, half as high and wide.

        ``shift`` is the bias of the convolution before, if that leaves its gradient to this: there is none, for what is
        added to all values of a channel is taken away with their mean. Each value stands for so many equal ones of the
        map that is normalised as ``times`` says.
        """
        batch, channels, height, width = x.shape
        maps = move_channels_last(x)
        count = batch * height * width
        mean, squares = np.empty((2, channels))
        line = np.empty((4, channels), np.float32)
        kernels.moments(maps, mean, squares)
        running = [buffer.numpy() for buffer in (norm.running_mean, norm.running_var) if buffer is not None]
        scales = weight.detach().numpy(), bias.detach().numpy()
        kernels.settle(mean, squares, count, times, norm.momentum, norm.eps, *scales, *running, line)
        origin = NO_ORIGIN
        if pool:
            y = torch.empty((batch, channels, height // 2, width // 2), memory_format=torch.channels_last)
            origin = np.empty((batch, height // 2, width // 2, channels), np.uint8)
            kernels.relu_pool(maps, line, move_channels_last(y), origin)
        else:
            y = torch.empty_like(x)
            kernels.relu(maps, line, move_channels_last(y))
        ctx.save_for_backward(x)
        ctx.pool, ctx.kept = pool, (line, origin, count)
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """The gradients of x, the weight and the bias."""
        (x,) = ctx.saved_tensors
        line, origin, count = ctx.kept
        sums, inputs = kernels.POOL_BACK if ctx.pool else kernels.RELU_BACK
        where = (*flatten_pixels(gradients[0]), move_channels_last(x), line, origin)
        total, product = np.empty((2, line.shape[1]))
        sums(*where, total, product)
        dx, inverse = torch.empty_like(x), line[1]
        share, tilt = (total / count).astype(np.float32), (product * inverse * inverse / count).astype(np.float32)
        inputs(*where, share, tilt, move_channels_last(dx))
        by_weight, by_bias = (torch.from_numpy(array.astype(np.float32)) for array in (product * inverse, total))
        none = torch.zeros(len(total)) if ctx.needs_input_grad[1] else None
        return dx, none, by_weight, by_bias, None, None, None


def move_channels_last(x: Tensor) -> Any:
    """(B, C, H, W) with channels last in memory -> the same memory as an array (B, H, W, C)."""
    return x.detach().permute(0, 2, 3, 1).numpy()


def flatten_pixels(gradient: Tensor) -> tuple[Any, int]:
    """A gradient (B, C, H, W) as its memory from the first value to the last, and how far apart its pixels lie.

    It may be a slice of a map with more channels, as concatenation hands it back.
    """
    batch, channels, height, row = gradient.shape
    apart = gradient.stride(3)
    if gradient.stride() != (height * row * apart, 1, row * apart, apart):
        gradient = gradient.contiguous(memory_format=torch.channels_last)
        apart = channels
    return gradient.as_strided(((batch * height * row - 1) * apart + channels,), (1,)).numpy(), apart
