"""Kills quick runs at random for some minutes, starts each again until it is done, compares it with an unbroken one.

Every round trains the runs of question 1.2 on made-up pictures in a new results folder. The command, or one of its
workers, is killed after a random time, by SIGKILL, SIGTERM or SIGINT, and begun again, until it ends by itself. A
round is right when every command ended with the exit code that its signal calls for and its workers within five
seconds, when its runs, snapshots and probes have the bits of the unbroken run, and when nothing else is left.

    python -m benchmarks.soak [--minutes 30] [--seed 0] [--pictures 100]
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
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import click
import numpy as np
from PIL import Image

from runs.disk import PART
from runs.storage.find_store import list_stores
from runs.storage.store import DATA, Store

HOME = Path(__file__).resolve().parent.parent
KINDS = {
    "SIGKILL to the command": signal.SIGKILL,
    "SIGTERM to the command": signal.SIGTERM,
    "SIGINT to the command": signal.SIGINT,
    "SIGKILL to a worker": signal.SIGKILL,
    "SIGKILL to the server of workers": signal.SIGKILL,
}
#: The exit codes that answer them: 0 where the work was done before; -2 and -15 in the moment before Python has begun
#: to listen.
ANSWERS = {
    "SIGKILL to the command": {0, -9},
    "SIGTERM to the command": {0, 143, -15},
    "SIGINT to the command": {0, 130, -2},
    "SIGKILL to a worker": {0},
    "SIGKILL to the server of workers": {0},
    "nothing": {0},
}
#: Seconds in which the workers of a command that was stopped have to end, and the server that forks them; and after how
#: many a command hangs, and that server where the command was killed, for it ends when it has imported what they need.
SOON, HANGS = 5.0, 60.0
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


def heed_interrupts() -> None:
    """What a shell starts in the background ignores them, and so do all that it starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def start(pictures: Path, results: Path, log: Path) -> subprocess.Popen[bytes]:
    """A run-all in a process group of its own; what it says goes to the end of a file."""
    command = [sys.executable, "cli.py", "run-all", "--section", "1.2", "--preset", "quick", "--device", "cpu"]
    with log.open("ab") as said:
        return subprocess.Popen(
            [*command, "--workers", "2", "--data", str(pictures), "--results", str(results)],
            cwd=HOME, stdout=said, stderr=said, start_new_session=True, preexec_fn=heed_interrupts,
        )  # fmt: skip


def family(command: int) -> tuple[list[int], list[int]]:
    """The server that forks the workers of a command, and these; not what watches over its shared memory."""
    done = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=False)
    lines = [line.split(maxsplit=2) for line in done.stdout.splitlines()]
    forked = {int(pid): int(above) for pid, above, *words in lines if words and "forkserver" in words[0]}
    servers = [pid for pid, above in forked.items() if above == command]
    return servers, [pid for pid, above in forked.items() if above in servers]


def alive(pid: int) -> bool:
    """Whether a process is at work; one that has ended and that nobody has asked about is not."""
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return bool(done.stdout.strip()) and not done.stdout.startswith("Z")


def bits(results: Path) -> dict[str, str]:
    """All that is stored of the runs and the pictures, but for wall-clock times and process numbers."""
    (store,) = list_stores(results)
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
    if not list_stores(results):
        return ["no results"]
    found = bits(results)
    trouble = [name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name)]
    (store,) = list_stores(results)
    trouble += [str(path) for run in (DATA, *store.runs()) for path in store.troubles(run)]
    return trouble + [str(path) for path in store.folder.rglob("*") if left_over(store, path)]


def left_over(store: Store, path: Path) -> bool:
    """Whether a path has no business in a finished store."""
    return path.name.endswith(PART) or ".damaged" in str(path.relative_to(store.folder))


@dataclass
class Tally:
    """What a soak came to so far."""

    kills: Counter[str] = field(default_factory=Counter)
    codes: Counter[int] = field(default_factory=Counter)
    troubles: list[str] = field(default_factory=list)
    slowest: defaultdict[str, float] = field(
        default_factory=lambda: defaultdict(float)
    )  # seconds from a signal until a kind of process was gone


