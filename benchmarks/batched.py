"""Several seeds of a run as one batched network, by torch's function transforms: a layer of all of them in one call."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.func import functional_call, stack_module_state, vmap

from runs.data.dataset import Dataset
from runs.specs.spec import RunSpec
from runs.training.prepared import prepare
from runs.training.steps import WARM_UP, CudaGraphs
from runs.training.trainer import Trainer, build_fresh, compute_loss

Measured = dict[str, Any]


class SeedBatch:
    """Seeds of one configuration that take their steps together.

    Args:
        trainers: one a seed, untrained; their pictures are taken, each in its own order, and their networks' weights.
    """

    def __init__(self, trainers: Sequence[Trainer]) -> None:
        self.spec = trainers[0].spec
        nets = [build_fresh(one.spec, len(one.data.palette)).to(one.data.train_x.device).train() for one in trainers]
        weights, self.buffers = stack_module_state(nets)
        self.net, self.weights = nets[0], {name: value.detach().requires_grad_() for name, value in weights.items()}
        self.x = torch.stack([one.data.train_x for one in trainers])  # (S, N, C, H, W)
        self.y = torch.stack([one.data.train_y for one in trainers])
        self.optimizer = torch.optim.Adam(
            list(self.weights.values()), lr=self.spec.learning_rate, fused=True, capturable=self.x.is_cuda
        )

    def step(self, x: Tensor, y: Tensor) -> Tensor:
        """One step of every seed on a batch of its own, (S, B, C, H, W): the losses (S,)."""
        self.optimizer.zero_grad(set_to_none=True)
        losses: Tensor = vmap(self._find_loss)(self.weights, self.buffers, x, y)
        losses.sum().backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        return losses.detach()

    def _find_loss(self, weights: dict[str, Tensor], buffers: dict[str, Tensor], x: Tensor, y: Tensor) -> Tensor:
        return compute_loss(self.spec, functional_call(self.net, (weights, buffers), (x,)), y)

    def batch(self, number: int) -> tuple[Tensor, Tensor]:
        """The batch of every seed with a number, from 0."""
        part = slice(number * self.spec.batch_size, (number + 1) * self.spec.batch_size)
        return self.x[:, part], self.y[:, part]


def time_steps(step: Callable[[], object], steps: int, device: str) -> float:
    """Seconds of a step, of so many after one that warms up."""
    step()
    if device == "cuda":
        torch.cuda.synchronize()
    start = time.perf_counter()
    for _ in range(steps):
        step()
    if device == "cuda":
        torch.cuda.synchronize()
    return (time.perf_counter() - start) / steps


def measure_batched(dataset: Dataset, spec: RunSpec, seeds: int, steps: int, device: str) -> Measured:
    """A step of several seeds as one network, beside the seeds' own steps one after another: seconds of each, and how
    far the losses of the first steps are apart, relative.
    """
    specs = [spec.with_seed(seed) for seed in range(seeds)]
    trainers = [Trainer(one, prepare(dataset, one, device)) for one in specs]
    batch = SeedBatch(trainers)
    far = 0.0
    for trainer in trainers:
        trainer.net.train()
    for number in range(2):
        x, y = batch.batch(number)
        own = torch.stack([trainer.step(x[seed], y[seed]) for seed, trainer in enumerate(trainers)])
        far = max(far, float(((batch.step(x, y) - own).abs() / own).max()))
    x, y = batch.batch(0)
    measured: Measured = {
        "run": spec.id,
        "seeds": seeds,
        "losses_apart": far,
        "one_after_another_s": time_steps(
            lambda: [trainer.step(x[seed], y[seed]) for seed, trainer in enumerate(trainers)], steps, device
        ),
        "batched_s": time_steps(lambda: batch.step(x, y), steps, device),
    }
    if device == "cuda":
        graphs = CudaGraphs()
        for _ in range(WARM_UP):
            graphs.warm_up(lambda: batch.step(x, y))
        _, replay = graphs.capture(lambda: batch.step(x, y))
        measured["batched_captured_s"] = time_steps(replay, steps, device)
    return measured
