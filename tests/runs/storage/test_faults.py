"""A full disk, a failing one, missing rights and a vanished folder, at every call: a clear error, nothing lost."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import cli
from runs.data.dataset import Dataset
from runs.disk import Disk, use_disk
from runs.errors import StoreError
from runs.storage.find_store import list_stores
from runs.storage.last_request import LAST
from tests.conftest import grow
from tests.runs import tiny
from tests.runs.disks import Counting, Failing
from tests.runs.replayed import POINTS, check_whole, finish, run_all

pytestmark = pytest.mark.usefixtures("threads")


def everything(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != ".lock"}


def trouble(results: Path, data: Dataset, disk: Disk) -> StoreError | None:
    """How a run-all fails; None when it does not."""
    try:
        with use_disk(disk):
            run_all(results, data)
    except StoreError as error:
        return error
    return None


class Watched(Failing):
    """Keeps what lies on the disk at the moment of the failure, with neither locks nor what is being written."""

    def __init__(self, at: int, number: int, folder: Path) -> None:
        super().__init__(at, number)
        self.folder = folder
        self.before: dict[Path, bytes] = {}

    def point(self, call: str) -> None:
        if len(self.calls) == self.at:
            self.before = {path: text for path, text in everything(self.folder).items() if path.suffix != ".part"}
        super().point(call)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES], ids=errno.errorcode.get)
def test_failure_at_any_point_is_a_clear_error_that_leaves_what_was_there_and_no_temporary_file(
    bench: Path, data: Dataset, number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    for at in range(POINTS):
        results = bench / str(at)
        results.mkdir()
        disk = Watched(at, number, results)
        with pytest.raises(StoreError, match=os.strerror(number)) as caught, use_disk(disk):
            run_all(results, data)
        assert caught.value.exit_code == 1
        assert str(results) in str(caught.value)
        assert "--results" in str(caught.value)
        assert everything(results) == disk.before, disk.calls[at]
        for store in list_stores(results):
            check_whole(store, complete=False)
        if number == errno.ENOSPC:  # the same is left after each of the others
            finish(results, data)
        shutil.rmtree(results)
    with capsys.disabled():
        print(f"\n{POINTS} points: {errno.errorcode[number]} at each, a clear error and nothing lost at each.")


#: Points before anything is stored: the folder is made and synced, and its lock taken.
BEGUN = 3


def test_folder_that_vanishes_at_any_point_is_a_clear_error_and_is_not_made_anew(
    bench: Path, data: Dataset, capsys: pytest.CaptureFixture[str]
) -> None:
    tried = 0
    for at in range(POINTS):
        results = bench / str(at)
        results.mkdir()
        gone = bench / f"{at}-gone"
        gone.mkdir()

        def vanish(call: str, results: Path = results, gone: Path = gone) -> None:
            for folder in results.iterdir():  # that of the pictures, when it has been made
                folder.rename(gone / folder.name)

        disk = Real(at, vanish)
        error = trouble(results, data, disk)
        if error is None:
            assert at < BEGUN, disk.calls[at:]
        else:
            assert error.exit_code == 1
            assert f"{results}/" in str(error)
            tried += 1
        if at >= BEGUN:
            left = {path.name for path in everything(results)} - {LAST}  # which lies beside the folder that vanished
            assert left == set(), disk.calls[at]
            shutil.rmtree(results)
            gone.rename(results)
        finish(results, data)
        shutil.rmtree(results)
    assert tried >= POINTS - BEGUN
    with capsys.disabled():
        print(f"\n{tried} points: folder gone at each, a clear error at each.")


class Real(Counting):
    """Counts, and opens the folders that it would sync."""

    def sync_folder(self, path: Path) -> None:
        super().sync_folder(path)
        Disk.sync_folder(self, path)


class Unreadable(Counting):
    """Fails at a reading."""

    def __init__(self, at: int, number: int) -> None:
        super().__init__()
        self.read_at, self.number = at, number

    def read(self, path: Path, start: int = 0, size: int = -1) -> bytes:
        self.reads += 1
        if self.reads - 1 == self.read_at:
            raise OSError(self.number, os.strerror(self.number))
        return super().read(path, start, size)


@pytest.mark.parametrize("number", [errno.EIO, errno.EACCES], ids=errno.errorcode.get)
def test_file_that_cannot_be_read_is_a_clear_error_and_not_a_missing_or_damaged_one(
    bench: Path, data: Dataset, number: int
) -> None:
    finish(bench, data)
    before = everything(bench)
    at, disk = 0, Unreadable(0, number)
    while error := trouble(bench, data, disk):
        assert os.strerror(number) in str(error)
        assert str(bench) in str(error)
        at, disk = at + 1, Unreadable(at + 1, number)
    assert at == disk.reads > 15
    assert {path: text for path, text in everything(bench).items() if path.name != "request.json"} == {
        path: text for path, text in before.items() if path.name != "request.json"
    }


def test_store_error_ends_a_command_with_exit_code_1_and_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("runs.job.load_data", lambda request, say: tiny.dataset(train=100))
    options = ["--section", "1.2", "--preset", "quick", "--workers", "1", "--results", str(tmp_path)]
    with use_disk(Failing(POINTS // 2, errno.ENOSPC)):
        done = CliRunner().invoke(cli, ["run-all", *options])
    assert done.exit_code == 1
    (sentence,) = [line for line in done.output.splitlines() if line.startswith("Error: ")]
    assert "No space left on device" in sentence
    assert "Traceback" not in done.output


def test_error_of_the_system_in_any_other_place_is_a_sentence_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "some/folder")

    monkeypatch.setattr("runs.job.load_data", refuse)
    done = CliRunner().invoke(cli, ["run-all"])
    assert done.exit_code == 1
    assert done.output == "Error: Could not use some/folder: Permission denied. Allow access to it and try again.\n"


def test_disk_that_is_really_full_is_a_clear_error_and_goes_on_when_there_is_room(
    tiny_disk: Path, data: Dataset
) -> None:
    filler = tiny_disk / "filler"
    room = 64 * 1024
    errors = 0
    for taken in range(room - 4096, 0, -4096):
        filler.write_bytes(bytes(taken))
        error = trouble(tiny_disk / "results", data, Disk())
        assert error is None or "No space left on device" in str(error)
        assert not list(tiny_disk.rglob("*.part"))
        errors += error is not None
        filler.unlink()
    assert errors > 3
    grow(tiny_disk, 4096)
    check_whole(run_all(tiny_disk / "results", data), complete=True)
