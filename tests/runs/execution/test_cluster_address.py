"""The command line on a Ray that others started: the bits of the local engine, and nothing left behind there."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from runs.environment import HOME
from runs.execution.cluster import LOCAL_RAY
from runs.storage.find_store import list_stores
from tests.made_up_folder import folder_of_pictures
from tests.runs.raylets import NEEDS_RAY, SOON, bits, kill, processes

#: Seconds for a Ray to start, and for a command to end, on a machine that has much else to do.
START, END = 120, 240
RUNS, EPOCHS = 2, 2

pytestmark = NEEDS_RAY

#: Asked by a process of its own, for a process can be connected to one Ray alone; what has been given back is counted
#: a moment later.
ROOM = """
import json, logging, sys, time
import ray
ray.init(address=sys.argv[1], log_to_driver=False, logging_level=logging.CRITICAL)
for _ in range(50):
    has, free = ray.cluster_resources(), ray.available_resources()
    if has == free:
        break
    time.sleep(0.2)
print(json.dumps([has, free]))
"""


@dataclass
class Head:
    """A Ray in processes of its own, started as a user would."""

    process: subprocess.Popen[str]
    address: str

    def tasks(self) -> list[int]:
        """The processes of our tasks that it has."""
        below = processes(self.process.pid).items()
        return [pid for pid, command in below if command.startswith("ray::run_task")]


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


#: So that nobody else may use this Ray, and whatever token lies in the user's home; older versions ask for none.
TOKEN = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}


def surroundings() -> dict[str, str]:
    """The environment but for a Ray that the user may have named there."""
    return {name: value for name, value in os.environ.items() if name != "RAY_ADDRESS"} | LOCAL_RAY | TOKEN


@pytest.fixture
def head() -> Iterator[Head]:
    """Ended by ending just what was started here: ``ray stop`` would end everybody's."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:  # Ray's sockets are in it: a path may have 107 bytes
        said, port = Path(folder, "said"), free_port()
        options = ["--port", str(port), "--num-cpus", "2", "--num-gpus", "0", "--temp-dir", folder]
        alone = ["--node-ip-address", "127.0.0.1", "--include-dashboard", "false", "--disable-usage-stats"]
        ports = ["--min-worker-port", "0", "--max-worker-port", "0"]
        with said.open("w") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block", *options, *alone, *ports],
                stdout=out, stderr=subprocess.STDOUT, text=True, env=surroundings(), start_new_session=True,
            )  # fmt: skip
        try:
            end = time.monotonic() + START
            while "Ray runtime started" not in said.read_text():
                assert process.poll() is None, said.read_text()
                assert time.monotonic() < end, said.read_text()
                time.sleep(0.1)
            yield Head(process, f"127.0.0.1:{port}")
        finally:
            below = list(processes(process.pid))
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(SOON)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            kill(below)
            process.wait()


def train(pictures: Path, results: Path, *engine: str) -> subprocess.Popen[str]:
    """The command line, in a process of its own."""
    what = ["--model", "unet", "--filters", "4", "--batch-size", "4", "--epochs", str(EPOCHS), "--seeds", str(RUNS)]
    where = ["--device", "cpu", "--workers", "2", "--data", str(pictures), "--results", str(results)]
    return subprocess.Popen(
        [sys.executable, "cli.py", "train", *what, *where, *engine],
        cwd=HOME, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=surroundings(),
    )  # fmt: skip


def said(command: subprocess.Popen[str], code: int = 0) -> str:
    """All that a command says, which has to end with such a code."""
    try:
        words, _ = command.communicate(timeout=END)
    finally:
        command.kill()
    assert command.returncode == code, words
    return words


def room(address: str) -> tuple[dict[str, float], dict[str, float]]:
    """What a Ray has, and what of it nobody uses."""
    done = subprocess.run(
        [sys.executable, "-c", ROOM, address], capture_output=True, text=True, env=surroundings(), timeout=END
    )
    assert done.returncode == 0, done.stderr
    there, free = json.loads(done.stdout.splitlines()[-1])
    return there, free


def test_command_on_a_ray_at_an_address_gives_the_bits_of_the_local_engine_and_leaves_nothing_there(
    tmp_path: Path, head: Head
) -> None:
    pictures = folder_of_pictures(tmp_path / "pictures", 10, 4)
    there, here = tmp_path / "there", tmp_path / "here"
    words = said(train(pictures, there, "--engine", "ray", "--address", head.address))
    assert f"{RUNS} runs on cpu through Ray (1 node), 2 side by side" in words

    ended = time.monotonic()
    while head.tasks() and time.monotonic() - ended < SOON:
        time.sleep(0.05)
    assert head.tasks() == []
    assert head.process.poll() is None
    has, free = room(head.address)
    assert has["CPU"] == 2
    assert free == has  # cores, and the memory that the pictures and messages were in

    said(train(pictures, here))
    (ours,), (theirs,) = list_stores(there), list_stores(here)
    assert len(ours.runs()) == RUNS
    assert bits(ours) == bits(theirs)
    for run in ours.runs():
        mine, other = ours.state(run), theirs.state(run)
        assert mine is not None
        assert other is not None
        assert len(mine.record["rows"]) == len(mine.arrays["pictures"]) == EPOCHS
        assert {name: array.tobytes() for name, array in mine.arrays.items()} == {
            name: array.tobytes() for name, array in other.arrays.items()
        }


def test_command_whose_run_fails_on_a_ray_ends_the_others_says_which_and_exits_with_3(
    tmp_path: Path, head: Head
) -> None:
    pictures, results = folder_of_pictures(tmp_path / "pictures", 10, 4), tmp_path / "results"
    engine = ("--engine", "ray", "--address", head.address)
    said(train(pictures, results, *engine))
    (store,) = list_stores(results)
    broken, whole = store.runs()
    stored = store.state(broken)
    assert stored is not None
    misshapen = {name: array if name == "pictures" else array[None] for name, array in stored.arrays.items()}
    store.save(broken, replace(stored, arrays=misshapen))
    words = said(train(pictures, results, *engine, "--epochs", str(EPOCHS + 1)), code=3)
    assert f"Failed: {broken}. The other runs went on." in words
    assert "1 of 2 runs done, 1 failed." in words
    assert [len((store.record(run) or {})["rows"]) for run in (broken, whole)] == [EPOCHS, EPOCHS + 1]
