"""What goes together of the options that say where to train; what does not is told before anything is read or begun."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest
import torch

from runs.errors import UsageError
from runs.execution.device import describe_idle_gpus
from runs.execution.local import LocalPool
from runs.execution.machine import Machine, open_pool
from tests.runs import tiny


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"workers": 0}, r"--workers: expected a number from 1 to 1024, got 0"),
        ({"address": "auto"}, r"--address: expected --engine ray with it, got --engine local"),
        ({"engine": "ray", "address": "ray://host:10001"}, r"--address: expected HOST:PORT .* got 'ray://host:10001'"),
        ({"engine": "ray", "address": ""}, r"--address: expected HOST:PORT .* got ''"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    options: dict[str, Any], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name)
    with pytest.raises(UsageError, match=said):
        Machine(**options)


def test_missing_ray_is_told_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"not installed.*pip install -e '\.\[cluster\]'"):
        Machine(engine="ray")


def test_this_machine_alone_needs_no_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with open_pool(Machine(3, "cpu"), tiny.dataset()) as ready:
        assert (ready.workers, ready.device, ready.place) == (3, "cpu", "cpu")
        assert isinstance(ready.pool, LocalPool)


@pytest.mark.parametrize(
    ("count", "words"), [(1, ""), (8, "They take the first of 8 GPUs; --engine ray takes all of them.")]
)
def test_it_is_said_when_other_gpus_stay_idle(count: int, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: count)
    assert describe_idle_gpus("cuda") == words
    assert describe_idle_gpus("cpu") == ""
