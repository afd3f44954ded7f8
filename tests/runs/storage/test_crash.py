"""A process may be killed, and the power cut, at every call that changes the disk: the next run-all ends as if not."""

from __future__ import annotations

import os
import re
import shutil
import signal
import tempfile
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs.data.dataset import Dataset
from runs.disk import use_disk
from runs.storage.find_store import list_stores
from runs.storage.store import Store
from tests.runs.disks import Counting, Crash, Dead, Platter, Recording, deadly
from tests.runs.replayed import EPOCHS, GOALS, POINTS, check_whole, finish, run_all

pytestmark = pytest.mark.usefixtures("threads")
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a process that it forks")


def left_whole(results: Path) -> int:
    """What a dead process left reads as whole or as not there; how many epochs it has."""
    found = list_stores(results)
    return check_whole(found[0], complete=False) if found else 0


def test_points_are_those_that_the_files_and_folders_of_a_run_all_have(bench: Path, data: Dataset) -> None:
    counting = Counting()
    with use_disk(counting):
        check_whole(run_all(bench, data), complete=True)
    assert len(counting.calls) == POINTS
    assert POINTS > 150


def killed(results: Path, data: Dataset, at: int) -> int:
    """The signal that ended a run-all which is killed at a point."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of Python 3.12, on a fork beside threads
        child = os.fork()
    if child == 0:
        try:
            with use_disk(deadly(at)):
                run_all(results, data)
        finally:
            os._exit(99)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@needs_fork
def test_run_all_killed_at_any_point_is_finished_by_the_next_to_the_same_bits(
    bench: Path, data: Dataset, capsys: pytest.CaptureFixture[str]
) -> None:
    with use_disk(Counting()):
        run_all(bench / "warm", data)  # imports and caches, once for all children
    epochs, begun = [], 0
    for at in range(POINTS):
        results = bench / str(at)
        results.mkdir()
        assert killed(results, data, at) == -signal.SIGKILL, at
        epochs.append(left_whole(results))
        begun += len(list(results.rglob(".*.part")))
        finish(results, data)
        shutil.rmtree(results)
    assert epochs == sorted(epochs)  # a later death never costs more
    assert set(epochs) == set(range(EPOCHS + 1))
    assert begun > POINTS / 2  # half-written files were there, and none was read or stays
    with capsys.disabled():
        print(f"\n{POINTS} points: killed at each, finished to the same bits after each.")


@pytest.mark.parametrize("kept", ["synced", "names", "half"])
def test_power_cut_at_any_point_loses_nothing_that_was_told_and_is_mended_by_the_next_run_all(
    bench: Path, data: Dataset, kept: str, capsys: pytest.CaptureFixture[str]
) -> None:
    recording = Recording()
    (bench / "whole").mkdir()
    with use_disk(recording):
        run_all(bench / "whole", data, recording.said)
    platter = Platter(bench / "whole")
    told = 0
    for number, call in enumerate([("begin", bench, b""), *recording.log]):
        platter.take(*call)
        results = bench / str(number)
        results.mkdir()
        platter.leave(results, kept)
        for spec_id, epoch in re.findall(r"^(\S+): done at epoch (\d+)", "\n".join(platter.said), re.MULTILINE):
            (store,) = list_stores(results)
            record = store.record(spec_id)
            assert record is not None
            assert len(record["rows"]) == int(epoch)
            told += 1
        left_whole(results)
        finish(results, data)
        shutil.rmtree(results)
    assert told > len(GOALS)
    changes = [call for call in recording.log if call[0] != "said"]
    assert len(changes) > 0.8 * POINTS  # all but the locks and the closing of files, which change nothing
    with capsys.disabled():
        print(f"\n{len(changes)} points: power cut after each ({kept}), finished to the same bits after each.")


def crashed(results: Path, data: Dataset, at: int) -> bool:
    """Whether a run-all got as far as to crash at a point; it crashes in this process, which lives on."""
    try:
        with use_disk(Dead(at)):
            run_all(results, data)
    except Crash:
        return True
    return False


@given(st.lists(st.integers(0, POINTS), min_size=1, max_size=4))
def test_run_all_that_crashes_again_and_again_ends_with_the_same_bits(data: Dataset, points: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        epochs = 0
        for at in points:
            crashed(Path(folder), data, at)
            now = left_whole(Path(folder))
            assert now >= epochs
            epochs = now
        finish(Path(folder), data)


def test_store_that_was_begun_without_its_record_is_no_store_and_becomes_one(bench: Path, data: Dataset) -> None:
    with pytest.raises(Crash), use_disk(Dead(5)):
        Store.create(bench, data)
    assert list_stores(bench) == []
    finish(bench, data)
