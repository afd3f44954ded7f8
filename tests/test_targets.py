"""Places that a user names for what a command writes: nothing stored, and no file of the user's, is lost there."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from runs.errors import DamagedError, UsageError
from runs.execution.engine import Engine
from runs.specs.catalogue import Goal
from runs.specs.spec import RunSpec
from runs.storage.find_store import list_stores
from runs.storage.output_paths import refuse_among_pictures, refuse_inside_stores
from runs.storage.store import Store
from tests.commands import call
from tests.made_up_folder import folder_of_pictures
from tests.runs import tiny

CNN = RunSpec(model="cnn", filters=4, batch_size=4)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A results folder with a narrow CNN, trained for an epoch."""
    results = tmp_path_factory.mktemp("trained") / "results"
    store = Store.create(results, tiny.dataset())
    assert Engine(store, tiny.dataset(), 1).run([Goal(CNN, {1: ()})]).failed == {}
    return results


@pytest.fixture
def results(trained: Path, tmp_path: Path) -> Path:
    """Results that a test may lose, and others beside them."""
    shutil.copytree(trained, tmp_path / "others")
    return shutil.copytree(trained, tmp_path / "results")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    Image.new("RGB", (8, 8), (200, 10, 10)).save(tmp_path / "a.jpg")
    Image.new("RGB", (8, 8), (200, 10, 10)).save(tmp_path / "a.png")
    return tmp_path / "a.jpg"


def contents(folder: Path) -> dict[Path, bytes | None]:
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def inside(results: Path, whose: str = "results") -> dict[str, Path]:
    """Places in a store: files that are there and others, straight, by a detour, and by links."""
    (store,) = list_stores(results.with_name(whose))
    folder, run = store.folder, store.folder / CNN.id
    link = results.with_name(f"link to {whose}")
    link.symlink_to(run)
    return {
        "state": run / "state.safetensors",
        "record": folder / "data.json",
        "store": folder / "made.png",
        "run": run / "made.png",
        "new folder": run / "new" / "made.png",
        "detour": results.parent / "." / whose / folder.name / CNN.id / ".." / "made.png",
        "link": link / "made.png",
    }


PLACES = ("state", "record", "store", "run", "new folder", "detour", "link")


@pytest.mark.parametrize("whose", ["results", "others"])
@pytest.mark.parametrize("place", PLACES)
def test_coloured_picture_is_never_written_among_stored_results(
    results: Path, picture: Path, place: str, whose: str
) -> None:
    target, before = inside(results, whose)[place], contents(results.parent)
    done = call("colourize", picture, "--results", results, "--run", CNN.id, "--out", target, "--force")
    assert done.exit_code == 2, done.output
    assert "--out" in done.stderr
    assert contents(results.parent) == before
    assert call("status", "--results", results).exit_code == 3, "the store is still read"


def test_coloured_picture_replaces_neither_the_picture_nor_what_is_no_png(results: Path, picture: Path) -> None:
    drawing = picture.with_name("a.png")
    link = picture.with_name("link.png")
    link.symlink_to(drawing)
    before = contents(picture.parent)
    for image, out, named in (
        (picture, picture, ".png"),
        (picture, picture.with_name("x.txt"), ".png"),
        (drawing, drawing, "another file than the picture"),
        (drawing, link, "another file than the picture"),
        (link, drawing, "another file than the picture"),
    ):
        done = call("colourize", image, "--results", results, "--run", CNN.id, "--out", out, "--force")
        assert (done.exit_code, named in done.stderr) == (2, True), done.output
    assert contents(picture.parent) == before


def test_coloured_picture_that_is_there_is_replaced_only_where_that_is_asked_for(results: Path, picture: Path) -> None:
    command = ("colourize", picture, "--results", results, "--run", CNN.id)
    for target, options in (("a-coloured.png", ()), ("new/b.png", ("--out", picture.with_name("new") / "b.png"))):
        path = picture.parent / target
        assert call(*command, *options).exit_code == 0
        path.write_bytes(b"the user's")
        done = call(*command, *options)
        assert done.exit_code == 2
        assert str(path) in done.stderr
        assert "--force" in done.stderr
        assert path.read_bytes() == b"the user's"
        assert call(*command, *options, "--force").exit_code == 0
        with Image.open(path) as made:
            assert made.size == (8, 8)


@pytest.mark.parametrize("whose", ["results", "others"])
@pytest.mark.parametrize("place", ["store", "new folder", "detour", "link"])
def test_pages_are_never_written_among_stored_results(
    results: Path, picture: Path, tmp_path: Path, place: str, whose: str
) -> None:
    folder = inside(results, whose)[place].parent
    pictures = folder_of_pictures(tmp_path / "pictures", 4, 2)
    before = contents(results.parent)
    for command in (("report",), ("run-all", "--data", pictures)):
        done = call(*command, "--section", "1.2", "--results", results, "--out", folder)
        assert done.exit_code == 2, done.output
        assert "--out" in done.stderr
    assert contents(results.parent) == before


