"""Where the time of an epoch of ours goes: the share of each kind of operator, and how fast convolutions are.

One process, one thread, memory kept as for a worker. Operators are timed as torch calls them; the rest are the passes
of `models/kernels.py`, and Python. Pictures are noise.

    python -m benchmarks.operators [--pictures 600] [--epochs 3]
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import click
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.epoch import noise, work
from runs.execution.pool import KEEP_MEMORY
from runs.training.prepared import prepare
from runs.training.steps import quicken
from runs.training.trainer import Trainer

#: Kind -> words that the names of its operators hold.
KINDS = {
    "convolution": ("convolution",),
    "normalisation": ("batch_norm",),
    "pooling": ("max_pool",),
    "activation": ("relu", "threshold"),
    "upsampling": ("upsample",),
    "loss": ("softmax", "nll", "mse"),
}


class Watch(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """While open, adds up the seconds of the operators that torch calls, by their kind."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def __torch_dispatch__(
        self, func: Any, types: Sequence[type], args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Calls the operator, and takes its time."""
        start = time.perf_counter()
        result = func(*args, **(kwargs or {}))
        self.seconds[kind(str(func))] += time.perf_counter() - start
        return result


def kind(operator: str) -> str:
    """The kind of an operator."""
    return next((kind for kind, words in KINDS.items() if any(word in operator for word in words)), "")


@click.command()
@click.option("--pictures", default=600, show_default=True, help="Training pictures of an epoch.")
@click.option("--epochs", default=3, show_default=True, help="Epochs that are timed, after two to warm up.")
def main(pictures: int, epochs: int) -> None:
    """Prints, for each network and batch size, the share of each kind of operator."""
    if any(os.environ.get(name) != value for name, value in KEEP_MEMORY.items()):
        # the allocator reads its settings when a process starts
        sys.exit(
            subprocess.run(
                [sys.executable, "-m", __spec__.name, *sys.argv[1:]], env=os.environ | KEEP_MEMORY
            ).returncode
        )
    torch.set_num_threads(1)
    dataset = noise(pictures)
    click.echo(f"{'run':32} {'ms':>6} {'GFLOP/s':>8}  " + "  ".join([*KINDS, "the rest"]))
    for spec in work():
        trainer = Trainer(spec, prepare(dataset, spec))
        with FlopCounterMode(display=False) as counted:
            trainer.train_epoch()
        quicken(trainer)
        trainer.train_epoch()
        start = time.perf_counter()
        for _ in range(epochs):
            trainer.train_epoch()
        whole = time.perf_counter() - start  # not of those that are watched, for watching small steps takes time
        with Watch() as watch:
            for _ in range(epochs):
                trainer.train_epoch()
        speed = counted.get_total_flops() * epochs / watch.seconds["convolution"] / 1e9
        shares = [f"{watch.seconds[kind] / whole:{len(kind)}.1%}" for kind in KINDS]
        shares.append(f"{1 - sum(watch.seconds[kind] for kind in KINDS) / whole:8.1%}")
        click.echo(f"{spec.id:32} {whole / epochs * 1000:6.0f} {speed:8.0f}  " + "  ".join(shares))


if __name__ == "__main__":
    main()
