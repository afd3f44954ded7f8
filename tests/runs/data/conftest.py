"""A working folder and a home in which nothing lies, without a network, and a made-up CIFAR-10."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from runs.data import download
from runs.data.places import KEEPERS
from tests.runs.data.own_pictures import encoded, picture
from tests.runs.data.slow_server import Server
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


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server whose address is asked in place of every other."""
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.05,), daemon=True)
        thread.start()

        def open_here(request: Request, seconds: float) -> object:
            address = f"http://127.0.0.1:{made.server_address[1]}/file"
            return urlopen(Request(address, headers=dict(request.header_items())), timeout=seconds)

        monkeypatch.setattr(download, "open_url", open_here)
        monkeypatch.setattr(download, "RETRY_SECONDS", 0.01)
        monkeypatch.setattr(download, "LOOK_SECONDS", 0.02)
        yield made
        made.over.set()
        made.shutdown()
        thread.join(20)
