from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from report.allocation import FEWEST_SEEDS, OpenFinding, Tally, order_findings
from report.judging.verdict import Verdict
from report.results.frames import Frames, Measure
from report.results.values import Sample
from report.until_decided import Trial, describe_outlook, list_outlook, train_until_decided
from runs.execution.plan import Plan, Standing, Work
from runs.specs.catalogue import CNN, REGRESSION, UNET, Goal, make_unet
from runs.specs.spec import RunSpec
from tests.report import made_up_claims as made_up

#: The mean of each run's made-up number, and a spread of 1 about it that its seeds share with no other run.
TRUTHS = {REGRESSION: 0.0, CNN: 5.0, UNET: 8.0, make_unet(10): 8.0}
MOST = 16


class World:
    """Runs whose numbers are known in advance, some of them stored; it trains by storing them."""

    def __init__(self, seeds: int = 3, claims: dict[str, tuple[RunSpec, RunSpec]] | None = None) -> None:
        rng = np.random.default_rng(11)  # a draw of which three seeds leave both claims open
        self.numbers = {spec: truth + rng.standard_normal(MOST) for spec, truth in TRUTHS.items()}
        self.claims = claims or {"1.1.a.far": (CNN, REGRESSION), "1.1.a.near": (UNET, CNN)}
        self.goals = [Goal(spec.with_seed(seed), {25: ()}) for seed in range(MOST) for spec in TRUTHS]
        self.stored = {goal.spec.id for goal in self.goals if goal.spec.seed < seeds}
        self.diverged: set[str] = set()
        self.failing: set[str] = set()
        self.trained: list[str] = []
        self.aims: list[str] = []
        self.now = 0.0

    def measure(self, spec: RunSpec) -> Measure:
        ids = {seed: spec.with_seed(seed).id for seed in range(MOST)}

        def take(frames: Frames) -> Sample:
            there = [seed for seed, run in ids.items() if run in self.stored and run not in self.diverged]
            values = {seed: float(self.numbers[spec][seed]) for seed in there}
            return Sample(values, runs=tuple(ids[seed] for seed in there))

        return Measure(take)

    def judge(self) -> Sequence[Verdict]:
        found = []
        for name, (larger, smaller) in self.claims.items():
            test = made_up.ordering(self.measure(larger), self.measure(smaller))
            verdict = made_up.verdict(test)
            object.__setattr__(verdict.claim, "id", name)
            found.append(verdict)
        return found

    def survey(self) -> Plan:
        works = [Work(goal.spec, 0, goal.epochs) for goal in self.goals if goal.spec.id not in self.stored]
        standings = {run: Standing(25, 1.0, run in self.diverged) for run in self.stored}
        return Plan(tuple(works), (), 5000, 1.0, standings)

    def train(self, chosen: Sequence[Goal], aim: str) -> None:
        self.aims.append(aim)
        self.trained += [goal.spec.id for goal in chosen]
        self.stored |= {goal.spec.id for goal in chosen} - self.failing
        self.now += 60.0

    def trial(self, workers: int = 2, goals: Callable[[Goal], bool] = lambda goal: True) -> Trial:
        return Trial([*filter(goals, self.goals)], self.judge, self.survey, self.train, workers)

    def run(self, budget: float = math.inf, **chosen: Any) -> tuple[Tally, str]:
        return train_until_decided(self.trial(**chosen), budget, lambda: self.now)


def test_seeds_are_trained_until_all_is_decided_and_none_twice() -> None:
    world = World()
    before = set(world.stored)
    assert {verdict.status for verdict in world.judge()} == {"undecided"}
    tally, why = world.run()
    assert (tally.decided, tally.open, tally.hopeless) == (tuple(world.claims), (), ())
    assert "No open finding is left" in why
    assert len(set(world.trained)) == len(world.trained)
    assert not before & set(world.trained)
    assert not any(run.startswith(make_unet(10).id.removesuffix("-s0")) for run in world.trained)  # no claim is on it


def test_it_goes_on_where_it_was_stopped() -> None:
    whole, broken = World(), World()
    whole.run()
    broken.run(budget=61.0)  # one round, and the next would be too long
    assert 0 < len(broken.trained) < len(whole.trained)
    broken.run()
    assert broken.trained == whole.trained
    broken.run()
    assert broken.trained == whole.trained


def test_different_runs_end_with_different_numbers_of_seeds_and_are_paired_on_those_in_common() -> None:
    world = World(claims={"1.1.a.far": (CNN, REGRESSION), "1.1.a.near": (UNET, CNN)})
    world.run()
    count = {spec: sum(goal.spec.id in world.stored for goal in world.goals if goal.spec.with_seed(0) == spec)
             for spec in TRUTHS}  # fmt: skip
    assert count[CNN] > count[REGRESSION] or count[UNET] > count[REGRESSION]
    assert count[make_unet(10)] == 3
    by_id = {verdict.claim.id: verdict for verdict in world.judge()}
    assert by_id["1.1.a.far"].finding.n == min(count[CNN], count[REGRESSION])
    assert by_id["1.1.a.near"].finding.n == min(count[UNET], count[CNN])


