"""Times what a whole machine gets done: the assignment's loop on all cores beside ours, one process a core.

The assignment's loop has the machine to itself, with as many threads as there are cores; ours trains as many runs side
by side as there are cores, one thread each, as `run-all` does. Both take turns, epoch by epoch. The ratio says how
many times as many epochs an hour of the machine gives with ours. Run it on a machine that does nothing else.

    python -m benchmarks.machine [--pictures 5000] [--pairs 5] [--threads 2]
"""

from __future__ import annotations

import multiprocessing
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import click

from benchmarks.assignment import AssignmentLoop
from benchmarks.epoch import OurLoop, noise, seconds, work
from runs.crew import KEEP_MEMORY, environment_set
from runs.environment import cores
from runs.spec import RunSpec


def serve(pipe: Connection, pictures: int, threads: int, theirs: bool) -> None:
    """A process that is told a spec, and from then on trains one epoch each time it is told None."""
    import torch

    torch.set_num_threads(threads)
    dataset = noise(pictures)
    loop: AssignmentLoop | OurLoop | None = None
    with tempfile.TemporaryDirectory() as folder:
        while True:
            try:
                spec = pipe.recv()
            except EOFError:
                return
            if isinstance(spec, RunSpec):
                loop = (AssignmentLoop if theirs else OurLoop)(spec, dataset, Path(folder))
            assert loop is not None
            pipe.send(seconds(loop))  # the first, on a new spec, warms up


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
def side(pictures: int, processes: int, threads: int, theirs: bool) -> Iterator[Side]:
    """So many processes with so many threads each; ours with the settings that `run-all` gives its workers."""
    context = multiprocessing.get_context("spawn")
    pipes, started = [], []
    with environment_set({} if theirs else KEEP_MEMORY):
        for _ in range(processes):
            here, there = context.Pipe()
            process = context.Process(target=serve, args=(there, pictures, threads, theirs), daemon=True)
            process.start()
            there.close()
            pipes.append(here)
            started.append(process)
    try:
        yield Side(pipes)
    finally:
        for pipe in pipes:
            pipe.close()
        for process in started:
            process.join()


@click.command()
@click.option("--pictures", default=5000, show_default=True, help="Training pictures of an epoch.")
@click.option("--pairs", default=5, show_default=True, help="Pairs of epochs; the median ratio counts.")
@click.option("--threads", type=int, help="Threads of the assignment's loop.  [default: one a core]")
@click.option("--only", default="", help="Only runs whose name begins so.")
def main(pictures: int, pairs: int, threads: int | None, only: str) -> None:
    """Prints, for each network and batch size, how many times as many epochs ours gets done."""
    many = cores()
    click.echo(f"{'run':32} {'theirs s':>9} {'ours s':>9} {'ratio':>7}   (medians of {pairs} pairs, {many} cores)")
    shares: list[tuple[float, float]] = []
    with side(pictures, 1, threads or many, True) as theirs, side(pictures, many, 1, False) as ours:
        for spec, epochs in work().items():
            if not spec.id.startswith(only):
                continue
            theirs.epoch(spec), ours.epoch(spec)
            times = [(theirs.epoch(), ours.epoch()) for _ in range(pairs)]
            ratio = statistics.median(many * a / b for a, b in times)
            a, b = (statistics.median(column) for column in zip(*times, strict=True))
            shares.append((epochs * many * a, epochs * b))
            click.echo(f"{spec.id:32} {a:9.3f} {b:9.3f} {ratio:7.2f}")
    whole = sum(a for a, _ in shares) / sum(b for _, b in shares)
    click.echo(f"{'all of these, by their epochs' if only else 'the whole write-up':32} {'':9} {'':9} {whole:7.2f}")


if __name__ == "__main__":
    main()
