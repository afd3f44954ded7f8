"""A network whose blocks normalise, activate and pool or upsample in as few passes over memory as it takes.

With a ReLU, in training, for an even height and width, and for channels that are a multiple of eight; the rest is left
to torch. The numbers are torch's: see :mod:`models.kernels`. Maps are float32 on the CPU.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from models import kernels

Layer = Callable[[Tensor], Tensor]

#: Channels that the compiled passes take at once: a rest would be rounded otherwise than torch does it.
LANES = 8

NO_ORIGIN = np.empty((0, 0, 0, 0), np.uint8)


class Pass(torch.autograd.Function):
    """Normalisation and ReLU with the pooling beside them, or the upsampling after."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, norm: nn.BatchNorm2d, pool: bool) -> Tensor:
        """(B, C, H, W), channels last -> half as high and wide, or, upsampled, twice."""
        batch, channels, height, width = x.shape
        maps = move_channels_last(x)
        mean, squares, inverse, slope, offset = np.empty((5, channels), np.float32)
        kernels.moments(maps, mean, squares)
        count = np.float32(batch * height * width)
        running = [buffer.numpy() for buffer in (norm.running_mean, norm.running_var) if buffer is not None]
        kernels.settle(mean, squares, count, norm.momentum, norm.eps, *running, inverse)
        kernels.line(weight.detach().numpy(), bias.detach().numpy(), mean, inverse, slope, offset)
        high, wide = (height // 2, width // 2) if pool else (2 * height, 2 * width)
        y = torch.empty((batch, channels, high, wide), memory_format=torch.channels_last)
        origin = NO_ORIGIN
        if pool:
            origin = np.empty((batch, high, wide, channels), np.uint8)
            kernels.relu_pool(maps, slope, offset, move_channels_last(y), origin)
        else:
            kernels.relu_up(maps, slope, offset, move_channels_last(y))
        ctx.save_for_backward(x, weight)
        ctx.pool, ctx.count, ctx.kept = pool, count, (mean, inverse, slope, offset, origin)
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, Tensor, None, None]:
        """The gradients of x, the weight and the bias."""
        x, weight = ctx.saved_tensors
        mean, inverse, slope, offset, origin = ctx.kept
        sums, inputs = kernels.POOL_BACK if ctx.pool else kernels.UP_BACK
        where = (*flatten_pixels(gradients[0]), move_channels_last(x), slope, offset, origin, mean)
        total, product = np.empty((2, len(mean)), np.float32)
        sums(*where, total, product)
        dx = torch.empty_like(x)
        tilt = product * inverse * inverse / ctx.count
        inputs(*where, total / ctx.count, tilt, inverse, weight.detach().numpy(), move_channels_last(dx))
        return dx, torch.from_numpy(product * inverse), torch.from_numpy(total), None, None


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


#: Kinds of layers that are done together. Which of ReLU and pooling comes first changes neither values nor gradients.
TOGETHER: Sequence[tuple[type[nn.Module], ...]] = (
    (nn.BatchNorm2d, nn.ReLU, nn.MaxPool2d),
    (nn.BatchNorm2d, nn.MaxPool2d, nn.ReLU),
    (nn.BatchNorm2d, nn.ReLU, nn.Upsample),
)


def list_stages(block: nn.Sequential) -> list[Layer]:
    """The layers of a block, with those that can be done together as one."""
    layers, done = list(block), []
    while layers:
        taken = next((layers[: len(kinds)] for kinds in TOGETHER if begin_block(layers, kinds)), None)
        done.append(layers[0] if taken is None else run_together(taken))
        layers = layers[1 if taken is None else len(taken) :]
    return done


def begin_block(layers: Sequence[nn.Module], kinds: Sequence[type[nn.Module]]) -> bool:
    """Whether layers begin with such kinds, with settings that the compiled passes know."""
    return len(layers) >= len(kinds) and all(
        type(a) is b and is_known_block(a) for a, b in zip(layers, kinds, strict=False)
    )


def is_known_block(layer: nn.Module) -> bool:
    """Whether a layer has settings that the compiled passes know."""
    match layer:
        case nn.BatchNorm2d():
            usual = layer.affine and layer.track_running_stats and layer.momentum is not None
            return usual and layer.num_features % LANES == 0
        case nn.MaxPool2d():
            plain = not (layer.padding or layer.ceil_mode or layer.return_indices) and layer.dilation == 1
            return plain and layer.kernel_size == layer.stride == 2
        case nn.Upsample():
            return layer.scale_factor == 2 and layer.mode == "nearest"
    return True


def run_together(layers: Sequence[nn.Module]) -> Layer:
    """Such layers as one, where maps allow it; else as they are."""
    norm, pool = layers[0], any(isinstance(layer, nn.MaxPool2d) for layer in layers)
    assert isinstance(norm, nn.BatchNorm2d)
    assert norm.num_batches_tracked is not None
    seen = norm.num_batches_tracked

    def layer(x: Tensor) -> Tensor:
        if not norm.training or x.shape[2] % 2 or x.shape[3] % 2 or len(x) < 1:
            return pass_through(layers, x)
        seen.add_(1)
        return Pass.apply(x.contiguous(memory_format=torch.channels_last), norm.weight, norm.bias, norm, pool)

    return layer


class fused:  # noqa: N801  named as what is opened
    """While open, the blocks of a network run so; it may be opened again and again. Hooks on layers inside a block are
    not called then, and a copy of the network would stay so.
    """

    def __init__(self, net: nn.Module) -> None:
        blocks = [block for block in net.children() if isinstance(block, nn.Sequential)]
        self.forwards = [(vars(block), partial(pass_through, list_stages(block))) for block in blocks]

    def __enter__(self) -> None:
        for own, forward in self.forwards:
            own["forward"] = forward

    def __exit__(self, *failure: object) -> None:
        for own, _ in self.forwards:
            own.pop("forward", None)


def pass_through(layers: Sequence[Layer], x: Tensor) -> Tensor:
    """What the last of some layers makes of what the first gets."""
    for layer in layers:
        x = layer(x)
    return x
