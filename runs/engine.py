"""Work in, stored runs out: local processes, one run each, the longest first; progress as events.

Workers compute and send; this process alone writes to the store. A worker that dies costs its run one retry
from the last stored epoch; a run that fails leaves the others going.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

import numpy as np

from runs import events
from runs.catalogue import DATA_PROBES, RUN_PROBES, Goal
from runs.dataset import Dataset
from runs.environment import environment
from runs.plan import Plan, Work, plan, remaining
from runs.spec import RECIPE
from runs.store import DATA, Store, Stored
from runs.worker import EpochDone, Job, JobDone, ProbeDone, serve

Listener = Callable[[events.Event], None]

#: Freed memory is kept in the process rather than given back and asked for again, and lies in large pages where
#: the kernel has them: about a tenth faster, more with small batches.
KEEP_MEMORY = {
    "MALLOC_TRIM_THRESHOLD_": "1000000000",
    "MALLOC_MMAP_THRESHOLD_": "1000000000",
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}
#: How often a run is taken up again after its worker died.
RETRIES = 1
#: Seconds that workers get to end, all of them together.
PATIENCE = 3.0


@dataclass(eq=False)
class Seat:
    """One worker process and what it is at."""

    process: BaseProcess
    pipe: Connection
    goal: Goal | None = None
    work: Work | None = None
    stored: Stored | None = None
    busy: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of the work: reasons by run that failed, and runs that diverged."""

    failed: dict[str, str]
    diverged: tuple[str, ...]


