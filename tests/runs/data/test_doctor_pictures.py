"""What doctor says of pictures: every place where CIFAR-10 lies, what would be taken, and what fits what was asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from runs.data import download, photographs
from runs.data.sources import cifar10
from runs.doctor import Check, check_pictures
from runs.job import PATIENCE, load_data
from runs.specs.request import Request
from tests.runs.data.layouts import made_up_layouts as layouts

FEW = photographs.cut_patches((12, 6))


@pytest.fixture(autouse=True)
def few(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photographs, "cut_patches", lambda: FEW)


def look(root: Path, data: str = "auto", category: str = "horse") -> list[Check]:
    return list(check_pictures(root, data, category))


#: Where each tool keeps what it has: the layout, below which folder of the home, and what it is called there.
HOMES = {
    "Keras": ("Keras 3's folder", ".keras/datasets"),
    "Hugging Face's hub": ("Hugging Face's hub", ".cache/huggingface/hub"),
    "Hugging Face's datasets": ("Hugging Face's datasets", ".cache/huggingface/datasets"),
    "fastai": ("fastai's folder", ".fastai/data"),
    "TensorFlow Datasets": ("TensorFlow Datasets", ""),
    "your own folder": ("binary archive", "data"),
}


def put(made_up, home: Path, keeper: str) -> None:
    layout, below = HOMES[keeper]
    (home / below).mkdir(parents=True, exist_ok=True)
    layouts.LAYOUTS[layout](made_up, home / below)


@pytest.mark.parametrize("keeper", HOMES)
def test_cifar10_is_found_where_each_tool_keeps_it(made_up, tmp_path, monkeypatch, keeper):
    monkeypatch.setattr(cifar10, "has_horses", lambda found: True)
    monkeypatch.setattr(download, "open_url", lambda *_: pytest.fail("looked for the network"))
    put(made_up, tmp_path / "home", keeper)
    found, pictures = look(tmp_path / "results")
    assert (found.ok, found.name) == (True, "CIFAR-10")
    assert found.found.startswith(f"{keeper}, {tmp_path / 'home'}")
    assert found.found.endswith("; this one would be taken")
    assert "cifar10, horse: the horse pictures of CIFAR-10" in pictures.found
    dataset = load_data(Request(results=str(tmp_path / "results")), lambda text: None)
    assert dataset.source == "cifar10"


@pytest.mark.parametrize(
    ("name", "keeper", "below"),
    [
        ("KERAS_HOME", "Keras", "datasets"), ("HF_HUB_CACHE", "Hugging Face's hub", ""),
        ("HF_HOME", "Hugging Face's hub", "hub"), ("HF_HOME", "Hugging Face's datasets", "datasets"),
        ("HF_DATASETS_CACHE", "Hugging Face's datasets", ""), ("TFDS_DATA_DIR", "TensorFlow Datasets", ""),
        ("FASTAI_HOME", "fastai", "data"),
    ],
)  # fmt: skip
def test_places_that_the_environment_names_are_looked_into(made_up, tmp_path, monkeypatch, name, keeper, below):
    monkeypatch.setattr(cifar10, "has_horses", lambda found: True)
    monkeypatch.setenv(name, str(tmp_path / "disk"))
    (tmp_path / "disk" / below).mkdir(parents=True)
    made = layouts.LAYOUTS[HOMES[keeper][0]](made_up, tmp_path / "disk" / below)
    if keeper == "TensorFlow Datasets":
        monkeypatch.setenv(name, str(made.parent))
    assert look(tmp_path / "results")[0].found.startswith(f"{keeper}, {tmp_path / 'disk'}")


def test_every_place_is_listed_and_one_that_does_not_match_is_named(made_up, tmp_path, monkeypatch):
    monkeypatch.setattr(cifar10, "has_horses", lambda found: found.vouched)
    for keeper in ("Keras", "fastai", "your own folder"):
        put(made_up, tmp_path / "home", keeper)
    checks = look(tmp_path / "results")
    assert [check.ok for check in checks] == [True, False, False, True]
    assert "this one would be taken" in checks[0].found
    assert all("its horses are other pictures" in check.mend for check in checks[1:3])


def test_kaggles_in_ones_own_folder_is_named_with_its_reason(made_up, tmp_path):
    layouts.kaggle(made_up, tmp_path / "data")
    assert any("come without labels" in check.mend for check in look(tmp_path / "results"))


def test_cifar10_that_is_nowhere_is_a_lack_only_where_it_was_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr(download, "open_url", lambda *_: pytest.fail("doctor downloads nothing"))
    (lack,) = look(tmp_path, "cifar10")
    assert (lack.ok, lack.needed) == (False, True)
    assert "--data PATH" in lack.mend
    lack, pictures = look(tmp_path)
    assert (lack.ok, lack.needed, pictures.ok) == (False, False, True)
    assert pictures.found.startswith("photos, patches")


def test_layout_of_cifar10_with_other_pictures_is_named(made_up, tmp_path, monkeypatch):
    path = layouts.LAYOUTS["binary folder"](made_up, tmp_path / "x")
    *_, last = look(tmp_path / "results", str(path))
    assert "its horses are other pictures" in last.found


def test_files_that_are_not_taken_are_counted(folder, tmp_path):
    for name in ("train/horse/a.gif", "test/horse/notes.txt"):
        (folder / name).write_bytes(b"x")
    (check,) = look(tmp_path / "results", str(folder))
    assert "2 files beside them not taken" in check.found
    assert "train/horse/a.gif, test/horse/notes.txt" in check.mend


def test_advice_fits_what_was_asked(tmp_path, monkeypatch):
    (tmp_path / "mine").mkdir()
    (check,) = look(tmp_path, "mine")
    assert "--data photos" in check.mend

    def none() -> None:
        raise photographs.DataError("none of them is installed")

    monkeypatch.setattr(photographs, "cut_patches", none)
    (check,) = look(tmp_path, "photos")
    assert "--data photos" not in check.mend


def test_quick_look_waits_two_minutes_for_a_download_and_others_wait(tmp_path, monkeypatch):
    waited: dict[str, float | None] = {}

    def refuse(url, part, total, show, answer_seconds, patience):
        waited[str(answer_seconds)] = patience
        raise download.FetchError(f"after {patience} s 8 of 170 MB have come, 66 kB/s: about 41 min to go")

    monkeypatch.setattr(download, "download_to", refuse)
    said: list[str] = []
    assert PATIENCE == 120
    dataset = load_data(Request(preset="quick", results=str(tmp_path / "r")), said.append)
    assert dataset.source == "photos"
    assert list(waited.values()) == [120]
    assert "about 41 min to go" in said[-1]
    assert "--data cifar10 to stop here instead" in said[-1]
    waited.clear()
    load_data(Request(results=str(tmp_path / "r")), said.append)
    with pytest.raises(photographs.DataError):
        load_data(Request("cifar10", preset="quick", results=str(tmp_path / "r")), said.append)
    assert set(waited.values()) == {None}
