"""How a worker begins: one thread of arithmetic, no interrupts, and the memory settings of the engine."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
import torch

from runs.engine import environment_set
from runs.worker import serve
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
