"""Stored runs are listed, packed and set aside by their names; nothing is lost."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from runs.specs.spec import RunSpec
from runs.storage.store import Store, Stored
from tests.commands import call
from tests.runs import tiny
from tests.runs.made_up_run import record

PICTURES = {"pictures": np.zeros((5, 1, 32, 32, 3), np.uint8)}
ASKED, OWN = RunSpec(model="cnn"), RunSpec(model="cnn", filters=7)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store.create(tmp_path / "results", tiny.dataset())
    for spec in (ASKED, OWN):
        store.save(spec.id, Stored(record(spec, 5), PICTURES))
    return store


def run(store: Store, *words: str | Path) -> tuple[int, str, str]:
    done = call("runs", *words, "--results", store.folder.parent)
    return done.exit_code, done.stdout, done.stderr


def test_every_run_is_listed_with_what_it_came_to_and_whose_it_is(store: Store) -> None:
    code, told, _ = run(store, "list", "--json")
    found = {each["run"]: each for each in json.loads(told)}
    assert (code, set(found)) == (0, {ASKED.id, OWN.id})
    assert (found[ASKED.id]["in_report"], found[OWN.id]["in_report"]) == (True, False)
    last = record(OWN, 5)["rows"][-1]
    assert (found[OWN.id]["epochs"], found[OWN.id]["val_loss"]) == (5, last["val_loss"])
    path = store.folder / ASKED.id / "state.safetensors"
    path.write_bytes(path.read_bytes()[:-9])
    _, told, said = run(store, "list")
    assert "your own" in told
    assert "2 runs in" in said
    assert "Traceback" not in told + said


def test_packed_run_holds_the_very_files(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "out" / "mine.zip"
    code, told, _ = run(store, "export", OWN.id, "--to", target)
    assert (code, told.strip()) == (0, str(target))
    with zipfile.ZipFile(target) as archive:
        state = archive.read(f"{OWN.id}/state.safetensors")
        assert not [name for name in archive.namelist() if not name.startswith(f"{OWN.id}/")]
    assert state == (store.folder / OWN.id / "state.safetensors").read_bytes()
    before = target.read_bytes()
    code, _, said = run(store, "export", ASKED.id, "--to", target)
    assert (code, "a file that is not there yet" in said) == (2, True)
    assert target.read_bytes() == before
    code, _, said = run(store, "export", ASKED.id, "--to", store.folder / "x.zip")
    assert (code, "outside of stored results" in said) == (2, True)


def test_deleted_run_is_set_aside_and_comes_back_by_its_name(store: Store) -> None:
    path = store.folder / OWN.id
    before = (path / "state.safetensors").read_bytes()
    code, told, said = run(store, "delete", OWN.id)
    assert (code, store.runs()) == (0, [ASKED.id])
    aside = Path(told.strip())
    assert aside.name == f"{OWN.id}.deleted"
    assert "To have one back" in said
    aside.rename(path)
    assert (path / "state.safetensors").read_bytes() == before
    assert store.runs() == sorted([ASKED.id, OWN.id])


@pytest.mark.parametrize("words", [("delete", "unet-b3"), ("export", "../data", "--to", "x.zip")])
def test_name_of_no_stored_run_is_refused_and_nothing_happens(
    store: Store, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, told, said = run(store, *words)
    assert (code, told) == (2, "")
    assert "runs list names the 2 that are there" in said
    assert store.runs() == sorted([ASKED.id, OWN.id])
    assert not Path("x.zip").exists()


def test_run_is_not_deleted_while_another_process_trains(store: Store) -> None:
    with store.lock():
        code, _, said = run(store, "delete", OWN.id)
    assert code == 1
    assert "another" in said.lower()
    assert OWN.id in store.runs()
