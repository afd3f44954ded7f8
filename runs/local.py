"""Jobs in, messages out: worker processes on this machine, a fresh one for each job, a pipe to each.

They are forked from a server that has imported torch once, and so begin in no time; one that has done its job ends, and
what it held ends with it, so that memory is that of one run however many there are.
"""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from runs.crew import KEEP_MEMORY, Lost, environment_set
from runs.dataset import Dataset
from runs.worker import Job, Message, serve

#: Whether this system can fork.
FORKS = "forkserver" in multiprocessing.get_all_start_methods()
#: Seconds that workers get to end, all of them together.
PATIENCE = 3.0


#: What the server imports before it forks: nothing in there starts a thread or touches a device.
PRELOADED = ["torch", "torch._dynamo", "runs.train", "runs.worker", "runs.probes"]


@dataclass(eq=False)
class Seat:
    """One worker process.

    Attributes:
        used: whether it has been given a job.
    """

    process: BaseProcess
    pipe: Connection
    used: bool = False


class Local:
    """Spawned processes; see :class:`runs.crew.Crew`.

    Args:
        dataset: what to train on; each process gets a copy.
        device: "cpu", "cuda" or "mps".
    """

    def __init__(self, dataset: Dataset, device: str = "cpu") -> None:
        self.dataset, self.device = dataset, device

    def open(self) -> Seat:
        """A new process."""
        context: Any = multiprocessing.get_context("forkserver" if FORKS else "spawn")
        if FORKS:
            context.set_forkserver_preload(PRELOADED)
        ours, theirs = context.Pipe()
        process = context.Process(target=serve, args=(theirs, self.dataset, self.device), daemon=True)
        with environment_set(KEEP_MEMORY), interrupts_held():
            process.start()
        theirs.close()
        return Seat(process, ours)

    def give(self, seat: Seat, job: Job) -> None:
        """A job through the pipe, to a process that has had none."""
        if seat.used:
            self.close([seat])
            fresh = self.open()
            seat.process, seat.pipe = fresh.process, fresh.pipe
        seat.used = True
        with suppress(BrokenPipeError, ConnectionResetError):
            seat.pipe.send(job)

    def receive(self, seats: Sequence[Seat]) -> Iterator[tuple[Seat, Message | Lost]]:
        """A message of each process that has sent one or has died."""
        ready = set(wait([seat.pipe for seat in seats]))
        for seat in [seat for seat in seats if seat.pipe in ready]:
            try:
                message = seat.pipe.recv()
            except (EOFError, OSError):  # its worker died, maybe in the middle of a message
                message = lost(seat.process)
            yield seat, message

    def close(self, seats: Sequence[Seat]) -> None:
        """Ends processes; one that hangs is killed."""
        for seat in seats:
            seat.pipe.close()
            seat.process.terminate()
        patience = time.monotonic() + PATIENCE
        for seat in seats:
            seat.process.join(max(0.0, patience - time.monotonic()))
            if seat.process.is_alive():
                seat.process.kill()
                seat.process.join()


def lost(process: BaseProcess) -> Lost:
    """How a process ended."""
    process.join(5)
    code = process.exitcode
    return Lost("worker ended by " + (f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"))


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Processes that are started inside never see an interrupt from the terminal; this one sees it afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
