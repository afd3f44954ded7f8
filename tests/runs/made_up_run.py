"""The record of a run as the engine writes it, with made-up numbers."""

from __future__ import annotations

from typing import Any

from runs.spec import RECIPE, RunSpec

ENVIRONMENT = {
    "device": "cpu", "device_name": "Some CPU", "commit": "0123abc", "python": "3.11.7", "code": "0123456789ab",
    "packages": {"torch": "2.4.0"},
}  # fmt: skip
SEGMENT = {"from_epoch": 1, "started": "2026-03-01T12:00:00", "pid": 1, "workers": 1, "environment": ENVIRONMENT}


def rows(epochs: int, seconds: float = 2.0) -> list[dict[str, Any]]:
    """The metrics of so many epochs."""
    fixed = {"val_loss": 1e-7, "val_accuracy": 0.4, "train_seconds": seconds, "val_seconds": 0.0}
    return [{"epoch": epoch, "train_loss": 1.5 / epoch, **fixed} for epoch in range(1, epochs + 1)]


def record(spec: RunSpec, epochs: int, seconds: float = 2.0, **changed: Any) -> dict[str, Any]:
    """A whole record; what is ``changed`` replaces parts of it."""
    return {
        "spec": spec.model_dump(), "recipe": RECIPE, "parameters": 6, "rows": rows(epochs, seconds),
        "segments": [SEGMENT], "diverged": False, **changed,
    }  # fmt: skip
