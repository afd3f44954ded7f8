"""What a report speaks of is what was last asked for, as files say it, whatever else was trained or copied."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from runs.data.dataset import Dataset
from runs.execution.machine import Machine
from runs.job import train_goals
from runs.specs.request import Request, Wanted
from runs.storage import arrays
from runs.storage.find_store import complete_request, find
from runs.storage.last_request import LAST
from runs.storage.store import Store
from tests.runs import tiny
from tests.runs.replayed import GOALS

pytestmark = pytest.mark.usefixtures("threads")


def train(results: Path, data: Dataset, preset: str, own: bool) -> Store:
    request = Request(data="photos", category="tiny", preset=preset, results=str(results))
    return train_goals(request, data, GOALS[1:], Machine(1, "cpu"), str, own=own)[0]


def speaks_of(results: Path) -> tuple[str, str]:
    """The store and the preset that a reading command without options speaks of."""
    store, request = find(str(results), Wanted())
    return store.folder.name, request.preset


def test_run_of_ones_own_on_other_pictures_changes_nothing_of_what_a_report_speaks_of(tmp_path: Path) -> None:
    quick = train(tmp_path, tiny.dataset(train=8), "quick", own=False)
    own = train(tmp_path, tiny.dataset(train=9), "write-up", own=True)
    assert own.folder != quick.folder
    assert speaks_of(tmp_path) == (quick.folder.name, "quick")
    (tmp_path / LAST).unlink()  # nor where only the records of the stores tell
    assert speaks_of(tmp_path) == (quick.folder.name, "quick")


def test_run_of_ones_own_before_anything_was_asked_for_leaves_what_its_pictures_are(tmp_path: Path) -> None:
    own = train(tmp_path, tiny.dataset(train=9), "write-up", own=True)
    assert speaks_of(tmp_path) == (own.folder.name, "write-up")
    assert find(str(tmp_path), Wanted())[1].data == "photos"
    asked = train(tmp_path, tiny.dataset(train=8), "quick", own=False)
    (tmp_path / LAST).unlink()
    assert speaks_of(tmp_path) == (asked.folder.name, "quick")


def three_stores(results: Path) -> list[Store]:
    """Of the middle one something was asked for last."""
    stores = [Store.create(results, tiny.dataset(train=count)) for count in (3, 4, 5)]
    for store, preset in ((stores[0], "write-up"), (stores[2], "thorough"), (stores[1], "quick")):
        store.save_request(Request("photos", "tiny", preset).record())
    return stores


@pytest.mark.parametrize("pointer", [True, False], ids=["with its pointer", "store by store"])
def test_copied_results_mean_the_same_whatever_the_times_of_files_are(tmp_path: Path, pointer: bool) -> None:
    stores = three_stores(tmp_path / "one")
    copy = tmp_path / "other"
    shutil.copytree(tmp_path / "one", copy, copy_function=shutil.copyfile)  # as cp -r: every file is new
    for when, store in enumerate(stores):
        os.utime(copy / store.folder.name / "request.json", (when, when))
    if not pointer:
        (copy / LAST).unlink()
    assert speaks_of(copy) == speaks_of(tmp_path / "one") == (stores[1].folder.name, "quick")


def test_results_of_before_the_pointer_are_told_apart_by_the_times_of_their_files(tmp_path: Path) -> None:
    stores = three_stores(tmp_path)
    (tmp_path / LAST).unlink()
    for when, store in zip((30, 10, 20), stores, strict=True):
        record = store.request() or {}
        del record["asked"]
        arrays.write_json(store.folder / "request.json", record)
        os.utime(store.folder / "request.json", (when, when))
    assert speaks_of(tmp_path) == (stores[0].folder.name, "write-up")
    stores[1].save_request(Request("photos", "tiny", "quick").record())
    (tmp_path / LAST).unlink()
    assert speaks_of(tmp_path) == (stores[1].folder.name, "quick")


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"store": 1}'])
def test_damaged_pointer_is_named_and_the_records_of_the_stores_tell(tmp_path: Path, content: bytes) -> None:
    stores = three_stores(tmp_path)
    if b"store" in content:
        arrays.write_json(tmp_path / LAST, {"store": 1})
    else:
        (tmp_path / LAST).write_bytes(content)
    said: list[str] = []
    assert find(str(tmp_path), Wanted(), said.append)[0].folder == stores[1].folder
    (told,) = said
    assert str(tmp_path / LAST) in told
    assert "Move it away" in told


def test_pointer_to_a_store_that_is_gone_leaves_the_next(tmp_path: Path) -> None:
    stores = three_stores(tmp_path)
    shutil.rmtree(stores[1].folder)
    assert speaks_of(tmp_path) == (stores[2].folder.name, "thorough")


def complete(results: Path, **typed: object) -> tuple[Request, list[str]]:
    said: list[str] = []
    return complete_request(str(results), Wanted(**typed), said.append), said  # type: ignore[arg-type]


def test_run_all_takes_what_is_left_out_from_what_was_last_asked_for_and_says_so(tmp_path: Path) -> None:
    store = Store.create(tmp_path, tiny.dataset())
    store.save_request(Request(str(tmp_path / "mine"), "tiny", "quick", 3).record())
    where = str(tmp_path)
    request, said = complete(tmp_path)
    assert request == Request(str(tmp_path / "mine"), "tiny", "quick", 3, where)
    assert said == [
        f"As last asked for in {where}: --data {tmp_path / 'mine'} --category tiny --preset quick --seeds 3"
    ]
    request, said = complete(tmp_path, preset="thorough")
    assert request == Request(str(tmp_path / "mine"), "tiny", "thorough", 5, where)
    assert said == [f"As last asked for in {where}: --data {tmp_path / 'mine'} --category tiny"]
    request, said = complete(tmp_path, data=str(tmp_path / "mine"), seeds=2)
    assert (request.preset, request.seeds) == ("quick", 2)
    assert said == [f"As last asked for in {where}: --category tiny --preset quick"]


def test_run_all_on_other_pictures_or_in_a_new_folder_takes_nothing_from_before(tmp_path: Path) -> None:
    Store.create(tmp_path, tiny.dataset()).save_request(Request(str(tmp_path), "tiny", "quick", 3).record())
    assert complete(tmp_path, data="photos") == (Request("photos", results=str(tmp_path)), [])
    assert complete(tmp_path / "new", preset="quick") == (Request(preset="quick", results=str(tmp_path / "new")), [])
    assert complete(tmp_path / "new") == (Request(results=str(tmp_path / "new")), [])
