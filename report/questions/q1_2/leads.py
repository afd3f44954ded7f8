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


CLASSIFICATION = {
    "holds": "The classification paints far better pictures than the regression: their colour error, ΔE2000, is {} "
    "against {}.",
    "fails": "The classification does not paint far better pictures than the regression: their colour error, ΔE2000, "
    "is {} against {}.",
    "open": "The classification's colour error, ΔE2000, is {} and the regression's {}, but not every measure finds its "
    "pictures clearly better.",
}


def lead_classification(classification: Sample, regression: Sample, status: Mapping[str, str]) -> Lead:
    """By what stands in for the eye; the numbers are ΔE2000."""
    outcome = weigh_outcome(status, "images-better")
    return say(CLASSIFICATION[outcome], classification, regression), outcome


def prove_classification(
    losses: tuple[Sample, Sample], colourful: Sample, truth: Sample, grey: bool | None
) -> Sequence[Sentence | None]:
    """Both losses, the classification's first, and how colourful its pictures are. ``grey``: whether a copy without any
    colour is nearer to the truth, by ΔE2000, than what the regression paints.
    """
    told = [
        say("The losses cannot be compared: {} is a cross-entropy, {} a squared error.", *losses),
        say("The classification's pictures have a colourfulness of {}, the true ones of {}.", colourful, truth),
    ]
    if grey is True:
        told.append(
            say("The regression's colours are no nearer to the truth than grey: in ΔE2000 a grey copy is nearer.")
        )
    elif grey is False:
        told.append(say("In ΔE2000 the regression's pictures are nearer to the truth than a grey copy of it."))
    return told
