"""A disk that cannot sync folders is told of once and used; every other error of a folder's sync stays one."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import numpy as np
import pytest

from runs.disk import NO_FOLDER_SYNC
from runs.specs.request import Request
from runs.specs.spec import RunSpec
from runs.storage.store import Store, Stored
from tests.commands import call
from tests.runs import tiny
from tests.runs.made_up_run import record

SPEC = RunSpec(model="cnn")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store.create(tmp_path / "results", tiny.dataset())
    made.save_request(Request("photos", "tiny", "quick").record())
    made.save(SPEC.id, Stored(record(SPEC, 5), {"pictures": np.zeros((5, 1, 32, 32, 3), np.uint8)}))
    return made


def refuse_folders(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """From here on the sync of a folder, and of nothing else, fails with an error of the system."""
    real = os.fsync

    def fsync(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(number, os.strerror(number))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)


@pytest.mark.parametrize("number", NO_FOLDER_SYNC, ids=errno.errorcode.get)
def test_disk_that_cannot_sync_folders_is_told_of_once_and_all_is_written(
    store: Store, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    refuse_folders(monkeypatch, number)
    for _ in range(2):  # once a command
        done = call("report", "--section", "1.2", "--results", store.folder.parent)
        assert done.exit_code == 0, done.output
        assert done.stderr.count("cannot sync folders") == 1
        assert str(store.folder.parent) in done.stderr
    assert (store.folder.parent / "report" / "report.html").stat().st_size > 1000
    monkeypatch.undo()
    assert "cannot sync" not in call("report", "--section", "1.2", "--results", store.folder.parent).stderr


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.EACCES], ids=errno.errorcode.get)
def test_every_other_error_of_the_sync_of_a_folder_ends_the_command(
    store: Store, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    refuse_folders(monkeypatch, number)
    done = call("report", "--section", "1.2", "--results", store.folder.parent)
    assert done.exit_code == 1
    assert os.strerror(number) in done.stderr
    assert "cannot sync folders" not in done.stderr
