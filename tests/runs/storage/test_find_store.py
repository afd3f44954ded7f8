"""What was asked for is found again among what is stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from runs.data.dataset import Dataset
from runs.errors import StoreError, UsageError
from runs.specs.request import Request, Wanted
from runs.storage import arrays
from runs.storage.find_store import Say, find
from runs.storage.last_request import write_pointer
from runs.storage.store import Store
from tests.runs.tiny import pictures


def ignored(text: str) -> None:
    pass


class Results:
    """A results folder in which things are asked for one after another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def ask(self, source: str, category: str = "horse", count: int = 3, **fields: Any) -> Store:
        """Stores pictures, and what was asked for of them."""
        palette = pictures(1, 3)[0, 0, :24] / 256
        shown = Dataset(source, category, "made up", pictures(count, 1), pictures(2, 2), palette, "other")
        store = Store.create(self.folder, shown)
        store.save_request(Request(**({"data": source, "category": category} | fields)).record())
        return store

    def find(self, say: Say = ignored, **fields: Any) -> tuple[str, Request]:
        """The id of the store that is found, and the request."""
        store, request = find(str(self.folder), Wanted(**fields), say)
        return store.data["id"], request


@pytest.fixture
def results(tmp_path: Path) -> Results:
    return Results(tmp_path / "results")


def test_without_options_what_was_last_asked_for_is_found_as_it_was(results: Results) -> None:
    photos = results.ask("photos", preset="quick", seeds=2)
    cifar = results.ask("cifar10", seeds=4)
    where = str(results.folder)
    assert results.find() == (cifar.data["id"], Request("cifar10", "horse", "write-up", 4, where))
    results.ask("photos", preset="quick", seeds=2)
    assert results.find() == (photos.data["id"], Request("photos", "horse", "quick", 2, where))
    assert results.find(data="auto")[0] == photos.data["id"]


def test_pictures_are_found_by_name_category_and_preset(results: Results) -> None:
    cifar = results.ask("cifar10")
    frogs = results.ask("cifar10", category="frog", count=4)
    quick = results.ask("photos", preset="quick", count=5)
    assert results.find(data="cifar10")[0] == frogs.data["id"]
    assert results.find(data="cifar10", category="horse")[0] == cifar.data["id"]
    assert results.find(category="frog")[0] == frogs.data["id"]
    assert results.find(preset="quick")[0] == quick.data["id"]
    assert results.find(preset="write-up")[0] == frogs.data["id"]


