"""A working folder and a home in which nothing lies, without a network, and a made-up CIFAR-10."""

from __future__ import annotations

from pathlib import Path
from urllib.error import URLError

import pytest

from runs.data import download
from runs.data.places import KEEPERS
from tests.runs.data.own_pictures import encoded, picture
from tests.runs.made_up_cifar import MadeUp


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A working folder and a home with nothing in them, no tool that keeps data anywhere, and no network."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for home in (home for keeper in KEEPERS for home in keeper.homes if home.startswith("$")):
        monkeypatch.delenv(home.partition("/")[0].removeprefix("$"), raising=False)

    def refuse(request: object, seconds: float) -> None:
        raise URLError("the test has no network")

    monkeypatch.setattr(download, "open_url", refuse)
    return tmp_path


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> MadeUp:
    """A small CIFAR-10 that counts as the real one."""
    small = MadeUp()
    small.expect(monkeypatch)
    return small


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two training and one test picture of a horse, one of a cat."""
    home = tmp_path / "pictures"
    for number, name in enumerate(["train/horse/b.png", "train/horse/a.png", "test/horse/a.png", "train/cat/a.png"]):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(encoded(picture(number)))
    return home
