"""Copies of a run's record for people and other tools; they are never read back but to see that they are right."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from runs.errors import DamagedError
from runs.storage import arrays, filesystem


def make_copies(record: arrays.Record) -> dict[str, bytes]:
    """What people and other tools get of a run, by the names of the files."""
    return {
        "epochs.csv": make_epochs_csv(record["rows"]).encode(),
        "run.json": (json.dumps(record, indent=2) + "\n").encode(),
    }


def make_run_json(path: Path, content: bytes) -> bool:
    """Whether a copy for people says what it should, in whatever order."""
    try:
        found = filesystem.read_bytes(path, size=len(content) + 1)
        if found == content or len(found) != len(content):
            return found == content
        return arrays.to_canonical(json.loads(found)) == arrays.to_canonical(json.loads(content))
    except (FileNotFoundError, DamagedError, ValueError, RecursionError):
        return False


def make_epochs_csv(rows: list[dict[str, Any]]) -> str:
    """Metric rows as CSV text, one an epoch."""
    text = io.StringIO()
    columns = ["epoch", "train_loss", "val_loss", "val_accuracy", "train_seconds", "val_seconds", "last_batch_loss"]
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
