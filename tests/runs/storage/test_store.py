"""The store: what goes in comes out, damage is found and never deleted, what is foreign is refused untouched."""

from __future__ import annotations

import csv
import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runs.data.dataset import Dataset
from runs.disk import use_disk
from runs.environment import HOME
from runs.errors import DamagedError, StoreError
from runs.specs.spec import RECIPE, RunSpec
from runs.storage import arrays as files
from runs.storage.find_store import list_stores
from runs.storage.store import Store, Stored
from tests.runs import tiny
from tests.runs.disks import ReadOnly
from tests.runs.made_up_run import record

RUN = "cnn-b100-lr0.001-s0"
ROWS = [
    {
        "epoch": epoch,
        "train_loss": 1.5 / epoch,
        "val_loss": 1e-7,
        "val_accuracy": 0.4,
        "train_seconds": 5.0,
        "val_seconds": 0.3,
        "last_batch_loss": 1.4,
    }
    for epoch in (1, 2)
]
RECORD = record(RunSpec(model="cnn"), 2, rows=ROWS)


def arrays() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {
        "finalconv.weight": rng.normal(size=(3, 4)).astype(np.float32),
        "pictures": np.zeros((2, 1, 32, 32, 3), np.uint8),
    }


@pytest.fixture(scope="module")
def data() -> Dataset:
    return tiny.dataset()


@pytest.fixture
def store(tmp_path: Path, data: Dataset) -> Store:
    """A store with one of every kind of file."""
    made = Store.create(tmp_path, data)
    made.save(RUN, Stored(RECORD, arrays()))
    made.save_snapshot(RUN, 2, arrays())
    made.save_probe(RUN, "quality", 2, {"version": 3, "notes": {}}, arrays())
    made.save_probe("data", "samples", 0, {"version": 2, "notes": {}}, arrays())
    made.save_request({"preset": "quick", "seeds": 2})
    return made


def same(read: dict[str, np.ndarray] | None) -> bool:
    return read is not None and {k: v.tobytes() for k, v in read.items()} == {
        k: v.tobytes() for k, v in arrays().items()
    }


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.name != ".lock"]


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in files_in(folder)}


def test_what_goes_in_comes_out(store: Store) -> None:
    again = Store.open(store.folder)
    state, probe = again.state(RUN), again.probe(RUN, "quality", 2)
    of_pictures = again.probe("data", "samples", 0)
    assert state is not None
    assert probe is not None
    assert of_pictures is not None
    assert state.record == {**RECORD, "digest": store.digest} == again.record(RUN)
    assert all(map(same, (state.arrays, again.snapshot(RUN, 2), probe.arrays, of_pictures.arrays)))
    assert again.probe_version(RUN, "quality", 2) == 3
    assert again.request() == {"preset": "quick", "seeds": 2, "asked": (store.request() or {})["asked"]}
    assert again.runs() == [RUN]


def test_what_is_not_there_is_none_and_not_an_error(store: Store) -> None:
    assert store.record("unet") is None
    assert store.state("unet") is None
    assert store.snapshot(RUN, 1) is None
    assert store.probe(RUN, "quality", 1) is None
    assert store.probe_version(RUN, "skips", 2) is None
    assert not store.has_snapshot(RUN, 1)
    (store.folder / "request.json").unlink()
    assert store.request() is None


def test_files_lie_where_the_design_says(store: Store, data: Dataset) -> None:
    assert store.folder.name == data.id
    assert set(everything(store.folder)) == {
        "data.json",
        "request.json",
        "probes/samples.safetensors",
        f"{RUN}/state.safetensors",
        f"{RUN}/run.json",
        f"{RUN}/epochs.csv",
        f"{RUN}/snapshots/epoch-002.safetensors",
        f"{RUN}/probes/quality-002.safetensors",
    }


def test_epochs_csv_has_the_columns_of_the_design_and_one_row_an_epoch(store: Store) -> None:
    text = (store.folder / RUN / "epochs.csv").read_text()
    assert text.splitlines()[0] == "epoch,train_loss,val_loss,val_accuracy,train_seconds,val_seconds,last_batch_loss"
    read = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(text.splitlines())]
    assert read == ROWS


def test_data_record_describes_the_pictures(store: Store, data: Dataset) -> None:
    record = Store.open(store.folder).data
    assert (record["id"], record["train"], record["test"]) == (data.id, tiny.TRAIN, tiny.TEST)
    assert record["digest"] == data.digest
    assert record["palette"] == data.palette.tolist()


def flip(path: Path, place: int) -> bytes:
    whole = path.read_bytes()
    altered = bytearray(whole)
    altered[place] ^= 0x10
    path.write_bytes(altered)
    return whole


PLACES = {
    "state": f"{RUN}/state.safetensors",
    "snapshot": f"{RUN}/snapshots/epoch-002.safetensors",
    "probe": f"{RUN}/probes/quality-002.safetensors",
    "data.json": "data.json",
    "request": "request.json",
}


