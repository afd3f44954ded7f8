"""A pool whose workers are tasks of Ray, on this machine or on a cluster. The only module that imports Ray.

The pictures are sent once, through Ray's object store, and each job with the state it goes on from; every message of
a worker comes back the same way, so that nothing but this process touches the results, and no disk is shared.
"""

from __future__ import annotations

import logging
import math
import os
import secrets
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from queue import Queue
from typing import Any

from runs.data.dataset import Dataset
from runs.environment import HOME, count_cores, describe_environment, find_commit
from runs.errors import Terminated, TrainingError, UsageError
from runs.execution.device import choose_device, count_default_workers
from runs.execution.pool import KEEP_MEMORY, WorkerLost, set_environment
from runs.execution.worker import Began, Job, JobDone, Message, find_outcome, settle_process
from runs.text import count_words

#: What is sent of this project to the nodes: all that a worker needs.
CODE = ("models", "runs")
#: Settings of a Ray that is started here: it sends no usage statistics; it listens on this machine alone, as
#: Ray does by itself on systems where clusters are unusual; and its workers have the same priority as this process.
LOCAL_RAY = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    "RAY_worker_niceness": "0",
}
#: The most messages of a task that wait to be stored before the task pauses.
BUFFERED_MESSAGES = 4
#: Seconds between two checks for interrupts while no message arrives.
POLL_INTERVAL = 0.2
#: Seconds between two checks of which nodes are alive.
NODE_CHECK_INTERVAL = 2.0
#: Seconds after which an attempt to connect to a cluster fails.
CONNECT_TIMEOUT = 10.0
#: Seconds without any node that has room for a run, after which training ends.
ROOM_TIMEOUT = 60.0


@dataclass(eq=False)
class Slot:
    """A place in the pool for one task at a time.

    Attributes:
        stream: Ray's generator of references to its messages.
        node: the id of the node that it has begun on; "" before that.
    """

    stream: Any = None
    node: str = ""


@dataclass(frozen=True)
class TaskStarted:
    """The first message of a task: the id of the node that it runs on, and that node's environment for the records."""

    node: str
    began: Began


