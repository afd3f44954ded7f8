"""Measures all that there is to measure on a GPU in one go of at most eight minutes; writes gpu.json and a table.

A part that fails, or that there was no time for, says so in its place, and the others go on; gpu.json is written after
each. The table is Markdown, for docs/performance.md.

    python -m benchmarks.gpu [--out FOLDER]     on a GPU that nothing else uses
    python -m benchmarks.gpu --tiny             all of it in small, on the CPU where there is no GPU
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import click
import numpy as np

from benchmarks.epoch import noise
from benchmarks.gpu_parts import (
    Size,
    compare_batched,
    compare_steps,
    compare_tf32,
    run_alone,
    run_tests,
    time_epochs,
    time_write_up,
)
from benchmarks.gpu_table import write_tables
from runs.data.dataset import Dataset
from runs.environment import describe_environment
from runs.execution.device import choose_device, describe_refused_gpu

#: Seconds for all of it.
BUDGET = 480.0
TINY = Size(
    pictures=40, steps=1, epochs=1, crowds=(1, 2), seeds=2, trained=1, batched=2, runs=2, batch=10, write_ups=(1,),
    words=("--preset", "quick", "--section", "1.4"), tests=("-k", "not server_imports"),
)  # fmt: skip


def measure_parts(
    parts: Mapping[str, Callable[[float], Any]], deadline: float, keep: Callable[[Mapping[str, Any]], None]
) -> dict[str, Any]:
    """What each part measured, by its name; of one that failed, or had no time left, why.

    Args:
        parts: by name; each is given the seconds that are left.
        deadline: on the clock of :func:`time.perf_counter`.
        keep: is given all that is measured, after each part.
    """
    found: dict[str, Any] = {}
    for name, part in parts.items():
        start = time.perf_counter()
        try:
            if start >= deadline:
                raise TimeoutError("no time was left for it")
            found[name] = {"measured": part(deadline - start)}
        except Exception as error:  # whatever a part meets, the others are still worth their time
            found[name] = {"failed": f"{type(error).__name__}: {error}"}
        found[name]["took_s"] = time.perf_counter() - start
        click.echo(f"{name}: {found[name]['took_s']:.0f} s {found[name].get('failed', '')}", err=True)
        keep(found)
    return found


def save_pictures(folder: str) -> str:
    """As many pictures of noise as a batch of the quick preset takes, of the write-up's category, for `--data`."""
    dataset, path = noise(100), Path(folder, "noise.npz")
    labels = [np.full(len(pictures), 7) for pictures in (dataset.train, dataset.test)]  # horses
    np.savez(path, x_train=dataset.train, y_train=labels[0], x_test=dataset.test, y_test=labels[1])
    return str(path)


@click.command()
@click.option("--tiny", is_flag=True, help="Try all of it in small; on the CPU where there is no GPU.")
@click.option("--out", default=".", type=click.Path(file_okay=False, path_type=Path), help="Where gpu.json goes.")
def main(tiny: bool, out: Path) -> None:
    """Writes gpu.json and gpu.md, and prints the table."""
    started = time.perf_counter()
    device, name = choose_device("auto")
    if device != "cuda" and not tiny:
        raise click.ClickException(
            f"Expected a GPU to measure. {describe_refused_gpu() or 'torch finds none.'} Try it in small: "
            "python -m benchmarks.gpu --tiny"
        )
    size = TINY if tiny else Size()
    out.mkdir(parents=True, exist_ok=True)
    about = {"environment": describe_environment(device, name), "tiny": tiny}

    def keep(found: Mapping[str, Any]) -> None:
        (out / "gpu.json").write_text(json.dumps({**about, "parts": found}, indent=2) + "\n", encoding="utf-8")

    dataset = noise(size.pictures)
    with tempfile.TemporaryDirectory() as folder:
        words = (*size.words, "--data", save_pictures(folder)) if tiny else size.words
        learnt = load_photographs(size)
        write_ups = {
            f"write-up, seeds: {seeds}": partial(time_write_up, words, seeds, device) for seeds in size.write_ups
        }
        first = next(iter(write_ups))
        parts: dict[str, Callable[[float], Any]] = {
            "steps": partial(run_alone, compare_steps, dataset, size, device),
            "epochs": partial(time_epochs, dataset, size, device),
            **{name: part for name, part in write_ups.items() if name == first},
            "tf32": partial(compare_tf32, learnt, size, device),
            "batched": partial(run_alone, compare_batched, dataset, size, device),
            "tests": partial(run_tests, size),
            **{name: part for name, part in write_ups.items() if name != first},  # long: what there is time for
        }
        found = measure_parts(parts, started + BUDGET, keep)
    table = write_tables(found, name or "the CPU")
    (out / "gpu.md").write_text(table, encoding="utf-8")
    click.echo(table)


def load_photographs(size: Size) -> Dataset:
    """Pictures that something can be learnt from, for what asks whether results stay the same."""
    from runs.data.sources.load import load_dataset

    with tempfile.TemporaryDirectory() as folder:
        limit = (size.pictures, size.pictures // 5)
        return load_dataset("photos", "horse", root=Path(folder), limit=limit, say=lambda line: None)


if __name__ == "__main__":
    main()
