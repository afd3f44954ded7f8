"""Processes that train by the code of any checkout: told what by lines of text, they answer in seconds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from runs.execution.pool import KEEP_MEMORY

#: What a process runs, in a checkout's folder: it takes from that checkout's code what builds of it have had for long.
#: One thread, as a worker has.
SERVER = """
import json, sys, tempfile
from pathlib import Path
import torch
from threadpoolctl import threadpool_limits

torch.set_num_threads(1)
limits = threadpool_limits(1)
answers, sys.stdout = sys.stdout, sys.stderr
from benchmarks.epoch import OurLoop, RunSpec, noise, seconds

dataset = noise(int(sys.argv[1]))
with tempfile.TemporaryDirectory() as folder:
    for number, line in enumerate(sys.stdin):
        settings, answer = json.loads(line), None
        try:
            if settings:
                loop = OurLoop(RunSpec(**settings), dataset, Path(folder, str(number)))
            answer = seconds(loop)
        except ValueError as error:
            print(error, file=sys.stderr)
        print(json.dumps(answer), file=answers, flush=True)
"""


@dataclass(frozen=True)
class Checkout:
    """The processes of one checkout."""

    processes: Sequence[subprocess.Popen[str]]

    def epoch(self, settings: Mapping[str, object] | None = None) -> float | None:
        """One epoch in every process at once: seconds of the slowest. None where this code knows no such run.

        Args:
            settings: of a run, which is begun with it; None to go on.

        Raises:
            RuntimeError: a process ended.
        """
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.write(json.dumps(settings) + "\n")
            process.stdin.flush()
        seconds = []
        for process in self.processes:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                raise RuntimeError("a process of the benchmark ended; what it said of it stands above")
            seconds.append(json.loads(line))
        return None if None in seconds else max(seconds)


@contextmanager
def open_checkout(home: Path, pictures: int, processes: int) -> Iterator[Checkout]:
    """So many processes of a checkout, with the settings that `run-all` gives its workers."""
    environment = {**KEEP_MEMORY, **os.environ, "PYTHONPATH": str(home)}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", SERVER, str(pictures)],
            cwd=home,
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(processes)
    ]
    try:
        yield Checkout(started)
    finally:
        for process in started:
            process.communicate()
