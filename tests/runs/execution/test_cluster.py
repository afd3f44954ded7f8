"""Runs through Ray: the bits of the local engine, on two nodes, past dead workers and a dead node, and when stopped.

The two nodes are two of Ray's on this machine, which share no more than two machines would.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from runs.data.dataset import Dataset
from runs.execution import cluster as under_test
from runs.execution import events
from runs.execution.cluster import LOCAL_RAY, RayPool, connect
from runs.execution.engine import Engine, Outcome
from runs.execution.pool import set_environment
from runs.specs.catalogue import Goal
from runs.specs.probe_outputs import DATA_PROBES
from runs.specs.spec import RunSpec
from runs.storage.find_store import list_stores
from runs.storage.store import Store
from tests.made_up_folder import folder_of_pictures
from tests.runs import tiny
from tests.runs.made_up_run import save_probe
from tests.runs.raylets import NEEDS_RAY, SOON, bits, kill, processes

HOME = Path(__file__).resolve().parents[3]
UNET = RunSpec(model="unet", batch_size=5, filters=4)
REGRESSION = RunSpec(model="regression", batch_size=4, filters=4)
#: Many more than a worker may be ahead of what is stored.
EPOCHS = 12
GOALS = [Goal(UNET, {1: ("skips",), EPOCHS: ()}), Goal(REGRESSION, {EPOCHS: ("quality",)})]
pytestmark = NEEDS_RAY

Listener = Callable[[events.Event], None]


class Nodes:
    """Ray's nodes on this machine: the first is the one that the engine is on."""

    def __init__(self) -> None:
        from ray.cluster_utils import Cluster as Several

        quiet = {"include_dashboard": False, "include_log_monitor": False, "no_monitor": True}
        self.several = Several(True, head_node_args={"num_cpus": 1, **quiet})
        self.other = self.several.add_node(num_cpus=1)

    def pids(self) -> list[int]:
        """All that is running on the other node."""
        raylet = self.other.all_processes["raylet"][0].process.pid
        return [raylet, *processes(raylet)]

    def both_at_work(self) -> None:
        """Waits until a task runs on either node: for a listener, whose waiting keeps a run from its end."""
        end = time.monotonic() + 120
        while len(self.workers()) < 2:
            assert time.monotonic() < end
            time.sleep(0.02)

    def workers(self) -> list[int]:
        """The processes that tasks run in: one on each node, for each has one core."""
        raylets = [node.all_processes["raylet"][0].process.pid for node in (self.several.head_node, self.other)]
        below = [item for raylet in raylets for item in processes(raylet).items()]
        return [pid for pid, command in below if command.startswith("ray::run_task")]

    def lose(self) -> None:
        """The other node goes away, all of it at once."""
        kill(self.pids())


@pytest.fixture(scope="module")
def data() -> Dataset:
    return tiny.dataset(train=12, test=6)


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory, data: Dataset) -> Store:
    """What the local engine leaves."""
    store = open_store(tmp_path_factory.mktemp("local"), data)
    assert Engine(store, data, 2).run(GOALS) == Outcome({}, ())
    return store


@pytest.fixture(scope="module")
def nodes() -> Iterator[Nodes]:
    with set_environment(LOCAL_RAY), warnings.catch_warnings():
        found = Nodes()
    yield found
    found.several.shutdown()


@pytest.fixture(scope="module")
def pool(nodes: Nodes, data: Dataset) -> Iterator[RayPool]:
    with set_environment(LOCAL_RAY), connect(data, None, "auto", nodes.several.address) as pool:
        yield pool


def open_store(folder: Path, data: Dataset) -> Store:
    """A store in which the pictures themselves count as measured."""
    store = Store.create(folder, data)
    for name in DATA_PROBES:
        save_probe(store, "data", name, 0)
    return store


def train(
    folder: Path, data: Dataset, pool: RayPool, also: Listener = lambda event: None
) -> tuple[Store, list[events.Event]]:
    told: list[events.Event] = []

    def listen(event: events.Event) -> None:
        told.append(event)
        also(event)

    store = open_store(folder, data)
    assert Engine(store, data, 2, listen=listen, pool=pool).run(GOALS) == Outcome({}, ())
    return store, told


def retried(told: list[events.Event]) -> dict[str, str]:
    return {event.run: event.reason for event in told if isinstance(event, events.Retried)}


def once(act: Callable[[], None]) -> Listener:
    """Acts when the first epoch is stored."""
    acted: list[events.Event] = []

    def listen(event: events.Event) -> None:
        if isinstance(event, events.Trained) and not acted:
            acted.append(event)
            act()

    return listen


def test_two_nodes_give_the_bits_of_the_local_engine(
    tmp_path: Path, data: Dataset, pool: RayPool, nodes: Nodes, local: Store
) -> None:
    assert (pool.workers, pool.device, pool.place) == (2, "cpu", "cpu through Ray (2 nodes)")
    store, told = train(tmp_path, data, pool, once(nodes.both_at_work))
    assert bits(store) == bits(local)
    assert retried(told) == {}
    for spec in (UNET, REGRESSION):
        ours, theirs = store.record(spec.id), local.record(spec.id)
        assert ours is not None
        assert theirs is not None
        assert [part["environment"] for part in ours["segments"]] == [theirs["segments"][0]["environment"]]


