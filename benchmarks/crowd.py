"""Times `status` and `report` on a store of very many runs, and says how much memory they take.

The runs are made up: records of 25 epochs as the engine leaves them, the write-up's own configurations from as many
seeds as it takes, and some of a user's own. Weights and pictures are few but for seed 0, which is shown; with
`--size real` all are as many as in real runs.

    python -m benchmarks.crowd [--runs 10000] [--asked 5] [--size small] [--keep FOLDER]
"""

from __future__ import annotations

import itertools
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np

from runs.catalogue import CNN, DATA_PROBES, RUN_PROBES, UNET, Goal, goals
from runs.dataset import Dataset
from runs.disk import Disk, through
from runs.environment import environment
from runs.presets import PRESETS
from runs.spec import RECIPE, RunSpec
from runs.store import DATA, Store, Stored
from tests.fakes import fake_data_probe, fake_probe

HOME = Path(__file__).resolve().parent.parent
PRESET = PRESETS["write-up"]
EPOCHS = 25
#: A tenth of the runs are a user's own: so many configurations, from as many seeds as it takes.
OWN_SHARE, OWN_CONFIGURATIONS = 0.1, 100
#: Numbers in the weights of a real network of 32 filters, about; Adam keeps two more for each.
WEIGHTS = 90_000
KEPT, SIDE = 10, 32


class Hasty(Disk):
    """A disk that does not wait until its content would survive a power cut: nothing here is to be kept."""

    def sync(self, handle: int) -> None:
        """Nothing."""

    def sync_folder(self, path: Path) -> None:
        """Nothing."""


def pictures() -> Dataset:
    """A data set of the write-up's size in name, and of a few pictures in truth."""
    rng = np.random.default_rng(0)
    made = rng.integers(0, 256, (20, SIDE, SIDE, 3), dtype=np.uint8)
    palette = rng.integers(0, 256, (24, 3), dtype=np.uint8)
    return Dataset("photos", "patches", "noise", made[:10], made[10:], palette, "other")


def own() -> Iterator[RunSpec]:
    """Configurations beyond the write-up: some that differ from its own in one setting, most in two."""
    for model, filters, kernel, exponent in itertools.product((CNN, UNET), (32, 24, 48), (3, 5), range(9)):
        changed = {"filters": filters, "kernel": kernel, "learning_rate": round(0.0002 * 1.5**exponent, 6)}
        yield model.model_copy(update=changed)


