"""What 1.2.b comes to, in a sentence, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from report.questions.outcomes import Lead, weigh_outcome
from report.results.sentence import Sentence, say
from report.results.values import Sample

WRITTEN = (
    "The CNN's loss is 1.55 and the regression's 0.0096, so there is “more” of it; its pictures are far better all the "
    "same."
)


def lead_classification(classification: Sample, regression: Sample, status: Mapping[str, str]) -> Lead:
    """By what stands in for the eye; the numbers are ΔE2000."""
    outcome = weigh_outcome(status, "images-better")
    if outcome == "holds":
        return say(
            "The classification's pictures are far better than the regression's: their colour error, ΔE2000, is "
            "{} against {}.",
            classification,
            regression,
        ), outcome
    if outcome == "fails":
        return say(
            "The classification's pictures are not far better than the regression's: their colour error, "
            "ΔE2000, is {} against {}.",
            classification,
            regression,
        ), outcome
    return say(
        "Whether the classification's pictures are far better depends on the measure: their colour error, "
        "ΔE2000, is {} against {}.",
        classification,
        regression,
    ), outcome


def prove_classification(
    losses: tuple[Sample, Sample], colourful: Sample, truth: Sample, grey: bool | None
) -> Sequence[Sentence | None]:
    """Both losses, the classification's first, and how colourful its pictures are. ``grey``: whether a copy without any
    colour is nearer to the truth, by ΔE2000, than what the regression paints.
    """
    told = [
        say("The losses, {} and {}, are a cross-entropy and a squared error, and cannot be compared.", *losses),
        say("Colourfulness is {}, where the truth has {}.", colourful, truth),
    ]
    if grey is True:
        told.append(
            say("By ΔE2000 the regression's colours are no nearer to the truth than none: a grey copy is nearer.")
        )
    elif grey is False:
        told.append(say("By ΔE2000 the regression's pictures are nearer to the truth than a grey copy of it."))
    return told