class Engine:
    """Trains and measures what is left of some goals.

    Args:
        store: where results go.
        dataset: what to train on.
        workers: processes side by side.
        device: "cpu", "cuda" or "mps".
        device_name: for the records.
        listen: gets every event.
    """

    def __init__(
        self,
        store: Store,
        dataset: Dataset,
        workers: int,
        device: str = "cpu",
        device_name: str = "",
        listen: Listener = lambda event: None,
    ) -> None:
        self.store, self.dataset, self.workers, self.device = store, dataset, workers, device
        self.environment = environment(device, device_name)
        self.listen = listen
        self.failed: dict[str, str] = {}
        self.diverged: list[str] = []
        self.tries: dict[str, int] = {}

    def run(self, goals: Sequence[Goal]) -> Outcome:
        """Does what is left of the goals; returns when all is stored or has failed.

        Raises:
            StoreError: the store cannot be written to. What was stored stays.
        """
        self._set_damaged_aside(goals)
        todo = plan(self.store, goals, len(self.dataset.train))
        if not todo.empty:
            self._run(todo, {goal.spec.id: goal for goal in goals})
        return Outcome(self.failed, tuple(self.diverged))

    def _set_damaged_aside(self, goals: Sequence[Goal]) -> None:
        for run in (DATA, *(goal.spec.id for goal in goals)):
            for path in self.store.damaged(run):
                self.listen(events.SetAside(run, str(self.store.set_aside(path))))

    def _run(self, todo: Plan, goals: dict[str, Goal]) -> None:
        queue: deque[Work | tuple[str, ...]] = deque(todo.works)
        if todo.data_probes:
            queue.append(todo.data_probes)
        seats: list[Seat] = []
        try:
            for _ in range(min(self.workers, len(queue))):
                seats.append(self._open_seat())
            for seat in seats:
                self._give(seat, queue, goals)
            while any(seat.busy for seat in seats):
                ready = set(wait([seat.pipe for seat in seats if seat.busy]))
                for seat in [seat for seat in seats if seat.pipe in ready]:
                    try:
                        message = seat.pipe.recv()
                    except (EOFError, OSError):  # its worker died, maybe in the middle of a message
                        seats[seats.index(seat)] = self._replace(seat, queue)
                    else:
                        if isinstance(message, JobDone) and message.out_of_memory and len(seats) > 1:
                            seats.remove(seat)
                            self._put_back(seat, queue, len(seats))
                        else:
                            self._take(seat, message)
                    for free in [seat for seat in seats if not seat.busy]:
                        self._give(free, queue, goals)
        finally:
            close(seats)

    def _open_seat(self) -> Seat:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=serve, args=(theirs, self.dataset, self.device), daemon=True)
        with environment_set(KEEP_MEMORY), interrupts_held():
            process.start()
        theirs.close()
        return Seat(process, ours)

    def _give(self, seat: Seat, queue: deque[Work | tuple[str, ...]], goals: dict[str, Goal]) -> None:
        """The next piece of work to a worker that is free."""
        seat.goal = seat.work = seat.stored = None
        seat.busy = bool(queue)
        if not queue:
            return
        piece = queue.popleft()
        if isinstance(piece, tuple):
            send(seat.pipe, Job(None, data_probes=piece))
            return
        run = piece.spec.id
        stored = self.store.state(run)
        snapshots = {}
        for epoch in piece.probes:
            if epoch <= piece.start and not piece.retrace:
                weights = self.store.snapshot(run, epoch)
                if weights is None:  # damaged: its weights have to be trained once more
                    piece = replace(piece, retrace=epoch, until=max(piece.until, epoch))
                else:
                    snapshots[epoch] = weights
        if piece.retrace:
            snapshots = {}
        seat.goal, seat.work, seat.stored = goals[run], piece, stored
        state = None if stored is None else {k: v for k, v in stored.arrays.items() if k != "pictures"}
        send(seat.pipe, Job(piece, state, snapshots))
        self.listen(events.Started(piece.spec, piece.until - piece.epochs, piece.until))

    def _take(self, seat: Seat, message: Any) -> None:
        """A worker's message: what it brings is stored, and told."""
        if isinstance(message, EpochDone) and seat.work is not None:
            self._store_epoch(seat, seat.work, message)
        elif isinstance(message, ProbeDone):
            run = seat.work.spec.id if seat.work else DATA
            version = RUN_PROBES[message.name] if seat.work else DATA_PROBES[message.name]
            record = {
                "run": run,
                "name": message.name,
                "epoch": message.epoch,
                "version": version,
                "seconds": message.seconds,
                "notes": dict(message.notes),
                "environment": self.environment,
            }
            self.store.save_probe(run, message.name, message.epoch, record, message.arrays)
            self.listen(events.Probed(run, message.name, message.epoch, message.seconds))
        elif isinstance(message, JobDone):
            seat.busy = False
            if message.failure:
                self._fail(seat.work.spec.id if seat.work else DATA, message.failure)
            else:
                self._finish(seat)

    def _store_epoch(self, seat: Seat, work: Work, message: EpochDone) -> None:
        row, run = message.row, work.spec.id
        if row.epoch in work.keep and row.finite:
            weights = {name: array for name, array in message.arrays.items() if not name.startswith("optimizer.")}
            self.store.save_snapshot(run, row.epoch, weights)
        if seat.stored is None or row.epoch > len(seat.stored.record["rows"]):
            seat.stored = self._grown(seat.stored, work, message)
            self.store.save(run, seat.stored)
        seconds = row.train_seconds + row.val_seconds
        rate = len(self.dataset.train) / row.train_seconds if row.train_seconds else 0.0
        self.listen(events.Trained(work.spec, row.epoch, row.train_loss, row.val_accuracy, seconds, rate))

    def _grown(self, stored: Stored | None, work: Work, message: EpochDone) -> Stored:
        """What is stored of a run, with one more epoch."""
        rows = [] if stored is None else list(stored.record["rows"])
        segments = [] if stored is None else list(stored.record["segments"])
        pictures = message.picture[None]
        if stored is not None and len(stored.arrays["pictures"]):
            pictures = np.concatenate([stored.arrays["pictures"], pictures])
        if message.uncaptured and not (segments and segments[-1].get("uncaptured")):
            self.listen(events.FellBack(work.spec.id, message.uncaptured))
        here = (self.environment, os.getpid(), message.uncaptured)
        last = segments[-1] if segments else None
        if last is None or (last["environment"], last["pid"], last.get("uncaptured", "")) != here:
            segments.append(
                {
                    "from_epoch": message.row.epoch,
                    "started": datetime.now(UTC).isoformat(timespec="seconds"),
                    "pid": os.getpid(),
                    "workers": self.workers,
                    "environment": self.environment,
                    "uncaptured": message.uncaptured,
                }
            )
        record = {
            "spec": work.spec.model_dump(),
            "recipe": RECIPE,
            "parameters": message.parameters,
            "rows": [*rows, asdict(message.row)],
            "segments": segments,
            "diverged": not message.row.finite,
        }
        return Stored(record, {**message.arrays, "pictures": pictures})

    def _replace(self, seat: Seat, queue: deque[Work | tuple[str, ...]]) -> Seat:
        """A new worker for one that died; its run is taken up again, once."""
        seat.process.join(5)
        code = seat.process.exitcode
        run = seat.work.spec.id if seat.work else DATA
        killed = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        epochs = len(seat.stored.record["rows"]) if seat.stored else 0
        reason = f"its worker ended by {killed} after epoch {epochs}"
        self.tries[run] = self.tries.get(run, 0) + 1
        left = self._left(seat)
        if not left:
            self._finish(seat)
        elif self.tries[run] > RETRIES:
            self._fail(run, f"{reason}, {self.tries[run]} times")
        else:
            queue.appendleft(left)
            self.listen(events.Retried(run, reason))
        close([seat])
        return self._open_seat()

    def _put_back(self, seat: Seat, queue: deque[Work | tuple[str, ...]], workers: int) -> None:
        """Memory ran out: one run fewer at once, never a smaller batch. What is left of this one comes next."""
        close([seat])
        self.listen(events.Crowded(seat.work.spec.id if seat.work else DATA, workers))
        left = self._left(seat)
        if left:
            queue.appendleft(left)
        else:
            self._finish(seat)

    def _left(self, seat: Seat) -> Work | tuple[str, ...] | None:
        """What a worker left undone of its piece of work."""
        if seat.goal is None:
            return plan(self.store, (), len(self.dataset.train)).data_probes
        return remaining(self.store, seat.goal)

    def _finish(self, seat: Seat) -> None:
        if seat.work is not None:
            diverged = bool(seat.stored and seat.stored.record["diverged"])
            if diverged:
                self.diverged.append(seat.work.spec.id)
            self.listen(events.Finished(seat.work.spec, diverged))

    def _fail(self, run: str, reason: str) -> None:
        self.failed[run] = reason
        self.listen(events.Failed(run, reason))


def send(pipe: Connection, job: Job) -> None:
    """A job to a worker. One that has died is found out on receiving, as all are."""
    with suppress(BrokenPipeError, ConnectionResetError):
        pipe.send(job)


def close(seats: Sequence[Seat]) -> None:
    """Ends workers: at once, for they hold nothing that is not stored. One that hangs is killed."""
    for seat in seats:
        seat.pipe.close()
        seat.process.terminate()
    patience = time.monotonic() + PATIENCE
    for seat in seats:
        seat.process.join(max(0.0, patience - time.monotonic()))
        if seat.process.is_alive():
            seat.process.kill()
            seat.process.join()


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


@contextmanager
def environment_set(variables: dict[str, str]) -> Iterator[None]:
    """Environment variables for the processes that are started inside; the user's own values win."""
    ours = {name: value for name, value in variables.items() if name not in os.environ}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name in ours:
            os.environ.pop(name, None)