class RayPool:
    """Tasks on a Ray that this process is connected to; see :class:`runs.execution.pool.Pool`, and :func:`connect`.

    Args:
        dataset: what to train on; put into the object store once.
        workers: runs side by side; None for as many as the cluster has room for.
        device: "auto", "cpu" or "cuda"; "auto" takes the GPUs where there are any.

    Attributes:
        workers: runs side by side.
        device: "cpu" or "cuda".

    Raises:
        UsageError: the cluster has no such device.
    """

    def __init__(self, dataset: Dataset, workers: int | None, device: str) -> None:
        import ray

        self.ray = ray
        room = ray.cluster_resources()
        self.device = find_device(device, room)
        kind = "GPU" if self.device == "cuda" else "CPU"
        slots = int(room.get(kind, 0))
        self.workers = workers or slots * count_default_workers(self.device, 1)
        if not self.workers:
            raise UsageError(
                f"Expected a Ray cluster with at least one {kind}, got {dict(room)}. Add a node to it, or say with "
                "--workers how many runs are to wait for nodes that come later."
            )
        self.need = compute_task_share(self.device, self.workers, slots)
        needs = {"num_cpus": self.need.get("CPU", 0), "num_gpus": self.need.get("GPU", 0)}
        self.task = ray.remote(
            **needs, max_retries=0, num_returns="streaming", _generator_backpressure_num_objects=BUFFERED_MESSAGES
        )(run_task)
        self.dataset = ray.put(dataset)
        self.receiver = ThreadPoolExecutor(1, "ray")
        self.nodes_checked = time.monotonic()
        self.room_seen = self.nodes_checked  # when a node was last seen that could take a run

    @property
    def place(self) -> str:
        """What it trains on, for people."""
        nodes = sum(node["Alive"] for node in self.ray.nodes())
        return f"{self.device} through Ray ({count_words(nodes, 'node')})"

    def open(self) -> Slot:
        """One more slot. Ray starts the worker's process with the first task."""
        return Slot()

    def submit(self, slot: Slot, job: Job) -> None:
        """Submit a job as a task, which waits until a node has room for it."""
        slot.stream, slot.node = self.task.remote(job, self.dataset, self.device, find_commit()), ""

    def receive(self, slots: Sequence[Slot]) -> Iterator[tuple[Slot, Message | WorkerLost]]:
        """Wait for messages; yield one of each task that has sent one or is lost.

        Raises:
            TrainingError: Ray itself is lost, or no node has had room for a run for a while.
        """
        messages: list[tuple[Slot, Message | WorkerLost]] = []
        while not messages:
            messages = self.receiver.submit(self._poll, slots).result()
        return iter(messages)

    def _poll(self, slots: Sequence[Slot]) -> list[tuple[Slot, Message | WorkerLost]]:
        """The messages that arrive within :data:`POLL_INTERVAL`. It runs in a thread of its own: where Ray waits in the
        main thread, it takes every signal for an interrupt.
        """
        try:
            lost = self._list_lost(slots)
            if lost:
                return [(slot, WorkerLost("node stopped answering", node=True)) for slot in lost]
            of = {slot.stream: slot for slot in slots}
            ready, _ = self.ray.wait(list(of), num_returns=1, timeout=POLL_INTERVAL)
            if ready:
                ready, _ = self.ray.wait(list(of), num_returns=len(of), timeout=0)
            return [(of[stream], self._read_next(of[stream])) for stream in ready]
        except self.ray.exceptions.RayError as error:
            raise TrainingError(
                f"Expected the Ray cluster to go on, but: {error} Every finished epoch is kept; the same command, with "
                "a cluster that runs, goes on from there."
            ) from error

    def _list_lost(self, slots: Sequence[Slot]) -> list[Slot]:
        """Slots whose node is dead: Ray reports the loss of a task there only after a long time."""
        now = time.monotonic()
        if now - self.nodes_checked < NODE_CHECK_INTERVAL:
            return []
        self.nodes_checked = now
        alive = {node["NodeID"]: node["Resources"] for node in self.ray.nodes() if node["Alive"]}
        if any(all(room.get(kind, 0) >= count for kind, count in self.need.items()) for room in alive.values()):
            self.room_seen = now
        if now - self.room_seen > ROOM_TIMEOUT:
            raise TrainingError(
                f"Expected a node of the Ray cluster with room for {self.need}, but for {ROOM_TIMEOUT:.0f} s there was "
                "none. Every finished epoch is kept. Add a node; the same command goes on from there."
            )
        return [slot for slot in slots if slot.node and slot.node not in alive]

    def _read_next(self, slot: Slot) -> Message | WorkerLost:
        exceptions = self.ray.exceptions
        try:
            message: Message | TaskStarted = self.ray.get(next(slot.stream))
        except StopIteration:
            return WorkerLost("worker ended without a result")
        except exceptions.OutOfMemoryError as error:
            return JobDone(str(error), out_of_memory=True)
        except (exceptions.NodeDiedError, exceptions.ObjectLostError):
            return WorkerLost("node went away", node=True)
        except exceptions.WorkerCrashedError:
            return WorkerLost("worker was ended from outside")
        except (exceptions.RayTaskError, exceptions.RuntimeEnvSetupError) as error:
            return JobDone(str(error))
        if isinstance(message, TaskStarted):
            slot.node = message.node
            return message.began
        return message

    def close(self, slots: Sequence[Slot]) -> None:
        """End the tasks by killing their processes."""
        for slot in slots:
            if slot.stream is not None:
                with suppress(self.ray.exceptions.RayError):
                    self.ray.cancel(slot.stream, force=True)
                slot.stream = None


