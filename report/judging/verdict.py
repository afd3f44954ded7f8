"""Finding: what a rule came to. Verdict: what the runs say of a claim."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from report.results.sequential import Interval
from report.results.values import Measured, Sample

if TYPE_CHECKING:
    from report.judging.claim import Claim

Status = Literal["reproduced", "not reproduced", "undecided", "not assessable", "missing"]
STATUSES: tuple[Status, ...] = ("reproduced", "not reproduced", "undecided", "not assessable", "missing")

#: Why a finding is undecided, from what more seeds help least to what they help most.
Open = Literal["measures disagree", "no difference seen", "too few seeds", "all seeds point one way"]
#: Why nothing can be said of a claim.
Unanswerable = Literal[
    "another machine’s seconds", "wording that nothing measures", "other data", "a shorter training",
    "training diverged", "trained on a GPU", "no room to differ", "cannot be worked out",
]  # fmt: skip
WHY_OPEN: tuple[Open, ...] = ("measures disagree", "no difference seen", "too few seeds", "all seeds point one way")

#: one seed, other data, quick, stale, self-contradicting
Flag = str

#: A number and what it is called.
Named = tuple[str, Measured]


@dataclass(frozen=True)
class Finding:
    """The status of a test and what it rests on.

    Attributes:
        measured: the number that decided; None where there is none.
        interval: what decided, in the unit of ``measured``; None below two seeds.
        n: seeds behind it, 0 where it was computed.
        because: why it is undecided or not assessable, in a few words; "" for every other status.
        off: how far the mean lies from a written figure, as a share of the figure with its sign; None without one.
        more_seeds: for an undecided one, how many more would probably decide it; None where unknown.
        sides: of a comparison, the two numbers that ``measured`` is the difference of.
        numbers: those that the sentence speaks of, in its order, each with the words before it, or behind it in
            brackets; "" without.
        brief: the sentence in short, where several proxies make it long; "" elsewhere.
        silent: a comparison that can say nothing, whatever is trained: as a proxy it has no say.
        proxies: where a judgement has several, the number that decided each, by its name.
        beside: what was measured beside a judgement that nothing settles, by its name.
        states: what each proxy of a judgement came to, by its name.
    """

    status: Status
    sentence: str
    measured: Measured | None = None
    interval: Interval | None = None
    n: int = 0
    because: Open | Unanswerable | Literal[""] = ""
    off: float | None = None
    more_seeds: int | None = None
    sides: tuple[Measured, Measured] | None = None
    numbers: Sequence[Named] = ()
    brief: str = ""
    silent: bool = False
    proxies: Sequence[Named] = ()
    beside: Sequence[Named] = ()
    states: Sequence[tuple[str, Status]] = ()


def join_open(reasons: Iterable[Open]) -> Open:
    """Why a finding of several parts is undecided: for the reason against which more seeds help least."""
    return min(reasons, key=WHY_OPEN.index)


def show_sample(sample: Sample, computed: bool) -> Measured:
    """A sample that has numbers, for a page or a sentence; a computed one is shown without n and spread."""
    if computed:
        return Measured(sample.mean, sample.unit, sample.digits, None, 0, sample.runs, sample.given)
    return Measured(sample.mean, sample.unit, sample.digits, sample.spread, sample.n, sample.runs, sample.given)


def show_side(sample: Sample, computed: bool) -> Measured:
    """The same for one side of a comparison: a number that is the same on every seed needs no spread."""
    constant = len(set(sample.values.values())) == 1
    return replace(show_sample(sample, computed), spread=None) if constant else show_sample(sample, computed)


@dataclass(frozen=True)
class Verdict:
    """A claim, judged.

    Attributes:
        finding: what its rule came to.
        flags: what qualifies it.
        runs: ids of the runs behind it.
        missing: ids of the runs that are wanted and not stored.
    """

    claim: Claim
    finding: Finding
    flags: Sequence[Flag] = ()
    runs: Sequence[str] = ()
    missing: Sequence[str] = ()

    @property
    def status(self) -> Status:
        """What the runs say of the claim, in a word or two."""
        return self.finding.status

    @property
    def because(self) -> str:
        """Why it is undecided or not assessable, in a few words; "" for every other status."""
        return self.finding.because

    @property
    def sentence(self) -> str:
        """Why this status, in words chosen by the numbers."""
        return self.finding.sentence

    @property
    def measured(self) -> Measured | None:
        """The number to show beside the written one; None where there is none."""
        return self.finding.measured

    @property
    def shown(self) -> list[Named]:
        """What was measured, each number with what it is, "" where that is plain: both sides of a comparison but for a
        threshold, the number itself, what decided each proxy, or what was measured beside a judgement without any.
        """
        found, what = self.finding, self.claim.test.what
        if found.sides:
            return [("", side) for side in found.sides if not side.given]
        if found.measured is not None:
            return [("" if what == "measured" else what, found.measured)]
        return [*((f"{name}: difference", number) for name, number in found.proxies), *found.beside]
