"""The records of a run and of its probes as the engine writes them, with made-up numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from runs.environment import digest_recipe
from runs.specs.probe_outputs import ALL_PROBES
from runs.specs.spec import RECIPE, RunSpec
from runs.storage.store import Store
from tests.fakes import make_notes

ENVIRONMENT = {
    "device": "cpu", "device_name": "Some CPU", "commit": "0123abc", "python": "3.11.7", "code": digest_recipe(),
    "packages": {"torch": "2.4.0"},
}  # fmt: skip
SEGMENT = {"from_epoch": 1, "started": "2026-03-01T12:00:00", "pid": 1, "workers": 1, "environment": ENVIRONMENT}


def rows(epochs: int, seconds: float = 2.0) -> list[dict[str, Any]]:
    """The metrics of so many epochs."""
    fixed = {
        "val_loss": 1e-7,
        "val_accuracy": 0.4,
        "train_seconds": seconds,
        "val_seconds": 0.0,
        "last_batch_loss": 1.4,
    }
    return [{"epoch": epoch, "train_loss": 1.5 / epoch, **fixed} for epoch in range(1, epochs + 1)]


def record(spec: RunSpec, epochs: int, seconds: float = 2.0, **changed: Any) -> dict[str, Any]:
    """A whole record; what is ``changed`` replaces parts of it."""
    return {
        "spec": spec.model_dump(), "recipe": RECIPE, "parameters": 6, "rows": rows(epochs, seconds),
        "segments": [SEGMENT], "diverged": False, **changed,
    }  # fmt: skip


def least(name: str) -> dict[str, np.ndarray]:
    """The smallest arrays that a probe can have: every side that is not fixed is 1."""
    values, arrays = ALL_PROBES[name].values, {}
    for one, form in ALL_PROBES[name].arrays.items():
        kind, *sides = form.split()
        ones = np.ones([int(side) if side.isdigit() else 1 for side in sides], kind)
        arrays[one] = np.array(values[one], kind) if one in values else ones
    return arrays


def save_probe(store: Store, run: str, name: str, epoch: int, version: int | None = None, **more: np.ndarray) -> None:
    """A probe as the engine leaves it, of today's version unless told otherwise, with ``more`` arrays."""
    today = ALL_PROBES[name].version
    record = {"version": today if version is None else version, "notes": make_notes(name)}
    store.save_probe(run, name, epoch, record, least(name) | more)
