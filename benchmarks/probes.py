"""What the probes of stored results cost beside the training, from the seconds in the records.

All probes together may take at most 15 % of the training time of run-all: the epochs of every run that the
write-up covers, with their validation. Both are timed in the same workers on the same machine, so that what else
runs there weighs on both alike.

    python -m benchmarks.probes [--results results] [--seeds N]      exits with 1 where they take more
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass

import click

from runs.specs.catalogue import Goal
from runs.specs.probe_outputs import DATA_PROBES
from runs.specs.request import Wanted
from runs.storage.find_store import find
from runs.storage.store import DATA, Store

#: The share (0..1) of the training time that all probes together may take.
BOUND = 0.15


@dataclass(frozen=True)
class Cost:
    """What the probes of a store cost.

    Attributes:
        training: seconds of all epochs, validation with them, up to the last one that the goals want.
        probes: probe -> seconds, over all runs and epochs at which it is stored.
        missing: how many probes that the goals want are not stored.
    """

    training: float
    probes: dict[str, float]
    missing: int = 0

    @property
    def share(self) -> float:
        """All probes together as a share (0..1) of the training; infinite without training."""
        total = sum(self.probes.values())
        return total / self.training if self.training else float("inf")


def cost(store: Store, goals: Iterable[Goal]) -> Cost:
    """The seconds in the records of the runs and probes that are wanted, as far as they are stored."""
    training, missing, probes = 0.0, 0, dict.fromkeys(DATA_PROBES, 0.0)
    wanted = [(DATA, name, 0) for name in DATA_PROBES]
    for goal in goals:
        record = store.record(goal.spec.id) or {"rows": []}
        rows = record["rows"][: goal.epochs]
        training += sum(row["train_seconds"] + row["val_seconds"] for row in rows)
        wanted += [(goal.spec.id, name, epoch) for epoch, names in goal.probes.items() for name in names]
    for run, name, epoch in wanted:
        stored = store.probe(run, name, epoch)
        if stored is None:
            missing += 1
        else:
            probes[name] = probes.get(name, 0.0) + stored.record["seconds"]
    return Cost(training, probes, missing)


def table(found: Cost) -> str:
    """Markdown: a row for each probe, the dearest first, and all of them together."""
    rows = sorted(found.probes.items(), key=lambda row: -row[1])
    lines = ["| probe | seconds | share of the training |", "| --- | ---: | ---: |"]
    for name, seconds in [*rows, ("all", sum(found.probes.values()))]:
        share = seconds / found.training if found.training else float("nan")
        lines.append(f"| {name} | {seconds:.1f} | {100 * share:.2f} % |")
    return "\n".join(lines)


@click.command()
@click.option("--results", default="results", show_default=True)
@click.option("--seeds", type=int, help="As last asked for, where not given.")
def main(results: str, seeds: int | None) -> None:
    """Print the table; fail above the bound."""
    store, request = find(results, Wanted(seeds=seeds))
    found = cost(store, request.goals())
    print(f"{found.training:.0f} s of training, {found.missing} probes not stored.\n\n{table(found)}")
    if found.share > BOUND:
        print(f"Expected at most {100 * BOUND:g} %. Make the dearest probe cheaper.")
        sys.exit(1)


if __name__ == "__main__":
    main()
