"""A GPU is taken only where torch has kernels for it and a step works on it; else the CPU is, and it is said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from runs.doctor import check_device
from runs.errors import UsageError
from runs.execution import device
from runs.execution.device import choose_device, describe_refused_gpu, has_kernels, take_tiny_step
from runs.execution.machine import Machine, open_pool
from runs.job import train_goals
from runs.specs.catalogue import Goal
from runs.specs.request import Request
from runs.specs.spec import RunSpec
from tests.runs import tiny

CUDA_13 = ["sm_75", "sm_80", "sm_86", "sm_90", "sm_100", "sm_120"]


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    device.find_refusal.cache_clear()
    yield
    device.find_refusal.cache_clear()


class Card:
    """A GPU as torch tells of it; steps on it fail with ``error``, where there is one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str, capability: tuple[int, int]) -> None:
        self.steps, self.error = list[str](), ""
        told = {
            "is_available": lambda: True,
            "get_device_name": lambda index: name,
            "get_device_capability": lambda index: capability,
            "get_arch_list": lambda: CUDA_13,
            "device_count": lambda: 1,
        }
        for call, answer in told.items():
            monkeypatch.setattr(torch.cuda, call, answer)
        monkeypatch.setattr(device, "take_tiny_step", self.step)

    def step(self, on: str) -> None:
        self.steps.append(on)
        if self.error:
            raise RuntimeError(f"{self.error}\nCUDA kernel errors might be reported later")


@pytest.fixture
def old(monkeypatch: pytest.MonkeyPatch) -> Card:
    """A card that builds for CUDA 13 do not serve."""
    return Card(monkeypatch, "GeForce GTX 1080", (6, 1))


@pytest.fixture
def good(monkeypatch: pytest.MonkeyPatch) -> Card:
    return Card(monkeypatch, "Tesla T4", (7, 5))


@pytest.mark.parametrize(
    ("built", "capability", "there"),
    [
        (CUDA_13, (6, 1), False),
        (CUDA_13, (7, 0), False),
        (CUDA_13, (7, 5), True),
        (CUDA_13, (8, 9), True),  # by those for 8.0 and 8.6, of its generation
        (CUDA_13, (12, 1), True),
        (CUDA_13, (11, 0), False),
        ([*CUDA_13, "compute_90"], (11, 0), True),
        (["compute_90"], (8, 6), False),
        (["sm_90a"], (9, 0), True),
        (["sm_90a"], (9, 1), False),
        (["sm_86"], (8, 0), False),
        ([], (8, 0), False),
    ],
)
def test_kernels_run_on_later_cards_of_their_generation(
    built: list[str], capability: tuple[int, int], there: bool
) -> None:
    assert has_kernels(built, capability) == there


def test_card_that_torch_no_longer_serves_is_left_and_it_is_said_what_to_install(old: Card) -> None:
    assert choose_device("auto") == ("cpu", "")
    assert old.steps == []  # nothing is tried on it
    said = describe_refused_gpu()
    assert said.startswith("Trains on the CPU, although there is a GPU.")
    assert "kernels for sm_75, sm_80" in said
    assert "GeForce GTX 1080 has compute capability 6.1" in said
    assert "install torch 2.14 or older in its build for CUDA 12.6" in said
    with pytest.raises(UsageError, match=r"--device cuda: expected a GPU that torch can train on.*Or use --device cpu"):
        choose_device("cuda")


def test_card_that_is_newer_than_the_build_is_told_to_need_a_newer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    Card(monkeypatch, "New GPU", (13, 0))
    assert "install a newer torch" in describe_refused_gpu()


def test_card_on_which_no_step_works_is_left_with_the_reason(good: Card) -> None:
    good.error = "CUDA error: no kernel image is available for execution on the device"
    assert choose_device("auto") == ("cpu", "")
    said = describe_refused_gpu()
    assert "failed: CUDA error: no kernel image is available for execution on the device. Look" in said
    assert good.steps == ["cuda"]  # tried once a command


def test_card_on_which_a_step_works_is_taken(good: Card) -> None:
    assert choose_device("auto") == choose_device("cuda") == ("cuda", "Tesla T4")
    assert describe_refused_gpu() == ""
    assert good.steps == ["cuda"]
    assert check_device().found.startswith("cuda, Tesla T4, torch ")


def test_doctor_and_the_pool_say_the_same_of_a_card_that_is_left(old: Card) -> None:
    check = check_device()
    assert not check.ok
    assert not check.needed
    assert check.found.startswith("cpu, ")
    with open_pool(Machine(1), tiny.dataset()) as ready:
        assert (ready.device, ready.place) == ("cpu", "cpu")
        assert ready.idle == check.mend == describe_refused_gpu()
    with open_pool(Machine(1, "cpu"), tiny.dataset()) as ready:
        assert ready.idle == ""  # it was asked for


def test_training_says_that_it_leaves_the_card_before_it_begins(old: Card, tmp_path: Path) -> None:
    said: list[str] = []
    data, goals = tiny.dataset(4, 2), [Goal(RunSpec(model="cnn", batch_size=4, filters=4), {1: ()})]
    train_goals(Request(results=str(tmp_path)), data, goals, Machine(1), said.append)
    assert describe_refused_gpu() in said[0].splitlines()


def test_the_step_that_is_tried_is_one() -> None:
    before = torch.get_rng_state()
    take_tiny_step("cpu")
    assert not torch.equal(torch.get_rng_state(), before)  # a network was made
    with pytest.raises(RuntimeError):
        take_tiny_step("meta")  # a device that computes nothing