def test_folder_is_found_by_its_path_however_it_is_written(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").mkdir()
    folder = results.ask("folder", data=str(tmp_path / "mine"))
    results.ask("photos", count=4)
    monkeypatch.chdir(tmp_path)
    for written in ("mine", "./mine/", "mine/../mine", str(tmp_path / "mine")):
        found, request = results.find(data=written)
        assert found == folder.data["id"]
        assert request.data == written
    monkeypatch.setenv("HOME", str(tmp_path))
    assert results.find(data="~/mine")[0] == folder.data["id"]
    with pytest.raises(StoreError):
        results.find(data=str(tmp_path / "other"))


def test_preset_or_seeds_asked_for_now_win(results: Results) -> None:
    results.ask("cifar10", seeds=3)
    assert results.find()[1].seeds == 3
    assert results.find(seeds=2)[1].seeds == 2
    assert results.find(preset="thorough")[1].seeds == 5
    assert results.find(preset="thorough", seeds=2)[1] == Request(
        "cifar10", "horse", "thorough", 2, str(results.folder)
    )
    with pytest.raises(UsageError, match="--seeds"):
        results.find(seeds=0)


def test_damaged_request_counts_as_none(results: Results) -> None:
    store = results.ask("photos", preset="thorough", seeds=5)
    (store.folder / "request.json").write_text("{}")
    assert results.find()[1] == Request("photos", "horse", "write-up", 1, str(results.folder))


@pytest.mark.parametrize("name", ["data.json", "request.json"])
def test_store_last_asked_for_that_cannot_be_read_is_not_passed_over(results: Results, name: str) -> None:
    older = results.ask("photos")
    last = results.ask("cifar10", count=4)
    (last.folder / "data.json").write_text("{}")
    (last.folder / name).write_text("{}")
    for wanted in ({}, {"data": "auto"}, {"category": "horse"}, {"preset": "write-up"}):
        with pytest.raises(
            StoreError, match=rf"may be {last.folder}, which.*--data.*data\.json.*Move it away"
        ) as caught:
            results.find(**wanted)
        assert older.data["id"] in str(caught.value)


def test_store_that_cannot_be_read_is_told_of_where_another_is_meant(results: Results) -> None:
    last = results.ask("cifar10", count=4)
    (last.folder / "data.json").write_text("{}")
    meant = results.ask("photos", category="sea", preset="quick")
    for newer in (False, True):
        if newer:
            write_pointer(last.folder)
        wanted: list[dict[str, Any]] = [{"data": "photos"}, {"category": "sea"}, {"preset": "quick"}]
        for options in [*wanted, {}][: 3 if newer else 4]:
            said: list[str] = []
            assert results.find(**options, say=said.append)[0] == meant.data["id"]
            (told,) = said
            assert told.startswith(f"Passed over, for it cannot be read: {last.folder}. Expected")
            assert "Move it away" in told


def test_folder_that_never_was_a_store_is_told_of_and_no_more(results: Results) -> None:
    meant = results.ask("photos")
    (results.folder / "notes").mkdir()
    (results.folder / "notes" / "data.json").write_text("[]")
    (results.folder / "circle-01234567").symlink_to("circle-01234567")
    said: list[str] = []
    assert results.find(say=said.append)[0] == meant.data["id"]
    assert len(said) == 2


def test_damaged_request_is_named_and_the_pictures_are_still_those_of_the_store(results: Results) -> None:
    store = results.ask("photos", preset="thorough", seeds=5)
    for content in ("{}", "[]", ""):
        (store.folder / "request.json").write_text(content)
        said: list[str] = []
        assert results.find(say=said.append)[1] == Request("photos", "horse", "write-up", 1, str(results.folder))
        (told,) = said
        assert str(store.folder / "request.json") in told
        assert "Move it away" in told
    arrays.write_json(store.folder / "request.json", {"preset": "none"})
    said = []
    results.find(say=said.append)
    assert "of another form" in said[0]


@pytest.mark.parametrize("gone", [True, False])
def test_folder_that_is_not_known_has_to_be_named(results: Results, gone: bool, tmp_path: Path) -> None:
    store = results.ask("folder", data=str(tmp_path / "mine"))
    path = store.folder / "request.json"
    path.unlink() if gone else path.write_text("{}")
    said: list[str] = []
    assert results.find(say=said.append)[1].options().startswith("--data FOLDER")
    assert "Name it with --data" in said[-1]
    assert len(said) == (1 if gone else 2)


def test_folder_is_proposed_so_that_it_is_found_from_elsewhere(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path)
    results.ask("folder", data="mine")
    said: list[str] = []
    assert results.find(say=said.append)[1].data == "mine"
    monkeypatch.chdir("/")
    assert results.find(say=said.append)[1].data == str(tmp_path / "mine")
    assert said == []


def test_nothing_stored_says_what_to_do(results: Results) -> None:
    command = f"python cli.py run-all --results {results.folder}"
    with pytest.raises(StoreError, match=f"found nothing. Train them: {command}$"):
        results.find()


def test_nothing_that_fits_says_what_is_there_and_what_to_do(results: Results) -> None:
    store = results.ask("photos")
    with pytest.raises(StoreError) as caught:
        results.find(data="my horses", preset="quick")
    text = str(caught.value)
    assert store.data["id"] in text
    assert f"python cli.py run-all --data 'my horses' --preset quick --results {results.folder}" in text


def test_category_of_the_photographs_is_refused_as_run_all_refuses_it(results: Results) -> None:
    results.ask("photos")
    assert results.find(data="photos", category="horse")
    with pytest.raises(UsageError, match=r"Expected no --category with --data photos, .* got 'cat'"):
        results.find(data="photos", category="cat")
