"""One measure exceeds another, paired by seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from report.judging.claim import Margin, Rule
from report.judging.evidence import Evidence, pair
from report.judging.paired import Step, find_why_open, make_step, say_above_margin, say_margin_size
from report.judging.verdict import Finding, Status
from report.judging.words import capitalize, say_interval, say_needed, say_size
from report.results.format import show_number, show_plain
from report.results.frames import Measure
from report.results.outlook import count_more_seeds
from report.results.sequential import ORDERING_LEVEL, Direction
from report.results.values import Measured

_STATUS: dict[Direction, Status] = {
    "above": "reproduced",
    "below": "not reproduced",
    "tie": "not reproduced",
    "open": "undecided",
}


@dataclass(frozen=True)
class Ordering(Rule):
    """``larger`` exceeds ``smaller``, paired by seed; a difference below ``margin`` is a tie.

    ``floor``: the least that there can be, or None. Where both are there on every seed, neither could have less, and
    the comparison says nothing.
    """

    what: ClassVar[str] = "difference"

    larger: Measure
    smaller: Measure
    margin: Margin
    names: tuple[str, str] = ("the first", "the second")
    floor: float | None = None

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Both sides."""
        return (self.larger, self.smaller)

    @property
    def tolerated(self) -> str:
        """What counts as no difference."""
        return self.margin.told

    def has_enough(self, evidence: Evidence) -> bool:
        """Whether both sides gave a number, on one seed at least that both have."""
        return super().has_enough(evidence) and pair(*evidence.samples)[0].ok

    def decide(self, evidence: Evidence) -> Finding:
        """By the interval of the paired differences, and by the margin."""
        larger, smaller = evidence.samples
        found = make_step(larger, smaller, self.margin.size, evidence.computed)
        if {*larger.values.values(), *smaller.values.values()} == {self.floor}:
            nothing = self._say_floor(found.larger)
            return Finding(
                "not assessable",
                nothing,
                n=found.difference.n,
                because="no room to differ",
                numbers=[("", found.larger)],
                silent=True,
            )
        more = count_more_seeds(found.values, self.margin.size) if found.way == "open" else None
        sides = found.larger, found.smaller
        numbers = [*zip(self.names, sides, strict=True), ("", found.difference)]
        return Finding(
            _STATUS[found.way],
            self._say(found, more),
            found.difference,
            found.interval,
            found.difference.n,
            because=find_why_open(found.values, more) if found.way == "open" else "",
            more_seeds=more,
            sides=sides,
            numbers=numbers,
        )

    def _say(self, found: Step, more: int | None) -> str:
        """The two numbers and their paired difference."""
        larger, smaller, difference = found.larger, found.smaller, found.difference
        way, bounds = found.way, found.interval
        lead = f"{capitalize(self.names[0])}: {show_plain(larger)}; {self.names[1]}: {show_plain(smaller)}."
        if way == "above":
            return f"{lead} The former is larger by {say_size(difference, bounds, ORDERING_LEVEL)}."
        if way == "below":
            return f"{lead} The former is not larger but smaller, by {say_size(difference, bounds, ORDERING_LEVEL)}."
        gap = f"{show_number(difference)}{say_interval(bounds, difference, ORDERING_LEVEL)}"
        if way == "tie":
            return f"{lead} No difference{say_above_margin(self.margin, difference)}: {gap}."
        why = "Inside the noise of the seeds"
        if difference.n == 1:
            below = f", below the margin of {say_margin_size(self.margin, difference)}" if self.margin.size else ""
            why = f"Too close for one seed{below}" if difference.value else "Equal on the one seed"
        if bounds and bounds[0] > 0:
            why = f"The former is larger, but perhaps not by the margin of {say_margin_size(self.margin, difference)}"
        return f"{lead} {why}: a difference of {gap}. {say_needed(difference.n, more)}"

    def _say_floor(self, measured: Measured) -> str:
        """Both sides are at the least that there is."""
        first, second = self.names
        least = show_plain(measured)
        return f"{capitalize(first)} and {second} are both at {least}, the least there is: neither could have less."


def name_distances(names: tuple[str, str], of: str = "of ") -> tuple[str, str]:
    """The names of two sides that are distances from the truth, and not the numbers themselves."""
    return f"the distance from the truth {of}{names[0]}", f"that {of}{names[1]}"
