"""Fewer runs go side by side where memory is short for more, and it is said once."""

from __future__ import annotations

from pathlib import Path

import pytest

from runs.environment import count_cores
from runs.execution import memory_share
from runs.execution.local import FORKS
from runs.execution.machine import Machine, open_pool
from runs.execution.memory_share import AMPLE, PROBES, count_room, measure_share
from runs.job import train_goals
from runs.specs.catalogue import Goal
from runs.specs.request import Request
from runs.specs.spec import RunSpec
from tests.runs import tiny

GB = 10**9
DATA = tiny.dataset(4, 2)
SPECS = [RunSpec(model="cnn", batch_size=4, filters=4), RunSpec(model="unet", batch_size=2, filters=4)]


def short(monkeypatch: pytest.MonkeyPatch, free: int | None, share: tuple[int, int] | None = None) -> list[RunSpec]:
    """Memory of which so much is free, and what is tried in it."""
    tried: list[RunSpec] = []
    monkeypatch.setattr(memory_share, "find_free_memory", lambda: free)
    monkeypatch.setattr(memory_share, "measure_share", lambda data, spec: tried.append(spec) or share)
    return tried


@pytest.mark.parametrize(
    ("free", "share", "room"),
    [(3 * GB, (GB, 5 * GB // 2), 2), (3 * GB, (GB // 2, 3 * GB), 6), (3 * GB, (4 * GB, 3 * GB), 1), (3 * GB, None, 8)],
)
def test_as_many_go_side_by_side_as_there_is_memory_for(
    free: int, share: tuple[int, int] | None, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = short(monkeypatch, free, share)
    found, said = count_room(8, DATA, SPECS)
    assert found == room
    assert tried == [SPECS[0]]  # the largest batch
    assert bool(said) == (room < 8)
    if said:
        assert f"memory for {room} side by side and not for 8" in said


@pytest.mark.parametrize(("free", "workers"), [(None, 8), (8 * AMPLE, 8), (GB, 1)])
def test_nothing_is_tried_where_memory_is_ample_or_not_known_or_one_run_goes_anyway(
    free: int | None, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = short(monkeypatch, free, (GB, GB))
    assert count_room(workers, DATA, SPECS) == (workers, "")
    assert tried == []


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="the system does not say what is shared")
@pytest.mark.skipif(not FORKS, reason="without a server that forks nothing is shared")
def test_share_is_measured_in_a_worker_and_holds_its_largest_map() -> None:
    data, few, many = tiny.dataset(200, 10), RunSpec(model="unet", batch_size=2), RunSpec(model="unet", batch_size=200)
    shares = []
    for spec in (few, many):
        measured = measure_share(data, spec)
        assert measured is not None
        share, free = measured
        assert share < free
        shares.append(share)
    maps = 200 * 32 * 32 * 32 * 4  # bytes of one map of 32 channels, of which a step keeps several
    assert shares[1] - shares[0] > PROBES * 2 * maps
    assert shares[1] < 2 * GB


def test_a_command_says_once_that_fewer_run_side_by_side_and_a_number_asked_for_is_heeded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runs.execution.machine.count_cores", lambda: 4)
    short(monkeypatch, GB, (GB, 2 * GB))
    said: list[str] = []
    train_goals(
        Request(results=str(tmp_path)), DATA, [Goal(spec, {1: ()}) for spec in SPECS], Machine(device="cpu"),
        said.append,
    )  # fmt: skip
    lines = "\n".join(said).splitlines()
    assert sum("There is memory for 2 side by side and not for 4" in line for line in lines) == 1
    assert any(line.startswith("2 runs on cpu, 2 side by side;") for line in lines)
    with open_pool(Machine(3, "cpu"), DATA, SPECS) as ready:
        assert (ready.workers, ready.idle) == (3, "")
    assert count_cores() >= 1
