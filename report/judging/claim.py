"""Claim: one statement of the write-up with the rule that tests it, whatever its kind."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from report.judging.evidence import Evidence, gather
from report.judging.verdict import Finding, Status, Unanswerable
from report.judging.words import say_diverged, say_lacking, say_missing, say_trouble
from report.results.format import show_written
from report.results.frames import Frames, Measure
from report.results.sequential import ORDERING_LEVEL
from report.results.values import ON_PICTURES


@dataclass(frozen=True)
class Margin:
    """What a difference has to reach to count as one.

    Attributes:
        size: in the unit of what is compared, as stored.
        unit: of the difference: "" or, e.g., "dB"; "points" where shares are compared.
        why: why so much, as words that follow a colon.
    """

    size: float
    unit: str
    why: str

    @property
    def told(self) -> str:
        """What it lets pass and why so much, as a sentence."""
        return f"Less than {show_written(self.size, self.unit)} counts as no difference: {self.why}."


class Rule(ABC):
    """How a statement is tested: its measures, what they have to come to, and the words for what they came to."""

    #: What the number is that decides: the measured one itself, or what was made of it.
    what: ClassVar[str] = "measured"
    #: Whether a preset that shortens sets the number, so that it does not test the written one.
    shortened: bool = False

    @property
    @abstractmethod
    def measures(self) -> tuple[Measure, ...]:
        """What it measures, in the order in which it is judged."""

    @property
    @abstractmethod
    def tolerated(self) -> str:
        """What it lets pass, and why so much, in a sentence for each size."""

    @abstractmethod
    def decide(self, evidence: Evidence) -> Finding:
        """What the numbers come to; each measure gave one."""

    def stand_aside(self, evidence: Evidence, frames: Frames) -> Finding | None:
        """Numbers that are there, and yet are none to hold the written ones against; None where they are."""
        return None

    def worded(self, written: str) -> Rule:
        """The same rule, which knows the text of the written figure for the digits to show."""
        return self

    def weigh_effect(self, finding: Finding) -> float:
        """How far the number lies from the written one in units of the tolerance; else from none in units of the noise;
        1 where neither can be said. It may be infinite.
        """
        if finding.interval is None:
            return 1.0
        low, high = finding.interval
        return abs(low + high) / max(high - low, 2e-12)

    def has_enough(self, evidence: Evidence) -> bool:
        """Whether each measure gave a number."""
        return bool(evidence.samples) and all(sample.ok for sample in evidence.samples)

    def find_level(self, status: Status) -> float:
        """The level (0..1) of the interval that a finding of this status shows."""
        return ORDERING_LEVEL

    def find(self, frames: Frames) -> tuple[Finding, Evidence]:
        """What the stored runs come to. It never raises for want of data: what is missing, malformed or not finite has
        a status of its own.
        """
        evidence = gather(self.measures, frames)
        if evidence.trouble:
            status, what = evidence.trouble
            because: Unanswerable | Literal[""] = "cannot be worked out" if status == "not assessable" else ""
            return Finding(status, say_trouble(status, what), because=because), evidence
        if not self.has_enough(evidence):
            return _find_nothing(evidence, frames), evidence
        finding = self.stand_aside(evidence, frames) or self.decide(evidence)
        lacking = say_lacking(evidence.missing, evidence.diverged, evidence.dropped)
        return replace(finding, sentence=finding.sentence + lacking), evidence

    def is_quick(self, evidence: Evidence, frames: Frames) -> bool:
        """Whether fewer epochs or pictures than the write-up's are behind it; a picture is what it is among fewer."""
        trained = any(run not in ON_PICTURES for run in (*evidence.runs, *evidence.diverged))
        return frames.preset.shortened and (trained or self.shortened)


def _find_nothing(evidence: Evidence, frames: Frames) -> Finding:
    """No number to judge: runs are missing, all of them diverged, or the preset trains none."""
    if not (evidence.missing or evidence.diverged or evidence.dropped or frames.preset.beyond):
        left = f"The preset “{frames.preset.name}” leaves out what goes beyond the write-up, and this rests on it."
        return Finding("not assessable", left, because="a shorter training")
    if not evidence.missing and (evidence.diverged or evidence.dropped):
        return Finding("not assessable", say_diverged(evidence.diverged), because="training diverged")
    told = say_missing(evidence.missing) + say_lacking((), evidence.diverged, evidence.dropped)
    return Finding("missing", told)


#: What a statement is. Findings, what the write-up found, make the score; settings say whether the runs did what it
#: did; figures of its machine no other can give.
Role = Literal["finding", "setting", "machine"]


@dataclass(frozen=True)
class Claim:
    """One statement of the write-up.

    Attributes:
        id: "1.1.c.loss-25": the part, then a name.
        statement: what it says, in our own words.
        written: the written figure or words, as a short text.
        test: how it is tested.
        why: why this measure and this tolerance.
        conflict: what in the write-up itself speaks against it; "" where nothing does.
        comment: what a reader should know whatever the verdict, e.g. why two numbers cannot be compared.
        reading: where the words can be read in more ways than one, how they are read here; "" where they cannot.
        role: what it is, and so whether it makes the score.
        below: the id of the statement that it is another reading of, or says once more; "" where it stands by itself.
    """

    id: str
    statement: str
    written: str
    test: Rule
    why: str
    conflict: str = ""
    comment: str = ""
    reading: str = ""
    role: Role = "finding"
    below: str = ""

    @property
    def counts(self) -> bool:
        """Whether it makes the score: a finding, and said once."""
        return self.role == "finding" and not self.below

    @property
    def part(self) -> str:
        """The part of the question: "1.1.c"."""
        return self.id.rsplit(".", 1)[0]
