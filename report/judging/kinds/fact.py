"""A number that is computed and not trained."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from report.judging.claim import Rule
from report.judging.evidence import Evidence
from report.judging.kinds.value import ROUNDING, weigh_distance
from report.judging.verdict import Finding, Open, Status, show_sample
from report.results.format import find_difference_unit, show_interval, show_plain, show_written
from report.results.frames import Frames, Measure
from report.results.sequential import Interval
from report.results.values import Measured


@dataclass(frozen=True)
class Fact(Rule):
    """Computed, not trained: the claim holds when the computed number lies within ``tolerance`` of
    ``written``; ``computation`` says how it was got, and ``typed`` is as in :class:`Value`. ``shortened``: a preset
    that shortens sets this number, which then stands for the written one and does not test it.
    """

    what: ClassVar[str] = "computed"

    written: float
    measure: Measure
    computation: str
    tolerance: float = 0.0
    typed: str = ""
    shortened: bool = False

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The one number."""
        return (self.measure,)

    @property
    def tolerated(self) -> str:
        """How far off it may be."""
        return f"It may be off by {show_written(self.tolerance)}." if self.tolerance else "It has to be met exactly."

    def worded(self, written: str) -> Rule:
        """The same, with the text that the figure was read from."""
        return replace(self, typed=written)

    def weigh_effect(self, finding: Finding) -> float:
        """In units of the tolerance, of a tenth of the figure where it is exact."""
        return weigh_distance(finding, self.written, self.tolerance)

    def stand_aside(self, evidence: Evidence, frames: Frames) -> Finding | None:
        """A preset that shortens sets this number, which then stands for the written one."""
        if not (self.shortened and self.is_quick(evidence, frames)):
            return None
        measured = show_sample(evidence.samples[0], True)
        sentence = self._say_shortened(measured, frames.preset.name)
        return Finding(
            "not assessable", sentence, measured, n=measured.n, because="a shorter training", numbers=[("", measured)]
        )

    def decide(self, evidence: Evidence) -> Finding:
        """The number decides. Where each seed's network has its own, all of them have to agree."""
        sample = evidence.samples[0]
        found = sorted(sample.values.values())
        reach = self.tolerance + ROUNDING * max(abs(self.written), self.tolerance)
        right = [abs(number - self.written) <= reach for number in found]
        status: Status = "reproduced" if all(right) else "undecided" if any(right) else "not reproduced"
        measured = show_sample(sample, True)
        sentence = self._say(measured, status, (found[0], found[-1]))
        because: Open | Literal[""] = "measures disagree" if status == "undecided" else ""
        return Finding(status, sentence, measured, because=because, numbers=[("", measured)])

    def _say(self, measured: Measured, status: Status, ends: Interval) -> str:
        """A computed number beside the written one, and how it was computed."""
        target = show_written(self.written, measured.unit, self.typed)
        how = self.computation.rstrip(".")
        found = show_plain(measured) if ends[0] == ends[1] else show_interval(ends, measured.unit, measured.digits)
        if status == "reproduced":
            exact = (
                f", within {show_written(self.tolerance, find_difference_unit(measured.unit))}"
                if self.tolerance
                else ""
            )
            return f"Computed {found}, as written ({target}){exact}: {how}."
        if status == "undecided":
            return (
                f"The computed numbers do not agree with each other, {found} for the written {target}: {how}. "
                "More seeds would not settle it."
            )
        return f"Computed {found}, not the written {target}: {how}."

    def _say_shortened(self, measured: Measured, preset: str) -> str:
        """A number that a preset sets, and the written one that it stands for."""
        target, how = show_written(self.written, measured.unit, self.typed), self.computation.rstrip(".")
        return (
            f"Computed {show_plain(measured)}, which in the preset “{preset}” stands for the written {target}: {how}."
        )
