"""What `benchmarks.gpu` measured, as tables in Markdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Rows = Sequence[Mapping[str, Any]]


def write_tables(found: Mapping[str, Mapping[str, Any]], device: str) -> str:
    """A table a part, or the sentence that says why it has none.

    Args:
        found: by the name of a part, what it measured or why it failed.
        device: what it was measured on.
    """
    blocks = [f"Measured on {device} by `python -m benchmarks.gpu`."]
    for name, part in found.items():
        if "failed" in part:
            blocks.append(f"**{name}**: failed after {part['took_s']:.0f} s. {part['failed']}")
        else:
            blocks.append(WRITERS[name.partition(",")[0]](part["measured"]))
    return "\n\n".join(blocks) + "\n"


def draw_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table: the first column to the left, the others to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write_steps(rows: Rows) -> str:
    """A step, plain and captured."""
    head = ["run", "plain step, ms", "captured, ms", "ratio", "losses apart", "not captured, for"]
    return draw_table(
        head,
        [
            [
                row["run"],
                f"{1000 * row['plain_s']:.2f}",
                f"{1000 * row['quick_s']:.2f}",
                f"{row['plain_s'] / row['quick_s']:.2f}",
                f"{row['losses_apart']:.1e}",
                row["uncaptured"] or "-",
            ]
            for row in rows
        ],
    )


def write_epochs(rows: Rows) -> str:
    """Seconds of an epoch by how many go side by side; in brackets epochs a second of all of them together."""
    crowds = sorted({row["side_by_side"] for row in rows})
    by_run: dict[str, dict[int, Mapping[str, Any]]] = {}
    for row in rows:
        by_run.setdefault(row["run"], {})[row["side_by_side"]] = row
    head = ["run", *(f"{crowd} side by side, s an epoch (epochs a second)" for crowd in crowds), "most memory, MB"]
    return draw_table(
        head,
        [
            [
                run,
                *(f"{own[crowd]['epoch_s']:.3f} ({crowd / own[crowd]['epoch_s']:.1f})" for crowd in crowds),
                f"{max(row['peak_bytes'] for row in own.values()) / 1e6:.0f}",
            ]
            for run, own in by_run.items()
        ],
    )


def write_tf32(rows: Rows) -> str:
    """TF32 beside float32: differences in the seeds' spread, with their interval."""
    head = ["run", "float32, s an epoch", "TF32, s an epoch", "loss differs by, of the seeds' spread", "accuracy", "n"]

    def show(own: Mapping[str, float]) -> str:
        return f"{own['difference']:+.2f} ({own['low']:+.2f} to {own['high']:+.2f})"

    return draw_table(
        head,
        [
            [
                row["run"],
                f"{row['float32_epoch_s']:.3f}",
                f"{row['tf32_epoch_s']:.3f}",
                show(row["loss"]),
                show(row["accuracy"]),
                str(row["seeds"]),
            ]
            for row in rows
        ],
    )


def write_batched(rows: Rows) -> str:
    """Seeds as one network beside one after another."""
    head = ["run", "seeds", "one after another, ms", "as one network, ms", "the same captured, ms", "losses apart"]
    return draw_table(
        head,
        [
            [
                row["run"],
                str(row["seeds"]),
                f"{1000 * row['one_after_another_s']:.2f}",
                f"{1000 * row['batched_s']:.2f}",
                f"{1000 * row['batched_captured_s']:.2f}" if "batched_captured_s" in row else "-",
                f"{row['losses_apart']:.1e}",
            ]
            for row in rows
        ],
    )


def write_tests(told: Mapping[str, Any]) -> str:
    """How the GPU's tests went."""
    failed = told["failed"]
    return (
        f"Of the tests of `tests/runs/execution/test_gpu.py` {told['passed']} passed, {len(failed)} failed, "
        f"{told['skipped']} were skipped." + (f" Failed: {', '.join(failed)}." if failed else "")
    )


def write_whole(told: Mapping[str, Any]) -> str:
    """How long a whole write-up took."""
    return (
        f"A whole write-up, from the start of the command to its PDF, seeds: {told['seeds']}: {told['seconds']:.1f} s."
    )


WRITERS: dict[str, Callable[[Any], str]] = {
    "steps": write_steps,
    "epochs": write_epochs,
    "write-up": write_whole,
    "tf32": write_tf32,
    "batched": write_batched,
    "tests": write_tests,
}
