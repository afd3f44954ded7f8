"""How a worker begins: one thread of arithmetic, no interrupts, and the memory settings of the engine."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
import torch

from runs.environment import HOME
from runs.execution import local
from runs.execution.local import LocalPool
from runs.execution.pool import WorkerLost, set_environment
from runs.execution.worker import Job, JobDone, end_with, serve_jobs
from tests.runs import tiny


def test_worker_takes_one_thread_and_leaves_interrupts_to_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    ignored: list[Any] = []
    monkeypatch.setattr(signal, "signal", lambda *given: ignored.append(given))
    monkeypatch.setattr(torch, "set_num_threads", ignored.append)
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    monkeypatch.setattr(torch.backends.cudnn, "deterministic", False)
    ours, theirs = multiprocessing.Pipe()
    ours.close()
    serve_jobs(theirs, tiny.dataset(1, 1), "cpu")  # ends, for nobody is there
    theirs.close()
    assert ignored == [(signal.SIGINT, signal.SIG_IGN), 1]
    assert not torch.backends.cudnn.allow_tf32, "a GPU convolves in float32 too"
    assert torch.backends.cudnn.deterministic, "a GPU convolves the same way each time"


POOLS = """
import numpy
from threadpoolctl import threadpool_info
from runs.execution.worker import settle_process
before = max(pool["num_threads"] for pool in threadpool_info())
settle_process()
print(before, max(pool["num_threads"] for pool in threadpool_info()))
"""


def test_neither_torch_nor_numpy_of_a_worker_computes_with_more_than_one_thread() -> None:
    """The products of matrices that colours are classed by are numpy's, and have threads of their own."""
    environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, "-c", POOLS], cwd=HOME, env={**environment, "OPENBLAS_NUM_THREADS": "3"}, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    before, after = map(int, done.stdout.split())
    if before == 1:
        pytest.skip("numpy's products of matrices take one thread in any case here")
    assert after == 1


def test_worker_ends_when_the_process_of_the_engine_does(monkeypatch: pytest.MonkeyPatch) -> None:
    sentinel, other = multiprocessing.Pipe()
    ended = threading.Event()
    monkeypatch.setattr(os, "kill", lambda pid, number: ended.set() if pid == os.getpid() else None)
    thread = threading.Thread(target=end_with, args=(sentinel.fileno(),), daemon=True)
    thread.start()
    assert not ended.wait(0.05)
    other.close()
    assert ended.wait(30)
    thread.join(30)
    sentinel.close()


def test_workers_that_hang_are_killed_and_all_of_them_together_wait_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "END_TIMEOUT", 0.2)
    context = multiprocessing.get_context("fork")
    slots = []
    for _ in range(3):
        ready, theirs = multiprocessing.Pipe()
        process = context.Process(target=deaf, args=(theirs,), daemon=True)
        process.start()
        ready.recv()
        slots.append(local.Slot(process, ready))
    began = time.monotonic()
    local.LocalPool(tiny.dataset(1, 1)).close(slots)
    assert not any(slot.process and slot.process.is_alive() for slot in slots)
    assert time.monotonic() - began < 3 * 0.2 + 5
    assert [slot.process and slot.process.exitcode for slot in slots] == [-signal.SIGKILL] * 3


def served(pool: LocalPool, slot: local.Slot, job: Job) -> JobDone:
    """How a job ends that sends nothing but that."""
    pool.submit(slot, job)
    ((_, message),) = pool.receive([slot])
    assert isinstance(message, JobDone)
    return message


@pytest.mark.parametrize(("device", "kept"), [("cpu", False), ("cuda", True)])
def test_process_that_set_up_a_gpu_takes_one_job_after_another_until_one_fails(device: str, kept: bool) -> None:
    pool = LocalPool(tiny.dataset(1, 1), device)
    slot = pool.open()
    try:
        pids = []
        for probes in ((), (), ("no such probe",), ()):
            assert bool(served(pool, slot, Job(None, data_probes=probes)).failure) == bool(probes)
            assert slot.process is not None
            pids.append(slot.process.pid)
        assert (pids[0] == pids[1] == pids[2]) == kept
        assert pids[2] != pids[3]
        assert len(set(pids)) == (2 if kept else 4)
    finally:
        pool.close([slot])


