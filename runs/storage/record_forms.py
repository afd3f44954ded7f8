"""The forms that stored records have to have: what is read of each, and within which bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NotRequired

from pydantic import AfterValidator, Field, TypeAdapter
from typing_extensions import TypedDict

from runs.data.palette_names import KMEANS
from runs.forms import Number, Seconds, fits
from runs.specs.presets import MOST_ASKED, PRESETS
from runs.specs.spec import RECIPE, read_spec

Share = Annotated[Number, Field(ge=0, le=1)]
Pictures = Annotated[int, Field(ge=1, le=10**9)]
Epoch = Annotated[int, Field(ge=0, le=10**9)]


class DataRecord(TypedDict):
    """What is read of ``data.json``."""

    id: str
    source: str
    category: str
    origin: str
    written: str
    train: Pictures
    test: Pictures
    digest: str
    recipe: Annotated[int, Field(ge=1, le=RECIPE)]
    palette: list[Annotated[list[Share], Field(min_length=3, max_length=3)]]
    palette_name: str


#: The palette of the first recipe, in whole levels.
LEVELS_FORM = TypeAdapter(list[list[Annotated[int, Field(ge=0, le=255)]]])


def modernise_data(record: dict[str, Any]) -> dict[str, Any]:
    """The record of pictures as it is written today. The first recipe wrote a palette in whole levels, and not whose
    it was: k-means found it.
    """
    if record.get("recipe") != 1 or not fits(record.get("palette"), LEVELS_FORM):
        return record
    palette = [[level / 256 for level in colour] for colour in record["palette"]]
    return {**record, "palette": palette, "palette_name": KMEANS}


def is_outdated(data: Mapping[str, Any]) -> bool:
    """Whether an earlier recipe made a store, by its record: nothing is added to it, for today the same pictures have
    another id.
    """
    return bool(data["recipe"] != RECIPE)


class RequestRecord(TypedDict, total=False):
    """What is read of ``request.json``."""

    data: str
    category: str
    preset: Literal[*PRESETS]  # type: ignore[valid-type]
    seeds: Annotated[int, Field(ge=1, le=MOST_ASKED)]
    most_seeds: Annotated[int, Field(ge=0, le=MOST_ASKED)]
    folder: str
    palette: str
    asked: str
    resize: bool


class Pointer(TypedDict):
    """What is read of the pointer in a results folder."""

    store: str


class Row(TypedDict):
    """The metrics of an epoch."""

    epoch: int
    train_loss: Number
    val_loss: Number
    val_accuracy: Number
    train_seconds: Seconds
    val_seconds: Seconds
    last_batch_loss: NotRequired[Number]  # the first recipe kept none


class Environment(TypedDict):
    """What is read of where a stretch of a run was trained."""

    device: str
    device_name: str
    commit: str
    python: str
    code: str
    packages: dict[str, str]


class Segment(TypedDict):
    """What is read of where and when a stretch of a run was trained."""

    started: str
    workers: Annotated[int, Field(ge=1, le=10**9)]
    uncaptured: NotRequired[str]
    environment: Environment


def _check_spec(record: dict[str, Any]) -> dict[str, Any]:
    """Refuses what describes no run."""
    read_spec(record)
    return record


def _check_order(rows: list[Row]) -> list[Row]:
    """Refuses rows that are not an epoch each, from 1 on, none left out."""
    if any(row["epoch"] != count for count, row in enumerate(rows, 1)):
        raise ValueError("expected every epoch from 1 on")
    return rows


class StateRecord(TypedDict):
    """What is read of the record of a run."""

    spec: Annotated[dict[str, Any], AfterValidator(_check_spec)]
    parameters: Annotated[int, Field(ge=0, le=10**12)]
    rows: Annotated[list[Row], Field(min_length=1), AfterValidator(_check_order)]
    segments: Annotated[list[Segment], Field(min_length=1)]
    diverged: bool


class SnapshotRecord(TypedDict):
    """What is read of the record of a snapshot."""

    run: str
    epoch: Epoch


class ProbeRecord(TypedDict):
    """What is read of the record of a probe; of its notes, see :mod:`runs.specs.probe_outputs`."""

    run: str
    name: str
    epoch: Epoch
    version: int
    notes: dict[str, Any]


DATA_FORM = TypeAdapter(DataRecord)
REQUEST_FORM = TypeAdapter(RequestRecord)
POINTER_FORM = TypeAdapter(Pointer)
STATE_FORM = TypeAdapter(StateRecord)
SNAPSHOT_FORM = TypeAdapter(SnapshotRecord)
PROBE_FORM = TypeAdapter(ProbeRecord)
#: Any record at all.
ANY_FORM = TypeAdapter(dict[str, Any])
