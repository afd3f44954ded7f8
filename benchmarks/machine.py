"""Times what a whole machine gets done: the assignment's loop on all cores beside ours, one process a core.

The plain loop has the machine to itself, with as many threads as there are cores; ours trains as many runs side
by side as there are cores, one thread each, as `run-all` does. Both take turns, epoch by epoch. The ratio says how
many times as many epochs an hour of the machine gives with ours. Run it on a machine that does nothing else.

    python -m benchmarks.machine [--pictures 1000] [--pairs 5]
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection

import click

from benchmarks.epoch import PlainLoop, noise, seconds_of_ours, seconds_of_plain, work
from runs.crew import KEEP_MEMORY, environment_set
from runs.spec import RunSpec


def serve(pipe: Connection, pictures: int, threads: int, plain: bool) -> None:
    """A process that is told a spec, and from then on trains one epoch each time it is told None."""
    import torch

    from runs.prepared import prepare
    from runs.train import Trainer

    torch.set_num_threads(threads)
    dataset = noise(pictures)
    seconds: Callable[[], float] | None = None
    while True:
        try:
            spec = pipe.recv()
        except EOFError:
            return
        if isinstance(spec, RunSpec):
            if plain:
                seconds = partial(seconds_of_plain, PlainLoop(spec, dataset))
            else:
                seconds = partial(seconds_of_ours, Trainer(spec, prepare(dataset, spec)))
        assert seconds is not None
        pipe.send(seconds())  # the first, on a new spec, warms up


@dataclass(frozen=True)
class Side:
    """The processes of one side of the comparison."""

    pipes: Sequence[Connection]

    def epoch(self, spec: RunSpec | None = None) -> float:
        """One epoch in every process at once: seconds of the slowest."""
        for pipe in self.pipes:
            pipe.send(spec)
        return max(float(pipe.recv()) for pipe in self.pipes)


@contextmanager
def side(pictures: int, plain: bool, cores: int) -> Iterator[Side]:
    """One process with a thread a core, or one process a core as `run-all` starts them."""
    context = multiprocessing.get_context("spawn")
    pipes, processes = [], []
    with environment_set({} if plain else KEEP_MEMORY):
        for _ in range(1 if plain else cores):
            ours, theirs = context.Pipe()
            process = context.Process(target=serve, args=(theirs, pictures, cores if plain else 1, plain), daemon=True)
            process.start()
            theirs.close()
            pipes.append(ours)
            processes.append(process)
    try:
        yield Side(pipes)
    finally:
        for pipe in pipes:
            pipe.close()
        for process in processes:
            process.join()


@click.command()
@click.option("--pictures", default=1000, show_default=True, help="Training pictures of an epoch.")
@click.option("--pairs", default=5, show_default=True, help="Pairs of epochs; the median ratio counts.")
def main(pictures: int, pairs: int) -> None:
    """Prints, for each network and batch size, how many times as many epochs ours gets done."""
    cores = os.cpu_count() or 1
    click.echo(f"{'run':32} {'plain s':>9} {'ours s':>9} {'ratio':>7}   (medians of {pairs} pairs, {cores} cores)")
    shares: list[tuple[float, float]] = []
    with side(pictures, True, cores) as plain, side(pictures, False, cores) as ours:
        for spec, epochs in work().items():
            plain.epoch(spec), ours.epoch(spec)
            times = [(plain.epoch(), ours.epoch()) for _ in range(pairs)]
            ratio = statistics.median(cores * a / b for a, b in times)
            a, b = (statistics.median(column) for column in zip(*times, strict=True))
            shares.append((epochs * cores * a, epochs * b))
            click.echo(f"{spec.id:32} {a:9.3f} {b:9.3f} {ratio:7.2f}")
    whole = sum(a for a, _ in shares) / sum(b for _, b in shares)
    click.echo(f"{'the whole write-up':32} {'':9} {'':9} {whole:7.2f}")


if __name__ == "__main__":
    main()