def strike(process: subprocess.Popen[bytes], kind: str, servers: list[int], team: list[int]) -> bool:
    """Sends what kills; whether there was somebody to send it to."""
    pids = [process.pid] if "command" in kind else servers if "server" in kind else team
    if process.poll() is not None or not pids:
        return False
    try:
        os.kill(random.choice(pids), KINDS[kind])
    except ProcessLookupError:
        return False
    return True


def attempt(process: subprocess.Popen[bytes], seconds: float, spared: bool, tally: Tally) -> bool:
    """Lets a command work for some seconds, kills it or one of its workers unless it is spared, and sees it end;
    whether it has to be begun again.
    """
    moment = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < moment:
        time.sleep(0.01)
    (servers, team), kind = family(process.pid), random.choice(list(KINDS))
    sent = time.monotonic()
    if spared or not strike(process, kind, servers, team):
        kind = "nothing"
    else:
        tally.kills[kind] += 1
    if "command" in kind:
        gone(team, sent, f"{kind} after {seconds:.1f} s: a worker", SOON, tally)
    try:
        code = process.wait(HANGS if "command" in kind else 10 * HANGS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        tally.troubles.append(f"{kind} after {seconds:.1f} s: it did not end")
        return True
    tally.codes[code] += 1
    if code not in ANSWERS[kind]:
        tally.troubles.append(f"{kind} after {seconds:.1f} s: exit code {code}")
    if "command" in kind:
        tally.slowest["the command"] = max(tally.slowest["the command"], time.monotonic() - sent)
        most = HANGS if "SIGKILL" in kind else SOON  # a command that is killed cannot end what still imports
        gone(servers, sent, f"{kind} after {seconds:.1f} s: the server of workers", most, tally)
    return code != 0 and kind != "nothing"


def gone(pids: list[int], sent: float, who: str, most: float, tally: Tally) -> None:
    """Waits until some processes have ended after a signal, and holds them to their seconds."""
    while any(map(alive, pids)) and time.monotonic() - sent < HANGS:
        time.sleep(0.05)
    took = time.monotonic() - sent
    name = who.rpartition(": ")[2]
    tally.slowest[name] = max(tally.slowest[name], took)
    if took > most:
        tally.troubles.append(f"{who} was gone after {took:.1f} s")


@click.command()
@click.option("--minutes", default=30.0, show_default=True)
@click.option("--seed", default=0, show_default=True)
@click.option("--pictures", "count", default=100, show_default=True, help="Training pictures, at least 100.")
def soak(minutes: float, seed: int, count: int) -> None:
    """Random kills for some minutes; exit code 1 when any round ends otherwise than an unbroken run."""
    random.seed(seed)
    tally, rounds = Tally(), 0
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
        while time.monotonic() - began < 60 * minutes:
            results, before, known = home / f"round-{rounds}", tally.kills.total(), len(tally.troubles)
            again = True
            while again:
                process = start(home / "pictures", results, log)
                spared = tally.kills.total() - before >= MOST_KILLS
                again = attempt(process, random.uniform(0, 1.1 * whole), spared, tally)
            rounds += 1
            tally.troubles += wrong(results, expected)
            for trouble in tally.troubles[known:]:
                click.echo(f"Round {rounds}: {trouble}")
            shutil.rmtree(results, ignore_errors=True)
        words = log.read_text("utf-8", "replace")
        click.echo(tracebacks(words), nl=False)
    kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(tally.kills.items()))
    codes = ", ".join(f"{code} ({number} times)" for code, number in sorted(tally.codes.items()))
    click.echo(f"{(time.monotonic() - began) / 60:.0f} minutes, {rounds} rounds, {tally.kills.total()} kills: {kinds}.")
    last = ", ".join(f"{name} {took:.1f} s" for name, took in tally.slowest.items())
    click.echo(f"Exit codes: {codes}. The longest until all was gone: {last}.")
    click.echo(f"{words.count('Traceback')} tracebacks; {len(tally.troubles)} things otherwise than unbroken.")
    sys.exit(1 if tally.troubles else 0)


def tracebacks(words: str) -> str:
    """The last line of each traceback, a line each."""
    ends = [part.splitlines() for part in words.split("Traceback (most recent call last):")[1:]]
    return "".join(f"Traceback: {next((x for x in end if x and x[0] != ' '), '')}\n" for end in ends)


if __name__ == "__main__":
    soak()
