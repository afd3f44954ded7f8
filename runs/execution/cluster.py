"""Jobs in, messages out: tasks of Ray, on this machine or on a cluster. The only module that imports Ray.

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
from runs.execution.pool import KEEP_MEMORY, Lost, set_environment
from runs.execution.worker import Began, Job, JobDone, Message, find_outcome, settle_process
from runs.text import count_words

#: What is sent of this project to the nodes: all that a worker needs.
CODE = ("models", "runs")
#: For a Ray that is started here: it reports to nobody; it listens on this machine alone, as Ray does of itself on
#: systems where it holds clusters to be unusual; and its workers stand back for others no more than we do.
HERE = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    "RAY_worker_niceness": "0",
}
#: Messages that a task may be ahead of what has been stored.
AHEAD = 4
#: Seconds between two looks at interrupts, while nothing comes back.
POLL = 0.2
#: Seconds between two looks at which nodes are alive.
LOOK = 2.0
#: Seconds in which a cluster has to take a connection.
KNOCK = 10.0
#: Seconds for which no node may have room for a run.
PATIENCE = 60.0


@dataclass(eq=False)
class Seat:
    """One task at a time.

    Attributes:
        stream: Ray's generator of references to its messages.
        node: the id of the node that it has begun on; "" before that.
    """

    stream: Any = None
    node: str = ""


@dataclass(frozen=True)
class Seated:
    """A task's first words: the id of the node that it has begun on, and what that is for the records."""

    node: str
    began: Began


