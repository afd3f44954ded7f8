"""Does the order of the pictures matter? The same weights trained in the assignment's order and in ours, seed by seed.

``python -m benchmarks.shuffle PICTURES [RUN …]``, e.g. ``… cifar10 regression unet``: the losses after 25 epochs. The
assignment shuffles the training pictures once, by numpy's old generator from seed 0, whatever the weights; here the
seed of a run shuffles them as well.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from runs.data.dataset import Dataset
from runs.data.sources.load import load_dataset
from runs.specs.catalogue import BASE, CNN, REGRESSION, UNET
from runs.specs.spec import RunSpec
from runs.training.prepared import Prepared, prepare
from runs.training.trainer import EpochRow, Trainer

RUNS = {"regression": REGRESSION, "cnn": CNN, "unet": UNET}
SEEDS = 3


def order_as_assignment(dataset: Dataset, spec: RunSpec) -> Prepared:
    """The tensors of a run, the training pictures in the one order that the assignment gives them."""
    data = prepare(dataset, spec)
    count = len(dataset.train)
    ours = np.random.default_rng(spec.seed).permutation(count)  # as ``prepare`` has laid them
    theirs = np.arange(count)
    np.random.RandomState(0).shuffle(theirs)
    places = torch.from_numpy(np.argsort(ours)[theirs])
    return replace(data, train_x=data.train_x[places], train_y=data.train_y[places])


def train_both(dataset: Dataset, spec: RunSpec, epochs: int = BASE) -> Iterator[tuple[str, EpochRow]]:
    """The last epoch of a run, in the assignment's order and in ours."""
    for name, data in (("the assignment’s", order_as_assignment(dataset, spec)), ("ours", prepare(dataset, spec))):
        trainer = Trainer(spec, data)
        rows = [trainer.train_epoch() for _ in range(epochs)]
        yield name, rows[-1]


def main(arguments: Sequence[str]) -> None:
    """Print a line a run, seed and order."""
    torch.set_num_threads(1)
    dataset = load_dataset(arguments[0], root=Path("data"))
    for name in arguments[1:] or list(RUNS):
        for seed in range(SEEDS):
            for order, row in train_both(dataset, RUNS[name].with_seed(seed)):
                losses = f"training {row.train_loss:.4f}, last batch {row.last_batch_loss:.4f}"
                tested = f"validation {row.val_loss:.4f}, {row.val_accuracy:.1%} right"
                print(f"{name}, seed {seed}, {order} order: {losses}, {tested}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
