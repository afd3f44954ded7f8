"""What 1.6 comes to: the answer of each part in a sentence, and a few sentences of what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from report.questions.outcomes import Lead, weigh_outcome
from report.questions.phrases import Agreement, relate, weigh_seeds
from report.results.sentence import Sentence, say
from report.results.values import Sample

WRITTEN = {
    "1.6.a": "Learning rate, optimizer, number of feature maps, number of layers and activation function. At the "
    "higher rate the validation loss jitters; at the lower one it falls smoothly, accuracy is slightly better and the "
    "training loss is higher.",
    "1.6.b": "The two commute for any rising non-linearity, so the result is the same; pooling first is cheaper and "
    "saves a lot of running time.",
    "1.6.c": "A perceptual loss, on the features of a loss network, gives visually pleasing results and transfers "
    "semantic knowledge.",
    "1.6.d": "By upsampling, or by filling in averages of nearby pixels.",
}

Samples = Mapping[str, Sample]
Status = Mapping[str, str]

#: What can be tuned, with the setting that moves the validation loss most of those that were tried; "" where none was.
TUNED: Mapping[str, str] = {
    "optimizer": "Learning rate, optimizer, width, depth and activation can be tuned; another optimizer moves "
    "validation loss most, from {} to {}.",
    "filters": "Learning rate, optimizer, width, depth and activation can be tuned; another width moves validation "
    "loss most, from {} to {}.",
    "depth": "Learning rate, optimizer, width, depth and activation can be tuned; another depth moves validation loss "
    "most, from {} to {}.",
    "activation": "Learning rate, optimizer, width, depth and activation can be tuned; another activation moves "
    "validation loss most, from {} to {}.",
    "": "Learning rate, optimizer, width, depth and activation can be tuned; at two learning rates validation loss "
    "ends at {} and {}.",
}
#: What came of the write-up's finding on the learning rate.
JITTER = {
    "holds": "At the higher learning rate the validation loss jitters more: by {}, at the lower by {}.",
    "fails": "At the higher learning rate the validation loss does not jitter more: by {}, at the lower by {}.",
}
#: The same where the seeds do not decide.
JITTER_OPEN: Mapping[Agreement, str] = {
    "one seed": "The validation loss jitters by {} at the higher rate, by {} at the lower; one seed cannot settle it.",
    "alike": "The validation loss jitters by {} at the higher rate, by {} at the lower; every seed agrees, but more "
    "are needed.",
    "apart": "The validation loss jitters by {} at the higher rate, by {} at the lower; the seeds do not agree.",
}
SAVED = {
    "holds": "ReLU and MaxPool may change places: the output stays exactly the same, and pooling first saves {} of the "
    "time.",
    "fails": "ReLU and MaxPool may change places: the output stays exactly the same, but pooling first saves only {} "
    "of the time.",
}
PLEASING = {
    "holds": "A perceptual loss makes the pictures better by every stand-in for the eye: ΔE2000 is {} with it, {} "
    "without.",
    "fails": "A perceptual loss makes the pictures better by no stand-in for the eye: ΔE2000 is {} with it, {} "
    "without.",
    "open": "With a perceptual loss ΔE2000 is {}, without it {}; the stand-ins for the eye do not all call that "
    "better.",
}
#: Photographs as they are beside small ones whose colours are enlarged, by which comes nearer to the truth.
LARGER = {
    "lower": "The trained UNet takes larger pictures as it is, and colours them better than by enlarging the colours "
    "of small ones: ΔE2000 {} against {}.",
    "higher": "The trained UNet takes larger pictures as it is, but enlarging the colours of small ones is better: "
    "ΔE2000 {} falls to {}.",
    "equal": "The trained UNet takes larger pictures as it is, and enlarging the colours of small ones is as good: "
    "ΔE2000 {} and {}.",
}


def lead_rates(strongest: str, baseline: Sample, changed: Sample) -> Sentence | None:
    """1.6.a: what can be tuned.

    Args:
        strongest: the setting that moves the loss most, a key of TUNED; "" where none was tried but the rate.
        baseline: the validation loss without that change; at the lower rate where none was tried.
        changed: the validation loss with it; at the higher rate where none was tried.
    """
    return say(TUNED[strongest], baseline, changed)


def judge_rates(fast: Sample, slow: Sample, status: Status) -> Lead:
    """1.6.a: the jitter of the validation loss at both learning rates."""
    outcome = weigh_outcome(status, "jitter")
    if outcome == "open":
        return say(JITTER_OPEN[weigh_seeds(fast, slow)], fast, slow), outcome
    return say(JITTER[outcome], fast, slow), outcome


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
                "With ReLU and MaxPool exchanged the output changes here: {} of the numbers compared differ.", different
            ),
            weigh_outcome(status, "tensors", "network"),
        )
    outcome = weigh_outcome(status, "a-lot")
    if whole.ok and whole.mean <= 0:
        return say(
            "ReLU and MaxPool may change places: the output stays exactly the same, but the whole network saves no "
            "time."
        ), outcome
    if outcome == "open":
        return say(
            "ReLU and MaxPool may change places: the output stays exactly the same; whether that saves time, the clock "
            "does not settle."
        ), outcome
    return say(SAVED[outcome], whole), outcome


def prove_order(counted: Sample, layers: Sample) -> Sequence[Sentence | None]:
    """1.6.b: what is saved, counted and measured."""
    return (
        say("Counted in operations, pooling first saves {} of the work of ReLU and MaxPool.", counted),
        say("Timed by themselves, these two layers take {} less time.", layers)
        if layers.ok and layers.mean > 0
        else None,
    )


def lead_evaluations(delta_e: Sample, ssim: Sample) -> Sentence | None:
    """1.6.c: other measures, by their rank correlation with pixel accuracy."""
    return say(
        "Judge by measures that see more as well: over the test pictures ΔE2000 agrees with pixel accuracy by {}, SSIM "
        "by {}.",
        delta_e,
        ssim,
    )


def judge_perceptual(found: Samples, status: Status) -> Lead:
    """1.6.c: what stands in for a pleasing picture."""
    outcome = weigh_outcome(status, "pleasing")
    return say(PLEASING[outcome], found["delta_e_with"], found["delta_e_without"]), outcome


def prove_perceptual(found: Samples) -> Sequence[Sentence | None]:
    """1.6.c: the same by other measures."""
    return (
        say("Colourfulness is {} with it and {} without.", found["colourfulness_with"], found["colourfulness_without"]),
        say(
            "In the maps of the loss network the pictures lie {} from the truth with it and {} without.",
            found["distance_with"],
            found["distance_without"],
        ),
    )


def lead_larger(direct: Sample, enlarged: Sample, status: Status) -> Lead:
    """1.6.d, by which of two ways of colouring large photographs comes nearer to the truth, in ΔE2000."""
    outcome = weigh_outcome(status, "upsampling", "averages")
    return say(LARGER[relate(direct, enlarged) or "equal"], direct, enlarged), outcome


def prove_larger(
    direct: Sample, enlarged: Sample, grey: Sample, bilinear: Sample, repeated: Sample
) -> Sequence[Sentence | None]:
    """1.6.d: no colour at all, and averages beside repeated pixels."""
    worse = {relate(grey.once(), way) for way in (direct, enlarged)} == {"lower"}
    return (
        say("Neither does better than no colour at all: a grey copy has a ΔE2000 of {}.", grey.once())
        if worse
        else say("A grey copy, with no colour at all, has a ΔE2000 of {}.", grey.once()),
        say(
            "Filled in with averages of nearby pixels, small pictures have a squared error of {}; with repeated "
            "pixels, of {}.",
            bilinear,
            repeated,
        ),
    )
