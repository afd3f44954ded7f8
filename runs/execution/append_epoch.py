"""The record of a run with one more epoch."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from runs.specs.spec import RECIPE, RunSpec
from runs.storage.store import Stored

if TYPE_CHECKING:
    from runs.execution.worker import EpochDone


def append_epoch(
    stored: Stored | None, spec: RunSpec, message: EpochDone, environment: Mapping[str, Any], workers: int
) -> Stored:
    """A run with one more epoch: its row, its picture beside those before, and the weights and moments after it.

    A segment of the record tells where its epochs were trained; another begins with another place, another process,
    or where steps could no longer be captured.

    Args:
        stored: the run until now; None before its first epoch.
        spec: the run.
        message: the epoch, as the worker sent it.
        environment: where the worker is.
        workers: how many runs go side by side.
    """
    rows = [] if stored is None else list(stored.record["rows"])
    segments = [] if stored is None else list(stored.record["segments"])
    pictures = message.picture[None]
    if stored is not None and len(stored.arrays["pictures"]):
        pictures = np.concatenate([stored.arrays["pictures"], pictures])
    here = (dict(environment), os.getpid(), message.uncaptured)
    last = segments[-1] if segments else None
    if last is None or (last["environment"], last.get("pid"), last.get("uncaptured", "")) != here:
        segments.append(
            {
                "from_epoch": message.row.epoch,
                "started": datetime.now(UTC).isoformat(timespec="seconds"),
                "pid": os.getpid(),
                "workers": workers,
                "environment": dict(environment),
                "uncaptured": message.uncaptured,
            }
        )
    record = {
        "spec": spec.model_dump(),
        "recipe": RECIPE,
        "parameters": message.parameters,
        "rows": [*rows, asdict(message.row)],
        "segments": segments,
        "diverged": not message.row.finite,
    }
    return Stored(record, {**message.arrays, "pictures": pictures})
