"""The device asked for in, the device that is there out, with its name."""

from __future__ import annotations

from runs.errors import UsageError

DEVICES = ("auto", "cpu", "cuda", "mps")


def choose(asked: str) -> tuple[str, str]:
    """The device to train on and its name; "auto" takes a GPU where there is one.

    Raises:
        UsageError: the device asked for is not there.
    """
    import torch

    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    device = next(name for name in ("cuda", "mps", "cpu") if there[name]) if asked == "auto" else asked
    if not there[device]:
        present = ", ".join(name for name, is_there in there.items() if is_there)
        raise UsageError(
            f"Expected the device {device!r}, but torch finds only: {present}. Use --device auto, or install a "
            "torch build for your device and look again with: python cli.py doctor"
        )
    return device, torch.cuda.get_device_name(0) if device == "cuda" else ""


def default_workers(device: str, cores: int) -> int:
    """Runs side by side unless asked otherwise: one a core on the CPU, two on one GPU."""
    return cores if device == "cpu" else 2
