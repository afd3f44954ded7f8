"""What is measured on a GPU is tried in small on the CPU, so that a real one's time is not lost to slips."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks import gpu
from benchmarks.gpu import TINY, measure_parts
from benchmarks.gpu_parts import Task, compare_paired, open_workers, time_epochs
from benchmarks.gpu_table import write_tables
from runs.execution import device
from tests.runs import tiny


@pytest.fixture(autouse=True)
def _no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "choose_device", lambda asked: ("cpu", ""))
    monkeypatch.setattr(gpu, "choose_device", lambda asked: ("cpu", ""))


def test_every_part_is_measured_in_small_and_has_its_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "BUDGET", 3600.0)  # the machine may have much else to do
    done = CliRunner().invoke(gpu.main, ["--tiny", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    found = json.loads((tmp_path / "gpu.json").read_text(encoding="utf-8"))
    assert found["tiny"]
    parts = found["parts"]
    assert list(parts) == ["steps", "epochs", "write-up, seeds: 1", "tf32", "batched", "tests"]
    assert {name: part["failed"] for name, part in parts.items() if "failed" in part} == {}
    measured = {name: part["measured"] for name, part in parts.items()}
    assert all(row["losses_apart"] < 1e-3 for row in (*measured["steps"], *measured["batched"]))
    assert [row["side_by_side"] for row in measured["epochs"]] == [1, 2] * TINY.runs
    assert measured["write-up, seeds: 1"]["seconds"] > 1
    assert {row["loss"]["difference"] for row in measured["tf32"]} == {0.0}  # the CPU has none
    assert measured["tests"]["failed"] == []
    table = (tmp_path / "gpu.md").read_text(encoding="utf-8")
    assert "| run | plain step, ms | captured, ms | ratio |" in table
    assert table in done.output


def test_without_a_gpu_it_says_how_to_try_it(tmp_path: Path) -> None:
    done = CliRunner().invoke(gpu.main, ["--out", str(tmp_path)])
    assert done.exit_code == 1
    assert "torch finds none. Try it in small: python -m benchmarks.gpu --tiny" in done.output
    assert not list(tmp_path.iterdir())


def test_part_that_fails_or_comes_too_late_says_so_and_the_others_are_kept() -> None:
    kept: list[list[str]] = []

    def fail(left: float) -> None:
        raise RuntimeError("CUDA error: out of luck")

    deadline = time.perf_counter() + 0.2
    parts = {
        "one": fail,
        "tests": lambda left: {"passed": 2, "failed": ["b"], "skipped": 0},
        "two": time.sleep,
        "late": fail,
    }
    found = measure_parts(parts, deadline, lambda so_far: kept.append(list(so_far)))
    assert kept == [["one"], ["one", "tests"], ["one", "tests", "two"], ["one", "tests", "two", "late"]]
    assert found["late"]["failed"] == "TimeoutError: no time was left for it"
    del found["two"]
    table = write_tables(found, "some GPU")
    assert "**one**: failed after 0 s. RuntimeError: CUDA error: out of luck" in table
    assert "2 passed, 1 failed, 0 were skipped. Failed: b." in table


def test_what_a_worker_meets_reaches_the_part_and_time_that_is_over_ends_it() -> None:
    data = tiny.dataset(4, 2)
    with open_workers(data, "cpu", 1, 600) as ask, pytest.raises(RuntimeError, match="none was begun"):
        ask([Task(None, 1)])  # goes on with a run that was never begun
    with pytest.raises(TimeoutError):
        time_epochs(data, TINY, "cpu", 0.0)


def test_paired_difference_is_told_in_the_spread_of_the_seeds() -> None:
    told = compare_paired([1.0, 2.0, 3.0], [1.5, 2.5, 3.5])
    assert (told["spread"], told["difference"], told["low"], told["high"]) == pytest.approx((1, 0.5, 0.5, 0.5))
    noisy = compare_paired([1.0, 2.0, 3.0], [1.5, 1.5, 3.0])
    assert noisy["low"] < 0 < noisy["high"]
