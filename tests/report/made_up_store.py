"""Fake frames, written to disk as the store keeps them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from report.results.frames import Frames
from runs.specs.probe_outputs import DATA_PROBES, RUN_PROBES
from runs.specs.spec import RunSpec
from runs.storage import arrays, filesystem
from runs.storage.store import LAYOUT, Store, Stored

DEVICE = {
    "device": "cpu", "device_name": "Some CPU", "commit": "0123abc", "python": "3.11.7", "code": "0123456789ab",
    "packages": {"torch": "2.4.0"},
}  # fmt: skip


def stored(frames: Frames, folder: Path) -> Store:
    """A store of all runs, probes and pictures of the frames."""
    filesystem.make_folder(folder)
    store = Store(folder, dict(frames.data))
    arrays.write_json(folder / "data.json", {"layout": LAYOUT, **frames.data})
    for run in frames.runs.index:
        save(store, frames, str(run))
    for (run, name, epoch), measured in frames.probes.items():
        version = (DATA_PROBES if run == "data" else RUN_PROBES)[name]
        record = {"version": version, "notes": dict(measured.notes)}
        store.save_probe(run, name, epoch, record, measured.arrays)
    return store


def save(store: Store, frames: Frames, run: str, **changed: Any) -> None:
    """One run; what is ``changed`` replaces parts of its record."""
    row = frames.runs.loc[run]
    fields = {key: row[key] for key in RunSpec.model_fields if key in row.index}
    spec = RunSpec(**{key: getattr(value, "item", lambda kept=value: kept)() for key, value in fields.items()})
    rows = [
        {key: value for key, value in each.items() if key != "run"} for each in frames.history if each["run"] == run
    ]
    record = {
        "spec": spec.model_dump(), "rows": rows, "parameters": int(row["parameters"]), "diverged": False,
        "segments": [{"started": "2026-03-01T12:00:00", "workers": 1, "environment": DEVICE}], **changed,
    }  # fmt: skip
    store.save(spec.id, Stored(record, {"pictures": frames.pictures[run]}))
