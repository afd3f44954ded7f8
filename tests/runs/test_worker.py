"""How a worker begins: one thread of arithmetic, no interrupts, and the memory settings of the engine."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import Any

import pytest
import torch

from runs import local
from runs.crew import environment_set
from runs.worker import end_with, serve
from tests.runs import tiny


def test_worker_takes_one_thread_and_leaves_interrupts_to_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    ignored: list[Any] = []
    monkeypatch.setattr(signal, "signal", lambda *given: ignored.append(given))
    monkeypatch.setattr(torch, "set_num_threads", ignored.append)
    ours, theirs = multiprocessing.Pipe()
    ours.close()
    serve(theirs, tiny.dataset(1, 1), "cpu")  # ends, for nobody is there
    theirs.close()
    assert ignored == [(signal.SIGINT, signal.SIG_IGN), 1]


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
    monkeypatch.setattr(local, "PATIENCE", 0.2)
    context = multiprocessing.get_context("fork")
    seats = []
    for _ in range(3):
        ready, theirs = multiprocessing.Pipe()
        process = context.Process(target=deaf, args=(theirs,), daemon=True)
        process.start()
        ready.recv()
        seats.append(local.Seat(process, ready))
    began = time.monotonic()
    local.Local(tiny.dataset(1, 1)).close(seats)
    assert not any(seat.process.is_alive() for seat in seats)
    assert time.monotonic() - began < 3 * 0.2 + 5
    assert [seat.process.exitcode for seat in seats] == [-signal.SIGKILL] * 3


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
    with environment_set({"REDERIVE_USERS": "ours", "REDERIVE_OURS": "ours"}):
        assert (os.environ["REDERIVE_USERS"], os.environ["REDERIVE_OURS"]) == ("theirs", "ours")
    assert "REDERIVE_OURS" not in os.environ
