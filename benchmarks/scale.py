"""How many write-ups a day a number of GPUs can train: the scheduler, simulated from times of epochs and of storing.

Workers train, the longest run first; one driver takes each epoch from them and stores it, one after the other, and a
worker goes on when its epoch has been taken. The driver's seconds are measured here, on a state of real size that is
synced to disk. A GPU is not: how long an epoch takes there is given by `--epoch-seconds`, an assumption.

    python -m benchmarks.scale [--epoch-seconds 1.0] [--per-gpu 4] [--start SECONDS] [--folder results]
"""

from __future__ import annotations

import heapq
import statistics
import tempfile
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from benchmarks.crowd import PRESET, record, state
from runs.data.dataset import Dataset
from runs.execution.plan import SECONDS_PER_TFLOP, estimate_cost
from runs.specs.catalogue import CNN, UNET, list_goals
from runs.storage.store import Store, Stored

GPUS = (1, 8, 64)
#: Seconds from taking a run to training its first epoch. On the CPU measured: a fork, and the colour classes of 6,000
#: pictures. On a GPU assumed: a process of its own loads torch and CUDA for each run, as Ray has it.
START_CPU, START_GPU = 0.6, 15.0
#: Seconds of all probes of a write-up. On the CPU measured, by `benchmarks.probes`; a quarter of it is the processor's
#: work on a machine with a GPU too, and the rest is assumed to take no time there.
PROBES_CPU, PROBES_GPU = 156.0, 40.0
#: Training pictures of the write-up.
TRAIN = 5000
DAY, HOUR = 86_400.0, 3_600.0
#: Most epochs of one simulation: more change its shares no more.
MOST_EPOCHS = 400_000


@dataclass(frozen=True)
class Run:
    """A run to be trained: how many epochs, and how long each takes a worker, in seconds."""

    epochs: int
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """What became of some work, in seconds.

    Attributes:
        span: from the start to the last stored epoch.
        trained: worker time spent on epochs.
        stored: driver time spent on storing.
        workers: how many there were.
    """

    span: float
    trained: float
    stored: float
    workers: int

    @property
    def lost(self) -> float:
        """Share of the workers' time in which they do not train: starts, probes, waiting, nothing left."""
        return 1 - self.trained / (self.workers * self.span) if self.span else 0.0

    @property
    def driver(self) -> float:
        """Share of the time in which the driver stores."""
        return self.stored / self.span if self.span else 0.0


def simulate(runs: Sequence[Run], workers: int, start: float = 0.0, store: float = 0.0) -> Outcome:
    """The scheduler: free workers take the longest run that is left; one driver takes epochs in their order.

    Args:
        runs: what is to be trained.
        workers: processes that train side by side.
        start: seconds of each run beside its epochs: until it trains its first, and its probes.
        store: seconds that the driver takes to store an epoch.
    """
    queue = deque(sorted((run for run in runs if run.epochs), key=lambda run: -run.epochs * run.seconds))
    ready: list[tuple[float, int, int, Run]] = []  # when an epoch ends, whose, epochs left with it, of which run
    for worker in range(min(workers, len(queue))):
        run = queue.popleft()
        heapq.heappush(ready, (start + run.seconds, worker, run.epochs, run))
    free = span = stored = 0.0
    while ready:
        ended, worker, left, run = heapq.heappop(ready)
        taken = max(ended, free)
        free = span = taken + store
        stored += store
        if left == 1:
            if not queue:
                continue
            run = queue.popleft()
            left = run.epochs + 1
            taken += start
        heapq.heappush(ready, (taken + run.seconds, worker, left - 1, run))
    return Outcome(span, sum(run.epochs * run.seconds for run in runs), stored, workers)


def write_up(seeds: int, seconds_per_tflop: float) -> list[Run]:
    """The runs of so many seeds of the write-up."""
    return [
        Run(goal.epochs, estimate_cost(goal.spec, TRAIN) * seconds_per_tflop)
        for goal in list_goals(PRESET, seeds=seeds)
    ]


