"""A number that the write-up's words come to, held against the interval of our mean."""

from __future__ import annotations

from dataclasses import dataclass

from report.judging.evidence import Evidence
from report.judging.kinds.value import ROUNDING, Value, find_why_open
from report.judging.verdict import Finding, Status, show_sample
from report.judging.words import say_interval, say_needed
from report.results.format import find_difference_unit, show_number, show_written
from report.results.outlook import count_more_seeds_for_value
from report.results.sequential import VALUE_LEVEL, Interval, find_mean_interval
from report.results.values import Measured


@dataclass(frozen=True)
class Expected(Value):
    """A number that nobody measured: worked out from written figures, or such as words come to, like a share that has
    to be 0. It is no run of anybody's, so that our mean is held against it: it holds where the interval of the
    mean lies within ``tolerance`` of it.
    """

    @property
    def tolerated(self) -> str:
        """How far off it may be."""
        return f"It may be off by {show_written(self.tolerance, find_difference_unit(self.unit))}."

    def decide(self, evidence: Evidence) -> Finding:
        """By the interval of the mean: wholly within the tolerance, wholly outside, or open; one seed by itself."""
        sample = evidence.samples[0]
        values = list(sample.values.values())
        bounds = find_mean_interval(values)
        reach = self.tolerance + ROUNDING * max(abs(self.written), self.tolerance)
        status: Status = "undecided"
        if bounds or sample.n == 1:
            low, high = bounds or (sample.mean, sample.mean)
            if self.written - reach <= low and high <= self.written + reach:
                status = "reproduced"
            elif low > self.written + reach or high < self.written - reach:
                status = "not reproduced"
        more = count_more_seeds_for_value(values, self.written, self.tolerance) if status == "undecided" else None
        because = find_why_open(status, bounds, more)
        measured = show_sample(sample, evidence.computed)
        sentence = self._say_expected(measured, status, bounds, more)
        return Finding(
            status, sentence, measured, bounds, measured.n, because, more_seeds=more, numbers=[("", measured)]
        )

    def say_target(self, unit: str) -> str:
        """What a number is held against: "the expected 0.5"."""
        return f"the expected {show_written(self.written, unit, self.typed)}"

    def _say_expected(self, measured: Measured, status: Status, bounds: Interval | None, more: int | None) -> str:
        """The number that the words come to, beside the measured one."""
        unit = measured.unit
        lead = f"{'Measured' if measured.n else 'Computed'} {show_number(measured)}"
        target = self.say_target(unit)
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
