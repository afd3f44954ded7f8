"""What the engine asks of those who work for it: seats to open, jobs to give, messages to receive.

:mod:`runs.execution.local` seats processes of this machine, :mod:`runs.execution.cluster` tasks of Ray.
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

Seat = TypeVar("Seat")


@dataclass(frozen=True)
class Lost:
    """A worker is gone, and what it had sent has been received.

    Attributes:
        reason: what became of it, to go on from "its".
        node: whether the whole machine under it went away, which is no fault of the run.
    """

    reason: str
    node: bool = False


class Crew(Protocol[Seat]):
    """Workers, one a seat. A seat has one job at a time, and a job's messages come in the order they were sent."""

    def open(self) -> Seat:
        """One more seat, with nothing to do."""
        ...

    def give(self, seat: Seat, job: Job) -> None:
        """A job to a seat that has none. A worker that has died is found out on receiving."""
        ...

    def receive(self, seats: Sequence[Seat]) -> Iterator[tuple[Seat, Message | Lost]]:
        """Waits until one of these seats, all at work, has something to tell; then one message of each that has."""
        ...

    def close(self, seats: Sequence[Seat]) -> None:
        """Ends the workers of these seats, at once: they hold nothing that is not stored."""
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
