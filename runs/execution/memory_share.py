"""How many runs have room side by side in the memory that is free: tried with a run, where it may be tight."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from runs.data.dataset import Dataset
from runs.execution.local import LocalPool
from runs.execution.worker import settle_process
from runs.limits import find_free_memory
from runs.specs.spec import RunSpec

#: Bytes a worker beyond which nothing has to be tried: no run of the write-up comes near.
AMPLE = 2 * 10**9
#: What a run holds at most, with its probes, of what a few of its steps hold: measured, see ``docs/performance.md``.
PROBES = 1.6
#: Steps that are tried: the second has the optimizer's moments.
STEPS = 2
#: Seconds to wait for them.
PATIENCE = 120.0


def count_room(workers: int, dataset: Dataset, specs: Iterable[RunSpec]) -> tuple[int, str]:
    """How many of so many workers there is memory for, and a sentence on it; "" where there is room for all.

    Args:
        workers: how many there would be, one a core.
        dataset: the pictures.
        specs: what is to be trained; the run with the largest batch is tried.
    """
    free, largest = find_free_memory(), max(specs, key=lambda spec: (spec.batch_size, spec.model), default=None)
    if workers == 1 or largest is None or free is None or free >= workers * AMPLE:
        return workers, ""
    measured = measure_share(dataset, largest)
    if measured is None:
        return workers, ""
    share, free = measured
    room = max(1, min(workers, free // share))
    if room == workers:
        return workers, ""
    return room, (
        f"There is memory for {room} side by side and not for {workers}, one a core: a run takes up to "
        f"{share / 1e9:.1f} GB, {free / 1e9:.1f} GB are free. Free some, or set another number with --workers."
    )


def measure_share(dataset: Dataset, spec: RunSpec) -> tuple[int, int] | None:
    """Bytes that a worker takes for a run, beyond what all workers share, and bytes that are free without it. None
    where the system does not say, or the worker did not answer.
    """
    pool = LocalPool(dataset, serve=try_run)
    slot = pool.open()
    try:
        with suppress(OSError, EOFError):  # it ended
            slot.pipe.send(spec)
            if slot.pipe.poll(PATIENCE):
                measured: tuple[int, int] | None = slot.pipe.recv()
                return measured
        return None
    finally:
        pool.close([slot])


def try_run(pipe: Connection, dataset: Dataset, device: str) -> None:
    """Take a few steps of a run and evaluate it, as a worker does, and send what that took and what is still free."""
    from runs.training.prepared import prepare
    from runs.training.steps import quicken
    from runs.training.trainer import Trainer, evaluate

    settle_process()
    spec = pipe.recv()
    data = prepare(dataset, spec, device)
    trainer = Trainer(spec, data)
    quicken(trainer)
    for _ in range(STEPS):
        trainer.take_step(data.train_x[: spec.batch_size], data.train_y[: spec.batch_size])
    evaluate(spec, trainer.net, data)
    held, free = find_private_peak(), find_free_memory()
    pipe.send(None if held is None or free is None else (int(PROBES * held), free + held))


def find_private_peak() -> int | None:
    """The most bytes that this process held so far, but for pages that it shares with others; None where the system
    does not say.
    """
    try:
        lines = [
            line.split()
            for name in ("status", "smaps_rollup")
            for line in Path("/proc/self", name).read_text(encoding="ascii").splitlines()
        ]
    except OSError:
        return None
    sizes = {row[0]: int(row[1]) * 1024 for row in lines if len(row) == 3 and row[2] == "kB"}
    if "VmHWM:" not in sizes:
        return None
    return max(1, sizes["VmHWM:"] - sizes.get("Shared_Clean:", 0) - sizes.get("Shared_Dirty:", 0))
