"""The layers of the built network, one row each: shapes, parameters, work counted from the shapes, and time."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from models import MyConv2d
from runs.probes.context import Context, Probed
from runs.probes.hooks import TIMED_BATCH, fill_outputs, time_blocks

#: Timed passes, after one that is not.
PASSES = 3


def measure(context: Context) -> Probed:
    """Reads every layer off the network, in the order in which a forward pass meets them.

    Notes:
        layers: one record a layer: block, layer (its class), filters and kernel (0 where it has none), input
            and output ([C, H, W]), parameters, multiply_adds and other operations for one picture, seconds
            (median over a few forward passes of ``batch`` pictures).
        printed: the network as it prints itself.
        parameters: of the whole network.
        batch: pictures in a timed pass.
    """
    net = context.net
    x = fill_outputs(context.data.test_x)
    passes = [time_layers(net, x) for _ in range(1 + PASSES)][1:]
    seconds = np.median([[row["seconds"] for row in rows] for rows in passes], axis=0)
    rows = [row | {"seconds": float(median)} for row, median in zip(passes[0], seconds, strict=True)]
    total = sum(parameter.numel() for parameter in net.parameters())
    return Probed({}, {"layers": rows, "printed": str(net), "parameters": total, "batch": TIMED_BATCH})


def time_layers(net: nn.Module, x: Tensor) -> list[dict[str, Any]]:
    """One forward pass of (B, C, H, W): a record a layer."""
    blocks = {part: name.split(".")[0] for name, part in net.named_modules() if not list(part.children())}
    rows: list[dict[str, Any]] = []
    starts: dict[nn.Module, float] = {}

    def before(module: nn.Module, args: tuple[Tensor, ...]) -> None:
        starts[module] = time_blocks(x.device)

    def after(module: nn.Module, args: tuple[Tensor, ...], output: Tensor) -> None:
        seconds = time_blocks(x.device) - starts[module]
        rows.append({"block": blocks[module], **describe_layer(module, args[0][0], output[0]), "seconds": seconds})

    handles = [part.register_forward_pre_hook(before) for part in blocks]
    handles += [part.register_forward_hook(after) for part in blocks]
    try:
        with torch.no_grad():
            net(x)
    finally:
        for handle in handles:
            handle.remove()
    return rows


def describe_layer(module: nn.Module, source: Tensor, output: Tensor) -> dict[str, Any]:
    """What a layer is and what it costs for one picture: (C, H, W) in, (C, H, W) out."""
    convolves = isinstance(module, nn.Conv2d | MyConv2d)
    return {
        "layer": type(module).__name__,
        "filters": output.shape[0] if convolves else 0,
        "kernel": find_side(module),
        "input": list(source.shape),
        "output": list(output.shape),
        "parameters": sum(parameter.numel() for parameter in module.parameters()),
        "multiply_adds": output.numel() * source.shape[0] * find_side(module) ** 2 if convolves else 0,
        "operations": 0 if convolves else count_operations(module, output),
    }


def find_side(module: nn.Module) -> int:
    """The side of a layer's square window; 0 where it has none."""
    size = getattr(module, "kernel_size", 0)
    return int(size[0] if isinstance(size, tuple) else size)


def count_operations(module: nn.Module, output: Tensor) -> int:
    """Arithmetic and comparisons beside multiply-adds, for one picture: (C, H, W) is the output.

    Normalising scales and shifts every value; pooling k×k values compares k² - 1 times; upsampling only copies.
    """
    if isinstance(module, nn.Upsample):
        return 0
    if isinstance(module, nn.MaxPool2d):
        return output.numel() * (find_side(module) ** 2 - 1)
    return output.numel() * (2 if isinstance(module, nn.BatchNorm2d) else 1)
