"""The use case of training: load the pictures, plan what is left, lock the store, train and measure."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from runs.data.dataset import Dataset
from runs.data.sources.load import load_dataset
from runs.environment import count_cores
from runs.errors import UsageError
from runs.execution import events
from runs.execution.device import choose_device, count_default_workers
from runs.execution.live_table import Listener, make_notice, print_lines, show_live
from runs.execution.machine import Machine, open_pool
from runs.execution.plan import Plan, make_plan
from runs.execution.survey import list_replaced, set_replaced_aside, survey_store
from runs.specs.catalogue import Goal
from runs.specs.presets import MOST_ASKED
from runs.specs.request import Request
from runs.specs.spec import RunSpec
from runs.status import describe_replaced, describe_stale, describe_time_left
from runs.storage.find_store import list_stores
from runs.storage.output_paths import DOWNLOADS, refuse_among_pictures, refuse_inside_stores
from runs.storage.store import Store
from runs.text import count_words, show_estimate

if TYPE_CHECKING:
    from runs.execution.engine import Outcome

Say = Callable[[str], None]
Retrain = Literal["stale", "all"] | None

#: Seconds that a quick look waits for a download of CIFAR-10 before it takes the photographs.
PATIENCE = 120.0


def load_data(request: Request, say: Say) -> Dataset:
    """The pictures that were asked for, cut to what the preset takes.

    Raises:
        UsageError: no such pictures, or the results would go into a store or among the pictures.
        DataError: the pictures are not there, not readable or not of the right form.
    """
    refuse_inside_stores(Path(request.results), "--results")
    refuse_among_pictures(Path(request.results), request.data)
    root = Path(request.results) / DOWNLOADS
    known = [store.data for store in list_stores(Path(request.results))]
    return load_dataset(
        request.data,
        request.category,
        root=root,
        limit=request.chosen.images,
        say=say,
        known=known,
        resize=request.resize,
        patience=PATIENCE if request.preset == "quick" else None,
        palette=request.palette,
    )


def make_own_goals(spec: RunSpec, epochs: int, seeds: int) -> list[Goal]:
    """A run of the user's own choosing, on each seed.

    Raises:
        UsageError: a number of epochs below 1, or beyond any use.
    """
    if not 1 <= epochs <= MOST_ASKED:
        raise UsageError(f"--epochs: expected a number from 1 to {MOST_ASKED}, got {epochs}. Correct it and try again.")
    return [Goal(spec.with_seed(seed), {epochs: ("quality",)}) for seed in range(seeds)]


def describe_outlook(
    request: Request, dataset: Dataset, goals: Sequence[Goal], machine: Machine, retrain: Retrain = None
) -> list[str]:
    """What would be trained and how long it would take, a line each; nothing is written."""
    check_request(dataset, goals)
    store = open_stored(request, dataset)
    if store and retrain:
        store = store.without([store.folder / run for run in list_replaced(store, goals, retrain == "all")])
    left = make_plan(store, goals, len(dataset.train))
    told = []
    for work in left.works:
        names = sorted({name for probes in work.probes.values() for name in probes})
        told.append(
            f"{work.spec.id}: {count_words(work.epochs, 'epoch')}" + (f", probes {', '.join(names)}" if names else "")
        )
    told.append(_estimate_duration(left, machine))
    return told


def _estimate_duration(left: Plan, machine: Machine) -> str:
    """How long it would take, where that can be told: on the processor, whose pace is known or guessed."""
    epochs = sum(work.epochs for work in left.works)
    runs = f"{count_words(len(left.works), 'run')}, {count_words(epochs, 'epoch')}"
    place = "a Ray cluster" if machine.engine == "ray" else choose_device(machine.device)[0]
    if place != "cpu":
        return f"{runs}, on {place}: how long that takes shows once it trains."
    count = machine.workers or count_cores()
    return f"{runs}, {describe_time_left(left, count, ' on the CPU')}"


def open_stored(request: Request, dataset: Dataset) -> Store | None:
    """What is stored of some pictures; None when nothing is. Nothing is written."""
    folder = Path(request.results) / dataset.id
    return Store.open(folder) if (folder / "data.json").exists() else None


def count_workers(machine: Machine) -> int:
    """How many runs go side by side; on a Ray cluster that is not told how many, as many as this machine has cores."""
    if machine.workers or machine.engine == "ray":
        return machine.workers or count_cores()
    return count_default_workers(choose_device(machine.device)[0], count_cores())


def check_request(dataset: Dataset, goals: Sequence[Goal]) -> None:
    """Refuses what cannot be trained, before any work begins.

    Raises:
        UsageError: a batch larger than the data.
    """
    needed = max((goal.spec.batch_size for goal in goals), default=0)
    if needed > len(dataset.train):
        raise UsageError(
            f"Expected at least {needed} training pictures, as many as the largest batch that was asked for holds, got "
            f"{len(dataset.train)} of {dataset.id}. Give more pictures, or ask for smaller batches: run-all --section "
            f"with parts that have them, or train --batch-size."
        )


def train_goals(
    request: Request,
    dataset: Dataset,
    goals: Sequence[Goal],
    machine: Machine,
    say: Say,
    *,
    own: bool = False,
    retrain: Retrain = None,
    aim: str = "",
) -> tuple[Store, bool]:
    """Trains and measures what is left of some goals.

    Args:
        request: what was asked for.
        dataset: the pictures.
        goals: the runs and what is to be measured of them.
        machine: where to train.
        say: told what the user must know, a line at a time.
        own: whether these are runs of the user's own choosing, which do not change what a report speaks of.
        retrain: which stored runs are trained again from the first epoch: "stale" or "all" of the goals; None for none.
        aim: what it is all for, in a sentence above the live table; "" where that needs no words.

    Returns:
        The store, and whether every run succeeded and none is stale.

    Raises:
        UsageError: what was asked for cannot be trained.
        StoreError: the results folder cannot be used.
    """
    check_request(dataset, goals)
    store = Store.create(Path(request.results), dataset)
    if store.locked():
        say(f"Another process is at work in {store.folder}; waiting for it to end.")
    with store.lock():
        aside = store.save_request(request.record(), own)
        if aside:
            say(f"What was last asked for was altered or cut short. Moved to {aside}; it is written anew.")
        for path in (path for goal in goals for path in store.mend_copies(goal.spec.id)):
            say(f"{path} did not say what its run says, and was written anew.")
        if retrain:
            say(describe_replaced(store, set_replaced_aside(store, goals, retrain == "all"), retrain))
        todo = survey_store(store, goals, len(dataset.train), lambda event: say(make_notice(event)))
        if todo.stale:
            say(f"{describe_stale(todo)} To train them again: the same command with --retrain.")
        if todo.empty:
            say("Nothing is missing." if todo.stale else "Nothing is left to train or to measure.")
            return store, not todo.stale
        from runs.execution.engine import Engine

        with open_pool(machine, dataset, [work.spec for work in todo.works]) as ready:
            count, device = ready.workers, ready.device
            say(
                f"{dataset.origin[:1].upper()}{dataset.origin[1:]}: {len(dataset.train)} to train on, "
                f"{len(dataset.test)} to test.\n"
                f"{count_words(len(todo.works), 'run')} on {ready.place}, {count} side by side; "
                f"results in {store.folder}"
                + (f"; {show_estimate(todo.seconds(count))}" if device == "cpu" and todo.measured else "")
                + (f"\n{ready.idle}" if ready.idle else "")
            )
            taken_up: set[str] = set()
            fell_back: set[str] = set()
            with watch_events(todo, count, say, aim) as show:

                def listen(event: events.Event) -> None:
                    if isinstance(event, events.Retried):
                        taken_up.add(event.run)
                    elif isinstance(event, events.FellBack):
                        fell_back.add(event.run)
                    show(event)

                outcome = Engine(store, dataset, count, device, ready.device_name, listen, ready.pool).run(goals, todo)
    for line in write_summary(todo, outcome, taken_up, fell_back):
        say(line)
    return store, not (outcome.failed or todo.stale)


def write_summary(
    todo: Plan, outcome: Outcome, taken_up: Collection[str], fell_back: Collection[str] = ()
) -> list[str]:
    """What became of the runs, a line each for those that did not end well, and one for all of them.

    Args:
        todo: what was left to do.
        outcome: what became of it.
        taken_up: the runs that went on after a worker was lost.
        fell_back: the runs whose steps the GPU could not capture.
    """
    told = [f"Failed: {run}. The other runs went on. {reason.strip()}" for run, reason in outcome.failed.items()]
    told += [
        f"Diverged: {run}: its loss is no number any more. It is kept, and counts as diverged."
        for run in outcome.diverged
    ]
    runs = [work.spec.id for work in todo.works]
    if not runs:
        return told
    counts = {
        "failed": sum(run in outcome.failed for run in runs),
        "diverged": len(outcome.diverged),
        "taken up again after a worker was lost": sum(run in taken_up for run in runs),
        "with plain, slower steps, for the GPU could not capture them": len(fell_back),
    }
    done = sum(run not in outcome.failed for run in runs)
    told.append(
        ", ".join(
            [f"{done} of {count_words(len(runs), 'run')} done", *(f"{n} {what}" for what, n in counts.items() if n)]
        )
        + "."
    )
    return told


def watch_events(todo: Plan, workers: int, say: Say, aim: str = "") -> AbstractContextManager[Listener]:
    """The live table on a terminal; a line a run where there is none. ``aim``: what it is all for."""
    if sys.stderr.isatty():
        return show_live(todo, workers, aim)
    if aim:
        say(aim)
    return print_lines(todo, workers, say)