def seconds_to_store(folder: Path, times: int = 60) -> tuple[float, float]:
    """Seconds in which the driver stores an epoch, of states as large as they are half-way through: median and least.

    The least is what it takes on a machine that does nothing else; the median has what else runs in it.
    """
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (2, 32, 32, 3), dtype=np.uint8)
    palette = rng.integers(0, 256, (24, 3)) / 256
    taken = []
    with tempfile.TemporaryDirectory(prefix="scale-", dir=folder) as place:
        store = Store.create(Path(place), Dataset("noise", "noise", "noise", pictures, pictures, palette, "other"))
        for seed in range(times):
            spec = UNET.with_seed(seed)
            kept = Stored(record(spec, 13, rng), state(13, True, rng))
            store.save(spec.id, kept)  # its folder is made once a run, not once an epoch
            started = time.perf_counter()
            store.save(spec.id, kept)
            taken.append(time.perf_counter() - started)
    return statistics.median(taken), min(taken)


@click.command()
@click.option("--epoch-seconds", type=float, help="Of the CNN in one worker.  [default: one CPU core's, as planned]")
@click.option("--per-gpu", default=1, show_default=True, help="Workers side by side on one GPU.")
@click.option("--start", type=float, help="Seconds until a run trains.  [default: 0.6 on a CPU core, 15 on a GPU]")
@click.option("--probes", type=float, help="Seconds of a write-up's probes.  [default: 156 on CPU cores, 40 with GPUs]")
@click.option("--store", type=float, help="Seconds of the driver an epoch.  [default: measured here]")
@click.option("--folder", default=".", type=click.Path(path_type=Path), help="Where to measure the store.")
def main(
    epoch_seconds: float | None,
    per_gpu: int,
    start: float | None,
    probes: float | None,
    store: float | None,
    folder: Path,
) -> None:
    """Prints what some GPUs get done, and from how many the driver is what limits them."""
    pace = SECONDS_PER_TFLOP if epoch_seconds is None else epoch_seconds / estimate_cost(CNN, TRAIN)
    if start is None:
        start = START_CPU if epoch_seconds is None else START_GPU
    if probes is None:
        probes = PROBES_CPU if epoch_seconds is None else PROBES_GPU
    if store is None:
        driver, least = seconds_to_store(folder)
        measured = f"measured here, the median; at best {1000 * least:.3g} ms"
    else:
        driver, measured = store, "given"
    one = write_up(1, pace)
    epochs, work = sum(run.epochs for run in one), sum(run.epochs * run.seconds for run in one)
    click.echo(f"A write-up: {len(one)} configurations, {epochs} epochs, {work / HOUR:.2f} hours of one worker")
    whence = "as planned for one CPU core" if epoch_seconds is None else "ASSUMED"
    click.echo(
        f"An epoch of the CNN: {estimate_cost(CNN, TRAIN) * pace:.3g} s ({whence}); of all: {work / epochs:.3g} s"
    )
    click.echo(f"The driver stores an epoch in {1000 * driver:.3g} ms ({measured}); a run starts in {start:g} s")
    click.echo(f"The probes of a write-up take {probes:g} s, as much for each run")
    start += probes / len(one)
    click.echo(f"{'GPUs':>4} {'workers':>8} {'one write-up':>13} {'lost':>6} {'write-ups a day':>16} ", nl=False)
    click.echo(f"{'configurations a day':>21} {'lost':>6} {'driver busy':>12}")
    for gpus in GPUS:
        workers = gpus * per_gpu
        seeds = max(1, min(round(workers * DAY / work), MOST_EPOCHS // epochs))
        alone, many = (simulate(write_up(n, pace), workers, start, driver) for n in (1, seeds))
        a_day = seeds * DAY / many.span
        click.echo(
            f"{gpus:4} {workers:8} {alone.span:11.0f} s {alone.lost:6.1%} {a_day:16.1f} {a_day * len(one):21.0f} ",
            nl=False,
        )
        click.echo(f"{many.lost:6.1%} {many.driver:12.1%}")
    if driver:
        each = (work + len(one) * start) / epochs  # seconds of a worker an epoch, its share of start and probes in it
        click.echo(f"The driver is busy all the time from {each / driver / per_gpu:.1f} GPUs.")


if __name__ == "__main__":
    main()
