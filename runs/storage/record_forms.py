"""The forms that stored records have to have."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from runs.forms import fits, is_number, is_seconds, make_between
from runs.specs.presets import MOST_ASKED, PRESETS
from runs.specs.spec import RunSpec

#: What is read of ``data.json`` and of ``request.json``.
DATA_FORM = {
    "id": str,
    "source": str,
    "category": str,
    "origin": str,
    "written": str,
    "train": make_between(1, 10**9),
    "test": make_between(1, 10**9),
    "digest": str,
    "palette": [lambda colour: fits(colour, [make_between(0, 255)]) and len(colour) == 3],
}


REQUEST_FORM = {
    "data?": str,
    "category?": str,
    "preset?": lambda value: type(value) is str and value in PRESETS,
    "seeds?": make_between(1, MOST_ASKED),
    "folder?": str,
    "asked?": str,
    "resize?": bool,
}
#: What is read of the pointer in a results folder.
POINTER_FORM = {"store": str}


def is_spec(value: Any) -> bool:
    """Whether a value out of JSON describes a run."""
    try:
        return isinstance(value, dict) and bool(RunSpec(**value))
    except (ValidationError, TypeError):
        return False


def are_rows(value: Any) -> bool:
    """Whether a value out of JSON is the metrics of a run: an epoch each, from 1 on, none left out."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(
            type(row) is dict
            and type(row.get("epoch")) is int
            and row["epoch"] == count
            and is_number(row.get("train_loss"))
            and is_number(row.get("val_loss"))
            and is_number(row.get("val_accuracy"))
            and is_seconds(row.get("train_seconds"))
            and is_seconds(row.get("val_seconds"))
            for count, row in enumerate(value, 1)
        )
    )


#: What is read of where and when a stretch of a run was trained.
SEGMENT_FORM = {
    "started": str,
    "workers": make_between(1, 10**9),
    "uncaptured?": str,
    "environment": {
        "device": str,
        "device_name": str,
        "commit": str,
        "python": str,
        "code": str,
        "packages": lambda value: isinstance(value, dict) and all(type(name) is str for name in value.values()),
    },
}


#: What is read of the record of a run, of a snapshot and of a probe; of its notes, see :mod:`runs.specs.probe_outputs`.
STATE_FORM = {
    "spec": is_spec,
    "parameters": make_between(0, 10**12),
    "rows": are_rows,
    "segments": lambda value: fits(value, [SEGMENT_FORM]) and bool(value),
    "diverged": bool,
}


SNAPSHOT_FORM = {"run": str, "epoch": make_between(0, 10**9)}


PROBE_FORM = {"run": str, "name": str, "epoch": make_between(0, 10**9), "version": int, "notes": dict}
