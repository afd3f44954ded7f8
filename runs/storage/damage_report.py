"""What cannot be trusted of a store: a sentence for each file, which names it and what mends it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from runs.errors import DamagedError
from runs.specs.request import Request
from runs.storage.filesystem import MADE_AGAIN
from runs.storage.store import DATA, Store
from runs.text import count_words

#: What mends a run that nobody asks for now.
BY_ITSELF = (
    "It is none of the runs asked for here, which run-all alone mends: the command that trained it, train or run-all "
    "with its --preset and --seeds, sets it aside and makes it again. Or move it away."
)


def describe_damage(store: Store, asked: Iterable[str]) -> dict[Path, str]:
    """All that is damaged in a store, each file read to its last byte, once: a sentence each.

    Args:
        store: what is looked through: all of its runs, and the probes of the pictures.
        asked: the runs that are asked for now; run-all mends these.
    """
    ours = {DATA, *asked}
    return {
        path: sentence if run in ours else sentence.removesuffix(MADE_AGAIN) + BY_ITSELF
        for run in dict.fromkeys([DATA, *store.runs(), *sorted(ours - {DATA})])
        for path, sentence in store.troubles(run).items()
    }


@contextmanager
def advise_on_damage(run: str, request: Request) -> Iterator[None]:
    """What is damaged of a run is told with what mends it: not by run-all where the run is none that is asked for."""
    try:
        yield
    except DamagedError as error:
        if run in (goal.spec.id for goal in request.goals()):
            raise
        raise DamagedError(str(error).removesuffix(MADE_AGAIN) + BY_ITSELF) from error


def list_damaged(store: Store, runs: Iterable[str]) -> dict[str, dict[Path, str]]:
    """Those of some runs ("data": the pictures) of which something is damaged, with what and why."""
    return {run: found for run in runs if (found := store.troubles(run))}


def describe_gaps(store: Store, missing: Sequence[str], probes: Iterable[Path] = ()) -> list[str]:
    """What a report lacks, a sentence each: what is damaged by name, what is missing counted.

    Args:
        store: what the report was made from.
        missing: the runs that it lacks, or measurements of them.
        probes: damaged files that were met when it was made.
    """
    hurt = list_damaged(store, missing)
    lines = tell_damage(store, {**hurt, DATA: store.troubles(DATA)}, probes)
    stored = set(store.runs())
    absent = sum(run not in stored and run not in hurt for run in missing)
    counts = {"damaged": len(hurt), "missing": absent, "not measured in full": len(missing) - len(hurt) - absent}
    return lines + [count_damage(runs, state) for state, runs in counts.items() if runs]


def tell_damage(store: Store, hurt: Mapping[str, Mapping[Path, str]], probes: Iterable[Path]) -> list[str]:
    """Why each of some damaged files cannot be trusted: those of runs, and those that were met elsewhere."""
    known = {path: why for found in hurt.values() for path, why in found.items()}
    return [*known.values(), *(describe_rest(store, path) for path in dict.fromkeys(probes) if path not in known)]


def count_damage(runs: int, state: str) -> str:
    """How many runs leave a gap, and why."""
    are, gap = ("is", "its gap is") if runs == 1 else ("are", "their gaps are")
    return f"{count_words(runs, 'run')} {are} {state}; {gap} marked in the report."


def describe_rest(store: Store, path: Path) -> str:
    """Why a file of a probe cannot be trusted that was found damaged before."""
    return store.trouble(path) or f"Expected {path} damaged, as it was a moment ago, but it is whole now. Try again."
