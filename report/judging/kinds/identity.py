"""Nothing differs: one difference on one seed refutes it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from report.judging.claim import Rule
from report.judging.evidence import Evidence
from report.judging.verdict import Finding, Open, Status, show_sample
from report.results.format import show_amount
from report.results.frames import Frames, Measure
from report.results.values import Measured

#: Of differences between two trainings.
ON_A_GPU = "They were trained on a GPU, where two trainings of the same run may differ as well: it says nothing."


@dataclass(frozen=True)
class Identity(Rule):
    """Exact: the measure counts differences, and the claim holds when there is none on any seed. ``trained``: they are
    between two trainings, of which a GPU gives no two with the same bits.
    """

    what: ClassVar[str] = "differences"

    differences: Measure
    trained: bool = False

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The count of differences."""
        return (self.differences,)

    @property
    def tolerated(self) -> str:
        """Nothing."""
        return "Not one may differ."

    def stand_aside(self, evidence: Evidence, frames: Frames) -> Finding | None:
        """Two trainings on a GPU may differ without a reason."""
        if not (self.trained and any(evidence.samples[0].values.values()) and frames.on_a_gpu(evidence.runs)):
            return None
        found = self.decide(evidence)
        return replace(
            found, status="not assessable", because="trained on a GPU", sentence=f"{found.sentence} {ON_A_GPU}"
        )

    def decide(self, evidence: Evidence) -> Finding:
        """One difference on one seed refutes it; a seed that could not be compared leaves it open."""
        sample = evidence.samples[0]
        differing = sum(count != 0 for count in sample.values.values())
        status: Status = "not reproduced" if differing else "reproduced"
        if not differing and (evidence.diverged or evidence.dropped):
            status = "undecided"
        measured = show_sample(sample, evidence.computed)
        because: Open | Literal[""] = "too few seeds" if status == "undecided" else ""
        return Finding(status, _say(measured, status, differing), measured, n=measured.n, because=because)


def _say(measured: Measured, status: Status, differing: int) -> str:
    """Counted differences; ``differing`` is on how many seeds there are any."""
    on = {0: "", 1: " on the one seed compared"}.get(measured.n, f" on any of {measured.n} seeds")
    if status == "reproduced":
        return f"No difference was found{on}: exactly the same."
    if status == "undecided":
        return (
            f"No difference was found{on}, but not every seed gave numbers to compare. More seeds would not settle it."
        )
    count = show_amount(measured.value, measured.unit, 1 if measured.value % 1 else 0)
    if measured.n > 1:
        return f"Not the same on {differing} of {measured.n} seeds; differences a seed, on average: {count}."
    return f"Not the same: {count} {'difference' if measured.value == 1 else 'differences'}{on}."