def run_task(job: Job, dataset: Dataset, device: str, commit: str) -> Iterator[Message | TaskStarted]:
    """Run one job as a task on a node: yield the node's environment, then each message of the job as it is sent."""
    import ray

    messages: Queue[Message] = Queue(maxsize=1)

    def work() -> None:
        settle_process()
        messages.put(find_outcome(job, dataset, device, messages.put))

    # the nodes get the code without its git history: the commit is that of the process which sent it
    began = Began({**describe_environment(*choose_device(device)), "commit": commit})
    yield TaskStarted(ray.get_runtime_context().get_node_id(), began)
    threading.Thread(target=work, daemon=True).start()
    while True:
        message = messages.get()
        yield message
        if isinstance(message, JobDone):
            return


def find_device(asked: str, room: Mapping[str, float]) -> str:
    """The device to train on, of those a cluster has.

    Raises:
        UsageError: it has none of those asked for.
    """
    there = ["cuda", "cpu"] if room.get("GPU", 0) >= 1 else ["cpu"]
    device = there[0] if asked == "auto" else asked
    if device not in there:
        raise UsageError(
            f"Expected the device {asked!r}, but the Ray cluster has only: {', '.join(there)}. Use --device auto, or "
            "add a node that has one."
        )
    return device


def compute_task_share(device: str, workers: int, slots: int) -> dict[str, float]:
    """The resources of a node that one run reserves: a core, or its share of a GPU where ``workers`` runs share
    ``slots`` GPUs.
    """
    if device == "cpu":
        return {"CPU": 1.0}
    each = math.ceil(workers / max(slots, 1))
    return {"GPU": math.floor(10_000 / each) / 10_000}  # Ray counts in ten-thousandths


@contextmanager
def connect(dataset: Dataset, workers: int | None, device: str, address: str | None) -> Iterator[RayPool]:
    """Open a pool on the Ray cluster at an address, or on a Ray that is started here and ends with this context.

    Raises:
        UsageError: the cluster is not there, or has no such device.
    """
    with set_environment({} if address else LOCAL_RAY | make_token()), keep_own_signals():
        import ray

        options = {"address": address} if address else {"address": "local", "include_dashboard": False}
        room = {} if address else {"num_cpus": max(workers or 0, count_cores())}
        try:
            connect_to_ray(options | room)
            pool = RayPool(dataset, workers, device)
        except BaseException:
            ray.shutdown()
            raise
    try:
        yield pool
    finally:
        pool.receiver.shutdown()
        ray.shutdown()


@cache
def make_token() -> dict[str, str]:
    """A secret for a Ray that is started here, of this process alone, which remembers the first that it reads. Left to
    itself, Ray writes one into the user's home, and has every cluster that is started there later ask for it.
    """
    return {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}


def connect_to_ray(options: Mapping[str, Any]) -> None:
    """Connect this process to Ray and send it the code that workers need; Ray prints nothing to the terminal."""
    import ray

    ray._private.worker._worker_logs_enabled = False
    variables = {name: os.environ.get(name, value) for name, value in KEEP_MEMORY.items()}
    with tempfile.TemporaryDirectory() as folder:
        for name in CODE:
            shutil.copytree(HOME / name, Path(folder, name), ignore=shutil.ignore_patterns("__pycache__"))
        needed = {"working_dir": folder, "env_vars": variables}
        try:
            check_listening(options["address"])
            ray.init(**options, runtime_env=needed, log_to_driver=False, logging_level=logging.CRITICAL)
        except (OSError, RuntimeError, ValueError) as error:
            raise UsageError(
                f"--address: expected a Ray cluster at {options['address']}, but: {str(error).rstrip('.')}. Start one "
                "with ray start --head, make this machine a node of it, and use the same versions of Python and Ray on "
                "all nodes; if it asks for a token, set RAY_AUTH_MODE=token here."
            ) from error


def check_listening(address: str) -> None:
    """Check that a server listens at HOST:PORT: Ray itself takes minutes to find that none does.

    Raises:
        OSError: none does.
    """
    host, _, port = address.rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host.strip("[]"), int(port)), CONNECT_TIMEOUT).close()


@contextmanager
def keep_own_signals() -> Iterator[None]:
    """Keep the handler of SIGTERM: while Ray starts, it installs one of its own, which exits."""
    handler = signal.getsignal(signal.SIGTERM)
    try:
        yield
    except SystemExit as error:
        raise Terminated from error
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, handler)
