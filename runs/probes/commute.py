"""Whether pooling and the non-linearity of a trained network may change places, and what that saves."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from models import RegressionCNN
from runs.probes.context import Context, Probed
from runs.probes.convolution import convolve
from runs.probes.hooks import TIMED_BATCH, fill_outputs, time_blocks, watch_blocks
from runs.probes.layers import count_operations
from runs.probes.noise import find_batch_gradient
from runs.specs.spec import RunSpec
from runs.training.predict import run_network
from runs.training.prepared import Prepared
from runs.training.trainer import build_fresh

#: (B, C, H, W) of random tensors: even and odd sides, one channel and many, one picture and many.
SHAPES = ((1, 1, 2, 2), (2, 3, 5, 7), (4, 32, 32, 32), (4, 64, 16, 16), (1, 8, 31, 2), (1, 1, 128, 128))
#: Test pictures on which the networks are compared, and repetitions of each timing.
PICTURES, REPETITIONS = 250, 5
PLACES = ("downconv1", "downconv2", "network")


@dataclass(frozen=True)
class Compared:
    """Two tensors, element by element.

    Attributes:
        equal: whether every element has the same value; two that are not numbers count as the same.
        largest: the largest difference.
        elements: how many were compared.
        zero_signs: how many are zero in both, with another sign: +0 and -0 are one value and two bit patterns.
    """

    equal: bool
    largest: float
    elements: int
    zero_signs: int


def measure(context: Context) -> Probed:
    """Compares and times both orders of the activation and MaxPool.

    Arrays:
        equal (uint8), largest (float32), compared (int64), zero_signs (int64): one a case, see note ``cases``.
        relu_first_seconds, pool_first_seconds: (3, 5) float32, forward passes at ``places``, one column a
            repetition, the two orders in turns; relu_first_step_seconds, pool_first_step_seconds: the same for
            a forward and a backward pass.
        relu_first_operations, pool_first_operations: (2, 2) int64, counted for one picture at the two blocks:
            activation, comparisons of MaxPool.
        conv_…: what conv2d is, see :func:`runs.probes.convolution.convolve`.

    Notes:
        negative_scales: how many channels of each down block BatchNorm turns round in the trained network.
    """
    x = fill_outputs(context.data.test_x)
    with watch_blocks(
        {f"{name}.{index}": getattr(context.net, name)[index] for name in PLACES[:2] for index in (0, 1)}
    ) as maps:
        run_network(context.net, x)
    orders = make_both_orders(context.spec, context.net)
    cases = {
        "tensors": compare_tensors(),
        "trained network": compare(*(run_network(net, context.data.test_x[:PICTURES]) for net in orders)),
        "pooling before BatchNorm": compare_before_norm(maps["downconv1.0"], context.net.downconv1[1]),
        "non-monotone activation": run_both_ways(maps["downconv1.1"], torch.square),
        "gradients": compare(*(find_first_gradient(context.spec, net, context.data) for net in orders)),
    }
    rows = cases.values()
    arrays: dict[str, np.ndarray] = {
        "equal": np.array([row.equal for row in rows], np.uint8),
        "largest": np.array([row.largest for row in rows], np.float32),
        "compared": np.array([row.elements for row in rows], np.int64),
        "zero_signs": np.array([row.zero_signs for row in rows], np.int64),
    }
    arrays |= time_both(context.spec, orders, maps, x)
    arrays |= count_both(context.net, maps)
    arrays |= convolve()
    scales = {name: int((getattr(context.net, name)[1].weight < 0).sum()) for name in PLACES[:2]}
    notes = {"cases": list(cases), "places": list(PLACES), "batch": TIMED_BATCH, "negative_scales": scales}
    return Probed(arrays, notes)


def make_both_orders(spec: RunSpec, net: RegressionCNN) -> tuple[RegressionCNN, RegressionCNN]:
    """The network built with the activation first and with MaxPool first, both with the same trained weights."""
    built = []
    for order in ("relu-pool", "pool-relu"):
        twin = build_fresh(spec.model_copy(update={"order": order}), net.finalconv.out_channels).to(
            next(net.parameters()).device
        )
        twin.load_state_dict(net.state_dict())
        built.append(twin.eval())
    return built[0], built[1]


def compare(one: Tensor, other: Tensor) -> Compared:
    """Two tensors of the same shape, element by element."""
    same = (one == other) | (one.isnan() & other.isnan())
    differences = (one - other).abs()[~same]
    signs = (one == 0) & (other == 0) & (one.signbit() != other.signbit())
    return Compared(
        bool(same.all()), float(differences.amax()) if len(differences) else 0.0, one.numel(), int(signs.sum())
    )


def run_both_ways(maps: Tensor, activation: Callable[[Tensor], Tensor]) -> Compared:
    """MaxPool after and before an activation, on maps (B, C, H, W)."""
    return compare(functional.max_pool2d(activation(maps), 2), activation(functional.max_pool2d(maps, 2)))


def compare_tensors() -> Compared:
    """ReLU and MaxPool both ways on random tensors: normal values, whole numbers with many ties, both zeros."""
    generator = torch.Generator().manual_seed(0)
    rows = []
    for shape in SHAPES:
        normal = torch.randn(shape, generator=generator)
        for maps in (normal, normal.round(), torch.where(normal.abs() < 0.5, normal * 0.0, normal)):
            rows.append(run_both_ways(maps, functional.relu))
    return Compared(
        all(row.equal for row in rows),
        max(row.largest for row in rows),
        sum(row.elements for row in rows),
        sum(row.zero_signs for row in rows),
    )


def compare_before_norm(maps: Tensor, norm: nn.Module) -> Compared:
    """MaxPool after and before BatchNorm (eval mode) on a convolution's output, every other channel's scale
    being negative: a falling function turns the largest value into the smallest.
    """
    turned = copy.deepcopy(norm).eval()
    with torch.no_grad():
        scale = turned.get_parameter("weight")
        scale[::2] = -scale[::2].abs()
        return run_both_ways(maps, turned)


def find_first_gradient(spec: RunSpec, net: RegressionCNN, data: Prepared) -> Tensor:
    """The gradient of all parameters on the run's first batch, in training mode, as one vector."""
    return find_batch_gradient(spec, copy.deepcopy(net).train(), data, slice(0, spec.batch_size))


