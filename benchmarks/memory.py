"""Trains an epoch of each run of the write-up in a worker of its own, measures it, and prints the most that it held.

The worker is set up as `run-all` sets it up: forked from a server, one thread, the same settings of memory, full data,
all of the run's probes. What is printed is the highest resident set, and the highest proportional share: of a page that
several processes hold, the server's too, each counts its part. The share is looked up ten times a second, and so may
miss a peak that is shorter; it is what a worker adds to the machine's load. Beside them stand what was the worker's
alone, and what `run-all` finds of that by a few steps, where memory is short.

    python -m benchmarks.memory [--pictures 5000] [--only unet-b200]
"""

from __future__ import annotations

import multiprocessing
import threading
from multiprocessing.connection import Connection
from pathlib import Path

import click

from benchmarks.epoch import noise, shortened
from runs.execution.local import COMPILED, PRELOADED
from runs.execution.memory_share import PROBES, find_private_peak, measure_share
from runs.execution.plan import Work
from runs.execution.pool import KEEP_MEMORY, set_environment
from runs.execution.worker import Job, JobDone, find_outcome, settle_process
from runs.specs.catalogue import Goal, list_goals
from runs.specs.presets import PRESETS

#: Seconds between two looks at the share.
PAUSE = 0.1


def held(file: str, name: str) -> int:
    """Megabytes of this process that the kernel tells in a file by a name."""
    lines = Path("/proc/self", file).read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith(f"{name}:"))


class Share(threading.Thread):
    """Looks up this process's proportional share of memory from time to time, and keeps the highest."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.highest, self.done = 0, threading.Event()

    def run(self) -> None:
        """Until it is told that all is done."""
        while not self.done.wait(PAUSE):
            self.highest = max(self.highest, held("smaps_rollup", "Pss"))


def serve(pipe: Connection, pictures: int, goal: Goal) -> None:
    """A worker that does the work of a goal, one epoch of it, and tells the most that it held."""
    settle_process()
    share = Share()
    share.start()
    dataset = noise(pictures)
    probes = shortened(goal, 1).probes
    done: JobDone = find_outcome(Job(Work(goal.spec, 0, 1, probes=probes)), dataset, "cpu", lambda message: None)
    assert not done.failure, done.failure
    share.done.set()
    pipe.send((held("status", "VmHWM"), share.highest, (find_private_peak() or 0) // 10**6))


@click.command()
@click.option("--pictures", default=5000, show_default=True, help="Training pictures; a fifth as many for testing.")
@click.option("--only", default="", help="Only the runs whose id begins so.")
def main(pictures: int, only: str) -> None:
    """Prints megabytes for each run."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*PRELOADED, *COMPILED])
    click.echo(f"{'run':48} {'peak MB':>8} {'share MB':>8} {'own MB':>8} {'tried MB':>8}")
    for goal in (goal for goal in list_goals(PRESETS["write-up"]) if goal.spec.id.startswith(only)):
        ours, theirs = context.Pipe()
        with set_environment(KEEP_MEMORY):
            process = context.Process(target=serve, args=(theirs, pictures, goal), daemon=True)
            process.start()
        peak, share, own = ours.recv()
        process.join()
        tried = (measure_share(noise(pictures), goal.spec) or (0, 0))[0] / PROBES / 1e6
        click.echo(f"{goal.spec.id:48} {peak:8} {share:8} {own:8} {tried:8.0f}")


if __name__ == "__main__":
    main()
