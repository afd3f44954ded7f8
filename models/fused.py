"""A network that trains in as few passes over memory, and with as little arithmetic, as it takes.

In training, for maps that are float32 on the CPU: normalisation, ReLU and pooling go together, the first block leaves
out its widest map, a doubled map is never made but convolved as what it is, and the last convolution goes with its
loss. The numbers are torch's but for rounding. What these do not know (other filters, activations, sides) is left to
torch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.colour_loss import ColourLoss
from models.doubled import Doubled
from models.first_block import LANES, FirstBlock
from models.layers import MyConv2d
from models.networks import RegressionCNN
from models.passes import Pass

Layer = Callable[[Tensor], Tensor]

#: Kinds of layers that are done together. Which of ReLU and pooling comes first changes neither values nor gradients.
TOGETHER: Sequence[tuple[type[nn.Module], ...]] = (
    (nn.BatchNorm2d, nn.ReLU, nn.MaxPool2d),
    (nn.BatchNorm2d, nn.MaxPool2d, nn.ReLU),
    (nn.BatchNorm2d, nn.ReLU),
)


def list_stages(layers: Sequence[nn.Module]) -> list[Layer]:
    """Layers that follow each other, with those that can be done together as one."""
    rest, done = list(layers), list[Layer]()
    while rest:
        convolution = rest[0] if isinstance(rest[0], nn.Conv2d) else None
        after = rest[0 if convolution is None else 1 :]
        taken = next((after[: len(kinds)] for kinds in TOGETHER if begin_block(after, kinds)), None)
        done.append(rest[0] if taken is None else run_together(convolution, taken))
        rest = rest[1:] if taken is None else after[len(taken) :]
    return done


def begin_block(layers: Sequence[nn.Module], kinds: Sequence[type[nn.Module]]) -> bool:
    """Whether layers begin with such kinds, with settings that the compiled passes know."""
    return len(layers) >= len(kinds) and all(type(a) is b and is_known(a) for a, b in zip(layers, kinds, strict=False))


def is_known(layer: nn.Module) -> bool:
    """Whether a layer has settings that the compiled passes know."""
    match layer:
        case nn.BatchNorm2d():
            return layer.affine and layer.track_running_stats and layer.momentum is not None
        case nn.MaxPool2d():
            plain = not (layer.padding or layer.ceil_mode or layer.return_indices) and layer.dilation == 1
            return plain and layer.kernel_size == layer.stride == 2
        case nn.Upsample():
            return layer.scale_factor == 2 and layer.mode == "nearest"
        case nn.Conv2d():
            plain = layer.stride == layer.dilation == (1, 1) and layer.groups == 1 and layer.padding_mode == "zeros"
            return plain and layer.kernel_size == (3, 3) and layer.padding == (1, 1) and layer.bias is not None
        case MyConv2d():
            return layer.kernel_size == 3
    return True


def run_together(convolution: nn.Conv2d | None, layers: Sequence[nn.Module]) -> Layer:
    """Such layers as one after a convolution, where maps allow it; else as they are."""
    norm, pool = layers[0], any(isinstance(layer, nn.MaxPool2d) for layer in layers)
    normalise = partial(normalise_together, layers)

    def layer(x: Tensor) -> Tensor:
        if not norm.training or (pool and (x.shape[2] % 2 or x.shape[3] % 2)) or len(x) < 1:
            return pass_through([*([] if convolution is None else [convolution]), *layers], x)
        if convolution is None or convolution.bias is None:
            return normalise(x if convolution is None else convolution(x), None)
        return normalise(convolve_detached(convolution, x), convolution.bias)

    return layer


def convolve_detached(convolution: nn.Conv2d, x: Tensor) -> Tensor:
    """A convolution whose bias gets no gradient."""
    bias = None if convolution.bias is None else convolution.bias.detach()
    return convolution._conv_forward(x, convolution.weight, bias)


def normalise_together(layers: Sequence[nn.Module], x: Tensor, shift: Tensor | None, times: int = 1) -> Tensor:
    """Normalised, the ReLU and perhaps pooled. ``shift`` and ``times`` are those of :class:`models.passes.Pass`."""
    norm, pool = layers[0], any(isinstance(layer, nn.MaxPool2d) for layer in layers)
    assert isinstance(norm, nn.BatchNorm2d)
    assert norm.num_batches_tracked is not None
    norm.num_batches_tracked.add_(1)
    x = x.contiguous(memory_format=torch.channels_last)
    return Pass.apply(x, shift, norm.weight, norm.bias, norm, pool, times)


def run_first(block: nn.Sequential) -> Layer:
    """The first block from its input alone, where it can be; else in its stages."""
    convolution, *rest = block
    plain = partial(pass_through, [convolution, *list_stages(rest)])
    whole = any(len(kinds) == len(rest) == 3 and begin_block(rest, kinds) for kinds in TOGETHER)
    if not (whole and isinstance(convolution, nn.Conv2d) and is_known(convolution)):
        return plain
    if convolution.out_channels % LANES:
        return plain
    norm = rest[0]
    assert isinstance(norm, nn.BatchNorm2d)
    assert norm.num_batches_tracked is not None
    seen, parameters = norm.num_batches_tracked, (convolution.weight, convolution.bias, norm.weight, norm.bias)

    def layer(x: Tensor) -> Tensor:
        if x.requires_grad or x.shape[2] % 2 or x.shape[3] % 2 or len(x) < 1:
            return plain(x)
        seen.add_(1)
        return FirstBlock.apply(x, *parameters, norm)

    return layer


class UpBlock:
    """A block that convolves a map, normalises and doubles it: the doubling is left to whoever reads its result.

    Args:
        block: the layers.
        doubled: whether the map that it gets is one that was left so.
    """

    def __init__(self, block: nn.Sequential, doubled: bool) -> None:
        convolution: Any = block[0]
        rest = list(block)[1:]
        at = next((i for i, layer in enumerate(rest) if isinstance(layer, nn.Upsample) and is_known(layer)), None)
        others = [layer for layer in rest if not isinstance(layer, nn.Upsample)]
        together = len(others) == 2 and begin_block(others, TOGETHER[-1])
        #: Whether its result is still to be doubled.
        self.doubles = at is not None and (at == len(rest) - 1 or (at == 0 and together))
        self.convolve = partial(convolve, convolution, doubled, learns_bias=not (self.doubles and together))
        if self.doubles and together:
            self.rest = partial(normalise_together, others, shift=convolution.bias, times=1 if at else 4)
        else:
            self.rest = partial(pass_through, list_stages(others if self.doubles else rest))

    def __call__(self, h: Tensor, skip: Tensor | None) -> Tensor:
        """What comes from below and what goes past it -> (B, F, H, W)."""
        return self.rest(self.convolve(h, skip))


def convolve(convolution: Any, doubled: bool, h: Tensor, skip: Tensor | None, learns_bias: bool = True) -> Tensor:
    """A convolution of a map, doubled first or as it is, beside another or none."""
    if doubled and is_known(convolution):
        bias = convolution.bias if learns_bias else convolution.bias.detach()
        return Doubled.apply(h, skip, convolution.weight, bias)
    if doubled:
        h = functional.interpolate(h, scale_factor=2)
    h = h if skip is None else torch.cat([h, skip], dim=1)
    return convolution(h) if learns_bias else convolve_detached(convolution, h)


class fused:  # noqa: N801  named as what is opened
    """While open, a network trains so; it may be opened again and again. Hooks on layers are not called then, and a
    copy of the network would stay so.
    """

    def __init__(self, net: RegressionCNN) -> None:
        self.net, self.skips = net, net.skips
        self.downconv1 = run_first(net.downconv1)
        self.downconv2 = partial(pass_through, list_stages(list(net.downconv2)))
        self.rfconv = partial(pass_through, list_stages(list(net.rfconv)))
        self.upconv1 = UpBlock(net.upconv1, doubled=False)
        self.upconv2 = UpBlock(net.upconv2, doubled=self.upconv1.doubles)
        self.convolve_last = partial(convolve, net.finalconv, self.upconv2.doubles)

    def __enter__(self) -> None:
        vars(self.net)["forward"] = self.forward

    def __exit__(self, *failure: object) -> None:
        vars(self.net).pop("forward", None)

    def forward(self, x: Tensor) -> Tensor:
        """(B, in_channels, H, W) -> (B, outputs, H, W), as the network does it."""
        if not self.net.training:
            return type(self.net).forward(self.net, x)
        return self.convolve_last(*self.run_blocks(x))

    def run_blocks(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """(B, in_channels, H, W) -> what the last convolution gets: from below, and past it."""
        h1 = self.downconv1(x)
        h2 = self.downconv2(h1)
        h = self.upconv1(self.rfconv(h2), h2 if self.skips else None)
        return self.upconv2(h, h1 if self.skips else None), x if self.skips else None

    def knows_loss(self, x: Tensor, classes: Tensor) -> bool:
        """Whether the loss of such a batch can be had together with the last convolution."""
        usual = classes.dtype == torch.uint8 and classes.is_contiguous() and not x.requires_grad
        usual = usual and self.net.training and self.upconv2.doubles and is_known(self.net.finalconv) and len(x) > 0
        return usual and int(classes.max()) < self.net.finalconv.out_channels

    def colour_loss(self, x: Tensor, classes: Tensor) -> Tensor:
        """The mean cross-entropy of a batch (B, in_channels, H, W) with classes (B, H, W): a scalar."""
        last = self.net.finalconv
        return ColourLoss.apply(*self.run_blocks(x), last.weight, last.bias, classes)


def pass_through(layers: Sequence[Layer], x: Tensor) -> Tensor:
    """What the last of some layers makes of what the first gets."""
    for layer in layers:
        x = layer(x)
    return x
