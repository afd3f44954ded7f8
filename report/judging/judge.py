"""A claim and the frames in, a verdict out: takes the measures, has them decided, and flags what qualifies it.

A verdict never raises for want of data: what is missing, malformed or not finite has a status of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from report.judging import sentences
from report.judging.claim import Claim, Fact, Identity, Judgement, Test, Value
from report.judging.decide import decide, enough, judgement
from report.judging.evidence import Evidence, gather, measures, together
from report.judging.verdict import Finding, Verdict, shown
from report.results.frames import Frames
from report.results.values import ON_PICTURES

#: Every flag, in the order in which a verdict carries them.
FLAGS = ("one seed", "other data", "quick", "stale", "self-contradicting")


def judge_part(part: str, claims: Sequence[Claim], frames: Frames) -> list[Verdict]:
    """The verdicts on the claims of one part ("1.3.c"), in their order."""
    return [judge(claim, frames) for claim in claims if claim.part == part]


def judge(claim: Claim, frames: Frames) -> Verdict:
    """What the stored runs say of a claim."""
    test = claim.test
    if isinstance(test, Value | Fact):
        test = replace(test, typed=claim.written)
    finding, behind = _find(test, frames)
    runs = tuple(dict.fromkeys(behind.runs + behind.diverged))
    return Verdict(
        claim,
        finding.status,
        finding.sentence,
        _flags(claim, finding, runs, frames),
        finding.measured,
        finding.interval,
        finding.n,
        runs,
        behind.missing,
        finding.more_seeds,
        finding.sides,
        finding.numbers,
        finding.proxies,
        finding.brief,
        finding.beside,
        finding.states,
    )


def _find(test: Test, frames: Frames) -> tuple[Finding, Evidence]:
    if isinstance(test, Judgement) and not test.proxies:
        return _beside(test, frames)
    if isinstance(test, Judgement):
        proxies = [_find(proxy, frames) for proxy in test.proxies.values()]
        return judgement(test, [finding for finding, _ in proxies]), together(behind for _, behind in proxies)
    evidence = gather(measures(test), frames)
    if evidence.trouble:
        status, what = evidence.trouble
        return Finding(status, sentences.trouble(status, what)), evidence
    if not enough(test, evidence):
        return _nothing(evidence), evidence
    finding = _elsewhere(test, evidence, frames) or decide(test, evidence)
    lacking = sentences.lacking(evidence.missing, evidence.diverged, evidence.dropped)
    return replace(finding, sentence=finding.sentence + lacking), evidence


def _beside(test: Judgement, frames: Frames) -> tuple[Finding, Evidence]:
    """What cannot be settled, with what was measured beside it."""
    taken = {name: gather([measure], frames) for name, measure in test.beside.items()}
    numbers = [(name, shown(each.samples[0], each.computed)) for name, each in taken.items() if enough(test, each)]
    finding = Finding(
        "not assessable",
        sentences.beyond(test, numbers),
        numbers[0][1] if len(numbers) == 1 else None,
        n=min((number.n for _, number in numbers), default=0),
        numbers=numbers,
        beside=numbers,
    )
    return finding, together(taken.values())


def _elsewhere(test: Test, evidence: Evidence, frames: Frames) -> Finding | None:
    """A number that is there, and yet is none to hold the written one against; None where it is."""
    sample = evidence.samples[0]
    other, quick = _other_data(evidence.runs, frames), _quick(test, evidence.runs, frames)
    if isinstance(test, Value) and not test.anywhere and (other or quick):
        measured = shown(sample, evidence.computed)
        epoch, pictures = frames.preset.epoch(test.epoch), frames.data.get("train")
        sentence = sentences.elsewhere(test, measured, epoch, pictures, other)
    elif isinstance(test, Fact) and test.shortened and quick:
        measured = shown(sample, True)
        sentence = sentences.shortened(test, measured, frames.preset.name)
    elif isinstance(test, Identity) and test.trained and any(sample.values.values()) and frames.on_a_gpu(evidence.runs):
        found = decide(test, evidence)
        return replace(found, status="not assessable", sentence=f"{found.sentence} {sentences.ON_A_GPU}")
    else:
        return None
    return Finding("not assessable", sentence, measured, n=measured.n, numbers=[("", measured)])


def _nothing(evidence: Evidence) -> Finding:
    """No number to judge: runs are missing, or all of them diverged."""
    if not evidence.missing and (evidence.diverged or evidence.dropped):
        return Finding("not assessable", sentences.diverged(evidence.diverged))
    told = sentences.missing(evidence.missing) + sentences.lacking((), evidence.diverged, evidence.dropped)
    return Finding("missing", told)


def _flags(claim: Claim, finding: Finding, runs: Sequence[str], frames: Frames) -> tuple[str, ...]:
    raised = {
        "one seed": finding.n == 1 and not isinstance(claim.test, Fact),
        "other data": _other_data(runs, frames),
        "quick": _quick(claim.test, runs, frames),
        "stale": not frames.stale.isdisjoint(runs),
        "self-contradicting": bool(claim.conflict),
    }
    return tuple(flag for flag in FLAGS if raised[flag])


def _other_data(runs: Sequence[str], frames: Frames) -> bool:
    """Whether it rests on other pictures than the write-up's; what rests on no run and no picture is true of any."""
    return bool(runs) and frames.data.get("written") == "other"


def _quick(test: Test, runs: Sequence[str], frames: Frames) -> bool:
    """Whether fewer epochs or pictures than the write-up's are behind it; a picture is what it is among fewer."""
    trained = any(run not in ON_PICTURES for run in runs)
    return frames.preset.shortened and (trained or (isinstance(test, Fact) and test.shortened))
