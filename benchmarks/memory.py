"""Trains an epoch of each run of the write-up in a worker of its own, measures it, and prints the most that it held.

The worker is set up as `run-all` sets it up: forked from a server, one thread, the same settings of memory, full data,
all of the run's probes. What is printed is the highest resident set, and of it the part that is no library's file; some
of that is the server's still, and all workers share it.

    python -m benchmarks.memory [--pictures 5000] [--only unet-b200]
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path

import click

from benchmarks.epoch import noise, shortened
from runs.catalogue import Goal, goals
from runs.crew import KEEP_MEMORY, environment_set
from runs.local import COMPILED, PRELOADED
from runs.plan import Work
from runs.presets import PRESETS
from runs.worker import Job, JobDone, outcome


def held() -> Mapping[str, int]:
    """Megabytes of this process, by the kernel's names."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return {
        name: int(rest.split()[0]) // 1024 for name, _, rest in (line.partition(":") for line in lines) if "kB" in rest
    }


def serve(pipe: Connection, pictures: int, goal: Goal) -> None:
    """A worker that does the work of a goal, one epoch of it, and tells the most that it held."""
    import torch

    torch.set_num_threads(1)
    dataset = noise(pictures)
    probes = shortened(goal, 1).probes
    done: JobDone = outcome(Job(Work(goal.spec, 0, 1, probes=probes)), dataset, "cpu", lambda message: None)
    assert not done.failure, done.failure
    pipe.send(held())


@click.command()
@click.option("--pictures", default=5000, show_default=True, help="Training pictures; a fifth as many for testing.")
@click.option("--only", default="", help="Only the runs whose id begins so.")
def main(pictures: int, only: str) -> None:
    """Prints megabytes for each run."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*PRELOADED, *COMPILED])
    click.echo(f"{'run':48} {'peak MB':>8} {'own MB':>8}")
    for goal in (goal for goal in goals(PRESETS["write-up"]) if goal.spec.id.startswith(only)):
        ours, theirs = context.Pipe()
        with environment_set(KEEP_MEMORY):
            process = context.Process(target=serve, args=(theirs, pictures, goal), daemon=True)
            process.start()
        now = ours.recv()
        process.join()
        click.echo(f"{goal.spec.id:48} {now['VmHWM']:8} {now['VmHWM'] - now['RssFile']:8}")


if __name__ == "__main__":
    main()
