"""Whole files that are not ours, and what is no file at all, in the place of a stored one: damage as any other."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from cli import cli
from runs.errors import DamagedError
from runs.execution.plan import find_standing, make_plan
from runs.specs.request import Request
from runs.specs.spec import RunSpec
from runs.storage import arrays
from runs.storage.readable_copies import make_run_json
from runs.storage.store import DATA, Store, Stored
from tests.runs import tiny
from tests.runs.made_up_run import ENVIRONMENT, SEGMENT, record, rows, save_probe

SPEC = RunSpec(model="cnn")
PICTURES = {"pictures": np.zeros((2, 1, 32, 32, 3), np.uint8)}
READING = (
    ["status"], ["status", "--verify"], ["verdicts", "--section", "1.2"], ["report", "--section", "1.2"],
    ["colourize", "picture.png", "--run", SPEC.id],
)  # fmt: skip

FOREIGN: list[dict[str, Any]] = [
    {"rows": None}, {"rows": []}, {"rows": {}}, {"rows": [5, 5]}, {"rows": rows(3)[1:]}, {"rows": [{"epoch": 1}]},
    {"rows": [{**rows(1)[0], "train_seconds": None}]}, {"rows": [{**rows(1)[0], "train_loss": "low"}]},
    {"rows": [{**rows(1)[0], "val_seconds": float("nan")}]}, {"rows": [{**rows(1)[0], "val_loss": 10**400}]},
    {"spec": None}, {"spec": {}}, {"spec": {"model": "resnet"}}, {"spec": {**SPEC.model_dump(), "more": 1}},
    {"segments": None}, {"segments": []}, {"segments": [1]}, {"segments": [{**SEGMENT, "environment": {}}]},
    {"segments": [{**SEGMENT, "workers": "two"}]}, {"segments": [{**SEGMENT, "started": None}]},
    {"segments": [{**SEGMENT, "environment": {**ENVIRONMENT, "packages": ["torch"]}}]},
    {"segments": [{**SEGMENT, "environment": {**ENVIRONMENT, "code": None}}]},
    {"diverged": None}, {"diverged": 1}, {"parameters": "many"}, {"parameters": None},
]  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store.create(tmp_path / "results", tiny.dataset())
    made.save_request(Request("photos", "tiny", "quick").record())
    made.save(SPEC.id, Stored(record(SPEC, 2), PICTURES))
    return made


def state_of(store: Store) -> Path:
    return store.folder / SPEC.id / "state.safetensors"


def put(store: Store, whole: Any) -> None:
    """A record with its checksum, in the place of the run's."""
    path = state_of(store)
    arrays.write_arrays(path, PICTURES, whole)


def read_by_all_commands(store: Store, tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (8, 8)).save(tmp_path / "picture.png")
    for command in READING:
        arguments = [str(tmp_path / one) if one.endswith(".png") else one for one in command]
        done = CliRunner().invoke(cli, [*arguments, "--results", str(store.folder.parent)], prog_name="python cli.py")
        assert done.exception is None or isinstance(done.exception, SystemExit), (command, repr(done.exception))
        assert done.exit_code == (3 if "status" in command else 1 if "colourize" in command else 0), done.output
        assert "mend the disk" not in done.output
    assert "damaged" in CliRunner().invoke(cli, ["status", "--results", str(store.folder.parent)]).output


@pytest.mark.parametrize("changed", FOREIGN, ids=str)
def test_record_of_a_run_of_another_form_counts_as_damaged_and_is_set_aside(
    store: Store, changed: dict[str, Any]
) -> None:
    assert list(store.troubles(SPEC.id)) == []
    put(store, record(SPEC, 2) | changed)
    for read in (store.record, store.state, store.head):
        with pytest.raises(DamagedError, match=r"state\.safetensors.*another form.*run-all"):
            read(SPEC.id)
    assert find_standing(store, SPEC.id).damaged
    assert list(store.troubles(SPEC.id)) == [store.folder / SPEC.id]
    make_plan(store, (), 8)  # other runs tell how long it takes; this one does not
    store.set_aside(store.folder / SPEC.id)
    assert store.state(SPEC.id) is None


@pytest.mark.parametrize("field", ["spec", "rows", "segments", "diverged", "parameters"])
def test_record_of_a_run_without_a_field_is_an_end_to_no_command(store: Store, tmp_path: Path, field: str) -> None:
    put(store, {name: value for name, value in record(SPEC, 2).items() if name != field})
    read_by_all_commands(store, tmp_path)


