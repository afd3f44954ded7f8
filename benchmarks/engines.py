"""Times the write-up preset's work through Ray on this machine beside the local engine: the same runs, in turn.

Every run of the write-up, for a few epochs, with all its probes, on pictures of noise; as many runs side by side as
there are cores. Start-up is left out: before a pool's work is timed, it has done a small run in every slot, so that
Ray's workers and the server that the local ones are forked from have imported torch. Both write to a store of their
own, and their losses have to be the same. Run it on a machine that does nothing else.

    python -m benchmarks.engines [--pictures 1000] [--epochs 2] [--pairs 3]     exits with 1 above the bound
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from benchmarks.epoch import noise, shortened
from runs.data.dataset import Dataset
from runs.environment import count_cores
from runs.execution.cluster import connect
from runs.execution.engine import Engine
from runs.execution.local import LocalPool
from runs.execution.pool import Pool
from runs.specs.catalogue import Goal, list_goals
from runs.specs.presets import PRESETS
from runs.specs.spec import RunSpec
from runs.storage.store import Store

#: How many times the local engine's time Ray may take.
BOUND = 1.15


def losses(store: Store) -> dict[str, list[float]]:
    """The training loss of every epoch of every run."""
    return {run: [row["train_loss"] for row in (store.record(run) or {"rows": []})["rows"]] for run in store.runs()}


def seconds(pool: Pool[Any], dataset: Dataset, work: Sequence[Goal], workers: int) -> tuple[float, Any]:
    """Seconds in which a pool does the work, and the losses that it left.

    Raises:
        AssertionError: a run failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        store = Store.create(Path(folder), dataset)
        start = time.perf_counter()
        outcome = Engine(store, dataset, workers, pool=pool).run(work)
        passed = time.perf_counter() - start
        assert not outcome.failed, outcome.failed
        return passed, losses(store)


@click.command()
@click.option("--pictures", default=1000, show_default=True, help="Training pictures; a fifth as many for testing.")
@click.option("--epochs", default=2, show_default=True, help="Epochs of every run.")
@click.option("--pairs", default=3, show_default=True, help="How often both take a turn; the median ratio counts.")
def main(pictures: int, epochs: int, pairs: int) -> None:
    """Prints both times of each pair, and how many times the local engine's time Ray took."""
    dataset, workers = noise(pictures), count_cores()
    work = [shortened(goal, epochs) for goal in list_goals(PRESETS["write-up"])]
    small = [Goal(RunSpec(model="cnn", filters=4, seed=seed), {1: ()}) for seed in range(workers)]
    ratios = []
    with connect(dataset, workers, "cpu", None) as ray:
        pools: dict[str, Pool[Any]] = {"local": LocalPool(dataset), "ray": ray}
        for pool in pools.values():
            seconds(pool, dataset, small, workers)
        click.echo(f"{len(work)} runs of {epochs} epochs on {pictures} pictures, {workers} side by side")
        for _ in range(pairs):
            took, left = {}, {}
            for name, pool in pools.items():
                took[name], left[name] = seconds(pool, dataset, work, workers)
            assert left["local"] == left["ray"], "both engines have to leave the same losses"
            ratios.append(took["ray"] / took["local"])
            click.echo(f"local {took['local']:7.1f} s   ray {took['ray']:7.1f} s   ratio {ratios[-1]:.3f}")
    ratio = statistics.median(ratios)
    click.echo(f"median ratio {ratio:.3f} (at most {BOUND})")
    sys.exit(ratio > BOUND)


if __name__ == "__main__":
    main()