def wanted(runs: int) -> list[Goal]:
    """So many runs: the write-up's first, seed by seed, then a user's own."""
    theirs = int(runs * OWN_SHARE)
    per_seed = len(goals(PRESET, seeds=1))
    chosen = goals(PRESET, seeds=max(1, (runs - theirs) // per_seed))
    known = {goal.spec.with_seed(0) for goal in chosen}
    others = list(itertools.islice((spec for spec in own() if spec not in known), OWN_CONFIGURATIONS))
    for index in range(runs - len(chosen)):
        chosen.append(Goal(others[index % len(others)].with_seed(index // len(others)), {EPOCHS: ("quality",)}))
    return chosen


def record(spec: RunSpec, epochs: int, rng: np.random.Generator) -> dict[str, Any]:
    """What the engine leaves of a run that ended well."""
    noise = 1 + 0.002 * rng.standard_normal((epochs, 2))
    fall = 1 + 1.5 * np.exp(-np.arange(1, epochs + 1) / 5)
    rows = [
        {
            "epoch": epoch + 1,
            "train_loss": float(1.26 * fall[epoch] * noise[epoch, 0]),
            "val_loss": float(1.33 * fall[epoch] * noise[epoch, 1]),
            "val_accuracy": float(0.49 / fall[epoch]),
            "train_seconds": float(9.8 * noise[epoch, 0]),
            "val_seconds": float(0.6 * noise[epoch, 1]),
        }
        for epoch in range(epochs)
    ]
    segment = {
        "from_epoch": 1,
        "started": "2026-01-01T00:00:00+00:00",
        "pid": 1,
        "workers": 2,
        "environment": environment("cpu", "made up"),
    }
    return {
        "spec": spec.model_dump(), "recipe": RECIPE, "parameters": WEIGHTS, "rows": rows, "segments": [segment],
        "diverged": False,
    }  # fmt: skip


def state(epochs: int, real: bool, rng: np.random.Generator) -> dict[str, np.ndarray[Any, Any]]:
    """Weights, Adam's moments and pictures."""
    count = WEIGHTS if real else 8
    names = ("weight", "optimizer.0.exp_avg", "optimizer.0.exp_avg_sq")
    arrays: dict[str, np.ndarray[Any, Any]] = {name: rng.random(count, dtype=np.float32) for name in names}
    shape = (epochs, KEPT if real else 1, SIDE, SIDE, 3)
    return arrays | {"pictures": calm(rng.integers(0, 256, shape, dtype=np.uint8))}


def calm(pictures: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """(..., H, W, 3) of noise -> the same in squares of 8 pixels: PNG makes as little of it as of real pictures."""
    if pictures.dtype != np.uint8 or pictures.ndim < 4:
        return pictures
    return pictures[..., ::8, ::8, :].repeat(8, axis=-3).repeat(8, axis=-2)


def small(arrays: dict[str, Any]) -> dict[str, Any]:
    """A probe without its pictures and maps: of other seeds than the first, only numbers are looked at there."""
    return {name: array[..., :1, :1, :] if array.ndim >= 4 else array for name, array in arrays.items()}


def build(results: Path, runs: int, asked: int | None, real: bool) -> None:
    """The store, its runs complete."""
    rng = np.random.default_rng(1)
    chosen = wanted(runs)
    with through(Hasty()):
        store = Store.create(results, pictures())
        seeds = 1 + max(goal.spec.seed for goal in chosen)
        request = {"data": "photos", "category": "patches", "preset": PRESET.name, "folder": ""}
        store.save_request({**request, "seeds": asked or seeds})
        for name, version in DATA_PROBES.items():
            measured = fake_data_probe(name, rng)
            values = {key: calm(array) for key, array in measured.arrays.items()}
            store.save_probe(DATA, name, 0, {"version": version, "notes": dict(measured.notes)}, values)
        with click.progressbar(chosen, label="Making the store", file=sys.stderr) as bar:
            for goal in bar:
                keep(store, goal, real, rng)


def keep(store: Store, goal: Goal, real: bool, rng: np.random.Generator) -> None:
    """One run with its snapshots and probes."""
    spec = goal.spec
    large = real or spec.seed == 0
    arrays = state(goal.epochs, large, rng)
    store.save(spec.id, Stored(record(spec, goal.epochs, rng), arrays))
    for epoch, names in goal.probes.items():
        store.save_snapshot(spec.id, epoch, {"weight": arrays["weight"]})
        for name in names:
            measured = fake_probe(name, spec, rng)
            about = {
                "run": spec.id, "name": name, "epoch": epoch, "version": RUN_PROBES[name], "seconds": 1.0,
                "notes": dict(measured.notes), "environment": environment("cpu", "made up"),
            }  # fmt: skip
            values = {key: calm(array) for key, array in measured.arrays.items()}
            store.save_probe(spec.id, name, epoch, about, values if large else small(values))


def timed(command: Sequence[str]) -> tuple[float, float, float, int]:
    """Runs a command of the program: seconds, seconds of its processes, its peak memory in MB, its exit code."""
    started = time.perf_counter()
    words = [sys.executable, str(HOME / "cli.py"), *command]
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    pid = os.posix_spawn(words[0], words, os.environ, file_actions=quiet)
    _, status, used = os.wait4(pid, 0)
    seconds = time.perf_counter() - started
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)


@click.command()
@click.option("--runs", default=10_000, show_default=True, help="Stored runs.")
@click.option("--asked", type=int, help="Seeds that status and report speak of.  [default: all that are stored]")
@click.option("--size", type=click.Choice(["small", "real"]), default="small", show_default=True, help="Of arrays.")
@click.option("--keep", "folder", type=click.Path(path_type=Path), help="Keep the store here, and take it up again.")
def main(runs: int, asked: int | None, size: str, folder: Path | None) -> None:
    """Prints seconds and memory of each command."""
    results = folder or Path(tempfile.mkdtemp(prefix="crowd-"))
    try:
        if not list(results.glob("*/request.json")):
            results.mkdir(parents=True, exist_ok=True)
            build(results, runs, asked, size == "real")
        chosen = ["--results", str(results), *(["--seeds", str(asked)] if asked else [])]
        shutil.rmtree(results / "report", ignore_errors=True)
        click.echo(f"{runs} runs, {size} arrays, {asked or 'all'} seeds asked for")
        click.echo(f"{'':20} {'seconds':>8} {'of processor':>13} {'peak MB':>8} {'exit':>5}")
        for name, command in (("status", "status"), ("report", "report"), ("report, again", "report")):
            seconds, spent, megabytes, code = timed([command, *chosen])
            click.echo(f"{name:20} {seconds:8.1f} {spent:13.1f} {megabytes:8.0f} {code:5}")
        for path in sorted((results / "report").glob("report.*")):
            click.echo(f"{path.name:20} {path.stat().st_size / 1e6:8.1f} MB")
    finally:
        if folder is None:
            shutil.rmtree(results)


if __name__ == "__main__":
    main()
