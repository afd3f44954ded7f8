"""The steps of a run on tiny pictures and their results, shared by the tests of captured steps on any device."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from runs.data.dataset import Dataset
from runs.execution.worker import Job, Message, find_outcome
from runs.specs.spec import RunSpec
from runs.training.prepared import prepare
from runs.training.trainer import Arrays, Trainer, build_fresh
from tests.runs import tiny

SPECS = (
    RunSpec(model="unet", batch_size=4),
    RunSpec(model="cnn", batch_size=4, optimizer="rmsprop"),
    RunSpec(model="cnn", batch_size=4, optimizer="sgd", learning_rate=0.01),
    RunSpec(model="regression", batch_size=4),
    RunSpec(model="regression", batch_size=4, loss="rotation-features"),
)


class Replayed:
    """Graphs for the CPU: what is recorded is taken again. Recording itself changes nothing, as with the real ones."""

    def __init__(self) -> None:
        self.warmed = self.captured = self.replayed = 0

    def warm_up(self, step: Callable[[], Tensor]) -> None:
        self.warmed += 1
        step()

    def capture(self, step: Callable[[], Tensor]) -> tuple[Tensor, Callable[[], None]]:
        self.captured += 1
        loss = torch.zeros(())

        def replay() -> None:
            self.replayed += 1
            loss.copy_(step())

        return loss, replay


class Here:
    """A pool of one that works in this process."""

    def __init__(self, dataset: Dataset, device: str = "cpu") -> None:
        self.dataset, self.device, self.messages = dataset, device, list[Message]()

    def open(self) -> str:
        return "slot"

    def submit(self, slot: str, job: Job) -> None:
        self.messages.append(find_outcome(job, self.dataset, self.device, self.messages.append))

    def receive(self, slots: Sequence[str]) -> Iterator[tuple[str, Message]]:
        yield slots[0], self.messages.pop(0)

    def close(self, slots: Sequence[str]) -> None:
        pass


@contextmanager
def one_thread() -> Iterator[None]:
    """One thread of arithmetic, as workers have: with more, torch sums in another order."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def trainer(spec: RunSpec, device: str = "cpu") -> Trainer:
    """Two whole batches an epoch, and a short one."""
    return Trainer(spec, prepare(tiny.dataset(10, 4), spec, device))


def trained(runner: Trainer, epochs: int = 2) -> tuple[Arrays, list[float]]:
    losses = [runner.train_epoch().train_loss for _ in range(epochs)]
    return runner.arrays(), losses


def of_noise(net: nn.Module) -> set[str]:
    """The arrays of a run that say nothing: batch normalisation takes the mean away, so that the biases before it have
    no gradient but rounding, which Adam turns into whole steps; and the running means that follow these biases.
    """
    names = {f"{name}.bias" for name, module in net.named_modules() if isinstance(module, nn.Conv2d)}
    moments = {index for index, (name, _) in enumerate(net.named_parameters()) if name in names}
    names |= {f"{name}.running_mean" for name, module in net.named_modules() if isinstance(module, nn.BatchNorm2d)}
    keys = ("exp_avg", "exp_avg_sq", "square_avg", "momentum_buffer")
    return names | {f"optimizer.{index}.{key}" for index in moments for key in keys}


def apart(one: Arrays, other: Arrays, spec: RunSpec) -> dict[str, float]:
    """How far two trainings of a run ended from each other, array by array, as a share of the way that they came from
    the fresh weights; but for the arrays of noise. 1 is as far as if one of them had never been trained.

    By the length of arrays, and not number by number: a gradient that happens to be almost zero is as good as noise.
    """
    assert one.keys() == other.keys()
    net, found = build_fresh(spec), {}
    begun = {name: tensor.numpy() for name, tensor in net.state_dict().items()}
    for name in one.keys() - of_noise(net):
        here, there = (np.asarray(arrays[name], np.float64) for arrays in (one, other))
        way = float(np.linalg.norm(here - begun.get(name, 0.0)))
        found[name] = float(np.linalg.norm(here - there)) / max(way, 1e-12)
    return found
