"""Signals to the real command: its processes end, the last whole epoch stays, and the next run-all goes on there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from benchmarks.soak import heed_interrupts
from runs.storage.find_store import list_stores
from runs.storage.store import Store
from tests.made_up_folder import folder_of_pictures

HOME = Path(__file__).resolve().parent.parent
RUNS = ("regression-b100-lr0.001-s0", "cnn-b100-lr0.001-s0")
#: Seconds in which every worker has to be gone.
SOON = 5.0
#: What was started here.
STARTED: list[subprocess.Popen[str]] = []

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder_of_pictures(tmp_path_factory.mktemp("pictures"), 100, 4)


@pytest.fixture(autouse=True)
def nothing_stays() -> Iterator[None]:
    yield
    for process in STARTED:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdout:
            process.stdout.close()
    STARTED.clear()


def run_all(pictures: Path, results: Path, workers: int = 2, nohup: bool = False) -> subprocess.Popen[str]:
    command = [sys.executable, "cli.py", "run-all", "--section", "1.2", "--preset", "quick", "--device", "cpu"]
    process = subprocess.Popen(
        [*command, "--workers", str(workers), "--data", str(pictures), "--results", str(results)],
        cwd=HOME, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        preexec_fn=ignore_hangups if nohup else heed_all,
    )  # fmt: skip
    STARTED.append(process)
    return process


def heed_all() -> None:
    """As a terminal begins a command, however these tests were begun."""
    heed_interrupts()
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def ignore_hangups() -> None:
    """As nohup begins a command."""
    heed_interrupts()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def family(command: int) -> tuple[set[int], set[int]]:
    """The server that forks the workers of a command, and these. The process that watches over its shared memory is
    none of them: it ends after it.
    """
    above, forked = {}, set()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            above[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            if "forkserver" in (path / "cmdline").read_text():
                forked.add(int(path.name))
        except OSError:
            continue
    servers = {pid for pid in forked if above.get(pid) == command}
    return servers, {pid for pid in forked if above.get(pid) in servers}


def alive(pids: set[int]) -> set[int]:
    left = set()
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z":
            left.add(pid)
    return left


def epochs(results: Path) -> int:
    """How many epochs are stored, of all runs."""
    stored = [store.record(run) for store in list_stores(results) for run in store.runs()]
    return sum(len(record["rows"]) for record in stored if record)


def stop(process: subprocess.Popen[str], results: Path, number: int, whole_group: bool) -> tuple[int, str]:
    """Sends a signal once one more epoch is stored; the exit code, and what was said."""
    before = epochs(results)
    while epochs(results) == before:
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.05)
    servers, workers = family(process.pid)
    assert (len(servers), len(workers)) == (1, 2)
    sent = time.monotonic()
    (os.killpg if whole_group else os.kill)(process.pid, number)
    while alive(workers | servers) and time.monotonic() - sent < SOON:
        time.sleep(0.05)
    assert not alive(workers | servers)
    said, _ = process.communicate()
    return process.returncode, said


def done(store: Store) -> dict[str, dict[str, bytes]]:
    """The bits of the runs."""
    found = {}
    for run in RUNS:
        stored = store.state(run)
        assert stored is not None
        assert [row["epoch"] for row in stored.record["rows"]] == [1, 2, 3, 4, 5]
        found[run] = {name: array.tobytes() for name, array in stored.arrays.items()}
    return found


def test_run_all_that_is_stopped_goes_on_from_its_last_epoch_and_two_at_once_do_the_work_of_one(
    pictures: Path, tmp_path: Path
) -> None:
    stopped, together = tmp_path / "stopped", tmp_path / "together"
    kept = 0
    for number, whole_group, code, word in (
        (signal.SIGINT, True, 130, "Interrupted."),  # as a terminal sends it
        (signal.SIGTERM, False, 143, "Terminated."),
        (signal.SIGKILL, False, -9, ""),
    ):
        ended, said = stop(run_all(pictures, stopped), stopped, number, whole_group)
        assert ended == code, said
        assert word in said
        assert "Traceback" not in said
        assert not list(stopped.rglob("*.part")) or number == signal.SIGKILL
        assert epochs(stopped) > kept
        kept = epochs(stopped)
    assert kept < 10

    both = [run_all(pictures, together, workers=1), run_all(pictures, together, workers=1)]
    last = run_all(pictures, stopped, workers=1)  # the dead process's lock is nobody's
    said_by = [process.communicate()[0] for process in (*both, last)]
    assert [process.returncode for process in (*both, last)] == [0, 0, 0], said_by
    assert "taking it up again" not in said_by[2]
    (one,), (other,) = list_stores(stopped), list_stores(together)
    assert done(one) == done(other)
    for run in RUNS:
        record = other.record(run)
        assert record is not None
        assert len(record["segments"]) == 1  # one process trained it, in one go
        assert record["segments"][0]["pid"] in {process.pid for process in both}
        assert sum(f"{run}: done at epoch 5" in said for said in said_by[:2]) == 1
    assert sum("Nothing is left to train" in said for said in said_by[:2]) == 1
    for store in (one, other):
        assert [path for run in (*RUNS, "data") for path in store.troubles(run)] == []
        assert not list(store.folder.rglob("*.part"))


def test_terminal_that_is_closed_ends_a_run_all_as_a_system_does_and_nohup_lets_it_go_on(
    pictures: Path, tmp_path: Path
) -> None:
    ended, said = stop(run_all(pictures, tmp_path), tmp_path, signal.SIGHUP, True)  # all that the terminal began
    assert (ended, "Terminated. Every finished epoch is kept" in said) == (143, True), said
    assert "Traceback" not in said
    assert not list(tmp_path.rglob("*.part"))
    kept = epochs(tmp_path)
    assert 0 < kept < 10
    process = run_all(pictures, tmp_path, nohup=True)
    while epochs(tmp_path) == kept:
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGHUP)
    said, _ = process.communicate()
    assert process.returncode == 0, said
    (store,) = list_stores(tmp_path)
    assert len(done(store)) == len(RUNS)
