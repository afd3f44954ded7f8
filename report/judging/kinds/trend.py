"""Measures rise, or fall, from each step to the next: several orderings in a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, Literal

from report.judging.claim import Margin, Rule
from report.judging.evidence import Evidence, pair
from report.judging.paired import Step, find_why_open, make_step, say_above_margin
from report.judging.verdict import Finding, Status, join_open, show_side
from report.judging.words import say_interval, say_needed, say_size
from report.results.format import join_words, show_number, show_plain
from report.results.frames import Measure
from report.results.outlook import count_more_seeds
from report.results.sequential import ORDERING_LEVEL, Direction, Interval, find_steps_level
from report.results.values import Measured

#: A row of points longer than this shows its ends only.
MOST_POINTS = 8


@dataclass(frozen=True)
class Trend(Rule):
    """The measures rise (or fall) from each step to the next; a step below ``margin`` is a tie.

    ``turns`` names the steps (by index, from 0) at which the written statement itself turns the other way.
    """

    what: ClassVar[str] = "deciding step"

    steps: Sequence[Measure]
    labels: Sequence[str]
    direction: Literal["rises", "falls"]
    margin: Margin
    turns: Sequence[int] = ()

    @property
    def measures(self) -> tuple[Measure, ...]:
        """One a step of the row."""
        return tuple(self.steps)

    @property
    def tolerated(self) -> str:
        """What counts as no difference from one to the next."""
        return self.margin.told

    @property
    def against_level(self) -> float:
        """The level at which a step speaks against the trend."""
        return find_steps_level(len(self.steps) - 1)

    def find_level(self, status: Status) -> float:
        """That of one ordering where it holds, and the stricter one of several where a step speaks against it."""
        return self.against_level if status == "not reproduced" else ORDERING_LEVEL

    def has_enough(self, evidence: Evidence) -> bool:
        """Whether each gave a number, on one seed at least that neighbours share."""
        return super().has_enough(evidence) and all(pair(*both)[0].ok for both in pairwise(evidence.samples))

    def rises(self, index: int) -> bool:
        """Whether the write-up has this step rise."""
        return (self.direction == "rises") != (index in self.turns)

    def decide(self, evidence: Evidence) -> Finding:
        """Reproduced when every step holds; not reproduced when any step is decided against it.

        Every step has to hold, so each is held to the level of one ordering: the trend errs no more often than the
        least sure of them. Any step may speak against it, so there the steps share the error of one ordering.
        """
        held = self._take_steps(evidence, ORDERING_LEVEL)
        against = self._take_steps(evidence, self.against_level)
        wrong = [index for index, each in enumerate(against) if each.way in ("below", "tie")]
        unsure = [index for index, each in enumerate(held) if each.way != "above"]
        points = [show_side(sample, evidence.computed) for sample in evidence.samples]
        row = list(zip(self.labels, points, strict=True))
        n = min(each.difference.n for each in held)
        if wrong:
            chosen = against[wrong[0]]
            sentence = self._say_fails(points, wrong[0], chosen.difference, chosen.way, chosen.interval)
            numbers = [("", chosen.difference), *row]
            return Finding("not reproduced", sentence, chosen.difference, chosen.interval, n, numbers=numbers)
        # The step nearest to failing stands for the trend.
        least = min(unsure or range(len(held)), key=lambda index: _find_sureness(held[index]))
        chosen = held[least]
        if unsure:
            more = self._count_more([held[index] for index in unsure])
            sentence = self._say_open(points, unsure, n, more)
            because = join_open(find_why_open(held[index].values, more) for index in unsure)
            return Finding(
                "undecided", sentence, chosen.difference, chosen.interval, n, because, None, more, numbers=row
            )
        sentence = self._say_holds(points, least, chosen.difference, chosen.interval)
        numbers = [*row, ("", chosen.difference)]
        return Finding("reproduced", sentence, chosen.difference, chosen.interval, n, numbers=numbers)

    def _say_holds(self, points: Sequence[Measured], index: int, difference: Measured, bounds: Interval | None) -> str:
        """All steps go as written; the least sure of them is named."""
        way = "Rises" if self.direction == "rises" else "Falls"
        lead = "Turns as written, and nowhere else" if self.turns else f"{way} at each step"
        size = say_size(difference, bounds, ORDERING_LEVEL)
        return f"{lead}: {self._say_row(points)}. The least sure step is that {self._say_step(index)}, by {size}."

    def _say_fails(
        self, points: Sequence[Measured], index: int, difference: Measured, way: Direction, bounds: Interval | None
    ) -> str:
        """A step speaks against the trend; it is named."""
        claimed = "rise" if self.rises(index) else "fall"
        level = find_steps_level(len(self.steps) - 1)
        if way == "tie":
            gap = f"{show_number(difference)}{say_interval(bounds, difference, level)}"
            what = f"there is no {claimed}{say_above_margin(self.margin, difference)}, a difference of {gap}"
        else:
            turned = "falls" if claimed == "rise" else "rises"
            what = f"it {turned} by {say_size(difference, bounds, level)}, where it should {claimed}"
        return f"Not at every step: {self._say_step(index)} {what}. The row: {self._say_row(points)}."

    def _say_open(self, points: Sequence[Measured], unsure: Sequence[int], n: int, more: int | None) -> str:
        """No step is decided against the trend, and some are not decided for it; they are named."""
        every = len(unsure) == len(points) - 1
        steps = (
            "at every step" if every and len(unsure) > 1 else join_words([self._say_step(index) for index in unsure])
        )
        noise = "too close for one seed" if n == 1 else "inside the noise of the seeds"
        seeds = "one seed" if n == 1 else f"n = {n}"
        return f"Open {steps}, {noise} ({seeds}): {self._say_row(points)}. {say_needed(n, more)}"

    def _say_step(self, index: int) -> str:
        return f"from {self.labels[index]} to {self.labels[index + 1]}"

    def _say_row(self, points: Sequence[Measured]) -> str:
        told = [f"{show_plain(point)} ({label})" for point, label in zip(points, self.labels, strict=True)]
        return " → ".join(told if len(told) <= MOST_POINTS else [*told[:2], "…", *told[-2:]])

    def _take_steps(self, evidence: Evidence, level: float) -> list[Step]:
        made = []
        for index, (before, after) in enumerate(pairwise(evidence.samples)):
            larger, smaller = (after, before) if self.rises(index) else (before, after)
            made.append(make_step(larger, smaller, self.margin.size, evidence.computed, level))
        return made

    def _count_more(self, unsure: Sequence[Step]) -> int | None:
        """Seeds until a step that leans the wrong way would speak against the trend, else until all would hold."""
        wrong = [each for each in unsure if each.difference.value <= self.margin.size]
        if wrong:
            needed = [count_more_seeds(each.values, self.margin.size, self.against_level) for each in wrong]
            return min((count for count in needed if count is not None), default=None)
        needed = [count_more_seeds(each.values, self.margin.size) for each in unsure]
        return None if None in needed else max(count for count in needed if count is not None)


def _find_sureness(found: Step) -> float:
    """The mean difference in spreads; without a spread the difference itself."""
    return found.difference.value / (found.difference.spread or 1.0)