def test_what_is_hopeless_costs_nothing() -> None:
    equals = World(claims={"1.1.a.same": (UNET, make_unet(10))})
    tally, _ = equals.run()
    assert (tally.hopeless, equals.trained) == (("1.1.a.same",), [])


def test_without_a_seed_that_may_be_trained_all_that_is_open_is_hopeless() -> None:
    world = World()
    tally, _ = world.run(goals=lambda goal: goal.spec.seed < 3)
    assert (tally.hopeless, world.trained) == (tuple(world.claims), [])


def test_nothing_is_trained_that_the_budget_does_not_hold() -> None:
    world = World()
    tally, why = world.run(budget=1.0)
    assert world.trained == []
    assert len(tally.open) == 2
    assert "The budget is spent" in why


def test_a_run_that_fails_is_not_tried_again_and_its_seed_is_passed_over() -> None:
    world = World()
    world.failing = {CNN.with_seed(3).id}
    tally, _ = world.run()
    assert set(tally.decided) == set(world.claims)
    assert world.trained.count(CNN.with_seed(3).id) == 1
    assert UNET.with_seed(4).id in world.trained


def test_seeds_of_a_run_that_diverged_are_passed_over() -> None:
    world = World()
    world.diverged = {UNET.with_seed(2).id}
    tally, _ = world.run()
    assert "1.1.a.near" in tally.decided
    assert UNET.with_seed(2).id not in world.trained


def test_with_less_than_three_seeds_it_trains_up_to_three_at_first() -> None:
    world = World(seeds=1)
    one = made_up.ordering(
        *(Measure(lambda frames, run=run: Sample({0: 1.0}, runs=(run,))) for run in (CNN.id, UNET.id))
    )
    object.__setattr__(world, "judge", lambda: [made_up.verdict(one)])
    (line, *_) = list_outlook(world.trial())
    assert f"about {FEWEST_SEEDS - 1} more seeds" in line


@pytest.mark.parametrize("workers", [1, 3, 8])
def test_every_worker_has_a_run_and_pairs_are_trained_together(workers: int) -> None:
    world = World()
    rounds: list[list[str]] = []
    train = world.train
    object.__setattr__(
        world, "train", lambda chosen, aim: (rounds.append([g.spec.id for g in chosen]), train(chosen, aim))
    )
    world.run(workers=workers)
    assert all(len(each) >= min(workers, 2) for each in rounds[:1])
    assert len(rounds[0]) <= workers + 1
    assert [run.rpartition("-s")[2] for run in rounds[0][:2]] == ["3", "3"]


def test_what_decides_most_for_its_seconds_comes_first() -> None:
    def finding(name: str, *specs: RunSpec, seeds: int = 1) -> OpenFinding:
        rounds = [tuple(Goal(spec.with_seed(3 + each), {25: ()}) for spec in specs) for each in range(seeds)]
        return OpenFinding(name, seeds, tuple(rounds))

    dear, long = finding("dear", UNET), finding("long", CNN, seeds=4)
    both, one = finding("both", CNN, REGRESSION), finding("one", CNN)
    seconds = {run: {"u": 100.0, "c": 10.0, "r": 5.0}[run[0]] for each in (dear, long, both, one) for run in each.goals}
    order = [each.claim for each in order_findings([dear, long, both, one], seconds)]
    assert order == ["both", "one", "long", "dear"]  # both and one are decided by the same 15 s


def test_outlook_says_what_would_be_trained_for_which_finding_and_trains_nothing() -> None:
    world = World(claims={"1.1.a.far": (CNN, REGRESSION), "1.1.a.same": (UNET, make_unet(10))})
    *lines, hopeless, last = list_outlook(world.trial())
    assert len(lines) == 1
    assert lines[0].startswith("1.1.a.far: about ")
    assert CNN.with_seed(3).id in lines[0]
    assert hopeless == "No more seeds that may be trained would decide: 1.1.a.same."
    assert last.startswith("0 findings decided, 1 open, 1 that no more seeds")
    assert world.trained == []


def test_line_above_the_table_says_decided_open_and_by_when() -> None:
    goal = Goal(CNN.with_seed(3), {25: ()})
    tally = Tally(("a", "b"), (OpenFinding("c", 1, ((goal,),)),), ())
    now = datetime(2026, 3, 1, 22, 0, tzinfo=UTC)
    seconds = {goal.spec.id: 3600.0}
    assert describe_outlook(tally, seconds, 1, now=now) == (
        "2 findings decided, 1 open. What is open is probably decided by 23:00."
    )
    later = describe_outlook(tally, {goal.spec.id: 4 * 3600.0}, 1, now=now)
    assert later.endswith("probably decided by 02:00 on 2026-03-02.")
    spent = describe_outlook(tally, seconds, 1, budget=1800.0, now=now)
    assert spent.endswith("The budget is spent by 22:30, before all that is open can be decided.")
    world = World()
    world.run()
    assert all("decided, " in aim and " open" in aim for aim in world.aims)
