"""Claims are judged here: each by its own rule, and flagged with what qualifies the verdict."""

from __future__ import annotations

from collections.abc import Sequence

from report.judging.claim import Claim
from report.judging.verdict import Verdict
from report.results.frames import Frames

#: Every flag, in the order in which a verdict carries them.
FLAGS = ("one seed", "other data", "quick", "stale", "self-contradicting")


def judge_part(part: str, claims: Sequence[Claim], frames: Frames) -> list[Verdict]:
    """The verdicts on the claims of one part ("1.3.c"), in their order."""
    return [judge(claim, frames) for claim in claims if claim.part == part]


def judge(claim: Claim, frames: Frames) -> Verdict:
    """What the stored runs say of a claim."""
    finding, evidence = claim.test.worded(claim.written).find(frames)
    runs = tuple(dict.fromkeys(evidence.runs + evidence.diverged))
    raised = {
        "one seed": finding.n == 1 and claim.test.what != "computed",
        "other data": evidence.on_other_pictures(frames),
        "quick": claim.test.is_quick(evidence, frames),
        "stale": not frames.stale.isdisjoint(runs),
        "self-contradicting": bool(claim.conflict),
    }
    flags = tuple(flag for flag in FLAGS if raised[flag])
    return Verdict(claim, finding, flags, runs, evidence.missing)
