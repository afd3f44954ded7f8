"""Verdict: what the runs say of a claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from report.judging.claim import Claim, Fact, Identity, Judgement, Margin, Ordering, Test, Trend, Value
from report.results.format import find_difference_unit, show_written
from report.results.sequential import Interval
from report.results.values import Measured, Sample


def tolerated(test: Test) -> str:
    """One sentence for each size; "" for a judgement without proxies."""
    match test:
        case Value():
            return f"It may be off by {show_written(test.tolerance, find_difference_unit(test.unit))}."
        case Fact():
            return (
                f"It may be off by {show_written(test.tolerance)}." if test.tolerance else "It has to be met exactly."
            )
        case Identity():
            return "Not one may differ."
        case Ordering() | Trend():
            return _least(test.margin)
        case Judgement():
            return " ".join(dict.fromkeys(_least(proxy.margin) for proxy in test.proxies.values()))


def _least(margin: Margin) -> str:
    return f"Less than {show_written(margin.size, margin.unit)} counts as no difference: {margin.why}."


#: A number and what it is called.
Named = tuple[str, Measured]


@dataclass(frozen=True)
class Finding:
    """The status of a test and what it rests on.

    Attributes:
        measured: the number that decided; None where there is none.
        interval: what decided, in the unit of ``measured``; None below two seeds.
        n: seeds behind it, 0 where it was computed.
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
    more_seeds: int | None = None
    sides: tuple[Measured, Measured] | None = None
    numbers: Sequence[Named] = ()
    brief: str = ""
    silent: bool = False
    proxies: Sequence[Named] = ()
    beside: Sequence[Named] = ()
    states: Sequence[tuple[str, Status]] = ()


def shown(sample: Sample, computed: bool) -> Measured:
    """A sample that has numbers, for a page or a sentence; a computed one is shown without n and spread."""
    if computed:
        return Measured(sample.mean, sample.unit, sample.digits, None, 0, sample.runs, sample.given)
    return Measured(sample.mean, sample.unit, sample.digits, sample.spread, sample.n, sample.runs, sample.given)


def told(sample: Sample, computed: bool) -> Measured:
    """The same for one side of a comparison: a number that is the same on every seed needs no spread."""
    constant = len(set(sample.values.values())) == 1
    return replace(shown(sample, computed), spread=None) if constant else shown(sample, computed)


Status = Literal["reproduced", "not reproduced", "undecided", "not assessable", "missing"]
STATUSES: tuple[Status, ...] = ("reproduced", "not reproduced", "undecided", "not assessable", "missing")

#: one seed, other data, quick, stale, self-contradicting
Flag = str


@dataclass(frozen=True)
class Verdict:
    """A claim, judged.

    Attributes:
        measured: the number to show beside the written one; None where there is none.
        interval: of what decided, at the level that `decide.level_of` gives, in the claim's unit; None below two seeds.
        sentence: why this status, in words chosen by the numbers.
        runs: ids of the runs behind it.
        missing: ids of the runs that are wanted and not stored.
        more_seeds: for an undecided verdict, how many more seeds would probably decide it; None where unknown.
        sides: of a comparison, the two numbers that ``measured`` is the difference of, the one claimed larger first.
        numbers: those that the sentence speaks of, in its order, each with the words that stand beside it.
        proxies: where a judgement has several, the number that decided each, by its name.
        brief: the sentence in short, where several proxies make it long; "" elsewhere.
        beside: what was measured beside a judgement that nothing settles, by its name.
        states: what each proxy of a judgement came to, by its name.
    """

    claim: Claim
    status: Status
    sentence: str
    flags: Sequence[Flag] = ()
    measured: Measured | None = None
    interval: tuple[float, float] | None = None
    n: int = 0
    runs: Sequence[str] = ()
    missing: Sequence[str] = ()
    more_seeds: int | None = None
    sides: tuple[Measured, Measured] | None = None
    numbers: Sequence[tuple[str, Measured]] = ()
    proxies: Sequence[tuple[str, Measured]] = ()
    brief: str = ""
    beside: Sequence[tuple[str, Measured]] = ()
    states: Sequence[tuple[str, Status]] = ()

    @property
    def what(self) -> str:
        """What ``measured`` is: the number itself, or the difference that decided."""
        kind = next(iter(self.claim.test.proxies.values()), None) if isinstance(self.claim.test, Judgement) else None
        match kind or self.claim.test:
            case Ordering():
                return "difference"
            case Trend():
                return "deciding step"
            case Identity():
                return "differences"
            case Fact():
                return "computed"
        return "measured"

    @property
    def shown(self) -> list[tuple[str, Measured]]:
        """What was measured, each number with what it is, "" where that is plain: both sides of a comparison but for a
        threshold, the number itself, what decided each proxy, or what was measured beside a judgement without any.
        """
        if self.sides:
            return [("", side) for side in self.sides if not side.given]
        if self.measured is not None:
            return [("" if self.what == "measured" else self.what, self.measured)]
        return [*((f"{name}: difference", number) for name, number in self.proxies), *self.beside]

    @property
    def tolerated(self) -> str:
        """What the test lets pass, and why so much, in a sentence for each size."""
        return tolerated(self.claim.test)
