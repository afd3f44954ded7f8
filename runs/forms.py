"""A record from a file in, whether it has the form that is read here out.

A checksum tells that nobody altered a record unawares, not that this version of the program wrote it.
"""

from __future__ import annotations

import math
from typing import Any

from pydantic import ValidationError

from runs.presets import MOST_ASKED, PRESETS
from runs.spec import RunSpec

#: A type; a list with the form of each item; a dictionary with the form of each field, "name?" where it may be
#: missing; or a function that says whether a value will do.
Form = Any


def fits(value: Any, form: Form) -> bool:
    """Whether a value out of JSON has a form; fields that the form does not name are passed over."""
    if isinstance(form, dict):
        return isinstance(value, dict) and all(_field(value, name, wanted) for name, wanted in form.items())
    if isinstance(form, list):
        return isinstance(value, list) and all(fits(item, form[0]) for item in value)
    if isinstance(form, type):
        return type(value) is form  # True is no number here
    return bool(form(value))


def _field(record: dict[str, Any], name: str, wanted: Form) -> bool:
    key = name.removesuffix("?")
    return fits(record[key], wanted) if key in record else name.endswith("?")


def between(least: int, most: int) -> Form:
    """The form of a whole number within bounds."""
    return lambda value: type(value) is int and least <= value <= most


#: What is read of ``data.json`` and of ``request.json``.
DATA_FORM = {
    "id": str,
    "source": str,
    "category": str,
    "origin": str,
    "written": str,
    "train": between(1, 10**9),
    "test": between(1, 10**9),
    "digest": str,
    "palette": [lambda colour: fits(colour, [between(0, 255)]) and len(colour) == 3],
}
REQUEST_FORM = {
    "data?": str,
    "category?": str,
    "preset?": lambda value: type(value) is str and value in PRESETS,
    "seeds?": between(1, MOST_ASKED),
    "folder?": str,
}


def spec(value: Any) -> bool:
    """Whether a value out of JSON describes a run."""
    try:
        return isinstance(value, dict) and bool(RunSpec(**value))
    except (ValidationError, TypeError):
        return False


def number(value: Any) -> bool:
    """Whether a value out of JSON is a number, or what a number became: not finite."""
    return type(value) is float or (type(value) is int and abs(value) < 2**53)


def seconds(value: Any) -> bool:
    """Whether a value out of JSON is a time that something took."""
    return number(value) and 0 <= value < math.inf


def rows(value: Any) -> bool:
    """Whether a value out of JSON is the metrics of a run: an epoch each, from 1 on, none left out."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(
            type(row) is dict
            and type(row.get("epoch")) is int
            and row["epoch"] == count
            and number(row.get("train_loss"))
            and number(row.get("val_loss"))
            and number(row.get("val_accuracy"))
            and seconds(row.get("train_seconds"))
            and seconds(row.get("val_seconds"))
            for count, row in enumerate(value, 1)
        )
    )


#: What is read of where and when a stretch of a run was trained.
SEGMENT_FORM = {
    "started": str,
    "workers": between(1, 10**9),
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
#: What is read of the record of a run, of a snapshot and of a probe; of its notes, see :mod:`runs.probed`.
STATE_FORM = {
    "spec": spec,
    "parameters": between(0, 10**12),
    "rows": rows,
    "segments": lambda value: fits(value, [SEGMENT_FORM]) and bool(value),
    "diverged": bool,
}
SNAPSHOT_FORM = {"run": str, "epoch": between(0, 10**9)}
PROBE_FORM = {"run": str, "name": str, "epoch": between(0, 10**9), "version": int, "notes": dict}
