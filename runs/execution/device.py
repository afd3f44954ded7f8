"""The device to train on: what was asked for, checked against what torch can use."""

from __future__ import annotations

from runs.errors import UsageError
from runs.text import PROGRAM


def choose_device(asked: str) -> tuple[str, str]:
    """The device to train on and its name; "auto" takes a CUDA GPU where there is one.

    Raises:
        UsageError: the device asked for is not there, or cannot do what training takes.
    """
    if asked == "mps":
        raise UsageError(
            "--device mps: expected a device that adds losses up in float64, and Apple's GPUs have no such numbers. "
            "Use --device cpu, which auto takes on this machine too."
        )
    import torch

    there = ["cuda", "cpu"] if torch.cuda.is_available() else ["cpu"]
    device = there[0] if asked == "auto" else asked
    if device not in there:
        raise UsageError(
            f"Expected the device {device!r}, but torch finds only: {', '.join(there)}. Use --device auto, or install "
            f"a torch build for your device and look again with: {PROGRAM} doctor"
        )
    return device, torch.cuda.get_device_name(0) if device == "cuda" else ""


def describe_idle_gpus(device: str) -> str:
    """A sentence on the GPUs that worker processes leave idle, all but the first; "" where there are none."""
    if device != "cuda":
        return ""
    import torch

    count = torch.cuda.device_count()
    return f"They take the first of {count} GPUs; --engine ray takes all of them." if count > 1 else ""


def count_default_workers(device: str, cores: int) -> int:
    """Runs side by side unless asked otherwise: one a core on the CPU, two on one GPU."""
    return cores if device == "cpu" else 2
