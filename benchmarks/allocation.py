"""How many findings are decided by seeds trained where they decide, and by even seeds, for the same time.

Stored runs are a pool: in each draw their seeds come in another order, three even seeds are there at first, and the
others are trained, as it were, by taking them from the pool. Time is what the stored runs took, of one core each.

Run it from the top folder: python -m benchmarks.allocation --results RESULTS --seeds 8
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import click
import numpy as np

from commands.train import FIRST_SEEDS
from report.judging.judge import judge
from report.judging.verdict import Verdict
from report.make import open_shelf
from report.questions.all_claims import load_claims
from report.results.frames import Frames
from report.results.stored import Shelf
from report.until_decided import Trial, train_until_decided
from runs.execution.plan import Plan, Standing, Work
from runs.specs.catalogue import Goal, list_goals
from runs.specs.request import Wanted
from runs.storage.find_store import find

#: Seconds of one core that were spent, and how many of the findings open at first were decided by then.
Point = tuple[float, int]
DECIDED = ("reproduced", "not reproduced")
WORKERS = 2


class Renamed(Mapping[Any, Any]):
    """What a mapping holds of some runs, under the names that a draw gives them."""

    def __init__(self, whole: Mapping[Any, Any], names: Mapping[str, str]) -> None:
        self.whole, self.names = whole, names

    def _find_key(self, key: Any) -> Any:
        if not isinstance(key, tuple):
            return self.names.get(key)
        return (self.names.get(key[0], "data" if key[0] == "data" else None), *key[1:])

    def __getitem__(self, key: Any) -> Any:
        """What is there of a run of the draw; KeyError where it is not trained yet."""
        return self.whole[self._find_key(key)]

    def __iter__(self) -> Iterator[Any]:
        """The keys, in the names of the draw."""
        back = {old: new for new, old in self.names.items()} | {"data": "data"}
        for key in self.whole:
            run = key[0] if isinstance(key, tuple) else key
            if run in back:
                yield (back[run], *key[1:]) if isinstance(key, tuple) else back[run]

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass
class World:
    """A draw: the runs of the pool with their seeds in another order, some of which are trained so far.

    Attributes:
        pool: all that is stored.
        goals: all that may be trained, of every seed of the draw.
        names: the run of the pool behind each run of the draw.
        seconds: what each run of the draw took.
        trained: runs of the draw that are there.
    """

    pool: Frames
    goals: Sequence[Goal]
    names: Mapping[str, str]
    seconds: Mapping[str, float]
    trained: set[str]
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)

    def frames(self) -> Frames:
        """What a report would see now."""
        names = {run: self.names[run] for run in self.trained}
        back = {old: new for new, old in names.items()}
        runs = self.pool.runs[self.pool.runs.index.isin(back)].rename(index=back)
        epochs = self.pool.epochs[self.pool.epochs.run.isin(back)]
        return replace(
            self.pool,
            runs=runs,
            epochs=epochs.assign(run=epochs.run.map(back)),
            probes=Renamed(self.pool.probes, names),
            pictures=Renamed(self.pool.pictures, names),
        )

    def judge(self) -> list[Verdict]:
        """The verdicts now; a claim that rests on no run that was trained since keeps its own."""
        frames = self.frames()
        for claim in load_claims():
            before = self.verdicts.get(claim.id)
            if claim.counts and (before is None or self.touched & {run.rpartition("-s")[0] for run in before.runs}):
                self.verdicts[claim.id] = judge(claim, frames)
        self.touched = set()
        return list(self.verdicts.values())

    def train(self, chosen: Sequence[Goal], aim: str = "") -> None:
        """Takes some runs from the pool."""
        self.trained |= {goal.spec.id for goal in chosen}
        self.touched |= {goal.spec.id.rpartition("-s")[0] for goal in chosen}

    def survey(self) -> Plan:
        """What is left, as the program reckons it: by the sizes of the networks, not by what they will have taken."""
        works = [Work(goal.spec, 0, goal.epochs) for goal in self.goals if goal.spec.id not in self.trained]
        standings = {run: Standing(1, self.seconds[run]) for run in self.trained}
        return Plan(tuple(works), (), int(self.pool.data["train"]), 1.0, standings)

    def spent(self) -> float:
        """Seconds of one core that all trained runs took."""
        return sum(self.seconds[run] for run in self.trained)


def make_world(pool: Frames, goals: Sequence[Goal], order: Sequence[int]) -> World:
    """A draw whose seed i is the pool's seed ``order[i]``, with three seeds of every run."""
    took = {row["run"]: row["seconds"] for row in pool.rows}
    names = {goal.spec.id: goal.spec.with_seed(order[goal.spec.seed]).id for goal in goals}
    seconds = {run: took[old] for run, old in names.items()}
    first = {goal.spec.id for goal in goals if goal.spec.seed < FIRST_SEEDS}
    return World(replace(pool, further=tuple(range(FIRST_SEEDS, len(order)))), goals, names, seconds, first)


