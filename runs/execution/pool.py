"""The interface of a pool of workers: slots to open, jobs to submit, messages to receive.

:mod:`runs.execution.local` slots processes of this machine, :mod:`runs.execution.cluster` tasks of Ray.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from runs.execution.worker import Job, Message

#: Freed memory is kept in the process rather than given back and asked for again, and lies in large pages where
#: the kernel has them: about a tenth faster, more with small batches. All but the maps of a batch of 200, above
#: 16 MB each: kept too, they would be 30 MB more of memory for 3 % of time. (Some versions of glibc heed no
#: threshold above 32 MB.)
KEEP_MEMORY = {
    "MALLOC_TRIM_THRESHOLD_": "1000000000",
    "MALLOC_MMAP_THRESHOLD_": "16000000",
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}

Slot = TypeVar("Slot")


@dataclass(frozen=True)
class WorkerLost:
    """A worker was lost after all that it had sent was received.

    Attributes:
        reason: what became of it, as the end of a clause that begins with "its".
        node: whether its whole machine was lost, which is no fault of the run.
    """

    reason: str
    node: bool = False


class Pool(Protocol[Slot]):
    """Workers, one for each slot. A slot has one job at a time; the messages of a job arrive in their order."""

    def open(self) -> Slot:
        """Open one more slot, without a job."""
        ...

    def submit(self, slot: Slot, job: Job) -> None:
        """Submit a job to a slot that has none. That a worker has died is noticed on receiving."""
        ...

    def receive(self, slots: Sequence[Slot]) -> Iterator[tuple[Slot, Message | WorkerLost]]:
        """Wait until one of these busy slots has sent a message; yield one message of each that has."""
        ...

    def close(self, slots: Sequence[Slot]) -> None:
        """End the workers of these slots at once: they hold nothing that is not stored."""
        ...


@contextmanager
def set_environment(variables: dict[str, str]) -> Iterator[None]:
    """Environment variables for the processes that are started inside; the user's own values win."""
    ours = {name: value for name, value in variables.items() if name not in os.environ}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name in ours:
            os.environ.pop(name, None)
