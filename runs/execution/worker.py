"""What a worker does: it trains and measures one job with one thread of arithmetic, and sends each result as a message.

It writes no files: the engine stores what it sends.
"""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection, wait
from typing import Any

from numpy.typing import NDArray

from runs.data.dataset import Dataset
from runs.errors import TrainingError, is_out_of_memory
from runs.execution.plan import Work
from runs.training.trainer import EpochRow


@cache
def _trim_heap() -> Any:
    """The ``malloc_trim`` of glibc; None where there is none, as on macOS and with musl."""
    if not sys.platform.startswith("linux"):
        return None
    return getattr(ctypes.CDLL(None), "malloc_trim", None)


def give_memory_back() -> None:
    """Return free memory to the system: between pieces of work, because allocating it again takes time."""
    trim = _trim_heap()
    if trim is not None:
        trim(0)


Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Job:
    """A piece of work with what is stored of it.

    Attributes:
        work: what to do; None for the probes on the pictures.
        state: the arrays to go on from; None to begin afresh.
        snapshots: epoch -> weights, for probes on epochs that are stored.
        data_probes: names of probes on the pictures.
    """

    work: Work | None
    state: Arrays | None = None
    snapshots: Mapping[int, Arrays] | None = None
    data_probes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Began:
    """Where a job is done, for the records: see :func:`runs.environment.describe_environment`. Only a worker that is
    not on the engine's machine has to say so.
    """

    environment: Mapping[str, Any]


@dataclass(frozen=True)
class EpochDone:
    """An epoch's metrics, the whole state after it, and its picture (K, 32, 32, 3) uint8.

    Attributes:
        uncaptured: why the device's steps were not captured as a graph, as those of a GPU are; "" when they were, or
            where there is nothing to gain from it.
    """

    row: EpochRow
    arrays: Arrays
    picture: NDArray[Any]
    parameters: int
    uncaptured: str = ""


@dataclass(frozen=True)
class ProbeDone:
    """A probe's result."""

    name: str
    epoch: int
    arrays: Arrays
    notes: Mapping[str, Any]
    seconds: float


@dataclass(frozen=True)
class JobDone:
    """The piece of work is finished, or failed for a reason that trying again will not mend: but for a want of
    memory, which fewer runs side by side may.
    """

    failure: str = ""
    out_of_memory: bool = False


Message = Began | EpochDone | ProbeDone | JobDone


def work_on(job: Job, dataset: Dataset, device: str, send: Callable[[Message], None]) -> None:
    """Trains and measures what a job asks for; every result goes to ``send``."""
    for name in job.data_probes:
        from runs.probes import measure_data

        start = time.perf_counter()
        probed = measure_data(name, dataset)
        send(ProbeDone(name, 0, probed.arrays, probed.notes, time.perf_counter() - start))
    if job.work is not None:
        _train_and_measure(job, job.work, dataset, device, send)


def _train_and_measure(job: Job, work: Work, dataset: Dataset, device: str, send: Callable[[Message], None]) -> None:
    from runs.training.prepared import prepare
    from runs.training.steps import quicken
    from runs.training.trainer import Trainer, build_fresh, load_weights

    data = prepare(dataset, work.spec, device)
    give_memory_back()
    for epoch, weights in (job.snapshots or {}).items():
        net = build_fresh(work.spec, len(data.palette)).to(device)
        load_weights(net, weights)
        _measure(work, epoch, net, data, send)
    for start, until in work.legs:
        trainer = Trainer(work.spec, data, job.state if start else None, start)
        parameters = sum(parameter.numel() for parameter in trainer.net.parameters())
        steps = quicken(trainer)
        while trainer.epoch < until:
            row = trainer.train_epoch()
            if not row.finite and trainer.epoch <= work.start:
                raise TrainingError(
                    f"Expected epoch {trainer.epoch}, trained again for its weights, to have a loss as the stored one "
                    "has, but it is no number. The stored run stays. Set it aside by moving its folder away, and "
                    "train it anew on this machine."
                )
            uncaptured = steps.failure if steps else ""
            send(EpochDone(row, trainer.arrays(), trainer.picture(), parameters, uncaptured))
            if not row.finite:
                return
            if trainer.epoch in work.probes and trainer.epoch not in (job.snapshots or {}):
                _measure(work, trainer.epoch, trainer.net, data, send)


def _measure(work: Work, epoch: int, net: Any, data: Any, send: Callable[[Message], None]) -> None:
    from runs.probes import measure
    from runs.probes.context import Context

    net.eval()
    for name in work.probes.get(epoch, ()):
        give_memory_back()
        start = time.perf_counter()
        probed = measure(name, Context(work.spec, epoch, net, data))
        send(ProbeDone(name, epoch, probed.arrays, probed.notes, time.perf_counter() - start))


def begin_process(pipe: Connection, serve: Callable[[Connection, Dataset, str], None], device: str) -> None:
    """Start a worker process: the first message through the pipe is the pictures."""
    try:
        dataset = pipe.recv()
    except (EOFError, OSError):  # the engine's process is gone
        return
    serve(pipe, dataset, device)


def settle_process() -> None:
    """What every worker sets before its first job, whichever engine started it: one thread of arithmetic, torch's and
    numpy's, so that the bits do not depend on where and beside how many others a run is trained, and no worker takes
    another's core; on a GPU convolutions in float32, as on the CPU, and the same ones each time.
    """
    import torch
    from threadpoolctl import threadpool_limits

    torch.set_num_threads(1)
    threadpool_limits(1)
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.deterministic = True


def serve_jobs(pipe: Connection, dataset: Dataset, device: str) -> None:
    """Run a worker process: take jobs from the pipe until it is closed.

    Interrupts are the engine's to handle; when the engine's process dies, so does this one.
    """
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    settle_process()
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=end_with, args=(parent.sentinel,), daemon=True).start()
    while True:
        try:
            job = pipe.recv()
        except (EOFError, ConnectionResetError):
            return
        try:
            pipe.send(find_outcome(job, dataset, device, pipe.send))
        except (BrokenPipeError, ConnectionResetError):
            return
        release_memory(device)


def release_memory(device: str) -> None:
    """Free what a run held on a GPU, which other workers share; a captured step is in a cycle of references."""
    if device == "cuda":
        import torch

        gc.collect()
        torch.cuda.empty_cache()


def find_outcome(job: Job, dataset: Dataset, device: str, send: Callable[[Message], None]) -> JobDone:
    """Do a job and return how it ended; the failure of one is its traceback."""
    try:
        work_on(job, dataset, device, send)
    except (BrokenPipeError, ConnectionResetError):
        raise
    except Exception as error:
        return JobDone(traceback.format_exc(limit=-6), is_out_of_memory(error))
    return JobDone()


def end_with(sentinel: int) -> None:
    """Ends this process when another does."""
    import os
    import signal

    wait([sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
