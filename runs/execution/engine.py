"""Work in, stored runs out: one run a worker, the longest first; progress as events.

Workers compute and send, wherever they are (:mod:`runs.execution.pool`); this process alone writes to the store. A
worker that dies costs its run one retry from the last stored epoch; a run that fails leaves the others going.
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
from runs.execution.local import Local
from runs.execution.plan import DataWork, Plan, Work, estimate_remaining, list_missing_data_probes
from runs.execution.pool import Crew, Lost
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
class Desk:
    """One seat of the crew, and what its worker is at.

    Attributes:
        seat: the crew's.
        environment: where its worker is, for the records.
        reached: the last epoch that came back; 0 before.
    """

    seat: Any
    environment: Mapping[str, Any]
    goal: Goal | None = None
    work: Work | None = None
    stored: Stored | None = None
    busy: bool = False
    reached: int = 0

    @property
    def run(self) -> str:
        """The id of the run at work; "data" for the pictures."""
        return self.work.spec.id if self.work else DATA

    @property
    def epochs(self) -> int:
        """Epochs of the run that are stored."""
        return len(self.stored.record["rows"]) if self.stored else 0


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
        workers: runs side by side.
        device: "cpu" or "cuda".
        device_name: for the records.
        listen: gets every event.
        crew: who works; processes of this machine unless told otherwise.
    """

    def __init__(
        self,
        store: Store,
        dataset: Dataset,
        workers: int,
        device: str = "cpu",
        device_name: str = "",
        listen: Listener = lambda event: None,
        crew: Crew[Any] | None = None,
    ) -> None:
        self.store, self.dataset, self.workers = store, dataset, workers
        self.environment = describe_environment(device, device_name)
        self.crew: Crew[Any] = crew or Local(dataset, device)
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
        desks: list[Desk] = []
        try:
            for _ in range(min(self.workers, len(queue))):
                desks.append(Desk(self.crew.open(), self.environment))
            for desk in desks:
                self._give(desk, queue, goals)
            while any(desk.busy for desk in desks):
                at = {desk.seat: desk for desk in desks if desk.busy}
                for seat, message in self.crew.receive(list(at)):
                    desk = at[seat]
                    if isinstance(message, Lost):
                        self._retry(desk, message, queue)
                        desks[desks.index(desk)] = self._replaced(desk)
                    elif isinstance(message, JobDone) and message.out_of_memory and len(desks) > 1:
                        desks.remove(desk)
                        self._put_back(desk, queue, len(desks))
                    else:
                        self._take(desk, message)
                    for free in [desk for desk in desks if not desk.busy]:
                        self._give(free, queue, goals)
        finally:
            self.crew.close([desk.seat for desk in desks])

    def _give(self, desk: Desk, queue: Queue, goals: dict[str, Goal]) -> None:
        """The next piece of work to a worker that is free."""
        desk.goal = desk.work = desk.stored = None
        desk.busy, desk.reached = False, 0
        while queue and not desk.busy:
            piece = queue.popleft()
            if isinstance(piece, DataWork):
                self.crew.give(desk.seat, Job(None, data_probes=piece.probes))
                desk.busy = True
            else:
                self._give_run(desk, piece, goals[piece.spec.id])

    def _give_run(self, desk: Desk, planned: Work, goal: Goal) -> None:
        """What is left of a run, and what is stored of it; nothing, when nothing is left any more."""
        run = planned.spec.id
        stored = self._stored(run)
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
        desk.goal, desk.work, desk.stored, desk.busy = goal, piece, stored, True
        state = None if stored is None else {k: v for k, v in stored.arrays.items() if k != "pictures"}
        self.crew.give(desk.seat, Job(piece, state, snapshots))
        self.listen(events.Started(piece.spec, *piece.ends))

    def _stored(self, run: str) -> Stored | None:
        """What is stored of a run; what was damaged since it was planned is set aside."""
        try:
            return self.store.state(run)
        except DamagedError:
            set_aside(self.store, run, self.listen)
            return None

    def _take(self, desk: Desk, message: Message) -> None:
        """A worker's message: what it brings is stored, and told."""
        if isinstance(message, Began):
            desk.environment = message.environment
        elif isinstance(message, EpochDone) and desk.work is not None:
            self._store_epoch(desk, desk.work, message)
        elif isinstance(message, ProbeDone):
            run = desk.run
            version = RUN_PROBES[message.name] if desk.work else DATA_PROBES[message.name]
            record = {
                "version": version,
                "seconds": message.seconds,
                "notes": dict(message.notes),
                "environment": dict(desk.environment),
            }
            self.store.save_probe(run, message.name, message.epoch, record, message.arrays)
            self.listen(events.Probed(run, message.name, message.epoch, message.seconds))
        elif isinstance(message, JobDone):
            desk.busy = False
            if message.failure:
                self._fail(desk.run, message.failure)
            else:
                self._finish(desk)

    def _store_epoch(self, desk: Desk, work: Work, message: EpochDone) -> None:
        row, run = message.row, work.spec.id
        desk.reached = row.epoch
        if row.epoch in work.keep and row.finite:
            weights = {name: array for name, array in message.arrays.items() if not name.startswith("optimizer.")}
            self.store.save_snapshot(run, row.epoch, weights)
        if message.uncaptured and run not in self.fell_back:
            self.fell_back.add(run)
            self.listen(events.FellBack(run, message.uncaptured))
        if desk.stored is None or row.epoch > len(desk.stored.record["rows"]):
            desk.stored = append_epoch(desk.stored, work.spec, message, desk.environment, self.workers)
            self.store.save(run, desk.stored)
            self.nodes_lost.pop(run, None)
        seconds = row.train_seconds + row.val_seconds
        rate = len(self.dataset.train) / row.train_seconds if row.train_seconds else 0.0
        self.listen(events.Trained(work.spec, row.epoch, row.train_loss, row.val_accuracy, seconds, rate))

    def _retry(self, desk: Desk, lost: Lost, queue: Queue) -> None:
        """The run of a worker that is gone comes next again, unless that has happened too often."""
        run, tries = desk.run, self.nodes_lost if lost.node else self.tries
        tries[run] = tries.get(run, 0) + 1
        reason = f"its {lost.reason} after epoch {desk.reached or desk.epochs}"
        left = self._left(desk)
        if not left:
            self._finish(desk)
        elif tries[run] > (NODE_RETRIES if lost.node else RETRIES):
            self._fail(run, f"{reason}, {tries[run]} times")
        else:
            queue.appendleft(left)
            self.listen(events.Retried(run, reason))

    def _replaced(self, desk: Desk) -> Desk:
        self.crew.close([desk.seat])
        return Desk(self.crew.open(), self.environment)

    def _put_back(self, desk: Desk, queue: Queue, workers: int) -> None:
        """Memory ran out: one run fewer at once, never a smaller batch. What is left of this one comes next."""
        self.crew.close([desk.seat])
        self.listen(events.Crowded(desk.run, workers))
        left = self._left(desk)
        if left:
            queue.appendleft(left)
        else:
            self._finish(desk)

    def _left(self, desk: Desk) -> Work | DataWork | None:
        """What a worker left undone of its piece of work."""
        if desk.goal is not None:
            return estimate_remaining(self.store, desk.goal)
        probes = list_missing_data_probes(self.store)
        return DataWork(probes) if probes else None

    def _finish(self, desk: Desk) -> None:
        if desk.work is not None:
            diverged = bool(desk.stored and desk.stored.record["diverged"])
            if diverged:
                self.diverged.append(desk.work.spec.id)
            self.listen(events.Finished(desk.work.spec, diverged))

    def _fail(self, run: str, reason: str) -> None:
        self.failed[run] = reason
        self.listen(events.Failed(run, reason))
