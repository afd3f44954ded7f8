"""Times an epoch of the assignment's plain loop beside ours, in turn in one process, and prints the ratios.

An epoch is training and validation, as the write-up's times are. The plain loop is the assignment's: numpy batches
turned into tensors at every step, the default memory layout, channels moved last by a copy before the loss, unfused
Adam, and the loss read at every step. Pictures are noise: their content does not change the time.

    python -m benchmarks.epoch [--pictures 1000] [--pairs 5] [--threads 1]
"""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Iterator

import click
import numpy as np
import torch
from torch import Tensor, nn

from models import build
from runs.catalogue import PERCEPTUAL_ROTATION, SWEEP, Goal, goals
from runs.dataset import Dataset
from runs.prepared import prepare
from runs.presets import PRESETS
from runs.spec import RunSpec
from runs.train import Trainer


def work() -> dict[RunSpec, int]:
    """The write-up's own runs: what each takes an epoch of, and how many epochs. The rate does not change the time."""
    beyond = {*SWEEP.values(), PERCEPTUAL_ROTATION}
    epochs: Counter[RunSpec] = Counter()
    for goal in goals(PRESETS["write-up"]):
        if goal.spec not in beyond:
            epochs[goal.spec.model_copy(update={"learning_rate": 0.001})] += goal.epochs
    return dict(epochs)


def shortened(goal: Goal, epochs: int) -> Goal:
    """The same run for so many epochs, with each of its probes once, after the last."""
    return Goal(goal.spec, {epochs: tuple(dict.fromkeys(name for names in goal.probes.values() for name in names))})


def noise(pictures: int) -> Dataset:
    """Pictures of noise, a fifth as many for testing: their content does not change the time."""
    rng = np.random.default_rng(0)
    made = rng.integers(0, 256, (pictures + pictures // 5, 32, 32, 3), dtype=np.uint8)
    palette = rng.integers(0, 256, (24, 3), dtype=np.uint8)
    return Dataset("noise", "noise", "noise", made[:pictures], made[pictures:], palette, "other")


class PlainLoop:
    """The assignment's loop, kept plain on purpose: it is what ours is measured against."""

    def __init__(self, spec: RunSpec, dataset: Dataset) -> None:
        data = prepare(dataset, spec)
        self.spec = spec
        self.train = plain(data.train_x), plain(data.train_y)
        self.test = plain(data.test_x), plain(data.test_y)
        self.net = build(
            spec.model,
            in_channels=self.train[0].shape[1],
            outputs=3 if spec.model == "regression" else spec.colours,
            order=spec.order,
            seed=spec.seed,
        )
        self.optimizer = torch.optim.Adam(self.net.parameters(), lr=spec.learning_rate, fused=False, foreach=False)
        self.criterion = nn.MSELoss() if spec.model == "regression" else nn.CrossEntropyLoss()

    def epoch(self) -> float:
        """One pass over the training pictures and one over the test pictures: the mean validation loss."""
        self.net.train()
        losses = []
        for x, y in self.batches(*self.train):
            self.optimizer.zero_grad()
            loss = self.loss(self.net(x), y)
            loss.backward()
            self.optimizer.step()
            losses.append(loss.item())
        self.net.eval()
        validation, right = [], 0
        with torch.no_grad():
            for x, y in self.batches(*self.test):
                output = self.net(x)
                validation.append(self.loss(output, y).item())
                if self.spec.model != "regression":
                    right += int((output.max(1).indices == y).sum())
        return float(np.mean(validation))

    def batches(self, x: np.ndarray, y: np.ndarray) -> Iterator[tuple[Tensor, Tensor]]:
        """The batches of an epoch, turned into tensors as they are asked for."""
        size = self.spec.batch_size
        kind = torch.float32 if self.spec.model == "regression" else torch.int64
        return (
            (
                torch.from_numpy(x[start : start + size].copy()),
                torch.from_numpy(y[start : start + size].copy()).to(kind),
            )
            for start in range(0, len(x), size)
        )

    def loss(self, output: Tensor, y: Tensor) -> Tensor:
        """The assignment's loss: a classification moves the colours last by a copy."""
        if self.spec.model == "regression":
            return self.criterion(output, y)
        return self.criterion(
            output.transpose(1, 3).contiguous().view(-1, output.shape[1]), y.transpose(1, 2).flatten()
        )


def plain(tensor: Tensor) -> np.ndarray:
    """A tensor as an array with its axes in the order of its shape."""
    return np.ascontiguousarray(tensor.numpy())


def seconds_of_ours(trainer: Trainer) -> float:
    """Seconds of one epoch of ours."""
    start = time.perf_counter()
    trainer.train_epoch()
    return time.perf_counter() - start


def seconds_of_plain(loop: PlainLoop) -> float:
    """Seconds of one epoch of the plain loop."""
    start = time.perf_counter()
    loop.epoch()
    return time.perf_counter() - start


@click.command()
@click.option("--pictures", default=1000, show_default=True, help="Training pictures of an epoch.")
@click.option("--pairs", default=5, show_default=True, help="Pairs of epochs; the median ratio counts.")
@click.option("--threads", default=1, show_default=True, help="Threads of either loop.")
def main(pictures: int, pairs: int, threads: int) -> None:
    """Prints, for each network and batch size, how many times as fast ours is."""
    torch.set_num_threads(threads)
    dataset = noise(pictures)
    click.echo(f"{'run':32} {'plain s':>9} {'ours s':>9} {'ratio':>7}   (medians of {pairs} pairs, {threads} thread)")
    for spec in work():
        loop, ours = PlainLoop(spec, dataset), Trainer(spec, prepare(dataset, spec))
        seconds_of_plain(loop), seconds_of_ours(ours)  # warm up
        times = [(seconds_of_plain(loop), seconds_of_ours(ours)) for _ in range(pairs)]
        ratio = statistics.median(a / b for a, b in times)
        a, b = (statistics.median(column) for column in zip(*times, strict=True))
        click.echo(f"{spec.id:32} {a:9.3f} {b:9.3f} {ratio:7.2f}")


if __name__ == "__main__":
    main()
