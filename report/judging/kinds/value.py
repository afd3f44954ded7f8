"""A written figure, asked whether it could be one more run of ours."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from report.judging.claim import Rule
from report.judging.evidence import Evidence
from report.judging.verdict import Finding, Open, Status, Unanswerable, show_sample
from report.judging.words import capitalize, say_needed, say_off
from report.results.format import find_difference_unit, round_interval, show_interval_of, show_number, show_written
from report.results.frames import Frames, Measure
from report.results.outlook import count_more_seeds_for_run
from report.results.sequential import VALUE_LEVEL, Interval, Reach, decide_run, find_run_interval
from report.results.values import Measured
from runs.specs.catalogue import BASE
from runs.text import count_words

#: Rounding of floats, as a share of the written figure: 0.469 + 0.05 is not 0.519 to the last bit.
ROUNDING = 1e-9

_STATUS: dict[Reach, Status] = {"inside": "reproduced", "outside": "not reproduced", "open": "undecided"}


def weigh_distance(finding: Finding, written: float, tolerance: float) -> float:
    """How far the measured number lies from a written one, in units of the tolerance, of a tenth of the figure where it
    is exact; 1 where nothing is measured.
    """
    if finding.measured is None:
        return 1.0
    return abs(finding.measured.value - written) / max(tolerance or abs(written) / 10, 1e-12)


def find_why_open(status: Status, bounds: Interval | None, more: int | None) -> Open | Literal[""]:
    """Why a number is undecided: seeds beyond any use would be needed, or more of them; "" where it is decided.

    Args:
        status: what it came to.
        bounds: the interval that decides; None where there is none yet.
        more: how many more seeds would probably decide it; None where so many are hopeless.
    """
    if status != "undecided":
        return ""
    return "no difference seen" if bounds and more is None else "too few seeds"


@dataclass(frozen=True)
class Value(Rule):
    """A written figure, which is one run's: it holds where it could be one more run of ours, at every number of seeds.

    ``tolerance`` (same unit): a prediction of that run that reaches further to either side says nothing.
    ``typed`` is the text that it was read from, for the digits to show; a claim gives its own. ``epoch`` is the
    write-up's at which it was measured. With other pictures, or fewer epochs, there is nothing to hold it against.
    ``anywhere``: whether it can be asked of any pictures and epochs.
    """

    written: float
    measure: Measure
    tolerance: float
    unit: str = ""
    typed: str = ""
    epoch: int = BASE
    anywhere: bool = False

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The one number that the figure is held against."""
        return (self.measure,)

    @property
    def tolerated(self) -> str:
        """How far the prediction of one more run may reach."""
        reach = show_written(self.tolerance, find_difference_unit(self.unit))
        return f"The prediction of one more run may reach {reach} to either side of our mean."

    def find_level(self, status: Status) -> float:
        """That of the interval that decides."""
        return VALUE_LEVEL

    def worded(self, written: str) -> Rule:
        """The same, with the text that the figure was read from."""
        return replace(self, typed=written)

    def weigh_effect(self, finding: Finding) -> float:
        """In units of the tolerance, of a tenth of the figure where it is exact."""
        return weigh_distance(finding, self.written, self.tolerance)

    def stand_aside(self, evidence: Evidence, frames: Frames) -> Finding | None:
        """With other pictures, or fewer epochs, there is nothing to hold it against."""
        other = evidence.on_other_pictures(frames)
        if self.anywhere or not (other or self.is_quick(evidence, frames)):
            return None
        measured = show_sample(evidence.samples[0], evidence.computed)
        sentence = self._say_elsewhere(measured, frames.preset.epoch(self.epoch), frames.data.get("train"), other)
        because: Unanswerable = "other data" if other else "a shorter training"
        return Finding("not assessable", sentence, measured, n=measured.n, because=because, numbers=[("", measured)])

    def decide(self, evidence: Evidence) -> Finding:
        """Whether the figure could be one more run of ours, and whether the prediction could have said otherwise."""
        sample = evidence.samples[0]
        values = list(sample.values.values())
        measured = show_sample(sample, evidence.computed)
        figure = round_interval(self.written, measured.unit, self.typed)
        tolerance = self.tolerance * (1 + ROUNDING)
        status, bounds = _STATUS[decide_run(values, figure, tolerance)], find_run_interval(values)
        more = count_more_seeds_for_run(values, figure, tolerance) if status == "undecided" else None
        because = find_why_open(status, bounds, more)
        return Finding(
            status,
            self._say(measured, status, bounds, more),
            measured,
            bounds,
            measured.n,
            because,
            self.measure_off(measured),
            more,
            numbers=[("", measured)],
        )

    def measure_off(self, measured: Measured) -> float | None:
        """How far a number lies from the written one, as a share of it; None where that is 0."""
        return (measured.value - self.written) / abs(self.written) if self.written else None

    def say_target(self, unit: str) -> str:
        """What a number is held against: "the written 0.0096"."""
        return f"the written {show_written(self.written, unit, self.typed)}"

    def _say(self, measured: Measured, status: Status, bounds: Interval | None, more: int | None) -> str:
        """How far off the mean is, and whether the figure could be one more run."""
        unit = measured.unit
        lead = f"Measured {show_number(measured)}, {say_off(self.measure_off(measured))}{self.say_target(unit)}."
        if bounds is None:
            return f"{lead} {say_needed(measured.n, more)}"
        span = show_interval_of(measured, bounds)
        reach = show_written(self.tolerance, find_difference_unit(unit))
        if status == "not reproduced":
            return f"{lead} It could not be one more run of ours: such a run would come to {span}."
        could = f"{lead} It could be one more run of ours, which would come to {span}"
        if status == "reproduced":
            return f"{could}, no further from our mean than {reach}."
        return f"{could}; but so could much else, further from our mean than {reach}. {say_needed(measured.n, more)}"

    def _say_elsewhere(self, measured: Measured, epoch: int, pictures: int | None, other: bool) -> str:
        """It was measured after fewer epochs or on other pictures than the written one."""
        on = f" on {pictures:,} pictures" if pictures else ""
        whose = " that are not the write-up’s" if on and other else ""
        told = f"Measured {show_number(measured)} after {count_words(epoch, 'epoch')}{on}{whose}."
        return (
            f"{told} {capitalize(self.say_target(measured.unit))} is of {count_words(self.epoch, 'epoch')} on the "
            "write-up’s own pictures, so that the two are not held against each other."
        )