def list_stored_goals(source: Shelf, pool: Frames, seeds: int) -> list[Goal]:
    """The runs of the preset of which every seed is stored."""
    goals = list_goals(source.preset, seeds=seeds, palette=source.data["palette_name"])
    stored = set(pool.runs.index)
    return [goal for goal in goals if all(goal.spec.with_seed(seed).id in stored for seed in range(seeds))]


def follow_even(world: World, seeds: int) -> list[Point]:
    """What is decided after three even seeds, and after each further one of every run."""
    judged, begun = world.judge(), world.spent()
    asked = {verdict.claim.id for verdict in judged if verdict.status == "undecided"}
    points = [(0.0, 0)]
    for seed in range(FIRST_SEEDS, seeds):
        world.train([goal for goal in world.goals if goal.spec.seed == seed])
        points.append((world.spent() - begun, count_decided(world.judge(), asked)))
    return points


def follow_decided(world: World) -> tuple[list[Point], int]:
    """What is decided after each few seeds that were chosen, and how many findings three even seeds leave open."""
    judged, begun = world.judge(), world.spent()
    asked = {verdict.claim.id for verdict in judged if verdict.status == "undecided"}
    points = [(0.0, 0)]

    def train(chosen: Sequence[Goal], aim: str) -> None:
        world.train(chosen)
        points.append((world.spent() - begun, count_decided(world.judge(), asked)))

    train_until_decided(Trial(world.goals, lambda: list(world.verdicts.values()), world.survey, train, WORKERS))
    return points, len(asked)


def count_decided(verdicts: Sequence[Verdict], asked: set[str]) -> int:
    """How many of some findings are decided."""
    return sum(verdict.status in DECIDED for verdict in verdicts if verdict.claim.id in asked)


def find_count(points: Sequence[Point], seconds: float) -> int:
    """How many are decided once so many seconds are spent."""
    return points[bisect_right(points, seconds * (1 + 1e-9), key=lambda point: point[0]) - 1][1]


def draw_curves(pool: Frames, goals: Sequence[Goal], seeds: int, draws: int) -> Iterator[list[float]]:
    """For each draw and number of even seeds: that number, core hours, decided by even seeds and by chosen ones, and
    how many findings were open at first.
    """
    rng = np.random.default_rng(0)
    for _ in range(draws):
        order = rng.permutation(seeds).tolist()
        even = follow_even(make_world(pool, goals, order), seeds)
        chosen, asked = follow_decided(make_world(pool, goals, order))
        for further, (seconds, decided) in enumerate(even[1:], FIRST_SEEDS + 1):
            yield [further, seconds / 3600, decided, find_count(chosen, seconds), asked]


@click.command()
@click.option("--results", default="results", metavar="DIR", help="Where the stored runs lie.")
@click.option("--seeds", default=8, metavar="N", help="Seeds of the pool: runs that have all of them are taken.")
@click.option("--draws", default=20, metavar="N", help="Orders of the seeds.")
def main(results: str, seeds: int, draws: int) -> None:
    """Print the curve of decided findings against core hours for both, and their ratio."""
    store, request = find(results, Wanted(seeds=seeds))
    source = open_shelf(store, replace(request, seeds=seeds, most_seeds=0))
    pool = replace(source.frames(), seeds=tuple(range(FIRST_SEEDS)))
    goals = list_stored_goals(source, pool, seeds)
    if not goals:
        raise click.ClickException(f"Expected runs of {seeds} seeds in {results}, found none. Train them first.")
    rows = np.array(list(draw_curves(pool, goals, seeds, draws)))
    print(
        f"{len(goals) // seeds} runs of {seeds} seeds, {draws} draws; open at first: {rows[:, 4].mean():.1f} findings\n"
    )
    print("| even seeds | further core hours | decided by even seeds | decided by chosen seeds | ratio |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    for further in range(FIRST_SEEDS + 1, seeds + 1):
        _, hours, even, chosen, _ = rows[rows[:, 0] == further].mean(axis=0)
        ratio = f"{chosen / even:.2f}" if even else "–"
        print(f"| {further} | {hours:.3f} | {even:.1f} | {chosen:.1f} | {ratio} |")


if __name__ == "__main__":
    main()
