"""Times an epoch of the assignment's plain loop beside ours, in turn in one process, and prints the ratios.

The plain loop: numpy batches turned into tensors at every step, the default memory layout, unfused Adam, and
the loss read at every step. Pictures are noise: their content does not change the time.

    python benchmarks/epoch.py [--pictures 1000] [--pairs 5] [--threads 1]
"""

from __future__ import annotations

import statistics
import time

import click
import numpy as np
import torch
from torch import nn

from models import build
from runs.dataset import Dataset
from runs.prepared import prepare
from runs.spec import RunSpec
from runs.train import Trainer

SPECS = (
    RunSpec(model="regression"),
    RunSpec(model="cnn"),
    *(RunSpec(model="unet", batch_size=size) for size in (10, 20, 50, 100, 200)),
)


def noise(pictures: int) -> Dataset:
    """Pictures of noise: their content does not change the time."""
    rng = np.random.default_rng(0)
    made = rng.integers(0, 256, (pictures + 10, 32, 32, 3), dtype=np.uint8)
    palette = rng.integers(0, 256, (24, 3), dtype=np.uint8)
    return Dataset("noise", "noise", "noise", made[:pictures], made[pictures:], palette, "other")


class PlainLoop:
    """The assignment's loop, kept plain on purpose: it is what ours is measured against."""

    def __init__(self, spec: RunSpec, dataset: Dataset) -> None:
        data = prepare(dataset, spec)
        self.spec = spec
        self.x = np.ascontiguousarray(data.train_x.numpy())
        self.y = np.ascontiguousarray(data.train_y.numpy())
        outputs = 3 if spec.model == "regression" else spec.colours
        self.net = build(spec.model, in_channels=1, outputs=outputs, seed=spec.seed)
        self.optimizer = torch.optim.Adam(self.net.parameters(), lr=spec.learning_rate, fused=False, foreach=False)
        self.criterion = nn.MSELoss() if spec.model == "regression" else nn.CrossEntropyLoss()

    def train_epoch(self) -> float:
        """One pass over the training pictures: the mean loss of its batches."""
        self.net.train()
        losses = []
        for start in range(0, len(self.x), self.spec.batch_size):
            x = torch.from_numpy(self.x[start : start + self.spec.batch_size].copy())
            y = torch.from_numpy(self.y[start : start + self.spec.batch_size].copy())
            y = y if self.spec.model == "regression" else y.long()
            self.optimizer.zero_grad()
            loss = self.criterion(self.net(x), y)
            loss.backward()
            self.optimizer.step()
            losses.append(loss.item())
        return float(np.mean(losses))


def seconds_of_ours(trainer: Trainer) -> float:
    """Seconds of one epoch's training, as the records count it."""
    return trainer.train_epoch().train_seconds


def seconds_of_plain(loop: PlainLoop) -> float:
    """Seconds of one epoch of the plain loop."""
    start = time.perf_counter()
    loop.train_epoch()
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
    for spec in SPECS:
        plain, ours = PlainLoop(spec, dataset), Trainer(spec, prepare(dataset, spec))
        seconds_of_plain(plain), seconds_of_ours(ours)  # warm up
        times = [(seconds_of_plain(plain), seconds_of_ours(ours)) for _ in range(pairs)]
        ratio = statistics.median(a / b for a, b in times)
        a, b = (statistics.median(column) for column in zip(*times, strict=True))
        click.echo(f"{spec.id:32} {a:9.3f} {b:9.3f} {ratio:7.2f}")


if __name__ == "__main__":
    main()
