"""The measurements of `benchmarks.gpu`, a function for each part: it takes a device and a size and returns numbers."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import mean, stdev
from typing import Any
from xml.etree import ElementTree

import torch
from scipy.stats import t

from benchmarks.batched import Measured, measure_batched, time_steps
from benchmarks.epoch import work
from runs.data.dataset import Dataset
from runs.environment import HOME
from runs.execution.local import LocalPool, Serve, Slot, end_server
from runs.execution.memory_share import find_private_peak
from runs.execution.worker import release_memory, settle_process
from runs.specs.spec import RunSpec
from runs.training.prepared import prepare
from runs.training.steps import quicken
from runs.training.trainer import Trainer


@dataclass(frozen=True)
class Size:
    """How much is measured.

    Attributes:
        pictures: training pictures, a fifth as many for testing.
        steps: that a time of a step is a mean of.
        epochs: that a time of an epoch is a mean of.
        crowds: how many runs go side by side.
        seeds: of the comparison of TF32.
        trained: epochs of it.
        batched: seeds that one batched network has.
        runs: how many configurations of the write-up, from the first.
        batch: no run has a larger one.
        write_ups: seeds of each whole write-up.
        words: what `run-all` is given for it.
        tests: what pytest is given beside the file.
    """

    pictures: int = 5000
    steps: int = 30
    epochs: int = 3
    crowds: tuple[int, ...] = (1, 2, 4, 8)
    seeds: int = 8
    trained: int = 8
    batched: int = 3
    runs: int = 100
    batch: int = 1000
    write_ups: tuple[int, ...] = (1, 3)
    words: tuple[str, ...] = ("--preset", "write-up", "--data", "photos")
    tests: tuple[str, ...] = ()

    @property
    def specs(self) -> list[RunSpec]:
        """The write-up's configurations that are measured."""
        return [
            spec.model_copy(update={"batch_size": min(spec.batch_size, self.batch)})
            for spec in list(work())[: self.runs]
        ]

    @property
    def compared(self) -> list[RunSpec]:
        """Those of which results are compared: each model once."""
        return list({spec.model: spec for spec in reversed(self.specs)}.values())


@dataclass(frozen=True)
class Task:
    """Epochs of a run; with no spec, further ones of the run that the process has."""

    spec: RunSpec | None
    epochs: int
    tf32: bool = False


@dataclass(frozen=True)
class Answer:
    """Seconds an epoch, the last validation loss and accuracy, the most bytes held, and why steps are plain."""

    seconds: float
    loss: float
    accuracy: float
    peak: int
    uncaptured: str


def serve_tasks(pipe: Connection, dataset: Dataset, device: str) -> None:
    """A worker that trains as `run-all` has it, but for storing, and answers with times."""
    settle_process()
    trainer: Trainer | None = None
    while True:
        try:
            task = pipe.recv()
        except (EOFError, ConnectionResetError):
            return
        torch.backends.cudnn.allow_tf32 = task.tf32
        try:
            if task.spec is not None:
                trainer = steps = None
                release_memory(device)
                if device == "cuda":
                    torch.cuda.reset_peak_memory_stats()
                trainer = Trainer(task.spec, prepare(dataset, task.spec, device))
                steps = quicken(trainer)
            if trainer is None:
                raise RuntimeError("there is no run to go on with: none was begun")
            start = time.perf_counter()
            for _ in range(task.epochs):
                row = trainer.train_epoch()
                trainer.arrays()
                trainer.picture()
            seconds = (time.perf_counter() - start) / task.epochs
        except Exception as error:
            pipe.send(RuntimeError(str(error)))
            continue
        peak = torch.cuda.max_memory_reserved() if device == "cuda" else find_private_peak() or 0
        pipe.send(Answer(seconds, row.val_loss, row.val_accuracy, peak, steps.failure if steps else ""))


def serve_part(pipe: Connection, dataset: Dataset, device: str) -> None:
    """A worker that measures a part: a GPU's errors stay in the process that met them."""
    settle_process()
    measure, size = pipe.recv()
    try:
        pipe.send(measure(dataset, size, device))
    except Exception as error:
        pipe.send(RuntimeError(str(error)))


Ask = Callable[[Sequence[Any]], list[Any]]


@contextmanager
def open_workers(dataset: Dataset, device: str, count: int, left: float, serve: Serve = serve_tasks) -> Iterator[Ask]:
    """So many workers, for so many seconds. What is given has one thing done by each at once, and returns the answers.

    Raises:
        RuntimeError: what one of them met.
        TimeoutError: the seconds are over.
    """
    deadline = time.perf_counter() + left
    pool = LocalPool(dataset, device, serve)
    slots: list[Slot] = [pool.open() for _ in range(count)]

    def ask(tasks: Sequence[Any]) -> list[Any]:
        used = slots[: len(tasks)]
        for slot, task in zip(used, tasks, strict=True):
            slot.pipe.send(task)
        answers = []
        for slot in used:
            if not slot.pipe.poll(max(0.0, deadline - time.perf_counter())):
                raise TimeoutError("it took longer than there was time for")
            answers.append(slot.pipe.recv())
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
        return answers

    try:
        yield ask
    finally:
        pool.close(slots)
        end_server()


def run_alone(measure: Callable[..., Any], dataset: Dataset, size: Size, device: str, left: float) -> list[Measured]:
    """What a part measures in a process of its own."""
    with open_workers(dataset, device, 1, left, serve_part) as ask:
        found: list[Measured] = ask([(measure, size)])[0]
        return found


