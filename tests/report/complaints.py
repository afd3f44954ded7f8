"""What a claim lacks, and the same claim on made-up numbers that lead to each status."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache

from report.judging.claim import Claim, Margin, Rule
from report.judging.judge import judge
from report.judging.kinds import Expected, Fact, Identity, Judgement, Ordering, Trend, Value
from report.judging.verdict import STATUSES, Status
from report.results.format import find_difference_unit
from report.results.frames import Frames, Measure
from report.results.values import COMPUTED, Sample
from tests.fakes import fake_frames

#: What no sentence may let show through.
POOR = ("None", "nan", "NaN", "{", "}", "  ", "..", "Measured(", "Margin(", "array(")

Values = Sequence[float]


@cache
def full() -> Frames:
    """Everything of two seeds."""
    return fake_frames()


def complaints(claim: Claim) -> list[str]:
    """Everything that a claim ought to have and has not."""
    found = [f"no {name}" for name in ("statement", "written", "why") if not getattr(claim, name).strip()]
    if not claim.test.measures and not (isinstance(claim.test, Judgement) and claim.test.reason.strip()):
        return [*found, "no measure"]
    found += [what for test in parts(claim.test) for what in tolerance(test)]
    told: dict[Status, str] = {}
    for status in statuses(claim.test):
        verdict = judge(replace(claim, test=forced(claim.test, status)), full())
        told[status] = verdict.sentence
        if verdict.status != status:
            found.append(f"{status}: judged {verdict.status}")
        if not (good(verdict.sentence) and good(f"A {verdict.claim.test.tolerated or 'judgement.'}")):
            found.append(f"{status}: no sentence but {verdict.sentence!r}")
    if len(set(told.values())) < len(told):
        found.append("one sentence for two statuses")
    return found


def good(sentence: str) -> bool:
    """Whether it reads as one."""
    begins = sentence[:1].isupper() or sentence[:1] == "“"
    return begins and sentence.endswith(".") and not any(poor in sentence for poor in POOR)


def parts(test: Rule) -> Iterable[Rule]:
    """The test itself, or its proxies."""
    return test.proxies.values() if isinstance(test, Judgement) else [test]


def tolerance(test: Rule) -> list[str]:
    """What is wrong with how much a test lets pass."""
    units = {full().take(measure).unit for measure in test.measures}
    match test:
        case Value():
            wrong = not 0 < test.tolerance < math.inf or not math.isfinite(test.written)
            return ["no tolerance"] * wrong + ["another unit"] * (units != {test.unit})
        case Fact():
            wrong = not 0 <= test.tolerance < math.inf
            return ["no tolerance"] * wrong + ["no computation"] * (not test.computation.strip())
        case Ordering() | Trend():
            return margin(test.margin, {find_difference_unit(unit) for unit in units})
    return []


def margin(size: Margin, units: set[str]) -> list[str]:
    """What is wrong with a margin for numbers whose differences have these units."""
    wrong = {
        "no margin": not 0 < size.size < math.inf,
        "no reason for the margin": not size.why.strip(),
        "another unit": units != {size.unit},
    }
    return [what for what, is_so in wrong.items() if is_so]


def statuses(test: Rule) -> tuple[Status, ...]:
    """Those that a test can come to."""
    return STATUSES if test.measures else ("not assessable",)


def forced(test: Rule, status: Status) -> Rule:
    """The same test on made-up numbers of three seeds that lead to a status."""
    if isinstance(test, Judgement):
        return replace(test, proxies={name: forced(each, status) for name, each in test.proxies.items()})  # type: ignore[misc]
    if status in ("missing", "not assessable"):
        return _with(test, lambda measure: _lost(measure, status))
    match test:
        case Expected():
            at = {"reproduced": 0.0, "not reproduced": 3.0, "undecided": 1.0}[status]
            spread = 0.2 if status == "undecided" else 0.01
            return _with(
                test,
                lambda measure: _gives(
                    measure, [test.written + test.tolerance * (at + spread * turn) for turn in (0, 1, -1)]
                ),
            )
        case Value():  # one more run of ours is predicted within 8.8 spreads of three seeds
            at = 20.0 if status == "not reproduced" else 0.0
            spread = 0.2 if status == "undecided" else 0.1
            return _with(
                test,
                lambda measure: _gives(
                    measure, [test.written + test.tolerance * (at + spread * turn) for turn in (0, 1, -1)]
                ),
            )
        case Fact():
            off = test.written + 3 * (test.tolerance or 1.0)
            numbers = {"reproduced": [test.written], "not reproduced": [off], "undecided": [test.written, off]}[status]
            return _with(test, lambda measure: _gives(measure, numbers, computed=len(numbers) == 1))
        case Identity():
            counts = {"reproduced": (0, 0, 0), "not reproduced": (0, 3, 0), "undecided": (0, 0)}[status]
            diverged = ("r2",) if status == "undecided" else ()
            return _with(test, lambda measure: _gives(measure, counts, diverged=diverged))
        case Ordering():
            above = _steps(test.margin.size, status)
            return replace(test, larger=_gives(test.larger, above), smaller=_gives(test.smaller, (0.0, 0.0, 0.0)))
        case Trend():
            points = [[0.0, 0.0, 0.0]]
            for index in range(len(test.steps) - 1):
                sign = 1 if test.rises(index) else -1
                moves = _steps(test.margin.size, "reproduced" if index else status)
                points.append([before + sign * move for before, move in zip(points[-1], moves, strict=True)])
            made = [_gives(step, point) for step, point in zip(test.steps, points, strict=True)]
            return replace(test, steps=made)
    raise AssertionError(test)


def _steps(size: float, status: Status) -> tuple[float, float, float]:
    """Three paired differences that hold, go the other way, or leave it open."""
    if status == "undecided":
        return 10 * size, -10 * size, 2 * size
    sign = 1 if status == "reproduced" else -1
    return sign * 10 * size, sign * 10.1 * size, sign * 9.9 * size


def _with(test: Rule, made: Callable[[Measure], Measure]) -> Rule:
    """The same test with other measures."""
    match test:
        case Value() | Fact():
            return replace(test, measure=made(test.measure))
        case Identity():
            return replace(test, differences=made(test.differences))
        case Ordering():
            return replace(test, larger=made(test.larger), smaller=made(test.smaller))
        case Trend():
            return replace(test, steps=[made(step) for step in test.steps])
    raise AssertionError(test)


def _gives(like: Measure, values: Values, computed: bool = False, diverged: tuple[str, ...] = ()) -> Measure:
    """A measure of the same unit that gives these numbers, one a seed."""
    sample = full().take(like)
    numbers = {COMPUTED: float(values[0])} if computed else {seed: float(x) for seed, x in enumerate(values)}
    found = Sample(numbers, sample.unit, sample.digits, ("r0", "r1", "r2"), (), diverged)
    return Measure(lambda frames: found)


def _lost(like: Measure, status: Status) -> Measure:
    """A measure that gives nothing, because its runs are not stored or diverged."""
    sample = full().take(like)
    runs = {"missing" if status == "missing" else "diverged": ("r0",)}
    found = replace(sample, values={}, runs=(), **({"missing": (), "diverged": ()} | runs))  # type: ignore[arg-type]
    return Measure(lambda frames: found)
