"""Times what a whole machine gets done: the assignment's loop on all cores beside ours, one process a core.

The assignment's loop has the machine to itself, once with the threads that it asks for, once with a thread a core;
ours trains as many runs side by side as there are cores, one thread each, as `run-all` does. They take turns, epoch by
epoch. The ratio says how many times as many epochs an hour of the machine gives with ours. Run it on a machine that
does nothing else.

    python -m benchmarks.machine [--pictures 5000] [--pairs 5] [--threads 5 --threads 2]
    python -m benchmarks.machine --against PATH     ours alone, beside the same of another checkout
"""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

import click

from benchmarks.against import open_checkout
from benchmarks.assignment import THREADS, AssignmentLoop
from benchmarks.epoch import OurLoop, noise, seconds, work
from runs.environment import HOME, count_cores
from runs.execution.pool import KEEP_MEMORY, set_environment
from runs.execution.worker import settle_process
from runs.specs.spec import RunSpec


def serve(pipe: Connection, pictures: int, threads: int, theirs: bool) -> None:
    """A process that is told a spec, and from then on trains one epoch each time it is told None."""
    import torch

    if theirs:
        torch.set_num_threads(threads)
    else:
        settle_process()
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
    with set_environment({} if theirs else KEEP_MEMORY):
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
@click.option(
    "--pairs", default=5, show_default=True, help="Rounds of epochs that take turns; the median ratio counts."
)
@click.option(
    "--threads", type=int, multiple=True,
    help=f"Threads of the assignment's loop; may be given several times.  [default: its own {THREADS}, and one a core]",
)  # fmt: skip
@click.option("--only", default="", help="Only runs whose name begins so.")
@click.option(
    "--against", type=click.Path(exists=True, file_okay=False, resolve_path=True, path_type=Path),
    help="Another checkout of this program, whose training takes turns with today's in place of the assignment's loop.",
)  # fmt: skip
def main(pictures: int, pairs: int, threads: Sequence[int], only: str, against: Path | None) -> None:
    """Prints, for each network and batch size, how many times as many epochs ours gets done."""
    many, chosen = count_cores(), {spec: epochs for spec, epochs in work().items() if spec.id.startswith(only)}
    if not chosen:
        raise click.BadParameter(f"expected how one of {', '.join(spec.id for spec in work())} begins.")
    if against is not None:
        compare_checkouts(against, chosen, pictures, pairs)
        return
    ways = list(dict.fromkeys(threads or (THREADS, many)))
    click.echo(f"Medians of {pairs} rounds, {many} cores; theirs with {' and with '.join(map(str, ways))} threads.")
    click.echo(row("run", *(f"theirs/{way} s" for way in ways), "ours s", *(f"ratio/{way}" for way in ways)))
    theirs_all, ours_all = [0.0] * len(ways), 0.0
    with ExitStack() as stack:
        theirs = [stack.enter_context(side(pictures, 1, way, True)) for way in ways]
        ours = stack.enter_context(side(pictures, many, 1, False))
        for spec, epochs in chosen.items():
            for one in (*theirs, ours):
                one.epoch(spec)
            rounds = [([one.epoch() for one in theirs], ours.epoch()) for _ in range(pairs)]
            ratios = [median(many * their[way] / our for their, our in rounds) for way in range(len(ways))]
            seconds_theirs = [median(their[way] for their, _ in rounds) for way in range(len(ways))]
            seconds_ours = median(our for _, our in rounds)
            theirs_all = [a + epochs * many * b for a, b in zip(theirs_all, seconds_theirs, strict=True)]
            ours_all += epochs * seconds_ours
            click.echo(row(spec.id, *(f"{second:.3f}" for second in (*seconds_theirs, seconds_ours)), *two(ratios)))
    name = "all of these, by their epochs" if only else "the whole write-up"
    click.echo(row(name, *[""] * (len(ways) + 1), *two([a / ours_all for a in theirs_all])))


def compare_checkouts(against: Path, chosen: Mapping[RunSpec, int], pictures: int, pairs: int) -> None:
    """Prints how many times as many epochs today's code gets done as another checkout's, a run a core in either."""
    many, sums = count_cores(), [0.0, 0.0]
    click.echo(f"Medians of {pairs} rounds, {many} cores, a run on each; {against} is the other.")
    click.echo(row("run", "other s", "ours s", "ratio"))
    with open_checkout(against, pictures, many) as other, open_checkout(HOME, pictures, many) as ours:
        for spec, epochs in chosen.items():
            settings = spec.model_dump(exclude_defaults=True)
            if None in (other.epoch(settings), ours.epoch(settings)):
                click.echo(row(spec.id, "not in it"))
                continue
            rounds = [(other.epoch() or 0.0, ours.epoch() or 0.0) for _ in range(pairs)]
            times = [median(column) for column in zip(*rounds, strict=True)]
            sums = [total + epochs * time for total, time in zip(sums, times, strict=True)]
            ratio = median(its / our for its, our in rounds)
            click.echo(row(spec.id, *(f"{time:.3f}" for time in times), f"{ratio:.2f}"))
    if sums[1]:
        click.echo(row("all of these, by their epochs", "", "", f"{sums[0] / sums[1]:.2f}"))


def row(name: str, *cells: str) -> str:
    """A line of the table."""
    return f"{name:30}" + "".join(f"{cell:>12}" for cell in cells)


def two(ratios: Sequence[float]) -> list[str]:
    """Ratios with two decimals."""
    return [f"{ratio:.2f}" for ratio in ratios]


if __name__ == "__main__":
    main()
