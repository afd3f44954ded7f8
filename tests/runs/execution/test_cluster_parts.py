"""The parts of running on Ray, one by one, where no Ray is started: devices, shares of them, what a worker sets."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch

from runs.errors import UsageError
from runs.execution import cluster as under_test
from runs.execution.cluster import RayPool, compute_task_share, find_device
from runs.execution.worker import Job, JobDone
from tests.runs import tiny


def test_worker_on_a_node_sets_what_every_worker_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    ray = pytest.importorskip("ray")
    threads = torch.get_num_threads()
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    monkeypatch.setattr(ray, "get_runtime_context", lambda: SimpleNamespace(get_node_id=lambda: "a node"))
    seen: list[tuple[int, bool]] = []

    def outcome(*given: Any) -> JobDone:
        seen.append((torch.get_num_threads(), torch.backends.cudnn.allow_tf32))
        return JobDone()

    monkeypatch.setattr(under_test, "find_outcome", outcome)
    torch.set_num_threads(2)
    try:
        assert isinstance(list(under_test.run_task(Job(None), tiny.dataset(1, 1), "cpu", "a commit"))[-1], JobDone)
    finally:
        torch.set_num_threads(threads)
    assert seen == [(1, False)]


def test_device_is_one_of_those_that_the_cluster_has() -> None:
    assert [find_device("auto", room) for room in ({"CPU": 8.0}, {"CPU": 8.0, "GPU": 2.0})] == ["cpu", "cuda"]
    assert find_device("cpu", {"CPU": 8.0, "GPU": 2.0}) == "cpu"
    with pytest.raises(UsageError, match=r"Expected the device 'cuda', but the Ray cluster has only: cpu"):
        find_device("cuda", {"CPU": 8.0})


@pytest.mark.parametrize(
    ("workers", "gpus", "share"), [(1, 1, 1.0), (2, 1, 0.5), (3, 1, 0.3333), (4, 2, 0.5), (1, 2, 1.0)]
)
def test_runs_side_by_side_share_the_gpus(workers: int, gpus: int, share: float) -> None:
    assert compute_task_share("cuda", workers, gpus) == {"GPU": share}
    assert compute_task_share("cpu", workers, gpus) == {"CPU": 1.0}


def test_cluster_asks_for_half_a_gpu_for_each_of_the_two_runs_that_share_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Ray that only says what it has: one GPU, on which two runs go side by side unless asked otherwise."""
    ray = pytest.importorskip("ray")
    asked: dict[str, Any] = {}

    def remote(**options: Any) -> Any:
        asked.update(options)
        return lambda function: function

    monkeypatch.setattr(ray, "cluster_resources", lambda: {"CPU": 8.0, "GPU": 1.0})
    monkeypatch.setattr(ray, "put", lambda value: value)
    monkeypatch.setattr(ray, "remote", remote)
    pool = RayPool(tiny.dataset(1, 1), None, "auto")
    pool.receiver.shutdown()
    assert (pool.device, pool.workers) == ("cuda", 2)
    assert (asked["num_gpus"], asked["num_cpus"]) == (0.5, 0)