def deaf(pipe: Connection) -> None:
    """A process that does not end when it is asked to."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    pipe.send("ready")
    while True:
        time.sleep(1)


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("REDERIVE_USERS", "theirs")
    monkeypatch.delenv("REDERIVE_OURS", raising=False)
    yield
    assert os.environ["REDERIVE_USERS"] == "theirs"


@pytest.mark.usefixtures("variables")
def test_variables_for_workers_give_way_to_the_users_own_and_do_not_stay() -> None:
    with set_environment({"REDERIVE_USERS": "ours", "REDERIVE_OURS": "ours"}):
        assert (os.environ["REDERIVE_USERS"], os.environ["REDERIVE_OURS"]) == ("theirs", "ours")
    assert "REDERIVE_OURS" not in os.environ


DEADLY = """
import os, sys
from dataclasses import replace
from pathlib import Path
import numpy as np
from runs.specs.catalogue import Goal
from runs.data.dataset import Dataset
from runs.execution.engine import Engine
from runs.specs.spec import RunSpec
from runs.storage.store import Store

class Deadly:
    def __reduce__(self):
        return os._exit, (9,)

pictures = np.zeros((200, 32, 32, 3), np.uint8)  # more than a pipe holds
data = Dataset("folder", "tiny", "made up", pictures, pictures, np.zeros((24, 3)), "other")
store = Store.create(Path(sys.argv[1]), data)
data = replace(data, category=Deadly())
print(Engine(store, data, 2).run([Goal(RunSpec(model="cnn", batch_size=4), {1: ()})]).failed)
"""


def test_worker_that_dies_while_it_takes_the_pictures_fails_its_run_and_stops_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", DEADLY, str(tmp_path)]
    done = subprocess.run(command, cwd=HOME, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert "'cnn-b4-lr0.001-s0': 'its worker ended by exit code 9 after epoch 0, 2 times'" in done.stdout


CHANGED = """
import sys
from pathlib import Path
import numpy as np
from runs.specs.catalogue import Goal
from runs.data.dataset import Dataset
from runs.execution.engine import Engine
from runs.specs.spec import RunSpec
from runs.storage.store import Store

if __name__ == "__main__":
    Path(__file__).write_text("raise ImportError('an update came in between')")
    pictures = np.zeros((4, 32, 32, 3), np.uint8)
    data = Dataset("folder", "tiny", "made up", pictures, pictures, np.zeros((24, 3)), "other")
    store = Store.create(Path(sys.argv[1]), data)
    print(Engine(store, data, 1).run([Goal(RunSpec(model="cnn", batch_size=4, filters=4), {1: ()})]).failed)
"""


@pytest.mark.parametrize("how", [["script.py"], ["-m", "script"]], ids=["script", "module"])
def test_script_that_is_changed_while_it_trains_stops_no_worker(tmp_path: Path, how: list[str]) -> None:
    script = tmp_path / "script.py"
    script.write_text(CHANGED)
    environment = {**os.environ, "PYTHONPATH": str(HOME)}
    command = [sys.executable, *how, str(tmp_path / "results")]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "{}\n"
    assert "an update came" in script.read_text()


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> list[BaseProcess]:
    """The processes that were not begun."""
    tried: list[BaseProcess] = []

    def refuse(process: BaseProcess) -> None:
        tried.append(process)
        raise (EOFError, BrokenPipeError, ConnectionRefusedError)[len(tried) % 3]

    monkeypatch.setattr(local, "START_PAUSE", 0.0)
    monkeypatch.setattr(BaseProcess, "start", refuse)
    return tried


def test_worker_that_cannot_be_begun_is_tried_some_times_and_then_lost(refused: list[BaseProcess]) -> None:
    pool = LocalPool(tiny.dataset(1, 1))
    slot = pool.open()
    assert len(refused) == local.START_ATTEMPTS
    pool.submit(slot, Job(None))
    ((at, told),) = pool.receive([slot])
    assert (at, told) == (slot, WorkerLost("worker could not be started"))
    pool.close([slot])


@pytest.mark.skipif(not local.FORKS, reason="no server forks here")
def test_server_that_forks_is_begun_anew_when_it_was_killed() -> None:
    pool = LocalPool(tiny.dataset(1, 1))
    first = pool.open()
    os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)
    second = pool.open()
    try:
        for slot in (first, second):  # the one that was forked before lives on
            pool.submit(slot, Job(None))
            assert [message for _, message in pool.receive([slot])] == [JobDone()]
    finally:
        pool.close([first, second])
