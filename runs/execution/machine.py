"""Where to train, as the options of a command say it, and the pool of workers for that."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runs.environment import count_cores
from runs.errors import UsageError
from runs.execution.device import choose_device, count_default_workers, describe_idle_gpus, describe_refused_gpu

if TYPE_CHECKING:
    from runs.data.dataset import Dataset
    from runs.execution.pool import Pool
    from runs.specs.spec import RunSpec


@dataclass(frozen=True)
class Machine:
    """Where to train.

    Attributes:
        workers: runs side by side; None for as many as there is room for.
        device: "auto", "cpu" or "cuda"; Apple's GPUs have no float64, in which losses are added up.
        engine: "local" for processes of this machine, "ray" for tasks of Ray.
        address: of a Ray cluster that runs; None for a Ray of this machine alone.

    Raises:
        UsageError: these make no sense or do not go together, or Ray is not there.
    """

    workers: int | None = None
    device: str = "auto"
    engine: str = "local"
    address: str | None = None

    def __post_init__(self) -> None:
        if self.workers is not None and not 1 <= self.workers <= 1024:
            raise UsageError(
                f"--workers: expected a number from 1 to 1024, got {self.workers}. Leave it out for one a "
                "core, or two on a GPU."
            )
        if self.address is not None and self.engine != "ray":
            raise UsageError(
                f"--address: expected --engine ray with it, got --engine {self.engine}. Add --engine ray, or leave "
                "--address out."
            )
        if self.engine == "ray":
            check_ray(self.device, self.address)
        elif self.device not in ("auto", "cpu"):
            choose_device(self.device)


@dataclass(frozen=True)
class ReadyPool:
    """A pool of workers, ready for jobs, and how to describe it.

    Attributes:
        pool: the workers.
        workers: how many runs go side by side.
        device: "cpu" or "cuda".
        device_name: for the records; "" for the processor's.
        place: what it trains on, for people.
        idle: what of the machine it leaves idle and why, a line each.
    """

    pool: Pool[Any]
    workers: int
    device: str
    device_name: str
    place: str
    idle: str = ""


@contextmanager
def open_pool(machine: Machine, dataset: Dataset, specs: Iterable[RunSpec] = ()) -> Iterator[ReadyPool]:
    """Open a pool of workers for some pictures; the end of the context ends all that was started for it.

    Args:
        machine: where to train. Unless it names a number of workers, there are as many as have room in memory.
        dataset: the pictures.
        specs: what is to be trained.

    Raises:
        UsageError: the device or the cluster asked for is not there.
    """
    if machine.engine == "ray":
        from runs.execution.cluster import connect

        refused = describe_refused_gpu() if machine.device == "auto" and machine.address is None else ""
        device = "cpu" if refused else machine.device
        with connect(dataset, machine.workers, device, machine.address) as pool:
            yield ReadyPool(pool, pool.workers, pool.device, "", pool.place, refused)
        return
    from runs.execution.local import LocalPool, end_server
    from runs.execution.memory_share import count_room

    device, name = choose_device(machine.device)
    workers = machine.workers or count_default_workers(device, count_cores())
    idle = [describe_refused_gpu() if machine.device == "auto" else "", describe_idle_gpus(device)]
    try:
        if machine.workers is None and device == "cpu":
            workers, tight = count_room(workers, dataset, specs)
            idle.append(tight)
        yield ReadyPool(
            LocalPool(dataset, device), workers, device, name, name or device, "\n".join(filter(None, idle))
        )
    finally:
        end_server()


def check_ray(device: str, address: str | None) -> None:
    """Refuses what Ray cannot do here, before any work begins.

    Raises:
        UsageError: Ray is not installed or does not know the device, or the address is of a kind that messages cannot
            come back through.
    """
    if importlib.util.find_spec("ray") is None:
        raise UsageError(
            "--engine ray: expected the package ray, which is not installed. Install it: .venv/bin/pip install -e "
            "'.[cluster]', or use --engine local."
        )
    if address is not None and (not address or "://" in address):
        raise UsageError(
            f"--address: expected HOST:PORT of a cluster that this machine is a node of, or auto, got {address!r}. "
            "Make this machine a node that takes no work: ray start --address=HOST:PORT --num-cpus=0 --num-gpus=0"
        )
