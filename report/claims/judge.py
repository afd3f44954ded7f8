"""A claim and the frames in, a verdict out: takes the measures, has them decided, and flags what qualifies it.

A verdict never raises for want of data: what is missing, malformed or not finite has a status of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from report.claims import sentences
from report.claims.decide import decide, enough, judgement
from report.claims.evidence import Evidence, gather, together
from report.claims.finding import Finding
from report.claims.kinds import Claim, Fact, Judgement, Test, Value
from report.claims.verdict import Verdict
from report.frames import Frames

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
    )


def _find(test: Test, frames: Frames) -> tuple[Finding, Evidence]:
    if isinstance(test, Judgement):
        proxies = [_find(proxy, frames) for proxy in test.proxies.values()]
        return judgement(test, [finding for finding, _ in proxies]), together(behind for _, behind in proxies)
    evidence = gather(test, frames)
    if evidence.trouble:
        status, what = evidence.trouble
        return Finding(status, sentences.trouble(status, what)), evidence
    if not enough(test, evidence):
        return _nothing(evidence), evidence
    finding = decide(test, evidence)
    lacking = sentences.lacking(evidence.missing, evidence.diverged, evidence.dropped)
    return replace(finding, sentence=finding.sentence + lacking), evidence


def _nothing(evidence: Evidence) -> Finding:
    """No number to judge: runs are missing, or all of them diverged."""
    if not evidence.missing and (evidence.diverged or evidence.dropped):
        return Finding("not assessable", sentences.diverged(evidence.diverged))
    told = sentences.missing(evidence.missing) + sentences.lacking((), evidence.diverged, evidence.dropped)
    return Finding("missing", told)


def _flags(claim: Claim, finding: Finding, runs: Sequence[str], frames: Frames) -> tuple[str, ...]:
    raised = {
        "one seed": finding.n == 1 and not isinstance(claim.test, Fact),
        # What rests on no run and on no picture is true of any data.
        "other data": bool(runs) and frames.data.get("written") == "other",
        "quick": bool(runs) and frames.preset.shortened,
        "stale": not frames.stale.isdisjoint(runs),
        "self-contradicting": bool(claim.conflict),
    }
    return tuple(flag for flag in FLAGS if raised[flag])