def test_what_a_diverged_run_or_an_older_version_wrote_is_no_damage(store: Store) -> None:
    infinite = [{**rows(1)[0], "train_loss": float("nan"), "val_loss": float("inf")}]
    older = {name: value for name, value in SPEC.model_dump().items() if name != "loss"}
    for changed in (
        {"rows": infinite, "diverged": True},
        {"spec": older},
        {"segments": [SEGMENT | {"uncaptured": "x"}]},
    ):
        put(store, record(SPEC, 2) | changed)
        assert store.state(SPEC.id) is not None
        assert list(store.troubles(SPEC.id)) == []


def test_state_without_pictures_is_damaged(store: Store) -> None:
    store.save(SPEC.id, Stored(record(SPEC, 2), {"weight": np.zeros(3)}))
    assert list(store.troubles(SPEC.id)) == [store.folder / SPEC.id]


@pytest.mark.parametrize("foreign", [[], {}, {"version": "1", "notes": {}}, {"version": 1}, {"version": 1, "notes": 5}])
def test_probe_of_another_form_counts_as_damaged(store: Store, foreign: Any) -> None:
    for run, name, epoch in ((SPEC.id, "quality", 2), (DATA, "samples", 0)):
        path = store.probe_path(run, name, epoch)
        save_probe(store, run, name, epoch)
        assert store.probe(run, name, epoch) is not None
        arrays.write_arrays(path, PICTURES, foreign)
        assert store.probe(run, name, epoch) is None
        assert store.probe_version(run, name, epoch) is None
        assert list(store.troubles(run)) == [path]


def pipe(path: Path) -> None:
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.mkdir()


def circle(path: Path) -> None:
    path.symlink_to(path.name)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def listener(path: Path) -> None:
    os.chdir(path.parent)  # the name of a socket may not be long
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Fails what takes longer, for it may wait for ever."""

    def late(*_: Any) -> None:
        raise AssertionError(f"it takes longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a system with pipes that have names")
@pytest.mark.parametrize("other", [pipe, folder, circle, device, listener])
def test_what_is_no_file_stops_no_command_and_is_set_aside(
    store: Store, tmp_path: Path, other: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store.save_snapshot(SPEC.id, 2, {})
    save_probe(store, SPEC.id, "quality", 2)
    paths = [*(store.folder / SPEC.id).rglob("*.safetensors")]
    assert len(paths) == 3
    for path in paths:
        path.unlink()
        other(path)
    assert store.runs() == [SPEC.id]
    with within(60):
        read_by_all_commands(store, tmp_path)
        assert list(store.troubles(SPEC.id)) == [store.folder / SPEC.id]
        assert store.snapshot(SPEC.id, 2) is None
        assert store.stamp(SPEC.id)
    store.set_aside(store.folder / SPEC.id)
    assert store.runs() == []


def test_files_that_are_longer_than_memory_are_damaged_and_not_read(store: Store, tmp_path: Path) -> None:
    save_probe(store, SPEC.id, "quality", 2)
    for path in (store.probe_path(SPEC.id, "quality", 2), state_of(store), store.folder / SPEC.id / "run.json"):
        os.truncate(path, 2**40)
    with within(60):
        assert store.probe(SPEC.id, "quality", 2) is None
        read_by_all_commands(store, tmp_path)
        assert list(store.troubles(SPEC.id)) == [store.folder / SPEC.id]
        assert not make_run_json(store.folder / SPEC.id / "run.json", b"{}")
    for name in ("request.json", "data.json"):
        os.truncate(store.folder / name, 2**40)
    with within(60):
        assert store.request() is None
        with pytest.raises(DamagedError, match=r"data\.json.*Move it away"):
            Store.open(store.folder)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a system with pipes that have names")
@pytest.mark.parametrize("other", [pipe, folder])
def test_records_that_are_no_files_are_named(store: Store, other: Callable[[Path], None]) -> None:
    for name in ("request.json", "data.json"):
        (store.folder / name).unlink()
        other(store.folder / name)
    with within(60):
        assert store.request() is None
    with within(60), pytest.raises(DamagedError, match=r"data\.json.*Move it away"):
        Store.open(store.folder)


def test_folder_of_a_run_that_is_a_link_in_a_circle_is_set_aside(store: Store) -> None:
    run = store.folder / "unet-b100-lr0.001-s0"
    run.symlink_to(run.name)
    assert find_standing(store, run.name).damaged
    assert list(store.troubles(run.name)) == [run]
    assert store.set_aside(run).is_symlink()
    assert not find_standing(store, run.name).damaged


def test_copy_for_people_that_is_no_file_is_written_anew(store: Store) -> None:
    path = store.folder / SPEC.id / "run.json"
    path.unlink()
    path.symlink_to(path.name)
    assert store.mend_copies(SPEC.id) == [path]
    assert path.is_file()