def time_both(
    spec: RunSpec, orders: tuple[RegressionCNN, RegressionCNN], maps: dict[str, Tensor], x: Tensor
) -> dict[str, np.ndarray]:
    """Seconds of both orders at each place, (3, 5) float32 each: the tails of the down blocks, on the maps that
    come there, and the whole network on x (B, C, H, W).
    """
    forward = np.empty((2, len(PLACES), REPETITIONS), np.float32)
    step = np.empty_like(forward)
    for row, place in enumerate(PLACES):
        source = x if place == "network" else maps[f"{place}.1"]
        parts = [net if place == "network" else getattr(net, place)[2:] for net in orders]
        for turn in range(-1, REPETITIONS):  # the first, which warms up, is written over by the last
            for which, part in enumerate(parts):
                forward[which, row, turn] = time_forward(part, source)
                step[which, row, turn] = time_step(part, source)
    return {
        "relu_first_seconds": forward[0],
        "pool_first_seconds": forward[1],
        "relu_first_step_seconds": step[0],
        "pool_first_step_seconds": step[1],
    }


def time_forward(part: nn.Module, source: Tensor) -> float:
    """One forward pass."""
    start = time_blocks(source.device)
    with torch.no_grad():
        part(source)
    return time_blocks(source.device) - start


def time_step(part: nn.Module, source: Tensor) -> float:
    """One forward and one backward pass."""
    leaf = source.clone().requires_grad_()
    start = time_blocks(source.device)
    torch.autograd.grad(part(leaf).sum(), [leaf, *part.parameters()])
    return time_blocks(source.device) - start


def count_both(net: RegressionCNN, maps: dict[str, Tensor]) -> dict[str, np.ndarray]:
    """Operations of the activation and of MaxPool for one picture, (2, 2) int64, in both orders."""
    pool = nn.MaxPool2d(2)
    relu_first, pool_first = [], []
    for place in PLACES[:2]:
        full = maps[f"{place}.1"][0]  # (C, H, W)
        halved = pool(full)
        comparisons = count_operations(pool, halved)
        relu_first.append((count_operations(nn.ReLU(), full), comparisons))
        pool_first.append((count_operations(nn.ReLU(), halved), comparisons))
    return {
        "relu_first_operations": np.array(relu_first, np.int64),
        "pool_first_operations": np.array(pool_first, np.int64),
    }
