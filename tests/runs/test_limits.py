"""What a process may use follows the limits of its control groups: in made-up trees, and in a real group."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from runs.environment import HOME
from runs.limits import count_allowed_cores, find_free_memory

GB = 10**9
#: Of a container on 64 cores with version 2, one with version 1, and a service in a slice.
V2 = {"proc/self/cgroup": "0::/\n"}
V1 = {"proc/self/cgroup": "5:cpu,cpuacct:/docker/4f\n4:memory:/docker/4f\n0::/\n"}
SLICE = {"proc/self/cgroup": "0::/user.slice/job.scope\n"}
MEMINFO = {"proc/meminfo": "MemTotal: 64000000 kB\nMemAvailable: 32000000 kB\nHugePages_Total: 0\n"}


@pytest.fixture(autouse=True)
def _sixty_four(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(64)), raising=False)


def lay_out(root: Path, *files: Mapping[str, str]) -> Path:
    for name, text in {name: text for part in files for name, text in part.items()}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("files", "cores"),
    [
        ({}, 64),
        ({"sys/fs/cgroup/cpu.max": "max 100000\n"}, 64),
        ({"sys/fs/cgroup/cpu.max": "200000 100000\n"}, 2),
        ({"sys/fs/cgroup/cpu.max": "150000 100000\n"}, 2),
        ({"sys/fs/cgroup/cpu.max": "10000 100000\n"}, 1),
        ({"sys/fs/cgroup/cpu.max": "9900000 100000\n"}, 64),
        ({"sys/fs/cgroup/unified/cpu.max": "300000 100000\n"}, 3),
        ({"sys/fs/cgroup/cpu.max": "no number\n"}, 64),
        (SLICE | {"sys/fs/cgroup/user.slice/cpu.max": "400000 100000\n"}, 4),
        (
            SLICE
            | {
                "sys/fs/cgroup/user.slice/cpu.max": "400000 100000",
                "sys/fs/cgroup/user.slice/job.scope/cpu.max": "max 100000",
            },
            4,
        ),
        (
            V1
            | {
                "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "200000",
                "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000",
            },
            2,
        ),
        (
            V1
            | {
                "sys/fs/cgroup/cpu/docker/4f/cpu.cfs_quota_us": "-1",
                "sys/fs/cgroup/cpu/docker/4f/cpu.cfs_period_us": "100000",
            },
            64,
        ),
        ({"proc/self/cgroup": "0::/../outside\n", "sys/fs/cgroup/cpu.max": "500000 100000\n"}, 5),
    ],
)
def test_cores_follow_the_tightest_quota(tmp_path: Path, files: Mapping[str, str], cores: int) -> None:
    assert count_allowed_cores(lay_out(tmp_path, V2, files)) == cores


@pytest.mark.parametrize(
    ("files", "free"),
    [
        ({}, 32_000_000 * 1024),
        ({"sys/fs/cgroup/memory.max": "max\n", "sys/fs/cgroup/memory.current": "5000\n"}, 32_000_000 * 1024),
        (
            {
                "sys/fs/cgroup/memory.max": f"{4 * GB}",
                "sys/fs/cgroup/memory.current": f"{3 * GB}",
                "sys/fs/cgroup/memory.stat": f"anon {2 * GB}\ninactive_file {GB // 2}\n",
            },
            3 * GB // 2,
        ),
        (
            V1
            | {
                "sys/fs/cgroup/memory/docker/4f/memory.limit_in_bytes": f"{2 * GB}",
                "sys/fs/cgroup/memory/docker/4f/memory.usage_in_bytes": f"{GB}",
                "sys/fs/cgroup/memory/docker/4f/memory.stat": f"inactive_file 7\ntotal_inactive_file {GB // 4}\n",
            },
            5 * GB // 4,
        ),
        (
            {
                "sys/fs/cgroup/memory.max": f"{8 * GB}",
                "sys/fs/cgroup/memory.high": f"{4 * GB}",
                "sys/fs/cgroup/memory.current": f"{5 * GB}",
            },
            0,
        ),
    ],
)
def test_free_memory_is_what_the_tightest_limit_leaves(tmp_path: Path, files: Mapping[str, str], free: int) -> None:
    assert find_free_memory(lay_out(tmp_path, MEMINFO, V2, files)) == free


def test_where_nothing_is_told_cores_are_those_of_the_process_and_memory_is_not_known(tmp_path: Path) -> None:
    assert count_allowed_cores(tmp_path) == 64
    assert find_free_memory(tmp_path) is None


@pytest.fixture
def group() -> Iterator[Path]:
    """A real control group that may use one core's time."""
    here = f"rederive-test-{os.getpid()}"
    limits = {"cpu.max": "100000 100000", "cpu.cfs_quota_us": "100000"}
    for mount in (Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/cpu")):
        folder = mount / here
        try:
            folder.mkdir()
        except OSError:
            continue
        try:
            limit = next((name for name in limits if (folder / name).exists()), "")
            if limit:
                (folder / limit).write_text(limits[limit], encoding="ascii")
                yield folder
                return
        except OSError:
            continue
        finally:
            folder.rmdir()
    pytest.skip("no control group with a quota can be made here")


ENTER = """
import os, sys
open(sys.argv[1] + "/cgroup.procs", "w").write(str(os.getpid()))
from runs.environment import count_cores
print(count_cores(), len(os.sched_getaffinity(0)))
"""


def test_process_in_a_real_group_counts_the_cores_of_its_quota(group: Path) -> None:
    done = subprocess.run([sys.executable, "-c", ENTER, str(group)], cwd=HOME, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    counted, usable = map(int, done.stdout.split())
    assert counted == 1
    assert usable >= 1