class Cluster:
    """Tasks on a Ray that this process is connected to; see :class:`runs.execution.pool.Crew`, and :func:`connect`.

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
        self.need = find_need(self.device, self.workers, slots)
        needs = {"num_cpus": self.need.get("CPU", 0), "num_gpus": self.need.get("GPU", 0)}
        self.task = ray.remote(
            **needs, max_retries=0, num_returns="streaming", _generator_backpressure_num_objects=AHEAD
        )(serve)
        self.dataset = ray.put(dataset)
        self.ear = ThreadPoolExecutor(1, "ray")
        self.looked = time.monotonic()
        self.able = self.looked  # when a node was last seen that could take a run

    @property
    def place(self) -> str:
        """What it trains on, for people."""
        nodes = sum(node["Alive"] for node in self.ray.nodes())
        return f"{self.device} through Ray ({count_words(nodes, 'node')})"

    def open(self) -> Seat:
        """A seat; its worker's process is Ray's to start."""
        return Seat()

    def give(self, seat: Seat, job: Job) -> None:
        """A task, which waits until a node has room for it."""
        seat.stream, seat.node = self.task.remote(job, self.dataset, self.device, find_commit()), ""

    def receive(self, seats: Sequence[Seat]) -> Iterator[tuple[Seat, Message | Lost]]:
        """A message of each task that has sent one or is lost.

        Raises:
            TrainingError: Ray itself is lost, or no node has had room for a run for a while.
        """
        heard: list[tuple[Seat, Message | Lost]] = []
        while not heard:
            heard = self.ear.submit(self._hear, seats).result()
        return iter(heard)

    def _hear(self, seats: Sequence[Seat]) -> list[tuple[Seat, Message | Lost]]:
        """What has come within a moment. In a thread of its own: Ray takes signals for interrupts, whatever they are,
        where it waits in the main one.
        """
        try:
            gone = self._gone(seats)
            if gone:
                return [(seat, Lost("node fell silent", node=True)) for seat in gone]
            of = {seat.stream: seat for seat in seats}
            ready, _ = self.ray.wait(list(of), num_returns=1, timeout=POLL)
            if ready:
                ready, _ = self.ray.wait(list(of), num_returns=len(of), timeout=0)
            return [(of[stream], self._next(of[stream])) for stream in ready]
        except self.ray.exceptions.RayError as error:
            raise TrainingError(
                f"Expected the Ray cluster to go on, but: {error} Every finished epoch is kept; the same command, with "
                "a cluster that runs, goes on from there."
            ) from error

    def _gone(self, seats: Sequence[Seat]) -> list[Seat]:
        """Seats whose node has died without a word: of the task there Ray says nothing for a long time."""
        now = time.monotonic()
        if now - self.looked < LOOK:
            return []
        self.looked = now
        alive = {node["NodeID"]: node["Resources"] for node in self.ray.nodes() if node["Alive"]}
        if any(all(room.get(kind, 0) >= count for kind, count in self.need.items()) for room in alive.values()):
            self.able = now
        if now - self.able > PATIENCE:
            raise TrainingError(
                f"Expected a node of the Ray cluster with room for {self.need}, but for {PATIENCE:.0f} s there was "
                "none. Every finished epoch is kept. Add a node; the same command goes on from there."
            )
        return [seat for seat in seats if seat.node and seat.node not in alive]

    def _next(self, seat: Seat) -> Message | Lost:
        exceptions = self.ray.exceptions
        try:
            message: Message | Seated = self.ray.get(next(seat.stream))
        except StopIteration:
            return Lost("worker ended without a word")
        except exceptions.OutOfMemoryError as error:
            return JobDone(str(error), out_of_memory=True)
        except (exceptions.NodeDiedError, exceptions.ObjectLostError):
            return Lost("node went away", node=True)
        except exceptions.WorkerCrashedError:
            return Lost("worker was ended from outside")
        except (exceptions.RayTaskError, exceptions.RuntimeEnvSetupError) as error:
            return JobDone(str(error))
        if isinstance(message, Seated):
            seat.node = message.node
            return message.began
        return message

    def close(self, seats: Sequence[Seat]) -> None:
        """Ends the tasks, by killing the processes they are in."""
        for seat in seats:
            if seat.stream is not None:
                with suppress(self.ray.exceptions.RayError):
                    self.ray.cancel(seat.stream, force=True)
                seat.stream = None


def serve(job: Job, dataset: Dataset, device: str, commit: str) -> Iterator[Message | Seated]:
    """A task, on a node: the messages of one job, as they come, and before them where it is done."""
    import ray

    messages: Queue[Message] = Queue(maxsize=1)

    def work() -> None:
        settle_process()
        messages.put(find_outcome(job, dataset, device, messages.put))

    # the code came without its history: the commit is that of the process which sent it
    began = Began({**describe_environment(*choose_device(device)), "commit": commit})
    yield Seated(ray.get_runtime_context().get_node_id(), began)
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


def find_need(device: str, workers: int, slots: int) -> dict[str, float]:
    """What one run takes of a node: a core, or its share of a GPU where so many runs share so many of them."""
    if device == "cpu":
        return {"CPU": 1.0}
    each = math.ceil(workers / max(slots, 1))
    return {"GPU": math.floor(10_000 / each) / 10_000}  # Ray counts in ten-thousandths


@contextmanager
def connect(dataset: Dataset, workers: int | None, device: str, address: str | None) -> Iterator[Cluster]:
    """A crew on the Ray cluster at an address, or on a Ray that is started here and ends with this.

    Raises:
        UsageError: the cluster is not there, or has no such device.
    """
    with set_environment({} if address else HERE | make_token()), keep_own_signals():
        import ray

        options = {"address": address} if address else {"address": "local", "include_dashboard": False}
        room = {} if address else {"num_cpus": max(workers or 0, count_cores())}
        try:
            start_actor(options | room)
            crew = Cluster(dataset, workers, device)
        except BaseException:
            ray.shutdown()
            raise
    try:
        yield crew
    finally:
        crew.ear.shutdown()
        ray.shutdown()


@cache
def make_token() -> dict[str, str]:
    """A secret for a Ray that is started here, of this process alone, which remembers the first that it reads. Left to
    itself, Ray writes one into the user's home, and has every cluster that is started there later ask for it.
    """
    return {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}


def start_actor(options: Mapping[str, Any]) -> None:
    """Connects this process to Ray, and sends the code that workers need; Ray says nothing to the terminal."""
    import ray

    ray._private.worker._worker_logs_enabled = False
    variables = {name: os.environ.get(name, value) for name, value in KEEP_MEMORY.items()}
    with tempfile.TemporaryDirectory() as folder:
        for name in CODE:
            shutil.copytree(HOME / name, Path(folder, name), ignore=shutil.ignore_patterns("__pycache__"))
        needed = {"working_dir": folder, "env_vars": variables}
        try:
            knock(options["address"])
            ray.init(**options, runtime_env=needed, log_to_driver=False, logging_level=logging.CRITICAL)
        except (OSError, RuntimeError, ValueError) as error:
            raise UsageError(
                f"--address: expected a Ray cluster at {options['address']}, but: {str(error).rstrip('.')}. Start one "
                "with ray start --head, make this machine a node of it, and use the same versions of Python and Ray on "
                "all nodes; if it asks for a token, set RAY_AUTH_MODE=token here."
            ) from error


def knock(address: str) -> None:
    """Finds out whether somebody listens at HOST:PORT: Ray itself takes minutes to say that nobody does.

    Raises:
        OSError: nobody does.
    """
    host, _, port = address.rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host.strip("[]"), int(port)), KNOCK).close()


@contextmanager
def keep_own_signals() -> Iterator[None]:
    """Keeps the handler of SIGTERM: Ray puts one of its own in its place, which exits, while it starts."""
    handler = signal.getsignal(signal.SIGTERM)
    try:
        yield
    except SystemExit as error:
        raise Terminated from error
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, handler)
