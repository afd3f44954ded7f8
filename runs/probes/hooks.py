"""What probes share: watching a network's modules from outside, and a clock that waits for the device."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn

#: Pictures of a forward pass whose time is taken: the write-up's batch.
TIMED_BATCH = 100


@contextmanager
def watch_blocks(modules: Mapping[str, nn.Module]) -> Iterator[dict[str, Tensor]]:
    """While open, every forward pass leaves the output of each module in the dictionary, under its name."""
    seen: dict[str, Tensor] = {}

    def keep(name: str) -> torch.utils.hooks.RemovableHandle:
        def hook(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
            seen[name] = output.detach()

        return modules[name].register_forward_hook(hook)

    handles = [keep(name) for name in modules]
    try:
        yield seen
    finally:
        for handle in handles:
            handle.remove()


def time_blocks(device: torch.device) -> float:
    """Seconds of a running clock, once the device has done all it was told to."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()


def fill_outputs(pictures: Tensor, count: int = TIMED_BATCH) -> Tensor:
    """(N, C, H, W) -> (count, C, H, W): the first pictures, over again where there are fewer."""
    index = torch.arange(count, device=pictures.device) % len(pictures)
    return pictures[index].contiguous(memory_format=torch.channels_last)
