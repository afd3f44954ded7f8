"""What dead processes left half written is cleared away under the lock, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from runs.specs.spec import RunSpec
from runs.storage.store import Store, Stored
from tests.runs import tiny
from tests.runs.made_up_run import record

SPEC = RunSpec(model="cnn")
OURS = (
    ".data.json.12.part",
    ".request.json.7.part",
    "probes/.samples.safetensors.1.part",
    f"{SPEC.id}/.state.safetensors.99999.part",
    f"{SPEC.id}/.run.json.3.part",
    f"{SPEC.id}/.epochs.csv.3.part",
    f"{SPEC.id}/snapshots/.epoch-025.safetensors.3.part",
    f"{SPEC.id}/probes/.quality-025.safetensors.3.part",
    "unet-b100-lr0.001-f4-s12/.state.safetensors.8.part",  # its first epoch was never stored
)
OTHERS = (
    ".download.part",
    ".letter.txt.5.part",
    "state.safetensors.5.part",
    "notes/.state.safetensors.5.part",
    "unet-mine/.state.safetensors.5.part",
    f"{SPEC.id}/.film.mp4.part",
    f"{SPEC.id}/mine/.state.safetensors.5.part",
    f"{SPEC.id}.damaged/.state.safetensors.5.part",
    f"{SPEC.id}.damaged/probes/.quality-025.safetensors.5.part",
    f"{SPEC.id}.2.damaged/.state.safetensors.5.part",
    "probes.damaged/.samples.safetensors.5.part",
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store.create(tmp_path / "results", tiny.dataset())
    made.save(SPEC.id, Stored(record(SPEC, 1), {}))
    for name in (*OURS, *OTHERS):
        path = made.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("half")
    return made


def test_lock_clears_away_what_dead_processes_left_and_nothing_of_others(store: Store, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "probes").mkdir(parents=True)
    for folder in (elsewhere, elsewhere / "probes"):
        (folder / ".state.safetensors.5.part").write_text("half")
    (store.folder / "cnn-b7-lr0.001-s0").symlink_to(elsewhere)
    (store.folder / SPEC.id / ".run.json.5.part").mkdir()
    (store.folder / SPEC.id / ".epochs.csv.5.part").symlink_to(elsewhere)
    with store.lock():
        pass
    assert [name for name in OURS if (store.folder / name).exists()] == []
    assert [name for name in OTHERS if not (store.folder / name).exists()] == []
    assert len(list(elsewhere.rglob("*.part"))) == 2
    assert (store.folder / SPEC.id / ".run.json.5.part").is_dir()
    assert (store.folder / SPEC.id / ".epochs.csv.5.part").is_symlink()
