"""The survey with which a training begins: what is damaged is set aside, what is left to do is planned."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from runs.execution import events
from runs.execution.plan import Plan, find_standing, make_plan
from runs.specs.catalogue import Goal
from runs.storage.paths import REPLACED
from runs.storage.store import DATA, Store


def survey_store(store: Store, goals: Sequence[Goal], train: int, listen: Callable[[events.SetAside], None]) -> Plan:
    """What is left of some goals. Every file of their runs is read to its last byte, once; a damaged one is moved out
    of the way, so that what is planned from heads afterwards is planned on whole files.

    Args:
        store: locked by the caller.
        goals: what is wanted.
        train: the number of training pictures.
        listen: called with an event for each file that is set aside.

    Raises:
        StoreError: a damaged file cannot be moved.
    """
    for run in (DATA, *dict.fromkeys(goal.spec.id for goal in goals)):
        set_aside(store, run, listen)
    return make_plan(store, goals, train, whole=False)


def set_replaced_aside(store: Store, goals: Sequence[Goal], everything: bool) -> list[str]:
    """Moves runs out of the way that are to be trained again from the first epoch, and names them: those that are
    stale, or all. What is damaged is left to :func:`survey_store`.

    Raises:
        StoreError: one cannot be moved.
    """
    chosen = list_replaced(store, goals, everything)
    for run in chosen:
        store.set_aside(store.folder / run, REPLACED)
    return chosen


def list_replaced(store: Store, goals: Sequence[Goal], everything: bool) -> list[str]:
    """The runs that are to be trained again: those stored that are stale, or all that are stored."""
    standings = {goal.spec.id: find_standing(store, goal.spec.id, whole=False) for goal in goals}
    return [run for run, stood in standings.items() if stood.stale or (everything and stood.epochs)]


def set_aside(store: Store, run: str, listen: Callable[[events.SetAside], None]) -> None:
    """Moves what is damaged of a run, or of the pictures, out of the way, and tells of it.

    Raises:
        StoreError: it cannot be moved.
    """
    for path in store.troubles(run):
        listen(events.SetAside(run, str(store.set_aside(path))))
