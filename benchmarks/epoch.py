"""Times an epoch of the assignment's own loop beside ours, in turn in one process, and prints the ratios.

An epoch is all that either does in one: training, validation and the pictures that it keeps, and of ours the whole
state, stored. Pictures are noise: their content does not change the time.

    python -m benchmarks.epoch [--pictures 5000] [--pairs 5] [--threads 1]
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path

import click
import numpy as np
import torch

from benchmarks.assignment import AssignmentLoop
from runs.data.dataset import Dataset
from runs.environment import count_cores, describe_environment
from runs.execution.append_epoch import append_epoch
from runs.execution.worker import EpochDone
from runs.specs.catalogue import PERCEPTUAL_ROTATION, SWEEP, Goal, list_goals
from runs.specs.presets import PRESETS
from runs.specs.spec import RunSpec
from runs.storage.store import Store, Stored
from runs.training.prepared import prepare
from runs.training.steps import quicken
from runs.training.trainer import Trainer


def work() -> dict[RunSpec, int]:
    """The write-up's own runs: what each takes an epoch of, and how many epochs. The rate does not change the time."""
    beyond = {*SWEEP.values(), PERCEPTUAL_ROTATION}
    epochs: Counter[RunSpec] = Counter()
    for goal in list_goals(PRESETS["write-up"]):
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
    palette = rng.integers(0, 256, (24, 3)) / 256
    return Dataset("noise", "noise", "noise", made[:pictures], made[pictures:], palette, "other")


class OurLoop:
    """One training as `run-all` does it: an epoch is trained, and what a worker sends of it is stored; here by itself.

    Args:
        spec: what to train.
        dataset: the pictures.
        folder: where the store is made.
    """

    def __init__(self, spec: RunSpec, dataset: Dataset, folder: Path) -> None:
        self.spec = spec
        self.trainer = Trainer(spec, prepare(dataset, spec))
        quicken(self.trainer)
        self.store = Store.create(folder, dataset)
        self.stored: Stored | None = None

    def epoch(self) -> float:
        """One epoch, stored: the mean validation loss."""
        row = self.trainer.train_epoch()
        message = EpochDone(row, self.trainer.arrays(), self.trainer.picture(), parameters=0)
        self.stored = append_epoch(
            self.stored, self.spec, message, describe_environment("cpu", "a benchmark"), count_cores()
        )
        self.store.save(self.spec.id, self.stored)
        return row.val_loss


def seconds(loop: AssignmentLoop | OurLoop) -> float:
    """Seconds of one epoch."""
    start = time.perf_counter()
    loop.epoch()
    return time.perf_counter() - start


@click.command()
@click.option("--pictures", default=5000, show_default=True, help="Training pictures of an epoch.")
@click.option("--pairs", default=5, show_default=True, help="Pairs of epochs; the median ratio counts.")
@click.option("--threads", default=1, show_default=True, help="Threads of either loop.")
def main(pictures: int, pairs: int, threads: int) -> None:
    """Prints, for each network and batch size, how many times as fast ours is."""
    torch.set_num_threads(threads)
    dataset = noise(pictures)
    click.echo(f"{'run':32} {'theirs s':>9} {'ours s':>9} {'ratio':>7}   (medians of {pairs} pairs, {threads} thread)")
    for spec in work():
        with tempfile.TemporaryDirectory() as folder:
            theirs, ours = AssignmentLoop(spec, dataset, Path(folder)), OurLoop(spec, dataset, Path(folder))
            seconds(theirs), seconds(ours)  # warm up
            times = [(seconds(theirs), seconds(ours)) for _ in range(pairs)]
        ratio = statistics.median(a / b for a, b in times)
        a, b = (statistics.median(column) for column in zip(*times, strict=True))
        click.echo(f"{spec.id:32} {a:9.3f} {b:9.3f} {ratio:7.2f}")


if __name__ == "__main__":
    main()
