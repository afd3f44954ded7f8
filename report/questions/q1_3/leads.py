"""What 1.3 comes to: the answer of each part in a sentence, and a few sentences of what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from report.questions.outcomes import Lead, weigh_chain
from report.questions.phrases import Agreement, weigh_seeds
from report.results.sentence import Sentence, say
from report.results.values import Measured, Sample

WRITTEN = {
    "1.3.b": "The UNet's loss is 1.25, its pictures are much better, and skip connections improve validation loss and "
    "accuracy. Reasons: gradients flow better, fewer singularities, early information reaches late layers, better "
    "convergence, fine detail.",
    "1.3.c": "The smaller the batch, the lower the training loss and the higher the accuracy; the validation loss "
    "falls down to batch 20 and rises slightly at 10.",
}


#: 1.3.b where the seeds do not decide.
SKIPS_OPEN: Mapping[Agreement, str] = {
    "one seed": "The UNet gets {} of the pixels right, the CNN {}; one seed cannot settle it.",
    "alike": "The UNet gets {} of the pixels right, the CNN {}; every seed agrees, but more are needed.",
    "apart": "The UNet gets {} of the pixels right, the CNN {}; the seeds do not agree.",
}


#: The answer of each part by what came of the write-up's finding.
SKIPS = {
    "holds": "Skip connections help: the UNet gets {} of the pixels right, the CNN {}.",
    "fails": "Skip connections do not improve both loss and accuracy: the UNet gets {} of the pixels right, the CNN "
    "{}.",
}
BATCHES = {
    "holds": "The smaller the batch, the more pixels are right: {} with the largest, {} with the smallest.",
    "fails": "A smaller batch is not better in both loss and accuracy: {} of the pixels are right with the largest, {} "
    "with the smallest.",
}


def lead_skips(unet: Sample, cnn: Sample, status: Mapping[str, str]) -> Lead:
    """1.3.b, by loss and accuracy on the test pictures; the numbers are accuracies."""
    outcome = weigh_chain(status, "val-accuracy", "val-loss")
    if outcome == "open":
        return say(SKIPS_OPEN[weigh_seeds(unet, cnn)], unet, cnn), outcome
    return say(SKIPS[outcome], unet, cnn), outcome


def prove_skips(
    samples: Mapping[str, Sample], costs: Mapping[str, Sample], dearest: str | None
) -> Sequence[Sentence | None]:
    """1.3.b: loss, pictures, and the skip whose cut costs most."""
    return (
        say("The validation loss is {} for the UNet and {} for the CNN.", samples["unet_val"], samples["cnn_val"]),
        say(
            "In ΔE2000 the UNet's pictures are {} from the truth, the CNN's {}.",
            samples["unet_delta_e"],
            samples["cnn_delta_e"],
        ),
        None if dearest is None else say(CUTS[dearest], costs[dearest]),
    )


#: The skip whose cut costs most, as a sentence.
CUTS = {
    "downconv2": "The trained UNet relies most on the skip from downconv2: cut off, it adds {} to the validation loss.",
    "downconv1": "The trained UNet relies most on the skip from downconv1: cut off, it adds {} to the validation loss.",
    "input": "The trained UNet relies most on the skip from the input: cut off, it adds {} to the validation loss.",
}


#: 1.3.c where the seeds do not decide.
BATCHES_OPEN: Mapping[Agreement, str] = {
    "one seed": "The smallest batch gets {} of the pixels right, the largest {}; one seed cannot settle it.",
    "alike": "The smallest batch gets {} of the pixels right, the largest {}; every seed agrees, but more are needed.",
    "apart": "The smallest batch gets {} of the pixels right, the largest {}; the seeds do not agree.",
}


def lead_batches(largest: Sample, smallest: Sample, status: Mapping[str, str]) -> Lead:
    """1.3.c, by whether loss and accuracy go as written over the whole row; the numbers are accuracies."""
    outcome = weigh_chain(status, "accuracy-trend", "train-loss-trend")
    if outcome == "open":
        return say(BATCHES_OPEN[weigh_seeds(smallest, largest)], smallest, largest), outcome
    return say(BATCHES[outcome], largest, smallest), outcome


def prove_batches(losses: Sequence[Sample], best: str | None, slowdown: Measured | None) -> Sequence[Sentence | None]:
    """1.3.c: the training loss at both ends, the batch with the lowest validation loss, and the time."""
    return (
        say("The training loss is {} with the largest batch and {} with the smallest.", losses[0], losses[-1]),
        None if best is None else say(f"The validation loss is lowest with batch {best}."),
        say("With the smallest batch training takes {} times as long as with the largest.", slowdown),
    )
