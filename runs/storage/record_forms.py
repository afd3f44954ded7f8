"""The forms that stored records have to have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from runs.data.palette_names import KMEANS
from runs.forms import fits, is_number, is_seconds, is_share, make_between
from runs.specs.presets import MOST_ASKED, PRESETS
from runs.specs.spec import RECIPE, read_spec

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
    "recipe": make_between(1, RECIPE),
    "palette": [lambda colour: fits(colour, [is_share]) and len(colour) == 3],
    "palette_name": str,
}


def modernise_data(record: dict[str, Any]) -> dict[str, Any]:
    """The record of pictures as it is written today. The first recipe wrote a palette in whole levels, and not whose
    it was: k-means found it.
    """
    if record.get("recipe") != 1 or not fits(record.get("palette"), [[make_between(0, 255)]]):
        return record
    palette = [[level / 256 for level in colour] for colour in record["palette"]]
    return {**record, "palette": palette, "palette_name": KMEANS}


def is_outdated(data: Mapping[str, Any]) -> bool:
    """Whether an earlier recipe made a store, by its record: nothing is added to it, for today the same pictures have
    another id.
    """
    return bool(data["recipe"] != RECIPE)


REQUEST_FORM = {
    "data?": str,
    "category?": str,
    "preset?": lambda value: type(value) is str and value in PRESETS,
    "seeds?": make_between(1, MOST_ASKED),
    "folder?": str,
    "asked?": str,
    "resize?": bool,
    "palette?": str,
}
#: What is read of the pointer in a results folder.
POINTER_FORM = {"store": str}


def is_spec(value: Any) -> bool:
    """Whether a value out of JSON describes a run."""
    try:
        return isinstance(value, dict) and bool(read_spec(value))
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
            and is_number(row.get("last_batch_loss", 0.0))  # the first recipe kept none
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
