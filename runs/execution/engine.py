"""The engine: it assigns what is left of some goals to workers, the longest run first, stores what they send and
reports its progress as events.

Workers compute, here or on a cluster (:mod:`runs.execution.pool`); this process alone writes to the store. When a
worker dies, its run is tried once more from the last stored epoch; when a run fails, the others go on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from runs.data.dataset import Dataset
from runs.environment import describe_environment
from runs.errors import DamagedError
from runs.execution import events
from runs.execution.append_epoch import append_epoch
from runs.execution.local import LocalPool
from runs.execution.plan import DataWork, Plan, Work, estimate_remaining, list_missing_data_probes
from runs.execution.pool import Pool, WorkerLost
from runs.execution.survey import set_aside, survey_store
from runs.execution.worker import Began, EpochDone, Job, JobDone, Message, ProbeDone
from runs.specs.catalogue import Goal
from runs.specs.probe_outputs import DATA_PROBES, RUN_PROBES
from runs.storage.store import DATA, Store, Stored

Listener = Callable[[events.Event], None]
Queue = deque[Work | DataWork]

#: How often a run is taken up again after its worker died.
RETRIES = 1
#: How often it is taken up again after the machine under its worker went away, without one new epoch in between: a
#: run is not to blame for that, but one that takes every machine down with it has to end.
NODE_RETRIES = 3


@dataclass(eq=False)
class Assignment:
    """The work that is assigned to one slot of the pool.

    Attributes:
        slot: the slot, as the pool knows it.
        environment: the worker's versions and device, for the records.
        goal, work: the run's goal and what is left of it; None for probes on the pictures.
        stored: what is stored of the run.
        busy: whether a job is unfinished.
        reached: the last epoch received; 0 before the first.
    """

    slot: Any
    environment: Mapping[str, Any]
    goal: Goal | None = None
    work: Work | None = None
    stored: Stored | None = None
    busy: bool = False
    reached: int = 0

    @property
    def run(self) -> str:
        """The id of the run; "data" for probes on the pictures."""
        return self.work.spec.id if self.work else DATA

    @property
    def epochs(self) -> int:
        """Epochs of the run that are stored."""
        return len(self.stored.record["rows"]) if self.stored else 0


@dataclass(frozen=True)
class Outcome:
    """How the work ended: the reason for each run that failed, and the runs that diverged."""

    failed: dict[str, str]
    diverged: tuple[str, ...]


class Engine:
    """Trains and measures what is left of some goals.

    Args:
        store: where results go.
        dataset: what to train on.
        workers: runs side by side.
        device: "cpu" or "cuda".
        device_name: for the records.
        listen: called with every event.
        pool: the workers; processes of this machine when None.
    """

    def __init__(
        self,
        store: Store,
        dataset: Dataset,
        workers: int,
        device: str = "cpu",
        device_name: str = "",
        listen: Listener = lambda event: None,
        pool: Pool[Any] | None = None,
    ) -> None:
        self.store, self.dataset, self.workers = store, dataset, workers
        self.environment = describe_environment(device, device_name)
        self.pool: Pool[Any] = pool or LocalPool(dataset, device)
        self.listen = listen
        self.failed: dict[str, str] = {}
        self.diverged: list[str] = []
        self.tries: dict[str, int] = {}
        self.nodes_lost: dict[str, int] = {}
        self.fell_back: set[str] = set()

    def run(self, goals: Sequence[Goal], todo: Plan | None = None) -> Outcome:
        """Does what is left of the goals; returns when all is stored or has failed.

        Args:
            goals: what is wanted.
            todo: what :func:`runs.execution.survey.survey_store` found to be left; looked for here when not given.

        Raises:
            StoreError: the store cannot be written to. What was stored stays.
        """
        todo = todo or survey_store(self.store, goals, len(self.dataset.train), self.listen)
        if not todo.empty:
            self._run(todo, {goal.spec.id: goal for goal in goals})
        return Outcome(self.failed, tuple(self.diverged))

    def _run(self, todo: Plan, goals: dict[str, Goal]) -> None:
        queue: Queue = deque(todo.works)
        if todo.data_probes:
            queue.append(DataWork(todo.data_probes))
        assignments: list[Assignment] = []
        try:
            for _ in range(min(self.workers, len(queue))):
                assignments.append(Assignment(self.pool.open(), self.environment))
            for assignment in assignments:
                self._assign(assignment, queue, goals)
            while any(assignment.busy for assignment in assignments):
                by_slot = {assignment.slot: assignment for assignment in assignments if assignment.busy}
                for slot, message in self.pool.receive(list(by_slot)):
                    assignment = by_slot[slot]
                    if isinstance(message, WorkerLost):
                        self._retry(assignment, message, queue)
                        assignments[assignments.index(assignment)] = self._replace_worker(assignment)
                    elif isinstance(message, JobDone) and message.out_of_memory and len(assignments) > 1:
                        assignments.remove(assignment)
                        self._requeue(assignment, queue, len(assignments))
                    else:
                        self._handle(assignment, message)
                    for free in [assignment for assignment in assignments if not assignment.busy]:
                        self._assign(free, queue, goals)
        finally:
            self.pool.close([assignment.slot for assignment in assignments])

    def _assign(self, assignment: Assignment, queue: Queue, goals: dict[str, Goal]) -> None:
        """Submit the next piece of work to a worker that is free."""
        assignment.goal = assignment.work = assignment.stored = None
        assignment.busy, assignment.reached = False, 0
        while queue and not assignment.busy:
            piece = queue.popleft()
            if isinstance(piece, DataWork):
                self.pool.submit(assignment.slot, Job(None, data_probes=piece.probes))
                assignment.busy = True
            else:
                self._assign_run(assignment, piece, goals[piece.spec.id])

    def _assign_run(self, assignment: Assignment, planned: Work, goal: Goal) -> None:
        """Submit what is left of a run with what is stored of it; nothing is submitted when nothing is left."""
        run = planned.spec.id
        stored = self._read_stored(run)
        piece: Work | None = planned
        if (len(stored.record["rows"]) if stored else 0) != planned.start:  # changed since it was planned
            piece = estimate_remaining(self.store, goal)
        if piece is None:
            self.listen(events.Finished(planned.spec, bool(stored and stored.record["diverged"])))
            return
        snapshots = {}
        for epoch in piece.probes:
            if epoch <= piece.start:
                weights = self.store.snapshot(run, epoch)
                if weights is None:  # lost or damaged: its weights have to be trained once more
                    piece = replace(piece, retrace=max(piece.retrace, epoch), keep=piece.keep | {epoch})
                else:
                    snapshots[epoch] = weights
        assignment.goal, assignment.work, assignment.stored, assignment.busy = goal, piece, stored, True
        state = None if stored is None else {k: v for k, v in stored.arrays.items() if k != "pictures"}
        self.pool.submit(assignment.slot, Job(piece, state, snapshots))
        self.listen(events.Started(piece.spec, *piece.ends))

    def _read_stored(self, run: str) -> Stored | None:
        """Read what is stored of a run; files that were damaged since it was planned are set aside."""
        try:
            return self.store.state(run)
        except DamagedError:
            set_aside(self.store, run, self.listen)
            return None

    def _handle(self, assignment: Assignment, message: Message) -> None:
        """Store what a message of a worker contains, and report it as an event."""
        if isinstance(message, Began):
            assignment.environment = message.environment
        elif isinstance(message, EpochDone) and assignment.work is not None:
            self._store_epoch(assignment, assignment.work, message)
        elif isinstance(message, ProbeDone):
            run = assignment.run
            version = RUN_PROBES[message.name] if assignment.work else DATA_PROBES[message.name]
            record = {
                "version": version,
                "seconds": message.seconds,
                "notes": dict(message.notes),
                "environment": dict(assignment.environment),
            }
            self.store.save_probe(run, message.name, message.epoch, record, message.arrays)
            self.listen(events.Probed(run, message.name, message.epoch, message.seconds))
        elif isinstance(message, JobDone):
            assignment.busy = False
            if message.failure:
                self._fail(assignment.run, message.failure)
            else:
                self._finish(assignment)

    def _store_epoch(self, assignment: Assignment, work: Work, message: EpochDone) -> None:
        row, run = message.row, work.spec.id
        assignment.reached = row.epoch
        if row.epoch in work.keep and row.finite:
            weights = {name: array for name, array in message.arrays.items() if not name.startswith("optimizer.")}
            self.store.save_snapshot(run, row.epoch, weights)
        if message.uncaptured and run not in self.fell_back:
            self.fell_back.add(run)
            self.listen(events.FellBack(run, message.uncaptured))
        if assignment.stored is None or row.epoch > len(assignment.stored.record["rows"]):
            assignment.stored = append_epoch(
                assignment.stored, work.spec, message, assignment.environment, self.workers
            )
            self.store.save(run, assignment.stored)
            self.nodes_lost.pop(run, None)
        seconds = row.train_seconds + row.val_seconds
        rate = len(self.dataset.train) / row.train_seconds if row.train_seconds else 0.0
        self.listen(events.Trained(work.spec, row.epoch, row.train_loss, row.val_accuracy, seconds, rate))

    def _retry(self, assignment: Assignment, lost: WorkerLost, queue: Queue) -> None:
        """Put the run of a lost worker at the head of the queue, unless that has happened too often."""
        run, tries = assignment.run, self.nodes_lost if lost.node else self.tries
        tries[run] = tries.get(run, 0) + 1
        reason = f"its {lost.reason} after epoch {assignment.reached or assignment.epochs}"
        left = self._find_remaining(assignment)
        if not left:
            self._finish(assignment)
        elif tries[run] > (NODE_RETRIES if lost.node else RETRIES):
            self._fail(run, f"{reason}, {tries[run]} times")
        else:
            queue.appendleft(left)
            self.listen(events.Retried(run, reason))

    def _replace_worker(self, assignment: Assignment) -> Assignment:
        self.pool.close([assignment.slot])
        return Assignment(self.pool.open(), self.environment)

    def _requeue(self, assignment: Assignment, queue: Queue, workers: int) -> None:
        """After memory ran out, go on with one run fewer side by side, never with a smaller batch; what is left of this
        run is at the head of the queue.
        """
        self.pool.close([assignment.slot])
        self.listen(events.Crowded(assignment.run, workers))
        left = self._find_remaining(assignment)
        if left:
            queue.appendleft(left)
        else:
            self._finish(assignment)

    def _find_remaining(self, assignment: Assignment) -> Work | DataWork | None:
        """What is left of a piece of work whose worker is lost."""
        if assignment.goal is not None:
            return estimate_remaining(self.store, assignment.goal)
        probes = list_missing_data_probes(self.store)
        return DataWork(probes) if probes else None

    def _finish(self, assignment: Assignment) -> None:
        if assignment.work is not None:
            diverged = bool(assignment.stored and assignment.stored.record["diverged"])
            if diverged:
                self.diverged.append(assignment.work.spec.id)
            self.listen(events.Finished(assignment.work.spec, diverged))

    def _fail(self, run: str, reason: str) -> None:
        self.failed[run] = reason
        self.listen(events.Failed(run, reason))