def test_runs_whose_workers_are_killed_end_with_the_same_bits(
    tmp_path: Path, data: Dataset, pool: RayPool, nodes: Nodes, local: Store
) -> None:
    def act() -> None:
        nodes.both_at_work()
        kill(nodes.workers())

    store, told = train(tmp_path, data, pool, once(act))
    assert bits(store) == bits(local)
    assert retried(told).keys() == {UNET.id, REGRESSION.id}
    assert {reason.partition(" after")[0] for reason in retried(told).values()} == {"its worker was ended from outside"}


def test_run_of_a_node_that_falls_silent_is_taken_up_elsewhere(
    tmp_path: Path, data: Dataset, pool: RayPool, nodes: Nodes, local: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ray itself says after a minute that such a node is dead; of what ran there it says nothing."""
    listed, dead = pool.ray.nodes, set()

    def act() -> None:
        nodes.both_at_work()
        dead.add(nodes.other.node_id)

    def seen() -> list[dict[str, Any]]:
        return [node | {"Alive": node["Alive"] and node["NodeID"] not in dead} for node in listed()]

    acting = once(act)

    def listen(event: events.Event) -> None:
        if isinstance(event, events.Retried):
            dead.clear()  # Ray, which knows that it is alive, may give it the run again
        acting(event)

    monkeypatch.setattr(under_test, "NODE_CHECK_INTERVAL", 0.0)
    monkeypatch.setattr(pool.ray, "nodes", seen)
    store, told = train(tmp_path, data, pool, listen)
    assert bits(store) == bits(local)
    assert {reason.partition(" after")[0] for reason in retried(told).values()} == {"its node stopped answering"}


def test_node_that_cannot_do_the_work_says_why(
    tmp_path: Path, data: Dataset, pool: RayPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "device", "cuda")
    outcome = Engine(open_store(tmp_path, data), data, 1, pool=pool).run(GOALS[:1])
    assert "Expected the device 'cuda', but torch finds only: cpu" in outcome.failed[UNET.id]


def test_runs_of_a_node_that_is_killed_go_on_on_another_to_the_same_bits(
    tmp_path: Path, data: Dataset, pool: RayPool, nodes: Nodes, local: Store
) -> None:
    """The last of those that need both nodes."""

    def act() -> None:
        nodes.both_at_work()
        nodes.lose()

    store, told = train(tmp_path, data, pool, once(act))
    assert bits(store) == bits(local)
    (reason,) = retried(told).values()
    assert reason.startswith("its node went away after epoch ")
    assert [event for event in told if isinstance(event, events.Failed)] == []


def command(pictures: Path, results: Path) -> list[str]:
    options = ["--model", "unet", "--filters", "4", "--batch-size", "4", "--epochs", "40", "--seeds", "2"]
    places = [
        "--engine",
        "ray",
        "--device",
        "cpu",
        "--workers",
        "2",
        "--data",
        str(pictures),
        "--results",
        str(results),
    ]
    return [sys.executable, "cli.py", "train", *options, *places]


def epochs(results: Path) -> int:
    """How many epochs are stored, of all runs."""
    stored = [store.record(run) for store in list_stores(results) for run in store.runs()]
    return sum(len(record["rows"]) for record in stored if record)


def listening(pids: set[int]) -> set[str]:
    """The addresses, as /proc/net/tcp has them, that some processes take connections at from elsewhere."""
    ours = set()
    for pid in pids:
        for path in Path(f"/proc/{pid}/fd").glob("*"):
            with suppress(OSError):
                ours.add(str(path.readlink()))
    loopback = ("0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000")
    found = set()
    for name in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in ours and fields[1].split(":")[0] not in loopback:
                found.add(fields[1])
    return found


def test_ray_of_this_machine_alone_ends_with_the_command_and_keeps_whole_epochs(tmp_path: Path) -> None:
    pictures = folder_of_pictures(tmp_path / "pictures", 16, 4)
    results, home = tmp_path / "results", tmp_path / "home"
    home.mkdir()
    process = subprocess.Popen(
        command(pictures, results),
        cwd=HOME, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        env={**os.environ, "HOME": str(home)},
    )  # fmt: skip
    try:
        while epochs(results) < 4:
            assert process.poll() is None, process.communicate()[0]
            time.sleep(0.05)
        below = set(processes(process.pid))
        assert len(below) > 4
        assert listening(below) == set()
        process.terminate()
        sent = time.monotonic()
        while below & set(processes()) and time.monotonic() - sent < SOON:
            time.sleep(0.05)
        assert below & set(processes()) == set()
        said, _ = process.communicate()
        assert process.returncode == 143, said
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    (store,) = list_stores(results)
    assert [path for run in store.runs() for path in store.troubles(run)] == []
    assert list(home.rglob("*")) == []  # Ray would leave a token there, and have later clusters ask for it
    assert said.splitlines()[1].startswith("2 runs on cpu through Ray (1 node), 2 side by side")