def found(store: Store, kind: str) -> bool:
    """Whether reading finds the damage; snapshots, probes and requests then count as not there."""
    if kind == "snapshot":
        return store.snapshot(RUN, 2) is None and not store.has_snapshot(RUN, 2)
    if kind == "probe":
        return store.probe(RUN, "quality", 2) is None and store.probe_version(RUN, "quality", 2) is None
    if kind == "request":
        return store.request() is None
    try:
        store.state(RUN) if kind == "state" else Store.open(store.folder)
    except DamagedError:
        return True
    return False


@pytest.mark.parametrize("kind", PLACES)
def test_altered_byte_is_found_in_every_kind_of_file(kind: str, store: Store) -> None:
    path = store.folder / PLACES[kind]
    assert not found(store, kind)
    size = path.stat().st_size
    for place in sorted({*np.linspace(0, size - 1, 40).astype(int).tolist(), 0, 7, 8, size - 1}):
        whole = flip(path, place)
        assert found(store, kind), place
        path.write_bytes(whole)
    for length in (0, 5, size // 2, size - 1):
        path.write_bytes(whole[:length])
        assert found(store, kind), length


@pytest.mark.parametrize("changed", [{"recipe": RECIPE + 1}, {"layout": 2}, {"recipe": None}, {"recipe": 0}], ids=str)
def test_store_of_a_later_recipe_or_another_layout_is_refused_and_left_as_it_is(
    changed: dict[str, Any], store: Store, data: Dataset
) -> None:
    files.write_json(store.folder / "data.json", {**store.data, **changed})
    before = everything(store.folder)
    with pytest.raises(StoreError, match=r"Nothing was changed.*--results"):
        Store.open(store.folder)
    with pytest.raises(StoreError, match=r"Nothing was changed.*--results"):
        Store.create(store.folder.parent, data)
    assert list_stores(store.folder.parent) == []
    assert everything(store.folder) == before


def test_making_a_store_that_is_there_changes_nothing(store: Store, data: Dataset) -> None:
    before = everything(store.folder)
    assert Store.create(store.folder.parent, data).data == store.data
    assert everything(store.folder) == before


@pytest.mark.parametrize(
    "use",
    [
        lambda store: store.save(RUN, Stored(RECORD, arrays())),
        lambda store: store.save_request({}),
        lambda store: store.save_snapshot(RUN, 1, arrays()),
        lambda store: store.lock().__enter__(),
    ],
    ids=["save", "request", "snapshot", "lock"],
)
def test_folder_that_cannot_be_written_to_is_a_store_error_with_the_next_step(
    use: Callable[[Store], Any], store: Store
) -> None:
    before = everything(store.folder)
    with use_disk(ReadOnly()), pytest.raises(StoreError, match=r"Permission denied.*--results"):
        use(store)
    assert everything(store.folder) == before


def test_reading_needs_no_right_to_write(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.open

    def read_only(path: Any, flags: int, *rest: Any, **more: Any) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return real(path, flags, *rest, **more)

    monkeypatch.setattr(os, "open", read_only)
    assert not store.locked()
    assert store.record(RUN) == {**RECORD, "digest": store.digest}
    assert store.request() is not None


def test_file_in_place_of_the_results_folder_is_a_store_error(tmp_path: Path, data: Dataset) -> None:
    (tmp_path / "results").write_text("no folder")
    with pytest.raises(StoreError, match="--results"):
        Store.create(tmp_path / "results", data)
    assert list_stores(tmp_path / "results") == []


def test_setting_aside_deletes_nothing_however_often(store: Store) -> None:
    before = {name: content for name, content in everything(store.folder).items() if name.startswith(RUN)}
    targets = []
    for _ in range(3):
        targets.append(store.set_aside(store.folder / RUN))
        assert store.state(RUN) is None
        assert store.runs() == []
        store.save(RUN, Stored(RECORD, arrays()))
    assert len(set(targets)) == 3
    kept = {f"{RUN}/{path}": content for path, content in everything(targets[0]).items()}
    assert kept == before
    assert store.runs() == [RUN]


HOLD = """
import sys
from pathlib import Path
from runs.storage.store import Store
with Store.open(Path(sys.argv[1])).lock() as waited:
    print(waited, flush=True)
    sys.stdin.read()
"""


def test_lock_of_another_process_is_seen_and_ends_with_that_process(store: Store) -> None:
    assert not store.locked()
    command = [sys.executable, "-c", HOLD, str(store.folder)]
    with subprocess.Popen(command, cwd=HOME, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        try:
            assert other.stdout.readline() == "False\n"  # it had not to wait
            assert store.locked()
        finally:
            other.kill()
    assert not store.locked()
    with store.lock() as waited:
        assert not waited
        assert store.locked()


def test_stores_come_with_the_one_asked_for_last_first_and_without_damaged_ones(tmp_path: Path) -> None:
    made = [Store.create(tmp_path, tiny.dataset(train=count)) for count in (3, 4, 5)]
    for one in (made[1], made[2], made[0]):
        one.save_request({"preset": "quick"})
    assert [one.folder for one in list_stores(tmp_path)] == [made[0].folder, made[2].folder, made[1].folder]
    flip(made[0].folder / "data.json", 20)
    assert [one.folder for one in list_stores(tmp_path)] == [made[2].folder, made[1].folder]
    assert list_stores(tmp_path / "nowhere") == []