def compare_steps(dataset: Dataset, size: Size, device: str) -> list[Measured]:
    """Of each run plain steps beside the quickest that the device knows, on a GPU captured ones."""
    return [compare_steps_of(dataset, spec, size.steps, device) for spec in size.specs]


def compare_steps_of(dataset: Dataset, spec: RunSpec, steps: int, device: str) -> Measured:
    """Seconds of a plain step and of a quick one of a run, and how far the losses of two epochs are apart, relative."""
    data = prepare(dataset, spec, device)
    plain, quick = Trainer(spec, data), Trainer(spec, data)
    captured = quicken(quick)
    pairs = [(plain.train_epoch(), quick.train_epoch()) for _ in range(2)]
    x, y = data.train_x[: spec.batch_size], data.train_y[: spec.batch_size]
    for trainer in (plain, quick):
        trainer.net.train()
    return {
        "run": spec.id,
        "plain_s": time_steps(lambda: plain.step(x, y), steps, device),
        "quick_s": time_steps(lambda: quick.take_step(x, y), steps, device),
        "losses_apart": max(abs(one.train_loss - other.train_loss) / one.train_loss for one, other in pairs),
        "uncaptured": captured.failure if captured else "",
    }


def time_epochs(dataset: Dataset, size: Size, device: str, left: float) -> list[Measured]:
    """Seconds of an epoch of each run, of the slowest of so many that go side by side, and the most that one held, but
    for what a process needs to use a GPU at all.
    """
    found = []
    with open_workers(dataset, device, max(size.crowds), left) as ask:
        for spec in size.specs:
            first = ask([Task(spec, 1)] * max(size.crowds))  # begins, captures, warms up
            for crowd in size.crowds:
                answers = ask([Task(None, size.epochs)] * crowd)
                found.append(
                    {
                        "run": spec.id,
                        "side_by_side": crowd,
                        "epoch_s": max(answer.seconds for answer in answers),
                        "peak_bytes": max(answer.peak for answer in answers),
                        "uncaptured": first[0].uncaptured,
                    }
                )
    return found


def compare_tf32(dataset: Dataset, size: Size, device: str, left: float) -> list[Measured]:
    """Convolutions in TF32 beside those in float32, the same seeds with each: seconds, and the paired differences in
    the seeds' spread, with their 90 % interval.
    """
    found = []
    with open_workers(dataset, device, size.seeds, left) as ask:
        for spec in size.compared:
            runs = [spec.with_seed(seed) for seed in range(size.seeds)]
            exact, rough = (ask([Task(run, size.trained, tf32) for run in runs]) for tf32 in (False, True))
            measured: Measured = {"run": spec.id, "seeds": size.seeds, "epochs": size.trained}
            for name, answers in (("float32", exact), ("tf32", rough)):
                measured[f"{name}_epoch_s"] = max(answer.seconds for answer in answers)
            for name in ("loss", "accuracy"):
                ours = [getattr(answer, name) for answer in exact]
                theirs = [getattr(answer, name) for answer in rough]
                measured[name] = compare_paired(ours, theirs)
            found.append(measured)
    return found


def compare_paired(ours: Sequence[float], theirs: Sequence[float]) -> Measured:
    """The paired difference of two samples in units of the first one's spread, and its 90 % interval."""
    spread, apart = stdev(ours) or 1.0, [b - a for a, b in zip(ours, theirs, strict=True)]
    half = float(t.ppf(0.95, len(apart) - 1)) * stdev(apart) / len(apart) ** 0.5
    low, high = ((mean(apart) + side * half) / spread for side in (-1, 1))
    return {"spread": spread, "difference": mean(apart) / spread, "low": low, "high": high}


def compare_batched(dataset: Dataset, size: Size, device: str) -> list[Measured]:
    """Several seeds as one batched network, beside one after another."""
    chosen = [spec for spec in size.specs if spec.model != "regression"][:2]
    return [measure_batched(dataset, spec, size.batched, size.steps, device) for spec in chosen]


def run_tests(size: Size, left: float) -> Measured:
    """How many of the GPU's tests pass, fail and are skipped, and the names of those that fail."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder, "tests.xml")
        words = ["-p", "no:cacheprovider", "tests/runs/execution/test_gpu.py", *size.tests, f"--junitxml={told}"]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *words], cwd=HOME, capture_output=True, text=True, timeout=left
        )
        if not told.exists():
            raise RuntimeError(f"the tests did not run: {(done.stdout + done.stderr)[-500:]}")
        cases = list(ElementTree.parse(told).iter("testcase"))
    failed = [
        case.get("name", "") for case in cases if case.find("failure") is not None or case.find("error") is not None
    ]
    skipped = sum(case.find("skipped") is not None for case in cases)
    return {"passed": len(cases) - len(failed) - skipped, "failed": failed, "skipped": skipped}


def time_write_up(words: Sequence[str], seeds: int, device: str, left: float) -> Measured:
    """Seconds of a whole write-up, from the start of the command to its PDF."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(HOME / "cli.py"), "run-all", *words, "--seeds", str(seeds), "--pdf"]
        command += ["--device", device, "--results", folder]
        start = time.perf_counter()
        done = subprocess.run(command, cwd=folder, env=dict(os.environ), capture_output=True, text=True, timeout=left)
        passed = time.perf_counter() - start
        if done.returncode != 0 or not list(Path(folder).rglob("report*.pdf")):
            raise RuntimeError(f"run-all ended with {done.returncode}: {(done.stdout + done.stderr)[-500:]}")
    return {"seeds": seeds, "seconds": passed, "told": done.stderr.splitlines()[:3]}
