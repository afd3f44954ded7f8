"""What is stored and what is missing of some goals: as a table, or a line for each run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from runs.errors import DamagedError
from runs.execution.plan import Plan, Work
from runs.specs.catalogue import Goal
from runs.specs.spec import RunSpec
from runs.storage.paths import REPLACED
from runs.storage.record_forms import is_outdated
from runs.storage.store import Store
from runs.text import count_words, make_visible, show_estimate

#: More runs than this are told of by configuration.
MOST_ROWS = 200


def draw_status(store: Store, goals: Sequence[Goal], left: Plan) -> Table:
    """One row a run: epochs stored and wanted, probes still to be made, what state it is in. Of very many runs, one
    row a configuration, its seeds counted by their state.
    """
    table = Table(title=Text(make_visible(f"{store.data['id']}: {store.data['origin']}")), title_justify="left")
    if len(goals) > MOST_ROWS:
        _count_of_many(table, goals, left)
        return table
    table.add_column("run", overflow="fold")
    table.add_column("epochs", justify="right")
    table.add_column("probes left", justify="right")
    table.add_column("state")
    mark = f", of recipe {store.data['recipe']}" if is_outdated(store.data) else ""
    for row in list_states(goals, left):
        probes = str(row["probes_left"] or "–")
        table.add_row(Text(row["run"]), f"{row['epochs']}/{row['wanted']}", probes, row["state"] + mark)
    return table


def list_states(goals: Sequence[Goal], left: Plan) -> list[dict[str, Any]]:
    """One record a run: its id, epochs stored and wanted, probes still to be made, and what state it is in."""
    works = {work.spec.id: work for work in left.works}
    return [
        {
            "run": goal.spec.id,
            "epochs": left.standings[goal.spec.id].epochs,
            "wanted": goal.epochs,
            "probes_left": _count_probes(works.get(goal.spec.id)),
            "state": _describe_state(goal, works.get(goal.spec.id), left),
        }
        for goal in goals
    ]


def list_records(store: Store, wanted: Collection[str]) -> list[dict[str, Any]]:
    """One record a stored run: its id, its epochs, what it came to at the last of them, and whether it is ``wanted``. A
    damaged run has a state and no numbers.
    """
    records = []
    for run in store.runs():
        try:
            record = store.record(run)
        except DamagedError:
            record = None
        row = record["rows"][-1] if record else {}
        numbers = {key: row.get(key) for key in ("train_loss", "val_loss", "val_accuracy")}
        state = "damaged" if record is None else "diverged" if record["diverged"] else "whole"
        records.append(
            {"run": run, "epochs": row.get("epoch", 0), **numbers, "state": state, "in_report": run in wanted}
        )
    return records


def draw_runs(records: Sequence[Mapping[str, Any]]) -> Table:
    """Such records as a table."""
    table = Table()
    table.add_column("run", overflow="fold")
    for head in ("epochs", "training loss", "validation loss", "accuracy"):
        table.add_column(head, justify="right")
    table.add_column("")
    for each in records:
        losses = ["–" if each[key] is None else f"{each[key]:.4f}" for key in ("train_loss", "val_loss")]
        accuracy = "–" if each["val_accuracy"] is None else f"{each['val_accuracy']:.1%}"
        told = [each["state"]] if each["state"] != "whole" else [] if each["in_report"] else ["your own"]
        table.add_row(Text(each["run"]), str(each["epochs"]), *losses, accuracy, *(told or [""]))
    return table


def _count_of_many(table: Table, goals: Sequence[Goal], left: Plan) -> None:
    table.add_column("configuration", overflow="fold")
    table.add_column("seeds", justify="right")
    table.add_column("epochs", justify="right")
    table.add_column("probes left", justify="right")
    table.add_column("states")
    works = {work.spec.id: work for work in left.works}
    alike: dict[RunSpec, list[Goal]] = {}
    for goal in goals:
        alike.setdefault(goal.spec.with_seed(0), []).append(goal)
    for spec, seeds in alike.items():
        ids = [goal.spec.id for goal in seeds]
        done, wanted = sum(left.standings[run].epochs for run in ids), sum(goal.epochs for goal in seeds)
        probes = sum(_count_probes(works.get(run)) for run in ids)
        states = Counter(_describe_state(goal, works.get(goal.spec.id), left) for goal in seeds)
        told = ", ".join(f"{count} {state}" for state, count in states.items())
        share = f"{100 * done // wanted} %"  # rounded down: all is 100 %, and nothing less is
        table.add_row(Text(spec.id.removesuffix("-s0")), str(len(seeds)), share, str(probes) if probes else "–", told)


def _count_probes(work: Work | None) -> int:
    return sum(len(names) for names in work.probes.values()) if work else 0


def _describe_state(goal: Goal, work: Work | None, left: Plan) -> str:
    there = left.standings[goal.spec.id]
    if there.damaged:
        return "damaged"
    if there.diverged:
        return "diverged, stale" if there.stale else "diverged"
    if not there.epochs:
        return "missing"
    if work is None:
        return "stale" if there.stale else "complete"
    rest = "to be continued" if there.epochs < goal.epochs else "to be measured"
    return f"stale, {rest}" if there.stale else rest


def describe_stale(left: Plan) -> str:
    """How many runs are stale, and what that means; "" where none is."""
    stale, mixed = len(left.stale), len(left.mixed)
    if not stale:
        return ""
    are = "is" if stale == 1 else "are"
    told = f"{count_words(stale, 'run')} {are} stale: other code of the recipe than today's trained it."
    if stale > 1:
        told = f"{count_words(stale, 'run')} {are} stale: other code of the recipe than today's trained them."
    if mixed:
        goes = "goes" if mixed == 1 else "go"
        told += (
            f" {count_words(mixed, 'run')} of these {goes} on with today's code from the epochs stored, as the record "
            "says from then on, and stay stale."
        )
    return told


def describe_replaced(store: Store, runs: Sequence[str], which: str) -> str:
    """What became of the runs that are trained again, or that there are none."""
    if runs:
        return (
            f"Trained again from the first epoch: {count_words(len(runs), 'run')}. What was stored is kept in "
            f"{store.folder}, under names that end in {REPLACED}."
        )
    return (
        "No stored run is stale: none is trained again."
        if which == "stale"
        else "No run is stored to be trained again."
    )


def describe_left(goals: Sequence[Goal], left: Plan, workers: int) -> str:
    """How many runs have something left, and how long that takes."""
    count = len(left.works)
    runs = f"{count} of {count_words(len(goals), 'run')} {'has' if count == 1 else 'have'} something left"
    return f"{runs}: {describe_time_left(left, workers)}"


def describe_time_left(left: Plan, workers: int, place: str = "") -> str:
    """How long the rest takes on so many workers at a ``place``, such as " on the CPU"; until an epoch has been
    measured, that this is a guess.
    """
    told = f"{show_estimate(left.seconds(workers))} with {count_words(workers, 'worker')}{place}"
    return f"{told}." if left.measured else f"{told}. That is a guess, until the first epoch has been measured here."


def describe_reached(store: Store, goals: Sequence[Goal]) -> Iterator[str]:
    """What each run came to at the epoch that was asked for, or at its last."""
    for goal in goals:
        record = store.record(goal.spec.id)
        if record and record["diverged"] and len(record["rows"]) <= goal.epochs:
            yield f"{goal.spec.id}: diverged in epoch {len(record['rows'])}: its loss is no number any more"
        elif record:
            row = record["rows"][min(goal.epochs, len(record["rows"])) - 1]
            yield (
                f"{goal.spec.id}: epoch {row['epoch']}, train loss {row['train_loss']:.4f}, "
                f"validation loss {row['val_loss']:.4f}, accuracy {row['val_accuracy']:.1%}"
            )
