"""What the engine makes of a pool whose machines go away: no fault of the runs, as long as some go on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from runs.data.dataset import Dataset
from runs.environment import describe_environment
from runs.execution import events
from runs.execution.engine import NODE_RETRIES, Engine, Outcome
from runs.execution.pool import WorkerLost
from runs.execution.worker import Began, Job, JobDone, Message
from runs.storage.store import Store
from tests.runs.replayed import GOALS, UNET, check_whole, work_on


@dataclass(eq=False)
class Slot:
    messages: list[Message | WorkerLost] = field(default_factory=list)


class Fragile:
    """A pool that computes a job at once. Those of the UNet are lost after so many messages, so many times."""

    def __init__(self, after: int, times: int, node: bool = True) -> None:
        self.after, self.times, self.lost = after, times, WorkerLost("node went away", node)
        self.jobs = 0

    def open(self) -> Slot:
        return Slot()

    def submit(self, slot: Slot, job: Job) -> None:
        self.jobs += 1
        slot.messages.append(Began({**describe_environment("cpu"), "device_name": f"node {self.jobs}"}))
        work_on(job, slot.messages.append)
        slot.messages.append(JobDone())
        if self.times and job.work and job.work.spec == UNET:
            self.times -= 1
            slot.messages[1 + self.after :] = [self.lost]

    def receive(self, slots: Sequence[Slot]) -> Iterator[tuple[Slot, Message | WorkerLost]]:
        yield slots[0], slots[0].messages.pop(0)

    def close(self, slots: Sequence[Slot]) -> None:
        """Nothing runs."""


def trained(folder: Path, data: Dataset, pool: Fragile) -> tuple[Store, Outcome, list[events.Event]]:
    store, told = Store.create(folder, data), []
    outcome = Engine(store, data, 1, listen=told.append, pool=pool).run(GOALS)  # type: ignore[arg-type]
    return store, outcome, told


def reasons(told: list[events.Event]) -> list[str]:
    return [event.reason for event in told if isinstance(event, events.Retried)]


def test_run_gets_on_through_any_number_of_lost_nodes(tmp_path: Path, data: Dataset) -> None:
    store, outcome, told = trained(tmp_path, data, Fragile(after=1, times=NODE_RETRIES + 1))
    assert outcome == Outcome({}, ())
    assert reasons(told)[0] == "its node went away after epoch 1"
    store.save_request({})
    check_whole(store, complete=True)


def test_run_that_takes_down_every_node_before_its_first_epoch_fails_and_the_others_go_on(
    tmp_path: Path, data: Dataset
) -> None:
    store, outcome, told = trained(tmp_path, data, Fragile(after=0, times=NODE_RETRIES + 1))
    assert outcome.failed == {UNET.id: f"its node went away after epoch 0, {NODE_RETRIES + 1} times"}
    assert len(reasons(told)) == NODE_RETRIES
    assert store.runs() == [goal.spec.id for goal in GOALS if goal.spec != UNET]


@pytest.mark.parametrize("node", [True, False])
def test_lost_nodes_and_dead_workers_are_counted_apart(tmp_path: Path, data: Dataset, node: bool) -> None:
    _, outcome, _ = trained(tmp_path, data, Fragile(after=0, times=2, node=node))
    assert bool(outcome.failed) == (not node)


def test_record_says_of_each_stretch_of_epochs_where_it_was_trained(tmp_path: Path, data: Dataset) -> None:
    store, _, _ = trained(tmp_path, data, Fragile(after=1, times=1))
    record = store.record(UNET.id)
    assert record is not None
    places = [(part["from_epoch"], part["environment"]["device_name"]) for part in record["segments"]]
    assert places == [(1, "node 1"), (2, "node 2")]
