"""What 1.6 comes to: the answer of each part in a sentence, and a few sentences of what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from report.questions.outcomes import Lead, weigh_outcome
from report.questions.phrases import Agreement, relate, weigh_seeds
from report.results.sentence import Sentence, say
from report.results.values import Sample

WRITTEN = {
    "1.6.a": "Learning rate, optimizer, number of feature maps, number of layers and activation function. At "
    "the higher rate "
    "the validation loss jitters; at the lower one it falls smoothly, accuracy is slightly better and the "
    "training loss "
    "is higher.",
    "1.6.b": "The two commute for any rising non-linearity, so the result is the same; pooling first is cheaper "
    "and saves a "
    "lot of running time.",
    "1.6.c": "A perceptual loss, on the features of a loss network, gives visually pleasing results and "
    "transfers semantic "
    "knowledge.",
    "1.6.d": "By upsampling, or by filling in averages of nearby pixels.",
}

Samples = Mapping[str, Sample]
Status = Mapping[str, str]


#: 1.6.a where the seeds do not decide.
RATES_OPEN: Mapping[Agreement, str] = {
    "one seed": "The validation loss jitters by {} at the high rate, by {} at the low; one seed cannot settle it.",
    "alike": "The validation loss jitters by {} at the high rate, by {} at the low; every seed agrees, but more are "
    "needed.",
    "apart": "The validation loss jitters by {} at the high rate, by {} at the low; the seeds do not agree.",
}


def lead_rates(fast: Sample, slow: Sample, status: Status) -> Lead:
    """1.6.a, by the jitter of the validation loss at both learning rates."""
    outcome = weigh_outcome(status, "jitter")
    if outcome == "holds":
        return say(
            "Of what can be tuned the learning rate was tried: at the higher one the validation loss jitters by "
            "{}, at the lower by {}.",
            fast,
            slow,
        ), outcome
    if outcome == "fails":
        return say(
            "The higher learning rate does not make the validation loss jitter more: by {}, at the lower one by {}.",
            fast,
            slow,
        ), outcome
    return say(RATES_OPEN[weigh_seeds(fast, slow)], fast, slow), outcome


def prove_rates(slow: Samples, fast: Samples) -> Sequence[Sentence | None]:
    """1.6.a: how both rates end."""
    return (
        say(
            "The training loss ends at {} with the lower rate and at {} with the higher.", slow["train"], fast["train"]
        ),
        say("The lower rate gets {} of the pixels right, the higher {}.", slow["accuracy"], fast["accuracy"]),
    )


def lead_order(whole: Sample, different: Sample, status: Status) -> Lead:
    """1.6.b, by equality first, then by the time of the whole network."""
    if status["tensors"] != "reproduced" or status["network"] != "reproduced":
        return (
            say(
                "Pooling before ReLU does not give the same output here: {} of the numbers compared differ.", different
            ),
            weigh_outcome(status, "tensors", "network"),
        )
    outcome = weigh_outcome(status, "a-lot")
    if whole.ok and whole.mean <= 0:
        return say(
            "ReLU and MaxPool may change places, for the output stays the same; in the whole network that saves "
            "no time."
        ), outcome
    if outcome == "holds":
        return say(
            "ReLU and MaxPool may change places: the output stays the same, and pooling first saves {} of the time.",
            whole,
        ), outcome
    if outcome == "fails":
        return say(
            "ReLU and MaxPool may change places: the output stays the same, but pooling first saves only {} of "
            "the time.",
            whole,
        ), outcome
    return say(
        "ReLU and MaxPool may change places, for the output stays the same; whether pooling first saves time, the "
        "clock does not settle."
    ), outcome


def prove_order(counted: Sample, layers: Sample) -> Sequence[Sentence | None]:
    """1.6.b: what is saved, counted and measured."""
    return (
        say("Counted in operations, pooling first saves {} of what ReLU and MaxPool do.", counted),
        say("By the clock it saves {} of the time of these two layers.", layers)
        if layers.ok and layers.mean > 0
        else None,
    )


def lead_perceptual(found: Samples, status: Status) -> Lead:
    """1.6.c, by what stands in for a pleasing picture; the numbers are colourfulness."""
    outcome = weigh_outcome(status, "pleasing")
    numbers = found["colourfulness_with"], found["colourfulness_without"]
    if outcome == "holds":
        return say(
            "A perceptual loss makes the pictures better by every stand-in for the eye: colourfulness is {} "
            "with it, {} without.",
            *numbers,
        ), outcome
    if outcome == "fails":
        return say(
            "A perceptual loss makes the pictures better by no stand-in for the eye: colourfulness is {} with "
            "it, {} without.",
            *numbers,
        ), outcome
    return say(
        "Whether a perceptual loss pleases the eye, its stand-ins do not agree: colourfulness is {} with it, {} "
        "without.",
        *numbers,
    ), outcome


def prove_perceptual(found: Samples) -> Sequence[Sentence | None]:
    """1.6.c: the same by other measures."""
    return (
        say("ΔE2000 is {} with it and {} without.", found["delta_e_with"], found["delta_e_without"]),
        say(
            "In the maps of the loss network the pictures lie {} from the truth with it and {} without.",
            found["distance_with"],
            found["distance_without"],
        ),
    )


def lead_larger(direct: Sample, enlarged: Sample, status: Status) -> Lead:
    """1.6.d, by which of two ways of colouring large photographs comes nearer to the truth, in ΔE2000."""
    outcome = weigh_outcome(status, "upsampling", "averages")
    if relate(direct, enlarged) == "lower":
        return say(
            "The trained UNet colours larger pictures as they are, and better than by enlarging small ones: "
            "ΔE2000 is {} against {}.",
            direct,
            enlarged,
        ), outcome
    return say(
        "The trained UNet colours larger pictures as they are, but enlarging the colours of small ones is "
        "better: ΔE2000 {} against {}.",
        enlarged,
        direct,
    ), outcome


def prove_larger(grey: Sample, bilinear: Sample, repeated: Sample) -> Sequence[Sentence | None]:
    """1.6.d: no colour at all, and averages beside repeated pixels."""
    return (
        say("With no colour at all the largest photographs lie {} from the truth in ΔE2000.", grey.once()),
        say(
            "Small pictures brought back by averages of nearby pixels have a squared error of {}, by repeated "
            "pixels {}.",
            bilinear,
            repeated,
        ),
    )
