"""Jobs in, messages out: worker processes on this machine, a pipe to each.

They are forked from a server that has imported torch once, and so begin in no time; one that has done its job ends, and
what it held ends with it, so that memory is that of one run however many there are. On a GPU, where each process has to
set up the device for itself, one that has done its job well gets the next.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from runs.data.dataset import Dataset
from runs.execution.pool import KEEP_MEMORY, Lost, set_environment
from runs.execution.worker import Job, JobDone, Message, begin_process, serve_jobs

#: Whether this system can fork.
FORKS = "forkserver" in multiprocessing.get_all_start_methods()
#: Seconds that workers get to end, all of them together.
PATIENCE = 3.0
#: How often it is tried to begin a process, and seconds between.
BEGINNINGS, PAUSE = 5, 0.5


#: What the server imports before it forks: nothing in there starts a thread or touches a device.
PRELOADED = [
    "torch",
    "torch._dynamo",
    "runs.training.trainer",
    "runs.execution.worker",
    "runs.training.steps",
    "runs.probes",
]
#: What it compiles before it forks, for steps on the CPU.
COMPILED = ["models.fused"]


@dataclass(eq=False)
class Seat:
    """One worker process.

    Attributes:
        process: None when it could not even be begun.
        spent: whether another job takes another process.
    """

    process: BaseProcess | None
    pipe: Connection
    spent: bool = False


class Local:
    """Spawned processes; see :class:`runs.execution.pool.Crew`.

    Args:
        dataset: what to train on; each process gets a copy.
        device: "cpu" or "cuda".
    """

    def __init__(self, dataset: Dataset, device: str = "cpu") -> None:
        self.dataset, self.device = dataset, device

    def open(self) -> Seat:
        """A new process. The pictures go through the pipe, which tells of a process that dies while it takes them:
        what a process is begun with is written to where nobody may be left to read, and to wait there has no end.

        It is tried some times, for the server that forks may be dying just now, and each time with a pipe of its own,
        for it may have forked before it died.
        """
        for again in reversed(range(BEGINNINGS)):
            seat = self._begin()
            if seat.process is not None or not again:
                break
            seat.pipe.close()
            time.sleep(PAUSE)
        with suppress(BrokenPipeError, ConnectionResetError):
            seat.pipe.send(self.dataset)
        return seat

    def _begin(self) -> Seat:
        context: Any = multiprocessing.get_context("forkserver" if FORKS else "spawn")
        if FORKS:
            context.set_forkserver_preload(PRELOADED + (COMPILED if self.device == "cpu" else []))
        ours, theirs = context.Pipe()
        process = context.Process(target=begin_process, args=(theirs, serve_jobs, self.device), daemon=True)
        try:
            with set_environment(KEEP_MEMORY), leave_main_out():
                if FORKS:
                    with hold_interrupts():  # what it forks is deaf to them too
                        forkserver.ensure_running()
                    process.start()  # may wait until the server has imported what it needs: heeds interrupts
                else:
                    with hold_interrupts():
                        process.start()
        except (OSError, EOFError):  # it was killed at once, or the server that forks was
            process = None
        theirs.close()
        return Seat(process, ours)

    def give(self, seat: Seat, job: Job) -> None:
        """A job through the pipe, to a process that has had none, or that is good for more."""
        if seat.spent:
            self.close([seat])
            fresh = self.open()
            seat.process, seat.pipe = fresh.process, fresh.pipe
        seat.spent = self.device == "cpu"
        with suppress(BrokenPipeError, ConnectionResetError):
            seat.pipe.send(job)

    def receive(self, seats: Sequence[Seat]) -> Iterator[tuple[Seat, Message | Lost]]:
        """A message of each process that has sent one or has died."""
        ready = set(wait([seat.pipe for seat in seats]))
        for seat in [seat for seat in seats if seat.pipe in ready]:
            try:
                message = seat.pipe.recv()
            except (EOFError, OSError):  # its worker died, maybe in the middle of a message
                message = describe_lost(seat.process)
            seat.spent |= isinstance(message, JobDone) and bool(message.failure)  # a device may stay in its error
            yield seat, message

    def close(self, seats: Sequence[Seat]) -> None:
        """Ends processes; one that hangs is killed."""
        for seat in seats:
            seat.pipe.close()
        processes = [seat.process for seat in seats if seat.process is not None]
        for process in processes:
            process.terminate()
        patience = time.monotonic() + PATIENCE
        for process in processes:
            process.join(max(0.0, patience - time.monotonic()))
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


def describe_lost(process: BaseProcess | None) -> Lost:
    """How a process ended."""
    if process is None:
        return Lost("worker could not be begun")
    process.join(5)
    code = process.exitcode
    return Lost("worker ended by " + (f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"))


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
