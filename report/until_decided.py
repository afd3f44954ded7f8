"""Train seed after seed where they decide findings, until all are decided or hopeless, or the budget is spent.

What trains and what judges are given from outside: this loop knows neither engine nor store.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from report.allocation import (
    OpenFinding,
    Tally,
    choose_goals,
    count_findings,
    estimate_seconds,
    estimate_wall,
    order_findings,
)
from report.judging.verdict import Verdict
from runs.execution.plan import Plan
from runs.specs.catalogue import Goal
from runs.text import count_words, show_estimate


@dataclass(frozen=True)
class Trial:
    """What a training until all is decided needs.

    Attributes:
        goals: all that may be trained, of every seed allowed.
        judge: the verdicts on all that is stored now.
        survey: what is left of the goals now.
        train: trains some goals, beneath a line that says what for.
        workers: runs side by side.
    """

    goals: Sequence[Goal]
    judge: Callable[[], Sequence[Verdict]]
    survey: Callable[[], Plan]
    train: Callable[[Sequence[Goal], str], object]
    workers: int


def train_until_decided(
    trial: Trial, budget: float = math.inf, clock: Callable[[], float] = time.monotonic
) -> tuple[Tally, str]:
    """Trains the seeds that decide most findings for each second, and judges again after each few of them.

    Args:
        trial: what to train, and by what.
        budget: seconds from now after which nothing is to be at work any more, as far as that can be foreseen.
        clock: the time in seconds.

    Returns:
        How the findings stand in the end, and why it ended, in a sentence.
    """
    ends, lost = clock() + budget, set[str]()
    while True:
        plan = trial.survey()
        tally = _count(trial, plan, lost)
        if not tally.open:
            return tally, "No open finding is left that more seeds would decide."
        seconds, left = estimate_seconds(plan), ends - clock()
        order = order_findings(tally.open, seconds)
        chosen = choose_goals(order, plan, seconds, trial.workers, left)
        if not chosen:
            return tally, "The budget is spent: what comes next would take longer than is left of it."
        trial.train(chosen, describe_outlook(tally, seconds, trial.workers, left))
        # what is not reached now has failed: it is not tried again and again
        still = {work.spec.id for work in trial.survey().works}
        lost |= still & {goal.spec.id for goal in chosen}


def list_outlook(trial: Trial) -> list[str]:
    """What would be trained, and for which finding, a line each; nothing is trained."""
    plan = trial.survey()
    tally, seconds = _count(trial, plan, set()), estimate_seconds(plan)
    told, taken = [], set[str]()
    for finding in order_findings(tally.open, seconds):
        new = {run: goal for run, goal in finding.goals.items() if run not in taken}
        taken |= set(new)
        told.append(_describe_finding(finding, list(new), estimate_wall(new, seconds, trial.workers)))
    if tally.hopeless:
        told.append(f"No more seeds that may be trained would decide: {', '.join(tally.hopeless)}.")
    return [*told, describe_outlook(tally, seconds, trial.workers)]


def describe_outlook(
    tally: Tally, seconds: dict[str, float], workers: int, budget: float = math.inf, now: datetime | None = None
) -> str:
    """How many findings are decided and open, and by when the open ones are probably decided or the budget is spent."""
    counts = describe_tally(tally)
    if not tally.open:
        return counts
    runs = {run for finding in tally.open for run in finding.goals}
    wall = estimate_wall(runs, seconds, workers)
    now = now or datetime.now().astimezone()
    if wall > budget:
        return f"{counts} The budget is spent {_show_moment(now, budget)}, before all that is open can be decided."
    return f"{counts} What is open is probably decided {_show_moment(now, wall)}."


def describe_tally(tally: Tally) -> str:
    """How many findings are decided, open and hopeless, in a sentence."""
    told = f"{count_words(len(tally.decided), 'finding')} decided, {len(tally.open)} open"
    if not tally.hopeless:
        return f"{told}."
    return f"{told}, {len(tally.hopeless)} that no more seeds that may be trained would decide."


def _count(trial: Trial, plan: Plan, lost: set[str]) -> Tally:
    diverged = {run for run, there in plan.standings.items() if there.diverged}
    return count_findings(
        trial.judge(),
        {goal.spec.id: goal for goal in trial.goals},
        {work.spec.id for work in plan.works},
        diverged | lost,
    )


def _describe_finding(finding: OpenFinding, runs: Sequence[str], seconds: float) -> str:
    needs = f"{finding.claim}: about {count_words(finding.more, 'more seed')}"
    if not runs:
        return f"{needs}, by runs that are named above."
    return f"{needs}, {show_estimate(seconds)}: {', '.join(runs)}."


def _show_moment(now: datetime, seconds: float) -> str:
    then = now + timedelta(seconds=seconds)
    return f"{then:by %H:%M}" if then.date() == now.date() else f"{then:by %H:%M on %Y-%m-%d}"
