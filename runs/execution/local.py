"""A pool of worker processes on this machine, each with a pipe to the engine.

They are forked from a server that has imported torch once, and so start quickly. On the CPU a process ends after one
job and its memory is freed with it. On a GPU, where each process has to set up the device for itself, a process whose
job succeeded gets the next one.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from runs.data.dataset import Dataset
from runs.execution.pool import KEEP_MEMORY, WorkerLost, set_environment
from runs.execution.worker import Job, JobDone, Message, begin_process, serve_jobs
from runs.specs.probe_outputs import ALL_PROBES

#: Whether this system can fork.
FORKS = "forkserver" in multiprocessing.get_all_start_methods()
#: Seconds in which all workers have to end before they are killed.
END_TIMEOUT = 3.0
#: How often starting a process is attempted, and the seconds between two attempts.
START_ATTEMPTS, START_PAUSE = 5, 0.5

Serve = Callable[[Connection, Dataset, str], None]

#: What the server imports before it forks: nothing in there starts a thread or touches a device.
PRELOADED = [
    "torch",
    "torch._dynamo",
    "runs.training.trainer",
    "runs.execution.worker",
    "runs.training.steps",
    *(f"runs.probes.{name}" for name in ALL_PROBES),
]
#: What it compiles before it forks, for steps on the CPU.
COMPILED = ["models.fused"]


@dataclass(eq=False)
class Slot:
    """A place in the pool for one worker process at a time.

    Attributes:
        process: the process; None when it could not be started.
        pipe: the connection to it.
        spent: whether the next job needs a new process.
    """

    process: BaseProcess | None
    pipe: Connection
    spent: bool = False


class LocalPool:
    """Processes that are forked, or spawned where a system cannot fork; see :class:`runs.execution.pool.Pool`.

    Args:
        dataset: what to train on; each process gets a copy.
        device: "cpu" or "cuda".
        serve: what each process does with its end of the pipe; None for taking jobs.
    """

    def __init__(self, dataset: Dataset, device: str = "cpu", serve: Serve | None = None) -> None:
        self.dataset, self.device, self.serve = dataset, device, serve or serve_jobs

    def open(self) -> Slot:
        """Start a process. The pictures are sent through the pipe, where the death of the process is noticed; an
        argument of the process would be written to a pipe that may have no reader, and that write would never end.

        Starting is attempted several times, because the server that forks may be ending, each time with a new pipe,
        because the server may have forked before it ended.
        """
        for again in reversed(range(START_ATTEMPTS)):
            slot = self._start_process()
            if slot.process is not None or not again:
                break
            slot.pipe.close()
            time.sleep(START_PAUSE)
        with suppress(BrokenPipeError, ConnectionResetError):
            slot.pipe.send(self.dataset)
        return slot

    def _start_process(self) -> Slot:
        context: Any = multiprocessing.get_context("forkserver" if FORKS else "spawn")
        if FORKS:
            context.set_forkserver_preload(PRELOADED + (COMPILED if self.device == "cpu" else []))
        ours, theirs = context.Pipe()
        process = context.Process(target=begin_process, args=(theirs, self.serve, self.device), daemon=True)
        try:
            with set_environment(KEEP_MEMORY), leave_main_out():
                if FORKS:
                    with hold_interrupts():  # processes that it forks inherit this
                        forkserver.ensure_running()
                    process.start()  # may wait until the server has imported what it needs: heeds interrupts
                else:
                    with hold_interrupts():
                        process.start()
        except (OSError, EOFError):  # it was killed at once, or the server that forks was
            process = None
        theirs.close()
        return Slot(process, ours)

    def submit(self, slot: Slot, job: Job) -> None:
        """Send a job through the pipe, to a new process where the last one is spent."""
        if slot.spent:
            self.close([slot])
            fresh = self.open()
            slot.process, slot.pipe = fresh.process, fresh.pipe
        slot.spent = self.device == "cpu"
        with suppress(BrokenPipeError, ConnectionResetError):
            slot.pipe.send(job)

    def receive(self, slots: Sequence[Slot]) -> Iterator[tuple[Slot, Message | WorkerLost]]:
        """Wait for messages; yield one of each process that has sent one or has died."""
        ready = set(wait([slot.pipe for slot in slots]))
        for slot in [slot for slot in slots if slot.pipe in ready]:
            try:
                message = slot.pipe.recv()
            except (EOFError, OSError):  # its worker died, maybe in the middle of a message
                message = describe_lost(slot.process)
            # an error of a GPU may persist in its process
            slot.spent |= isinstance(message, JobDone) and bool(message.failure)
            yield slot, message

    def close(self, slots: Sequence[Slot]) -> None:
        """End the processes; one that does not end in time is killed."""
        for slot in slots:
            slot.pipe.close()
        processes = [slot.process for slot in slots if slot.process is not None]
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + END_TIMEOUT
        for process in processes:
            process.join(max(0.0, deadline - time.monotonic()))
            if process.is_alive():
                process.kill()
                process.join()


@contextmanager
def leave_main_out() -> Iterator[None]:
    """A process that is begun inside does not import the script that this one runs: a worker needs nothing of it, and
    a script that was changed meanwhile, by an update say, would no longer fit what the server has imported.
    """
    main = vars(sys.modules["__main__"])
    names: dict[str, Any] = {name: main[name] for name in ("__file__", "__spec__") if name in main}
    main.pop("__file__", None)  # how a script is told to a new process
    main["__spec__"] = None  # how a module is, that was run by python -m
    try:
        yield
    finally:
        main.update(names)


def end_server() -> None:
    """Ends the server that forks workers, at once, even while it imports. The next worker begins another.

    The standard library ends it when the command is gone, but then only once it has imported all that it needs: where
    it has no attributes of the names below, that is how it ends here too.
    """
    if not FORKS:
        return
    server = getattr(forkserver, "_forkserver", None)
    pid, stop = getattr(server, "_forkserver_pid", None), getattr(server, "_stop", None)
    if pid is not None and stop is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        stop()


def describe_lost(process: BaseProcess | None) -> WorkerLost:
    """How a process ended."""
    if process is None:
        return WorkerLost("worker could not be started")
    process.join(5)
    code = process.exitcode
    if code is not None and code < 0:
        return WorkerLost(f"worker ended by signal {-code}")
    return WorkerLost(f"worker ended by exit code {code}")


@contextmanager
def hold_interrupts() -> Iterator[None]:
    """Processes that are started inside never see an interrupt from the terminal; this one sees it afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
