"""Finding: what a test came to by its numbers, before the flags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from report.claims.verdict import Status
from report.statistics import Interval
from report.values import Measured, Sample

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
