"""Times `status`, `report` and a `run-all` with nothing left on a store of many runs, and takes their memory.

The runs are made up, on the embedded photographs: records of 25 epochs as the engine leaves them, the write-up's
own configurations from as many seeds as it takes, and some of a user's own. Weights and pictures are few but for
seed 0, which is shown; with `--size real` all are as many as in real runs.

    python -m benchmarks.crowd [--runs 10000] [--asked 5] [--size small] [--own 0.1] [--keep FOLDER]
"""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np

from runs.data.sources.load import load_dataset
from runs.disk import Disk, use_disk
from runs.environment import count_cores, describe_environment
from runs.specs.catalogue import CNN, UNET, Goal, list_goals
from runs.specs.presets import PRESETS
from runs.specs.probe_outputs import DATA_PROBES, RUN_PROBES
from runs.specs.spec import RECIPE, RunSpec
from runs.storage.find_store import list_stores
from runs.storage.store import DATA, Store, Stored
from tests.fakes import fake_probe

HOME = Path(__file__).resolve().parent.parent
PRESET = PRESETS["write-up"]
EPOCHS = 25
#: Configurations of a user's own, from as many seeds as it takes.
OWN_CONFIGURATIONS = 100
#: Numbers in the weights of a real network of 32 filters, about; Adam keeps two more for each.
WEIGHTS = 90_000
KEPT, SIDE = 10, 32


#: Runs a script, and writes at its end what it took. Not what the system tells of a child: that counts the memory of
#: its parent in.
WATCHED = """
import atexit, pathlib, re, runpy, sys, time
def tell(place):
    peak = re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())
    pathlib.Path(place).write_text(f"{time.process_time()} {peak[1] if peak else 'nan'}")
atexit.register(tell, sys.argv[1])
sys.argv = sys.argv[2:]
sys.path.insert(0, str(pathlib.Path(sys.argv[0]).parent))
runpy.run_path(sys.argv[0], run_name="__main__")
"""


class Hasty(Disk):
    """A disk that does not wait until its content would survive a power cut: nothing here is to be kept."""

    def sync(self, handle: int) -> None:
        """Nothing."""

    def sync_folder(self, path: Path) -> None:
        """Nothing."""


def own() -> Iterator[RunSpec]:
    """Configurations beyond the write-up: some that differ from its own in one setting, most in two."""
    for model, filters, kernel, exponent in itertools.product((CNN, UNET), (32, 24, 48), (3, 5), range(9)):
        changed = {"filters": filters, "kernel": kernel, "learning_rate": round(0.0002 * 1.5**exponent, 6)}
        yield model.model_copy(update=changed)


def wanted(runs: int, share: float) -> list[Goal]:
    """So many runs: the write-up's first, seed by seed, then a user's own."""
    theirs = int(runs * share)
    per_seed = len(list_goals(PRESET, seeds=1))
    chosen = list_goals(PRESET, seeds=max(1, (runs - theirs) // per_seed))
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
        "environment": describe_environment("cpu", "made up"),
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


def build(results: Path, runs: int, asked: int | None, real: bool, share: float) -> None:
    """The store, its runs complete."""
    rng = np.random.default_rng(1)
    chosen = wanted(runs, share)
    with use_disk(Hasty()):
        store = Store.create(results, load_dataset("photos", root=results / "downloads"))
        seeds = 1 + max(goal.spec.seed for goal in chosen)
        request = {"data": "photos", "category": "horse", "preset": PRESET.name, "folder": ""}
        store.save_request({**request, "seeds": asked or seeds})
        for name, version in DATA_PROBES.items():
            measured = fake_probe(name, None, rng)
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
                "notes": dict(measured.notes), "environment": describe_environment("cpu", "made up"),
            }  # fmt: skip
            values = {key: calm(array) for key, array in measured.arrays.items()}
            store.save_probe(spec.id, name, epoch, about, values if large else small(values))


def timed(command: Sequence[str]) -> tuple[float, float, float, int]:
    """Runs a command of the program: seconds, seconds of its processes, its peak memory in MB, its exit code."""
    started = time.perf_counter()
    with tempfile.NamedTemporaryFile("r") as told:
        words = [sys.executable, "-c", WATCHED, told.name, str(HOME / "cli.py"), *command]
        done = subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        seconds = time.perf_counter() - started
        spent, kilobytes = map(float, told.read().split())
    return seconds, spent, kilobytes / 1024, done.returncode


@click.command()
@click.option("--runs", default=10_000, show_default=True, help="Stored runs.")
@click.option("--asked", type=int, help="Seeds that status and report speak of.  [default: all that are stored]")
@click.option("--size", type=click.Choice(["small", "real"]), default="small", show_default=True, help="Of arrays.")
@click.option("--own", default=0.1, show_default=True, help="Share of the runs that are a user's own.")
@click.option("--keep", "folder", type=click.Path(path_type=Path), help="Keep the store here, and take it up again.")
def main(runs: int, asked: int | None, size: str, own: float, folder: Path | None) -> None:
    """Prints seconds and memory of each command."""
    results = folder or Path(tempfile.mkdtemp(prefix="crowd-"))
    try:
        if not list(results.glob("*/request.json")):
            results.mkdir(parents=True, exist_ok=True)
            build(results, runs, asked, size == "real", own)
        (kept,) = list_stores(results)
        seeds = asked or (kept.request() or {})["seeds"]
        chosen = ["--results", str(results), "--seeds", str(seeds)]
        commands = [("status", ["status"]), ("report", ["report"]), ("report, again", ["report"])]
        commands.append(("run-all, nothing left", ["run-all", "--data", "photos"]))
        shutil.rmtree(results / "report", ignore_errors=True)
        click.echo(f"{runs} runs, {size} arrays, {seeds} seeds asked for, on {count_cores()} cores")
        click.echo(f"{'':22} {'seconds':>8} {'of processor':>13} {'peak MB':>8} {'exit':>5}")
        for name, command in commands:
            seconds, spent, megabytes, code = timed([*command, *chosen])
            click.echo(f"{name:22} {seconds:8.1f} {spent:13.1f} {megabytes:8.0f} {code:5}")
        for path in sorted((results / "report").glob("report.*")):
            click.echo(f"{path.name:22} {path.stat().st_size / 1e6:8.1f} MB")
    finally:
        if folder is None:
            shutil.rmtree(results)


if __name__ == "__main__":
    main()