def test_kept_sections_do_not_go_among_stored_results_by_a_link(results: Path, tmp_path: Path) -> None:
    (store,) = list_stores(results)
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "sections").symlink_to(store.folder)
    before = contents(results)
    assert call("report", "--results", results, "--out", tmp_path / "pages").exit_code == 2
    assert contents(results) == before


@pytest.mark.parametrize("name", ["report.html", "report.json", "report.pdf", "audit.pdf"])
def test_pages_replace_pages_of_ours_alone(results: Path, tmp_path: Path, name: str) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / name).write_text("the user's")
    done = call("report", "--section", "1.2", "--results", results, "--out", pages)
    assert (done.exit_code, name in done.stderr) == (2, True), done.output
    assert contents(pages) == {pages / name: b"the user's"}
    (pages / name).unlink()
    for lost in (None, "report.json", "sections"):  # what is left tells whose pages they are
        if lost:
            shutil.rmtree(pages / lost) if lost == "sections" else (pages / lost).unlink()
        done = call("report", "--section", "1.2", "--results", results, "--out", pages)
        assert done.exit_code == 0, done.output
        assert json.loads((pages / "report.json").read_text())["verdicts"]


@pytest.mark.parametrize("command", [["run-all"], ["train", "--model", "cnn"]], ids=" ".join)
def test_nothing_is_trained_into_a_store_of_others(results: Path, tmp_path: Path, command: list[str]) -> None:
    (store,) = list_stores(results)
    pictures = folder_of_pictures(tmp_path / "pictures", 4, 2)
    before = contents(results)
    for folder in (store.folder, store.folder / CNN.id):
        done = call(*command, "--data", pictures, "--results", folder)
        assert (done.exit_code, "--results" in done.stderr) == (2, True), done.output
    assert contents(results) == before


@pytest.mark.parametrize("command", [["run-all"], ["run-all", "--dry-run"], ["train", "--model", "cnn"]], ids=" ".join)
@pytest.mark.parametrize("place", ["in them", "the same", "further in", "by a link", "around them", "by a detour"])
def test_results_and_pictures_never_lie_in_one_another(
    results: Path, tmp_path: Path, place: str, command: list[str]
) -> None:
    pictures = folder_of_pictures(tmp_path / "pictures", 4, 2)
    (tmp_path / "link").symlink_to(pictures)
    data, kept, told = {
        "in them": (pictures, pictures / "results", "--results:"),
        "the same": (pictures, pictures, "--results:"),
        "further in": (pictures, pictures / "train" / "new" / "results", "--results:"),
        "by a link": (pictures, tmp_path / "link" / "results", "--results:"),
        "around them": (pictures, tmp_path, "--data:"),
        "by a detour": (tmp_path / "others" / ".." / "pictures" / "train", pictures, "--data:"),
    }[place]
    before = contents(tmp_path)
    done = call(*command, "--data", data, "--results", kept)
    assert (done.exit_code, told in done.stderr) == (2, True), done.output
    assert "Nothing was written." in done.stderr
    assert contents(tmp_path) == before
    looked = call("doctor", "--data", data, "--results", kept)
    assert told in " ".join(looked.output.split())


def test_results_beside_the_pictures_and_pictures_that_were_downloaded_are_fine(tmp_path: Path) -> None:
    refuse_among_pictures(tmp_path / "pictures-results", str(tmp_path / "pictures"))
    refuse_among_pictures(tmp_path, str(tmp_path / "downloads" / "cifar-10-batches-py"))
    refuse_among_pictures(tmp_path, "photos")


def test_damaged_store_is_spared_and_a_data_json_of_others_is_in_nobodys_way(results: Path, tmp_path: Path) -> None:
    (store,) = list_stores(results)
    (store.folder / "data.json").write_text("{}")
    with pytest.raises(DamagedError):
        Store.open(store.folder)
    with pytest.raises(UsageError, match="--out"):
        refuse_inside_stores(store.folder / "made.png", "--out")
    (tmp_path / "data.json").write_text('{"of": "another program"}')
    refuse_inside_stores(tmp_path / "made.png", "--out")


def test_link_to_nowhere_by_the_name_of_a_record_makes_no_store(tmp_path: Path) -> None:
    (tmp_path / "data.json").symlink_to(tmp_path / "nowhere")
    refuse_inside_stores(tmp_path / "pages", "--out")
