"""A store and some goals in, what is there and what is missing out: as a table, or a line a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from runs.catalogue import Goal
from runs.errors import DamagedError
from runs.plan import Plan
from runs.store import Store
from runs.text import visible


def status_table(store: Store, goals: Sequence[Goal], left: Plan) -> Table:
    """One row a run: epochs stored and wanted, probes still to be made, what state it is in."""
    table = Table(title=Text(visible(f"{store.data['id']}: {store.data['origin']}")), title_justify="left")
    table.add_column("run", no_wrap=True)
    table.add_column("epochs", justify="right")
    table.add_column("probes left", justify="right")
    table.add_column("state")
    works = {work.spec.id: work for work in left.works}
    for goal in goals:
        run = goal.spec.id
        try:
            stored = store.state(run)
            record = stored.record if stored else None
            state = "missing" if record is None else "diverged" if record["diverged"] else ""
        except DamagedError:
            record, state = None, "damaged"
        done = len(record["rows"]) if record else 0
        work = works.get(run)
        probes = sum(len(names) for names in work.probes.values()) if work else 0
        state = state or ("complete" if work is None else "to be continued" if done < goal.epochs else "to be measured")
        table.add_row(Text(run), f"{done}/{goal.epochs}", str(probes) if probes else "–", state)
    return table


def reached(store: Store, goals: Sequence[Goal]) -> Iterator[str]:
    """What each run came to at the epoch that was asked for, or at its last."""
    for goal in goals:
        record = store.record(goal.spec.id)
        if record:
            row = record["rows"][min(goal.epochs, len(record["rows"])) - 1]
            yield (
                f"{goal.spec.id}: epoch {row['epoch']}, train loss {row['train_loss']:.4f}, "
                f"validation loss {row['val_loss']:.4f}, accuracy {row['val_accuracy']:.1%}"
            )
