"""A written figure, held against the interval of our mean."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from report.judging.claim import Rule
from report.judging.evidence import Evidence
from report.judging.verdict import Finding, Status, show_sample
from report.judging.words import say_interval, say_needed
from report.results.format import find_difference_unit, show_number, show_written
from report.results.frames import Frames, Measure
from report.results.outlook import count_more_seeds_for_value
from report.results.sequential import VALUE_LEVEL, Interval, find_mean_interval
from report.results.values import Measured
from runs.specs.catalogue import BASE
from runs.text import count_words

#: Rounding of floats, as a share of the written figure: 0.469 + 0.05 is not 0.519 to the last bit.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Value(Rule):
    """A written figure: it holds when the measured one lies within ``tolerance`` of it (same unit).

    ``typed`` is the text that it was read from, for the digits to show; a claim gives its own. ``epoch`` is the
    write-up's at which it was measured. With other pictures, or fewer epochs, there is nothing to hold it against.
    ``figure``: whether the write-up gives it as one of its results; False where it is worked out from its figures, or
    its words come to a number, such as a share that has to be 0. ``anywhere``: whether it can be asked of any pictures
    and epochs.
    """

    written: float
    measure: Measure
    tolerance: float
    unit: str = ""
    typed: str = ""
    epoch: int = BASE
    figure: bool = True
    anywhere: bool = False

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The one number that the figure is held against."""
        return (self.measure,)

    @property
    def tolerated(self) -> str:
        """How far off it may be."""
        return f"It may be off by {show_written(self.tolerance, find_difference_unit(self.unit))}."

    def find_level(self, status: Status) -> float:
        """That of a mean's interval."""
        return VALUE_LEVEL

    def worded(self, written: str) -> Rule:
        """The same, with the text that the figure was read from."""
        return replace(self, typed=written)

    def weigh_effect(self, finding: Finding) -> float:
        """In units of the tolerance, of a tenth of the figure where it is exact."""
        if finding.measured is None:
            return 1.0
        return abs(finding.measured.value - self.written) / max(self.tolerance or abs(self.written) / 10, 1e-12)

    def stand_aside(self, evidence: Evidence, frames: Frames) -> Finding | None:
        """With other pictures, or fewer epochs, there is nothing to hold it against."""
        other = evidence.on_other_pictures(frames)
        if self.anywhere or not (other or self.is_quick(evidence, frames)):
            return None
        measured = show_sample(evidence.samples[0], evidence.computed)
        sentence = self._say_elsewhere(measured, frames.preset.epoch(self.epoch), frames.data.get("train"), other)
        return Finding("not assessable", sentence, measured, n=measured.n, numbers=[("", measured)])

    def decide(self, evidence: Evidence) -> Finding:
        """By the interval of the mean: wholly within the tolerance, wholly outside, or open."""
        sample = evidence.samples[0]
        values = list(sample.values.values())
        bounds = find_mean_interval(values)
        low, high = bounds or ((-math.inf, math.inf) if sample.n > 1 else (sample.mean, sample.mean))
        reach = self.tolerance + ROUNDING * max(abs(self.written), self.tolerance)
        status: Status = "undecided"
        if self.written - reach <= low and high <= self.written + reach:
            status = "reproduced"
        elif low > self.written + reach or high < self.written - reach:
            status = "not reproduced"
        more = count_more_seeds_for_value(values, self.written, self.tolerance) if status == "undecided" else None
        measured = show_sample(sample, evidence.computed)
        sentence = self._say(measured, status, bounds, more)
        return Finding(status, sentence, measured, bounds, measured.n, more, numbers=[("", measured)])

    def _say(self, measured: Measured, status: Status, bounds: Interval | None, more: int | None) -> str:
        """The written figure, or the number that the words come to, beside the measured one."""
        unit = measured.unit
        lead = f"{'Measured' if measured.n else 'Computed'} {show_number(measured)}"
        target = f"the {self._say_target(unit)}"
        reach = show_written(self.tolerance, find_difference_unit(unit))
        span = say_interval(bounds, measured, VALUE_LEVEL)
        if status == "reproduced":
            return f"{lead}, within {reach} of {target}{span}."
        if status == "not reproduced":
            side = "above" if measured.value > self.written else "below"
            return f"{lead}, {side} {target} by more than {reach}{span}."
        return (
            f"{lead}{span}: inside the noise of the seeds, for it reaches across the edge of {target} ± {reach}. "
            f"{say_needed(measured.n, more)}"
        )

    def _say_target(self, unit: str) -> str:
        """What a number is held against: "written 0.0096", or "expected" where nobody wrote it."""
        return f"{'written' if self.figure else 'expected'} {show_written(self.written, unit, self.typed)}"

    def _say_elsewhere(self, measured: Measured, epoch: int, pictures: int | None, other: bool) -> str:
        """It was measured after fewer epochs or on other pictures than the written one."""
        on = f" on {pictures:,} pictures" if pictures else ""
        whose = " that are not the write-up’s" if on and other else ""
        told = f"Measured {show_number(measured)} after {count_words(epoch, 'epoch')}{on}{whose}."
        return (
            f"{told} The {self._say_target(measured.unit)} is of {count_words(self.epoch, 'epoch')} on the write-up’s "
            "own pictures, so that the two are not held against each other."
        )
