"""A test and its evidence in, a finding out: the rule of each kind of test."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from report.judging import paired, sentences
from report.judging.claim import Fact, Identity, Judgement, Ordering, Test, Trend, Value
from report.judging.evidence import Evidence, pair
from report.judging.verdict import Finding, Status, shown
from report.results.outlook import count_more_seeds_for_value
from report.results.sequential import ORDERING_LEVEL, VALUE_LEVEL, find_mean_interval

#: Rounding of floats, as a share of the written figure: 0.469 + 0.05 is not 0.519 to the last bit.
ROUNDING = 1e-9


def decide(test: Value | Ordering | Trend | Identity | Fact, evidence: Evidence) -> Finding:
    """Judges a test by its numbers; :func:`enough` has said that they are there."""
    match test:
        case Value():
            return value(test, evidence)
        case Ordering():
            return paired.ordering(test, evidence)
        case Trend():
            return paired.trend(test, evidence)
        case Identity():
            return identity(evidence)
        case Fact():
            return fact(test, evidence)


def enough(test: Test, evidence: Evidence) -> bool:
    """Whether each measure gave a number, and where two are paired, on one seed at least."""
    samples = evidence.samples
    if not samples or not all(sample.ok for sample in samples):
        return False
    together = isinstance(test, Ordering | Trend)
    return not together or all(pair(first, second)[0].ok for first, second in pairwise(samples))


def level_of(test: Test, status: Status) -> float:
    """The level (0..1) of the interval that a finding of this status shows."""
    if isinstance(test, Trend) and status == "not reproduced":
        return paired.against_level(test)
    return VALUE_LEVEL if isinstance(test, Value) else ORDERING_LEVEL


def value(test: Value, evidence: Evidence) -> Finding:
    """Decided by the interval of the mean: wholly within the tolerance, wholly outside, or open."""
    sample = evidence.samples[0]
    values = list(sample.values.values())
    bounds = find_mean_interval(values)
    low, high = bounds or ((-math.inf, math.inf) if sample.n > 1 else (sample.mean, sample.mean))
    reach = test.tolerance + _slack(test)
    status: Status = "undecided"
    if test.written - reach <= low and high <= test.written + reach:
        status = "reproduced"
    elif low > test.written + reach or high < test.written - reach:
        status = "not reproduced"
    more = count_more_seeds_for_value(values, test.written, test.tolerance) if status == "undecided" else None
    measured = shown(sample, evidence.computed)
    sentence = sentences.value(test, measured, status, bounds, more)
    return Finding(status, sentence, measured, bounds, measured.n, more, numbers=[("", measured)])


def identity(evidence: Evidence) -> Finding:
    """Exact: one difference on one seed refutes it; a seed that could not be compared leaves it open."""
    sample = evidence.samples[0]
    differing = sum(count != 0 for count in sample.values.values())
    status: Status = "not reproduced" if differing else "reproduced"
    if not differing and (evidence.diverged or evidence.dropped):
        status = "undecided"
    measured = shown(sample, evidence.computed)
    return Finding(status, sentences.identity(measured, status, differing), measured, n=measured.n)


def fact(test: Fact, evidence: Evidence) -> Finding:
    """Computed: the number decides. Where each seed's network has its own, all of them have to agree."""
    sample = evidence.samples[0]
    found = sorted(sample.values.values())
    right = [abs(number - test.written) <= test.tolerance + _slack(test) for number in found]
    status: Status = "reproduced" if all(right) else "undecided" if any(right) else "not reproduced"
    measured = shown(sample, True)
    sentence = sentences.fact(test, measured, status, (found[0], found[-1]))
    return Finding(status, sentence, measured, numbers=[("", measured)])


def judgement(test: Judgement, findings: Sequence[Finding]) -> Finding:
    """All proxies hold, none does, or it stays open; ``findings`` has one for each proxy, in their order."""
    heard = [finding for finding in findings if not finding.silent]
    found = {finding.status for finding in heard}
    status: Status = "undecided"
    if not heard:
        status = "not assessable"
    elif "missing" in found:
        status = "missing"
    elif len(found) == 1:
        status = heard[0].status
    sentence = sentences.judgement(test, status, [(each.status, each.sentence) for each in findings])
    seeds = min((each.n for each in findings if each.n), default=0)
    numbers = [named for each in findings for named in each.numbers]
    states = [(name, each.status) for name, each in zip(test.proxies, findings, strict=True)]
    if len(findings) == 1:
        return replace(findings[0], status=status, sentence=sentence, n=seeds, states=states)
    proxies = [(name, each.measured) for name, each in zip(test.proxies, findings, strict=True) if each.measured]
    more = _until_all(heard) if status == "undecided" else None
    brief = sentences.brief(status, states)
    return Finding(
        status, sentence, n=seeds, more_seeds=more, numbers=numbers, brief=brief, proxies=proxies, states=states
    )


def _until_all(findings: Sequence[Finding]) -> int | None:
    """Seeds until every open proxy would probably be decided; None where proxies that are decided disagree."""
    decided = {finding.status for finding in findings if finding.status != "undecided"}
    needed = [finding.more_seeds for finding in findings if finding.status == "undecided"]
    if len(decided) > 1 or None in needed:
        return None
    return max((count for count in needed if count is not None), default=None)


def _slack(test: Value | Fact) -> float:
    return ROUNDING * max(abs(test.written), test.tolerance)
