"""Kills quick runs at random for some minutes, starts each again until it is done, compares it with an unbroken one.

Every round trains the runs of question 1.2 on made-up pictures in a new results folder. The command, or one of its
workers, is killed after a random time, by SIGKILL, SIGTERM or SIGINT, and begun again, until it ends by itself. A
round is right when its runs, snapshots and probes have the bits of the unbroken run, and nothing else is left.

    python benchmarks/soak.py [--minutes 30] [--seed 0] [--pictures 100]
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import click
import numpy as np
from PIL import Image

from runs.files import PART
from runs.store import DATA, Store, stores

HOME = Path(__file__).resolve().parent.parent
KINDS = {
    "SIGKILL to the command": signal.SIGKILL,
    "SIGTERM to the command": signal.SIGTERM,
    "SIGINT to the command": signal.SIGINT,
    "SIGKILL to a worker": signal.SIGKILL,
}
#: Kills in one round; after them it is left alone, so that a round ends.
MOST_KILLS = 12


def make_pictures(folder: Path, count: int) -> None:
    """``train/horse`` and ``test/horse`` of noise on random colours."""
    rng = np.random.default_rng(0)
    for part, number in (("train", count), ("test", 8)):
        place = folder / part / "horse"
        place.mkdir(parents=True)
        for index in range(number):
            colour = rng.integers(20, 236, (1, 1, 3))
            picture = (colour + rng.normal(0, 12, (32, 32, 3))).clip(0, 255).astype(np.uint8)
            Image.fromarray(picture).save(place / f"{index:05d}.png")


def start(pictures: Path, results: Path, log: Path) -> subprocess.Popen[bytes]:
    """A run-all in a process group of its own; what it says goes to the end of a file."""
    command = [sys.executable, "cli.py", "run-all", "--section", "1.2", "--preset", "quick", "--device", "cpu"]
    with log.open("ab") as said:
        return subprocess.Popen(
            [*command, "--workers", "2", "--data", str(pictures), "--results", str(results)],
            cwd=HOME, stdout=said, stderr=said, start_new_session=True,
        )  # fmt: skip


def workers(parent: int) -> list[int]:
    """The processes that a command has started."""
    done = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False)
    return [int(pid) for pid in done.stdout.split()]


def bits(results: Path) -> dict[str, str]:
    """All that is stored of the runs and the pictures, but for wall-clock times and process numbers."""
    (store,) = stores(results)
    found = {}
    for run in store.runs():
        stored = store.state(run)
        assert stored is not None
        rows = [{k: v for k, v in row.items() if "seconds" not in k} for row in stored.record["rows"]]
        found[run] = json.dumps(rows) + digests(stored.arrays)
    for path in store.folder.rglob("*/probes/*.safetensors"):
        probe = store.probe(path.parent.parent.name, *named(path))
        found[str(path.relative_to(store.folder))] = "damaged" if probe is None else digests(probe.arrays)
    for path in store.folder.rglob("snapshots/*.safetensors"):
        weights = store.snapshot(path.parent.parent.name, int(path.stem.removeprefix("epoch-")))
        found[str(path.relative_to(store.folder))] = "damaged" if weights is None else digests(weights)
    return found


def named(path: Path) -> tuple[str, int]:
    """The name and the epoch of a stored probe."""
    name, _, epoch = path.stem.rpartition("-")
    return name, int(epoch)


def digests(arrays: dict[str, np.ndarray]) -> str:
    """The bits of some arrays, in short."""
    return hashlib.sha256(b"".join(name.encode() + arrays[name].tobytes() for name in sorted(arrays))).hexdigest()


def wrong(results: Path, expected: dict[str, str]) -> list[str]:
    """What of a finished round is not as it should be."""
    if not stores(results):
        return ["no results"]
    found = bits(results)
    trouble = [name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name)]
    (store,) = stores(results)
    trouble += [str(path) for run in (DATA, *store.runs()) for path in store.damaged(run)]
    return trouble + [str(path) for path in store.folder.rglob("*") if left_over(store, path)]


def left_over(store: Store, path: Path) -> bool:
    """Whether a path has no business in a finished store."""
    return path.name.endswith(PART) or ".damaged" in str(path.relative_to(store.folder))


def strike(process: subprocess.Popen[bytes], kind: str) -> bool:
    """Sends what kills; whether there was somebody to send it to."""
    pids = [process.pid] if "command" in kind else workers(process.pid)
    if process.poll() is not None or not pids:
        return False
    try:
        os.kill(random.choice(pids), KINDS[kind])
    except ProcessLookupError:
        return False
    return True


@click.command()
@click.option("--minutes", default=30.0, show_default=True)
@click.option("--seed", default=0, show_default=True)
@click.option("--pictures", "count", default=100, show_default=True, help="Training pictures, at least 100.")
def soak(minutes: float, seed: int, count: int) -> None:
    """Random kills for some minutes; exit code 1 when any round ends otherwise than an unbroken run."""
    random.seed(seed)
    kills: Counter[str] = Counter()
    codes: Counter[int] = Counter()
    rounds, troubled = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        log = home / "said.txt"
        make_pictures(home / "pictures", count)
        began = time.monotonic()
        if start(home / "pictures", home / "unbroken", log).wait():
            raise click.ClickException(f"The unbroken run failed:\n{log.read_text('utf-8')}")
        whole = time.monotonic() - began
        expected = bits(home / "unbroken")
        click.echo(f"An unbroken run takes {whole:.0f} s and leaves {len(expected)} things to compare.")
        end = time.monotonic() + 60 * minutes
        while time.monotonic() < end:
            results, left = home / f"round-{rounds}", MOST_KILLS
            while True:
                process = start(home / "pictures", results, log)
                moment = time.monotonic() + random.uniform(0, 1.1 * whole)
                while process.poll() is None and time.monotonic() < moment:
                    time.sleep(0.01)
                kind = random.choice(list(KINDS))
                struck = bool(left) and strike(process, kind)
                kills[kind] += struck
                left -= struck
                code = process.wait()
                codes[code] += 1
                if code == 0 or not (struck or left):
                    break
            rounds += 1
            if trouble := wrong(results, expected):
                troubled += 1
                click.echo(f"Round {rounds} differs: {', '.join(trouble)}")
            else:
                shutil.rmtree(results)
        words = log.read_text("utf-8", "replace")
    click.echo(f"{rounds} rounds, {sum(kills.values())} kills: " + ", ".join(f"{n} {k}" for k, n in kills.items()))
    click.echo("Exit codes: " + ", ".join(f"{code} ({number} times)" for code, number in sorted(codes.items())))
    click.echo(f"{words.count('Traceback')} tracebacks; {troubled} rounds differ from the unbroken run.")
    sys.exit(1 if troubled else 0)


if __name__ == "__main__":
    soak()
